"""Shared fixtures: no network but loopback, no settings from outside, one embedding model for the whole run."""

import os
from pathlib import Path

import hypothesis
import pytest
import pytest_socket

from bot.embedding.minilm import MiniLM
from bot.ingest import ingest
from bot.search.library import Library
from bot.sources.transcript_files import BUNDLED_EPISODE
from bot.storage.store import Store

# The same examples in every run; `--hypothesis-profile=explore` looks for new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True)
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
    """A store with the index of the bundled episode, made once; tests that write take a folder of their own."""
    folder = tmp_path_factory.mktemp("bundled") / "store"
    ingest([BUNDLED_EPISODE], Store(folder, embedder=embedder, lock_seconds=5), embedder)
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


@pytest.fixture
def store_folder(tmp_path) -> Path:
    return tmp_path / "store"
