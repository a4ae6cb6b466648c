"""Ending an answer from outside: by a reader who has left, on another thread than the one that waits for the model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopped(Exception):
    """The answer was ended from outside; nobody waits for it any more."""


class Stop:
    """`set` may come from any thread and never blocks; a request to a model is then cancelled, even a silent one.

    It has the methods of a `threading.Event`, and stays set.
    """

    def __init__(self) -> None:
        self._set = threading.Event()
        self._lock = threading.Lock()
        self._calls: list[Callable[[], None]] = []

    def set(self) -> None:
        with self._lock:
            self._set.set()
            calls = list(self._calls)
        for call in calls:
            call()

    def is_set(self) -> bool:
        return self._set.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep, at most until it is set; whether it is."""
        return self._set.wait(seconds)

    def check(self) -> None:
        """Raise Stopped where it is set."""
        if self._set.is_set():
            raise Stopped

    @contextmanager
    def calling(self, call: Callable[[], None]) -> Iterator[None]:
        """Inside, `set` also does `call()`, on its own thread; it is done at once where the stop is set already."""
        with self._lock:
            self._calls.append(call)
            late = self._set.is_set()
        try:
            if late:
                call()
            yield
        finally:
            with self._lock:
                self._calls.remove(call)
