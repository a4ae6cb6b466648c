"""Sentences -> passages: whole neighbouring sentences of one kind, about 120 words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.records import Passage, Sentence
from bot.speech.words import is_hard_silence

TYPICAL_WORDS = 120
FEWEST_WORDS = 60
MOST_WORDS = 160
MOST_SENTENCES = 40
"""Exchanges of single words; bounds the time that they take."""
ENDS_ASKING = 5.0
"""Cost of a passage that ends with a question and is so torn from its answer."""
_COSTS = [
    ((words - TYPICAL_WORDS) / TYPICAL_WORDS) ** 2 + (2.0 if words < FEWEST_WORDS else 0.0)
    for words in range(MOST_WORDS + 2)
]
"""Cost of a passage by its words: the distance from the typical length. One that is too long is a single sentence."""


def make_passages(episode_id: str, sentences: Sequence[Sentence]) -> list[Passage]:
    """Passages in order; every sentence is in exactly one. None spans two kinds or a hard silence."""
    return [
        Passage(episode_id, tuple(group))
        for stretch in _stretches(sentences)
        for group in _cut([(len(s.text.split()), s.text.rstrip("\"'”’").endswith("?")) for s in stretch], stretch)
    ]


def _stretches(sentences: Sequence[Sentence]) -> Iterator[Sequence[Sentence]]:
    first = 0
    for index in range(1, len(sentences) + 1):
        if index == len(sentences) or (
            sentences[index - 1].kind != sentences[index].kind
            or is_hard_silence(sentences[index - 1].end, sentences[index].start)
        ):
            yield sentences[first:index]
            first = index


def _cut(facts: Sequence[tuple[int, bool]], stretch: Sequence[Sentence]) -> list[Sequence[Sentence]]:
    """The cut of least summed cost, looking back no further than a full passage."""
    best, previous = [0.0], [0]
    for last in range(1, len(facts) + 1):
        least, origin, words = float("inf"), last - 1, 0
        for first in range(last - 1, max(-1, last - 1 - MOST_SENTENCES), -1):
            words += facts[first][0]
            if words > MOST_WORDS and first < last - 1:
                break
            summed = best[first] + _COSTS[min(words, MOST_WORDS + 1)]
            if summed < least:
                least, origin = summed, first
        best.append(least + (ENDS_ASKING if facts[last - 1][1] and last < len(facts) else 0.0))
        previous.append(origin)
    cuts = [len(facts)]
    while cuts[-1]:
        cuts.append(previous[cuts[-1]])
    cuts.reverse()
    return [stretch[first:last] for first, last in pairwise(cuts)]
