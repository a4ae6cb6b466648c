import pytest

from eval.cases import QuestionCase
from eval.metrics import Detection, Span
from eval.outcomes import Outcome, StatedClaim, Stretch
from eval.scorers import ANSWERS, RETRIEVAL, score

RIGHT, WRONG, AD = Stretch(100, 108, words=20), Stretch(500, 520, words=40), Stretch(20, 36, "sponsor", 30)


def question(expect="answer", evidence=((100, 110),), **more):
    spans = [{"start": start, "end": end} for start, end in evidence]
    return QuestionCase.model_validate(
        {"id": "q", "question": "?", "expect": expect, "evidence": spans, **{"reference": "", **more}}
    )


def answered(*citations, **more):
    claims = tuple(StatedClaim("one two three", "supported", (place,)) for place in range(len(citations)))
    return Outcome("q", claims=claims, citations=citations, **more)


def value(name, case, outcome):
    found = score(case, outcome, {**RETRIEVAL, **ANSWERS})[0].get(name)
    return None if found is None else found.value


REFUSED = Outcome("q", verdict="not_in_episode", nearest=(RIGHT,))


@pytest.mark.parametrize(
    ("name", "case", "outcome", "expected"),
    [
        pytest.param("evidence_any@1", question(), Outcome("q", ranked=(WRONG, RIGHT)), 0, id="not-in-the-best"),
        pytest.param("evidence_any@4", question(), Outcome("q", ranked=(WRONG, RIGHT)), 1, id="in-the-best-4"),
        pytest.param("mrr@10", question(), Outcome("q", ranked=(WRONG, RIGHT)), 0.5, id="second"),
        pytest.param("words@4", question(), Outcome("q", ranked=(WRONG, RIGHT)), 60, id="words"),
        pytest.param(
            "evidence_all@4",
            question(evidence=((100, 110), (900, 910))),
            Outcome("q", ranked=(RIGHT,)),
            0,
            id="a-piece-is-missing",
        ),
        pytest.param(
            "evidence_all@4",
            question(evidence=((100, 110), (900, 910)), tags=("any",)),
            Outcome("q", ranked=(RIGHT,)),
            1,
            id="any-piece-will-do",
        ),
        pytest.param("quoted", question(), answered(WRONG, RIGHT), 1, id="quoted"),
        pytest.param("quoted", question(), REFUSED, 0, id="a-refusal-quotes-nothing"),
        pytest.param("shown", question(), REFUSED, 1, id="nearest-moments-are-shown"),
        pytest.param("quoted", question("refuse", ()), answered(WRONG), None, id="nothing-to-quote"),
        pytest.param("answer_words", question(), answered(WRONG, RIGHT), 6, id="answer-words"),
        pytest.param("answer_words", question(), REFUSED, None, id="no-words-in-a-refusal"),
        pytest.param("seconds_off", question(), answered(WRONG, Stretch(95, 108)), 5, id="of-the-right-citation"),
        pytest.param("seconds_off", question(), answered(WRONG), None, id="no-right-citation"),
        pytest.param("first_seconds_off", question(), answered(WRONG, RIGHT), 390, id="of-the-first-citation"),
        pytest.param(
            "citation_validity", question(), answered(RIGHT, Stretch(1, 2, fault="x")), 0.5, id="one-is-invalid"
        ),
        pytest.param("cites", question(), Outcome("q", claims=(StatedClaim("x", "uncited"),)), 0, id="cites-nothing"),
        pytest.param("cites", question(), Outcome("q"), 0, id="answer-without-a-claim"),
        pytest.param("citation_recall", question(), answered(RIGHT, WRONG), 0.5, id="half-the-claims"),
        pytest.param("citation_precision", question(), answered(RIGHT, WRONG), 0.5, id="half-the-citations"),
        pytest.param(
            "citation_recall",
            question(),
            Outcome("q", claims=(StatedClaim("x", "supported", (7,)),), citations=(RIGHT,)),
            0,
            id="an-index-of-nothing",
        ),
        pytest.param(
            "claims_miscited",
            question(),
            Outcome("q", claims=(StatedClaim("x", "miscited"), StatedClaim("y", "supported"))),
            0.5,
            id="miscited",
        ),
        pytest.param("refusal", question("refuse", ()), REFUSED, 1, id="right-refusal"),
        pytest.param("refusal", question(), REFUSED, 0, id="false-refusal"),
        pytest.param("refusal", question("correct_premise"), answered(RIGHT), 1, id="premise-corrected"),
        pytest.param(
            "must_contain", question(must_contain=(("art",),)), Outcome("q", text="At art school [1:40]."), 1, id="has"
        ),
        pytest.param(
            "must_contain", question(must_contain=(("art",),)), Outcome("q", text="part"), 0, id="has-not"
        ),
        pytest.param("token_f1", question(reference="art school"), Outcome("q", text="art"), 2 / 3, id="token-f1"),
        pytest.param("sponsor", question("sponsor", ((20, 30),)), answered(AD), 1, id="as-sponsor"),
        pytest.param("sponsor", question("sponsor", ((20, 30),)), answered(Stretch(20, 36)), 0, id="as-talk"),
        pytest.param("sponsor", question("sponsor", ((20, 30),)), REFUSED, 0, id="sponsor-refused"),
        pytest.param("sponsor", question(), answered(AD), None, id="not-a-sponsor-question"),
        pytest.param("ad_seconds", question(), answered(AD, RIGHT), 16, id="labelled-ad"),
        pytest.param(
            "ad_seconds", question(), answered(Stretch(15, 30), ads=(Span(20, 25),)), 5, id="ad-without-its-label"
        ),
        pytest.param("ad_seconds", question("sponsor"), answered(AD), None, id="asked-for"),
    ],
)  # fmt: skip
def test_score(name, case, outcome, expected):
    assert value(name, case, outcome) == (expected if expected is None else pytest.approx(expected))


def test_refusal_is_counted_as_a_detection():
    scores, _ = score(question("refuse", ()), answered(WRONG), {"refusal": ANSWERS["refusal"]})
    assert scores["refusal"].detection == Detection(misses=1)


def test_a_question_without_evidence_is_unscored_and_not_wrong():
    scores, unscored = score(question(evidence=()), answered(RIGHT), {**RETRIEVAL, **ANSWERS})
    assert "quoted" not in scores
    assert unscored["quoted"] == "the case has no evidence"


def test_a_question_that_the_endpoint_failed_on_is_unscored_altogether():
    scores, unscored = score(question(), Outcome("q", error="no route"), {**RETRIEVAL, **ANSWERS})
    assert scores == {}
    assert set(unscored) == {*RETRIEVAL, *ANSWERS}
