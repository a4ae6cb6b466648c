from __future__ import annotations

import re
import socket
import traceback
from typing import Any

import pytest

from bot.drafts.citations import Labels
from bot.models import calls
from bot.models.chain import ModelChain
from bot.settings import read_settings
from tests.endpoint import FALLING_SILENT, LABELS, SILENT, asked, failure_of, passage, until
from tests.fakes import KEY, Behaviour, FakeOpenAI, hang, limited, refuse, say


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """The first request imports much; limits of half a second are for what comes after."""
    with FakeOpenAI(["Warm."]) as server, ModelChain("openai:fake", server.settings()) as model:
        assert list(model.draft("Warm?", LABELS))


@pytest.fixture(autouse=True)
def _quick_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF_SECONDS", 0.01)


# --- what goes wrong beside the numbered faults: the text before, and what is said of it

FAULTS: dict[str, tuple[list[str | Behaviour], dict[str, Any], str, str]] = {
    "other refusal": ([refuse(422, "no system role")], {}, "", r"refused the request \(422\): no system role"),
    "hangs after the headers": ([hang(headers=True)], SILENT, "", "did not begin to answer in time"),
    "hangs in mid-answer": ([hang(after="It began")], FALLING_SILENT, "It began", "cut off .* silent or slow"),
    "only spaces": ([say("  \n ")], {}, "", "the model gave no answer"),
    "only thoughts": ([say("<think> It was ... </think>")], {}, "", "the model gave no answer"),
    "endless thoughts": ([say("<think> It was ...")], {}, "", "the model gave no answer"),
    "a call of a tool": ([say("It was", finish="tool_calls")], {}, "It was", "cut off .*'tool_calls'"),
    "no reason for ending": ([say("It was", finish=None)], {}, "It was", "cut off .*stopped without a word"),
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
    "busy, does not say how long": [refuse(429), "Yes."],
    "timeout of the server": [refuse(408), "Yes."],
    "conflict": [refuse(409), "Yes."],
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
