"""Who advertises: of each sponsor's read and each promotion, the window that names it."""

from __future__ import annotations

import re

from bot.search.library import Library
from bot.search.windows import Found, Window

KINDS = ("sponsor", "promo")
ADDRESS = re.compile(r"\b[\w-]{2,}\.[a-z]{2,}\b", re.IGNORECASE)


def naming_windows(found: Found, library: Library, words: int) -> list[Window]:
    """One window a read, in the order of time, together within `words` words.

    A window with a web address names whom it is for; among equals the one that answers the question best.
    """
    reads: dict[tuple[int, float], list[Window]] = {}
    for window in found.windows:
        if window.parts[0][0].kind in KINDS:
            start = window.parts[0][1].start
            spans = library.shelves[window.place].index.summary.kinds
            stretch = next(span.start for span in spans if span.start <= start <= span.end)
            reads.setdefault((window.place, stretch), []).append(window)
    if not reads:
        return []
    share = words // len(reads)
    return [_naming([w for w in reads[read] if w.words <= share] or reads[read]) for read in sorted(reads)]


def _naming(windows: list[Window]) -> Window:
    return max(windows, key=lambda window: (ADDRESS.search(window.text) is not None, window.score))
