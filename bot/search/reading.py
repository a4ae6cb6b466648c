"""The best windows read together with the question: do they answer it?

Search compares vectors that were made apart; the cross-encoder sees question and window at once, which takes 5 ms a
window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from bot.embedding.cross_encoder import Pair, cross_encoder, with_speakers
from bot.search.library import Library
from bot.search.window_table import Spoken
from bot.search.windows import Found, Window, overlap

# Reading more of them told no more: by 793 questions, .811 is the area under the curve for two, .815 for four.
READ = 2
MOST_TOKENS = 80  # of question and window together, as it was learnt
PARTS_BEFORE, PARTS_AFTER = 3, 1


def log_odds_of_answer(found: Found, library: Library) -> float:
    """How surely the better one of the READ best windows answers; `found` must have one.

    Raises EmbeddingUnavailable where the installation is damaged.
    """
    pairs = [
        pair_of(found.query.text, library.shelves[window.place].parts, (window.first, window.last))
        for window in islice(_apart(found.windows), READ)
    ]
    return float(cross_encoder().scores(pairs, "answers", MOST_TOKENS).max())


def pair_of(
    asked: str, parts: Sequence[Spoken], place: tuple[int, int], reach: tuple[int, int] = (PARTS_BEFORE, PARTS_AFTER)
) -> Pair:
    """The parts of the place (first, and the one after the last) between as many before and after as `reach` says."""
    first, last = place
    return Pair(
        asked=asked,
        said=_spoken(parts[first:last]),
        before=_spoken(parts[max(0, first - reach[0]) : first]),
        after=_spoken(parts[last : last + reach[1]]),
    )


def _spoken(parts: Sequence[Spoken]) -> str:
    return with_speakers((sentence.speaker, part.text) for sentence, part in parts)


def _apart(windows: Sequence[Window]) -> Iterator[Window]:
    """Those that may be shown and overlap none before; the first one if there are none such."""
    chosen: list[Window] = []
    for window in windows:
        if window.is_short and not any(overlap(window, one) for one in chosen):
            chosen.append(window)
            yield window
    if not chosen:
        yield windows[0]
