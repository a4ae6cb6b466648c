"""How good an order of passages is: pure functions of the grades in that order.

A grade is how relevant a passage is, 0 to 1; `grades` are those of the ranked passages, best first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


class NothingToMeasure(ValueError):
    """The denominator is empty: the figure does not exist. Never reported as 0 or as 100 %."""


def reciprocal_rank(grades: Sequence[float], k: int = 10) -> float:
    """1 / rank of the first passage with a grade above 0, 0 where none is among the first `k`.

    Its mean over questions is MRR@k (Voorhees, TREC-8 question answering track, 1999).
    """
    return next((1.0 / rank for rank, grade in enumerate(grades[:k], start=1) if grade > 0), 0.0)


def discounted_gain(grades: Sequence[float], k: int = 10) -> float:
    """DCG@k = sum of grade(i) / log2(i + 1) over the first `k` ranks (Järvelin & Kekäläinen, 2002, linear gain)."""
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades[:k], start=1))


def ndcg(grades: Sequence[float], all_grades: Sequence[float], k: int = 10) -> float:
    """DCG@k over the DCG@k of the best possible order of `all_grades`, which are those of every passage in scope.

    Linear gain, not 2^grade - 1: a grade is a share of words or of seconds, so it already is a quantity.
    Raises NothingToMeasure where nothing in scope is relevant.
    """
    ideal = discounted_gain(sorted(all_grades, reverse=True), k)
    if ideal == 0:
        raise NothingToMeasure("no passage in scope is relevant")
    return discounted_gain(grades, k) / ideal


def share_found(relevant: Sequence[int], words: Sequence[int], total: int, budget: int) -> float:
    """Share of `total` relevant words that lie in the first `budget` words of the ranked passages.

    `relevant` and `words` are counts a passage, best first; the passage that the budget cuts counts in proportion.
    Raises NothingToMeasure where `total` is 0.
    """
    if total == 0:
        raise NothingToMeasure("no word is relevant")
    found = 0.0
    for hits, length in zip(relevant, words, strict=True):
        taken = min(length, budget)
        found += hits * taken / length if length else 0.0
        budget -= taken
        if budget <= 0:
            break
    return found / total
