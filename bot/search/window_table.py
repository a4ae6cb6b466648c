"""All windows of an episode as arrays, made on ingest, so that a question scores them in a few array operations."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.embedding.minilm import unit_rows
from bot.index import Vectors
from bot.quantizing import restore
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
    `term_sums` are the checksums of all terms, `term_parts` the parts that they stand in, which rise.
    """

    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]
    words: NDArray[np.int64]
    lengths: NDArray[np.int64]
    vectors: Vectors | None
    term_parts: NDArray[np.int64]
    term_sums: NDArray[np.uint32]

    @classmethod
    def of(cls, arrays: Mapping[str, Any], first: int, last: int) -> WindowTable:
        """Those windows of an episode that lie in its parts `first` to `last` (not included)."""
        windows, terms_held = arrays["windows"], arrays["part_terms"]
        begun = _places(windows[0], first, last)
        inside = np.flatnonzero(windows[1, begun] <= last)
        firsts, lasts, words, lengths = windows[:, begun].take(inside, axis=1).astype(np.int64)
        vectors = None
        if "window_vectors" in arrays:
            vectors = restore(arrays["window_vectors"][begun].take(inside, axis=0))
        held = _places(terms_held[0], first, last)
        term_parts = terms_held[0, held].astype(np.int64) - first
        return cls(firsts - first, lasts - first, words, lengths, vectors, term_parts, terms_held[1, held])

    def keyword_scores(self, question_terms: Sequence[str], keywords: KeywordIndex, rows: NDArray[np.int64]) -> Vectors:
        """BM25 of these windows with the rarities of the whole library, shape (rows,)."""
        scores = np.zeros(len(rows))
        firsts, lasts = self.firsts[rows], self.lasts[rows]
        damping = K1 * (1 - B + B * self.lengths[rows] / max(1.0, float(self.lengths.mean())))
        for term in dict.fromkeys(question_terms):
            places = self.term_parts[self.term_sums == checksum(term)]
            if len(places):
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


def windows_of(parts: Sequence[Spoken]) -> NDArray[np.int32]:
    """A column each, in the order of their first parts: the first part, the one after the last, words, terms."""
    words = [len(part.text.split()) for _, part in parts]
    spans = np.array(list(spans_of(parts, words)), dtype=np.int64).reshape(-1, 2)
    counts = [len(terms(part.text)) for _, part in parts]
    return np.stack([*spans.T, *(between(one, *spans.T) for one in (words, counts))]).astype(np.int32)


def part_terms(parts: Sequence[Spoken]) -> NDArray[np.uint32]:
    """A column for each term in the order of the parts: the part that holds it, and the term's checksum."""
    held = [(place, checksum(term)) for place, (_, part) in enumerate(parts) for term in terms(part.text)]
    return np.ascontiguousarray(np.array(held, dtype=np.uint32).reshape(-1, 2).T)


@lru_cache(maxsize=10_000)
def checksum(term: str) -> int:
    """Stands for the term: of a passage's 60, two are taken for one once in two million passages."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass"))


def window_vectors(windows: NDArray[np.int32], tokens: Vectors, bounds: NDArray[np.int64]) -> Vectors:
    """Their unit means; `tokens[bounds[i]:bounds[i + 1]]` are the token vectors of part i."""
    sums = running_sums(tokens, bounds)
    return unit_rows(sums[windows[1]] - sums[windows[0]])


def _places(rising: NDArray[Any], first: int, last: int) -> slice:
    """Where the numbers from `first` to `last` (not included) stand."""
    # Bounds of another type would have the whole array converted.
    begin, end = np.searchsorted(rising, np.array([first, last], dtype=rising.dtype))
    return slice(int(begin), int(end))


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
