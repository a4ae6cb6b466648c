"""An endpoint that failed several times in a row is left alone for a while, and asked by a bounded number at once."""

from __future__ import annotations

import threading
from time import monotonic, sleep

import pytest

from bot.errors import ModelError
from bot.models.endpoint_gate import EndpointGate
from bot.models.model_errors import EndpointFailure
from bot.models.stop import Stop, Stopped
from tests.endpoint import LABELS, asked, failure_of, until
from tests.fakes import Behaviour, FakeOpenAI, hang, pings, refuse, say

DOWN = EndpointFailure("http://x/v1 failed (500)", "ask again later", heals=True)
UNSUITED = EndpointFailure("the question is too long")


def pass_through(gate: EndpointGate, failure: EndpointFailure | None = None, *, seconds: float = 5) -> None:
    with gate.enter(monotonic() + seconds, Stop()):
        if failure:
            raise failure


def fail(gate: EndpointGate, failure: EndpointFailure, times: int) -> None:
    for _ in range(times):
        with pytest.raises(EndpointFailure):
            pass_through(gate, failure)


def test_after_failures_in_a_row_nobody_is_let_through() -> None:
    gate = EndpointGate(5, 3, 60)
    fail(gate, DOWN, 3)
    with pytest.raises(EndpointFailure, match=r"failed \(500\), 3 times in a row, and is left alone for \d+ s -> ask"):
        pass_through(gate)


@pytest.mark.parametrize("between", [None, UNSUITED], ids=["an answer", "a refusal of the question"])
def test_failures_that_are_not_in_a_row_are_forgotten(between: EndpointFailure | None) -> None:
    gate = EndpointGate(5, 3, 60)
    fail(gate, DOWN, 2)
    if between:
        fail(gate, between, 1)
    else:
        pass_through(gate)
    fail(gate, DOWN, 2)
    pass_through(gate)


def test_words_to_somebody_end_the_row_of_failures() -> None:
    gate = EndpointGate(5, 3, 60)
    fail(gate, DOWN, 2)
    gate.hears_words()
    fail(gate, DOWN, 2)
    pass_through(gate)


def test_after_the_rest_one_tries_and_its_answer_opens_the_gate() -> None:
    gate = EndpointGate(5, 1, 0.2)
    fail(gate, DOWN, 1)
    sleep(0.25)
    with gate.enter(monotonic() + 5, Stop()), pytest.raises(EndpointFailure, match="left alone"):
        pass_through(gate)
    pass_through(gate)


def test_after_the_rest_a_failure_begins_it_anew() -> None:
    gate = EndpointGate(5, 3, 0.2)
    fail(gate, DOWN, 3)
    sleep(0.25)
    fail(gate, DOWN, 1)
    with pytest.raises(EndpointFailure, match="4 times in a row"):
        pass_through(gate)


def test_no_more_than_so_many_at_once() -> None:
    gate = EndpointGate(1, 5, 60)
    with (
        gate.enter(monotonic() + 5, Stop()),
        pytest.raises(EndpointFailure, match="too many questions wait for the model"),
    ):
        pass_through(gate, seconds=0.1)
    pass_through(gate)


def test_who_waits_for_a_turn_can_be_stopped() -> None:
    gate, stop = EndpointGate(1, 5, 60), Stop()
    with gate.enter(monotonic() + 5, Stop()):
        threading.Timer(0.05, stop.set).start()
        with pytest.raises(Stopped), gate.enter(monotonic() + 60, stop):
            pass


def test_a_dead_endpoint_is_no_longer_asked() -> None:
    with FakeOpenAI([refuse(401), *[refuse(500)] * 3]) as server, asked(server, failures_in_a_row=3) as model:
        failure_of(model.draft("Where?", LABELS))
        failure_of(model.draft("Where?", LABELS))
        _, error = failure_of(model.draft("Where?", LABELS))
        assert len(server.requests) == 4
    assert "failed (500), 3 times in a row, and is left alone for" in str(error)


def test_requests_beyond_the_limit_wait_their_turn() -> None:
    with FakeOpenAI([say("word " * 5, per_second=50)] * 6) as server, asked(server, model_calls=2) as model:
        answers: list[str] = []
        threads = [
            threading.Thread(target=lambda: answers.append("".join(model.draft("Where?", LABELS)))) for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.most_at_once == 2
    assert answers == ["word " * 5] * 6


# --- a reader who leaves


SILENT = {
    "before the headers": hang(),
    "after the headers": hang(headers=True),
    "in mid-answer": hang(after="It"),
    "but for pings": pings(),
    "before a retry": refuse(429, retry_after="30"),
}


@pytest.mark.parametrize("behaviour", SILENT.values(), ids=SILENT)
def test_a_stop_ends_the_request_of_a_silent_model(behaviour: Behaviour) -> None:
    stop = Stop()
    with FakeOpenAI([behaviour]) as server, asked(server) as model:
        threading.Thread(target=lambda: (until(lambda: server.requests), sleep(0.2), stop.set())).start()
        with pytest.raises(Stopped):
            list(model.calls(stop).draft("Where?", LABELS))
        assert until(lambda: server.answering == 0, 2)


def test_a_stop_set_before_asks_nothing() -> None:
    stop = Stop()
    stop.set()
    with FakeOpenAI() as server, asked(server) as model:
        with pytest.raises(Stopped):
            list(model.calls(stop).draft("Where?", LABELS))
        assert server.requests == []


def test_time_for_a_follow_up_counts_in_the_deadline() -> None:
    with FakeOpenAI(["Why does it?"]) as server, asked(server, deadline_seconds=3) as model:
        calls = model.calls()
        assert calls.rewrite("Why?", [{"role": "user", "content": "Who?"}]) == "Why does it?"
        sleep(3)
        with pytest.raises(ModelError, match="did not begin to answer in time"):
            list(calls.draft("Why does it?", LABELS))
