"""`python -m eval.training.fit_speakers FOLDER`: interviews with speakers -> `bot/speech/turns.json`, and a report.

FOLDER holds the Changelog's transcripts (`**Name:** words`). Labels are stripped, the weights fitted on every second
interview of one host with one guest and on some of two hosts with one, and measured on the other interviews of two:
words right at each coverage, by episode. `--measure` fits nothing. Deterministic.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.speech.punctuation import ends_sentence
from bot.speech.turns import (
    BIAS,
    LEAST_PROBABILITY,
    WEIGHTS_FILE,
    change_features,
    host_probabilities,
    word_features,
)

HOSTS = frozenset({"Daniel Whitenack", "Chris Benson"})  # of Practical AI
MOST_SENTENCE_WORDS = 60
FEWEST_TIMES = 15
MOST_FEATURES = 1400
PENALTY = 10.0
STEPS = 220
LEAST_WEIGHT = 0.03
_LABEL = re.compile(r"\*\*([^*:]{1,60}):?\*\*:?\s*")
_ASIDE = re.compile(r"\\\[.*?\\\]|[*\\]")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Interview:
    """`by_host[n]` of `words[n]` words of sentence `n` are a host's."""

    name: str
    hosts: tuple[str, ...]
    guest: str
    texts: tuple[str, ...]
    by_host: tuple[int, ...]
    words: tuple[int, ...]

    @property
    def is_host(self) -> list[bool]:
        return [2 * host > words for host, words in zip(self.by_host, self.words, strict=True)]


def main(folder: Path, *, measure_only: bool) -> None:
    known = [read for file in sorted(folder.glob("*.md")) if (read := read_interview(file))]
    pairs = [interview for interview in known if len(interview.hosts) == 1]
    threes = [interview for interview in known if len(interview.hosts) == 2]
    held = pairs[::2]
    if not measure_only:
        WEIGHTS_FILE.write_text(fit([*pairs[1::2], *pairs[1::2], *threes[::3][:36]]), encoding="utf-8")
    print(f"{len(pairs)} interviews of two, {len(held)} of them held out; {len(threes)} of three")
    report(held)


def fit(interviews: Sequence[Interview]) -> str:
    """The weights as JSON."""
    words = [found for i in interviews for found in word_features(i.texts, i.hosts, i.guest)]
    hosts = [host for i in interviews for host in i.is_host]
    pairs = [found for i in interviews for found in change_features(i.texts, i.hosts, i.guest)]
    changes = [a != b for i in interviews for a, b in zip(i.is_host, i.is_host[1:], strict=False)]
    fitted = {"words": _regression(words, hosts), "change": _regression(pairs, changes)}
    return json.dumps(fitted, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def report(held: Sequence[Interview]) -> None:
    rows = [row for interview in held for row in _outcomes(interview)]
    rows.sort(key=lambda row: -row[0])
    total = sum(words for _, _, words, _ in rows)
    right = np.cumsum([right for _, right, _, _ in rows])
    seen = np.cumsum([words for _, _, words, _ in rows])
    for coverage in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        place = int(np.searchsorted(seen, coverage * total - 1))
        print(f"coverage {coverage:.0%}: {right[place] / seen[place]:.1%} of the words right")
    above = [row for row in rows if row[0] >= LEAST_PROBABILITY]
    covered = sum(row[2] for row in above)
    print(f"at {LEAST_PROBABILITY}: {sum(r[1] for r in above) / covered:.1%} right, {covered / total:.1%} covered")
    for interview in held:
        mine = [row for row in above if row[3] == interview.name]
        share = sum(row[1] for row in mine) / max(1, sum(row[2] for row in mine))
        print(f"  {interview.name}: {share:.1%} right, {sum(r[2] for r in mine) / sum(interview.words):.1%} covered")


def _outcomes(interview: Interview) -> list[tuple[float, int, int, str]]:
    """For each sentence the probability of the guess, words right, words, the interview."""
    likely = host_probabilities(interview.texts, interview.hosts, interview.guest)
    return [
        (max(p, 1 - p), by_host if p > 0.5 else words - by_host, words, interview.name)
        for p, by_host, words in zip(likely, interview.by_host, interview.words, strict=True)
    ]


def read_interview(file: Path) -> Interview | None:
    """None where it is not one guest with one or two of the hosts."""
    spoken = _spoken_words(file)
    counts = Counter(speaker for _, speaker in spoken)
    hosts = tuple(sorted(host for host in HOSTS if counts[host] > 0.03 * len(spoken)))
    guests = [name for name, count in counts.items() if name not in HOSTS and count > 0.08 * len(spoken)]
    if len(guests) != 1 or not hosts or len(spoken) < 1500:
        return None
    if sum(counts[name] for name in (*hosts, *guests)) < 0.97 * len(spoken):
        return None
    texts, by_host, words, first = [], [], [], 0
    for last in range(1, len(spoken) + 1):
        ends = last == len(spoken) or ends_sentence(spoken[last - 1][0], spoken[last][0], small_letters=True)
        if ends or last - first == MOST_SENTENCE_WORDS:
            texts.append(" ".join(word for word, _ in spoken[first:last]))
            by_host.append(sum(speaker in HOSTS for _, speaker in spoken[first:last]))
            words.append(last - first)
            first = last
    return Interview(file.stem, hosts, guests[0], tuple(texts), tuple(by_host), tuple(words))


def _spoken_words(file: Path) -> list[tuple[str, str]]:
    spoken, speaker = [], ""
    for line in file.read_text(encoding="utf-8").splitlines():
        label = _LABEL.match(line)
        speaker = label[1].strip() if label else speaker
        if speaker not in ("", "Break"):
            said = line[label.end() :] if label else line
            spoken += [(word, speaker) for word in _ASIDE.sub(" ", said).split()]
    return spoken


def _regression(found: Sequence[set[str]], truth: Sequence[bool]) -> dict[str, float]:
    counts = Counter(name for names in found for name in names)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_FEATURES]
    vocabulary = [name for name, count in ranked if count >= FEWEST_TIMES]
    places = {name: place for place, name in enumerate(vocabulary)}
    held: Floats = np.zeros((len(found), len(vocabulary) + 1), dtype=np.float32)
    held[:, -1] = 1.0
    for row, names in enumerate(found):
        held[row, [places[name] for name in names if name in places]] = 1.0
    wanted = np.array(truth, dtype=np.float32)
    penalised = np.append(np.full(len(vocabulary), PENALTY), 0.0).astype(np.float32)
    weights, first, second = (np.zeros(len(vocabulary) + 1, dtype=np.float32) for _ in range(3))
    for step in range(1, STEPS + 1):  # Adam: Kingma and Ba, 2015
        slope = (held.T @ (1 / (1 + np.exp(-(held @ weights))) - wanted) + penalised * weights) / len(found)
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        weights = weights - 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-6)
    fitted = dict(zip([*vocabulary, BIAS], (round(float(weight), 2) for weight in weights), strict=True))
    return {name: weight for name, weight in fitted.items() if abs(weight) >= LEAST_WEIGHT or name == BIAS}


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--measure"]
    if len(given) != 1:
        sys.exit("usage: python -m eval.training.fit_speakers FOLDER [--measure]")
    main(Path(given[0]), measure_only="--measure" in sys.argv)
