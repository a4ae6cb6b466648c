"""The episodes of one generation, ready to be searched: passages as rows, keywords, token vectors by part."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache
from itertools import accumulate, chain
from typing import overload

import numpy as np
from numpy.typing import NDArray

from bot.index import TokenVectors, Vectors
from bot.quantizing import unsigned
from bot.records import Episode, Passage
from bot.search.keywords import KeywordIndex
from bot.search.late_interaction import best_matches
from bot.search.window_table import Spoken
from bot.storage.generation import Generation
from bot.storage.stored_sequences import StoredEpisode, joined_rows

Stretch = tuple[int, int, int]  # an episode's place, its first part, the part after the last

# Token vectors of this many episodes are kept in memory, 4.5 MB an hour of speech; of more they are read anew.
EPISODES_IN_MEMORY = 4


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


class EpisodeShelf:
    """One episode: where its passages' parts and tokens stand."""

    def __init__(self, index: StoredEpisode) -> None:
        self.index = index
        self.part_starts: NDArray[np.int64] = np.array([0, *accumulate(index.stored_passages.parts)], dtype=np.int64)
        self.parts = Parts(index.passages, self.part_starts)
        self.sentence_of = cache(self._sentence_of)
        self.words_of = cache(self._words_of)

    def _sentence_of(self, part: int) -> tuple[int, int]:
        """The first part of the sentence that a part belongs to, and the part after its last."""
        sentence = self.parts[part][0]
        first, last = part, part + 1
        while first > 0 and self.parts[first - 1][0] is sentence:
            first -= 1
        while last < len(self.parts) and self.parts[last][0] is sentence:
            last += 1
        return first, last

    def _words_of(self, part: int) -> int:
        return len(self.parts[part][1].text.split())

    def token_bounds(self, first: int, last: int) -> NDArray[np.int64]:
        """Where the tokens of the parts `first` to `last` (not included) begin and end, shape (parts + 1,)."""
        return np.asarray(self.index.arrays["part_tokens"][first : last + 1], dtype=np.int64)


class Library:
    """Immutable and thread-safe. A row is a passage; rows count through all episodes."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.shelves = tuple(EpisodeShelf(index) for index in generation.episodes)
        self.row_places = generation.row_places
        self.rows_in_scope = generation.rows_in_scope
        self._first_rows: list[int] = generation.first_rows.tolist()
        parts = chain.from_iterable(index.stored_passages.parts for index in generation.episodes)
        self.row_parts: NDArray[np.int64] = np.fromiter(parts, dtype=np.int64)
        self._tokens = lru_cache(maxsize=EPISODES_IN_MEMORY)(self._read_tokens)

    @cached_property
    def keywords(self) -> KeywordIndex:
        return KeywordIndex(self.generation.keywords)

    @cached_property
    def episodes(self) -> tuple[Episode, ...]:
        return tuple(shelf.index.episode for shelf in self.shelves)

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.row_parts)

    def stretch(self, rows: range) -> Stretch:
        """The parts of these rows of one episode."""
        place = int(self.row_places[rows.start])
        first, starts = self._first_rows[place], self.shelves[place].part_starts
        return place, int(starts[rows.start - first]), int(starts[rows.stop - first])

    def passage(self, row: int) -> Passage:
        place = int(self.row_places[row])
        return self.shelves[place].index.passages[row - self._first_rows[place]]

    def rows_of(self, places: NDArray[np.int64], parts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of the passages that parts lie in, each of the episode at its place."""
        rows = np.empty_like(parts)
        for place in set(places.tolist()):
            own = places == place
            within = np.searchsorted(self.shelves[place].part_starts, parts[own], side="right") - 1
            rows[own] = self._first_rows[place] + within
        return rows

    def speakers(self, rows: NDArray[np.int64]) -> set[str]:
        """All who speak in the episodes of these rows."""
        places = set(self.row_places[rows].tolist())
        return {share.name for place in places for share in self.shelves[place].index.summary.speakers}

    def matches(self, question: TokenVectors, weights: Vectors, stretches: Sequence[Stretch]) -> Vectors:
        """The best cosine of each question token with each part of the stretches, one stretch behind the other."""
        held = [
            (self.shelves[place], self.shelves[place].token_bounds(first, last)) for place, first, last in stretches
        ]
        if len(self.shelves) <= EPISODES_IN_MEMORY:
            each = [best_matches(question, self._tokens(shelf), bounds, weights) for shelf, bounds in held]
            return np.concatenate(each, axis=1)
        # All in one product, which takes a third of the time.
        tokens = joined_rows([(shelf.index.arrays["token_vectors"], *_ends(bounds)) for shelf, bounds in held])
        starts = accumulate((int(bounds[-1] - bounds[0]) for _, bounds in held), initial=0)
        joined = [bounds[:-1] + (start - bounds[0]) for (_, bounds), start in zip(held, starts, strict=False)]
        shifted = unsigned(tokens, out=tokens.view(np.uint8))
        return best_matches(question, shifted, np.concatenate([*joined, [len(tokens)]]), weights)

    def _read_tokens(self, shelf: EpisodeShelf) -> NDArray[np.uint8]:
        return unsigned(shelf.index.arrays["token_vectors"][:])


def _ends(bounds: NDArray[np.int64]) -> tuple[int, int]:
    return int(bounds[0]), int(bounds[-1])
