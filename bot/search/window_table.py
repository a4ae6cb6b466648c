"""All windows of an episode as arrays, made on ingest, so that a question scores them in a few array operations."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.embedding.minilm import unit_rows
from bot.index import Vectors
from bot.quantizing import unsigned
from bot.records import Part, Sentence
from bot.search.keywords import KeywordIndex, terms
from bot.search.postings import K1, B
from bot.storage.stored_sequences import joined_rows

MOST_PARTS = 4
MOST_WORDS = 55
# A pause this long, in seconds, ends a thought.
LONGEST_PAUSE = 5.0

Spoken = tuple[Sentence, Part]


@dataclass(frozen=True, slots=True)
class Laid:
    """The parts `first` to `last` (not included) of the episode with these arrays, laid out from `offset` on."""

    arrays: Mapping[str, Any]
    first: int
    last: int
    offset: int


@dataclass(frozen=True, slots=True)
class WindowTable:
    """Row i is the window of the parts `firsts[i]` to `lasts[i]` (not included) as they are laid out, in that order.

    `owners` says which stretch a window is of, `rows` where it stands among the windows of its episode; `lengths` are
    in terms, 1 for the mean of all windows of the stretch; `vectors` are the unit means of the windows' token vectors,
    as `unsigned` makes them, of no width where there are none. `term_sums` are the checksums of all terms, `term_parts`
    the parts that they stand in, which rise.
    """

    owners: NDArray[np.int64]
    rows: NDArray[np.int64]
    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]
    words: NDArray[np.int64]
    lengths: NDArray[np.float64]
    vectors: NDArray[np.uint8]
    term_parts: NDArray[np.int64]
    term_sums: NDArray[np.int64]

    @classmethod
    def of(cls, stretches: Sequence[Laid], wanted: NDArray[np.bool_]) -> WindowTable:
        """The windows that begin and end in a part that is `wanted`; none just behind a stretch may be."""
        begun = [_places(one.arrays["windows"][0], one.first, one.last) for one in stretches]
        counts = np.array([after - first for first, after in begun])
        owners = np.repeat(np.arange(len(stretches)), counts)
        shifts = np.array([one.offset - one.first for one in stretches])
        rows = np.concatenate([np.arange(*places) for places in begun])
        columns = _joined(stretches, "windows", begun)
        firsts, lasts = columns[:2] + shifts[owners]
        means = np.add.reduceat(columns[3], np.cumsum(counts) - counts) / counts
        inside = np.flatnonzero(wanted[firsts] & wanted[lasts - 1])
        held = [_places(one.arrays["part_terms"][0], one.first, one.last) for one in stretches]
        term_parts, term_sums = _joined(stretches, "part_terms", held)
        return cls(
            owners[inside],
            rows[inside],
            firsts[inside],
            lasts[inside],
            columns[2, inside],
            columns[3, inside] / np.maximum(1.0, means)[owners[inside]],
            _window_vectors(stretches, begun, inside),
            term_parts + np.repeat(shifts, [after - first for first, after in held]),
            term_sums,
        )

    def keyword_scores(self, question_terms: Sequence[str], keywords: KeywordIndex) -> Vectors:
        """BM25 of the windows with the rarities of the whole library, shape (rows,)."""
        scores = np.zeros(len(self.firsts))
        damping = K1 * (1 - B + B * self.lengths)
        for term in dict.fromkeys(question_terms):
            places = self.term_parts[self.term_sums == checksum(term)]
            if len(places):
                held = np.searchsorted(places, self.lasts) - np.searchsorted(places, self.firsts)
                scores += keywords.rarity(term) * held / (held + damping)
        return scores.astype(np.float32)

    def values_of(self, by_span: Vectors) -> Vectors:
        """Of values by number of parts (from one on) and first part, those of the windows, shape (rows,)."""
        return np.asarray(by_span[self.lasts - self.firsts - 1, self.firsts])


def _joined(stretches: Sequence[Laid], name: str, places: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """The columns from a first one on of this array of each stretch, one stretch behind the other."""
    each = [one.arrays[name][:, first:after] for one, (first, after) in zip(stretches, places, strict=True)]
    return np.concatenate(each, axis=1, dtype=np.int64)


def _window_vectors(
    stretches: Sequence[Laid], places: Sequence[tuple[int, int]], inside: NDArray[np.int64]
) -> NDArray[np.uint8]:
    if "window_vectors" not in stretches[0].arrays:
        return np.zeros((len(inside), 0), dtype=np.uint8)
    pieces = [(one.arrays["window_vectors"], *place) for one, place in zip(stretches, places, strict=True)]
    return unsigned(joined_rows(pieces).take(inside, axis=0))


def best_of_spans(matches: Vectors) -> Vectors:
    """The best match of each question token in one to four parts from each on, shape (4, tokens, parts)."""
    best = np.repeat(matches[None], MOST_PARTS, axis=0)
    for step in range(1, MOST_PARTS):
        np.maximum(best[step - 1, :, :-step], matches[:, step:], out=best[step, :, :-step])
    return best


def best_before(matches: Vectors, reach: int) -> Vectors:
    """The best match of each question token with any of the `reach` parts before each part; -1 before the first."""
    best = np.full_like(matches, -1)
    for step in range(1, min(reach, matches.shape[1] - 1) + 1):
        np.maximum(best[:, step:], matches[:, :-step], out=best[:, step:])
    return best


def windows_of(parts: Sequence[Spoken]) -> NDArray[np.int32]:
    """A column each, in the order of their first parts: the first part, the one after the last, words, terms."""
    words = [len(part.text.split()) for _, part in parts]
    spans = np.array(list(spans_of(parts, words)), dtype=np.int64).reshape(-1, 2)
    counts = [len(terms(part.text)) for _, part in parts]
    return np.stack([*spans.T, *(between(one, *spans.T) for one in (words, counts))]).astype(np.int32)


def part_terms(parts: Sequence[Spoken]) -> NDArray[np.uint32]:
    """A column for each term in the order of the parts: the part that holds it, and the term's checksum."""
    held = [(place, checksum(term)) for place, (_, part) in enumerate(parts) for term in terms(part.text)]
    return np.ascontiguousarray(np.array(held, dtype=np.uint32).reshape(-1, 2).T)


