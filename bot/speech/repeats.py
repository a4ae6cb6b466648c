"""What is repeated word for word in several episodes of a show is read out: a sponsor's message, a promo, an outro.

Runs of eight words that stand in three episodes or more are counted; where they cover 25 words of a sentence and its
neighbours, these are marked. Of the 2.1 million words of 297 episodes of Practical AI, without their advertisements,
that is true of the hosts' greetings, which are left alone, and of 22 words of an opening. Runs of six words would be
habits of speech.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.records import Kind, Sentence
from bot.speech.signals import NAMES_SPONSOR, OWN_PRODUCT

RUN_WORDS = 8
FEWEST_EPISODES = 3
FEWEST_COVERED_WORDS = 25
LARGEST_GAP_WORDS = 8
"""What changes from one reading to the next: a name, a date, a word that was heard otherwise."""
MOST_BLOCK_WORDS = 400
"""Longer repeats are conversation that was published again."""
SHARE_OF_SENTENCE = 0.7
OPENING_WORDS, CLOSING_WORDS = 400, 300

_GREETS = re.compile(r"\b(?:i|i'm|i've|i'll|my|me)\b|\bhow(?:'s it| are you| is it)\b")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]


class RepeatedRuns:
    """In how many episodes of a show each run of words stands; `add` and `remove` keep it in step with the library."""

    def __init__(self) -> None:
        self._hash_of: dict[str, int] = {}
        self._runs: Hashes = np.zeros(0, dtype=np.uint64)
        self._episodes = np.zeros(0, dtype=np.uint32)
        self._own: dict[str, _Counted] = {}

    def add(self, episode_id: str, sentences: Iterable[Sentence]) -> None:
        """Counts an episode, or counts it anew."""
        self.remove(episode_id)
        words = _words(sentences)
        counted = _Counted(" ".join(words), self._hashes(words))
        own = np.unique(counted.runs)
        places, known = self._find(own)
        self._episodes[places[known]] += 1
        self._runs = np.insert(self._runs, places[~known], own[~known])
        self._episodes = np.insert(self._episodes, places[~known], 1)
        self._own[episode_id] = counted

    def remove(self, episode_id: str) -> None:
        counted = self._own.pop(episode_id, None)
        if counted is not None:
            self._episodes[self._find(np.unique(counted.runs))[0]] -= 1

    def mark(self, episode_id: str, sentences: Sequence[Sentence]) -> Sequence[Sentence]:
        """The sentences of an episode that was added, those of talk that are repeated with the kind that they have.

        Where nothing is repeated they are not looked at, since reading them from a store costs memory.
        """
        counted = self._own[episode_id]
        blocks = list(_blocks(self._covered(counted.runs)))
        words = counted.text.split() if blocks else []
        kinds = {block: _kind_of(" ".join(words[block.first : block.last]), block, len(words)) for block in blocks}
        if not any(kinds.values()):
            return sentences
        marked = list(sentences)
        bounds = np.cumsum([0, *(len(sentence.text.split()) for sentence in sentences)]).tolist()
        for block, kind in kinds.items():
            for number, (begin, end) in enumerate(pairwise(bounds)):
                if kind is not None and block.covers(begin, end) and marked[number].kind == "talk":
                    marked[number] = replace(marked[number], kind=kind)
        return marked

    def _find(self, runs: Hashes) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Where each run stands or would stand among those that are counted, and whether it is there."""
        places = np.searchsorted(self._runs, runs)
        known = np.zeros(len(runs), dtype=bool)
        inside = places < len(self._runs)
        known[inside] = self._runs[places[inside]] == runs[inside]
        return places, known

    def _covered(self, runs: Hashes) -> NDArray[np.intp]:
        """Places of the words in runs that stand in enough episodes."""
        places, known = self._find(runs)
        often = known.copy()
        often[known] = self._episodes[places[known]] >= FEWEST_EPISODES
        return np.unique(np.add.outer(np.flatnonzero(often), np.arange(RUN_WORDS)))

    def _hashes(self, words: Sequence[str]) -> Hashes:
        """A hash for each run of words; marks and capitals do not count."""
        for word in set(words) - self._hash_of.keys():
            plain = "".join(filter(str.isalnum, word)).lower()
            self._hash_of[word] = crc32(plain.encode("utf-8", "replace"))
        each = np.array([self._hash_of[word] for word in words], dtype=np.uint64)
        count = max(0, len(each) - RUN_WORDS + 1)
        runs = np.zeros(count, dtype=np.uint64)
        for place in range(RUN_WORDS):
            runs = runs * _FACTOR + each[place : place + count] + np.uint64(1)
        return runs


@dataclass(frozen=True, slots=True)
class _Counted:
    """An episode's words, and the hash of the run that begins at each of them."""

    text: str
    runs: Hashes


@dataclass(frozen=True, slots=True)
class _Block:
    """Words `first` to `last` of an episode, repeated but for small gaps."""

    first: int
    last: int

    def covers(self, begin: int, end: int) -> bool:
        return min(self.last, end) - max(self.first, begin) >= SHARE_OF_SENTENCE * (end - begin)


def _blocks(covered: NDArray[np.intp]) -> Iterator[_Block]:
    for run in np.split(covered, np.flatnonzero(np.diff(covered) > LARGEST_GAP_WORDS + 1) + 1):
        if len(run) >= FEWEST_COVERED_WORDS and run[-1] - run[0] < MOST_BLOCK_WORDS:
            yield _Block(int(run[0]), int(run[-1]) + 1)


def _kind_of(text: str, block: _Block, total: int) -> Kind | None:
    """None for a greeting: a host who says "I" at the beginning, or asks after somebody, opens the conversation."""
    low = text.lower().replace("’", "'")
    if block.first < OPENING_WORDS:
        return None if _GREETS.search(low) else "sponsor" if NAMES_SPONSOR.search(low) else "intro"
    if total - block.last < CLOSING_WORDS and not NAMES_SPONSOR.search(low):
        return "outro"
    return "promo" if len(OWN_PRODUCT.findall(low)) > len(NAMES_SPONSOR.findall(low)) else "sponsor"


def _words(sentences: Iterable[Sentence]) -> list[str]:
    return [word for sentence in sentences for word in sentence.text.split()]
