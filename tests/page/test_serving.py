"""The page's server: answers as they grow, people in line, logins, sounds, a store that changes, a start that fails."""

import io
import json
import re
import shutil
import socket
import wave
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from gradio_client import Client

import app
from bot.earmark import Earmark
from tests.fakes import FakeOpenAI, drip, hang, say
from tests.serving import call, eventually, served, serving

ART_SCHOOL = "Where did Runway start?"


@pytest.fixture(scope="module")
def guarded(bundled_store, tmp_path_factory):
    """A page with a login and a sound, and a client that has logged in."""
    sound = _silence(tmp_path_factory.mktemp("sound") / "episode.wav")
    with (
        serving("--store", bundled_store, "--auth", "ann:secret", "--audio", sound) as url,
        httpx.Client(base_url=url) as client,
    ):
        client.post("/login", data={"username": "ann", "password": "secret"}).raise_for_status()
        yield url, client


def test_login_guards_page_endpoints_and_sound_but_not_health(guarded):
    url, client = guarded
    assert httpx.get(f"{url}/gradio_api/info").status_code == 401
    assert httpx.get(f"{url}/health").json() == {"status": "ok", "answering": 0, "waiting": 0}
    assert httpx.get(f"{url}/audio/practical-ai-260").status_code == 404
    assert httpx.post(f"{url}/answer", json={"question": ART_SCHOOL}, timeout=60).status_code == 401
    assert "art school" not in httpx.get(url).text
    assert "art school" in client.get("/").text
    Client(url, auth=("ann", "secret"), verbose=False)


def test_sound_is_served_in_ranges_and_only_when_named(guarded):
    _, client = guarded
    part = client.get("/audio/practical-ai-260", headers={"Range": "bytes=10-19"})
    assert (part.status_code, len(part.content)) == (206, 10)
    assert client.get("/audio/other").status_code == 404
    assert client.get("/audio/..%2f..%2fetc%2fpasswd").status_code == 404
    assert "episode.wav" not in client.get("/").text


def _silence(path, seconds=2):
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 8000 * seconds)
    path.write_bytes(content.getvalue())
    return path


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


@pytest.fixture(scope="module")
def endpoint():
    """A model's endpoint; `endpoint.behaviours` are what it does next, `echo` where there is none."""
    endpoint = Endpoint()
    with FakeOpenAI([endpoint] * 50) as endpoint.fake:
        yield endpoint


class Endpoint:
    def __init__(self):
        self.behaviours = []

    def __call__(self, exchange):
        return (self.behaviours.pop(0) if self.behaviours else echo)(exchange)


def echo(exchange):
    nonce = exchange.request.body["messages"][-1]["content"].split("nonce-")[1][:4]
    return say(f"Runway started in art school [2:28]. The nonce is {nonce}.")(exchange)


@pytest.fixture(scope="module")
def prose_page(bundled_store, endpoint):
    with serving("--store", bundled_store, environment=endpoint.fake.environment) as url:
        yield url


def test_a_disconnect_ends_the_model_call_even_of_a_silent_model(prose_page, endpoint):
    endpoint.behaviours = [drip("It began in art school [2:28]. " * 30, 0.1), hang()]
    while endpoint.behaviours:
        with httpx.stream("POST", f"{prose_page}/answer", json={"question": ART_SCHOOL}, timeout=60) as answer:
            lines = answer.iter_lines()  # httpx hangs up when nobody holds it
            next(lines)
            assert eventually(lambda: endpoint.fake.answering == 1)
        assert eventually(lambda: endpoint.fake.answering == 0)


def test_sessions_never_mix(prose_page):
    def nonces_in_answer(number):
        question = f"{ART_SCHOOL[:-1]}, and what is nonce-{number:04d}?"
        return re.findall(r"\bnonce is (\d{4})", call(prose_page, "ask", question, None, None)["text"])

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(nonces_in_answer, range(12))) == [[f"{number:04d}"] for number in range(12)]


def test_places_in_line_overload_and_the_end_of_the_page_are_told_in_words(bundled_store):
    endless = drip("It began in art school [2:28]. " * 1000, 0.1)
    options = ("--store", bundled_store, "--at-once", 1, "--waiting", 1)
    with (
        FakeOpenAI([endless] * 2) as fake,
        served(*options, environment=fake.environment) as (url, process),
        httpx.stream("POST", f"{url}/answer", json={"question": ART_SCHOOL}, timeout=60) as growing,
    ):
        lines = growing.iter_lines()
        while "art school" not in next(lines):
            pass
        with httpx.stream("POST", f"{url}/answer", json={"question": ART_SCHOOL}, timeout=60) as waiting:
            places = waiting.iter_lines()
            assert "you are number 1 in line" in next(places)
            third = httpx.post(f"{url}/answer", json={"question": ART_SCHOOL}, timeout=60)
            assert "Too many people" in third.text
            assert "Too many people" in call(url, "ask", ART_SCHOOL, None, None)["error"]
            process.terminate()
            told = [list(lines)[-1], list(places)[-1]]
        assert process.wait(20) in (0, -15)
    assert all("being shut down" in json.loads(line) for line in told)
    assert "art school" in told[0]


def test_the_page_follows_its_store_to_new_episodes_and_to_the_end(tmp_path):
    store = tmp_path / "store"
    with Earmark.open(store) as bot:
        bot.ingest(_talk(tmp_path / "bees.srt", "The bees dance to show the way."))
        with serving("--store", store) as url:
            assert len(call(url, "episodes")) == 1
            bot.ingest(_talk(tmp_path / "tides.srt", "The moon raises the tides of the sea."))
            assert len(call(url, "episodes")) == 2
            answer = httpx.post(f"{url}/answer", json={"question": "What raises the tides?"}, timeout=60).text
            assert 'data-episode=\\"tides\\"' in answer
            shutil.rmtree(store)
            assert eventually(lambda: httpx.get(f"{url}/health").status_code == 503)
            answer = httpx.post(f"{url}/answer", json={"question": "What raises the tides?"}, timeout=60).text
            assert "cannot be read" in answer
            assert str(tmp_path) not in answer


def _talk(path, words):
    path.write_text(f"1\n00:00:05,000 --> 00:00:09,000\n{words}\n", encoding="utf-8")
    return path


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
