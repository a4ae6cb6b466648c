"""SubRip (.srt) and WebVTT (.vtt), as they occur: numbering, blank lines and headers may be wrong or missing."""

from __future__ import annotations

import html
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.records import Cue
from bot.transcripts.reading import LATEST_SECOND, Format, Lines, Reading, in_time_order

_TIME = r"(-?)(?:([0-9]{1,3}):)?([0-9]{1,3}):([0-9]{1,3})(?:[.,]([0-9]{1,9}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_ARROW = re.compile(r"[^<]{1,60}-->")
_TAG = re.compile(r"<[^<>]*>")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]+)>", re.IGNORECASE)
_NAME_PREFIX = re.compile(r"((?:[A-Z][\w.'’-]*)(?: [A-Z][\w.'’-]*){0,3}):\s+(?=\S)")
_CLOCK_TAG = re.compile(r"<[0-9:.]+>")


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines that belong to a timing line; `line` is the number of the first of them."""

    line: int
    start: float
    end: float
    body: tuple[str, ...]


def recognises_webvtt(lines: Lines) -> bool:
    """The first line that is not blank begins with the signature."""
    first = next((line for line in lines if line.strip()), "")
    return first.lstrip().startswith("WEBVTT") and len(first) < 500


def recognises_subrip(lines: Lines) -> bool:
    """Any line is a timing line `0:00:01,000 --> 0:00:03,000`."""
    return any(_timing(line) is not None for line in lines)


def read_webvtt(lines: Lines) -> Reading:
    """Cues with the voice as the speaker; a voice lasts until another is named."""
    blocks, notes = _blocks(lines, ends_at_blank=True)
    rolling = any(_CLOCK_TAG.search(line) for block in blocks for line in block.body[:3])
    if rolling:
        blocks = list(_unrolled(blocks))
    return _reading(blocks, notes, frozenset())


def read_subrip(lines: Lines) -> Reading:
    """Cues; `Name:` before the words is the speaker if that name stands so more than once."""
    blocks, notes = _blocks(lines, ends_at_blank=False)
    first_lines = (_plain(block.body[0]) for block in blocks)
    names = Counter(match[1] for line in first_lines if (match := _NAME_PREFIX.match(line)))
    return _reading(blocks, notes, frozenset(name for name, times in names.items() if times > 1))


def _timing(line: str) -> tuple[float, float] | None:
    """Start and end in seconds; NaN where one of them is absurd; None if this is not a timing line."""
    match = _TIMING.fullmatch(line) if "-->" in line[:80] and len(line) < 300 else None
    if match is None:
        return None
    groups = match.groups()
    return _clock(groups[:5]), _clock(groups[5:])


def _clock(parts: tuple[str | None, ...]) -> float:
    sign, hours, minutes, seconds, fraction = parts
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction or 0}")
    absurd = sign or int(seconds or 0) > 59 or (hours and int(minutes or 0) > 59) or total >= LATEST_SECOND
    return float("nan") if absurd else total


def _blocks(lines: Lines, *, ends_at_blank: bool) -> tuple[list[_Block], list[str]]:
    timings = [(number, timing) for number, line in enumerate(lines) if (timing := _timing(line)) is not None]
    blocks, notes = [], []
    for position, (number, (start, end)) in enumerate(timings):
        stop = timings[position + 1][0] if position + 1 < len(timings) else len(lines)
        body = _vtt_body(lines, number + 1, stop) if ends_at_blank else _srt_body(lines, number + 1, stop)
        if math.isnan(start) or math.isnan(end):
            notes.append(f"line {number + 1}: {lines[number].strip()[:60]} is not a time; the cue was left out")
            continue
        if end < start:
            notes.append(f"line {number + 1}: the cue ends before it starts; its end was set to its start")
        if body:
            text_line = next(n for n in range(number + 1, stop) if lines[n].strip()) + 1
            blocks.append(_Block(text_line, start, max(start, end), body))
    return blocks, notes


def _vtt_body(lines: Lines, first: int, stop: int) -> tuple[str, ...]:
    body: list[str] = []
    for line in lines[first:stop]:
        if line == "":
            break
        body.append(line.strip())
    else:
        if stop < len(lines) and len(body) > 1 and len(body[-1].split()) == 1 and body[-1].isdigit():
            body.pop()  # the next cue's number, where the blank line before it is missing
    return tuple(line for line in body if line)


def _srt_body(lines: Lines, first: int, stop: int) -> tuple[str, ...]:
    """All lines up to the next cue's number: blank lines inside a text occur, and so do numbers as text."""
    body = [line.strip() for line in lines[first:stop]]
    if stop < len(lines) and len(body) > 1 and body[-1].isdigit():
        body.pop()
    return tuple(line for line in body if line)


def _unrolled(blocks: list[_Block]) -> Iterator[_Block]:
    """Rolling captions repeat each line in the next cue: a line is kept where it comes first."""
    kept = ""
    for block in blocks:
        fresh = []
        for line in block.body:
            plain = _plain(line)
            if plain and plain != kept:
                fresh.append(line)
                kept = plain
        if fresh:
            yield _Block(block.line, block.start, block.end, tuple(fresh))


def _reading(blocks: list[_Block], notes: list[str], names: frozenset[str]) -> Reading:
    cues: list[Cue] = []
    speaker: str | None = None
    for block in blocks:
        voices = _voices(" ".join(block.body), speaker, names)
        speaker = voices[-1][0] if voices else speaker
        length = sum(len(text) for _, text in voices) or 1
        begin = block.start
        for voice, text in voices:
            end = begin + (block.end - block.start) * len(text) / length
            cues.append(Cue(begin, end, text, block.line, voice))
            begin = end
    ordered, unordered = in_time_order(cues)
    return Reading(ordered, None, (*notes, *unordered))


def _voices(text: str, speaker: str | None, names: frozenset[str]) -> list[tuple[str | None, str]]:
    """The text cut where the voice changes: (speaker, plain words); the speaker so far holds until then."""
    pieces = _VOICE.split(text)
    found = [(speaker, pieces[0])]
    found += [(_plain(name) or None, said) for name, said in zip(pieces[1::2], pieces[2::2], strict=True)]
    voices = []
    for voice, said in found:
        plain = _plain(said)
        match = _NAME_PREFIX.match(plain)
        if match and match[1] in names:
            voices.append((match[1], plain[match.end() :]))
        elif plain:
            voices.append((voice, plain))
    return voices


def _plain(text: str) -> str:
    """Tags off, then entities decoded, once and in this order: decoded text is never read as a tag."""
    return " ".join(html.unescape(_TAG.sub("", text)).split())


WEBVTT = Format("webvtt", "WebVTT (.vtt)", recognises_webvtt, read_webvtt)
SUBRIP = Format("srt", "SubRip (.srt)", recognises_subrip, read_subrip)
