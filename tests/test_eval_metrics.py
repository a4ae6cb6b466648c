import math

import pytest

from eval.metrics import (
    Detection,
    Span,
    citation_precision,
    citation_recall,
    evidence_grade,
    finds,
    missing_groups,
    quantile,
    seconds_off,
    share_of_evidence,
    token_f1,
)
from eval.ranking import NothingToMeasure, ndcg, reciprocal_rank, share_found


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        pytest.param([0, 0, 1, 1], 1 / 3, id="third"),
        pytest.param([0.1], 1.0, id="any-grade-counts"),
        pytest.param([0] * 10 + [1], 0.0, id="beyond-rank-10"),
        pytest.param([], 0.0, id="nothing-retrieved"),
    ],
)
def test_reciprocal_rank(grades, expected):
    assert reciprocal_rank(grades) == pytest.approx(expected)


def test_ndcg_of_a_worked_example():
    expected = (0.5 + 1 / math.log2(3)) / (1 + 0.5 / math.log2(3))
    assert ndcg([0.5, 1.0, 0.0], [0.0, 0.5, 1.0]) == pytest.approx(expected)


def test_ndcg_of_the_best_order_is_one():
    assert ndcg([1.0, 0.5], [0.5, 1.0]) == 1.0


def test_ndcg_counts_relevant_passages_that_were_not_retrieved():
    assert ndcg([0.0], [0.0, 1.0]) == 0.0


def test_share_found_cuts_the_passage_that_the_budget_cuts():
    assert share_found([4, 10], [10, 20], total=20, budget=20) == pytest.approx((4 + 5) / 20)


@pytest.mark.parametrize(
    ("shown", "evidence", "expected"),
    [
        pytest.param(Span(0, 100), Span(40, 50), True, id="passage-holds-it"),
        pytest.param(Span(42, 45), Span(40, 60), True, id="sentence-inside"),
        pytest.param(Span(0, 45), Span(40, 50), True, id="half-of-it"),
        pytest.param(Span(0, 44), Span(40, 50), False, id="less-than-half"),
        pytest.param(Span(0, 40), Span(40, 50), False, id="touches"),
        pytest.param(Span(40, 40), Span(40, 50), False, id="no-length"),
    ],
)
def test_finds(shown, evidence, expected):
    assert finds(shown, evidence) is expected


def test_recall_counts_each_piece_of_evidence():
    assert share_of_evidence([Span(0, 10), Span(50, 60)], [Span(2, 8), Span(100, 110)]) == 0.5


def test_grade_is_the_share_of_each_piece_averaged():
    assert evidence_grade(Span(0, 10), [Span(5, 15), Span(100, 104)]) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("cited", "expected"),
    [
        pytest.param(12, 0, id="inside"),
        pytest.param(10, 0, id="at-the-start"),
        pytest.param(7, 3, id="before"),
        pytest.param(24, 4, id="after"),
        pytest.param(95, 5, id="nearest-of-two"),
    ],
)
def test_seconds_off(cited, expected):
    assert seconds_off(cited, [Span(10, 20), Span(100, 110)]) == expected


def test_quantile_lies_between_neighbours():
    assert quantile([0.0, 10.0], 0.9) == pytest.approx(9.0)


SUPPORTING = {"whole": {0}, "half a": set(), "half b": set(), "foreign": set()}


def supports(claim, cited):
    return any(claim in SUPPORTING[name] for name in cited) or {"half a", "half b"} <= set(cited)


@pytest.mark.parametrize(
    ("claims", "recall", "precision"),
    [
        pytest.param([["whole"]], 1.0, 1.0, id="supported"),
        pytest.param([["whole"], []], 0.5, 1.0, id="a-claim-without-citation"),
        pytest.param([["foreign"]], 0.0, 0.0, id="unsupported"),
        pytest.param([["half a", "half b"]], 1.0, 1.0, id="both-are-needed"),
        pytest.param([["whole", "foreign"]], 1.0, 0.5, id="one-is-irrelevant"),
        pytest.param([["whole", None]], 0.0, 0.0, id="an-invalid-one-costs-both"),
    ],
)
def test_citation_recall_and_precision_after_alce(claims, recall, precision):
    assert citation_recall(claims, supports) == recall
    assert citation_precision(claims, supports) == precision


def test_detection_figures_of_a_worked_example():
    total = Detection(hits=6, false_alarms=2, misses=4, rejections=8)
    assert (total.precision, total.recall, total.false_alarm_rate) == (0.75, 0.6, 0.2)
    assert total.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


def test_detections_add_up():
    cases = [Detection.of(True, True), Detection.of(True, False), Detection.of(False, True), Detection.of(False, False)]
    assert sum(cases[1:], cases[0]) == Detection(1, 1, 1, 1)


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [
        pytest.param("The cat sat [2:28].", "a cat SAT", 1.0, id="articles-case-and-marks"),
        pytest.param("a dog", "cat", 0.0, id="nothing-shared"),
        pytest.param("cat cat", "cat", 2 / 3, id="repeats-count-once"),
        pytest.param("text-to-video", "text to video", 1.0, id="hyphens"),
    ],
)
def test_token_f1(answer, reference, expected):
    assert token_f1(answer, reference) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("answer", "groups", "missing"),
    [
        pytest.param("He met Anastasis.", [["anastasi"]], [], id="begins-a-word"),
        pytest.param("a factor", [["cto"]], [["cto"]], id="inside-a-word-does-not-count"),
        pytest.param("2,000 films", [["2000"], ["films", "movies"]], [], id="figures-and-alternatives"),
        pytest.param("films", [["films"], ["money"]], [["money"]], id="every-group-is-needed"),
    ],
)
def test_missing_groups(answer, groups, missing):
    assert missing_groups(answer, groups) == missing


@pytest.mark.parametrize(
    "measure",
    [
        pytest.param(lambda: ndcg([0.0], [0.0]), id="ndcg"),
        pytest.param(lambda: share_found([], [], total=0, budget=10), id="share-found"),
        pytest.param(lambda: share_of_evidence([Span(0, 1)], []), id="recall"),
        pytest.param(lambda: evidence_grade(Span(0, 1), []), id="grade"),
        pytest.param(lambda: seconds_off(0, []), id="seconds-off"),
        pytest.param(lambda: quantile([], 0.5), id="quantile"),
        pytest.param(lambda: citation_recall([], supports), id="citation-recall"),
        pytest.param(lambda: citation_precision([[]], supports), id="citation-precision"),
        pytest.param(lambda: Detection(misses=1).precision, id="precision"),
        pytest.param(lambda: Detection(false_alarms=1).recall, id="recall-of-a-detector"),
        pytest.param(lambda: Detection(rejections=1).f1, id="f1"),
        pytest.param(lambda: Detection(hits=1).false_alarm_rate, id="false-alarm-rate"),
        pytest.param(lambda: token_f1("a", ""), id="token-f1"),
        pytest.param(lambda: missing_groups("a", []), id="must-contain"),
    ],
)
def test_an_empty_denominator_is_an_error_and_never_a_figure(measure):
    with pytest.raises(NothingToMeasure):
        measure()
