"""Whether an episode is in the library already, under another name or from another file: told by its words.

Two transcripts are of one episode if they share many runs of three words. Of 298 episodes of one show (Practical AI),
which have sponsors, openings and hosts' habits in common, the most alike two share 9 %; two copies of one in which each
loses every tenth word share about half.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from zlib import crc32

from bot.errors import TranscriptError
from bot.index import EpisodeIndex
from bot.records import Episode, Sentence
from bot.sources.transcript_files import Source, slug
from bot.transcripts.lines import shown_path

SAME_SHARE = 0.3
"""Of the runs of the longer transcript."""
RUN_WORDS = 3
FEW_RUNS = 60
"""Fewer runs than this prove nothing: then all words must be equal."""
SAMPLE = 8
"""Of long transcripts every eighth run is looked at, chosen by its hash: the same ones in each of them."""
LONG_RUNS = 2000

_WORD = re.compile(r"\w+(?:['’]\w+)?")


@dataclass(frozen=True, slots=True)
class Settled:
    """Under which id an episode goes into the library; `duplicate_of` an id: not at all, `replaces`: instead of it."""

    episode: Episode
    duplicate_of: str = ""
    replaces: str = ""
    note: str = ""


class Arrivals:
    """The episodes that one call of `ingest` brings, so that each stands in the library once and under one id.

    An id that a person chose wins over one made of a file's name, and between two such the first of this call.
    """

    def __init__(self, indexes: Mapping[str, EpisodeIndex]) -> None:
        self._indexes = indexes
        self._brought_by: dict[str, str] = {}
        self._named: set[str] = set()
        self._known: KnownWords | None = None

    def is_unchanged(self, episode: Episode) -> bool:
        held = self._indexes.get(episode.id)
        return held is not None and held.episode == episode and episode.id not in self._brought_by

    def take(self, source: Source, episode_id: str, sentences: Sequence[Sentence] = ()) -> None:
        """Notes which file brought an episode; with its sentences where they were not in the library before."""
        self._brought_by[episode_id] = shown_path(source.path)
        if source.names_its_episode:
            self._named.add(episode_id)
        if sentences:
            self._words().add(episode_id, sentences)

    def settle(self, source: Source, episode: Episode, sentences: Sequence[Sentence]) -> Settled:
        """Raises TranscriptError where two files of this call claim one id for different words."""
        words = self._words()
        first = self._brought_by.get(episode.id)
        if first is not None:
            if words.has(episode.id, sentences):
                return Settled(episode, duplicate_of=episode.id)
            if source.names_its_episode:
                problem = f"id: {episode.id!r} is the id of {first} already"
                raise TranscriptError(shown_path(source.path), 0, problem, "give each episode an id of its own")
            episode = replace(episode, id=self._free_id(source, episode.id))
        twin = words.twin(sentences)
        if twin is None or twin == episode.id:
            return Settled(episode, note=self._what_it_replaces(episode, sentences, words))
        if source.names_its_episode and twin not in self._named:
            words.remove(twin)
            self._brought_by.pop(twin, None)
            return Settled(episode, replaces=twin, note=f"it replaces {twin!r}, which has the same words")
        return Settled(episode, duplicate_of=twin)

    def _what_it_replaces(self, episode: Episode, sentences: Sequence[Sentence], words: KnownWords) -> str:
        held = self._indexes.get(episode.id)
        if held is None or held.episode == episode:
            return ""
        if words.has(episode.id, sentences):
            return f"it replaces {episode.id!r}, which came from {held.episode.source}"
        return f"it replaces {episode.id!r}, whose words were others; --id names it so that both are kept"

    def _free_id(self, source: Source, episode_id: str) -> str:
        """The folder's name before it: `season-2-talk`; where that is taken too, a number behind."""
        name = f"{slug(source.path.resolve().parent.name)}-{episode_id}"[-100:].strip("-")
        tried = (name if number == 1 else f"{name}-{number}" for number in count(1))
        return next(free for free in tried if free not in self._brought_by)

    def _words(self) -> KnownWords:
        if self._known is None:
            self._known = KnownWords()
            for index in self._indexes.values():
                self._known.add(index.episode.id, index.sentences)
        return self._known


class KnownWords:
    """Finds the episode that has the same words; `add` and `remove` keep it in step with the library."""

    def __init__(self) -> None:
        self._runs: dict[str, frozenset[int]] = {}
        self._holders: dict[int, set[str]] = {}

    def add(self, episode_id: str, sentences: Iterable[Sentence]) -> None:
        self.remove(episode_id)
        runs = word_runs(sentences)
        self._runs[episode_id] = runs
        for run in runs:
            self._holders.setdefault(run, set()).add(episode_id)

    def remove(self, episode_id: str) -> None:
        for run in self._runs.pop(episode_id, ()):
            self._holders[run].discard(episode_id)

    def has(self, episode_id: str, sentences: Iterable[Sentence]) -> bool:
        """Whether this episode has the same words."""
        runs, others = word_runs(sentences), self._runs.get(episode_id, frozenset())
        return is_same(runs, others, len(runs & others))

    def twin(self, sentences: Iterable[Sentence]) -> str | None:
        """The id of the episode with the same words, or None."""
        runs = word_runs(sentences)
        shared = Counter(holder for run in runs for holder in self._holders.get(run, ()))
        for episode_id, same in shared.most_common(1):
            if is_same(runs, self._runs[episode_id], same):
                return episode_id
        return None


def is_same(runs: frozenset[int], others: frozenset[int], shared: int) -> bool:
    longer = max(len(runs), len(others))
    return shared == longer if longer < FEW_RUNS else shared >= SAME_SHARE * longer


def word_runs(sentences: Iterable[Sentence]) -> frozenset[int]:
    """Hashes of the runs of three words; of a short text one hash of all its words."""
    words = [word for sentence in sentences for word in _WORD.findall(sentence.text.casefold())]
    if len(words) < FEW_RUNS:
        return frozenset([crc32(" ".join(words).encode())])
    runs = _run_hashes(words)
    return frozenset(run for run in runs if run % SAMPLE == 0) if len(runs) > LONG_RUNS else frozenset(runs)


def _run_hashes(words: Sequence[str]) -> set[int]:
    pairs = [f"{one} {two}" for one, two in pairwise(words)]
    return {crc32(f"{pair} {word}".encode()) for pair, word in zip(pairs, words[RUN_WORDS - 1 :], strict=False)}
