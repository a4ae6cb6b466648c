"""`python -m eval.training.fit_grounding`: labelled claims -> `bot/grounding/grounding_weights.json`.

Logistic regression with L2 penalty by projected gradient descent: a signal for a claim never gets a negative weight,
nor one against it a positive. Claims that were altered in one place and that no signal sees are left out: they look
like true ones, and would teach that nothing can be trusted. Deterministic; prints a leave-one-transcript-out estimate.
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
from bot.embedding import MiniLM
from bot.grounding.grounding import WEIGHTS_FILE, Combiner
from bot.grounding.signals import SIGNALS, Context, Signals, measure
from bot.grounding.word_support import TextVectors
from eval.cases import OutputCase, read_outputs

CLAIMS_FILE = Path(__file__).parent / "grounding.jsonl"
FOR_A_CLAIM = frozenset({"support", "own_support", "weakest_part", "weaker_half", "meaning", "lead"})
SEEN = 0.3  # a finding this strong
MISSING = 0.6  # a part of the claim with less support than this
LEAST_DEVIATION = 0.05  # of a signal that hardly occurs in the examples
PENALTY = 3.0
STEPS = 4000
RATE = 0.5
# Fewer false alarms than 0.5, at little cost; words alone tell less, and a claim that shares none must not pass.
THRESHOLDS = {"with_vectors": 0.3, "without_vectors": 0.55}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    transcript: str
    supported: bool
    signals: Signals

    @property
    def teaches(self) -> bool:
        found = any(finding.strength > SEEN for finding in self.signals.findings.values())
        return self.supported or found or self.signals.values[SIGNALS.index("weakest_part")] < MISSING


def read_examples(path: Path, vectors: TextVectors | None) -> list[Example]:
    """One example for each labelled claim; the claims stand in the order of the output's sentences."""
    return [example for case in read_outputs(path) for example in _examples_of(case, vectors)]


def _examples_of(case: OutputCase, vectors: TextVectors | None) -> list[Example]:
    labels = Labels.of(case.as_passages())
    context = Context(labels.sentences, (1,) * len(labels.sentences))
    places = {sentence: place for place, sentence in enumerate(labels.sentences)}
    drafts = split_draft(case.output, labels)
    if len(drafts) != len(case.claims):
        raise ValueError(f"{case.id}: {len(drafts)} sentences, {len(case.claims)} labelled claims")
    return [
        Example(
            case.id,
            claim.label == "supported",
            measure(draft.text, context, sorted({places[label.sentence] for label in draft.labels}), vectors),
        )
        for draft, claim in zip(drafts, case.claims, strict=True)
    ]


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


def estimate(examples: Sequence[Example], threshold: float) -> str:
    """F1 of finding unsupported claims and false alarms, each transcript judged by the weights of the others."""
    hits = misses = alarms = passed = 0
    for transcript in sorted({example.transcript for example in examples}):
        combiner = fit([example for example in examples if example.transcript != transcript], threshold)
        for example in (example for example in examples if example.transcript == transcript):
            flagged = combiner.score(example.signals) < combiner.threshold
            hits += flagged and not example.supported
            misses += not flagged and not example.supported
            alarms += flagged and example.supported
            passed += not flagged and example.supported
    f1 = 2 * hits / (2 * hits + misses + alarms)
    return f"claim F1 {f1:.3f}, false alarms {alarms}/{alarms + passed}, found {hits}/{hits + misses}"


def main(path: Path = CLAIMS_FILE) -> None:
    fitted: dict[str, object] = {"signals": list(SIGNALS)}
    for kind, vectors in (("with_vectors", TextVectors(MiniLM())), ("without_vectors", None)):
        examples = read_examples(path, vectors)
        print(f"{kind}: {len(examples)} claims, each transcript judged by the weights of the others:")
        print(f"  {estimate(examples, THRESHOLDS[kind])}")
        combiner = fit(examples, THRESHOLDS[kind])
        fitted[kind] = {name: getattr(combiner, name) for name in Combiner.__dataclass_fields__}
    WEIGHTS_FILE.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
