"""The places that may answer are read together with the question, and ranked anew.

The other signals compare vectors that were made apart. Read together, each word of a question sees each of a place's,
and so does the kind of the answer: whether someone who asks where is told a place. It takes time, so no more is read
once a place answers so well that those which search puts below could hardly be better.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from bot.embedding.cross_encoder import QUESTIONS, Pair, cross_encoder
from bot.index import Vectors
from bot.search.library import Library
from bot.search.spellings import with_right_names
from bot.search.window_table import Spoken
from bot.search.windows import Found, LazyWindows, Window, best_by_passage, overlap


@dataclass(frozen=True, slots=True)
class Reach:
    """At most `most` places are read, and no more once the best is so `clear`ly above what search says of the next."""

    clear: float
    most: int


# 2.8 are read at the mean of 1,878 questions about episodes held out. The best window has evidence for 64.9 % of them,
# unread for 57.8 %, and for 63.5 % with those that search puts within .8 of the best, at most six; of the 577 by other
# hands for 52.0 and unread 44.4 %. With 3.0 in place of 1.0, 4.5 are read, for 65.2 %; with the best 24 read always
# 65.7 %, and what is quoted has evidence for 90.0 % in place of 87.3 % (`eval/training/read_reach.py`).
REACH = Reach(clear=1.0, most=10)
# Places that are read at once: one on each of two cores takes hardly longer than one.
AT_ONCE = 2
# What a window gains for each unit of the log odds that it answers.
READ = 1.0
# Around a place so many parts are read: about as many words as there is room for.
PARTS_BEFORE, PARTS_AFTER = 3, 2


def read_windows(found: Found, library: Library) -> Found:
    """The windows with what reading adds to their scores, best first.

    A window that was not read, nor shares a part with one that was, gains as little as the worst of those. Without
    token vectors, whose scores tell what is worth reading, nothing is read. Raises EmbeddingUnavailable.
    """
    if found.query.tokens is None or found.unread:
        return found
    moments, odds = read_places(found, library, REACH)
    return ranked_anew(found, library, moments, odds) if moments else found


def read_places(found: Found, library: Library, reach: Reach) -> tuple[list[Window], Vectors]:
    """What is read, in the order of the search's scores, with the log odds that each answers."""
    moments: list[Window] = []
    odds: list[float] = []
    best = -math.inf
    unread = apart(found.windows)
    while some := list(islice(unread, min(AT_ONCE, reach.most - len(moments)))):
        if best - some[0].score >= reach.clear:
            break
        own = cross_encoder(QUESTIONS).scores([pair_of(found.query.asked, one, library) for one in some]).tolist()
        moments += some
        odds += own
        best = max(best, *(one.score + READ * value for one, value in zip(some, own, strict=True)))
    return moments, np.array(odds, dtype=np.float32)


def ranked_anew(found: Found, library: Library, moments: Sequence[Window], odds: Vectors) -> Found:
    """By what reading these places gave."""
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


def apart(windows: Iterable[Window]) -> Iterator[Window]:
    """Of those that may be shown the best that share no part, best first."""
    chosen: list[Window] = []
    for window in windows:
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
