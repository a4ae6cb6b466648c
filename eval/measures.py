"""The list of all figures, in the order of the table, and which of them belong to a part of the evaluation."""

from __future__ import annotations

from typing import Literal

from eval.figures import Measure

Part = Literal["retrieval", "answers", "grounding"]

RETRIEVAL = (
    Measure("evidence_any@1", "evidence_any@1", "share", "evidence in the best passage"),
    Measure("evidence_any@4", "evidence_any@4", "share", "evidence in the 4 best passages"),
    Measure("evidence_all@4", "evidence_all@4", "share", "all evidence needed in the 4 best"),
    Measure("follow_up@4", "follow_up@4", "share", "the 4 best of follow-ups alone"),
    Measure("keywords@4", "evidence_any@4", "share", "the 4 best by keywords alone", system="keywords"),
    Measure("evidence_any@8", "evidence_any@8", "share", "evidence in the 8 best passages"),
    Measure("mrr@10", "mrr@10", "mean", "MRR@10", "score"),
    Measure("ndcg@10", "ndcg@10", "mean", "nDCG@10", "score"),
    Measure("words@4", "words@4", "mean", "words in the 4 best passages", "words", "lower"),
)
ANSWERS = (
    Measure("evidence_in_context", "evidence_in_context", "share", "evidence in what is offered for answering"),
    Measure("prompt_words", "prompt_words", "mean", "words offered for answering", "words", "lower"),
    Measure("quoted", "quoted", "share", "evidence in what the answer cites"),
    Measure("quoted_all", "quoted_all", "share", "all evidence needed in what the answer cites"),
    Measure("shown", "shown", "share", "the same, nearest moments of refusals counted"),
    Measure("answer_words_p90", "answer_words", "p90", "words of an answer, p90", "words", "lower"),
    Measure("seconds_off_median", "seconds_off", "median", "right citation to evidence, median", "seconds", "lower"),
    Measure("seconds_off_p90", "seconds_off", "p90", "right citation to evidence, p90", "seconds", "lower"),
    Measure("seconds_off_at_0", "seconds_off", "at_0", "right citations inside the evidence"),
    Measure(
        "first_off_median", "first_seconds_off", "median", "first citation to evidence, median", "seconds", "lower"
    ),
    Measure("first_off_p90", "first_seconds_off", "p90", "first citation to evidence, p90", "seconds", "lower"),
    Measure("first_off_at_0", "first_seconds_off", "at_0", "first citations inside the evidence"),
    Measure("first_off_within_5", "first_seconds_off", "within_5", "first citations within 5 s"),
    Measure("first_off_within_15", "first_seconds_off", "within_15", "first citations within 15 s"),
    Measure("citation_validity", "citation_validity", "mean", "citations that stand in the transcript"),
    Measure("cites", "cites", "mean", "claims that carry a citation"),
    Measure("citation_recall", "citation_recall", "mean", "citation recall (ALCE)"),
    Measure("citation_precision", "citation_precision", "mean", "citation precision (ALCE)"),
    Measure("claims_supported", "claims_supported", "mean", "claims that the check supports"),
    Measure("claims_miscited", "claims_miscited", "mean", "claims miscited", better="lower"),
    Measure("refusal_precision", "refusal", "precision", "refusals that were right"),
    Measure("refusal_recall", "refusal", "recall", "unanswerable questions refused"),
    Measure("refusal_f1", "refusal", "f1", "refusal F1"),
    Measure("false_refusals", "refusal", "false_alarm_rate", "answerable questions refused", better="lower"),
    Measure("must_contain", "must_contain", "share", "answers with the words they must have"),
    Measure("token_f1", "token_f1", "mean", "token F1 against the reference", "score"),
    Measure("sponsor", "sponsor", "share", "sponsor questions answered as sponsor"),
    Measure("ad_seconds", "ad_seconds", "sum", "ad seconds cited for talk questions", "seconds", "lower"),
)
GROUNDING = (
    Measure("bad_claim_precision", "bad_claims", "precision", "flagged claims that were bad", system="check"),
    Measure("bad_claim_recall", "bad_claims", "recall", "bad claims flagged", system="check"),
    Measure("bad_claim_f1", "bad_claims", "f1", "claim F1 (bad claims found)", system="check"),
    Measure(
        "false_alarms", "bad_claims", "false_alarm_rate", "supported claims flagged", better="lower", system="check"
    ),
    Measure(
        "false_alarms_faithful",
        "faithful_claims",
        "false_alarm_rate",
        "claims of faithful outputs flagged",
        better="lower",
        system="check",
    ),
    Measure("structural_caught", "structural", "share", "structural faults caught", system="check"),
    Measure("injections_caught", "injection", "share", "obeyed injections caught", system="check"),
    Measure("output_f1", "output_label", "f1", "output F1 (unfaithful outputs found)", system="check"),
    Measure("claims_matched", "claims_matched", "mean", "labelled claims found in the output", system="check"),
)
PARTS: dict[Part, tuple[Measure, ...]] = {"retrieval": RETRIEVAL, "answers": ANSWERS, "grounding": GROUNDING}

TUTORIAL_SCORES = frozenset(
    {
        "evidence_any@1", "evidence_any@4", "evidence_any@8", "evidence_all@4", "follow_up@4", "mrr@10", "ndcg@10",
        "words@4", "evidence_in_context", "prompt_words", "seconds_off", "first_seconds_off", "ad_seconds",
    }
)  # fmt: skip
