"""The Python interface: open a store, ask it, add to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.ask import Asking, Event, Writer, answer
from bot.embedding.cross_encoder import QUESTIONS, cross_encoder
from bot.embedding.loading import load_embedder
from bot.embedding.minilm import MiniLM
from bot.embedding.model_files import EmbeddingUnavailable
from bot.episode_summary import EpisodeSummary
from bot.errors import OutdatedIndex, SettingError, StoreNotBuilt
from bot.index import Embedder, EpisodeIndex, Purpose, TokenEmbedder
from bot.models.conversation import History
from bot.models.stop import Stop
from bot.questions import Scope, checked_count, checked_episodes, checked_question, no_such_episode
from bot.records import Episode, Passage, Reply, ScoredPassage, SearchedFor, Sentence
from bot.search.context import context_of
from bot.search.library import Library
from bot.search.search import search
from bot.settings import Settings, read_settings
from bot.storage.server_store import open_store

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

    from bot.ingest_report import IngestReport

Progress = Callable[[str, int, int], None]


def _quiet(what: str, done: int, total: int) -> None:
    pass


class Earmark:
    """Answers questions about the episodes of a store. Thread-safe; close it, or use it in a `with`."""

    def __init__(self, settings: Settings, progress: Progress = _quiet) -> None:
        self.settings = settings
        self._progress = progress
        self._embedder = load_embedder(settings)
        self._store = open_store(settings.store_folder, embedder=self._embedder, lock_seconds=settings.lock_seconds)
        self._library: Library | None = None
        self._opening = threading.Lock()

    @classmethod
    def open(cls, store: str | Path | None = None, *, model: str | None = None, progress: Progress = _quiet) -> Earmark:
        """Opens a store or, unnamed, the user's own, which begins with the bundled episode.

        A named store that is not built yet opens too: it can be ingested into, and asking it raises StoreNotBuilt.
        `progress` hears (episode, passages done, passages in all) while an index is made. Raises SettingError.
        """
        return cls(read_settings(store=None if store is None else str(store), model=model), progress)

    def ask(self, question: str, *, history: History = (), episode: Scope = None) -> Reply:
        """The finished reply; a refusal is one too. Raises SettingError for a question that cannot be asked.

        `episode` is an id, or several, to ask those only.
        """
        *_, reply = self.stream(question, history=history, episode=episode)
        assert isinstance(reply, Reply)
        return reply

    def stream(self, question: str, *, history: History = (), episode: Scope = None) -> Iterator[str | Reply]:
        """Pieces of the text as they come, the finished Reply last."""
        for event in self.events(question, history=history, episode=episode):
            if not isinstance(event, SearchedFor):
                yield event

    def events(
        self, question: str, *, history: History = (), episode: Scope = None, stop: Stop | None = None
    ) -> Iterator[Event]:
        """As `stream`, and first the question as it is searched for.

        `stop.set()` from another thread ends it at once, without a Reply, also while the model is silent.
        """
        writer = self.writer
        embedder, without_embedding = self.usable_embedder(*(() if writer else ("answerable",)), reading=not writer)
        asking = Asking(self._filled_library(), embedder, self.settings, writer, without_embedding)
        yield from answer(asking, question, history, episode, stop)

    def retrieve(self, question: str, *, k: int | None = None, episode: Scope = None) -> tuple[ScoredPassage, ...]:
        """The `k` best passages (EARMARK_PASSAGES where not given), best first."""
        count = checked_count(self.settings.passages if k is None else k, "k")
        asked = checked_question(question, self.settings.question_characters)
        library = self._filled_library()
        scope = checked_episodes(episode, [known.id for known in library.episodes])
        ranking, _ = search(asked, library, self.usable_embedder(reading=True)[0], scope)
        return ranking.best(library, count)

    def context(self, question: str, *, episode: Scope = None) -> tuple[Passage, ...]:
        """What a model is shown of the episodes for this question (EARMARK_CONTEXT_WORDS), best first."""
        asked = checked_question(question, self.settings.question_characters)
        library = self._filled_library()
        scope = checked_episodes(episode, [known.id for known in library.episodes])
        _, found = search(asked, library, self.usable_embedder()[0], scope, reading=False)
        return context_of(found, library, self.settings.context_words)

    def ingest(self, *paths: str | Path, strict: bool = False, **described: Any) -> IngestReport:
        """Adds transcripts; a file that cannot be read is reported and does not stop the rest, unless `strict`.

        A path is a file, a folder, a pattern, or `-` for standard input. `described` are `id`, `title`, `show`, `date`,
        `people` ("Ann Ek (host), Bo") and `kinds` (KindSpans), which go before what the files say. Raises SettingError
        and StoreError; if `strict`, TranscriptError, and then nothing was changed.
        """
        from bot.ingest import ingest
        from bot.sources.description import describe

        description = describe(**described)
        self._build_bundled()
        found = [Path(path) for path in paths]
        infer = self.settings.speakers == "inferred"
        return ingest(
            found, self._store, self._embedder, self._progress, described=description, strict=strict, infer=infer
        )

    def remove(self, *episodes: str) -> None:
        """Takes episodes out of the store, all or, where one is not there, none (SettingError names those that are)."""
        from bot.ingest import remove

        known = [episode.id for episode in self.library().episodes]
        for episode in episodes:
            if episode not in known:
                raise no_such_episode(episode, known)
        remove(episodes, self._store, self._embedder, self._progress)

    def rebuild(self) -> tuple[EpisodeSummary, ...]:
        """Makes the index again from the stored sentences, which mends a damaged one; returns what it holds then."""
        from bot.ingest import rebuild

        rebuild(self._store, self._embedder, self._progress)
        return self.episodes()

    def episodes(self) -> tuple[EpisodeSummary, ...]:
        """What the store holds, in the order in which it was added."""
        return tuple(shelf.index.summary for shelf in self.library().shelves)

    def episode(self, episode: str | None = None) -> Episode:
        """What is known of an episode beside its words. Without an id the store must hold one episode."""
        return self._index(episode).episode

    def transcript(self, episode: str | None = None) -> tuple[Sentence, ...]:
        """All sentences in the order of time. Without an id the store must hold one episode."""
        return tuple(self._index(episode).sentences)

    def as_retriever(self) -> BaseRetriever:
        """A LangChain retriever; its documents carry episode, start, end, stamp, kind and score."""
        from bot.models.langchain_adapters import as_retriever

        return as_retriever(self)

    def as_runnable(self) -> Runnable[Any, Any]:
        """A LangChain Runnable: a question, or `{"question", "history", "episode"}`, to a Reply."""
        from bot.models.langchain_adapters import as_runnable

        return as_runnable(self)

    def close(self) -> None:
        """Gives back the store and the connections to the model; asking again opens them again."""
        with self._opening:
            if self._library is not None:
                self._library.generation.close()
                self._library = None
            writer = self.__dict__.pop("writer", None)
            if writer is not None:
                writer.model.close()

    def __enter__(self) -> Earmark:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def usable_embedder(self, *purposes: Purpose, reading: bool = False) -> tuple[Embedder | None, str | None]:
        """The embedder, loaded to search and for these purposes; or None and why: then keyword search alone answers.

        With `reading`, what reads the best places with the question is on its way, too.
        """
        try:
            self._embedder.load(*purposes)
            if reading and isinstance(self._embedder, TokenEmbedder):
                cross_encoder(QUESTIONS).begin_loading()
        except EmbeddingUnavailable as error:
            return None, f"keyword search only: {error}"
        return self._embedder, None

    @cached_property
    def writer(self) -> Writer | None:
        """What answers in prose; None where answers are in quotes."""
        if self.settings.answering_model == "quotes":
            return None
        from bot.grounding.grounding import GroundingCheck
        from bot.models.chain import ModelChain

        embedder, _ = self.usable_embedder()
        # The check needs vectors of tokens, whatever the index was made with.
        checking = embedder if embedder is None or isinstance(embedder, TokenEmbedder) else MiniLM()
        check = GroundingCheck(checking, lambda: self.library().episodes)
        return Writer(ModelChain(self.settings.answering_model, self.settings), check)

    def library(self) -> Library:
        """The current generation, read again when a writer has replaced it. A reader of the old one keeps it."""
        with self._opening:
            if self._library is None or self._store.changed(self._library.generation):
                self._build_bundled()
                self._library = Library(self._store.read())
            return self._library

    def _filled_library(self) -> Library:
        """For asking: a store from which all was removed is as good as none."""
        library = self.library()
        if not library.episodes:
            raise StoreNotBuilt(f"no episode at {self._store.folder}", "earmark ingest FILE")
        return library

    def _build_bundled(self) -> None:
        """Makes the index of the bundled episode where the user's own store has none; a named one is left alone.

        The user's own store is also made anew where an earlier version made it.
        """
        if self.settings.store_was_named:
            return
        try:
            self._store.read().close()
        except OutdatedIndex:
            from bot.ingest import rebuild

            rebuild(self._store, self._embedder, self._progress)
        except StoreNotBuilt:
            from bot.ingest import ingest
            from bot.sources.transcript_files import BUNDLED_EPISODE

            infer = self.settings.speakers == "inferred"
            ingest([BUNDLED_EPISODE], self._store, self._embedder, self._progress, infer=infer)

    def _index(self, episode: str | None) -> EpisodeIndex:
        indexes = {shelf.index.episode.id: shelf.index for shelf in self.library().shelves}
        if episode is None and len(indexes) != 1:
            raise SettingError(f"the store holds {len(indexes)} episodes", "name one; `earmark episodes` lists them")
        wanted = next(iter(indexes)) if episode is None else episode
        if wanted not in indexes:
            raise no_such_episode(wanted, list(indexes))
        return indexes[wanted]
