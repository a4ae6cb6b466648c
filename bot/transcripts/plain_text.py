"""Text with tags and entities -> the text alone."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<[^<>]*>")
_ENTITY_OF_A_NUMBER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")


def without_tags(text: str) -> str:
    """Tags off, then entities decoded, once and in this order: decoded text is never read as a tag."""
    return " ".join(decoded(_TAG.sub("", text)).split())


def decoded(text: str) -> str:
    """Entities decoded once; a number that is no character stands for U+FFFD, however long it is."""
    return html.unescape(_ENTITY_OF_A_NUMBER.sub("\ufffd", text)) if "&" in text else text
