"""An episode of the store that reads what is asked for: sentences are parsed one by one, arrays are read by rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import FileIO
from itertools import accumulate, groupby, pairwise
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from bot.episode_summary import EpisodeSummary
from bot.errors import StoreError
from bot.index import EpisodeIndex, Vectors
from bot.records import Kind, Passage, Sentence

Item = TypeVar("Item")


class MadeOnce(Sequence[Item]):
    """Items that are made when they are asked for, and equal to a tuple of them; each is one object for all who ask."""

    def __init__(self, count: int, make: Callable[[int], Item]) -> None:
        """`make` takes an item's place; another thread's item is taken where it was faster."""
        self._count = count
        self._make = make
        self._made: dict[int, Item] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, place: int | slice) -> Item | tuple[Item, ...]:
        numbers = range(self._count)[place]
        return self._one(numbers) if isinstance(numbers, int) else tuple(map(self._one, numbers))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _one(self, place: int) -> Item:
        made = self._made.get(place)
        return self._made.setdefault(place, self._make(place)) if made is None else made


class StoredSentences(MadeOnce[Sentence]):
    """Parsed one by one from the lines of a file that is read, and checked, when the first is asked for."""

    def __init__(self, read: Callable[[], bytes], count: int, parse: Callable[[bytes], Sentence]) -> None:
        super().__init__(count, lambda place: parse(self._lines[place]))
        self._read = read
        self._parse = parse

    def __iter__(self) -> Iterator[Sentence]:
        """Of a file that nobody asked yet nothing is kept: who goes through a library does not hold all its words."""
        if "_lines" in self.__dict__:
            return (self[place] for place in range(len(self)))
        return map(self._parse, self._read().split(b"\n")[: len(self)])

    def load(self) -> None:
        """Reads the file now."""
        _ = self._lines

    @cached_property
    def _lines(self) -> list[bytes]:
        return self._read().split(b"\n")


class StoredPassages(MadeOnce[Passage]):
    """`kinds` and `parts` (how many) of each passage are known without parsing it."""

    def __init__(
        self,
        episode: str,
        sentences: StoredSentences,
        ranges: Sequence[tuple[int, int]],
        kinds: tuple[Kind, ...],
        parts: tuple[int, ...],
    ) -> None:
        super().__init__(len(ranges), lambda place: Passage(episode, sentences[slice(*ranges[place])]))
        self._episode = episode
        self._ranges = ranges
        self.sentences = sentences
        self.kinds = kinds
        self.parts = parts

    def __iter__(self) -> Iterator[Passage]:
        """What was made by its place is given again; of the others nothing is kept, as of the sentences."""
        sentences = tuple(self.sentences)
        for place, (first, after) in enumerate(self._ranges):
            yield self._made.get(place) or Passage(self._episode, sentences[first:after])


class StoredArrays(Mapping[str, Any]):
    """Arrays by name, opened when they are asked for; `vectors` are those of the passages beside them."""

    def __init__(self, openers: Mapping[str, Callable[[], Any]], vectors: Vectors) -> None:
        self._openers = openers
        self.vectors = vectors

    def __getitem__(self, name: str) -> Any:
        return self._openers[name]()

    def __contains__(self, name: object) -> bool:
        return name in self._openers

    def __iter__(self) -> Iterator[str]:
        return iter(self._openers)

    def __len__(self) -> int:
        return len(self._openers)


@dataclass(frozen=True, slots=True)
class RowsOnDisk:
    """An array that is read by stretches of rows, and of which nothing is kept in memory.

    Not mapped: a mapped file that is shortened in use ends the process, and keeps a file handle for each episode.
    """

    path: str
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        first, after, _ = rows.indices(len(self))
        found = np.empty((max(0, after - first), *self.shape[1:]), dtype=self.dtype)
        self.read_into([(found, first)])
        return found

    def read_into(self, pieces: Iterable[tuple[NDArray[Any], int]]) -> None:
        """Fills each array with rows from a first one on. Raises StoreError."""
        row_bytes = self.dtype.itemsize * math.prod(self.shape[1:])
        try:
            with FileIO(self.path) as file:
                for found, first in pieces:
                    file.seek(self.offset + first * row_bytes)
                    if file.readinto(found.data) != found.nbytes:
                        raise StoreError(f"{self.path}: is too short; the index is damaged", "earmark rebuild")
        except OSError as error:
            raise StoreError(f"cannot read {self.path}: {error.strerror}", "ask again") from None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self[:], dtype=dtype)


def joined_rows(pieces: Sequence[tuple[Any, int, int]]) -> NDArray[np.int8]:
    """The rows of each array from a first one to the one before the last, one piece behind the other.

    A file is opened once for all pieces of it that follow one another.
    """
    starts = accumulate((after - first for _, first, after in pieces), initial=0)
    places = pairwise(starts)
    joined = np.empty((sum(after - first for _, first, after in pieces), *pieces[0][0].shape[1:]), dtype=np.int8)
    for _, group in groupby(zip(pieces, places, strict=True), key=lambda one: id(one[0][0])):
        found = [(rows, first, joined[start:end]) for (rows, first, _), (start, end) in group]
        if isinstance(found[0][0], RowsOnDisk):
            found[0][0].read_into((target, first) for _, first, target in found)
        else:
            for rows, first, target in found:
                target[:] = rows[first : first + len(target)]
    return joined


@dataclass(frozen=True, slots=True)
class StoredEpisode(EpisodeIndex):
    """An index as the store has it in `folder`, and its summary, for which nothing has to be parsed."""

    folder: str
    stored_summary: EpisodeSummary

    @property
    def summary(self) -> EpisodeSummary:
        return self.stored_summary

    @property
    def stored_passages(self) -> StoredPassages:
        assert isinstance(self.passages, StoredPassages)
        return self.passages

    @property
    def is_as_stored(self) -> bool:
        """False for a copy with other words or vectors."""
        return (
            self.episode is self.stored_summary.episode
            and isinstance(self.passages, StoredPassages)
            and self.passages.sentences is self.sentences
            and isinstance(self.arrays, StoredArrays)
            and self.arrays.vectors is self.vectors
        )
