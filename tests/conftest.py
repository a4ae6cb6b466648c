"""Shared fixtures: no network but loopback, no settings from outside, one embedding model for the whole run."""

import os
import shutil
from pathlib import Path

import hypothesis
import pytest
import pytest_socket
from filelock import FileLock

from bot.embedding.minilm import MiniLM
from bot.ingest import ingest
from bot.search.library import Library
from bot.sources.transcript_files import BUNDLED_EPISODE
from bot.storage.store import Store
from tests.lighthouse_talk import lighthouse_labels
from tests.small_episodes import WordEmbedder, small_index
from tests.small_evaluation import CASES, make_garden, write_lines

# The same examples in every run; `--hypothesis-profile=explore` looks for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", max_examples=2000)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _loopback_only():
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("EARMARK_", "OPENAI_", "LANGSMITH_", "LANGCHAIN_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def embedder() -> MiniLM:
    return MiniLM()


@pytest.fixture(scope="session")
def bundled_store(tmp_path_factory, embedder) -> Path:
    """A store with the index of the bundled episode; the workers of one run make it once, and each has its copy."""
    folder = tmp_path_factory.mktemp("bundled") / "store"
    whole_run = tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else folder.parent
    made = whole_run / "bundled-store"
    with FileLock(f"{made}.lock"):
        if not made.exists():
            ingest([BUNDLED_EPISODE], Store(made, embedder=embedder, lock_seconds=5), embedder)
    shutil.copytree(made, folder)
    return folder


@pytest.fixture(scope="session")
def library(bundled_store, embedder) -> Library:
    return Library(Store(bundled_store, embedder=embedder, lock_seconds=5).read())


@pytest.fixture
def bot(bundled_store):
    """Answers about the bundled episode, without a model."""
    from bot.earmark import Earmark

    with Earmark.open(bundled_store) as opened:
        yield opened


@pytest.fixture(scope="session")
def garden(tmp_path_factory, embedder) -> str:
    """A store with the small episode that `garden_cases` ask about; nothing writes to it."""
    return make_garden(tmp_path_factory.mktemp("garden"), embedder)


@pytest.fixture(scope="session")
def check(embedder):
    from bot.grounding.grounding import GroundingCheck

    return GroundingCheck(embedder)


@pytest.fixture(scope="session")
def labels():
    """What is said in the talk about a lighthouse."""
    return lighthouse_labels()


@pytest.fixture
def write(tmp_path):
    """Writes records as JSON lines to a file of that name; returns its path."""
    return lambda name, records: write_lines(tmp_path / name, records)


@pytest.fixture
def garden_cases(write) -> str:
    return write("cases.jsonl", CASES)


@pytest.fixture
def store_folder(tmp_path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(store_folder) -> Store:
    """A store that is not there yet, with vectors that need no model."""
    return Store(store_folder, embedder=WordEmbedder(), lock_seconds=0.2)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory) -> Path:
    """A folder with two generations, to be copied."""
    folder = tmp_path_factory.mktemp("built") / "store"
    Store(folder, embedder=WordEmbedder(), lock_seconds=5).write([small_index("one")])
    Store(folder, embedder=WordEmbedder(), lock_seconds=5).write([small_index("one"), small_index("two")])
    return folder


@pytest.fixture
def built(built_once, store, store_folder) -> Store:
    """That store with two generations, of its own."""
    shutil.copytree(built_once, store_folder)
    return store
