"""SubRip (.srt) and WebVTT (.vtt), as they occur: numbering, blank lines and headers may be wrong or missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.transcripts.clock import CLOCK, clock_seconds
from bot.transcripts.names import recurring_names, split_name
from bot.transcripts.notes import Notes
from bot.transcripts.plain_text import decoded, without_tags
from bot.transcripts.reading import Format, Lines, Reading
from bot.transcripts.timed_words import TimedWord, joined_sounds
from bot.transcripts.timeline import Piece, make_cues

_LIKE_A_CLOCK = r"-?(?:[0-9]{1,3}:)?[0-9]{1,3}:[0-9]{1,3}(?:[.,][0-9]{1,9})?"
_TIMING = re.compile(rf"\s*({_LIKE_A_CLOCK})\s*-->\s*({_LIKE_A_CLOCK})(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>", re.IGNORECASE)
_CLOCK_TAG = re.compile(rf"<({CLOCK})>")
_OVERRIDE = re.compile(r"\{\\[^{}]{0,200}\}")
_TAG = re.compile(r"(<[^<>]*>)")
_SPEAKER_CHANGES = re.compile(r">>>?\s*")
_STILL_ON_SCREEN_SECONDS = 0.5
_ROLLING_SHARE = 0.4
"""In rolling captions every second or third cue begins with the line before; talk repeats itself less."""


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines that belong to a timing line; `line` is the number of the first of them."""

    line: int
    start: float
    end: float | None
    body: tuple[str, ...]


def recognises_webvtt(lines: Lines) -> bool:
    """The first line that is not blank begins with the signature, or the times are WebVTT's and stand unnumbered."""
    return _has_signature(lines) or _looks_like_webvtt(lines)


def recognises_subrip(lines: Lines) -> bool:
    """Any line is a timing line `0:00:01,000 --> 0:00:03,000`."""
    return any(_timing(line) is not None for line in lines)


def read_webvtt(lines: Lines) -> Reading:
    """Cues with the voice as the speaker; a voice lasts until another is named."""
    notes = Notes()
    if not _has_signature(lines):
        notes.add(1, "the line WEBVTT is missing; the file was read as WebVTT all the same")
    return _reading(list(_blocks(lines, notes, ends_at_blank=True)), notes, "webvtt")


def read_subrip(lines: Lines) -> Reading:
    """Cues; `Name:` before the words is the speaker if that name stands so more than once."""
    notes = Notes()
    return _reading(list(_blocks(lines, notes, ends_at_blank=False)), notes, "srt")


def _has_signature(lines: Lines) -> bool:
    first = next((line for line in lines if line.strip()), "")
    return first.lstrip().startswith("WEBVTT") and len(first) < 500


def _looks_like_webvtt(lines: Lines) -> bool:
    timings = [number for number, line in enumerate(lines) if _timing(line) is not None]
    unnumbered = sum(number == 0 or not lines[number - 1].strip().isdigit() for number in timings)
    dotted = sum("," not in lines[number].split("-->")[0] for number in timings)
    return 2 * unnumbered > len(timings) and 2 * dotted > len(timings)


def _timing(line: str) -> tuple[str, str] | None:
    """Start and end as they are written; None if this is not a timing line."""
    match = _TIMING.fullmatch(line) if "-->" in line[:80] and len(line) < 300 else None
    return (match[1], match[2]) if match else None


def _blocks(lines: Lines, notes: Notes, *, ends_at_blank: bool) -> Iterator[_Block]:
    timings = [(number, timing) for number, line in enumerate(lines) if (timing := _timing(line)) is not None]
    for position, (number, timing) in enumerate(timings):
        start, end = map(clock_seconds, timing)
        stop = timings[position + 1][0] if position + 1 < len(timings) else len(lines)
        body = _vtt_body(lines, number + 1, stop) if ends_at_blank else _srt_body(lines, number + 1, stop)
        if start is None or end is None:
            wrong = timing[0] if start is None else timing[1]
            notes.add(number + 1, "{} is not a time; the cue was left out", wrong)
        elif body:
            if end <= start:
                what = "ends before it starts" if end < start else "has no length"
                notes.add(number + 1, f"the cue {what}; its end was estimated")
            text_line = next(n for n in range(number + 1, stop) if lines[n].strip()) + 1
            yield _Block(text_line, start, end if end > start else None, body)


def _vtt_body(lines: Lines, first: int, stop: int) -> tuple[str, ...]:
    body: list[str] = []
    for number in range(first, stop):
        if lines[number] == "":
            break
        body.append(lines[number].strip())
    else:
        if stop < len(lines) and len(body) > 1 and len(body[-1].split()) == 1 and body[-1].isdigit():
            body.pop()  # the next cue's number, where the blank line before it is missing
    return tuple(line for line in body if line)


