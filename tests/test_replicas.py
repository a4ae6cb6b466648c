"""Two pages, each as on a machine of its own, that answer from one Chroma server while others write and it dies."""

import os
import subprocess
import sys
import threading

import pytest
from chroma_servers import chroma_server
from serving import call, served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
LAKE = "1\n00:00:01,000 --> 00:00:09,000\nThe lake froze early that year, and the ferry stayed in the harbour.\n"
WOLF = "1\n00:00:03,000 --> 00:00:09,000\nThe wolf came down from the hill to drink at the well.\n"
ABOUT_LAKE, ABOUT_WOLF = "Why did the ferry stay in the harbour?", "Why did the wolf come down from the hill?"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with chroma_server(tmp_path_factory.mktemp("server") / "chroma") as server:
        yield server


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """The environment of a machine with a cache folder of its own."""
    return lambda name: {**os.environ, "XDG_CACHE_HOME": str(tmp_path_factory.mktemp(name))}


@pytest.fixture(scope="module")
def ingest(server, machine, tmp_path_factory):
    def ingest(name, transcript):
        file = tmp_path_factory.mktemp("transcripts") / f"{name}.srt"
        file.write_text(transcript)
        command = [sys.executable, "-m", "bot", "ingest", str(file), "--store", server.address]
        subprocess.run(command, env=machine("writer"), check=True, capture_output=True)

    return ingest


@pytest.fixture(scope="module")
def replicas(server, machine, ingest):
    ingest("lake", LAKE)
    given = ("--store", server.address, "--model", "quotes")
    with (
        served(*given, environment=machine("one")) as (first, _),
        served(*given, environment=machine("two")) as (second, _),
    ):
        yield first, second


def cited(url, question):
    return {citation["episode"] for citation in call(url, "ask", question, [], None)["citations"]}


def test_both_answer_while_a_third_machine_ingests_and_then_know_what_is_new(replicas, ingest):
    writing = threading.Thread(target=ingest, args=("wolf", WOLF))
    writing.start()
    asked = 0
    while writing.is_alive() or asked < 2:
        assert all("lake" in cited(url, ABOUT_LAKE) for url in replicas)
        asked += 1
    writing.join()
    assert all("wolf" in cited(url, ABOUT_WOLF) for url in replicas)


def test_they_say_so_while_the_server_is_dead_and_answer_when_it_is_back(replicas, server):
    server.stop()
    for url in replicas:
        assert "cannot be read" in call(url, "ask", ABOUT_LAKE, [], None)["error"]
    server.start()
    assert all("lake" in cited(url, ABOUT_LAKE) for url in replicas)
