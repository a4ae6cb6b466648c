"""Question case + outcome -> scores. Every scorer is a pure function; None means that it does not apply to the case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eval.cases import QuestionCase
from eval.metrics import (
    Detection,
    Span,
    citation_precision,
    citation_recall,
    count_words,
    evidence_grade,
    finds,
    missing_groups,
    overlap,
    seconds_off,
    share_of_evidence,
    token_f1,
)
from eval.outcomes import Outcome, Score, Stretch
from eval.ranking import NothingToMeasure, ndcg, reciprocal_rank

Scorer = Callable[[QuestionCase, Outcome], Score | None]


def evidence_of(case: QuestionCase) -> tuple[Span, ...]:
    return tuple(Span(piece.start, piece.end) for piece in case.evidence)


def _found(case: QuestionCase, shown: Sequence[Stretch], *, every: bool) -> Score | None:
    """1 where the shown stretches find any piece of the evidence; with `every`, all of it (one, where any will do)."""
    if not case.answerable:
        return None
    share = share_of_evidence([stretch.span for stretch in shown], evidence_of(case))
    enough = share == 1 or (share > 0 and (not every or "any" in case.tags))
    return Score(float(enough), f"{share:.0%} of the evidence")


def evidence_any(k: int) -> Scorer:
    """Whether the `k` best passages hold any evidence."""
    return lambda case, outcome: _found(case, outcome.ranked[:k], every=False)


def evidence_all(k: int) -> Scorer:
    """Whether the `k` best passages hold all the evidence that the answer needs."""
    return lambda case, outcome: _found(case, outcome.ranked[:k], every=True)


def score_follow_up(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Whether the 4 best passages hold any evidence, for questions that need what was said before them."""
    return _found(case, outcome.ranked[:4], every=False) if case.history else None


