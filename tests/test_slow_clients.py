"""The server towards clients that are slow, many, or in the way when it ends."""

import asyncio
import socket
import threading
from contextlib import contextmanager, suppress

import httpx
import pytest
import uvicorn

from bot.page.rates import Rates
from bot.page.request_guard import RequestGuard
from bot.page.web_server import EndingServer, PunctualProtocol


class Hurried(PunctualProtocol):
    head_seconds = 0.3
    stall_seconds = 0.3


class Application:
    """`/` says hello, `/body` the length of the body, `/flood` sends for as long as somebody takes it."""

    def __init__(self):
        self.flooding = threading.Event()
        self.flooded = threading.Event()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        body, more = b"", scope["method"] == "POST"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/flood":
            self.flooding.set()
            gone = asyncio.ensure_future(receive())
            while not gone.done():
                await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
            self.flooded.set()
        await send({"type": "http.response.body", "body": b"%d" % len(body)})


@contextmanager
def served(app, ending=lambda: None):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(200)
        config = uvicorn.Config(
            app, http=Hurried, ws="none", log_level="critical", timeout_keep_alive=1, timeout_graceful_shutdown=2
        )
        server = EndingServer(config, ending)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture(scope="module")
def hurried():
    app = Application()
    with served(app) as address:
        yield address, app


HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", HEAD, HEAD + b"X-Long: " + b"x" * 1000, HEAD + b"\r\n" + HEAD],
    ids=["nothing", "one letter", "half a head", "an endless header", "half of a second head"],
)
def test_who_does_not_finish_asking_is_cut_off(hurried, sent):
    with socket.create_connection(hurried[0], timeout=20) as client:
        client.sendall(sent)
        received = b""
        try:
            while more := client.recv(1000):
                received += more
        except ConnectionResetError:
            pass
    assert received.count(b"200 OK") == sent.count(b"\r\n\r\n")


def test_who_drips_letters_is_cut_off_too(hurried):
    sent = 0
    with socket.create_connection(hurried[0], timeout=20) as client, suppress(ConnectionError):
        while sent < 2000:
            client.sendall(b"x")
            sent += 1
            threading.Event().wait(0.01)
    assert sent < 2000


def test_who_takes_nothing_of_the_answer_is_cut_off(hurried):
    address, app = hurried
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(HEAD.replace(b"GET /", b"GET /flood") + b"\r\n")
        assert app.flooding.wait(20)
        assert app.flooded.wait(20)


def test_many_half_open_connections_leave_room_for_others(hurried):
    clients = [socket.create_connection(hurried[0], timeout=20) for _ in range(100)]
    try:
        for client in clients:
            client.sendall(b"GET /")
        assert httpx.get("http://{}:{}/".format(*hurried[0])).status_code == 200
        assert all(_ends(client) for client in clients)
    finally:
        for client in clients:
            client.close()


def _ends(client):
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_ending_is_told_before_connections_are_closed():
    told = threading.Event()

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
            while not told.is_set():
                await asyncio.sleep(0.01)
            await send({"type": "http.response.body", "body": b" last"})

    with served(app, told.set) as address:
        client = socket.create_connection(address, timeout=20)
        client.sendall(HEAD + b"\r\n")
        received = client.recv(1000)
        while b"first" not in received:
            received += client.recv(1000)
    with client:
        while more := client.recv(1000):
            received += more
    assert b" last" in received


def asked(guard, path="/answer", method="POST", client="10.0.0.1", body=(b"{}",), headers=()):
    """The status with which a guard, or the application behind it, answers."""
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    messages[-1]["more_body"] = False
    given = [(b"host", b"127.0.0.1"), *headers]
    scope = {"type": "http", "path": path, "method": method, "headers": given, "client": (client, 1)}
    sent = []

    async def receive():
        if messages:
            return messages.pop(0)
        return await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    asyncio.run(guard(scope, receive, send))
    return sent


def status(sent):
    return sent[0]["status"] if sent else 0


@pytest.mark.parametrize(
    "path", ["/answer", "/gradio_api/call/ask", "/gradio_api/call/retrieve", "/gradio_api/queue/join"]
)
def test_one_client_may_ask_so_often_and_is_told_how_long_to_wait(path):
    guard = RequestGuard(Application(), {"localhost"}, rates=Rates(2))
    assert [status(asked(guard, path)) for _ in range(3)] == [200, 200, 429]
    assert b"Wait 30 s" in asked(guard, path)[1]["body"]
    assert status(asked(guard, path, client="10.0.0.2")) == 200
    assert status(asked(guard, "/", "GET")) == 200


def test_this_machine_is_not_limited():
    guard = RequestGuard(Application(), {"localhost"}, rates=Rates(1))
    assert {status(asked(guard, client=client)) for client in ["127.0.0.1", "::1"] * 3} == {200}


def test_passwords_cannot_be_tried_fast():
    guard = RequestGuard(Application(), {"localhost"})
    tries = [status(asked(guard, "/login", client="127.0.0.1")) for _ in range(25)]
    assert tries == [200] * 20 + [429] * 5


def test_a_body_that_drips_is_given_up(monkeypatch):
    monkeypatch.setattr("bot.page.request_guard.BODY_SECONDS", 0.05)

    async def drip():
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message):
        raise AssertionError(message)

    scope = {"type": "http", "path": "/answer", "method": "POST", "headers": [(b"host", b"127.0.0.1")]}
    asyncio.run(RequestGuard(Application(), {"localhost"})(scope, drip, send))


def test_two_hosts_are_one_too_many():
    headers = [(b"host", b"attacker.example")]
    assert status(asked(RequestGuard(Application(), {"localhost"}), headers=headers)) == 400
