"""What every format module takes and gives: lines in, cues out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.records import Cue

Lines = Sequence[str]
NO_TIMES = "there are no times in it; answers cite its lines"
"""The note of every reader that finds none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The cues of a file in time order; `notes` say in words what was mended or left out, and in which line.

    `format` is for a reader of several formats: the name of the one that it found. Unless `timed`, the times of the
    cues only say how long words take, and mean nothing else.
    """

    cues: tuple[Cue, ...]
    title: str | None = None
    notes: tuple[str, ...] = ()
    format: str = ""
    timed: bool = True


@dataclass(frozen=True, slots=True)
class Format:
    """A transcript format: `title` as a person calls it, how it is recognised by content, how it is read."""

    name: str
    title: str
    recognises: Callable[[Lines], bool]
    read: Callable[[Lines], Reading]


class UnreadableError(Exception):
    """Raised by a reader that finds nothing to go by; the file's name is added above it. Line 0: the whole file."""

    def __init__(self, line: int, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem
        self.advice = advice
