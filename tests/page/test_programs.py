"""The page as a program meets it: the named endpoints, and the README's examples of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

from tests.serving import call, served

README = Path(__file__).parents[2] / "README.md"
ART_SCHOOL = "Where did Runway start?"


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
        ("ask", (ART_SCHOOL, 7, None), "no list of turns"),
        ("ask", (7, None, None), "not text"),
        ("ask", (), "not text"),
        ("retrieve", (ART_SCHOOL, 0, None), "1 to 50"),
        ("retrieve", (ART_SCHOOL, "many", None), "1 to 50"),
    ],
)
def test_errors_of_endpoints_are_words(page, name, values, words):
    assert words in call(page, name, *values)["error"]


def test_last_values_may_be_left_out(page):
    assert call(page, "ask", ART_SCHOOL)["verdict"] == "answered"
    assert len(call(page, "retrieve", ART_SCHOOL)) == 8


def test_calls_that_cannot_be_answered_leave_no_traceback_in_the_log(bundled_store, tmp_path):
    log = tmp_path / "log.txt"
    with served("--store", bundled_store, log_file=log) as (url, _), httpx.Client(base_url=url) as client:
        for body in (b"", b"x", b"[]", b'{"data": "x"}', b'{"data": []}', b"[" * 100_000):
            client.post("/gradio_api/call/ask", content=body, headers={"content-type": "application/json"})
        assert "404" in client.get("/gradio_api/call/ask/none").text
        assert "question" in call(url, "ask")["error"]
    assert "Traceback" not in log.read_text(encoding="utf-8")


def test_every_endpoint_is_known_with_its_values(page):
    known = httpx.get(f"{page}/gradio_api/info").json()["named_endpoints"]
    values = {name.strip("/"): len(told["parameters"]) for name, told in known.items()}
    assert values == {"ask": 3, "retrieve": 3, "episodes": 0}


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


def test_the_server_itself_asks_nothing_of_the_world(page, went_outside):
    assert call(page, "ask", ART_SCHOOL, None, None)["verdict"] == "answered"
    assert went_outside.read_text(encoding="utf-8") == ""


def test_what_the_server_would_ask_of_the_world_is_noticed(went_outside):
    noticed = went_outside.with_name("noticed.txt")
    environment = {**os.environ, "PYTHONPATH": str(went_outside.parent), "WENT_OUTSIDE": str(noticed)}
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-c", code], env=environment, timeout=60, check=False, capture_output=True)
    assert noticed.read_text(encoding="utf-8") == "socket.connect 192.0.2.1\n"
