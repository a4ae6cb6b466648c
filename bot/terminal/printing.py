"""Text for a terminal: nothing in it can move the cursor, change a colour or reverse the reading direction."""

from __future__ import annotations

import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

NARROWEST = 8

# C0 and C1 controls but tab and line feed, and the marks that override the direction of text.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]")


def printable(text: str) -> str:
    """The text without control characters and lone surrogates."""
    return UNPRINTABLE.sub("", text).encode("utf-8", "replace").decode("utf-8")


def show(text: str, end: str = "\n") -> None:
    """Prints at once, in what the terminal's encoding can show."""
    encoding = sys.stdout.encoding or "utf-8"
    shown = printable(text).encode(encoding, "replace").decode(encoding)
    print(shown, end=end, flush=True)


def print_json(value: Any) -> None:
    """JSON in which what a terminal would obey is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    print(re.sub(f"{UNPRINTABLE.pattern}|[\ud800-\udfff]", lambda found: f"\\u{ord(found.group()):04x}", text))


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], shrink: Sequence[str] = ()) -> None:
    """Columns as wide as their widest cell, heads first; on a terminal those in `shrink` give way to its width."""
    cells = [[" ".join(printable(cell).split()) for cell in row] for row in [heads, *rows]]
    kept = [column for column in range(len(heads)) if any(row[column] for row in cells[1:])] or list(range(len(heads)))
    widths = {column: max(display_width(row[column]) for row in cells) for column in kept}
    if sys.stdout.isatty():
        narrow(widths, [heads.index(name) for name in shrink if heads.index(name) in widths], _columns())
    for row in cells:
        show("  ".join(fitted(row[column], width) for column, width in widths.items()).rstrip())


def narrow(widths: dict[int, int], shrinking: Sequence[int], room: int) -> None:
    """Takes from the widest of the shrinking columns until the table fits, down to `NARROWEST` each."""
    while sum(widths.values()) + 2 * (len(widths) - 1) > room:
        widest = max(shrinking, key=lambda column: widths[column], default=None)
        if widest is None or widths[widest] <= NARROWEST:
            return
        widths[widest] -= 1


def fitted(text: str, width: int) -> str:
    """The text in exactly so many columns: filled up with spaces, or cut with `…`."""
    if display_width(text) > width:
        cut = ""
        for character in text:
            if display_width(cut + character) > width - 1:
                break
            cut += character
        text = cut.rstrip() + "…"
    return text + " " * (width - display_width(text))


def display_width(text: str) -> int:
    """Columns on a terminal: East Asian characters take two, combining marks none."""
    return sum(_width(one) for one in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200b\u200c\u200d":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _columns() -> int:
    return shutil.get_terminal_size().columns
