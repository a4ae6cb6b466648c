"""Who is speaking, guessed from the words alone, where a transcript has no speakers and one host talks to one guest.

Each sentence is weighed by its words and its neighbours' (hosts ask, greet, thank and say "you"), each pair of
neighbours by how likely the speaker changes between them; forward-backward over the two speakers turns both into a
probability for every sentence. Weights: `turns.json`, fitted by eval/training/fit_speakers.py. What is not very likely
stays without a speaker, and a speaker that was guessed is marked as such: `Ada Obi (inferred)`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.records import Person, Sentence

WEIGHTS_FILE = Path(__file__).with_name("turns.json")
MARK = " (inferred)"
LEAST_PROBABILITY = 0.995
"""Above it 99 of 100 words were right on interviews that were kept out of the fit, and 39 of 100 words are above.

Replies cite where speakers change: 1.4 % of their claims that name a speaker name the wrong one, 4.2 % with 0.985.
`python -m eval.training.speakers_in_replies` measures it.
"""
WORDS_SCALE = 0.6
"""Neighbours see the same words twice; the evidence of words is damped by this, chosen on the interviews of the fit."""
BIAS = "bias"

_WORD = re.compile(r"[a-z][a-z']*")
_PHRASES = frozenset(
    """you know|do you|can you|could you|how do|how did|what do|what are|tell us|tell me|a little|curious about
    i'm curious|our listeners|the audience|you guys|you mentioned|you said|you were|you're talking|talk about|we have
    we are|our customers|we built|i think|we've been|thank you|thanks for|joining us|having me|for me|great question
    good question|i guess|i'd love|i love|sounds like|i know|as you|what you|to you|for you|in my|at our|i mean|sort of
    kind of|and so|i wonder|i want|wanted to|to ask|that you|have you|did you|are you|does that|go ahead|fair enough
    gotcha""".replace("\n", "|").split("|")
)

Floats = NDArray[np.float64]


def infer_speakers(sentences: Sequence[Sentence], people: Sequence[Person]) -> list[Sentence]:
    """The sentences, the likely ones with a marked speaker; unchanged unless one host and one guest are known."""
    hosts = [person.name for person in people if "host" in person.role.lower() and person.name.strip()]
    guests = [person.name for person in people if "guest" in person.role.lower() and person.name.strip()]
    known = any(sentence.speaker for sentence in sentences)
    talk = [number for number, sentence in enumerate(sentences) if sentence.kind == "talk"]
    if known or len(hosts) != 1 or len(guests) != 1 or not talk:
        return list(sentences)
    guessed = list(sentences)
    likely = host_probabilities([sentences[number].text for number in talk], hosts, guests[0])
    for number, of_host in zip(talk, likely, strict=True):
        if max(of_host, 1 - of_host) >= LEAST_PROBABILITY:
            name = hosts[0] if of_host > 0.5 else guests[0]
            guessed[number] = replace(sentences[number], speaker=name + MARK)
    return guessed


def host_probabilities(texts: Sequence[str], hosts: Sequence[str], guest: str) -> list[float]:
    """For each sentence, in order, the probability that a host says it."""
    weights = _load_weights()
    by_words = [WORDS_SCALE * _summed(found, weights["words"]) for found in word_features(texts, hosts, guest)]
    by_change = [_summed(found, weights["change"]) for found in change_features(texts, hosts, guest)]
    return [float(likely) for likely in _smoothed(np.array(by_words), np.array(by_change))]


def word_features(texts: Sequence[str], hosts: Sequence[str], guest: str) -> list[set[str]]:
    """Names of what is found in each sentence and, with `<` and `>`, in the ones before and behind it."""
    own = [_own_features(text, number / len(texts), hosts, guest) for number, text in enumerate(texts)]
    shown = [_for_neighbours(found) for found in own]
    around = [set[str](found) for found in own]
    for number, (before, after) in enumerate(pairwise(shown)):
        around[number + 1].update("<" + name for name in before)
        around[number].update(">" + name for name in after)
    return around


def change_features(texts: Sequence[str], hosts: Sequence[str], guest: str) -> list[set[str]]:
    """Names of what is found at each pair of neighbours: one less than there are sentences."""
    shown = [_for_neighbours(_own_features(text, 0.5, hosts, guest)) for text in texts]
    return [
        {"<" + name for name in before}
        | {">" + name for name in after}
        | ({"?>" + name for name in after} if "asks" in before else set())
        for before, after in pairwise(shown)
    ]


def _own_features(text: str, place: float, hosts: Sequence[str], guest: str) -> set[str]:
    low = text.lower().replace("’", "'")
    words = _WORD.findall(low)
    found = {f"word {word}" for word in words}
    found |= {f"phrase {phrase}" for phrase in map(" ".join, pairwise(words)) if phrase in _PHRASES}
    found |= {f"length {min(6, len(words) // 4)}", f"place {min(9, int(place * 10))}"}
    found |= {f"opens {' '.join(words[:count])}" for count in (1, 2) if len(words) >= count}
    present = set(words)
    marks = {
        "asks": low.rstrip("\"'”’").endswith("?"),
        "trails": low.endswith("..."),
        "begins": place < 0.02,
        "ends": place > 0.985,
        "names guest": _first_name(guest) in present,
        "names host": any(_first_name(host) in present for host in hosts),
    }
    return found | {mark for mark, is_there in marks.items() if is_there}


def _first_name(name: str) -> str:
    return name.split(maxsplit=1)[0].lower()


def _for_neighbours(found: set[str]) -> set[str]:
    return {name for name in found if not name.startswith(("word ", "place ")) or name in ("word you", "word your")}


def _summed(found: set[str], weights: Mapping[str, float]) -> float:
    return weights[BIAS] + sum(weights[name] for name in found if name in weights)


def _smoothed(by_words: Floats, by_change: Floats) -> Floats:
    """Forward-backward over guest (0) and host (1), in logarithms; both arguments are log odds."""
    count = len(by_words)
    emitted = np.stack([np.zeros(count), by_words], axis=1)
    stay, change = -np.logaddexp(0, by_change), -np.logaddexp(0, -by_change)
    forward, backward = emitted.copy(), np.zeros((count, 2))
    for n in range(1, count):
        before = forward[n - 1]
        forward[n] += np.logaddexp(before + stay[n - 1], before[::-1] + change[n - 1])
    for n in range(count - 2, -1, -1):
        after = emitted[n + 1] + backward[n + 1]
        backward[n] = np.logaddexp(after + stay[n], after[::-1] + change[n])
    both = forward + backward
    return 1 / (1 + np.exp(np.clip(both[:, 0] - both[:, 1], -50, 50)))


@cache
def _load_weights() -> Mapping[str, Mapping[str, float]]:
    weights: Mapping[str, Mapping[str, float]] = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return weights
