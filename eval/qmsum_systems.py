"""Earmark's ranking on QMSum, beside cosine alone and BM25 alone: each meeting is an episode that is searched alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np

from bot.embedding.loading import load_embedder
from bot.index import Embedder, EpisodeIndex
from bot.indexing import index_episode
from bot.records import KINDS, Episode, Kind, Passage
from bot.search.keywords import terms
from bot.search.library import Library
from bot.search.postings import Postings
from bot.search.ranking import Query
from bot.search.search import rank
from bot.settings import read_settings
from bot.storage.generation import Generation
from eval.intervals import bootstrap
from eval.qmsum import Meeting, QmsumResult, Rank, evaluate_qmsum, read_meetings
from eval.wording import aligned

FIGURES = {"mrr": "MRR@10", "ndcg": "nDCG@10", "relevant_words": "relevant words in the first 1,200"}
REFERENCE = "cosine"


class MeetingIndex:
    """One meeting as a generation of one episode; the search by vector is exact, as in a small collection."""

    def __init__(self, index: EpisodeIndex) -> None:
        self.episodes = (index,)
        self.keywords = Postings.of(terms(passage.text) for passage in index.passages)

    def search(
        self, vector: np.ndarray, k: int, *, episode: str | None = None, kinds: Collection[Kind] = KINDS
    ) -> list[tuple[int, int, float]]:
        similar = self.episodes[0].vectors @ vector
        return [(0, int(place), float(similar[place])) for place in np.argsort(-similar, kind="stable")[:k]]

    def close(self) -> None:
        pass


class Systems:
    """The ways of ranking, over the meeting that was prepared last."""

    def __init__(self, embedder: Embedder, prepared: Callable[[], None]) -> None:
        self._embedder = embedder
        self._prepared = prepared
        self._library: Library | None = None

    def prepare(self, passages: Sequence[Passage]) -> None:
        """Embeds and indexes a meeting's passages."""
        sentences = [sentence for passage in passages for sentence in passage.sentences]
        index = index_episode(Episode(passages[0].episode), sentences, self._embedder)
        self._library = Library(cast(Generation, MeetingIndex(index)))
        self._prepared()

    def rankings(self) -> Mapping[str, Rank]:
        return {"Earmark": self._earmark, REFERENCE: self._cosine, "BM25": self._bm25}

    def _earmark(self, query: str, passages: Sequence[Passage]) -> Sequence[int]:
        library = self._at_hand(passages)
        ranking, _ = rank(Query.of(query, library, self._embedder), library, KINDS)
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
        if library is None or library.shelves[0].index.passages != tuple(passages):
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

    systems = Systems(load_embedder(read_settings()), count)
    found: dict[str, list[QmsumResult]] = {}
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