def _srt_body(lines: Lines, first: int, stop: int) -> tuple[str, ...]:
    """All lines up to the next cue's number: blank lines inside a text occur, and so do numbers as text."""
    body = [lines[number].strip() for number in range(first, stop)]
    if stop < len(lines) and len(body) > 1 and body[-1].isdigit():
        body.pop()
    return tuple(line for line in body if line)


def _reading(blocks: list[_Block], notes: Notes, name: str) -> Reading:
    if _are_rolling(blocks):
        blocks = list(_unrolled(blocks))
    names = recurring_names(without_tags(block.body[0]) for block in blocks)
    groups = []
    speaker: str | None = None
    for block in blocks:
        words, speaker = _words(block, speaker, names)
        groups.append(_pieces(block, words))
    return Reading(make_cues(groups, notes), None, notes.as_tuple(), name)


def _are_rolling(blocks: Sequence[_Block]) -> bool:
    """The captions carry word times, or many begin with the line that the cue before ended with."""
    if any(_CLOCK_TAG.search(line) for block in blocks for line in block.body[:3]):
        return True
    repeated = sum(_same(before.body[-1], after.body[0]) for before, after in pairwise(blocks))
    return len(blocks) > 3 and repeated >= _ROLLING_SHARE * len(blocks)


def _unrolled(blocks: list[_Block]) -> Iterator[_Block]:
    """Rolling captions show each line again in the next cue: what is still on the screen is left out."""
    shown: tuple[str, ...] = ()
    shown_until = 0.0
    for block in blocks:
        if len(block.body) == 1 and block.start > shown_until + _STILL_ON_SCREEN_SECONDS:
            shown = ()  # a line alone after a pause is said again
        fresh = block.body[_overlap(shown, block.body) :]
        if fresh:
            yield replace(block, body=fresh)
        shown, shown_until = block.body, max(block.end or block.start, shown_until)


def _overlap(shown: Sequence[str], body: Sequence[str]) -> int:
    """How many lines at the end of what was shown stand again at the beginning."""
    for count in range(min(len(shown), len(body), 4), 0, -1):
        if all(map(_same, shown[-count:], body[:count])):
            return count
    return 0


def _same(line: str, other: str) -> bool:
    return without_tags(line) == without_tags(other)


def _words(block: _Block, speaker: str | None, names: frozenset[str]) -> tuple[list[TimedWord], str | None]:
    """The text cut where the voice changes and at the times inside it; and who speaks at its end."""
    words: list[TimedWord] = []
    space_before = True
    for run in _runs(_OVERRIDE.sub("", " ".join(block.body))):
        said = decoded("".join(run.parts))
        text = " ".join(said.split())
        speaker = run.voice or speaker
        if change := _SPEAKER_CHANGES.match(text):
            speaker, text = None, text[change.end() :]
        name, rest = split_name(text)
        if name in names:
            speaker, text = name, rest
        if text and words and run.start is not None and not space_before and not said[0].isspace():
            words[-1] = words[-1].followed_by(TimedWord(None, None, text, block.line), "")
        elif text:
            words.append(TimedWord(run.start, None, text, block.line, speaker))
        space_before = said[-1:].isspace() if said else space_before
    return words, speaker


@dataclass(slots=True)
class _Run:
    """Text from a voice or a time inside a cue up to the next one."""

    start: float | None
    voice: str | None
    parts: list[str]


def _runs(text: str) -> Iterator[_Run]:
    run = _Run(None, None, [])
    for number, part in enumerate(_TAG.split(text)):
        if number % 2 == 0:
            run.parts.append(part)
        elif voice := _VOICE.fullmatch(part):
            yield run
            run = _Run(None, without_tags(voice[1]) or None, [])
        elif clock := _CLOCK_TAG.fullmatch(part):
            yield run
            run = _Run(clock_seconds(clock[1]), None, [])
    yield run


def _pieces(block: _Block, words: Sequence[TimedWord]) -> list[Piece]:
    """The first begins with the cue, the last ends with it."""
    words = list(joined_sounds(words))
    if len(words) == 1:
        return [Piece(block.start, block.end, words[0].text, block.line, words[0].speaker)]
    pieces = [Piece(word.start, None, word.text, word.line, word.speaker) for word in words]
    if not pieces:
        return []
    pieces[0] = replace(pieces[0], start=block.start)
    if block.end is None:
        return pieces
    latest = max([block.end, *(piece.start or 0.0 for piece in pieces)])
    return [*pieces, Piece(latest, None, "", block.line)]


WEBVTT = Format("webvtt", "WebVTT (.vtt)", recognises_webvtt, read_webvtt)
SUBRIP = Format("srt", "SubRip (.srt)", recognises_subrip, read_subrip)
