"""The indexing flow: a file -> cues -> words with kinds -> sentences -> the episode's index -> the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bot.errors import StoreError, StoreNotBuilt, TranscriptError
from bot.index import Embedder, EpisodeIndex
from bot.indexing import index_episode
from bot.ingest_report import IngestedFile, IngestReport
from bot.library_repeats import LibraryRepeats
from bot.questions import no_such_episode
from bot.records import Episode, Sentence
from bot.sources.description import Description
from bot.sources.kind_overrides import empty_spans, override_kinds
from bot.sources.name_proposals import propose_names
from bot.sources.same_episode import Arrivals
from bot.sources.transcript_files import Source, find_sources
from bot.speech.passages import make_passages
from bot.speech.sentences import join_sentences
from bot.speech.turns import infer_speakers
from bot.speech.words import label_words
from bot.transcripts import Transcript
from bot.transcripts.lines import shown_path

if TYPE_CHECKING:
    from bot.storage.store import Store

Progress = Callable[[str, int, int], None]


def ingest(  # noqa: PLR0913 - the last three are options, and named
    paths: Sequence[Path],
    store: Store,
    embedder: Embedder,
    progress: Progress = lambda what, done, total: None,
    *,
    described: Description | None = None,
    strict: bool = False,
    infer: bool = False,
) -> IngestReport:
    """Adds the episodes of these files to the store; one that is there already is replaced, the others are kept.

    A file that cannot be read is reported and does not stop the rest; if `strict`, it raises TranscriptError and
    nothing changes. The store changes once, at the end. With `infer`, speakers are guessed where none are given.
    """
    sources = find_sources(paths, described)
    with store.locked():
        indexes = {index.episode.id: index for index in kept_episodes(store, embedder, progress)}
        arrivals, repeats = Arrivals(indexes), LibraryRepeats(indexes)

        def keep(episode: Episode, sentences: Sequence[Sentence], progress: Progress) -> EpisodeIndex:
            spoken = infer_speakers(sentences, episode.people) if infer else sentences
            return kept_index(episode, repeats.marked(episode, spoken), store, embedder, progress)

        files = [
            index_source(source, indexes, arrivals, partial(keep, progress=counted(progress, n, len(sources))), strict)
            for n, source in enumerate(sources, start=1)
        ]
        if any(file.status == "indexed" for file in files):
            changed = list(repeats.changed())
            for episode, sentences in changed:
                indexes[episode.id] = kept_index(episode, sentences, store, embedder, progress)
            store.write(list(indexes.values()))
            files = [with_summary(file, indexes) for file in files]
            return IngestReport(tuple(files), tuple(episode.id for episode, _ in changed))
    return IngestReport(tuple(files))


def with_summary(file: IngestedFile, indexes: Mapping[str, EpisodeIndex]) -> IngestedFile:
    """The report with what the library holds of the episode in the end."""
    held = indexes.get(file.summary.episode.id) if file.summary else None
    return replace(file, summary=held.summary) if held else file


def counted(progress: Progress, number: int, files: int) -> Progress:
    """Says of several files which one it is: `3 of 298, talk-3`."""
    if files == 1:
        return progress
    return lambda what, done, total: progress(f"{number} of {files}, {what}", done, total)


def index_source(
    source: Source,
    indexes: dict[str, EpisodeIndex],
    arrivals: Arrivals,
    keep: Callable[[Episode, Sequence[Sentence]], EpisodeIndex],
    strict: bool,
) -> IngestedFile:
    """Puts the episode of one file among `indexes`, unless it is there already or cannot be read.

    `keep` makes its index and gives it back as it is on the disk, so that only one is in memory.
    """
    try:
        episode, transcript = source.read()
        if arrivals.is_unchanged(episode):
            arrivals.take(source, episode.id)
            return _report(source.path, "unchanged", transcript, indexes[episode.id])
        spans = episode.kinds if transcript.timed else ()
        words = override_kinds(label_words(transcript.cues), spans)
        sentences = join_sentences(words, timed=transcript.timed)
        if not sentences:
            raise TranscriptError(shown_path(source.path), 0, "no speech found in it", "give a transcript with words")
        settled = arrivals.settle(source, episode, sentences)
    except TranscriptError as error:
        if strict:
            raise
        return IngestedFile(str(source.path), "rejected", problem=str(error))
    if settled.duplicate_of:
        return _report(source.path, "duplicate", transcript, indexes[settled.duplicate_of])
    episode = settled.episode
    if arrivals.is_unchanged(episode):
        arrivals.take(source, episode.id)
        return _report(source.path, "unchanged", transcript, indexes[episode.id])
    indexes.pop(settled.replaces, None)
    indexes[episode.id] = keep(episode, sentences)
    arrivals.take(source, episode.id, sentences)
    notes = [*filter(None, [settled.note]), *empty_spans(words, spans)]
    if len(spans) < len(episode.kinds):
        notes.append("kinds: the transcript has no times, so they are not used; [kind: sponsor] can stand in its lines")
    report = _report(source.path, "indexed", transcript, indexes[episode.id])
    return replace(report, notes=(*notes, *report.notes), proposals=propose_names(episode, sentences))


def remove(episode_ids: Sequence[str], store: Store, embedder: Embedder, progress: Progress) -> None:
    """Takes episodes out of the store; raises SettingError naming those that are there where one is not."""
    with store.locked():
        indexes = {index.episode.id: index for index in kept_episodes(store, embedder, progress)}
        for episode_id in episode_ids:
            if episode_id not in indexes:
                raise no_such_episode(episode_id, list(indexes))
        store.write([index for index in indexes.values() if index.episode.id not in episode_ids])


def rebuild(store: Store, embedder: Embedder, progress: Progress) -> None:
    """Makes the whole index again from the stored sentences; raises StoreNotBuilt where there are none."""
    if not store.salvage():
        raise StoreNotBuilt(f"no index at {store.folder}", "earmark ingest FILE")
    with store.locked():
        kept = store.salvage()
        store.write([kept_index(known, words, store, embedder, progress) for known, words in kept])


def kept_episodes(store: Store, embedder: Embedder, progress: Progress) -> tuple[EpisodeIndex, ...]:
    """What the store holds. Of a damaged store, or one made with another embedding, what is whole is indexed again."""
    try:
        return store.read().episodes
    except StoreNotBuilt:
        return ()
    except StoreError:
        return tuple(
            kept_index(episode, sentences, store, embedder, progress) for episode, sentences in store.salvage()
        )


def kept_index(
    episode: Episode, sentences: Sequence[Sentence], store: Store, embedder: Embedder, progress: Progress
) -> EpisodeIndex:
    """The index of one episode, on the disk; not made again where an ingest that was interrupted made it."""
    found = store.find(episode, sentences, make_passages(episode.id, sentences))
    return found or store.keep(index_episode(episode, sentences, embedder, partial(progress, episode.id)))


def _report(
    path: Path, status: Literal["indexed", "unchanged", "duplicate"], transcript: Transcript, index: EpisodeIndex
) -> IngestedFile:
    return IngestedFile(
        str(path), status, transcript.format, len(transcript.cues), index.summary, tuple(transcript.notes)
    )
