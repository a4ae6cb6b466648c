"""Sentences -> passages: whole neighbouring sentences of one kind, about 120 words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.records import Passage, Sentence
from bot.speech.words import is_hard_silence

TYPICAL_WORDS = 120
FEWEST_WORDS = 60
MOST_WORDS = 160


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
        for first in range(last - 1, -1, -1):
            words += facts[first][0]
            if words > MOST_WORDS and first < last - 1:
                break
            summed = best[first] + _cost(words, asks=facts[last - 1][1] and last < len(facts))
            if summed < least:
                least, origin = summed, first
        best.append(least)
        previous.append(origin)
    cuts = [len(facts)]
    while cuts[-1]:
        cuts.append(previous[cuts[-1]])
    cuts.reverse()
    return [stretch[first:last] for first, last in pairwise(cuts)]


def _cost(words: int, *, asks: bool) -> float:
    """Distance from the typical length; a passage that ends with a question is torn from its answer."""
    off = (words - TYPICAL_WORDS) / TYPICAL_WORDS
    return off * off + (2.0 if words < FEWEST_WORDS else 0.0) + (5.0 if asks else 0.0)
