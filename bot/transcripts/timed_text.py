"""Plain text with times in its lines, as people and programs write it.

    [0:12:34] Ada: text     (12:34) text     12:34 Ada      Ada  12:34     Ada [12:34]: text     text (12:34)
                                             text           text
    [00:12.000 --> 00:15.000]  text

A line without a time continues the one before. Where times stand behind the words, they are taken as beginnings if the
first is about 0:00, and else as ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.transcripts.clock import CLOCK, clock_seconds, is_lost_hour, with_lost_hours
from bot.transcripts.kind_marks import take_kind_marks, with_kinds
from bot.transcripts.names import is_name, leading_names, split_name
from bot.transcripts.notes import Notes
from bot.transcripts.reading import Format, Lines, Reading
from bot.transcripts.timeline import Piece, make_cues

_STAMP = rf"(-?{CLOCK})"
_RANGE = rf"{_STAMP}(?:\s*(?:-->|->|[-–—]|to)\s*{_STAMP})?"
_BEHIND = r"(?![\w:%/]|[.,]\d)\s*[-–—:|]?\s*"
_HEAD = re.compile(rf"(?:[-*•>]\s+)?(?:[\[(<{{]\s?{_RANGE}\s?[\])>}}]|{_RANGE}){_BEHIND}(.*)")
_NAMED = re.compile(rf"([^\[(]{{1,60}}?)[\s,:–—-]*[\[(]\s?{_RANGE}\s?[\])]\s*:?\s*(.*)")
_NAME_ONLY = re.compile(rf"([^\[(]{{1,60}}?)[\s,:|·@–—-]+{_RANGE}\s*:?")
_TAIL = re.compile(rf"\s*(?:[\[(]\s?{_STAMP}\s?[\])]|(?<=\s){_STAMP})")
_TAIL_LENGTH = 24
_IN_ORDER = 0.7
_MOST_LINES = 0.5
_HEADER_SHARE = 0.6
_BEGINNING_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with a time: `stamp` and perhaps `until` as written, who speaks if it says so, and the words."""

    number: int
    stamp: str
    until: str
    name: str | None
    text: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """A timed line and those that continue it."""

    line: _Line
    more: tuple[tuple[int, str], ...]


def recognises_timed_text(lines: Lines) -> bool:
    """Two lines or more hold a time and words, times mostly run forward, and fewer lines hold a time alone."""
    timed = _timed_lines(lines)
    alone = [lines[line.number - 1].strip() for line in timed if line.text == "" and line.name is None]
    bare = sum(not text.startswith(("[", "(", "<", "{")) for text in alone)
    seconds = [second for line in timed if (second := clock_seconds(line.stamp)) is not None]
    forward = sum(after >= before or is_lost_hour(before, after) for before, after in pairwise(seconds))
    ordered = forward >= _IN_ORDER * (len(seconds) - 1)
    most = len(timed) >= _MOST_LINES * sum(bool(line.strip()) for line in lines)
    return len(seconds) >= 2 and 2 * bare <= len(timed) and (ordered or most)


def read_timed_text(lines: Lines) -> Reading:
    """The cues, one a line; what stands before the first time is the head of the file."""
    notes = Notes()
    lines, kinds = take_kind_marks(lines)
    timed = _timed_lines(lines)
    behind = _stands_behind(lines, timed)
    entries = list(_entries(lines, timed, notes, behind=behind))
    stamps = [(e.line.number, e.line.stamp, clock_seconds(e.line.stamp) or 0.0) for e in entries]
    starts = list(with_lost_hours(stamps, notes))
    as_ends = behind and bool(starts) and starts[0] > _BEGINNING_SECONDS
    groups = [with_kinds(group, kinds) for group in _groups(entries, starts, as_ends=as_ends)]
    title = next((" ".join(line.split()) for line in lines[: timed[0].number - 1] if line.strip()), None)
    return Reading(
        make_cues(groups, notes), title if title and len(title) < 200 and not behind else None, notes.as_tuple()
    )


