"""The places that may answer are read together with the question, and ranked anew.

The other signals compare vectors that were made apart. Read together, each word of a question sees each of a place's,
and so does the kind of the answer: whether someone who asks where is told a place. It takes time, so only places that
are about as good as the best are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.embedding.cross_encoder import QUESTIONS, Pair, cross_encoder
from bot.index import Vectors
from bot.search.library import Library
from bot.search.spellings import with_right_names
from bot.search.window_table import Spoken
from bot.search.windows import Found, LazyWindows, Window, best_by_passage, overlap

# Places whose scores are farther below the best one's are not read, nor more than MOST_READ; 2.1 are at the mean. Of
# 1,878 questions about episodes held out the best window has evidence for 57.9 % unread, for 63.5 % so. With up to 10
# places within 2.0 it is 65.2 %, with the best 24 65.9 %, and 1 and 3 % more have evidence quoted, for 1 ms a place.
WITHIN = 0.8
MOST_READ = 6
# What a window gains for each unit of the log odds that it answers.
READ = 1.0
# Around a place so many parts are read: about as many words as there is room for.
PARTS_BEFORE, PARTS_AFTER = 3, 2


def read_windows(found: Found, library: Library) -> Found:
    """The windows with what reading adds to their scores, best first.

    A window that was not read, nor shares a part with one that was, gains as little as the worst of those. Without
    token vectors, whose scores tell what is worth reading, nothing is read. Raises EmbeddingUnavailable.
    """
    if found.query.tokens is None or not found.windows or found.unread:
        return found
    moments = list(worth_reading(found.windows))
    if not moments:
        return found
    odds = cross_encoder(QUESTIONS).scores([pair_of(found.query.asked, moment, library) for moment in moments])
    read = _spread(found.places, moments, odds)
    scores = found.scores + READ * read
    order = np.argsort(-scores, kind="stable")

    def make(place: int) -> Window:
        searched, own = found.windows[int(order[place])], float(read[order[place]])
        return replace(searched, score=searched.score + READ * own, read=own)

    return Found(
        found.query,
        LazyWindows(len(order), make),
        found.places[order],
        scores[order],
        found.cosines[order],
        found.lates[order],
        {**found.best_windows, **_by_passage(found.places, scores, library)},
        unread=found,
    )


def _by_passage(places: NDArray[np.int64], scores: Vectors, library: Library) -> dict[int, float]:
    """As `Found.best_windows`, of the passages that one of these windows begins in."""
    rows = library.rows_of(places[:, 0], places[:, 1])
    rising = np.argsort(rows, kind="stable")
    return best_by_passage(rows[rising], scores[rising])


def worth_reading(windows: Iterable[Window]) -> Iterator[Window]:
    """The best of those that may be shown and share no part, best first."""
    chosen: list[Window] = []
    for window in windows:
        if len(chosen) == MOST_READ or (chosen and window.score < chosen[0].score - WITHIN):
            return
        if window.is_short and not any(overlap(window, one) for one in chosen):
            chosen.append(window)
            yield window


def pair_of(question: str, window: Window, library: Library) -> Pair:
    """The question and the window between the words around it, as they are read together; all with the right names."""
    shelf = library.shelves[window.place]
    before = shelf.parts[max(0, window.first - PARTS_BEFORE) : window.first]
    texts = (
        question,
        window.text,
        _words(one for one in before if one[0].kind == window.kind),
        _words(one for one in shelf.parts[window.last : window.last + PARTS_AFTER] if one[0].kind == window.kind),
    )
    return Pair(*(with_right_names(text, shelf.index.episode) for text in texts))


def _words(spoken: Iterable[Spoken]) -> str:
    return " ".join(part.text for _, part in spoken)


def _spread(places: NDArray[np.int64], moments: Sequence[Window], odds: Vectors) -> Vectors:
    """Of each place the best odds of the moments that it shares a part with, the worst of all where there is none."""
    episode, first, last = places.T[..., None]
    held = np.array([(moment.place, moment.first, moment.last) for moment in moments]).T
    shared = (episode == held[0]) & (first < held[2]) & (held[1] < last)
    best = np.where(shared, odds, -np.inf).max(axis=1)
    return np.asarray(np.where(shared.any(axis=1), best, odds.min()), dtype=np.float32)
