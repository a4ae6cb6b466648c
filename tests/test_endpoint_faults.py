"""Asking while the model's endpoint does wrong: the reply is a model's or in quotes, and says why."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from bot.ask import Asking, Writer, answer
from bot.earmark import Earmark
from bot.errors import ModelError, StoreNotBuilt
from bot.grounding.grounding import GroundingCheck
from bot.models import calls, model_text
from bot.models.chain import ModelChain
from bot.models.stop import Stop
from bot.records import Reply
from bot.search.library import Library
from tests.endpoint import LABELS, until
from tests.endpoint_faults import BAD_VECTORS, FAULTS, LATEST_SECONDS, TRUE, Fault, number
from tests.fakes import KEY, FakeOpenAI, hang


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The first request imports much; deadlines of seconds are for what comes after."""
    with FakeOpenAI(["Warm."]) as server, ModelChain("openai:fake", server.settings()) as model:
        assert list(model.draft("Warm?", LABELS))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(model_text, "EMPTY_PIECES", 50)


def reply_under(fault: Fault, library: Library, embedder: Any) -> Reply:
    """What is answered; by then, or soon after, no request is open."""
    with FakeOpenAI(fault.script) as server:
        settings = server.settings(
            **{"failures_in_a_row": 9, "deadline_seconds": fault.deadline_seconds} | fault.settings
        )
        if not settings.openai_base_url:
            settings = settings.model_copy(update={"openai_api_key": None, "openai_base_url": None})
        with ModelChain("openai:fake", settings) as model:
            asking = Asking(library, embedder, settings, Writer(model, GroundingCheck(embedder)))
            *_, reply = answer(asking, "Where did Runway start?")
            assert until(lambda: server.answering == 0, LATEST_SECONDS)
        assert len(server.requests) == len(fault.script)
    assert isinstance(reply, Reply)
    return reply


def assert_told(reply: Reply, fault: Fault) -> None:
    if fault.reason:
        assert reply.model == "quotes"
        assert re.search(fault.reason, str(reply.degraded))
        assert "\n" not in str(reply.degraded)
        assert reply.citations or reply.nearest
    else:
        assert (reply.model, reply.degraded) == ("openai:fake", None)
    assert reply.text.startswith(TRUE) == (fault.begun or not fault.reason)
    cited = {place for claim in reply.claims for place in claim.citations}
    assert cited == set(range(len(reply.citations)))
    assert KEY not in repr(reply)
    assert not re.search(r"9[678]:", reply.text)


# They wait for the deadline.
WAITING = {"M7 hangs to the deadline", "M8 drips"}
CASES = [pytest.param(name, marks=[pytest.mark.slow] if name in WAITING else []) for name in FAULTS]


@pytest.mark.parametrize("name", CASES)
def test_every_fault_of_an_endpoint_is_told_and_answered(name: str, library: Library, embedder: Any) -> None:
    assert_told(reply_under(FAULTS[name], library, embedder), FAULTS[name])


def test_every_number_has_its_fault() -> None:
    assert {number(name) for name in [*FAULTS, *BAD_VECTORS]} == set(range(1, 21))


@pytest.mark.parametrize("name", BAD_VECTORS)
def test_vectors_that_cannot_be_used_are_refused_and_nothing_is_stored(name: str, tmp_path: Path) -> None:
    (tmp_path / "lake.srt").write_text("1\n00:00:01,000 --> 00:00:04,000\nThe lake froze early that year.\n")
    store = tmp_path / "store"
    with FakeOpenAI([], embed=BAD_VECTORS[name]) as server:
        settings = server.settings(embedding="openai:text-embedding-3-small", store=str(store), model="quotes")
        with Earmark(settings) as bot:
            with pytest.raises(ModelError, match=r"vectors of 1536|failed|not an answer"):
                bot.ingest(tmp_path / "lake.srt")
            with pytest.raises(StoreNotBuilt):
                bot.ask("When did the lake freeze?")
    assert not list(store.glob("gen-*"))
    assert not list(store.glob("episodes/*"))


def test_a_reader_who_leaves_ends_a_silent_request(library: Library, embedder: Any) -> None:
    stop = Stop()
    with FakeOpenAI([hang()]) as server, ModelChain("openai:fake", server.settings()) as model:
        asking = Asking(library, embedder, server.settings(), Writer(model, GroundingCheck(embedder)))
        events = answer(asking, "Where did Runway start?", stop=stop)
        next(events)
        threading.Thread(target=lambda: (until(lambda: server.answering == 1), stop.set())).start()
        assert list(events) == []
        assert until(lambda: server.answering == 0, LATEST_SECONDS)
