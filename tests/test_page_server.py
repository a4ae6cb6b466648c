"""The page as a program meets it: what the guard lets through, the named endpoints, the options of `app.py`."""

import io
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import wave
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

import app
from bot.earmark import Earmark
from tests.fakes import FakeOpenAI, drip, hang
from tests.serving import call, served, serving

README = Path(__file__).parents[1] / "README.md"
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
        ({"Host": "LOCALHOST"}, 200),
        ({"Host": "[::1]:7860"}, 200),
        ({"Host": "localhost."}, 400),
        ({"Host": "localhost@attacker.example"}, 400),
        ({"Host": "user@127.0.0.1.attacker.example"}, 400),
        ({"Host": "0x7f.0.0.1.attacker.example"}, 400),
        ({"Host": ""}, 400),
        ({"Host": "localhost:7860", "Origin": "https://localhost:7860"}, 200),
        ({"Host": "localhost:7860", "Origin": "http://localhost:7860.attacker.example"}, 403),
        ({"Host": "localhost:7860", "Origin": "http://[::1"}, 403),
        ({"Host": "localhost:7860", "Origin": ""}, 403),
        ({"Host": "attacker.example", "Origin": "http://attacker.example"}, 400),
        ({"X-Forwarded-Host": "attacker.example"}, 200),
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


TRAVERSALS = [
    f"{door}{way}"
    for door in ("/gradio_api/file=", "/audio/", "/static/", "/assets/", "/theme/", "/")
    for way in (
        "../../../../etc/passwd",
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5c..%5cetc%5cpasswd",
        "....//....//....//etc/passwd",
        "%252e%252e%252f%252e%252e%252fetc%252fpasswd",
        "/etc/passwd",
        "file:///etc/passwd",
        "..%00/etc/passwd",
    )
] + [
    "/file=/etc/passwd", "/file/etc/passwd", "/gradio_api/file/etc/passwd", "/GRADIO_API/file=/etc/passwd",
    "//gradio_api/file=/etc/passwd", "/gradio_api//file=/etc/passwd", "/gradio_api/./file=/etc/passwd",
    "/gradio_api/%66ile=/etc/passwd", "/gradio_api/file%3D/etc/passwd", "/proxy=http://127.0.0.1:1/",
    "/gradio_api/proxy=http://127.0.0.1:1/", "/gradio_api/stream/../../etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_to_a_file_of_this_machine(page, path):
    """Sent as it stands: a client would tidy such paths up."""
    host, _, port = page.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.split()[1] in {b"400", b"403", b"404", b"405"}
    assert b"root:" not in answer


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


def _readme_example(language):
    """The example of the README's section on other programs."""
    section = README.read_text(encoding="utf-8").partition("## From other programs")[2].partition("\n## ")[0]
    return section.partition(f"```{language}\n")[2].partition("```")[0]


def test_readme_example_for_python_runs(page):
    code = _readme_example("python").replace("http://127.0.0.1:7860", page)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=True)
    assert "art school" in done.stdout


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is missing")
def test_readme_example_for_plain_http_runs(page):
    code = _readme_example("sh").replace("http://127.0.0.1:7860", page)
    done = subprocess.run(["sh", "-ec", code], capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout.startswith("event: complete\n")
    assert "art school" in done.stdout


def test_login_guards_page_endpoints_and_sound_but_not_health(bundled_store, tmp_path):
    sound = _silence(tmp_path / "episode.wav")
    with serving("--store", bundled_store, "--auth", "ann:secret", "--audio", sound) as url:
        assert httpx.get(f"{url}/gradio_api/info").status_code == 401
        assert httpx.get(f"{url}/health").json() == {"status": "ok", "answering": 0, "waiting": 0}
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


def test_a_disconnect_ends_the_model_call_even_of_a_silent_model(bundled_store):
    behaviours = [drip("It began in art school [2:28]. " * 30, 0.1), hang()]
    with FakeOpenAI(behaviours) as fake, serving("--store", bundled_store, environment=fake.environment) as url:
        for _ in behaviours:
            with httpx.stream("POST", f"{url}/answer", json={"question": ART_SCHOOL}, timeout=60) as answer:
                lines = answer.iter_lines()  # httpx hangs up when nobody holds it
                next(lines)
                assert _eventually(lambda: fake.answering == 1)
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


def test_the_page_ends_growing_and_waiting_answers_with_words(bundled_store):
    endless = drip("It began in art school [2:28]. " * 1000, 0.1)
    options = ("--store", bundled_store, "--at-once", 1)
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
            assert "number 1 in line" in next(places)
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
            assert _eventually(lambda: httpx.get(f"{url}/health").status_code == 503)
            answer = httpx.post(f"{url}/answer", json={"question": "What raises the tides?"}, timeout=60).text
            assert "cannot be read" in answer
            assert str(tmp_path) not in answer


def _talk(path, words):
    path.write_text(f"1\n00:00:05,000 --> 00:00:09,000\n{words}\n", encoding="utf-8")
    return path


def test_sessions_never_mix(bundled_store):
    def echo(request):
        nonce = request["messages"][-1]["content"].split("nonce-")[1][:4]
        return f"Runway started in art school [2:28]. The nonce is {nonce}."

    with FakeOpenAI(respond=echo) as fake, serving("--store", bundled_store, environment=fake.environment) as url:
        answers = {}

        def chat(number):
            answers[number] = call(url, "ask", f"{ART_SCHOOL[:-1]}, and what is nonce-{number:04d}?", None, None)[
                "text"
            ]

        threads = [threading.Thread(target=chat, args=(number,)) for number in range(12)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert all(re.findall(r"\bnonce is (\d{4})", text) == [f"{number:04d}"] for number, text in answers.items())
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
