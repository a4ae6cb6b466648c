"""An episode of the store that reads what is asked for: sentences are parsed one by one, arrays are read by rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from bot.errors import StoreError
from bot.index import EpisodeIndex, Vectors
from bot.records import EpisodeSummary, Kind, Passage, Sentence


class StoredSentences(Sequence[Sentence]):
    """Equal to a tuple of the same sentences. Each is one object, however often and by whom it is asked for."""

    def __init__(self, read: Callable[[], bytes], count: int, parse: Callable[[bytes], Sentence]) -> None:
        self._read = read
        self._count = count
        self._parse = parse
        self._lines: list[bytes] | None = None
        self._made: dict[int, Sentence] = {}

    def load(self) -> None:
        """Reads the file, which is checked then."""
        if self._lines is None:
            self._lines = self._read().split(b"\n")

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Sentence: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Sentence, ...]: ...
    def __getitem__(self, place: int | slice) -> Sentence | tuple[Sentence, ...]:
        numbers = range(self._count)[place]
        return self._one(numbers) if isinstance(numbers, int) else tuple(map(self._one, numbers))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _one(self, place: int) -> Sentence:
        made = self._made.get(place)
        if made is None:
            self.load()
            assert self._lines is not None
            # Another thread's object is taken where it was faster.
            made = self._made.setdefault(place, self._parse(self._lines[place]))
        return made


class StoredPassages(Sequence[Passage]):
    """Equal to a tuple of the same passages; `kinds` and `parts` (how many) of each are known without parsing."""

    def __init__(
        self,
        episode: str,
        sentences: StoredSentences,
        ranges: Sequence[tuple[int, int]],
        kinds: tuple[Kind, ...],
        parts: tuple[int, ...],
    ) -> None:
        self._episode = episode
        self.sentences = sentences
        self._ranges = ranges
        self._made: dict[int, Passage] = {}
        self.kinds = kinds
        self.parts = parts

    def __len__(self) -> int:
        return len(self._ranges)

    @overload
    def __getitem__(self, place: int) -> Passage: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Passage, ...]: ...
    def __getitem__(self, place: int | slice) -> Passage | tuple[Passage, ...]:
        numbers = range(len(self._ranges))[place]
        return self._one(numbers) if isinstance(numbers, int) else tuple(map(self._one, numbers))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _one(self, place: int) -> Passage:
        made = self._made.get(place)
        if made is None:
            first, after = self._ranges[place]
            made = self._made.setdefault(place, Passage(self._episode, self.sentences[first:after]))
        return made


class StoredArrays(Mapping[str, Any]):
    """Arrays by name, opened when they are asked for; `vectors` are those of the passages beside them."""

    def __init__(self, openers: Mapping[str, Callable[[], Any]], vectors: Vectors) -> None:
        self._openers = openers
        self.vectors = vectors

    def __getitem__(self, name: str) -> Any:
        return self._openers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._openers)

    def __len__(self) -> int:
        return len(self._openers)


@dataclass(frozen=True, slots=True)
class RowsOnDisk:
    """An array that is read by stretches of rows, and of which nothing is kept in memory.

    Not mapped: a mapped file that is shortened in use ends the process, and keeps a file handle for each episode.
    """

    path: Path
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        first, after, _ = rows.indices(len(self))
        width = self.dtype.itemsize * int(np.prod(self.shape[1:]))
        count = max(0, after - first)
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(self.offset + first * width)
                content = file.read(count * width)
        except OSError as error:
            raise StoreError(f"cannot read {self.path}: {error.strerror}", "ask again") from None
        if len(content) != count * width:
            raise StoreError(f"{self.path}: is too short; the index is damaged", "earmark rebuild")
        return np.frombuffer(content, dtype=self.dtype).reshape(count, *self.shape[1:])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self[:], dtype=dtype)


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
