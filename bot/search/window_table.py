"""All windows of a run of passages as arrays, made once, so that a question scores them in a few array operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from bot.embedding import unit_rows
from bot.index import Vectors
from bot.records import Part, Sentence
from bot.search.keywords import K1, B, KeywordIndex, terms

MOST_PARTS = 4
MOST_WORDS = 55
# A pause this long, in seconds, ends a thought.
LONGEST_PAUSE = 5.0

Spoken = tuple[Sentence, Part]


@dataclass(frozen=True, slots=True)
class WindowTable:
    """Row i is the window of the parts `firsts[i]` to `lasts[i]` (not included), counted within the run.

    `vectors` are the unit means of the windows' token vectors, None where there are none; `lengths` counts terms.
    """

    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]
    words: NDArray[np.int64]
    vectors: Vectors | None
    lengths: NDArray[np.int64]
    postings: dict[str, NDArray[np.int64]]

    @classmethod
    def of(cls, parts: Sequence[Spoken], tokens: Vectors | None, bounds: NDArray[np.int64] | None) -> WindowTable:
        """`tokens[bounds[i]:bounds[i + 1]]` are the token vectors of part i."""
        spans = np.array(list(spans_of(parts)), dtype=np.int64).reshape(-1, 2)
        firsts, lasts = spans[:, 0], spans[:, 1]
        part_terms = [terms(part.text) for _, part in parts]
        postings: dict[str, list[int]] = {}
        for place, own in enumerate(part_terms):
            for term in own:
                postings.setdefault(term, []).append(place)
        vectors = None
        if tokens is not None and bounds is not None:
            sums = running_sums(tokens, bounds)
            vectors = unit_rows(sums[lasts] - sums[firsts])
        return cls(
            firsts,
            lasts,
            between([len(part.text.split()) for _, part in parts], firsts, lasts),
            vectors,
            between([len(own) for own in part_terms], firsts, lasts),
            {term: np.array(places) for term, places in postings.items()},
        )

    def keyword_scores(self, question_terms: Sequence[str], keywords: KeywordIndex) -> Vectors:
        """BM25 of each window with the rarities of the whole library, shape (windows,)."""
        scores = np.zeros(len(self.firsts))
        damping = K1 * (1 - B + B * self.lengths / max(1.0, float(self.lengths.mean())))
        for term in dict.fromkeys(question_terms):
            if (places := self.postings.get(term)) is not None:
                held = np.searchsorted(places, self.lasts) - np.searchsorted(places, self.firsts)
                scores += keywords.rarity(term) * held / (held + damping)
        return scores.astype(np.float32)

    def best_matches(self, by_part: Vectors) -> Vectors:
        """The best match of each question token within each window, from its matches with each part."""
        best = by_part[:, self.firsts]
        for step in range(1, MOST_PARTS):
            longer = np.flatnonzero(self.lasts - self.firsts > step)
            best[:, longer] = np.maximum(best[:, longer], by_part[:, self.firsts[longer] + step])
        return best


def spans_of(parts: Sequence[Spoken]) -> Iterator[tuple[int, int]]:
    """Every stretch of one to four parts of one kind without a pause, of at most 55 words unless a part is longer."""
    for start in range(len(parts)):
        words = 0
        for end in range(start, min(len(parts), start + MOST_PARTS)):
            sentence, part = parts[end]
            words += len(part.text.split())
            if end > start:
                before, part_before = parts[end - 1]
                if sentence.kind != before.kind or part.start - part_before.end > LONGEST_PAUSE or words > MOST_WORDS:
                    break
            yield start, end + 1


def running_sums(tokens: Vectors, bounds: NDArray[np.int64]) -> Vectors:
    """Sums of the token vectors before each part and after the last, shape (parts + 1, dimension)."""
    sums = np.zeros((len(bounds), tokens.shape[1]), dtype=np.float32)
    filled = np.flatnonzero(np.diff(bounds) > 0)
    if len(filled):
        sums[filled + 1] = np.add.reduceat(tokens, bounds[filled], axis=0)
    return np.cumsum(sums, axis=0)


def between(counts: Sequence[int], firsts: NDArray[np.int64], lasts: NDArray[np.int64]) -> NDArray[np.int64]:
    sums = np.array([0, *accumulate(counts)], dtype=np.int64)
    return sums[lasts] - sums[firsts]
