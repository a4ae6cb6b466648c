"""Who computes when many answers are in work: first who has no words yet, of equals who has waited longest.

All threads share one interpreter. Where all of them compute at once, the first words of all come at the end of it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import Lock
from typing import Final

AT_ONCE: Final = 2  # numpy works outside the interpreter for about half of a turn

Due = tuple[int, float]  # a stage, and when it is due within that


class ComputingTurns:
    """Short stretches of work, `at_once` at a time; do not take a turn inside a turn, nor wait in it for anything."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = at_once
        self._lock = Lock()
        self._waiting: list[tuple[Due, int, Lock]] = []
        self._numbers = count()

    @contextmanager
    def turn(self, due: Due) -> Iterator[None]:
        """Waits for a turn; the lowest stage goes first, of one stage who is due first, by any clock that all use."""
        self._enter(due)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, due: Due) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            called = Lock()
            called.acquire()
            heapq.heappush(self._waiting, (due, next(self._numbers), called))
        called.acquire()

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                *_, called = heapq.heappop(self._waiting)
                called.release()
            else:
                self._free += 1


COMPUTING: Final = ComputingTurns()  # for the whole process, as the interpreter is
