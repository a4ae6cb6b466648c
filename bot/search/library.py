"""The episodes of one generation, ready to be searched: passages as rows, keywords, token vectors by part."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from bot.index import EpisodeIndex, Vectors
from bot.indexing import passage_parts, restore
from bot.records import Episode, Kind, Passage
from bot.search.keywords import KeywordIndex
from bot.search.window_table import WindowTable
from bot.storage.generation import Generation

# Token vectors of this many episodes are kept as floats, 15 MB an hour of speech; of others they are restored anew.
EPISODES_IN_MEMORY = 4
TABLES_IN_MEMORY = 16


class EpisodeShelf:
    """One episode: where its passages' parts and tokens stand."""

    def __init__(self, index: EpisodeIndex) -> None:
        self.index = index
        counts = [len(passage_parts(passage)) for passage in index.passages]
        self.part_starts: NDArray[np.int64] = np.array([0, *accumulate(counts)], dtype=np.int64)
        self.parts = [
            (sentence, part) for passage in index.passages for sentence in passage.sentences for part in sentence.parts
        ]

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
        self._tokens = lru_cache(maxsize=EPISODES_IN_MEMORY)(self._restore_all)
        self.window_table = lru_cache(maxsize=TABLES_IN_MEMORY)(self._make_window_table)

    @cached_property
    def keywords(self) -> KeywordIndex:
        return KeywordIndex(self.passage(row).text for row in range(len(self.rows)))

    @property
    def episodes(self) -> tuple[Episode, ...]:
        return tuple(shelf.index.episode for shelf in self.shelves)

    def row(self, episode: int, passage: int) -> int:
        return self._first_rows[episode] + passage

    def passage(self, row: int) -> Passage:
        place, passage = self.rows[row]
        return self.shelves[place].index.passages[passage]

    def rows_in_scope(self, episode: str | None, kinds: Collection[Kind]) -> NDArray[np.int64]:
        return np.array(
            [
                row
                for row, (place, _) in enumerate(self.rows)
                if episode in (None, self.shelves[place].index.episode.id) and self.passage(row).kind in kinds
            ],
            dtype=np.int64,
        )

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
