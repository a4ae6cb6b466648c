"""Text that no reader of Markdown turns into a link, an image or HTML, wherever it came from.

Square brackets are not among it: `MarkScanner` decides about those.
"""

from __future__ import annotations

import re
import unicodedata

from bot.drafts.labels import ROUND_BRACKETS
from bot.drafts.seen_characters import JOINERS

LEFT_OUT = "…"  # stands for an address
_NARROW = str.maketrans("：／．＠", ":/.@")  # as wide ones are read where text is normalised
_HARMLESS = str.maketrans("<＜﹤", "‹‹‹")
_ESCAPED = ":/.@<&"  # what a reader of Markdown puts in the place of `\:` and so on
_ENTITY = re.compile(r"&(?:#?[A-Za-z0-9]{0,31})?")  # `&#58;` as it begins; it is a colon in the place where it is shown
_SUSPICIOUS = frozenset(":@<&\\：＠＜﹤")


class LinkFilter:
    """Takes characters, gives them with addresses cut to `https:…`, `<` made harmless and e-mail addresses taken apart.

    A full stop that ends a sentence behind an address is kept. Entities and escapes are not read by anyone after us.
    """

    def __init__(self) -> None:
        self._recent = ""  # the last characters given
        self._coded = ""  # `\`, or the beginning of an entity
        self._held = ""  # `:` or `:/`, which may become `://`
        self._inside = ""  # the last character of an address, while in one

    def feed(self, character: str) -> str:
        coded, self._coded = self._coded, ""
        if coded == "\\" and character in _ESCAPED:
            return self._read(character)
        if coded[:1] == "&" and character == ";" and len(coded) > 2:
            return "".join(map(self._read, f"& {coded[1:]};"))
        if coded[:1] == "&" and _ENTITY.fullmatch(coded + character):
            self._coded = coded + character
            return ""
        given = "".join(map(self._read, coded))
        if character in "&\\":
            self._coded = character
            return given
        return given + self._read(character)

    def finish(self) -> str:
        given = "".join(map(self._read, self._coded))
        held, self._held, self._coded = self._held, "", ""
        end = self._inside if self._inside in ".!?" else ""
        self._inside = ""
        return given + held + end

    def _read(self, character: str) -> str:
        if self._inside:
            return self._in_address(character)
        held, self._held = self._held, ""
        read = (held + character).translate(_NARROW)
        if read in {":", ":/"}:
            self._held = held + character
            return ""
        if read == "://" and self._recent[-1:].isalnum():
            return self._begin(":")
        if read == "." and self._recent[-3:].lower() == "www" and not self._recent[-4:-3].isalnum():
            return self._begin(held)
        if read == "@" and self._recent[-1:].isalnum():
            character = " at "
        return self._given(held + character.translate(_HARMLESS))

    def _begin(self, before: str) -> str:
        self._inside = "/"
        return self._given(before + LEFT_OUT)

    def _in_address(self, character: str) -> str:
        if not character.isspace() and character not in "()[]<>\"'":
            self._inside = character
            return ""
        end = self._inside if self._inside in ".!?" else ""
        self._inside = ""
        return self._given(end + character.translate(_HARMLESS))

    def _given(self, text: str) -> str:
        self._recent = (self._recent + (text if text.isascii() else unicodedata.normalize("NFKC", text)))[-4:]
        return text


def inert(text: str) -> str:
    """The whole text so, its square brackets round and nothing hidden: an episode's words in a reply's Markdown."""
    if text.isprintable() and "www" not in text.lower() and not _SUSPICIOUS & set(text):
        return text.translate(ROUND_BRACKETS)  # nothing in it could be a link
    links = LinkFilter()
    seen = (c for c in text if c in JOINERS or unicodedata.category(c) not in {"Cc", "Cf"})
    return ("".join(map(links.feed, seen)) + links.finish()).translate(ROUND_BRACKETS)
