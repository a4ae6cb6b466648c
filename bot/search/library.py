"""The episodes of one generation, ready to be searched: passages as rows, keywords, token vectors by part."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import overload

import numpy as np
from numpy.typing import NDArray

from bot.index import EpisodeIndex, Vectors
from bot.indexing import passage_parts, restore
from bot.records import KINDS, Episode, Kind, Passage
from bot.search.keywords import KeywordIndex
from bot.search.window_table import Spoken, WindowTable
from bot.storage.generation import Generation
from bot.storage.stored_sequences import StoredPassages

# Token vectors of this many episodes are kept as floats, 15 MB an hour of speech; of others they are restored anew.
EPISODES_IN_MEMORY = 4
TABLES_IN_MEMORY = 16


class Parts(Sequence[Spoken]):
    """The parts of an episode with their sentences, in the order of its passages; parsed when they are asked for."""

    def __init__(self, passages: Sequence[Passage], starts: NDArray[np.int64]) -> None:
        self._passages = passages
        self._starts: list[int] = starts.tolist()
        self._made: list[Spoken | None] = [None] * self._starts[-1]

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> Spoken: ...
    @overload
    def __getitem__(self, place: slice) -> list[Spoken]: ...
    def __getitem__(self, place: int | slice) -> Spoken | list[Spoken]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        if None in self._made[place]:
            first, last, _ = place.indices(len(self._made))
            self._make(first, last)
        return self._made[place]  # type: ignore[return-value]  # none of them is None any more

    def _make(self, first: int, last: int) -> None:
        """Fills in all parts of the passages that the parts `first` to `last` (not included) lie in."""
        for passage in range(bisect_right(self._starts, first) - 1, bisect_left(self._starts, last)):
            self._made[self._starts[passage] : self._starts[passage + 1]] = [
                (sentence, part) for sentence in self._passages[passage].sentences for part in sentence.parts
            ]


def parts_of_passages(passages: Sequence[Passage]) -> Sequence[int]:
    """How many parts each passage has; the store knows without parsing them."""
    if isinstance(passages, StoredPassages):
        return passages.parts
    return [len(passage_parts(passage)) for passage in passages]


def kinds_of_passages(passages: Sequence[Passage]) -> Sequence[Kind]:
    """The kind of each passage; the store knows without parsing them."""
    return passages.kinds if isinstance(passages, StoredPassages) else [passage.kind for passage in passages]


class EpisodeShelf:
    """One episode: where its passages' parts and tokens stand."""

    def __init__(self, index: EpisodeIndex) -> None:
        self.index = index
        counts = parts_of_passages(index.passages)
        self.part_starts: NDArray[np.int64] = np.array([0, *accumulate(counts)], dtype=np.int64)
        self.parts = Parts(index.passages, self.part_starts)

    @property
    def has_tokens(self) -> bool:
        return "token_vectors" in self.index.arrays

    def passage_of(self, part: int) -> int:
        """The passage that holds a part, by their places in the episode."""
        return int(np.searchsorted(self.part_starts, part, side="right")) - 1

    def token_bounds(self, first: int, last: int) -> NDArray[np.int64]:
        """Where the tokens of the parts `first` to `last` (not included) begin and end, shape (parts + 1,)."""
        return np.asarray(self.index.arrays["part_tokens"][first : last + 1], dtype=np.int64)

    def tokens(self, start: int, end: int) -> Vectors:
        return restore(self.index.arrays["token_vectors"][start:end])


class Library:
    """Immutable and thread-safe. A row is a passage; rows count through all episodes."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.shelves = tuple(EpisodeShelf(index) for index in generation.episodes)
        counts = [len(shelf.index.passages) for shelf in self.shelves]
        self._first_rows = [0, *accumulate(counts)]
        self.rows = [(place, passage) for place, count in enumerate(counts) for passage in range(count)]
        self.row_places = np.repeat(np.arange(len(counts)), counts)
        kinds = [kind for shelf in self.shelves for kind in kinds_of_passages(shelf.index.passages)]
        self._row_kinds = np.array([KINDS.index(kind) for kind in kinds], dtype=np.int8)
        self._tokens = lru_cache(maxsize=EPISODES_IN_MEMORY)(self._restore_all)
        self.window_table = lru_cache(maxsize=TABLES_IN_MEMORY)(self._make_window_table)

    @cached_property
    def keywords(self) -> KeywordIndex:
        return KeywordIndex(self.generation.keywords)

    @property
    def episodes(self) -> tuple[Episode, ...]:
        return tuple(shelf.index.episode for shelf in self.shelves)

    def row(self, episode: int, passage: int) -> int:
        return self._first_rows[episode] + passage

    def passage(self, row: int) -> Passage:
        place, passage = self.rows[row]
        return self.shelves[place].index.passages[passage]

    def rows_in_scope(self, episodes: frozenset[str] | None, kinds: Collection[Kind]) -> NDArray[np.int64]:
        inside = np.array([kind in kinds for kind in KINDS], dtype=np.bool_)[self._row_kinds]
        if episodes is not None:
            names = [shelf.index.episode.id for shelf in self.shelves]
            inside &= np.array([name in episodes for name in names], dtype=np.bool_)[self.row_places]
        return np.flatnonzero(inside)

    def tokens(self, place: int, start: int, end: int) -> Vectors:
        """Token vectors `start` to `end` of an episode, as floats."""
        if len(self.shelves) <= EPISODES_IN_MEMORY:
            return self._tokens(place)[start:end]
        return self.shelves[place].tokens(start, end)

    def _make_window_table(self, place: int, first: int, last: int) -> WindowTable:
        """The windows of the parts `first` to `last` (not included) of an episode."""
        shelf = self.shelves[place]
        if not shelf.has_tokens:
            return WindowTable.of(shelf.parts[first:last], None, None)
        bounds = shelf.token_bounds(first, last)
        tokens = self.tokens(place, int(bounds[0]), int(bounds[-1]))
        return WindowTable.of(shelf.parts[first:last], tokens, bounds - bounds[0])

    def _restore_all(self, place: int) -> Vectors:
        shelf = self.shelves[place]
        return shelf.tokens(0, len(shelf.index.arrays["token_vectors"]))
