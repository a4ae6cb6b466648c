"""`python -m eval.training.fit_answerability FOLDER [STORES]`: questions -> the weights of the evidence's strength.

They stand in `bot/drafts/evidence_strength.py`. The questions are those of `questions.jsonl` and `registers.jsonl`
beside this file and the tuning half of the committed ones; what the weights reach is printed for each episode with the
weights of the others. Each episode is indexed alone, as most people ask. FOLDER is as for `fit_ranking`; STORES keeps
the indexes for the next time. Deterministic; two minutes, half of it with STORES.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.drafts.evidence_strength import Signals, signals_of
from bot.earmark import Earmark
from bot.embedding.minilm import MiniLM
from bot.errors import SettingError
from bot.search.ranking import Query
from bot.search.scope import TALK
from bot.search.search import rank
from bot.search.spellings import with_heard_spellings
from bot.sources.transcript_files import BUNDLED_EPISODE
from eval.cases import read_json_lines
from eval.training.fit_ranking import OTHER_QUESTIONS, committed_questions
from eval.training.folder_and_stores import run

REGISTERS = Path(__file__).with_name("registers.jsonl")
PENALTY = 3.0
STEPS = 30
FALSE_REFUSALS = 0.08
# Where fewer than this share of a hundred questions of about the same strength are answered, the evidence is weak.
STRONG = 0.7
STRONG_OF = 100

Floats = NDArray[np.float64]
Words = tuple[int, int]  # the first and the last of a span, counted through the transcript
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Examples:
    """A row a question: its signals, whether its episode answers it, and the episode."""

    signals: Floats
    answered: Flags
    episodes: NDArray[np.str_]

    def of(self, rows: Flags) -> Examples:
        return Examples(self.signals[rows], self.answered[rows], self.episodes[rows])


@dataclass(frozen=True, slots=True)
class Fit:
    weights: Floats
    offset: float

    def logits(self, signals: Floats) -> Floats:
        return signals @ self.weights + self.offset


def main(folder: Path, stores: Path) -> None:
    asked: dict[Path, list[tuple[str, bool]]] = {
        BUNDLED_EPISODE: [(one.question, bool(one.evidence)) for one in committed_questions()]
    }
    for path, questions in by_other_hands(folder).items():
        asked[path] = [(question, bool(evidence)) for question, evidence in questions]
    if absent := [path for path in asked if not path.exists()]:
        raise SettingError(f"{absent[0]} is not there", "give the folder practicalai of thechangelog/transcripts")
    rows = list(examples_of(asked, stores, MiniLM()))
    report(
        Examples(
            np.array([astuple(signals) for signals, *_ in rows]),
            np.array([answered for _, answered, _ in rows]),
            np.array([episode for *_, episode in rows]),
        )
    )


def by_other_hands(folder: Path) -> dict[Path, list[tuple[str, list[Words]]]]:
    """By transcript, the questions that nothing else is learnt from, and the spans of their evidence."""
    asked: dict[Path, list[tuple[str, list[Words]]]] = {}
    for file in (OTHER_QUESTIONS, REGISTERS):
        for _, record in read_json_lines(file):
            asked.setdefault(folder / record["file"], []).append((record["question"], record["evidence"]))
    return asked


def examples_of(
    asked: Mapping[Path, Sequence[tuple[str, bool]]], stores: Path, embedder: MiniLM
) -> Iterator[tuple[Signals, bool, str]]:
    """What is found in the conversation of each episode, indexed alone, for its questions."""
    for path, questions in asked.items():
        with Earmark.open(stores / path.stem, model="quotes") as bot:
            bot.ingest(path, strict=True)
            library = bot.library()
            [episode] = library.episodes
            for question, answered in questions:
                query = Query.of(with_heard_spellings(question, episode), library, embedder, question)
                _, found = rank(query, library, TALK, reading=True)
                if signals := signals_of(found, library):
                    yield signals, answered, episode.id


def report(examples: Examples) -> None:
    """Each episode by the weights of the others, then the weights of all."""
    strengths = np.zeros(len(examples.answered))
    names = sorted(set(examples.episodes.tolist()))
    for name in names:
        own = examples.episodes == name
        others = examples.of(~own)
        strengths[own] = fit(others.signals, others.answered).logits(examples.signals[own])
    print(f"by the score alone: {_reached(examples.signals[:, 0], examples.answered)}")
    bar = float(np.quantile(strengths[examples.answered], FALSE_REFUSALS))
    for name in [*names, "all"]:
        own = (examples.episodes == name) | (name == "all")
        print(f"{name:<18}{own.sum():>4} questions  {_reached(strengths[own], examples.answered[own], bar)}")
    whole = fit(examples.signals, examples.answered)
    weights = [f"{field.name}={weight:.2f}" for field, weight in zip(fields(Signals), whole.weights, strict=True)]
    print(f"WEIGHTS = Signals({', '.join(weights)}), OFFSET = {whole.offset:.2f}, ANSWERED_FROM = {_share(bar):.2f}")
    strong = strong_from(strengths, examples.answered)
    doubted = strengths < strong
    print(f"STRONG_FROM = {_share(strong):.2f}: refused or called weak {doubted[~examples.answered].mean():.0%} of the")
    print(f"unanswered, {doubted[examples.answered].mean():.0%} of the answered")


def _reached(logits: Floats, answered: Flags, bar: float | None = None) -> str:
    """With the bar at FALSE_REFUSALS if none is given."""
    bar = float(np.quantile(logits[answered], FALSE_REFUSALS)) if bar is None else bar
    refused = logits < bar
    right = float((refused & ~answered).sum())
    f1 = 2 * right / float(refused.sum() + (~answered).sum())
    return (
        f"AUC {auc(logits, answered):.2f}  refused: {refused[~answered].mean():.0%} of the unanswered,"
        f" {refused[answered].mean():.0%} of the answered (F1 {f1:.2f})"
    )


def _share(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def fit(signals: Floats, answered: Flags) -> Fit:
    """Logistic regression with a small penalty, Newton's method; the signals are scaled for it and back."""
    mean, spread = signals.mean(axis=0), signals.std(axis=0)
    rows = np.column_stack([(signals - mean) / spread, np.ones(len(answered))])
    penalty = PENALTY * np.eye(rows.shape[1])
    penalty[-1, -1] = 0.0
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        shares = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (answered - shares) - penalty @ weights
        curve = (rows.T * (shares * (1 - shares))) @ rows + penalty
        weights = weights + np.linalg.solve(curve, slope)
    scaled = weights[:-1] / spread
    return Fit(scaled, float(weights[-1] - scaled @ mean))


def auc(scores: Floats, answered: Flags) -> float:
    """The share of pairs of an answered and an unanswered question in which the answered one scores higher."""
    return float((scores[answered][:, None] > scores[~answered]).mean())


def strong_from(logits: Floats, answered: Flags) -> float:
    """The lowest logit from which on, of every next hundred questions, the share STRONG is answered."""
    order = np.argsort(logits, kind="stable")
    shares = np.convolve(answered[order], np.ones(STRONG_OF) / STRONG_OF, mode="valid")
    return float(logits[order[int(np.flatnonzero(shares < STRONG)[-1]) + 1]])


if __name__ == "__main__":
    run(main, __doc__)
