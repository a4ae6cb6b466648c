"""A store on a real Chroma server, started on loopback."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from chroma_servers import chroma_server
from small_episodes import OtherWeights, WordEmbedder, small_index
from small_stores import assert_answers, ids

from bot.errors import StoreError, StoreNotBuilt
from bot.storage.server_store import open_store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
SRT = "1\n00:00:01,000 --> 00:00:09,000\nThe lake froze early that year, and the ferry stayed in the harbour.\n"


@pytest.fixture
def server(tmp_path):
    with chroma_server(tmp_path / "chroma") as server:
        yield server


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """Makes this machine another one, with a cache folder of its own."""

    def use(name):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))

    use("first")
    return use


def open_words(server, embedder=None):
    return open_store(server.address, embedder=embedder or WordEmbedder(), lock_seconds=5)


def test_readers_elsewhere_follow_the_writer_and_outlive_the_server(server, cache):
    writer = open_words(server)
    with pytest.raises(StoreNotBuilt, match=r"no index at http.* -> earmark ingest FILE"):
        writer.read()
    writer.write([small_index("one"), small_index("two")])
    cache("second")
    reader = open_words(server)
    assert_answers(reader, ["one", "two"])
    generation = reader.read()
    assert not reader.changed(generation)
    writer.write([small_index("one"), small_index("three")])
    assert reader.changed(generation)
    assert_answers(reader, ["one", "three"])

    server.stop()
    with pytest.raises(StoreError, match=r"the Chroma server http.* failed .* -> start it with `chroma run`"):
        reader.read()
    server.start()
    assert_answers(reader, ["one", "three"])


def test_a_damaged_copy_is_made_again_and_another_embedding_is_refused(server, cache):
    open_words(server).write([small_index("one"), small_index("two")])
    reader = open_words(server)
    for file in reader.folder.glob("episodes/one-*/*.npy"):
        file.write_bytes(b"")
    shutil.rmtree(next(reader.folder.glob("episodes/two-*")))
    assert_answers(open_words(server), ["one", "two"])
    with pytest.raises(StoreError, match="of other weights -> earmark rebuild"):
        open_words(server, OtherWeights()).read()
    assert {episode.id for episode, _ in open_words(server, OtherWeights()).salvage()} == {"one", "two"}


def test_a_writer_that_was_overtaken_gives_up(server, cache, monkeypatch):
    first = open_words(server)
    first.write([small_index("one")])
    cache("second")
    second = open_words(server)
    send = second._server.send_passages

    def send_late(*given):
        send(*given)
        first.write([small_index("one"), small_index("two")])

    monkeypatch.setattr(second._server, "send_passages", send_late)
    with pytest.raises(StoreError, match=r"another writer has changed it meanwhile -> ingest again"):
        second.write([small_index("three")])
    assert ids(second.read()) == ["one", "two"]


def test_another_process_answers_as_from_a_folder(server, tmp_path):
    (tmp_path / "lake.srt").write_text(SRT)

    def earmark(*arguments, cache):
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / cache)}
        command = [sys.executable, "-m", "bot", *arguments, "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    folder = str(tmp_path / "folder")
    for store in (server.address, folder):
        earmark("ingest", str(tmp_path / "lake.srt"), "--store", store, cache="first")
    asked, expected = (
        earmark("ask", "Why did the ferry stay?", "--store", store, cache="second")
        for store in (server.address, folder)
    )
    assert {**asked, "meter": None} == {**expected, "meter": None}
    assert asked["passages"]
