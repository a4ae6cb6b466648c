"""How many requests one endpoint gets at once, and none for a while after it failed several times in a row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from time import monotonic

from bot.models.model_errors import EndpointFailure
from bot.models.stop import Stop

TURN_SECONDS = 0.2  # how soon one who waits for a turn notices that its answer was stopped


class EndpointGate:
    """For one model at one endpoint, shared by all threads that ask it.

    After `failures` requests in a row that failed by the endpoint's fault, `enter` raises for `rest_seconds`. Then it
    lets one request through, to see: an answer opens the gate for all, a failure starts the rest anew.
    """

    def __init__(self, at_once: int, failures: int, rest_seconds: float) -> None:
        self._turns = BoundedSemaphore(at_once)
        self._most = failures
        self._rest_seconds = rest_seconds
        self._lock = Lock()
        self._in_a_row = 0
        self._rests_until = 0.0
        self._last: EndpointFailure | None = None

    @contextmanager
    def enter(self, until: float, stop: Stop) -> Iterator[None]:
        """A turn, waited for until `until` (monotonic); an EndpointFailure that passes through is counted.

        Raises EndpointFailure where the endpoint rests or no turn comes in time, Stopped where the answer was stopped.
        """
        self._refuse_while_resting(probe=False)
        self._wait_for_turn(until, stop)
        try:
            self._refuse_while_resting(probe=True)
            try:
                yield
            except EndpointFailure as failure:
                self._note(failure)
                raise
            self._note(None)
        finally:
            self._turns.release()

    def hears_words(self) -> None:
        """An endpoint that is answering somebody is not failing everybody: the row of failures ends."""
        with self._lock:
            self._in_a_row = 0

    def _wait_for_turn(self, until: float, stop: Stop) -> None:
        while not self._turns.acquire(timeout=max(0.0, min(TURN_SECONDS, until - monotonic()))):
            stop.check()
            if monotonic() >= until:
                raise EndpointFailure("too many questions wait for the model", "ask again later")

    def _refuse_while_resting(self, *, probe: bool) -> None:
        with self._lock:
            left = self._rests_until - monotonic()
            last = self._last
            if self._in_a_row < self._most or last is None:
                return
            if left <= 0:
                if probe:  # the others go on resting until this one knows more
                    self._rests_until = monotonic() + self._rest_seconds
                return
        problem = f"{last.problem}, {self._in_a_row} times in a row, and is left alone for {left:.0f} s"
        raise EndpointFailure(problem, last.advice)

    def _note(self, failure: EndpointFailure | None) -> None:
        with self._lock:
            if failure is None or not failure.of_endpoint:  # it answered, if only to refuse
                self._in_a_row = 0
                return
            self._in_a_row += 1
            self._last = failure
            self._rests_until = monotonic() + self._rest_seconds
