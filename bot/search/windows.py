"""The few neighbouring sentences that answer a question: windows of parts, scored and chosen within a word budget.

score = 7 cosine + 7 late interaction + 10 late interaction of the window together with the six parts before it
+ 0.4 BM25 + 1 the passage's score, the last two min-max over the windows. The first three weights are rounded from what
`eval/training/fit_ranking.py` learns, so a difference of scores is one of log odds; the last two gain nothing beside
them, and rank where there are no token vectors. What an answer is about is often said just before it: without the
parts before, 3.5 % fewer questions had their evidence quoted (490 about 11 episodes, cross-validated by episode).
A window's vector is the mean of its token vectors as the model saw them in their passage: it costs no further pass, and
found as much as a pass for each window did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
from numpy.typing import NDArray

from bot.index import Vectors
from bot.records import Kind, Part, Sentence
from bot.search.background import Background
from bot.search.late_interaction import late_scores
from bot.search.library import Library
from bot.search.ranking import Query, Ranking, Run, minmax
from bot.search.window_table import WindowTable

COSINE, LATE, CONTEXT, KEYWORD, PASSAGE = 7.0, 7.0, 10.0, 0.4, 1.0
PARTS_BEFORE = 6
# Windows are looked for in this many of the best passages, and so many of them are kept.
PASSAGES = 20
KEPT = 160
# Windows so much below the best score are not counted for their passage.
RANGE = 9.0
# Longer windows are not shown, unless a single part is longer; nor any where fewer words are left than FEWEST_WORDS.
SHOWN_WORDS = 16
FEWEST_WORDS = 8
# Around the best, a window of so many words is shown where its score is so little below.
SHOWN_OF_BEST = 32
ABOUT_AS_GOOD = 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring parts of one episode and kind, from part `first` of the episode on.

    `score` compares within a question: a difference is one of log odds. The signals are raw and compare between
    questions; `context` is late interaction with the parts before the window too.
    """

    place: int
    first: int
    parts: tuple[tuple[Sentence, Part], ...]
    part_scores: tuple[float, ...]
    score: float
    cosine: float
    keyword: float
    late: float
    context: float
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

    `token_matches` is the best cosine of each question token with any token of those passages, None without a model;
    `first_matches` is the same within the best window. `best_windows` has, by the row of each passage, how well the
    windows that begin in it answer, 0 to 1.
    """

    query: Query
    windows: Sequence[Window]
    token_matches: Vectors | None
    best_windows: Mapping[int, float] = field(default_factory=dict)
    first_matches: Vectors | None = None
    background: Background | None = None


@dataclass(frozen=True, slots=True)
class _ScoredRun:
    """The windows of a run that lie in the best passages: `rows` of the table, with raw `signals` (5, rows).

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
        """`order` counts through the rows of the runs; `values` are score and signals of each."""
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
        score, cosine, keyword, late, context = self._values[place]
        own = scores[first:last]
        made = Window(run.place, start, spoken, own, score, cosine, keyword, late, context, words)
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
    cosine, keyword, late, context, passage = np.concatenate([run.signals for run in scored], axis=1)
    scores = COSINE * cosine + LATE * late + CONTEXT * context + KEYWORD * minmax(keyword) + PASSAGE * minmax(passage)
    order = np.argsort(-scores, kind="stable")[:KEPT]
    values = np.stack([scores, cosine, keyword, late, context], axis=1)[order]
    windows = _Windows(scored, order, values, library)
    matches = [run.run.matches[:, run.in_best].max(axis=1) for run in scored if run.run.matches is not None]
    return Found(
        query,
        windows,
        np.max(matches, axis=0) if matches else None,
        best_by_passage(scored, scores, library),
        matches_within(windows[0], ranking.runs),
        Background.of(ranking, library, windows[0].place, float(late.max())),
    )


def matches_within(window: Window, runs: Sequence[Run]) -> Vectors | None:
    """The best match of each question token with any part of the window; None without token vectors."""
    for run in runs:
        if run.matches is not None and run.place == window.place and run.first <= window.first < run.last:
            return np.asarray(run.matches[:, window.first - run.first : window.last - run.first].max(axis=1))
    return None


