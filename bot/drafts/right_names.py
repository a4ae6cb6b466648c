"""Names as they are written, in prose; in quotes the words stay as they were heard, with the name behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.records import Episode
from bot.search.spellings import heard_key, heard_pattern, misheard

_QUOTED = re.compile(r'("[^"]*"|“[^”]*”)')
LONGEST_QUOTE = 1000
"""Characters; a quotation mark that stays open for longer opens no quote."""
_WORD_BEGINS = re.compile(r"(?<!\w)\S")
_ENDS_INSIDE = re.compile(r"\w\Z")
_OPEN_QUOTE = re.compile(r'"[^"]*\Z|“[^”]*\Z')


def names_behind(quote: str, names: Mapping[str, str]) -> str:
    """` (misheard: VS Code)` for a quote that holds a misheard name, else nothing."""
    pattern = heard_pattern(names)
    if pattern is None:
        return ""
    meant = dict.fromkeys(names[heard_key(found)] for found in pattern.findall(quote))
    absent = [name for name in meant if name.casefold() not in quote.casefold()]
    return f" (misheard: {', '.join(absent)})" if absent else ""


class RightNames:
    """Puts the right names into prose that comes in pieces, and behind quotes in it that hold a misheard one."""

    def __init__(self, episodes: Iterable[Episode]) -> None:
        self._names = misheard(episodes)
        self._pattern = heard_pattern(self._names)
        self._longest = max(map(len, self._names), default=0)
        self._begun = {heard[:length] for heard in self._names for length in range(1, len(heard) + 1)}
        self._held = ""
        self._inside = ""  # stands for the rest of a word of which the beginning has been shown

    def feed(self, piece: str) -> str:
        """What can be shown now: all but what may yet become a misheard name or the rest of a quote."""
        if self._pattern is None:
            return piece
        self._held += piece
        return self._shown(self._safe_length())

    def finish(self) -> str:
        return self._shown(len(self._held))

    def _shown(self, length: int) -> str:
        ready, self._held = self._held[:length], self._held[length:]
        shown = self._corrected(self._inside + ready).removeprefix(self._inside)
        if ready:
            self._inside = "_" if _ENDS_INSIDE.search(ready) else ""
        return shown

    def _safe_length(self) -> int:
        """Ends before an open quote and before words that could begin a name, never inside a quote or name."""
        text, last_line = self._held, self._held.rfind("\n") + 1
        closed = _QUOTED.sub(lambda quote: "x" * len(quote[0]), text)
        opened = _OPEN_QUOTE.search(closed, last_line)
        end = opened.start() if opened and len(text) - opened.start() < LONGEST_QUOTE else len(text)
        first = max(last_line, end - self._longest - 1)
        starts = (found.start() for found in _WORD_BEGINS.finditer(self._inside + text[:end]))
        starts = (start - len(self._inside) for start in starts)
        cut = next((start for start in starts if start >= first and self._may_become_name(text[start:end])), end)
        for found in (*_QUOTED.finditer(text), *(self._pattern.finditer(text) if self._pattern else ())):
            if found.start() < cut < found.end():
                cut = found.start()
        return cut

    def _may_become_name(self, text: str) -> bool:
        key = heard_key(text)
        return key in self._begun and (not text[-1:].isspace() or f"{key} " in self._begun)

    def _corrected(self, text: str) -> str:
        if self._pattern is None or not text:
            return text
        pieces = _QUOTED.split(text)
        pieces[::2] = [
            self._pattern.sub(lambda found: self._names[heard_key(found[0])], prose) for prose in pieces[::2]
        ]
        pieces[1::2] = [quote + names_behind(quote, self._names) for quote in pieces[1::2]]
        return "".join(pieces)
