"""`python -m eval.training.fit_relatedness FOLDER [STORES]`: claims -> the weights of relatedness, printed.

They stand in `bot/grounding/entailment.py`: whether a claim has to do with what it cites at all. Learnt from true
claims about podcasts and about the invented talks of `grounding.jsonl`, against such as cite what has nothing to do
with them. What the check as it stands says of all claims about podcasts is printed too. FOLDER is as for `fit_ranking`;
STORES keeps the indexes for the next time. Deterministic; two minutes with STORES.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.embedding.minilm import MiniLM
from bot.grounding.entailment import AGAINST, RELATED
from bot.grounding.grounding import READ_BELOW, load_combiner
from bot.grounding.signals import SIGNALS
from bot.grounding.word_support import TextVectors
from eval.training.fit_answerability import auc, fit
from eval.training.fit_grounding import CLAIMS_FILE, Example, passes, read_examples
from eval.training.folder_and_stores import run
from eval.training.podcast_claims import PodcastClaim, podcast_claims

UNRELATED = frozenset({"distant", "foreign"})
# Of the true claims about the invented talks, which are worded far from what was said, less what is flagged anyway.
FLAGGED = 0.012
FOLDS = 5

Floats = NDArray[np.float64]


def main(folder: Path, stores: Path) -> None:
    claims = list(podcast_claims(folder, stores))
    report(claims)
    labelled, unrelated = read_examples(CLAIMS_FILE, TextVectors(MiniLM()))
    invented = [one for one in labelled if one.supported]
    podcasts = [one.example for one in claims if one.category == "true" or one.category in UNRELATED]
    examples = [one for one in (*podcasts, *invented, *unrelated) if not one.decided]
    rows = np.array([_row(one) for one in examples])
    related = np.array([one.supported for one in examples])
    folds = np.array([crc32(one.transcript.encode()) % FOLDS for one in examples])
    apart = np.zeros(len(examples))
    for fold in range(FOLDS):
        learnt = fit(rows[folds != fold], related[folds != fold])
        apart[folds == fold] = learnt.logits(rows[folds == fold])
    passed = {id(one) for one in invented if _passes_else(one)}
    bar = float(np.quantile(apart[[id(one) in passed for one in examples]], FLAGGED))
    print(f"each by the weights of others: AUC {auc(apart, related):.3f},", end=" ")
    print(f"below the bar {np.mean(apart[~related] < bar):.0%} of what is unrelated")
    whole = fit(rows, related)
    weights = dict(zip(RELATED, whole.weights.round(2).tolist(), strict=False))
    print(f"RELATED = {weights}, READ, OFFSET = {whole.weights[-1]:.2f}, {whole.offset:.2f}, UNRELATED = {bar:.2f}")


def _row(example: Example) -> list[float]:
    values = dict(zip(SIGNALS, example.signals.values.tolist(), strict=True))
    return [*(values[name] for name in RELATED), example.reading.support]


def _passes_else(example: Example) -> bool:
    """Whether no other bar flags it."""
    score = load_combiner("with_vectors").score(example.signals)
    return score >= READ_BELOW or example.reading.support >= AGAINST


def report(claims: Sequence[PodcastClaim]) -> None:
    """By category the share that the check flags."""
    combiner = load_combiner("with_vectors")
    flagged: dict[str, list[bool]] = {}
    for one in claims:
        score = combiner.score(one.example.signals)
        flagged.setdefault(one.category, []).append(not passes(one.example, score, combiner.threshold))
    for category, found in sorted(flagged.items()):
        print(f"  {category:<12}{len(found):>5} claims, flagged {np.mean(found):.1%}")


if __name__ == "__main__":
    run(main, __doc__)
