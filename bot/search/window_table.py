"""All windows of a run of passages as arrays, made once, so that a question scores them in a few array operations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from bot.embedding.minilm import unit_rows
from bot.index import Vectors
from bot.records import Part, Sentence
from bot.search.keywords import KeywordIndex, terms
from bot.search.postings import K1, B

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
    postings: dict[str, list[int]]

    @classmethod
    def of(cls, parts: Sequence[Spoken], tokens: Vectors | None, bounds: NDArray[np.int64] | None) -> WindowTable:
        """`tokens[bounds[i]:bounds[i + 1]]` are the token vectors of part i."""
        words = [len(part.text.split()) for _, part in parts]
        spans = np.array(list(spans_of(parts, words)), dtype=np.int64).reshape(-1, 2)
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
            between(words, firsts, lasts),
            vectors,
            between([len(own) for own in part_terms], firsts, lasts),
            postings,
        )

    def keyword_scores(self, question_terms: Sequence[str], keywords: KeywordIndex, rows: NDArray[np.int64]) -> Vectors:
        """BM25 of these windows with the rarities of the whole library, shape (rows,)."""
        scores = np.zeros(len(rows))
        firsts, lasts = self.firsts[rows], self.lasts[rows]
        damping = K1 * (1 - B + B * self.lengths[rows] / max(1.0, float(self.lengths.mean())))
        for term in dict.fromkeys(question_terms):
            if (places := self.postings.get(term)) is not None:
                held = np.searchsorted(places, lasts) - np.searchsorted(places, firsts)
                scores += keywords.rarity(term) * held / (held + damping)
        return scores.astype(np.float32)

    def best_matches(self, by_part: Vectors, rows: NDArray[np.int64]) -> Vectors:
        """The best match of each question token within each of these windows, from its matches with each part."""
        firsts, lasts = self.firsts[rows], self.lasts[rows]
        best = by_part[:, firsts]
        for step in range(1, MOST_PARTS):
            # A window without so many parts looks at its last once more.
            np.maximum(best, by_part[:, np.minimum(firsts + step, lasts - 1)], out=best)
        return best


def spans_of(parts: Sequence[Spoken], words: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Every stretch of one to four parts of one kind without a pause, of at most 55 words unless a part is longer."""
    joined = [
        sentence.kind == before.kind and part.start - part_before.end <= LONGEST_PAUSE
        for (before, part_before), (sentence, part) in pairwise(parts)
    ]
    for start in range(len(parts)):
        total = words[start]
        yield start, start + 1
        for end in range(start + 1, min(len(parts), start + MOST_PARTS)):
            total += words[end]
            if not joined[end - 1] or total > MOST_WORDS:
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