@lru_cache(maxsize=10_000)
def checksum(term: str) -> int:
    """Stands for the term: of a passage's 60, two are taken for one once in two million passages."""
    return zlib.crc32(term.encode("utf-8", "surrogatepass"))


def window_vectors(windows: NDArray[np.int32], tokens: Vectors, bounds: NDArray[np.int64]) -> Vectors:
    """Their unit means; `tokens[bounds[i]:bounds[i + 1]]` are the token vectors of part i."""
    sums = running_sums(tokens, bounds)
    return unit_rows(sums[windows[1]] - sums[windows[0]])


def _places(rising: NDArray[Any], first: int, last: int) -> tuple[int, int]:
    """Where the numbers from `first` on stand, and those from `last` on."""
    # Bounds of another type would have the whole array converted.
    begin, end = np.searchsorted(rising, np.array([first, last], dtype=rising.dtype))
    return int(begin), int(end)


def spans_of(parts: Sequence[Spoken], words: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Every stretch of one to four parts of one kind without a pause, of at most 55 words unless a part is longer."""
    joined = [
        sentence.kind == before.kind and part.start - part_before.end <= LONGEST_PAUSE
        for (before, part_before), (sentence, part) in pairwise(parts)
    ]
    for start in range(len(parts)):
        total = words[start]
        yield start, start + 1
        for end in range(start + 1, min(len(parts), start + MOST_PARTS)):
            total += words[end]
            if not joined[end - 1] or total > MOST_WORDS:
                break
            yield start, end + 1


def running_sums(tokens: Vectors, bounds: NDArray[np.int64]) -> Vectors:
    """Sums of the token vectors before each part and after the last, shape (parts + 1, dimension)."""
    sums = np.zeros((len(bounds), tokens.shape[1]), dtype=np.float32)
    filled = np.flatnonzero(np.diff(bounds) > 0)
    if len(filled):
        sums[filled + 1] = np.add.reduceat(tokens, bounds[filled], axis=0)
    return np.cumsum(sums, axis=0)


def between(counts: Sequence[int], firsts: NDArray[np.int64], lasts: NDArray[np.int64]) -> NDArray[np.int64]:
    sums = np.array([0, *accumulate(counts)], dtype=np.int64)
    return sums[lasts] - sums[firsts]
