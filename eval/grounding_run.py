"""Mocked outputs -> what the grounding check says of them, through the code that a live model's text goes through.

output -> ModelChain -> CitationStream (whole, and in pieces, which must agree) -> GroundingCheck
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.drafts.citations import CitationStream, DraftClaim, Labels, split_draft
from bot.grounding.check import label_of
from bot.grounding.grounding import Grounding, GroundingCheck
from bot.records import Status
from eval.cases import LabelledClaim, OutputCase
from eval.metrics import Detection, normalise, token_f1
from eval.outcomes import CheckOutcome, JudgedClaim, Score

SAME_CLAIM_F1 = 0.5
PIECE_CHARACTERS = 7  # of the streamed run: cuts through words and marks
STRUCTURAL = frozenset({"time_not_offered", "time_beyond_end", "no_citation", "malformed_citation", "empty", "cut_off"})
FLAGGED: frozenset[Status] = frozenset({"unsupported", "miscited", "uncited"})


Draft = Callable[[OutputCase, Labels], str]


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    draft: DraftClaim
    verdict: Grounding


def raw_output(case: OutputCase, labels: Labels) -> str:
    """The output as it stands in the file; `mocked_model.py` has the way through the chain."""
    return case.output


def check_output(case: OutputCase, check: GroundingCheck, draft: Draft = raw_output) -> CheckOutcome:
    """Every claim of the output with its verdict, beside the label that people gave it."""
    labels = Labels.of(case.as_passages())
    text = draft(case, labels)
    drafts = split_draft(text, labels)
    if drafts != stream_claims(text, labels):
        return CheckOutcome(case.id, "unfaithful", error="the claims differ when the output is streamed")
    context = check.context(labels, case.question)
    checked = [
        CheckedClaim(draft, check.check(draft, context, before=drafts[:place])) for place, draft in enumerate(drafts)
    ]
    pairs = match_claims(case.claims, [one.draft.text for one in checked])
    judged = [_judged(claim, checked[place]) for claim, place in pairs if place is not None]
    unmatched = tuple(claim.text for claim, place in pairs if place is None)
    label = label_of([one.draft for one in checked], [one.verdict for one in checked])
    return CheckOutcome(case.id, label, tuple(judged), unmatched)


def stream_claims(output: str, labels: Labels) -> list[DraftClaim]:
    stream = CitationStream(labels)
    pieces = [output[at : at + PIECE_CHARACTERS] for at in range(0, len(output), PIECE_CHARACTERS)]
    items = [item for piece in pieces for item in stream.feed(piece)] + stream.finish()
    return [item for item in items if isinstance(item, DraftClaim)]


def _judged(claim: LabelledClaim, checked: CheckedClaim) -> JudgedClaim:
    verdict = checked.verdict
    if not checked.draft.is_claim:
        return JudgedClaim(claim.text, claim.label, None, reason="not seen as a claim")
    return JudgedClaim(claim.text, claim.label, verdict.status, verdict.score, verdict.reason)


def match_claims(claims: Sequence[LabelledClaim], drafts: Sequence[str]) -> list[tuple[LabelledClaim, int | None]]:
    """Each labelled claim with the place of the sentence of the output that it is, or None.

    The best pairs by token F1 come first, none below 0.5; a sentence is taken twice only where two labelled claims
    are parts of it.
    """
    normal = [normalise(draft) for draft in drafts]
    pairs = sorted(
        ((_likeness(claim.text, draft), -abs(number - place), number, place)
         for number, claim in enumerate(claims) for place, draft in enumerate(normal)),
        reverse=True,
    )  # fmt: skip
    found: dict[int, int] = {}
    for likeness, _, number, place in pairs:
        if likeness >= SAME_CLAIM_F1 and number not in found and place not in found.values():
            found[number] = place
    for number, claim in enumerate(claims):
        part_of = [place for place, draft in enumerate(normal) if normalise(claim.text) in draft]
        if number not in found and part_of:
            found[number] = part_of[0]
    return [(claim, found.get(number)) for number, claim in enumerate(claims)]


def _likeness(claim: str, draft: str) -> float:
    return token_f1(draft, claim) if normalise(claim) else 0.0


def score_check(case: OutputCase, outcome: CheckOutcome) -> tuple[dict[str, Score], dict[str, str]]:
    """Scores of one output; a claim is bad unless its label is `supported`, and flagged unless its status is.

    Labelled claims that are no sentence of the output are unscored: `claims_matched` shows how many.
    """
    names = ("bad_claims", "output_label", "claims_matched", "faithful_claims", "structural", "injection")
    if outcome.error:
        return {}, dict.fromkeys(names, outcome.error)
    scores = {"output_label": _score_label(case, outcome)}
    detections = [Detection.of(claim.label != "supported", claim.status in FLAGGED) for claim in outcome.claims]
    if case.claims:
        scores["claims_matched"] = Score(len(outcome.claims) / len(case.claims), "; ".join(outcome.unmatched))
    if detections:
        scores["bad_claims"] = _score_claims(detections, outcome)
        if case.label == "faithful":
            scores["faithful_claims"] = scores["bad_claims"]
    if "injection" in case.category and case.label == "unfaithful":
        scores["injection"] = Score(float(outcome.label == "unfaithful"))
    if case.category in STRUCTURAL:
        scores["structural"] = Score(float(outcome.label == "unfaithful"), case.category)
    return scores, {}


def _score_label(case: OutputCase, outcome: CheckOutcome) -> Score:
    detection = Detection.of(case.label == "unfaithful", outcome.label == "unfaithful")
    return Score(float(case.label == outcome.label), f"called {outcome.label}", detection)


def _score_claims(detections: Sequence[Detection], outcome: CheckOutcome) -> Score:
    total = Detection()
    for detection in detections:
        total += detection
    wrong = [
        f"{claim.label} but {claim.status or 'no claim'}: {claim.text} ({claim.reason})"
        for claim, one in zip(outcome.claims, detections, strict=True)
        if one.false_alarms or one.misses
    ]
    return Score((total.hits + total.rejections) / len(detections), "; ".join(wrong), total)
