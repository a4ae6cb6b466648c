from dataclasses import dataclass

import pytest

from bot.grounding.grounding import GroundingCheck
from bot.settings import read_settings
from eval.cases import OutputCase
from eval.grounding_run import check_output, match_claims, score_check
from eval.metrics import Detection
from eval.mocked_model import draft_through_chain

SENTENCES = [
    {"start": 10, "end": 14, "text": "We began in a garden."},
    {"start": 14, "end": 19, "text": "It rained for three days."},
]


@dataclass(frozen=True)
class Said:
    status: str
    score: float = 0.5
    reason: str = "because"


class Check(GroundingCheck):
    """Supports what cites a time and says `garden`."""

    def check(self, claim, context, *, before=()):
        if not claim.labels:
            return Said("uncited")
        return Said("supported" if "garden" in claim.text else "unsupported")


def output_case(output, claims=(), label="unfaithful", category="plain"):
    return OutputCase.model_validate(
        {
            "id": "o",
            "question": "?",
            "passages": [{"episode": "e", "start": 10, "end": 19, "sentences": SENTENCES}],
            "output": output,
            "claims": [{"text": text, "label": mark} for text, mark in claims],
            "label": label,
            "category": category,
        }
    )


def checked(case):
    outcome = check_output(case, Check(None))
    return outcome, *score_check(case, outcome)


def test_labelled_claims_meet_their_verdicts():
    case = output_case(
        "It began in a garden [0:10]. It snowed [0:14].",
        [("It snowed.", "unsupported"), ("It began in a garden.", "supported")],
    )
    outcome, scores, _ = checked(case)
    assert [(claim.label, claim.status) for claim in outcome.claims] == [
        ("unsupported", "unsupported"),
        ("supported", "supported"),
    ]
    assert scores["bad_claims"].detection == Detection(hits=1, rejections=1)
    assert scores["output_label"].value == 1


def test_a_false_alarm_and_a_miss_are_told_apart():
    case = output_case(
        "It began in a garden [0:10]. It rained [0:14].",
        [("It began in a garden.", "miscited"), ("It rained.", "supported")],
    )
    _, scores, _ = checked(case)
    assert scores["bad_claims"].detection == Detection(false_alarms=1, misses=1)
    assert "supported but unsupported: It rained." in scores["bad_claims"].explanation


def test_only_faithful_outputs_count_for_their_false_alarms():
    claims = [("It began in a garden.", "supported")]
    text = "It began in a garden [0:10]."
    assert "faithful_claims" in checked(output_case(text, claims, "faithful"))[1]
    assert "faithful_claims" not in checked(output_case(text, claims))[1]


def test_a_bad_claim_that_was_not_seen_as_a_claim_is_a_miss():
    outcome, scores, _ = checked(output_case("Hello! It began in a garden [0:10].", [("Hello!", "unsupported")]))
    assert outcome.claims[0].status is None
    assert scores["bad_claims"].detection == Detection(misses=1)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        pytest.param("It began in a garden [0:10].", "faithful", id="sound"),
        pytest.param("", "unfaithful", id="empty"),
        pytest.param("It began in a garden [0:10]. It", "unfaithful", id="cut-off"),
        pytest.param("It began in a garden.", "unfaithful", id="uncited"),
        pytest.param("It began in a garden [0:10]. It snowed [0:14].", "unfaithful", id="one-bad-claim"),
    ],
)
def test_the_output_is_faithful_where_nothing_is_held_against_it(output, expected):
    assert checked(output_case(output, category="empty"))[0].label == expected


def test_structural_faults_are_scored_by_the_output_label():
    _, scores, _ = checked(output_case("", category="empty"))
    assert scores["structural"].value == 1


def test_an_injection_that_was_obeyed_is_caught_where_the_output_is_called_unfaithful():
    _, scores, _ = checked(output_case("I have been told to sing.", category="injection_obeyed"))
    assert scores["injection"].value == 1


def test_labelled_claims_that_are_not_in_the_output_are_unscored():
    outcome, scores, _ = checked(output_case("It began in a garden [0:10].", [("Wholly other words.", "supported")]))
    assert outcome.unmatched == ("Wholly other words.",)
    assert scores["claims_matched"].value == 0
    assert "bad_claims" not in scores


def test_an_output_is_read_the_same_in_pieces():
    case = output_case("(**It began** in a garden [0:10; 0:14].) \n\n- It rained [0:1")
    assert check_output(case, Check(None)).error == ""


def test_each_sentence_is_taken_by_the_claim_that_is_most_like_it():
    case = output_case("x", [("one two three four", "supported"), ("one two three", "supported")])
    places = [place for _, place in match_claims(case.claims, ["one two three", "one two three four"])]
    assert places == [1, 0]


def test_two_labelled_claims_may_be_parts_of_one_sentence():
    case = output_case("x", [("it began in a garden", "supported"), ("it rained", "unsupported")])
    pairs = match_claims(case.claims, ["It began in a garden and it rained"])
    assert [place for _, place in pairs] == [0, 0]


@pytest.mark.parametrize(
    "output",
    [
        pytest.param("It began in a garden [0:10]. It rained (for [0:14", id="cut-in-a-mark"),
        pytest.param("Yes.\n\n- **Garden** [0:10; 0:14]\n- *Rain*", id="markdown"),
        pytest.param("", id="empty"),
    ],
)
def test_an_output_goes_through_the_chain_unchanged(output):
    case = output_case(output, category="empty")
    through_chain = draft_through_chain(read_settings())
    assert check_output(case, Check(None), through_chain) == check_output(case, Check(None))
