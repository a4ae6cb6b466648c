from __future__ import annotations

import re
import socket
import traceback
from email.utils import formatdate
from time import time
from typing import Any

import pytest

from bot.drafts.citations import Labels
from bot.models import calls
from bot.models.chain import ModelChain
from bot.settings import read_settings
from tests.endpoint import FALLING_SILENT, LABELS, SILENT, asked, failure_of, passage, until
from tests.fakes import (
    KEY,
    Behaviour,
    FakeOpenAI,
    cut,
    drip,
    empty_pieces,
    error_event,
    hang,
    in_one_piece,
    limited,
    malformed,
    no_choices,
    page,
    pings,
    refuse,
    say,
)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The first request imports much; limits of half a second are for what comes after."""
    with FakeOpenAI(["Warm."]) as server, ModelChain("openai:fake", server.settings()) as model:
        assert list(model.draft("Warm?", LABELS))


@pytest.fixture(autouse=True)
def _quick_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF_SECONDS", 0.01)


# --- what goes wrong: the text before, what is said of it, how often it was asked

FAULTS: dict[str, tuple[list[str | Behaviour], dict[str, Any], str, str]] = {
    "bad key": (
        [refuse(401, f"Incorrect API key provided: {KEY}")],
        {},
        "",
        r"refused the key \(401\) -> check OPENAI_API_K",
    ),
    "forbidden": (
        [refuse(403, f"not with {KEY}")],
        {},
        "",
        r"forbids this \(403\): not with \*\*\* -> check what the key",
    ),
    "no such model": ([refuse(404)], {}, "", r"has no model fake \(404\); it has fake -> check EARMARK_MODEL"),
    "other refusal": ([refuse(422, "no system role")], {}, "", r"refused the request \(422\): no system role"),
    "quota used up": ([refuse(429, code="insufficient_quota")], {}, "", "the quota of the key is used up"),
    "busy for an hour": ([refuse(429, retry_after="3600")], {}, "", r"is busy \(429\) -> ask again later"),
    "busy until tomorrow": ([refuse(429, retry_after=formatdate(time() + 86400))], {}, "", r"is busy \(429\)"),
    "busy for good": ([refuse(429, retry_after="soon")] * 3, {}, "", r"is busy \(429\)"),
    "broken for good": ([refuse(500)] * 3, {}, "", r"failed \(500\) -> ask again later"),
    "hangs before the headers": ([hang()], SILENT, "", "openai:fake did not begin to answer in time"),
    "hangs after the headers": ([hang(headers=True)], SILENT, "", "did not begin to answer in time"),
    "hangs in mid-answer": ([hang(after="It began")], FALLING_SILENT, "It began", "cut off .* silent or slow"),
    "only pings": ([pings()], SILENT, "", "did not begin to answer in time"),
    "pings in mid-answer": ([pings(after="It")], FALLING_SILENT, "It", "cut off .* silent or slow"),
    "drips past the deadline": (
        [drip("a " * 200, 0.05)],
        {"deadline_seconds": 3},
        "a",
        "cut off .* silent or slow",
    ),
    "page of a proxy": ([page()], {}, "", r"does not speak the OpenAI API \(got text/html\) -> set OPENAI_BASE_URL"),
    "does not stream": ([in_one_piece("Yes.")], {}, "", r"does not speak the OpenAI API \(got application/json\)"),
    "malformed": ([malformed()], {}, "", "sent something that is not an answer"),
    "malformed in mid-answer": ([malformed("It")], {}, "It", "cut off .*sent an error"),
    "error first": ([error_event()], {}, "", "reported an error: the engine is overloaded"),
    "error in mid-answer": ([error_event("It")], {}, "It", "cut off .*the engine is overloaded"),
    "no choices": ([no_choices()], {}, "", "the model gave no answer"),
    "nothing": ([say("")], {}, "", "the model gave no answer"),
    "only spaces": ([say("  \n ")], {}, "", "the model gave no answer"),
    "only thoughts": ([say("<think> It was ... </think>")], {}, "", "the model gave no answer"),
    "endless thoughts": ([say("<think> It was ...")], {}, "", "the model gave no answer"),
    "too long for it": ([say("It was", finish="length")], {}, "It was", "cut off .*length limit"),
    "filtered": ([say("It was", finish="content_filter")], {}, "It was", "content filter stopped the answer"),
    "a call of a tool": ([say("It was", finish="tool_calls")], {}, "It was", "cut off .*'tool_calls'"),
    "cut, clean end": ([cut("It was", clean=True)], {}, "It was", "cut off .*stopped without a word"),
    "cut, broken body": ([cut("It was", clean=False)], {}, "It was", "cut off .*the connection broke"),
    "no reason for ending": ([say("It was", finish=None)], {}, "It was", "cut off .*stopped without a word"),
    "context too long": ([limited(10, "Yes.")] * 2, {}, "", "too long for fake -> set EARMARK_CONTEXT_WORDS lower"),
}


@pytest.mark.parametrize(("script", "settings", "before", "said"), FAULTS.values(), ids=FAULTS)
def test_a_failing_endpoint_is_told_in_clear_words(
    script: list[str | Behaviour], settings: dict[str, Any], before: str, said: str
) -> None:
    with FakeOpenAI(script) as server, asked(server, **settings) as model:
        text, error = failure_of(model.draft("Where?", LABELS))
        assert until(lambda: server.answering == 0)
        assert len(server.requests) == len(script)

    assert text.startswith(before)
    assert bool(text) == bool(before)
    assert re.search(said, str(error))
    assert "\n" not in str(error)
    assert KEY not in "".join(traceback.format_exception(error))


def test_endless_empty_pieces_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.models.model_text.EMPTY_PIECES", 50)
    with FakeOpenAI([empty_pieces()]) as server, asked(server) as model:
        assert "nothing but empty pieces" in str(failure_of(model.draft("Where?", LABELS))[1])
        assert until(lambda: server.answering == 0)


def test_a_huge_answer_is_cut_at_its_limit() -> None:
    with FakeOpenAI([say("word " * 5000)]) as server, asked(server, answer_characters=1000) as model:
        text, error = failure_of(model.draft("Where?", LABELS))

    assert len(text) == 1000
    assert "cut off (it was longer than 1000 characters)" in str(error)


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://user:secret@127.0.0.1:{taken.getsockname()[1]}/v1"
    with ModelChain("openai:fake", read_settings(openai_base_url=url, deadline_seconds=5)) as model:
        _, error = failure_of(model.draft("Where?", LABELS))

    assert str(error).startswith("no connection to http://127.0.0.1:")
    assert "secret" not in str(error)
    assert error.retryable


# --- what heals

HEALING = {
    "busy once": [refuse(429, retry_after="0"), "Yes."],
    "busy, does not say how long": [refuse(429), "Yes."],
    "timeout of the server": [refuse(408), "Yes."],
    "conflict": [refuse(409), "Yes."],
    "broken twice": [refuse(500), refuse(503), "Yes."],
}


@pytest.mark.parametrize("script", HEALING.values(), ids=HEALING)
def test_what_heals_is_asked_again(script: list[str | Behaviour]) -> None:
    with FakeOpenAI(script) as server, asked(server) as model:
        assert list(model.draft("Where?", LABELS)) == ["Yes."]
        assert len(server.requests) == len(script)


def test_a_context_that_is_too_long_is_halved_once() -> None:
    labels = Labels.of([passage("boats", 100.0 * i, f"Sentence {i} " + "paint " * 200) for i in range(4)])
    with FakeOpenAI([limited(6500, "Yes.")] * 2) as server, asked(server) as model:
        assert list(model.draft("Where?", labels)) == ["Yes."]
        first, second = (request.prompt for request in server.requests)

    assert all(f"Sentence {i}" in first for i in range(4))
    assert [f"Sentence {i}" in second for i in range(4)] == [True, True, False, False]


def test_retries_stay_inside_the_deadline() -> None:
    with FakeOpenAI([refuse(429, retry_after="9")]) as server, asked(server, deadline_seconds=5) as model:
        failure_of(model.draft("Where?", LABELS))
        assert len(server.requests) == 1