def best_by_passage(scored: Sequence[_ScoredRun], scores: Vectors, library: Library) -> dict[int, float]:
    """How well the windows that begin in a passage answer together, by row: 1 as well as all, 0 by RANGE worse."""
    best: dict[int, float] = {}
    odds = np.exp(scores - scores.max())
    place = 0
    for run in scored:
        starts = library.shelves[run.run.place].part_starts
        owners = np.searchsorted(starts, run.run.first + run.table.firsts[run.rows], side="right") - 1
        passages, firsts = np.unique(owners, return_index=True)
        shares = np.add.reduceat(odds[place : place + len(run.rows)], firsts) / odds.sum()
        rows = library.row(run.run.place, 0) + passages
        best |= zip(rows.tolist(), np.maximum(1 + np.log(shares + 1e-9) / RANGE, 0.0).tolist(), strict=True)
        place += len(run.rows)
    return best


def _score(run: Run, query: Query, library: Library, by_part: Vectors) -> _ScoredRun:
    table = library.window_table(run.place, run.first, run.last)
    in_best = by_part >= 0
    rows = np.flatnonzero(in_best[table.firsts] & in_best[table.lasts - 1])
    cosine = late = context = np.zeros(len(rows), dtype=np.float32)
    part_scores = np.zeros(run.last - run.first, dtype=np.float32)
    if run.matches is not None and table.vectors is not None and query.vector is not None:
        cosine = table.vectors.take(rows, axis=0) @ query.vector
        matches = table.best_matches(run.matches, rows)
        late = late_scores(matches, query.weights)
        before = best_before(run.matches)[:, table.firsts[rows]]
        context = late_scores(np.maximum(matches, before), query.weights)
        part_scores = late_scores(run.matches, query.weights)
    keyword = table.keyword_scores(query.terms, library.keywords, rows)
    signals = np.stack([cosine, keyword, late, context, by_part[table.firsts[rows]]])
    return _ScoredRun(run, table, in_best, rows, signals, part_scores)


def best_before(matches: Vectors) -> Vectors:
    """The best match of each question token with any of the parts just before each part; -1 before the first."""
    best = np.full_like(matches, -1)
    for step in range(1, min(PARTS_BEFORE, matches.shape[1] - 1) + 1):
        np.maximum(best[:, step:], matches[:, :-step], out=best[:, step:])
    return best


def _by_part(run: Run, passages: Mapping[int, float], library: Library) -> Vectors:
    """The score of each part's passage, -1 where it is not among the best."""
    scores = [passages.get(library.row(run.place, passage), -1.0) for passage in run.passages]
    starts = library.shelves[run.place].part_starts
    return np.repeat(np.array(scores, dtype=np.float32), np.diff(starts[run.passages[0] : run.passages[-1] + 2]))


def choose_windows(windows: Sequence[Window], words: int) -> list[Window]:
    """What to show: the best windows that do not overlap, together at most `words` words, best first.

    Many short ones find more than few long ones: of the 490 questions' evidence 78 % in 110 words with at most 16 words
    a window, 76 % with 24, 72 % with 36. The best one is shown at greater length, so that it reads as it was said.
    """
    chosen: list[Window] = []
    left = words
    for window in windows:
        if left < FEWEST_WORDS:
            break
        if (window.words > SHOWN_WORDS and len(window.parts) > 1) or any(_overlap(window, one) for one in chosen):
            continue
        shown = window if chosen else _longest_as_good(window, windows, min(left, SHOWN_OF_BEST))
        if shown.words <= left:
            chosen.append(shown)
            left -= shown.words
    return chosen


def _longest_as_good(window: Window, windows: Sequence[Window], words: int) -> Window:
    """The longest window of at most `words` words around this one that scores about as well; this one if none does."""
    around = [
        one
        for one in windows
        if one.score >= window.score - ABOUT_AS_GOOD
        and one.place == window.place
        and one.first <= window.first
        and window.last <= one.last
        and one.words <= words
    ]
    return max(around, key=lambda one: one.words, default=window)


def _overlap(one: Window, other: Window) -> bool:
    return one.place == other.place and one.first < other.last and other.first < one.last
