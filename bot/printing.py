"""Text for a terminal: nothing in it can move the cursor, change a colour or reverse the reading direction."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

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


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, heads first."""
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    for row in [heads, *rows]:
        show("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def show_progress(what: str, done: int, total: int) -> None:
    """One line on a terminal's stderr that grows with the work; nothing in a pipe."""
    if sys.stderr.isatty():
        end = "\n" if done >= total else ""
        print(f"\r{printable(what)}: {done} of {total} passages ", end=end, file=sys.stderr, flush=True)
