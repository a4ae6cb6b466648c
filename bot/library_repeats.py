"""Keeps the kinds of a library's episodes in step: what several episodes of one show repeat is no conversation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from bot.index import EpisodeIndex
from bot.records import Episode, Sentence
from bot.speech.repeats import RepeatedRuns


class LibraryRepeats:
    """Over the `indexes` of a library, which others change; kinds that were set by hand are left as they are."""

    def __init__(self, indexes: Mapping[str, EpisodeIndex]) -> None:
        self._indexes = indexes
        self._runs: dict[str, RepeatedRuns] = defaultdict(RepeatedRuns)
        self._show_of: dict[str, str] = {}

    def marked(self, episode: Episode, sentences: Sequence[Sentence]) -> Sequence[Sentence]:
        """The sentences of an episode that comes in, by what is known of its show so far."""
        self._count_library()
        self._count(episode, sentences)
        return self._mark(episode, sentences)

    def changed(self) -> Iterator[tuple[Episode, Sequence[Sentence]]]:
        """The episodes of the library in which more is known to be repeated than when they came in."""
        self._count_library()
        for index in list(self._indexes.values()):
            sentences = self._mark(index.episode, index.sentences)
            if sentences is not index.sentences and any(
                one.kind != other.kind for one, other in zip(sentences, index.sentences, strict=True)
            ):
                yield index.episode, sentences

    def _mark(self, episode: Episode, sentences: Sequence[Sentence]) -> Sequence[Sentence]:
        return sentences if episode.kinds else self._runs[episode.show].mark(episode.id, sentences)

    def _count_library(self) -> None:
        for gone in self._show_of.keys() - self._indexes.keys():
            self._runs[self._show_of.pop(gone)].remove(gone)
        for index in self._indexes.values():
            if index.episode.id not in self._show_of:
                self._count(index.episode, index.sentences)

    def _count(self, episode: Episode, sentences: Sequence[Sentence]) -> None:
        if episode.id in self._show_of:
            self._runs[self._show_of[episode.id]].remove(episode.id)
        self._show_of[episode.id] = episode.show
        self._runs[episode.show].add(episode.id, sentences)
