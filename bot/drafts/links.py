"""Text that no reader of Markdown turns into a link, an image or HTML, wherever it came from.

Square brackets are not among it: `MarkScanner` decides about those.
"""

from __future__ import annotations

import unicodedata

from bot.drafts.labels import ROUND_BRACKETS

JOINERS = "\u200c\u200d"  # Persian and emoji need them
LEFT_OUT = "…"  # stands for an address


class LinkFilter:
    """Takes characters, gives them with addresses cut to `https:…`, `<` made harmless and e-mail addresses taken apart.

    A full stop that ends a sentence behind an address is kept.
    """

    def __init__(self) -> None:
        self._recent = ""  # the last characters given
        self._held = ""  # `:` or `:/`, which may become `://`
        self._inside = ""  # the last character of an address, while in one

    def feed(self, character: str) -> str:
        if self._inside:
            return self._in_address(character)
        held, self._held = self._held, ""
        if held + character in {":", ":/"}:
            self._held = held + character
            return ""
        if held + character == "://" and self._recent[-1:].isalnum():
            return self._begin(":")
        if character == "." and self._recent[-3:].lower() == "www" and not self._recent[-4:-3].isalnum():
            return self._begin(held)
        if character == "@" and not held and self._recent[-1:].isalnum():
            character = " at "
        return self._given(held + character.replace("<", "‹"))

    def finish(self) -> str:
        held, self._held = self._held, ""
        end = self._inside if self._inside in ".!?" else ""
        self._inside = ""
        return held + end

    def _begin(self, before: str) -> str:
        self._inside = "/"
        return self._given(before + LEFT_OUT)

    def _in_address(self, character: str) -> str:
        if not character.isspace() and character not in "()[]<>\"'":
            self._inside = character
            return ""
        end = self._inside if self._inside in ".!?" else ""
        self._inside = ""
        return self._given(end + character.replace("<", "‹"))

    def _given(self, text: str) -> str:
        self._recent = (self._recent + text)[-4:]
        return text


def inert(text: str) -> str:
    """The whole text so, its square brackets round and nothing hidden: an episode's words in a reply's Markdown."""
    if text.isprintable() and "www" not in text.lower() and not {":", "@", "<"} & set(text):
        return text.translate(ROUND_BRACKETS)  # nothing in it could be a link
    links = LinkFilter()
    seen = (c for c in text if c in JOINERS or unicodedata.category(c) not in {"Cc", "Cf"})
    return ("".join(map(links.feed, seen)) + links.finish()).translate(ROUND_BRACKETS)
