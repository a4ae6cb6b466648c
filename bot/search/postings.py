"""Which texts hold which words, as arrays that are made once and read in a moment; and BM25 over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.index import Vectors

K1, B = 1.5, 0.75


@dataclass(frozen=True, slots=True)
class Postings:
    """Term number i is held by the texts `texts[starts[i]:starts[i + 1]]`, `counts` times each.

    `lengths` has each text's number of terms.
    """

    numbers: Mapping[str, int]
    starts: NDArray[np.int64]
    texts: NDArray[np.int32]
    counts: NDArray[np.int32]
    lengths: NDArray[np.int32]

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]]) -> Postings:
        """The terms of each text, in order."""
        numbers: dict[str, int] = {}
        held: list[list[int]] = []
        lengths = []
        for place, document in enumerate(documents):
            lengths.append(len(document))
            for term, count in Counter(document).items():
                number = numbers.setdefault(term, len(numbers))
                if number == len(held):
                    held.append([])
                held[number] += (place, count)
        pairs = np.array([value for row in held for value in row], dtype=np.int32).reshape(-1, 2)
        starts = np.cumsum([0, *(len(row) // 2 for row in held)], dtype=np.int64)
        texts, counts = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
        return cls(numbers, starts, texts, counts, np.array(lengths, dtype=np.int32))

    def holders(self, term: str) -> int:
        """How many texts hold the term."""
        number = self.numbers.get(term)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])

    def add_scores(self, scores: Vectors, term: str, weight: float) -> None:
        """Adds the term's BM25 to its holders: weight x tf / (tf + k1 (1 - b + b x length / mean))."""
        number = self.numbers.get(term)
        if number is None:
            return
        held = slice(int(self.starts[number]), int(self.starts[number + 1]))
        texts, counts = self.texts[held], self.counts[held].astype(np.float32)
        mean = max(1.0, float(self.lengths.mean()))
        damping = K1 * (1 - B + B * self.lengths[texts] / mean)
        scores[texts] += (weight * counts / (counts + damping)).astype(np.float32)
