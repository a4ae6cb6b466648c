"""Times in the text of a draft, found while it streams: `[3:31]`, `[2 3:31]`, lists, ranges, and their misspellings.

Where a transcript has no times, lines stand for them: `[line 12]`, `[2 line 12]`.

`MarkScanner` turns text into characters and `Mark`s. It holds text back only while what follows could still make a
mark of it, and it decides only when no further text could change the decision; so what comes out does not depend on
how the draft is cut into pieces. Whatever looks like a citation becomes a `Mark`, well formed or not, and is not text
any more. Square brackets that hold no mark become round ones: in text that comes out, `[` never occurs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.drafts.links import LinkFilter
from bot.drafts.seen_characters import SeenCharacters

OPENERS = "[【［〔"
CLOSERS = "]】］〕"
HELD_CHARACTERS = 40  # a bracket that is still open after this many characters, without a time in it, is text
HELD_WITH_TIME = 200
_OPEN, _CLOSE = re.escape(OPENERS), re.escape(CLOSERS)
_ROUND = str.maketrans(OPENERS + CLOSERS, "(((())))")
_COLON = "[:：∶꞉˸ː։׃﹕⁚︓︰ꓽ]"
_BETWEEN = rf"(?:{_COLON}|\s{_COLON}\s?)"  # `3 : 31` is a time as well, `3: 31` may be words
_TIME = rf"\d{{1,3}}{_BETWEEN}\d{{2}}(?:{_BETWEEN}\d{{2}})?(?:\.\d{{1,3}})?(?!\d)"
_DASH = r"\s?[-–—−‑~]\s?"
_ITEM = re.compile(rf"(?:(\d{{1,3}})\s+)?({_TIME})(?:{_DASH}(?:(\d{{1,3}})\s+)?({_TIME}))?")
_LINE = re.compile(r"(?:(\d{1,3})\s+)?(line\s+(\d{1,7}))", re.IGNORECASE)
_TIME_LIKE = re.compile(rf"\d\s?{_COLON}\s?[\w?]|(?<!\w)[x?_]{{1,2}}{_COLON}\s?[\d?x]", re.IGNORECASE)
_SAYS_SO = re.compile(
    r"\W*(?:see|cf|citations?|cited?|sources?|refs?|references?)\b(?!\s+(?:that|how|why|what|if)\b)", re.IGNORECASE
)
_BARE = re.compile(rf"{_TIME}(?:(?:{_DASH}|\s?(?:,|;|&|and|to)\s|{_COLON}){_TIME}){{0,3}}(?:{_COLON}\d+)*")
_BARE_START = re.compile(rf"\d{{1,3}}\s?(?:{_COLON}\s?\d{{0,2}})?")
_BARE_LOOKAHEAD = 20  # longest continuation of a bare time: " and 12:34:56.789" and one more
_CLOCK = re.compile(r"\s?(?:[ap]\.?m\b|o.?clock|uhr\b)", re.IGNORECASE)
_CONNECTOR = re.compile(rf"(?:[ \t]{{0,4}}[,;&][ \t]{{0,4}}|[ \t]{{1,4}}(?:and|und|et|y)[ \t]{{1,4}})(?=[{_OPEN}(]\d)")
_CONNECTOR_START = re.compile(rf"[ \t]{{0,4}}(?:[,;&]|a|an|and|u|un|und|e|et|y)?[ \t]{{0,4}}[{_OPEN}(]?")
# the link that some models put behind a mark: `[3:31](#t=211)`
_TARGET = re.compile(r"\((?:[a-z][a-z0-9+.-]*:(?!\d)|www\.|[#/?.…])[^()\s]{0,300}\)", re.IGNORECASE)
_TARGET_START = re.compile(r"\([^()\s]{0,300}")
_WRAPPERS = re.compile(rf"[*_`~{_OPEN}]{{1,6}}(?=[{_OPEN}])")
_TIME_OF_UNCLOSED = re.compile(rf".[^\d]*?[\w?]*{_COLON}\s?[\w?:：∶.\-–—]*")
_PARENTHESES = {"(": ")", "（": "）", "{": "}", "‹": ">"}
_MIRROR = dict(zip(OPENERS, CLOSERS, strict=True)) | _PARENTHESES
_WORDS_IN_PARENTHESES = frozenset(
    "see at around about and also to from until till between both cf ca approx time times x xx".split()
)
_WORDS_OF_CITING = frozenset(
    "time times timestamp timestamps at label labels source sources ref refs cite citation episode ep min mins minute "
    "minutes sec secs second seconds sentence sentences passage passages line lines doc part".split()
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What one item of a mark points to, in whole seconds; `end` only for a range; `written` as the draft has it.

    If `is_line`, `start` is a line of the transcript.
    """

    number: int | None
    start: int
    end: int | None
    written: str
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Without moments it is malformed. `closed` is False where the draft ended inside it; `bare`: a time in prose."""

    raw: str
    moments: tuple[Moment, ...]
    closed: bool = True
    bare: bool = False


def read_moments(content: str) -> tuple[Moment, ...]:
    """What the inside of a mark points to; nothing if any of it is no time, number before a time, or separator."""
    moments = _lines(content)
    content = _LINE.sub("", content)
    for item in _ITEM.finditer(content):
        number, start, end_number, end = item.groups()
        if end_number not in (None, number):
            return ()
        first, last = _seconds(start), _seconds(end) if end else None
        if first is None or (end and last is None):
            return ()
        moments.append(Moment(int(number) if number else None, first, last, start + (f"-{end}" if end else "")))
    return tuple(moments) if not re.search(r"[^\s,;&]", _ITEM.sub("", content)) else ()


def _lines(content: str) -> list[Moment]:
    found = _LINE.finditer(content)
    return [Moment(int(one[1]) if one[1] else None, int(one[3]), None, one[2].lower(), is_line=True) for one in found]


def _seconds(time: str) -> int | None:
    """Whole seconds of `m:ss` or `h:mm:ss`; None where minutes after hours, or seconds, exceed 59."""
    fields = [int(field) for field in re.split(_COLON, time.partition(".")[0])]
    if any(field > 59 for field in fields[1:]):
        return None
    seconds = 0
    for field in fields:
        seconds = seconds * 60 + field
    return seconds


def looks_like_mark(content: str) -> bool:
    """Whether a bracket cites something: it holds a time, however misspelled, a short number or key, or says so."""
    if _TIME_LIKE.search(content) or _SAYS_SO.match(content) or read_moments(content):
        return True
    tokens = re.findall(r"[^\W\d_]+|\d+", content.lower())
    digits = [token for token in tokens if token[0].isdigit()]
    words = [token for token in tokens if not token[0].isdigit()]
    return (
        bool(digits)
        and all(len(token) <= 3 for token in digits)
        and all(len(word) == 1 or word in _WORDS_OF_CITING for word in words)
    )


def spoken_clock_times(texts: Collection[str]) -> frozenset[str]:
    """Times of day that occur in what was said; only these may stand in a draft's prose as they are."""
    found = (match for text in texts for match in re.findall(r"(?<![\d:])(\d{1,2}):([0-5]\d)(?![\d:])", text))
    return frozenset(f"{hour}:{minute}" for hour, minute in found if 1 <= int(hour) <= 24)


