"""The page as a program meets it: what the guard lets through, the named endpoints, the options of `app.py`."""

import io
import json
import socket
import threading
import time
import wave

import httpx
import pytest
from gradio_client import Client

import app
from tests.fakes import FakeOpenAI, drip
from tests.serving import call, serving

ART_SCHOOL = "Where did Runway start?"


@pytest.fixture(scope="module")
def page(bundled_store):
    with serving("--store", bundled_store) as url:
        yield url


def test_every_response_carries_the_security_headers(page):
    for path in ("/", "/config", "/missing", "/gradio_api/upload"):
        headers = httpx.get(page + path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "no-referrer", path


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:7860"}, 200),
        ({"Host": "192.168.1.9:7860"}, 200),
        ({"Host": "attacker.example"}, 400),
        ({"Host": "attacker.example:7860"}, 400),
        ({"Host": "127.0.0.1.attacker.example"}, 400),
        ({"Host": "[::1"}, 400),
        ({"Origin": "http://attacker.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:7860", "Origin": "http://localhost:7860"}, 200),
        ({"Host": "localhost:7860", "Origin": "http://localhost:7861"}, 403),
    ],
)
def test_foreign_hosts_and_origins_are_refused(page, headers, status):
    answer = httpx.get(f"{page}/config", headers=headers)
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "upload", "upload_progress", "file=/etc/passwd", "file/etc/passwd", "file=http://attacker.example/",
        "proxy=http://attacker.example/", "stream/a", "deep_link", "component_server", "runs", "run-history/connect",
    ],
)  # fmt: skip
def test_doors_that_the_page_does_not_use_are_closed(page, path):
    assert httpx.get(f"{page}/gradio_api/{path}").status_code == 404
    assert httpx.post(f"{page}/gradio_api/{path}", content=b"x").status_code == 404


@pytest.mark.parametrize("path", ["/monitoring", "/docs", "/redoc", "/openapi.json"])
def test_metadata_is_closed(page, path):
    assert httpx.get(page + path).status_code == 404


def test_a_large_body_is_refused(page):
    answer = httpx.post(f"{page}/gradio_api/call/ask", content=b"x" * 300_000)
    assert answer.status_code == 413


def test_a_large_body_without_a_length_is_cut_off(page):
    def chunks():
        for _ in range(30):
            yield b'"' + b"x" * 10_000

    answer = httpx.post(f"{page}/gradio_api/call/ask", content=chunks(), headers={"content-type": "application/json"})
    assert answer.status_code >= 400


def test_nothing_tells_paths_of_this_machine(page, bundled_store):
    for path in ("/", "/config", "/gradio_api/info"):
        text = httpx.get(page + path).text
        assert str(bundled_store) not in text, path
        assert "site-packages" not in text, path


def test_ask_answers_with_the_keys_of_the_command_line(page):
    reply = call(page, "ask", ART_SCHOOL, None, None)
    assert list(reply) == [
        "question", "searched_for", "text", "verdict", "claims", "citations", "nearest", "passages", "model",
        "degraded", "meter",
    ]  # fmt: skip
    assert reply["verdict"] == "answered"
    assert any("art school" in citation["quote"] for citation in reply["citations"])


def test_retrieve_gives_as_many_passages_as_asked_for(page):
    passages = call(page, "retrieve", ART_SCHOOL, 3, None)
    assert [sorted(passage) for passage in passages] == [["end", "episode", "kind", "score", "start", "text"]] * 3


def test_episodes_lists_the_episode(page):
    (episode,) = call(page, "episodes")
    assert episode["id"] == "practical-ai-260"
    assert {span["kind"] for span in episode["kinds"]} >= {"talk", "sponsor"}


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("ask", ("", None, None), "question"),
        ("ask", ("x" * 5000, None, None), "more than 2000"),
        ("ask", (ART_SCHOOL, None, "no-such-episode"), "no-such-episode"),
        ("retrieve", (ART_SCHOOL, 0, None), "1 to 50"),
    ],
)
def test_errors_of_endpoints_are_words(page, name, values, words):
    assert words in call(page, name, *values)["error"]


def test_gradio_client_asks_with_history(page):
    client = Client(page, verbose=False)
    history = [{"role": "user", "content": "Who is the guest?"}, {"role": "assistant", "content": "Anastasis."}]
    reply = client.predict(question=ART_SCHOOL, history=history, episode="practical-ai-260", api_name="/ask")
    assert reply["verdict"] == "answered"
    names = client.view_api(return_format="dict")["named_endpoints"]
    assert set(names) == {"/ask", "/retrieve", "/episodes"}