def _timed_lines(lines: Lines) -> list[_Line]:
    """The lines with a time before their words; or those with a time behind them, if these are more."""
    ahead = [found for number, line in enumerate(lines, 1) if (found := _ahead(number, line.strip())) is not None]
    behind = [found for number, line in enumerate(lines, 1) if (found := _behind(number, line.strip())) is not None]
    return behind if len(behind) > len(ahead) else ahead


def _ahead(number: int, line: str) -> _Line | None:
    if ":" not in line[:120]:
        return None
    if match := _HEAD.match(line):
        return _Line(number, match[1] or match[3], match[2] or match[4] or "", None, match[5].strip())
    match = _NAMED.match(line) or _NAME_ONLY.fullmatch(line[:120])
    if match is None or not is_name(match[1].strip()):
        return None
    text = match[4].strip() if match.re is _NAMED else ""
    return _Line(number, match[2], match[3] or "", match[1].strip(), text)


def _behind(number: int, line: str) -> _Line | None:
    begin = max(0, len(line) - _TAIL_LENGTH)
    match = next((m for m in _TAIL.finditer(line, begin) if m.end() == len(line)), None)
    if match is None or not line[: match.start()].strip():
        return None
    return _Line(number, match[1] or match[2], "", None, line[: match.start()].strip())


def _stands_behind(lines: Lines, timed: Sequence[_Line]) -> bool:
    return bool(timed) and all(_ahead(line.number, lines[line.number - 1].strip()) is None for line in timed)


def _entries(lines: Lines, timed: Sequence[_Line], notes: Notes, *, behind: bool) -> Iterator[_Entry]:
    """Each timed line with the lines that belong to it; names are taken off the words where they recur."""
    numbers = {line.number: line for line in timed}
    headers = _header_names(lines, timed)
    first = 1 if behind else timed[0].number
    names = leading_names([line.text for line in timed], [line.strip() for line in lines[first - 1 :]])
    current: _Line | None = None
    more: list[tuple[int, str]] = []
    for number in range(first, len(lines) + 1):
        text = " ".join(lines[number - 1].split())
        line = numbers.get(number)
        if line is not None and clock_seconds(line.stamp) is None:
            notes.add(number, "{} is not a time; its words were taken with those before", line.stamp)
            text, line = line.text, None
        if line is None:
            more += [(number, text)] if text else []
        elif behind:
            yield _Entry(_named(line, names, set()), tuple(more))
            more = []
        else:
            if current is not None:
                yield _Entry(current, tuple(more))
            current, more = _named(line, names, headers), []
    if current is not None:
        yield _Entry(current, tuple(more))


def _header_names(lines: Lines, timed: Sequence[_Line]) -> set[int]:
    """Numbers of the lines `12:34 Ada` whose words follow below, if most timed lines are so."""
    found = {
        line.number
        for line in timed
        if is_name(line.text) and line.number < len(lines) and lines[line.number].strip() and not line.name
    }
    alone = found - {line.number - 1 for line in timed}
    return alone if len(alone) >= _HEADER_SHARE * len(timed) else set()


def _named(line: _Line, names: frozenset[str], headers: set[int]) -> _Line:
    if line.number in headers:
        return replace(line, name=line.text.rstrip(":"), text="")
    name, rest = split_name(line.text)
    return replace(line, name=name, text=rest) if name in names else line


def _groups(entries: Sequence[_Entry], starts: Sequence[float], *, as_ends: bool) -> list[list[Piece]]:
    groups = []
    speaker: str | None = None
    for entry, start in zip(entries, starts, strict=True):
        line = entry.line
        speaker = line.name or speaker
        said = [(line.number, line.text), *entry.more]
        if as_ends:
            said = [*entry.more, (line.number, line.text)]
        pieces = [Piece(None, None, text, number, speaker) for number, text in said if text]
        until = clock_seconds(line.until) if line.until else None
        if as_ends:
            pieces.append(Piece(start, start, "", line.number))
        elif pieces:
            pieces[0] = replace(pieces[0], start=start)
            if until is not None and len(pieces) == 1:
                pieces[0] = replace(pieces[0], end=until)
            elif until is not None and until > start:
                pieces.append(Piece(until, until, "", line.number))
        groups.append(pieces)
    return groups


TIMED_TEXT = Format("text", "text with times such as [0:12:34] Name:", recognises_timed_text, read_timed_text)