@dataclass(frozen=True, slots=True)
class _Token:
    """`length` characters of the buffer mean this; a string is text to be shown, perhaps empty."""

    length: int
    value: str | Mark


class MarkScanner:
    """`spoken` are the clock times that are words of the episode."""

    def __init__(self, spoken: Collection[str] = ()) -> None:
        self._spoken = spoken
        self._buffer = ""
        self._previous = ""
        self._after_mark = False
        self._seen = SeenCharacters()
        self._links = LinkFilter()

    def feed(self, piece: str) -> Iterator[str | Mark]:
        """Marks, and text one character at a time."""
        for start in range(0, len(piece), HELD_WITH_TIME):  # a short buffer keeps the time linear
            for character in piece[start : start + HELD_WITH_TIME]:
                for seen in self._seen.feed(character):
                    self._buffer += self._links.feed(seen)
            yield from self._scan(final=False)

    def finish(self) -> Iterator[str | Mark]:
        self._buffer += self._links.finish()
        yield from self._scan(final=True)

    def _scan(self, *, final: bool) -> Iterator[str | Mark]:
        while self._buffer:
            token = self._next(self._buffer, final)
            if token is None:
                return
            consumed, self._buffer = self._buffer[: token.length], self._buffer[token.length :]
            self._after_mark = isinstance(token.value, Mark)
            self._previous = "" if self._after_mark else consumed[-1]
            if token.value:
                yield token.value

    def _next(self, text: str, final: bool) -> _Token | None:
        """The token that the buffer begins with, or None where more text could change it."""
        first = text[0]
        if self._after_mark:
            if match := _CONNECTOR.match(text) or _TARGET.match(text):
                return _Token(match.end(), "")
            if not final and (_CONNECTOR_START.fullmatch(text) or _TARGET_START.fullmatch(text)):
                return None
        if first in "\\*_`~" or first in OPENERS:
            return self._wrapped(text, final) if first != "\\" else self._escape(text, final)
        if first in _PARENTHESES:
            return self._parenthesised(text, final)
        if first.isdecimal() and not re.match(rf"\d|{_COLON}", self._previous):
            return self._bare(text, final)
        return _Token(1, first.translate(_ROUND))

    @staticmethod
    def _escape(text: str, final: bool) -> _Token | None:
        if len(text) == 1 and not final:
            return None
        return _Token(1, "" if text[1:2] in {*OPENERS, *CLOSERS} else "\\")

    def _wrapped(self, text: str, final: bool) -> _Token | None:
        """A bracket with what emphasises it: `**[3:31]**`, `[[3:31]]`."""
        if not final and re.fullmatch(rf"[*_`~{_OPEN}]{{1,6}}", text):
            return None
        wrapper = _WRAPPERS.match(text)
        if wrapper:
            run = wrapper.group()
            inner = self._bracket(text[len(run) :], final)
            if inner is None:
                return None
            if isinstance(inner.value, Mark):
                closing = "".join(_MIRROR.get(c, c) for c in reversed(run))
                start = len(run) + inner.length
                following = text[start : start + len(run)]
                if following == closing:
                    return _Token(start + len(run), inner.value)
                if not final and closing.startswith(following):
                    return None
            return _Token(1, text[0].translate(_ROUND))
        return self._bracket(text, final) if text[0] in OPENERS else _Token(1, text[0])

    def _bracket(self, text: str, final: bool) -> _Token | None:
        held = HELD_WITH_TIME if _TIME_LIKE.search(text[1 : HELD_CHARACTERS + 1]) else HELD_CHARACTERS
        stop = re.search(rf"[\n{_OPEN}{_CLOSE}]", text[1 : held + 1])
        if stop and stop.group() in CLOSERS:
            content = text[1 : stop.start() + 1]
            if not looks_like_mark(content):
                return _Token(1, "(")
            return _Token(stop.end() + 1, Mark(content, read_moments(content.replace("\\", ""))))
        if not stop and len(text) <= held and not final:
            return None
        return self._unclosed(text[: stop.start() + 1 if stop else held + 1], ended=final and not stop)

    def _unclosed(self, text: str, *, ended: bool) -> _Token:
        """A bracket that is never closed: its time is taken out, its words are text."""
        match = _TIME_OF_UNCLOSED.match(text)
        if match and _TIME_LIKE.search(match.group()):
            return _Token(match.end(), Mark(match.group()[1:], (), closed=not ended))
        if ended and (not text[1:].strip() or looks_like_mark(text[1:])):
            return _Token(len(text), Mark(text[1:], (), closed=False))
        return _Token(1, "(")

    def _parenthesised(self, text: str, final: bool) -> _Token | None:
        """`(3:31)`, `([3:31], [4:02])`, `(see 3:31)`: a mark, if nothing but times and a few small words is inside."""
        close = text.find(_PARENTHESES[text[0]])
        content = text[1:close] if close > 0 else text[1:]
        if not _could_cite(content, whole=close > 0):
            return _Token(1, text[0])
        if close < 0:
            return _Token(1, text[0]) if final else None
        if not _TIME_LIKE.search(content):
            return _Token(1, text[0])
        times = re.sub(rf"[{_OPEN}{_CLOSE}()]|[^\W\d_]+\.?", " ", content)
        return _Token(close + 1, Mark(content, read_moments(times)))

    def _bare(self, text: str, final: bool) -> _Token | None:
        """A time in running prose: a mark too, unless it is a time of day (said so, or spoken in the episode)."""
        if not final and _BARE_START.fullmatch(text):
            return None
        match = _BARE.match(text)
        if not match:
            return _Token(1, text[0])
        if not final and len(text) < match.end() + _BARE_LOOKAHEAD:
            return None
        time = match.group()
        if time in self._spoken or (re.fullmatch(r"[012]?\d:[0-5]\d", time) and _CLOCK.match(text[match.end() :])):
            return _Token(match.end(), time)
        return _Token(match.end(), Mark(time, read_moments(re.sub(r"\band\b|\bto\b", ",", time)), bare=True))


def _could_cite(content: str, *, whole: bool) -> bool:
    """Whether the inside of parentheses, or its beginning, holds times and the small words around them only."""
    if len(content) > 60 or re.search(rf"[^\w\s:：∶꞉˸ː։׃﹕⁚.,;&?{_OPEN}{_CLOSE}\-–—−/]", content) or "\n" in content:
        return False
    words = re.findall(r"[^\W\d_]+", content.lower())
    partial = words.pop() if words and not whole and content[-1:].isalpha() else ""
    return all(word in _WORDS_IN_PARENTHESES for word in words) and any(
        word.startswith(partial) for word in _WORDS_IN_PARENTHESES
    )
