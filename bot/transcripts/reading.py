"""What every format module takes and gives: lines in, cues out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.records import Cue

Lines = Sequence[str]

LATEST_SECOND = 100 * 3600
"""A later time is a misprint, not a podcast."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The cues of a file in time order; `notes` say in words what was mended or left out, and in which line."""

    cues: tuple[Cue, ...]
    title: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A transcript format: `title` as a person calls it, how it is recognised by content, how it is read."""

    name: str
    title: str
    recognises: Callable[[Lines], bool]
    read: Callable[[Lines], Reading]


def in_time_order(cues: Sequence[Cue]) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """The cues sorted by start (cues of one second keep their order) and a note where they were not."""
    for before, after in pairwise(cues):
        if after.start < before.start:
            return tuple(sorted(cues, key=lambda cue: cue.start)), (
                f"line {after.line}: the time runs backwards; the cues were sorted",
            )
    return tuple(cues), ()
