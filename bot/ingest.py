"""The indexing flow: a file -> cues -> words with kinds -> sentences -> the episode's index -> the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.errors import StoreError, StoreNotBuilt, TranscriptError
from bot.index import Embedder, EpisodeIndex
from bot.indexing import index_episode
from bot.records import EpisodeSummary
from bot.sources import Source, find_sources
from bot.speech.sentences import join_sentences
from bot.speech.words import label_words
from bot.transcripts import Transcript

if TYPE_CHECKING:
    from bot.storage.store import Store

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class IngestedFile:
    """What became of one file; `summary` is None where it was rejected, and `problem` says why."""

    path: str
    status: Literal["indexed", "unchanged", "rejected"]
    format: str = ""
    cues: int = 0
    summary: EpisodeSummary | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "status": self.status,
            "format": self.format,
            "cues": self.cues,
            "episode": self.summary.as_dict() if self.summary else None,
            "notes": list(self.notes),
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class IngestReport:
    files: tuple[IngestedFile, ...]

    @property
    def rejected(self) -> tuple[IngestedFile, ...]:
        return tuple(file for file in self.files if file.status == "rejected")


def ingest(
    paths: Sequence[Path], store: Store, embedder: Embedder, progress: Progress = lambda what, done, total: None
) -> IngestReport:
    """Adds the episodes of these files to the store; one that is there already is replaced, the others are kept.

    A file that cannot be read is reported and does not stop the rest; the store changes once, at the end.
    """
    with store.locked():
        indexes = {index.episode.id: index for index in kept_episodes(store, embedder, progress)}
        files = [index_source(source, indexes, embedder, progress) for source in find_sources(paths)]
        if any(file.status == "indexed" for file in files):
            store.write(list(indexes.values()))
    return IngestReport(tuple(files))


def index_source(
    source: Source, indexes: dict[str, EpisodeIndex], embedder: Embedder, progress: Progress
) -> IngestedFile:
    """Puts the episode of one file among `indexes`, unless it is there already or cannot be read."""
    try:
        episode, transcript = source.read()
        if episode.id in indexes and indexes[episode.id].episode == episode:
            return _report(source.path, "unchanged", transcript, indexes[episode.id])
        sentences = join_sentences(label_words(transcript.cues))
        if not sentences:
            raise TranscriptError(str(source.path), 0, "no speech found in it", "give a transcript with words")
        index = index_episode(episode, sentences, embedder, partial(progress, episode.id))
    except TranscriptError as error:
        return IngestedFile(str(source.path), "rejected", problem=str(error))
    indexes[episode.id] = index
    return _report(source.path, "indexed", transcript, index)


def kept_episodes(store: Store, embedder: Embedder, progress: Progress) -> tuple[EpisodeIndex, ...]:
    """What the store holds. Of a damaged store, or one made with another embedding, what is whole is indexed again."""
    try:
        return store.read().episodes
    except StoreNotBuilt:
        return ()
    except StoreError:
        return tuple(
            index_episode(episode, sentences, embedder, partial(progress, episode.id))
            for episode, sentences in store.salvage()
        )


def _report(
    path: Path, status: Literal["indexed", "unchanged"], transcript: Transcript, index: EpisodeIndex
) -> IngestedFile:
    return IngestedFile(
        str(path), status, transcript.format, len(transcript.cues), index.summary, tuple(transcript.notes)
    )
