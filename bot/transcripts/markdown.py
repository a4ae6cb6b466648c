r"""Markdown transcripts as the Changelog's shows publish them: `**Name:** text`, with a time here and there.

**Ada Obi:** We began in a kitchen.       a paragraph without a name continues the one before
\[03:31\] Then came the drum.             a time stands before the words that it is of
**Break:** \[12:16\]                      an advertisement was cut out here
It was \[unintelligible 00:14:02.10\].    marks of what could not be heard carry times too
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.transcripts.clock import CLOCK, clock_seconds, with_lost_hours
from bot.transcripts.kind_marks import take_kind_marks, with_kinds
from bot.transcripts.notes import Notes
from bot.transcripts.reading import NO_TIMES, Format, Lines, Reading
from bot.transcripts.timeline import Piece, make_cues, make_untimed_cues

_LABEL = re.compile(r"\s*\*\*\s*([^*:]{1,60}?)\s*(?::\s*\*\*|\*\*\s*:|:(?=[^*]*\*\*))\\?\s*")
_HEADING = re.compile(r"\s*\*\*\s*([^*:]{0,60}?)\s*(?:\([a-z]{1,20}\))?\s*\*\*\s*")
_BREAK = re.compile(r"\s*\**\s*((?:ad )?break|intro|outro|music|sponsors?)\s*\**\s*:\s*\**\\?\s*", re.IGNORECASE)
_TIME = re.compile(rf"\\?\[([A-Za-z/ ]{{0,40}}?)\s?({CLOCK})(?::[0-9]{{1,3}})?\s?\\?\]")
_MARKUP = re.compile(
    r"\\(?P<escaped>[\\`*_{}\[\]()#+.!~<>|$&=-])|(?<!!)\[(?P<link>[^\[\]]{1,300})\]\([^()\s]{1,1000}\)"
    r"|\*+(?=\S)|(?<=\S)\*+|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)"
)
_BETWEEN = frozenset({"to", "-", "–", "—", "until"})
_FRONT_MATTER_LINES = 200
_TITLE = re.compile(r"title:\s*[\"']?(.{1,300}?)[\"']?\s*")


def recognises_markdown(lines: Lines) -> bool:
    r"""Two lines or more begin with a name in bold and a colon, or with a time in escaped brackets, `\[3:31\]`.

    One such line is enough where a name in bold stands above it.
    """
    labels = headings = timed = 0
    for line in lines:
        labels += _LABEL.match(line[:200]) is not None
        headings += len(line) < 200 and _HEADING.fullmatch(line) is not None
        timed += line.startswith("\\[") and _TIME.match(line) is not None
        if labels > 1 or timed > 1 or (headings and timed):
            return True
    return False


def read_markdown(lines: Lines) -> Reading:
    """The cues in the order of the file; times that contradict it are left out."""
    notes = Notes()
    first, title = _front_matter(lines)
    title = title or next((_plain(line[2:]) for line in lines[first:] if line.startswith("# ")), None)
    lines, kinds = take_kind_marks(lines)
    found = [*_stamps(lines, first)]
    if not found:
        pieces = with_kinds(_pieces(lines, first, iter(())), kinds)
        return Reading(make_untimed_cues(pieces), title, (NO_TIMES,), timed=False)
    known = [(line, text, seconds) for line, text, seconds in found if seconds is not None]
    for line, text, seconds in found:
        if seconds is None:
            notes.add(line, "{} is not a time; it was estimated from those around it", text)
    times = iter(with_lost_hours(known, notes))
    pieces = with_kinds(_pieces(lines, first, times), kinds)
    cues = make_cues([pieces], notes)
    precision = f"{len(known)} times stand in the file; those of the words between them are estimated"
    return Reading(cues, title, (*notes.as_tuple(), precision))


def _stamps(lines: Lines, first: int) -> Iterator[tuple[int, str, float | None]]:
    for number, line in enumerate(lines[first:], first + 1):
        for match in _TIME.finditer(line):
            yield number, match[2], clock_seconds(match[2])


def _front_matter(lines: Lines) -> tuple[int, str | None]:
    """Index of the first line behind `---` lines at the top, and the title that stands between them."""
    if not lines or lines[0].strip() != "---":
        return 0, None
    for number in range(1, min(len(lines), _FRONT_MATTER_LINES)):
        if lines[number].strip() == "---":
            titles = (match[1] for line in lines[1:number] if (match := _TITLE.fullmatch(line[:400])))
            return number + 1, next(titles, None)
    return 0, None


def _pieces(lines: Lines, first: int, times: Iterator[float]) -> Iterator[Piece]:
    speaker: str | None = None
    for number, line in enumerate(lines[first:], first + 1):
        if line.lstrip().startswith("#"):
            for match in _TIME.finditer(line):
                if clock_seconds(match[2]) is not None:
                    next(times)
            continue
        if len(line) < 200 and (heading := _HEADING.fullmatch(line)):
            speaker = heading[1] or None
            continue
        cut = _BREAK.match(line)
        label = None if cut else _LABEL.match(line)
        begin = cut or label
        speaker = None if cut else label[1] if label else speaker
        pieces = list(_timed(line[begin.end() if begin else 0 :], number, speaker, times))
        yield from _break(pieces) if cut else pieces


def _break(pieces: list[Piece]) -> Iterator[Piece]:
    """The times of a break: speech ended at the first; what follows began at the last, or is not known when."""
    words = {word for piece in pieces for word in piece.text.lower().split()}
    if not words <= _BETWEEN:
        yield from pieces
        return
    timed = [piece for piece in pieces if piece.start is not None]
    for number, piece in enumerate(timed):
        begins = number > 0 and number == len(timed) - 1
        yield Piece(piece.start, None if begins else piece.start, "", piece.line)


def _timed(text: str, line: int, speaker: str | None, times: Iterator[float]) -> Iterator[Piece]:
    """A line cut where times stand in it."""
    start: float | None = None
    noted, place = "", 0
    for match in _TIME.finditer(text):
        if clock_seconds(match[2]) is None:
            continue
        yield from _said(start, noted + text[place : match.start()], line, speaker)
        start, place = next(times), match.end()
        noted = f"[{match[1].strip()}]" if match[1].strip() else ""
    yield from _said(start, noted + text[place:], line, speaker)


def _said(start: float | None, text: str, line: int, speaker: str | None) -> Iterator[Piece]:
    plain = _plain(text)
    if plain or start is not None:
        yield Piece(start, None, plain, line, speaker)


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub(lambda match: match["escaped"] or match["link"] or "", text).split())


MARKDOWN = Format("markdown", "Markdown with **Name:** and times", recognises_markdown, read_markdown)
