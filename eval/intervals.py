"""How sure a figure is: 95 % intervals, and tests for two runs over the same cases. Seeded, so the same twice."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.ranking import NothingToMeasure

Numbers = NDArray[np.float64]
Statistic = Callable[[Numbers], Numbers]  # (..., cases, columns) -> (...)

RESAMPLES = 1000
SEED = 260
Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def wilson(successes: float, n: int) -> Interval:
    """Wilson's score interval of a share (Wilson, 1927): sensible at 0 and at 1, where a bootstrap has no width.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    """
    if n == 0:
        raise NothingToMeasure("no case")
    p, spread = successes / n, Z_95**2 / n
    middle = p + spread / 2
    margin = Z_95 * math.sqrt(p * (1 - p) / n + spread / (4 * n))
    return Interval(max(0.0, (middle - margin) / (1 + spread)), min(1.0, (middle + margin) / (1 + spread)))


def bootstrap(rows: Sequence[Sequence[float]], statistic: Statistic) -> Interval:
    """Percentile bootstrap over cases (Efron, 1979): `rows` holds one row of numbers a case.

    `statistic` reduces the last two axes (cases, columns); where it is nan, as for a resample without a case that
    counts, the resample is left out.
    """
    table = np.asarray(rows, dtype=np.float64)
    if len(table) == 0:
        raise NothingToMeasure("no case")
    values = statistic(table[_resamples(len(table))])
    values = values[~np.isnan(values)]
    if len(values) == 0:
        raise NothingToMeasure("no resample has a figure")
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(float(low), float(high))


def mcnemar(only_before: int, only_after: int) -> float:
    """Exact two-sided p of McNemar's test (1947): cases right in one run only are coin tosses if nothing changed."""
    changed = only_before + only_after
    if changed == 0:
        return 1.0
    tail = sum(math.comb(changed, k) for k in range(min(only_before, only_after) + 1)) * 0.5**changed
    return min(1.0, 2 * tail)


@cache
def _resamples(n: int) -> NDArray[Any]:
    # Python's random() is the same in every version; numpy's generators promise less.
    draw = random.Random(SEED)
    return np.array([[int(draw.random() * n) for _ in range(n)] for _ in range(RESAMPLES)], dtype=np.int32)
