import numpy as np
import pytest

from eval.figures import Measure, change, figure
from eval.intervals import Interval, bootstrap, mcnemar, wilson
from eval.metrics import Detection
from eval.outcomes import Score, ScoredCase


def case(name, score=None, unscored=None, system="earmark"):
    scores = {} if score is None else {"s": score}
    return ScoredCase(name, system, "tuning", "?", "answer", {}, scores, {"s": unscored} if unscored else {})


def values(*numbers):
    return [case(str(place), Score(number)) for place, number in enumerate(numbers)]


def test_wilson_of_a_worked_example():
    # Agresti & Coull's example: 8 of 10 is 0.490 to 0.943.
    interval = wilson(8, 10)
    assert (interval.low, interval.high) == (pytest.approx(0.490, abs=0.001), pytest.approx(0.943, abs=0.001))


def test_wilson_has_width_where_all_are_right():
    assert wilson(20, 20).low == pytest.approx(0.839, abs=0.001)


def test_bootstrap_is_the_same_twice_and_holds_the_mean():
    rows = [[float(number)] for number in range(40)]
    once, again = (bootstrap(rows, lambda table: table.mean(axis=(-2, -1))) for _ in range(2))
    assert once == again
    assert once.low < 19.5 < once.high


def test_bootstrap_leaves_out_resamples_without_a_figure():
    rows = [[0.0], [1.0]]
    interval = bootstrap(rows, lambda table: np.where(table.sum(axis=(-2, -1)) > 0, 1.0, np.nan))
    assert (interval.low, interval.high) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("lost", "won", "expected"),
    [
        pytest.param(0, 0, 1.0, id="nothing-changed"),
        pytest.param(5, 5, 1.0, id="even"),
        pytest.param(0, 6, 2 / 64, id="six-won"),
        pytest.param(1, 8, 2 * 10 / 512, id="eight-to-one"),
    ],
)
def test_mcnemar_is_exact(lost, won, expected):
    assert mcnemar(lost, won) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        pytest.param("mean", 5.5, id="mean"),
        pytest.param("median", 2.5, id="median"),
        pytest.param("p90", 12.8, id="p90"),
        pytest.param("sum", 22.0, id="sum"),
        pytest.param("at_0", 0.25, id="at-0"),
        pytest.param("within_5", 0.75, id="within-5"),
        pytest.param("within_15", 0.75, id="within-15"),
    ],
)
def test_summaries_of_numbers(summary, expected):
    found = figure(Measure("m", "s", summary, ""), values(0.0, 2.0, 3.0, 17.0))
    assert found.value == pytest.approx(expected)
    assert found.interval.low <= found.value <= found.interval.high
    assert found.n == 4


def test_unscored_cases_are_counted_apart_and_are_not_wrong():
    found = figure(Measure("m", "s", "share", ""), [case("a", Score(1.0)), case("b", unscored="no evidence")])
    assert (found.value, found.n, found.unscored) == (1.0, 1, 1)


def test_cases_of_another_system_are_left_out():
    found = figure(Measure("m", "s", "share", ""), [case("a", Score(1.0)), case("b", Score(0.0), system="tutorial")])
    assert found.value == 1.0


def test_no_case_is_no_figure():
    found = figure(Measure("m", "s", "share", ""), [])
    assert (found.value, found.interval, found.why) == (None, None, "no case")


@pytest.mark.parametrize("summary", ["precision", "recall", "f1", "false_alarm_rate"])
def test_detections_are_summed_over_cases(summary):
    counts = [Detection(3, 1, 0, 2), Detection(1, 0, 2, 5)]
    cases = [case(str(place), Score(0.0, "", one)) for place, one in enumerate(counts)]
    found = figure(Measure("m", "s", summary, ""), cases)
    assert found.value == getattr(counts[0] + counts[1], summary)
    assert found.interval.low <= found.value <= found.interval.high


def test_detection_that_nothing_could_trigger_says_why():
    found = figure(Measure("m", "s", "recall", ""), [case("a", Score(1.0, "", Detection(rejections=1)))])
    assert (found.value, found.why) == (None, "there was nothing to find")


def test_change_of_equal_runs_is_nothing():
    scores = [Score(float(number % 2)) for number in range(30)]
    assert change(Measure("m", "s", "share", ""), scores, scores) == Interval(0.0, 0.0)


def test_change_is_paired_by_case():
    before = [Score(float(number)) for number in range(30)]
    after = [Score(float(number) + 2) for number in range(30)]
    interval = change(Measure("m", "s", "mean", ""), before, after)
    assert (interval.low, interval.high) == (pytest.approx(2), pytest.approx(2))
