"""The few neighbouring sentences that answer a question: windows of parts, scored and chosen within a word budget.

score = (0.3 cosine + 0.1 BM25 + 0.6 late interaction + 0.1 the passage's score, each min-max over the windows, / 1.1)
x (0.5 + 0.5 min(1, words / 20)).
A window's vector is the mean of its token vectors as the model saw them in their passage: it costs no further pass, and
found as much as a pass for each window did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
from numpy.typing import NDArray

from bot.index import Vectors
from bot.records import Kind, Part, Sentence
from bot.search.late_interaction import late_scores
from bot.search.library import Library
from bot.search.ranking import Query, Ranking, Run, minmax
from bot.search.window_table import WindowTable

DENSE, KEYWORD, LATE = 0.3, 0.1, 0.6
# What a window gains by the score of its passage.
PASSAGE = 0.1
# Shorter windows answer less often than their words promise.
FULL_WORDS = 20
# Windows are looked for in this many of the best passages, and so many of them are kept.
PASSAGES = 20
KEPT = 160
# Windows below this share of the best score are not shown, nor any with fewer words left than FEWEST_WORDS.
LEAST_SHARE = 0.5
FEWEST_WORDS = 8
# The words that are shown of a window; of the best, this many where the longer stretch is about as good.
SHOWN_WORDS = 28
SHOWN_OF_BEST = 48
ABOUT_AS_GOOD = 0.995


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring parts of one episode and kind, from part `first` of the episode on.

    `score` compares within a question; `cosine`, `keyword` and `late` are raw and compare between questions.
    """

    place: int
    first: int
    parts: tuple[tuple[Sentence, Part], ...]
    part_scores: tuple[float, ...]
    score: float
    cosine: float
    keyword: float
    late: float
    words: int

    @property
    def last(self) -> int:
        return self.first + len(self.parts)

    @property
    def kind(self) -> Kind:
        return self.parts[0][0].kind

    @property
    def text(self) -> str:
        return " ".join(part.text for _, part in self.parts)


@dataclass(frozen=True, slots=True)
class Found:
    """`windows` are the best of the best passages, best first; each is made when it is looked at.

    `token_matches` is the best cosine of each question token with any token of those passages, None without a model.
    `best_windows` has the best score of the windows that begin in a passage, by the passage's row.
    """

    query: Query
    windows: Sequence[Window]
    token_matches: Vectors | None
    best_windows: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _ScoredRun:
    """The windows of a run that lie in the best passages: `rows` of the table, with raw `signals` (4, rows).

    `in_best` says of each part of the run whether it lies there.
    """

    run: Run
    table: WindowTable
    in_best: NDArray[np.bool_]
    rows: NDArray[np.int64]
    signals: Vectors
    part_scores: Vectors


class _Windows(Sequence[Window]):
    """The windows in the order that they are kept in, made when they are looked at: of what lost, few are."""

    def __init__(
        self, scored: Sequence[_ScoredRun], order: NDArray[np.int64], values: Vectors, library: Library
    ) -> None:
        """`order` counts through the rows of the runs; `values` are score, cosine, keyword and late of each."""
        self._runs = [
            (run.run, library.shelves[run.run.place].parts, tuple(run.part_scores.tolist())) for run in scored
        ]
        owners = np.repeat(np.arange(len(scored)), [len(run.rows) for run in scored])
        columns = ("firsts", "lasts", "words")
        spans = [np.concatenate([getattr(run.table, name)[run.rows] for run in scored])[order] for name in columns]
        self._rows = np.stack([owners[order], *spans], axis=1).tolist()
        self._values = values.tolist()
        self._made: list[Window | None] = [None] * len(order)
        self._whole: tuple[Window, ...] = ()

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> Window: ...
    @overload
    def __getitem__(self, place: slice) -> list[Window]: ...
    def __getitem__(self, place: int | slice) -> Window | list[Window]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return self._made[place] or self._make(place)

    def __iter__(self) -> Iterator[Window]:
        if not self._whole:
            self._whole = tuple(made or self._make(place) for place, made in enumerate(self._made))
        return iter(self._whole)

    def _make(self, place: int) -> Window:
        owner, first, last, words = self._rows[place]
        run, parts, scores = self._runs[owner]
        start = run.first + first
        spoken = tuple(parts[start : start + last - first])
        score, cosine, keyword, late = self._values[place]
        made = Window(run.place, start, spoken, scores[first:last], score, cosine, keyword, late, words)
        self._made[place] = made
        return made


