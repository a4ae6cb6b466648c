"""Podcasting 2.0 HTML: `<cite>Name:</cite> <time>0:09</time> <p>words</p>`, inside any page or none.

The page is cut into tags and text in one pass without a tree, so neither nesting nor unfinished tags cost time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.transcripts.clock import clock_seconds, with_lost_hours
from bot.transcripts.notes import Notes
from bot.transcripts.plain_text import decoded
from bot.transcripts.reading import NO_TIMES, Format, Lines, Reading, UnreadableError
from bot.transcripts.timeline import Piece, make_cues, make_untimed_cues

_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]{0,30})|<[!?]")
_FIRST_TAG = re.compile(
    r"\s*<(?:!--|!doctype html|(?:html|head|body|main|article|section|div|header|h[1-6]|title|p|cite|time|span)\b)",
    re.IGNORECASE,
)
_HIDDEN = frozenset("script style noscript template svg nav footer form button select textarea iframe object".split())
_BREAKS = frozenset(
    "p div br hr li ul ol dl dt dd table tr td th section article blockquote pre h1 h2 h3 h4 h5 h6 header main aside "
    "body html head title figure cite time".split()
)
_TITLES = frozenset({"title", "h1"})


@dataclass(frozen=True, slots=True)
class _Block:
    """Text between two tags that break the line; `tag` is the last of those that was opened and not closed."""

    tag: str
    text: str
    line: int


@dataclass(slots=True)
class _Open:
    tag: str = ""
    parts: list[str] = field(default_factory=list)
    line: int = 1


def recognises_html(lines: Lines) -> bool:
    """The first thing is a tag that begins a page, or a transcript's cite, time or p."""
    first = next((line for line in lines if line.strip()), "")
    return _FIRST_TAG.match(first[:200]) is not None


def read_html(lines: Lines) -> Reading:
    """The cues, one a paragraph; between the times of the page they share the time by length."""
    notes = Notes()
    blocks = list(_blocks("\n".join(lines)))
    title = next((block.text for block in blocks if block.tag in _TITLES), None)
    stamped = [(block.line, block.text, clock_seconds(block.text)) for block in blocks if block.tag == "time"]
    known = [(line, text, seconds) for line, text, seconds in stamped if seconds is not None]
    if not known and not any(block.tag == "cite" for block in blocks):
        problem = "this HTML page has neither <time>0:00</time> nor <cite>Name:</cite>, so it is no transcript"
        raise UnreadableError(0, problem, "give a Podcasting 2.0 transcript, or the text alone")
    if not known:
        return Reading(make_untimed_cues([*_pieces(blocks, iter(()), notes)]), title, (NO_TIMES,), timed=False)
    starts = iter(list(with_lost_hours(known, notes)))
    groups = [[piece] for piece in _pieces(blocks, starts, notes)]
    return Reading(make_cues(groups, notes), title, (*notes.as_tuple(), _precision(len(known))))


def _precision(times: int) -> str:
    return f"{times} times stand on the page; those of the words between them are estimated"


def _pieces(blocks: list[_Block], starts: Iterator[float], notes: Notes) -> Iterator[Piece]:
    speaker: str | None = None
    start: float | None = None
    begun = False
    for block in blocks:
        if block.tag == "cite":
            speaker, begun = block.text.rstrip(": ") or None, True
        elif block.tag == "time":
            begun = True
            if clock_seconds(block.text) is None:
                notes.add(block.line, "{} is not a time; it was estimated from those around it", block.text)
            else:
                start = next(starts)
        elif begun and block.tag not in _TITLES:
            yield Piece(start, None, block.text, block.line, speaker)
            start = None


def _blocks(text: str) -> Iterator[_Block]:
    current = _Open()
    for tag, said, line in _tokens(text):
        if tag.lstrip("/") in _BREAKS:
            yield from _closed(current)
            current = _Open("" if tag.startswith("/") else tag, [], line)
        elif said:
            if not current.parts and not said.strip():
                continue
            if not current.parts:
                current.line = line + len(said[: len(said) - len(said.lstrip())].split("\n")) - 1
            current.parts.append(said)
    yield from _closed(current)


def _closed(current: _Open) -> Iterator[_Block]:
    text = " ".join(decoded("".join(current.parts)).split())
    if text:
        yield _Block(current.tag, text, current.line)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """(`p` or `/p` or empty, text between tags, line); every character is looked at once, or twice."""
    place, line = 0, 1
    while place < len(text):
        begin = text.find("<", place)
        begin = len(text) if begin < 0 else begin
        if begin > place:
            yield "", text[place:begin], line
        end, tag = _tag_at(text, begin)
        if tag is None and begin < len(text):
            yield "", text[begin:end], line + text.count("\n", place, begin)
        elif tag:
            yield tag, "", line + text.count("\n", place, begin)
        line += text.count("\n", place, end)
        place = end


def _tag_at(text: str, begin: int) -> tuple[int, str | None]:
    """Where the tag ends, and its name; None if this is a mere `<`. What is hidden on a page ends with its tag."""
    match = _NAME.match(text, begin)
    if match is None:
        return begin + 1, None
    if match[1] is None:
        closing = "-->" if text.startswith("<!--", begin) else ">"
        end = text.find(closing, begin + 2)
        return (end + len(closing) if end >= 0 else len(text)), ""
    end = text.find(">", begin)
    end = len(text) if end < 0 else end + 1
    name = match[1].lower()
    if name in _HIDDEN and text[begin + 1] != "/":
        hidden = re.compile(f"</{name}", re.IGNORECASE).search(text, end)
        return (hidden.start() if hidden else len(text)), ""
    return end, ("/" if text[begin + 1] == "/" else "") + name


HTML = Format("html", "HTML with <time> before the words", recognises_html, read_html)