def evidence_in_context(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Whether what was offered for answering holds any evidence."""
    return _found(case, outcome.context, every=False)


def score_mrr(case: QuestionCase, outcome: Outcome) -> Score | None:
    """1 / rank of the first passage that finds evidence, to rank 10."""
    if not case.answerable:
        return None
    evidence = evidence_of(case)
    if not evidence:
        raise NothingToMeasure("the case has no evidence")
    hits = [float(any(finds(stretch.span, piece) for piece in evidence)) for stretch in outcome.ranked]
    return Score(reciprocal_rank(hits))


def score_ndcg(case: QuestionCase, outcome: Outcome) -> Score | None:
    """nDCG@10 of the passages, graded by the share of the evidence that each holds; 0 where none of them holds any.

    The evidence is in the episode: a search that leaves its kind of speech out has missed it.
    """
    if not case.answerable:
        return None
    grades = [evidence_grade(stretch.span, evidence_of(case)) for stretch in outcome.ranked]
    return Score(ndcg(grades, grades) if any(grades) else 0.0)


def words_of_best(k: int) -> Scorer:
    """Words in the `k` best passages."""
    return lambda case, outcome: Score(sum(stretch.words for stretch in outcome.ranked[:k]))


def score_prompt_words(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Words of the passages that were offered for answering, each sentence counted once."""
    return Score(outcome.prompt_words)


def score_quoted(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Whether the answer's citations hold any evidence; a refusal holds none."""
    return _found(case, outcome.citations, every=False)


def score_quoted_all(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Whether the answer's citations hold all the evidence that the answer needs."""
    return _found(case, outcome.citations, every=True)


def score_shown(case: QuestionCase, outcome: Outcome) -> Score | None:
    """As quoted, with the nearest moments of a refusal counted too."""
    return _found(case, (*outcome.citations, *outcome.nearest), every=False)


def score_answer_words(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Words of the claims that an answer makes, which without a model are the words it quotes; refusals make none."""
    if outcome.verdict != "answered":
        return None
    return Score(count_words([claim.text for claim in outcome.claims]))


def score_seconds_off(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Seconds from the evidence to the cited time, for the first citation that finds evidence; none: not counted."""
    evidence = evidence_of(case)
    if not case.answerable or not evidence:
        return None
    right = [c for c in outcome.citations if any(finds(c.span, piece) for piece in evidence)]
    if not right:
        return None
    return Score(seconds_off(right[0].start, evidence), f"cited {right[0].start:.0f} s")


def score_first_seconds_off(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Seconds from the evidence to the first time that the answer cites, right or wrong."""
    evidence = evidence_of(case)
    if not case.answerable or not evidence or not outcome.citations:
        return None
    first = outcome.citations[0]
    return Score(seconds_off(first.start, evidence), f"cited {first.start:.0f} s")


def score_citation_validity(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Share of the citations whose time and quote stand in the transcript, the quote at its time."""
    shown = (*outcome.citations, *outcome.nearest)
    if not shown:
        return None
    faults = [stretch.fault for stretch in shown if stretch.fault]
    return Score(1 - len(faults) / len(shown), "; ".join(faults))


def score_cites(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Share of an answer's claims that cite anything; an answer without claims has none."""
    if outcome.verdict != "answered":
        return None
    if not outcome.claims:
        return Score(0.0, "answered without a claim")
    return Score(sum(bool(claim.citations) for claim in outcome.claims) / len(outcome.claims))


def _cited(outcome: Outcome) -> list[list[Stretch | None]]:
    places = range(len(outcome.citations))
    cited: list[list[Stretch | None]] = []
    for claim in outcome.claims:
        found = [outcome.citations[i] if i in places else None for i in claim.citations]
        cited.append([c if c is not None and not c.fault else None for c in found])
    return cited


def _supports(case: QuestionCase) -> Callable[[int, Sequence[Stretch]], bool]:
    """ALCE's judge, here people's word: a window supports a claim of the answer where it finds the case's evidence."""
    evidence = evidence_of(case)
    return lambda claim, cited: any(finds(c.span, piece) for c in cited for piece in evidence)


def score_citation_recall(case: QuestionCase, outcome: Outcome) -> Score | None:
    if not case.answerable or not case.evidence or not outcome.claims:
        return None
    return Score(citation_recall(_cited(outcome), _supports(case)))


def score_citation_precision(case: QuestionCase, outcome: Outcome) -> Score | None:
    cited = _cited(outcome)
    if not case.answerable or not case.evidence or not any(cited):
        return None
    return Score(citation_precision(cited, _supports(case)))


def _share_of_claims(outcome: Outcome, statuses: Sequence[str]) -> Score | None:
    if not outcome.claims or not any(claim.status for claim in outcome.claims):
        return None
    counted = [claim for claim in outcome.claims if claim.status in statuses]
    return Score(len(counted) / len(outcome.claims), "; ".join(claim.reason for claim in counted if claim.reason))


def score_claims_supported(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Share of the answer's claims that the grounding check supports."""
    return _share_of_claims(outcome, ("supported",))


def score_claims_miscited(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Share of the answer's claims that the episode supports, but not where they cite."""
    return _share_of_claims(outcome, ("miscited",))


def score_refusal(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Refusing as a detector of questions that the episode does not answer; 1 where the verdict was right."""
    refused = outcome.verdict == "not_in_episode"
    detection = Detection.of(not case.answerable, refused)
    return Score(float(refused != case.answerable), "refused" if refused else "answered", detection)


def score_must_contain(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Whether the answer has one word of each group that a right answer must have."""
    if not case.answerable or not case.must_contain:
        return None
    missing = missing_groups(outcome.text, case.must_contain)
    return Score(float(not missing), "missing " + ", ".join("|".join(group) for group in missing) if missing else "")


def score_token_f1(case: QuestionCase, outcome: Outcome) -> Score | None:
    if not case.answerable or not case.reference:
        return None
    return Score(token_f1(outcome.text, case.reference))


def score_sponsor(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Whether a question about a sponsor is answered, from the advertisement, and called one."""
    if not case.about_ads:
        return None
    evidence = evidence_of(case)
    right = [c for c in outcome.citations if any(finds(c.span, piece) for piece in evidence)]
    if outcome.verdict != "answered":
        return Score(0.0, "refused")
    if not right:
        return Score(0.0, "the advertisement is not cited")
    return Score(float(any(c.is_ad for c in right)), f"cited as {right[0].kind}")


def score_ad_seconds(case: QuestionCase, outcome: Outcome) -> Score | None:
    """Seconds of advertisement that the answer to a question about the talk cites."""
    if case.about_ads or "sponsor_related" in case.tags:
        return None
    leaked = 0.0
    for cited in outcome.citations:
        known = sum(overlap(cited.span, ad) for ad in outcome.ads)
        leaked += cited.span.seconds if cited.is_ad else min(known, cited.span.seconds)
    return Score(leaked)


RETRIEVAL: dict[str, Scorer] = {
    "evidence_any@1": evidence_any(1),
    "evidence_any@4": evidence_any(4),
    "evidence_any@8": evidence_any(8),
    "evidence_all@4": evidence_all(4),
    "follow_up@4": score_follow_up,
    "mrr@10": score_mrr,
    "ndcg@10": score_ndcg,
    "words@4": words_of_best(4),
}
KEYWORDS: dict[str, Scorer] = {"evidence_any@4": evidence_any(4), "mrr@10": score_mrr}
ANSWERS: dict[str, Scorer] = {
    "evidence_in_context": evidence_in_context,
    "prompt_words": score_prompt_words,
    "quoted": score_quoted,
    "quoted_all": score_quoted_all,
    "shown": score_shown,
    "answer_words": score_answer_words,
    "seconds_off": score_seconds_off,
    "first_seconds_off": score_first_seconds_off,
    "citation_validity": score_citation_validity,
    "cites": score_cites,
    "citation_recall": score_citation_recall,
    "citation_precision": score_citation_precision,
    "claims_supported": score_claims_supported,
    "claims_miscited": score_claims_miscited,
    "refusal": score_refusal,
    "must_contain": score_must_contain,
    "token_f1": score_token_f1,
    "sponsor": score_sponsor,
    "ad_seconds": score_ad_seconds,
}


def score(case: QuestionCase, outcome: Outcome, scorers: dict[str, Scorer]) -> tuple[dict[str, Score], dict[str, str]]:
    """The scores that apply, and the reasons of those that should but cannot: the latter are unscored, not wrong."""
    if outcome.error:
        return {}, dict.fromkeys(scorers, outcome.error)
    scores: dict[str, Score] = {}
    unscored: dict[str, str] = {}
    for name, scorer in scorers.items():
        try:
            found = scorer(case, outcome)
        except NothingToMeasure as reason:
            unscored[name] = str(reason)
            continue
        if found is not None:
            scores[name] = found
    return scores, unscored
