"""Scores of cases -> figures with intervals: what is measured, how it is summed up, and which way is better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from eval.intervals import Interval, Numbers, Statistic, bootstrap, wilson
from eval.metrics import Detection, quantile
from eval.outcomes import Score, ScoredCase
from eval.ranking import NothingToMeasure

Unit = Literal["share", "seconds", "words", "score"]
Summary = Literal[
    "share", "mean", "median", "p90", "sum", "at_0", "within_5", "within_15",
    "precision", "recall", "f1", "false_alarm_rate",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the table: `score` summed up over cases. `system` is whose cases it is taken over."""

    name: str
    score: str
    summary: Summary
    title: str
    unit: Unit = "share"
    better: Literal["higher", "lower"] = "higher"
    system: str = "earmark"


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` is None where nothing could be measured; `why` then says so. `n` counts what was measured."""

    value: float | None
    interval: Interval | None
    n: int
    unscored: int
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "value": None if self.value is None else round(self.value, 4),
            "low": None if self.interval is None else round(self.interval.low, 4),
            "high": None if self.interval is None else round(self.interval.high, 4),
            "n": self.n,
            "unscored": self.unscored,
        }
        return {**shown, "why": self.why} if self.why else shown


def figure(measure: Measure, cases: Sequence[ScoredCase]) -> Figure:
    """The measure over `cases`; unscored ones are counted apart, and an empty denominator is no figure at all."""
    own = [case for case in cases if case.system == measure.system]
    scores = [case.scores[measure.score] for case in own if measure.score in case.scores]
    unscored = sum(measure.score in case.unscored for case in own)
    rows = [row(measure, score) for score in scores]
    try:
        value, interval, n = _summed_up(measure, rows)
    except NothingToMeasure as reason:
        return Figure(None, None, 0, unscored, str(reason))
    return Figure(value, interval, n, unscored)


def row(measure: Measure, score: Score) -> list[float]:
    """What the statistic sees of one case: a number, 0 or 1 for a limit, or four counts of a detection."""
    if measure.summary in _COUNTED:
        return [float(count) for count in (score.detection or Detection()).counts]
    if measure.summary in _AT_MOST:
        return [float(score.value <= _AT_MOST[measure.summary])]
    return [score.value]


def statistic(measure: Measure) -> Statistic:
    """The summary over the last two axes (cases, columns of `row`); nan where its denominator is empty."""
    if measure.summary in _COUNTED:
        return _COUNTED[measure.summary]
    over_cases = _OVER_CASES.get(measure.summary, _OVER_CASES["mean"])
    return lambda table: over_cases(table[..., 0])


def change(measure: Measure, before: Sequence[Score], after: Sequence[Score]) -> Interval:
    """95 % interval of the figure's change between two runs over the same cases, by resampling the cases."""
    joined = [[*row(measure, old), *row(measure, new)] for old, new in zip(before, after, strict=True)]
    if not joined:
        raise NothingToMeasure("no case in both")
    columns = len(joined[0]) // 2
    summed_up = statistic(measure)
    return bootstrap(joined, lambda table: summed_up(table[..., columns:]) - summed_up(table[..., :columns]))


def _summed_up(measure: Measure, rows: Sequence[Sequence[float]]) -> tuple[float, Interval, int]:
    """Shares have Wilson's interval, the rest is resampled by case: the claims of one output go together."""
    if not rows:
        raise NothingToMeasure("no case")
    if measure.summary == "share" or measure.summary in _AT_MOST:
        successes = sum(one[0] for one in rows)
        return successes / len(rows), wilson(successes, len(rows)), len(rows)
    if measure.summary in _COUNTED:
        return _detected(measure, rows)
    value = _EXACT[measure.summary]([one[0] for one in rows])
    return value, bootstrap(rows, statistic(measure)), len(rows)


def _detected(measure: Measure, rows: Sequence[Sequence[float]]) -> tuple[float, Interval, int]:
    total = Detection(*(int(sum(column)) for column in zip(*rows, strict=True)))
    hits, false_alarms, misses, rejections = total.counts
    if measure.summary == "f1":
        return total.f1, bootstrap(rows, statistic(measure)), sum(total.counts)
    part, whole = {
        "precision": (hits, hits + false_alarms),
        "recall": (hits, hits + misses),
        "false_alarm_rate": (false_alarms, false_alarms + rejections),
    }[measure.summary]
    value: float = getattr(total, measure.summary)
    return value, wilson(part, whole), whole


def _ratio_of_counts(weights_above: Sequence[int], weights_below: Sequence[int]) -> Statistic:
    """Sum of weighted counts over another; the columns are hits, false alarms, misses, rejections."""

    def ratio(table: Numbers) -> Numbers:
        sums = table.sum(axis=-2)
        above, below = sums @ np.array(weights_above), sums @ np.array(weights_below)
        return np.where(below > 0, above / np.maximum(below, 1), np.nan)

    return ratio


_COUNTED: dict[str, Statistic] = {
    "precision": _ratio_of_counts([1, 0, 0, 0], [1, 1, 0, 0]),
    "recall": _ratio_of_counts([1, 0, 0, 0], [1, 0, 1, 0]),
    "f1": _ratio_of_counts([2, 0, 0, 0], [2, 1, 1, 0]),
    "false_alarm_rate": _ratio_of_counts([0, 1, 0, 0], [0, 1, 0, 1]),
}
_AT_MOST: dict[str, float] = {"at_0": 0.0, "within_5": 5.0, "within_15": 15.0}
_OVER_CASES: dict[str, Callable[[Numbers], Numbers]] = {
    "mean": lambda table: table.mean(axis=-1),
    "sum": lambda table: table.sum(axis=-1),
    "median": lambda table: np.quantile(table, 0.5, axis=-1),
    "p90": lambda table: np.quantile(table, 0.9, axis=-1),
}
_EXACT: dict[str, Callable[[Sequence[float]], float]] = {
    "mean": lambda values: sum(values) / len(values),
    "sum": lambda values: float(sum(values)),
    "median": lambda values: quantile(values, 0.5),
    "p90": lambda values: quantile(values, 0.9),
}
