"""Progress of long work on standard error: a bar on a terminal, now and then a line in a pipe or a log."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

from bot.terminal.printing import printable

LONG_WORK = 30
"""Passages: so many take seconds, and are announced in a pipe before the first is done."""
SECONDS_BETWEEN_LINES = 5.0
BAR_WIDTH = 24


class ProgressLines:
    """Called with what is worked on, passages done, and passages in all; one bar or line stands for all of it."""

    def __init__(self, stream: TextIO | None = None, seconds_between: float = SECONDS_BETWEEN_LINES) -> None:
        self._stream = stream
        self._seconds_between = seconds_between
        self._last_line = time.monotonic()
        self._announced = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        stream = self._stream or sys.stderr
        if total <= 0:
            return
        if stream.isatty():
            self._bar(stream, what, done, total)
        else:
            self._line(stream, what, done, total)

    def _bar(self, stream: TextIO, what: str, done: int, total: int) -> None:
        filled = BAR_WIDTH * done // total
        tail = f" [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done} of {total} passages"
        room = max(8, shutil.get_terminal_size().columns - len(tail) - 1)
        name = printable(what)
        line = (name if len(name) <= room else name[: room - 1] + "…") + tail
        # Drawn over itself, and gone when the work is done: what was made is told on standard output.
        print("\r\x1b[K" + ("" if done >= total else line), end="", file=stream, flush=True)

    def _line(self, stream: TextIO, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        begins = done == 0 and total >= LONG_WORK and not self._announced
        if begins or (now - self._last_line >= self._seconds_between and done):
            self._last_line, self._announced = now, what
            print(f"indexing {printable(what)}: {done} of {total} passages", file=stream, flush=True)