def test_login_guards_page_endpoints_and_sound(bundled_store, tmp_path):
    sound = _silence(tmp_path / "episode.wav")
    with serving("--store", bundled_store, "--auth", "ann:secret", "--audio", sound) as url:
        assert httpx.get(f"{url}/gradio_api/info").status_code == 401
        assert httpx.get(f"{url}/audio/practical-ai-260").status_code == 404
        assert httpx.post(f"{url}/answer", json={"question": ART_SCHOOL}, timeout=60).status_code == 401
        assert "art school" not in httpx.get(url).text
        with httpx.Client(base_url=url) as client:
            client.post("/login", data={"username": "ann", "password": "secret"}).raise_for_status()
            assert client.get("/audio/practical-ai-260").status_code == 200
        Client(url, auth=("ann", "secret"), verbose=False)


def test_sound_is_served_in_ranges_and_only_when_named(bundled_store, tmp_path):
    sound = _silence(tmp_path / "episode.wav")
    with serving("--store", bundled_store, "--audio", sound) as url:
        part = httpx.get(f"{url}/audio/practical-ai-260", headers={"Range": "bytes=10-19"})
        assert (part.status_code, len(part.content)) == (206, 10)
        assert httpx.get(f"{url}/audio/other").status_code == 404
        assert httpx.get(f"{url}/audio/..%2f..%2fetc%2fpasswd").status_code == 404
        assert str(tmp_path) not in httpx.get(url).text


def _silence(path, seconds=2):
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 8000 * seconds)
    path.write_bytes(content.getvalue())
    return path


def _eventually(holds, seconds=10):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def test_an_answer_grows_line_by_line(page):
    with httpx.stream("POST", f"{page}/answer", json={"question": ART_SCHOOL, "number": 2}, timeout=60) as answer:
        turns = [json.loads(line) for line in answer.iter_lines()]
    assert 'data-state="working"' in turns[0]
    assert 'data-number="2" data-state="answered"' in turns[-1]
    assert "art school" in turns[-1]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [(b"{", "application/json", 400), (b"[" * 100_000, "application/json", 400), (b"{}", "text/plain", 415)],
    ids=["not json", "deep", "not said to be json"],
)
def test_a_question_that_is_no_json_is_refused(page, content, kind, status):
    assert httpx.post(f"{page}/answer", content=content, headers={"content-type": kind}).status_code == status


def _leave_in_mid_answer(url, fake):
    """Asks as the page does, and hangs up when the model has begun."""
    with httpx.stream("POST", f"{url}/answer", json={"question": ART_SCHOOL}, timeout=60) as answer:
        for _ in answer.iter_lines():
            if fake.answering:
                break
    return fake.answering


@pytest.mark.parametrize("behaviour", [drip("It began in art school [2:28]. " * 30, 0.1)], ids=["talking"])
def test_a_disconnect_ends_the_model_call(bundled_store, behaviour):
    with FakeOpenAI([behaviour]) as fake, serving("--store", bundled_store, environment=fake.environment) as url:
        assert _leave_in_mid_answer(url, fake) == 1
        assert _eventually(lambda: fake.answering == 0)


def test_who_must_wait_is_told_the_place_and_overload_is_said(bundled_store):
    slow = drip("It began in art school. " * 200, 0.1)
    with (
        FakeOpenAI([slow] * 3) as fake,
        serving("--store", bundled_store, "--at-once", 1, "--waiting", 1, environment=fake.environment) as url,
        httpx.stream("POST", f"{url}/answer", json={"question": ART_SCHOOL}, timeout=60) as first,
    ):
        growing = first.iter_lines()
        assert "working" in next(growing)
        with httpx.stream("POST", f"{url}/answer", json={"question": ART_SCHOOL}, timeout=60) as second:
            waiting = second.iter_lines()
            assert "you are number 1 in line" in next(waiting)
            third = httpx.post(f"{url}/answer", json={"question": ART_SCHOOL}, timeout=60)
            assert "Too many people" in third.text
            assert "Too many people" in call(url, "ask", ART_SCHOOL, None, None)["error"]


def test_sessions_never_mix(bundled_store):
    def echo(request):
        return f"The nonce is {request['messages'][-1]['content'].split('nonce-')[1][:4]}."

    with FakeOpenAI(respond=echo) as fake, serving("--store", bundled_store, environment=fake.environment) as url:
        answers = {}

        def chat(number):
            answers[number] = call(url, "ask", f"What about nonce-{number:04d} in Runway?", None, None)["text"]

        threads = [threading.Thread(target=chat, args=(number,)) for number in range(12)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert all(f"{number:04d}" in text for number, text in answers.items())
    assert len(answers) == 12


def test_port_in_use_is_one_line_with_advice(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert app.main(["--port", str(port)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"--port={port}" in error
    assert "->" in error


def test_public_host_without_auth_is_refused(capsys):
    assert app.main(["--host", "0.0.0.0"]) == 2
    assert "--auth USER:PASSWORD" in capsys.readouterr().err


def test_malformed_auth_is_refused_without_repeating_it(capsys):
    assert app.main(["--auth", "hunter2"]) == 2
    assert "hunter2" not in capsys.readouterr().err
