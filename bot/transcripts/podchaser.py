"""The page dump: the text of a web page, copied whole, on which each time stands before its fragment.

    0:06                      M:SS, MM:SS or H:MM:SS on a line of its own
                              (blank lines may stand between)
    Welcome to Practical AI.  what is said from then on

Podchaser's episode pages are copied so, and YouTube's transcript panel looks the same. What stands before the first
time is the head of the page, what follows the fragment of the last time is its foot; neither is speech.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from statistics import median

from bot.records import Cue
from bot.transcripts.clock import clock_seconds, with_lost_hours
from bot.transcripts.notes import Notes
from bot.transcripts.reading import Format, Lines, Reading

_STAMP = re.compile(r"(?:[0-9]{1,2}:)?[0-9]{1,3}:[0-9]{2}")
_LIKE_A_STAMP = re.compile(r"-?[0-9]{1,6}(?::[0-9]{1,6}){1,3}")
_HEAD_ENDS = frozenset({"episode transcript", "use ctrl + f to search"})
_FOOT = re.compile(r"unlock more with .{1,40}\bpro\b|[•·●▪]", re.IGNORECASE)
LONG_STEP_SECONDS = 7.0
"""Fragments begin every 2 to 4 s; a longer step holds silence, music or a cut."""


@dataclass
class _Fragment:
    """A time and what stands below it; `line` is that of its first words, once there are some."""

    line: int
    stamp: str
    start: float
    paragraphs: list[list[str]] = field(default_factory=list)

    def add_paragraph(self, line: int, text: str) -> None:
        if not self.paragraphs:
            self.line = line
        self.paragraphs.append([text])

    def text(self) -> str:
        return " ".join(" ".join(paragraph) for paragraph in self.paragraphs)


def recognises_page_dump(lines: Lines) -> bool:
    """Two lines or more that hold a time and nothing else, and a line of text after the first of them."""
    stamps = [number for number, line in enumerate(lines) if _seconds(line) is not None]
    if len(stamps) < 2:
        return False
    return any(line.strip() and _seconds(line) is None for line in lines[stamps[0] :])


def read_page_dump(lines: Lines) -> Reading:
    """The cues. A cue ends where the next begins; before a long step, when its words are spoken."""
    first = _first_line_of_speech(lines)
    notes = Notes()
    fragments = _fragments(lines, first, notes)
    if fragments:
        _cut_foot(fragments)
    starts = with_lost_hours([(f.line, f.stamp, f.start) for f in fragments], notes)
    cues = [Cue(start, start, f.text(), f.line) for f, start in zip(fragments, starts, strict=True) if f.paragraphs]
    for before, after in pairwise(cues):
        if after.start < before.start:
            notes.add(after.line, "the time runs backwards; the cues were sorted")
    cues.sort(key=lambda cue: cue.start)
    return Reading(_with_ends(cues), _title(lines[:first]), notes.as_tuple())


def _seconds(line: str) -> float | None:
    line = line.strip() if len(line) < 80 else ""
    return clock_seconds(line) if _STAMP.fullmatch(line) else None


def _first_line_of_speech(lines: Lines) -> int:
    """Index of the first time; after the line that announces the transcript, where there is one."""
    announced = [n for n, line in enumerate(lines) if len(line) < 80 and line.strip().lower() in _HEAD_ENDS]
    start = announced[-1] if announced else 0
    for index in range(start, len(lines)):
        if _seconds(lines[index]) is not None:
            return index
    return _first_line_of_speech(lines[:start]) if start else len(lines)


def _fragments(lines: Lines, first: int, notes: Notes) -> list[_Fragment]:
    fragments: list[_Fragment] = []
    blank = True
    for number, line in enumerate(lines[first:], first + 1):
        text = " ".join(line.split())
        seconds = _seconds(line)
        if seconds is not None:
            fragments.append(_Fragment(number, text, seconds))
        elif len(text) < 40 and _LIKE_A_STAMP.fullmatch(text):
            notes.add(number, "{} is not a time; its words were taken with those before", text)
        elif text and (blank or not fragments[-1].paragraphs):
            fragments[-1].add_paragraph(number, text)
        elif text:
            fragments[-1].paragraphs[-1].append(text)
        blank = not text
    return fragments


def _cut_foot(fragments: list[_Fragment]) -> None:
    """The last fragment is one paragraph of no more lines than the others have; the rest is the page's foot."""
    last = fragments[-1]
    if not last.paragraphs:
        return
    others = [sum(map(len, fragment.paragraphs)) for fragment in fragments[:-1]]
    most = max(1, *others) if others else 1
    lines = last.paragraphs[0][:most]
    speech = lines[: next((n for n, line in enumerate(lines) if _FOOT.match(line)), len(lines))]
    last.paragraphs = [speech] if speech else []


def _with_ends(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    if not cues:
        return ()
    steps = [after.start - before.start for before, after in pairwise(cues)]
    usual = [
        (step, len(cue.text.split())) for step, cue in zip(steps, cues, strict=False) if 0 < step < LONG_STEP_SECONDS
    ]
    typical = median(step for step, _ in usual) if usual else 2.0
    pace = min(0.7, max(0.2, median(step / words for step, words in usual))) if usual else 0.35
    long_step = max(LONG_STEP_SECONDS, 2 * typical)
    ended = []
    for number, cue in enumerate(cues):
        step = steps[number] if number < len(steps) else long_step
        spoken = min(max(1.0, pace * len(cue.text.split())), typical + 1.0)
        end = cue.start + (min(step, spoken) if step >= long_step else step)
        ended.append(replace(cue, end=round(end, 3)))
    return _spread_equal_starts(ended)


def _spread_equal_starts(cues: list[Cue]) -> tuple[Cue, ...]:
    """Cues that share a second divide the time up to the next one evenly."""
    spread: list[Cue] = []
    for start, group in groupby(cues, key=lambda cue: cue.start):
        same = list(group)
        share = (same[-1].end - start) / len(same)
        bounds = [round(start + number * share, 3) for number in range(len(same) + 1)]
        spread += [replace(cue, start=bounds[n], end=bounds[n + 1]) for n, cue in enumerate(same)]
    return tuple(spread)


def _title(head: Lines) -> str | None:
    """The page repeats its title; the line that stands most often in the head, if it does more than once."""
    counts = Counter(line.strip() for line in head if 0 < len(line.strip()) < 300)
    if not counts:
        return None
    line, times = counts.most_common(1)[0]
    return line if times > 1 else None


PAGE_DUMP = Format(
    "podchaser", "a Podchaser page dump (a time before each fragment)", recognises_page_dump, read_page_dump
)
