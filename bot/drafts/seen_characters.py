"""Characters as a reader sees them: none that is invisible, none that covers others, every kind of digit as a digit.

What hides inside a time or an address would keep it from being recognised, and be left out by whoever shows it.
"""

from __future__ import annotations

import unicodedata

JOINERS = "\u200c\u200d"  # Persian, Indic scripts and emoji need them
MOST_MARKS = 4  # accents and vowel signs on one letter; no script has more
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that look like nothing
_BLANK_MARKS = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")
_BY_CATEGORY = {"Zl": "\n", "Zp": "\n", "Zs": " ", "Cs": "\ufffd", "Cc": "", "Cf": "", "Co": ""}


class SeenCharacters:
    """Takes a text character by character."""

    def __init__(self) -> None:
        self._base = ""  # category of the last character that is no mark
        self._marks = 0  # on it

    def feed(self, character: str) -> str:
        """The character as it is seen, or nothing."""
        if character.isascii() and character.isprintable():
            category, seen = unicodedata.category(character), character
        elif character in "\n\t":
            category, seen = "Zs", character
        else:
            category = unicodedata.category(character)
            if category in {"Mn", "Me"} or character in JOINERS:
                return self._attached(character)
            seen = "" if character in _BLANK else self._digits(character, category)
        self._base, self._marks = category, 0
        return seen

    def _attached(self, character: str) -> str:
        """A mark on a letter; a joiner between letters or emoji, which is nothing beside a digit or a colon."""
        if character in JOINERS:
            return character if self._base[:1] == "L" or self._base in {"Mc", "So", "Sk"} else ""
        selects = 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
        if selects or character in _BLANK_MARKS or self._base[:1] not in {"L", "M"}:
            return ""
        self._marks += 1
        return character if self._marks <= MOST_MARKS else ""

    def _digits(self, character: str, category: str) -> str:
        """Digits in circles, and high or low ones but behind a letter, as in `m²`."""
        if unicodedata.decomposition(character).startswith("<circle>"):
            return unicodedata.normalize("NFKC", character)
        value = unicodedata.digit(character, None)
        if value is not None and category != "Nd" and self._base[:1] != "L":
            return str(value)
        return _BY_CATEGORY.get(category, character)
