"""`python -m eval.training.fit_grounding`: labelled claims -> `bot/grounding/grounding_weights.json`.

Logistic regression with L2 penalty by projected gradient descent: a signal for a claim never gets a negative weight,
nor one against it a positive. Claims that a single sign decides teach nothing about the rest. Claims that were altered
in one place and that no signal sees are left out too: they look like true ones, and would teach that nothing can be
trusted. Each supported claim is also shown against a distant moment and against another transcript, where nothing
supports it. Deterministic; prints a leave-one-transcript-out estimate.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.drafts.citations import Labels, split_draft
from bot.embedding.minilm import MiniLM
from bot.grounding.grounding import WEIGHTS_FILE, Combiner, deciding
from bot.grounding.signals import SIGNALS, Context, Signals, measure
from bot.grounding.word_support import TextVectors
from eval.cases import OutputCase, read_outputs

CLAIMS_FILE = Path(__file__).parent / "grounding.jsonl"
FOR_A_CLAIM = frozenset({"own_support", "weakest_part", "meaning", "lead"})
SEEN = 0.3  # a finding this strong
MISSING = 0.6  # a part of the claim with less support than this
LEAST_DEVIATION = 0.05  # of a signal that hardly occurs in the examples
PENALTY = 3.0
STEPS = 4000
RATE = 0.5
# Fewer false alarms than 0.5, at little cost; words alone tell less, and a claim that shares none must not pass.
THRESHOLDS = {"with_vectors": 0.05, "without_vectors": 0.2}
DISTANT = 4  # sentences

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    transcript: str
    supported: bool
    signals: Signals

    @property
    def decided(self) -> bool:
        return deciding(self.signals.findings) is not None

    @property
    def teaches(self) -> bool:
        found = any(finding.strength > SEEN for finding in self.signals.findings.values())
        seen = found or self.signals.values[SIGNALS.index("weakest_part")] < MISSING
        return not self.decided and (self.supported or seen)


def read_examples(path: Path, vectors: TextVectors | None) -> tuple[list[Example], list[Example]]:
    """One example for each labelled claim, and others in which supported ones cite what has nothing to do with them."""
    read = [_Read.of(case) for case in read_outputs(path)]
    labelled: list[Example] = []
    unrelated: list[Example] = []
    for place, own in enumerate(read):
        other = read[(place + len(read) // 2) % len(read)].context
        for text, cited, supported in own.claims:
            labelled.append(Example(own.transcript, supported, measure(text, own.context, cited, vectors)))
            if supported:
                moments = [(other, len(other.sentences) // 2), *((own.context, n) for n in own.distant(cited))]
                unrelated += [
                    Example(own.transcript, False, measure(text, context, [moment], vectors))
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
    def of(cls, case: OutputCase) -> _Read:
        """The claims stand in the order of the output's sentences."""
        labels = Labels.of(case.as_passages())
        places = {sentence: place for place, sentence in enumerate(labels.sentences)}
        drafts = split_draft(case.output, labels)
        if len(drafts) != len(case.claims):
            raise ValueError(f"{case.id}: {len(drafts)} sentences, {len(case.claims)} labelled claims")
        claims = [
            (draft.text, sorted({places[label.sentence] for label in draft.labels}), claim.label == "supported")
            for draft, claim in zip(drafts, case.claims, strict=True)
        ]
        return cls(case.id, Context(labels.sentences, (1,) * len(labels.sentences)), claims)

    def distant(self, cited: Sequence[int]) -> list[int]:
        """One sentence that is far from what is cited, if there is one."""
        far = [n for n in range(len(self.context.sentences)) if all(abs(n - place) > DISTANT for place in cited)]
        return [far[len(far) // 2]] if far else []


def fit(examples: Sequence[Example], threshold: float) -> Combiner:
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


def estimate(examples: Sequence[Example], unrelated: Sequence[Example], threshold: float) -> str:
    """F1 of finding unsupported claims and false alarms, each transcript judged by the weights of the others."""
    taught = [*examples, *unrelated]
    hits = misses = alarms = passed = 0
    for transcript in sorted({example.transcript for example in examples}):
        combiner = fit([example for example in taught if example.transcript != transcript], threshold)
        for example in (example for example in examples if example.transcript == transcript):
            flagged = example.decided or combiner.score(example.signals) < combiner.threshold
            hits += flagged and not example.supported
            misses += not flagged and not example.supported
            alarms += flagged and example.supported
            passed += not flagged and example.supported
    f1 = 2 * hits / (2 * hits + misses + alarms)
    return f"claim F1 {f1:.3f}, false alarms {alarms}/{alarms + passed}, found {hits}/{hits + misses}"


def main(path: Path = CLAIMS_FILE) -> None:
    fitted: dict[str, object] = {"signals": list(SIGNALS)}
    for kind, vectors in (("with_vectors", TextVectors(MiniLM())), ("without_vectors", None)):
        examples, unrelated = read_examples(path, vectors)
        print(f"{kind}: {len(examples)} claims, each transcript judged by the weights of the others:")
        print(f"  {estimate(examples, unrelated, THRESHOLDS[kind])}")
        combiner = fit([*examples, *unrelated], THRESHOLDS[kind])
        fitted[kind] = {name: getattr(combiner, name) for name in Combiner.__dataclass_fields__}
    WEIGHTS_FILE.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
