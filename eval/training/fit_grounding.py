"""`python -m eval.training.fit_grounding`: labelled claims -> `bot/grounding/grounding_weights.json`.

Logistic regression with L2 penalty by projected gradient descent: a signal for a claim never gets a negative weight,
nor one against it a positive. Claims that a single sign decides teach nothing about the rest. Claims that were altered
in one place and that no signal sees are left out too: they look like true ones, and would teach that nothing can be
trusted. Each supported claim is also shown against a distant moment and against another transcript, where nothing
supports it. Deterministic; prints a leave-one-transcript-out estimate, by the score alone and with the reading of what
that leaves open.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.drafts.citations import Labels, split_draft
from bot.embedding.minilm import MiniLM
from bot.grounding.check import OutputCase, read_cases
from bot.grounding.entailment import Reading, read
from bot.grounding.grounding import READ_BELOW, WEIGHTS_FILE, Combiner, deciding
from bot.grounding.signals import SIGNALS, Cited, Context, Signals, measure
from bot.grounding.word_support import TextVectors
from eval.cases import LabelledClaim, read_outputs

CLAIMS_FILE = Path(__file__).parent / "grounding.jsonl"
FOR_A_CLAIM = frozenset({"own_support", "weakest_part", "meaning", "lead"})
SEEN = 0.3  # a finding this strong
MISSING = 0.6  # a part of the claim with less support than this
LEAST_DEVIATION = 0.05  # of a signal that hardly occurs in the examples
PENALTY = 3.0
STEPS = 1500
RATE = 0.5
# Of the supported claims, at most so many may be flagged by the weights of the other transcripts. Claim F1 is .720 so,
# .740 with 0.04, where the tuning half of the cases has half as many false alarms again.
FALSE_ALARMS = 0.03
DISTANT = 4  # sentences

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    transcript: str
    supported: bool
    claim: str
    cited: Cited
    signals: Signals

    @classmethod
    def of(cls, transcript: str, supported: bool, claim: str, cited: Cited, vectors: TextVectors | None) -> Example:
        return cls(transcript, supported, claim, cited, measure(claim, cited, vectors))

    @property
    def decided(self) -> bool:
        return deciding(self.signals.findings) is not None

    @cached_property
    def reading(self) -> Reading:
        return read(self.claim, self.cited, self.signals)

    @property
    def teaches(self) -> bool:
        found = any(finding.strength > SEEN for finding in self.signals.findings.values())
        seen = found or self.signals.values[SIGNALS.index("weakest_part")] < MISSING
        return not self.decided and (self.supported or seen)


def read_examples(path: Path, vectors: TextVectors | None) -> tuple[list[Example], list[Example]]:
    """One example for each labelled claim, and others in which supported ones cite what has nothing to do with them."""
    labels = {case.id: case.claims for case in read_outputs(path)}
    read = [_Read.of(case, labels[case.id]) for case in read_cases(path)]
    labelled: list[Example] = []
    unrelated: list[Example] = []
    for place, own in enumerate(read):
        other = read[(place + len(read) // 2) % len(read)].context
        for text, cited, supported in own.claims:
            labelled.append(Example.of(own.transcript, supported, text, own.context.cited(cited), vectors))
            if supported:
                moments = [(other, len(other.sentences) // 2), *((own.context, n) for n in own.distant(cited))]
                unrelated += [
                    Example.of(own.transcript, False, text, context.cited([moment]), vectors)
                    for context, moment in moments
                ]
    return labelled, unrelated


@dataclass(frozen=True)
class _Read:
    """A case; its claims are (text, places of the cited sentences, whether they are supported)."""

    transcript: str
    context: Context
    claims: list[tuple[str, list[int], bool]]

    @classmethod
    def of(cls, case: OutputCase, claims: Sequence[LabelledClaim]) -> _Read:
        """The claims stand in the order of the output's sentences."""
        labels = Labels.of(case.passages)
        places = {sentence: place for place, sentence in enumerate(labels.sentences)}
        drafts = split_draft(case.output, labels)
        if len(drafts) != len(claims):
            raise ValueError(f"{case.id}: {len(drafts)} sentences, {len(claims)} labelled claims")
        labelled = [
            (draft.text, sorted({places[label.sentence] for label in draft.labels}), claim.label == "supported")
            for draft, claim in zip(drafts, claims, strict=True)
        ]
        return cls(case.id, Context(labels.sentences, (1,) * len(labels.sentences)), labelled)

    def distant(self, cited: Sequence[int]) -> list[int]:
        """One sentence that is far from what is cited, if there is one."""
        far = [n for n in range(len(self.context.sentences)) if all(abs(n - place) > DISTANT for place in cited)]
        return [far[len(far) // 2]] if far else []


def fit(examples: Sequence[Example], threshold: float = 0.5) -> Combiner:
    """Weights for signals scaled to mean 0 and deviation 1."""
    taught = [example for example in examples if example.teaches]
    values = np.stack([example.signals.values for example in taught])
    truth = np.array([example.supported for example in taught], dtype=np.float64)
    means, deviations = values.mean(axis=0), np.maximum(values.std(axis=0), LEAST_DEVIATION)
    scaled = (values - means) / deviations
    signs = np.array([1.0 if name in FOR_A_CLAIM else -1.0 for name in SIGNALS])
    weights, bias = np.zeros(len(SIGNALS)), 0.0
    for _ in range(STEPS):
        error = 1 / (1 + np.exp(-(scaled @ weights + bias))) - truth
        weights -= RATE * (scaled.T @ error + PENALTY * weights) / len(taught)
        weights = np.where(weights * signs < 0, 0.0, weights)
        bias -= RATE * float(error.mean())
    return Combiner(_rounded(means), _rounded(deviations), _rounded(weights), round(bias, 4), threshold)


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)


def judge_apart(examples: Sequence[Example], unrelated: Sequence[Example]) -> Floats:
    """The score of each labelled claim by the weights of the other transcripts; 0 where a sign decides against it."""
    taught = [*examples, *unrelated]
    scores = np.zeros(len(examples))
    for transcript in sorted({example.transcript for example in examples}):
        combiner = fit([example for example in taught if example.transcript != transcript])
        for place, example in enumerate(examples):
            if example.transcript == transcript and not example.decided:
                scores[place] = combiner.score(example.signals)
    return scores


def passes(example: Example, score: float, threshold: float) -> bool:
    """Whether `GroundingCheck` lets the claim pass with this score; its rules for quotes and the foreign left out."""
    if score >= READ_BELOW and not example.decided:
        return True
    if deciding(example.signals.findings, overruled=example.reading.overrules):
        return False
    return score >= READ_BELOW or example.reading.supports


def choose_threshold(examples: Sequence[Example], scores: Floats) -> float:
    """The highest that flags no more of the supported claims than FALSE_ALARMS, those that a sign decides included."""
    supported = np.sort([score for score, example in zip(scores, examples, strict=True) if example.supported])
    return round(float(supported[int(FALSE_ALARMS * len(supported))]), 3)


def estimate(examples: Sequence[Example], flagged: NDArray[np.bool_]) -> str:
    """F1 of finding unsupported claims, and false alarms."""
    supported = np.array([example.supported for example in examples])
    hits, alarms = int((flagged & ~supported).sum()), int((flagged & supported).sum())
    f1 = 2 * hits / (hits + alarms + int((~supported).sum()))
    return f"claim F1 {f1:.3f}, false alarms {alarms}/{supported.sum()}, found {hits}/{(~supported).sum()}"


def main(path: Path = CLAIMS_FILE) -> None:
    fitted: dict[str, object] = {"signals": list(SIGNALS)}
    for kind, vectors in (("with_vectors", TextVectors(MiniLM())), ("without_vectors", None)):
        examples, unrelated = read_examples(path, vectors)
        scores = judge_apart(examples, unrelated)
        threshold = choose_threshold(examples, scores)
        print(f"{kind}: {len(examples)} claims, each transcript judged by the weights of the others:")
        print(f"  by the score from {threshold}: {estimate(examples, scores < threshold)}")
        if vectors is not None:
            passed = [passes(one, score, threshold) for one, score in zip(examples, scores, strict=True)]
            print(f"  with reading: {estimate(examples, ~np.array(passed))}")
        combiner = fit([*examples, *unrelated], threshold)
        fitted[kind] = {name: getattr(combiner, name) for name in Combiner.__dataclass_fields__}
    WEIGHTS_FILE.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
