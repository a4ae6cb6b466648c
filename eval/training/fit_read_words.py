"""`python -m eval.training.fit_read_words FOLDER`: words of reads and of talk -> `[vocabulary]` of `signals.toml`.

The reads are invented (`reads.txt`, one a line); the talk comes from transcripts without advertisements in FOLDER, such
as those of the Changelog's shows. Logistic regression with L2 penalty beside the evidence of the signals: words that
most sentences hold may only speak against a read, all others only for one. Prints the table and, for reads and talk
that were left out of the fit, how the evidence of a sentence is distributed. Deterministic.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.errors import TranscriptError
from bot.speech.evidence import Unit, of_vocabulary, weigh_sentences
from bot.speech.signals import load_signals
from bot.transcripts import read_transcript

READS_FILE = Path(__file__).parent / "reads.txt"
FEWEST_SENTENCES = 4  # of reads that hold a word; names and topics among what is printed are dropped by hand
PENALTY = 20.0
TALK_FOR_ONE = 3.0  # the weight of all talk against that of all reads
STEPS = 400
RATE = 0.05
LEAST_WEIGHT = 0.2
MOST_EPISODES = 50
PADDING = ["so", "we", "went", "on", "there."] * 400  # keeps a read away from the beginning and the end
COMMON_SHARE = 0.015  # of the sentences of talk
FOR_READS = frozenset({"our", "your", "now", "people", "get"})  # common, and yet more so in reads

Floats = NDArray[np.float64]
Sample = tuple[frozenset[str], float]
"""A sentence's words and the evidence of its signals."""


def main(folder: Path) -> None:
    reads = [_read_samples(line) for line in READS_FILE.read_text(encoding="utf-8").splitlines()]
    files = sorted(folder.iterdir())[::6][:MOST_EPISODES]
    talk = [_samples(weigh_sentences([words])) for words in map(_words, files) if words]
    weights = fit(_flat(reads[::2]), _flat(talk[::2]))
    _print_quantiles("reads left out", _flat(reads[1::2]), weights)
    _print_quantiles("talk left out", _flat(talk[1::2]), weights)
    _print_table(fit(_flat(reads), _flat(talk)))


def fit(reads: Sequence[Sample], talk: Sequence[Sample]) -> dict[str, float]:
    """The weight of every word that has one; ascent on the penalised likelihood, signs held at every step."""
    in_reads, in_talk = _counts(reads), _counts(talk)
    vocabulary = [word for word, count in sorted(in_reads.items()) if count >= FEWEST_SENTENCES and len(word) > 1]
    places = {word: place for place, word in enumerate(vocabulary)}
    samples = [*reads, *talk]
    held = np.zeros((len(samples), len(vocabulary)))
    for row, (words, _) in enumerate(samples):
        held[row, [places[word] for word in words if word in places]] = 1.0
    signals = np.array([evidence for _, evidence in samples])
    is_read = np.arange(len(samples)) < len(reads)
    share = np.where(is_read, len(talk) / len(reads) / TALK_FOR_ONE, 1.0)
    common = [in_talk[word] > COMMON_SHARE * len(talk) and word not in FOR_READS for word in vocabulary]
    lowest, highest = np.where(common, -9.0, 0.0), np.where(common, 0.0, 9.0)
    weights, bias, first, second = np.zeros(len(vocabulary)), 0.0, np.zeros(len(vocabulary)), np.zeros(len(vocabulary))
    for step in range(1, STEPS + 1):  # Adam: Kingma and Ba, 2015
        off = share * (is_read - 1 / (1 + np.exp(-(held @ weights + signals + bias))))
        slope = held.T @ off - PENALTY * weights
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        moved = weights + RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-9)
        weights, bias = np.clip(moved, lowest, highest), bias + off.mean()
    rounded = np.round(weights / LEAST_WEIGHT) * LEAST_WEIGHT
    return {word: float(weight) for word, weight in zip(vocabulary, rounded, strict=True) if weight}


def _read_samples(line: str) -> list[Sample]:
    return _samples([unit for unit in weigh_sentences([PADDING, line.split(), PADDING]) if unit.stretch == 1])


def _samples(units: Iterable[Unit]) -> list[Sample]:
    """What the words added to the evidence is taken off again."""
    present = load_signals().vocabulary
    return [
        (frozenset(re.findall(r"[a-z][a-z']*", unit.text)), unit.evidence - of_vocabulary(unit.text, present))
        for unit in units
    ]


def _words(file: Path) -> list[str]:
    """None where the file is no transcript."""
    with suppress(TranscriptError):
        return [word for cue in read_transcript(file).cues for word in cue.text.split()]
    return []


def _flat(groups: Iterable[Sequence[Sample]]) -> list[Sample]:
    return [sample for group in groups for sample in group]


def _counts(samples: Sequence[Sample]) -> Counter[str]:
    return Counter(word for words, _ in samples for word in words)


def _print_quantiles(name: str, samples: Sequence[Sample], weights: dict[str, float]) -> None:
    scores = [evidence + sum(weights.get(word, 0.0) for word in words) for words, evidence in samples]
    shown = " ".join(f"{value:5.1f}" for value in np.quantile(scores, [0.05, 0.25, 0.5, 0.75, 0.95, 0.99]))
    print(f"# {name}: {len(scores)} sentences, evidence at 5, 25, 50, 75, 95, 99 %: {shown}")


def _print_table(weights: dict[str, float]) -> None:
    table: dict[float, list[str]] = defaultdict(list)
    for word, weight in weights.items():
        table[weight].append(word)
    for weight in sorted(table, reverse=True):
        print(f'"{weight:.1f}" = "{" ".join(table[weight])}"')


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m eval.training.fit_read_words FOLDER (of transcripts without advertisements)")
    main(Path(sys.argv[1]))
