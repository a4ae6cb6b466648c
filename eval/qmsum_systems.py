"""Earmark's ranking on QMSum, beside cosine alone and BM25 alone: each meeting is an episode that is searched alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bot.embedding.loading import load_embedder
from bot.index import Embedder
from bot.indexing import index_episode
from bot.records import KINDS, Episode, Passage
from bot.search.library import Library
from bot.search.ranking import Query
from bot.search.search import rank
from bot.settings import read_settings
from bot.storage.store import Store
from eval.intervals import bootstrap
from eval.qmsum import Meeting, QmsumResult, Rank, evaluate_qmsum, read_meetings
from eval.wording import aligned

FIGURES = {"mrr": "MRR@10", "ndcg": "nDCG@10", "relevant_words": "relevant words in the first 1,200"}
REFERENCE = "cosine"


class Systems:
    """The ways of ranking, over the meeting that was prepared last; its store is made in `folder`."""

    def __init__(self, embedder: Embedder, folder: Path, prepared: Callable[[], None]) -> None:
        self._embedder = embedder
        self._store = Store(folder, embedder=embedder, lock_seconds=10)
        self._prepared = prepared
        self._library: Library | None = None

    def prepare(self, passages: Sequence[Passage]) -> None:
        """Embeds and indexes a meeting's passages."""
        sentences = [sentence for passage in passages for sentence in passage.sentences]
        index = index_episode(Episode(passages[0].episode), sentences, self._embedder)
        self.close()
        self._store.write([index])
        self._library = Library(self._store.read())
        self._prepared()

    def close(self) -> None:
        if self._library is not None:
            self._library.generation.close()

    def rankings(self) -> Mapping[str, Rank]:
        return {"Earmark": self._earmark, REFERENCE: self._cosine, "BM25": self._bm25}

    def _earmark(self, query: str, passages: Sequence[Passage]) -> Sequence[int]:
        library = self._at_hand(passages)
        ranking, _ = rank(Query.of(query, library, self._embedder), library, KINDS, reading=True)
        return [int(row) for row in ranking.rows]

    def _cosine(self, query: str, passages: Sequence[Passage]) -> Sequence[int]:
        library = self._at_hand(passages)
        similar = library.shelves[0].index.vectors @ self._embedder.embed([query])[0]
        return [int(row) for row in np.argsort(-similar, kind="stable")]

    def _bm25(self, query: str, passages: Sequence[Passage]) -> Sequence[int]:
        library = self._at_hand(passages)
        scores = library.keywords.scores(Query.of(query, library, None).terms)
        return [int(row) for row in np.argsort(-scores, kind="stable")]

    def _at_hand(self, passages: Sequence[Passage]) -> Library:
        library = self._library
        if library is None or library.episodes[0].id != passages[0].episode:
            raise ValueError("prepare the meeting first")
        return library


def compare_on_qmsum(path: Path, progress: Callable[[str, int, int], None]) -> dict[str, QmsumResult]:
    """Every system's result over all meetings of the file; embedding them takes minutes."""
    meetings = read_meetings(path)
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        progress("meetings", done, len(meetings))

    found: dict[str, list[QmsumResult]] = {}
    with (
        TemporaryDirectory() as folder,
        closing(Systems(load_embedder(read_settings()), Path(folder), count)) as systems,
    ):
        for meeting in meetings:
            systems.prepare(meeting.passages)
            for name, result in _ranked(path, meeting, systems.rankings()).items():
                found.setdefault(name, []).append(result)
    return {name: QmsumResult(tuple(q for one in results for q in one.queries)) for name, results in found.items()}


def _ranked(path: Path, meeting: Meeting, rankings: Mapping[str, Rank]) -> dict[str, QmsumResult]:
    if not meeting.queries:
        return {}
    return {name: evaluate_qmsum(path, rank, meetings=[meeting]) for name, rank in rankings.items()}


def qmsum_text(results: Mapping[str, QmsumResult]) -> str:
    """A row a system: its figures, and the 95 % interval of the gain over cosine alone on the same queries."""
    heads = ["QMSum", *(part for title in FIGURES.values() for part in (title, "gain, 95 %"))]
    rows = [[name, *(cell for figure in FIGURES for cell in _cells(figure, name, results))] for name in results]
    queries = len(next(iter(results.values())).queries) if results else 0
    return f"{queries} queries\n" + aligned([heads, *rows])


def _cells(figure: str, name: str, results: Mapping[str, QmsumResult]) -> tuple[str, str]:
    own, reference = results[name], results[REFERENCE]
    if name == REFERENCE:
        return f"{own.mean(figure):.3f}", "-"
    gains = [
        [getattr(mine, figure) - getattr(other, figure)]
        for mine, other in zip(own.queries, reference.queries, strict=True)
    ]
    interval = bootstrap(gains, lambda table: table.mean(axis=(-2, -1)))
    return f"{own.mean(figure):.3f}", f"{interval.low:+.3f} to {interval.high:+.3f}"