def find_windows(ranking: Ranking, library: Library) -> Found:
    """The windows in the best passages, best first."""
    query = ranking.query
    passages = dict(zip(ranking.rows[:PASSAGES].tolist(), ranking.scores[:PASSAGES].tolist(), strict=True))
    places = [(run, _by_part(run, passages, library)) for run in ranking.runs]
    scored = [_score(run, query, library, by_part) for run, by_part in places if (by_part >= 0).any()]
    if not scored:
        return Found(query, (), None)
    cosine, keyword, late, passage = np.concatenate([run.signals for run in scored], axis=1)
    words = np.concatenate([run.table.words[run.rows] for run in scored])
    scores = DENSE * minmax(cosine) + KEYWORD * minmax(keyword) + LATE * minmax(late) + PASSAGE * minmax(passage)
    scores *= (0.5 + 0.5 * np.minimum(1, words / FULL_WORDS)) / (DENSE + KEYWORD + LATE + PASSAGE)
    order = np.argsort(-scores, kind="stable")[:KEPT]
    values = np.stack([scores, cosine, keyword, late], axis=1)[order]
    windows = _Windows(scored, order, values, library)
    matches = [run.run.matches[:, run.in_best].max(axis=1) for run in scored if run.run.matches is not None]
    best = best_by_passage(scored, scores, library)
    return Found(query, windows, np.max(matches, axis=0) if matches else None, best)


def best_by_passage(scored: Sequence[_ScoredRun], scores: Vectors, library: Library) -> dict[int, float]:
    """The score of the best window that begins in a passage, by row."""
    best: dict[int, float] = {}
    place = 0
    for run in scored:
        starts = library.shelves[run.run.place].part_starts
        owners = np.searchsorted(starts, run.run.first + run.table.firsts[run.rows], side="right") - 1
        passages, firsts = np.unique(owners, return_index=True)
        highest = np.maximum.reduceat(scores[place : place + len(run.rows)], firsts)
        rows = library.row(run.run.place, 0) + passages
        best |= zip(rows.tolist(), np.maximum(highest, 0.0).tolist(), strict=True)
        place += len(run.rows)
    return best


def _score(run: Run, query: Query, library: Library, by_part: Vectors) -> _ScoredRun:
    table = library.window_table(run.place, run.first, run.last)
    in_best = by_part >= 0
    rows = np.flatnonzero(in_best[table.firsts] & in_best[table.lasts - 1])
    cosine = late = np.zeros(len(rows), dtype=np.float32)
    part_scores = np.zeros(run.last - run.first, dtype=np.float32)
    if run.matches is not None and table.vectors is not None and query.vector is not None:
        cosine = table.vectors.take(rows, axis=0) @ query.vector
        late = late_scores(table.best_matches(run.matches, rows), query.weights)
        part_scores = late_scores(run.matches, query.weights)
    keyword = table.keyword_scores(query.terms, library.keywords, rows)
    return _ScoredRun(
        run, table, in_best, rows, np.stack([cosine, keyword, late, by_part[table.firsts[rows]]]), part_scores
    )


def _by_part(run: Run, passages: Mapping[int, float], library: Library) -> Vectors:
    """The score of each part's passage, -1 where it is not among the best."""
    scores = [passages.get(library.row(run.place, passage), -1.0) for passage in run.passages]
    starts = library.shelves[run.place].part_starts
    return np.repeat(np.array(scores, dtype=np.float32), np.diff(starts[run.passages[0] : run.passages[-1] + 2]))


def choose_windows(windows: Sequence[Window], words: int) -> list[Window]:
    """What to show: of each of the best windows its best stretch, together at most `words` words, best first.

    Long windows are compared better, short ones show more places within the same words. Showing at most 28 words of a
    window found the evidence of 75 % of listeners' questions in 110 words, whole windows 68 %.
    """
    chosen: list[Window] = []
    left = words
    for window in windows:
        if left < FEWEST_WORDS or window.score < LEAST_SHARE * windows[0].score:
            break
        if any(_overlap(window, other) for other in chosen):
            continue
        shown = _best_stretch(window, windows, min(left, SHOWN_WORDS))
        shown = shown if chosen else _longest_as_good(shown, windows, min(left, SHOWN_OF_BEST))
        if shown.words <= left:
            chosen.append(shown)
            left -= shown.words
    return chosen


def _best_stretch(window: Window, windows: Iterable[Window], words: int) -> Window:
    """The best window inside this one of at most `words` words, else the shortest."""
    place, first, last = window.place, window.first, window.last
    # Compared in place: this line looks at every window for every window that is shown.
    inside = [one for one in windows if first <= one.first < last and one.place == place and one.last <= last]
    return next((one for one in inside if one.words <= words), min(inside, key=lambda one: one.words))


def _longest_as_good(window: Window, windows: Sequence[Window], words: int) -> Window:
    """The longest window of at most `words` words around this one that scores about as well; this one if none does."""
    around = [
        one
        for one in windows
        if one.score >= ABOUT_AS_GOOD * window.score
        and one.place == window.place
        and one.first <= window.first
        and window.last <= one.last
        and one.words <= words
    ]
    return max(around, key=lambda one: one.words, default=window)


def _overlap(one: Window, other: Window) -> bool:
    return one.place == other.place and one.first < other.last and other.first < one.last
