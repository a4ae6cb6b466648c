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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, takewhile
from typing import overload

import numpy as np
from numpy.typing import NDArray

from bot.index import Vectors
from bot.records import Kind, Part, Sentence
from bot.search.int8_products import cosines
from bot.search.late_interaction import late_scores
from bot.search.library import Library
from bot.search.ranking import Query, Ranking, Run, minmax
from bot.search.window_table import Laid, WindowTable, best_before, best_of_spans

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
_NONE: Vectors = np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring parts of one episode and kind, from part `first` of the episode on; `row` of its windows.

    `score` compares within a question: a difference is one of log odds. The signals are raw and compare between
    questions; `context` is late interaction with the parts before the window too, from `context_first` on. `read` is
    what was read of it together with the question, log odds that it answers; 0 before that.
    """

    place: int
    row: int
    context_first: int
    first: int
    parts: tuple[tuple[Sentence, Part], ...]
    part_scores: tuple[float, ...]
    words: int
    score: float
    cosine: float
    keyword: float
    late: float
    context: float
    read: float = 0.0

    @property
    def last(self) -> int:
        return self.first + len(self.parts)

    @property
    def kind(self) -> Kind:
        return self.parts[0][0].kind

    @property
    def is_short(self) -> bool:
        """Whether it may be shown."""
        return self.words <= SHOWN_WORDS or len(self.parts) == 1

    @property
    def text(self) -> str:
        return " ".join(part.text for _, part in self.parts)


@dataclass(frozen=True, slots=True)
class Found:
    """`windows` are the best of the best passages, best first; each is made when it is looked at.

    `places` has the episode, the first part and the part after the last of each, `scores`, `cosines` and `lates` those
    of the windows. `best_windows` has, by the row of each passage, how well the windows that begin in it answer, 0 to
    1. `unread` is what was found before the windows were read together with the question, where they were.
    """

    query: Query
    windows: Sequence[Window]
    places: NDArray[np.int64]
    scores: Vectors
    cosines: Vectors
    lates: Vectors
    best_windows: Mapping[int, float] = field(default_factory=dict)
    unread: Found | None = None


@dataclass(frozen=True, slots=True)
class _Layout:
    """The parts of all runs that hold one of the best passages, one run behind the other.

    Behind each are PARTS_BEFORE parts of no passage, so that none is before another run's. By part: the `rows` of its
    passage (-1 for none), that passage's score (-1 where it is not among the best), and the question's matches.
    """

    runs: tuple[Run, ...]
    offsets: tuple[int, ...]
    rows: NDArray[np.int64]
    scores: Vectors
    matches: Vectors | None

    @classmethod
    def of(cls, runs: Sequence[Run], best: Mapping[int, float], library: Library) -> _Layout:
        rows, counts, matches = [], [], []
        for run in runs:
            rows += [*run.rows, -1]
            counts += [*library.row_parts[run.rows.start : run.rows.stop].tolist(), PARTS_BEFORE]
            if run.matches is not None:
                matches += [run.matches, np.full((len(run.matches), PARTS_BEFORE), -1, dtype=np.float32)]
        offsets = accumulate((run.last - run.first + PARTS_BEFORE for run in runs[:-1]), initial=0)
        scores = np.array([best.get(row, -1.0) for row in rows], dtype=np.float32)
        joined = np.concatenate(matches, axis=1) if matches else None
        return cls(tuple(runs), tuple(offsets), np.repeat(rows, counts), np.repeat(scores, counts), joined)

    @property
    def in_best(self) -> NDArray[np.bool_]:
        return self.scores >= 0

    def windows(self, library: Library) -> WindowTable:
        """Those in the best passages."""
        laid = [
            Laid(library.shelves[run.place].index.arrays, run.first, run.last, offset)
            for run, offset in zip(self.runs, self.offsets, strict=True)
        ]
        return WindowTable.of(laid, self.in_best)


class LazyWindows(Sequence[Window]):
    """Windows of which each is made when it is looked at first: of what lost, few are."""

    def __init__(self, count: int, make: Callable[[int], Window]) -> None:
        self._made: list[Window | None] = [None] * count
        self._make = make

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> Window: ...
    @overload
    def __getitem__(self, place: slice) -> list[Window]: ...
    def __getitem__(self, place: int | slice) -> Window | list[Window]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        made = self._made[place]
        if made is None:
            made = self._made[place] = self._make(place)
        return made


class _Maker:
    """Makes the windows in the order that they are kept in."""

    def __init__(
        self,
        layout: _Layout,
        table: WindowTable,
        order: NDArray[np.int64],
        values: Vectors,
        part_scores: Vectors,
        library: Library,
    ) -> None:
        """`values` are score and signals of each window in this order."""
        self._runs = [
            (run.place, library.shelves[run.place].parts, run.first, run.first - offset)
            for run, offset in zip(layout.runs, layout.offsets, strict=True)
        ]
        columns = np.stack([table.owners, table.rows, table.firsts, table.lasts, table.words])[:, order]
        self._rows = columns.T.tolist()
        self._values = values.tolist()
        self._part_scores = part_scores.tolist()
        episodes, shifts = np.array([(run.place, run.first) for run in layout.runs]).T
        shifts = (shifts - np.array(layout.offsets))[columns[0]]
        self.places = np.stack([episodes[columns[0]], columns[2] + shifts, columns[3] + shifts], axis=1)

    def make(self, place: int) -> Window:
        owner, row, first, last, words = self._rows[place]
        episode, parts, run_first, shift = self._runs[owner]
        spoken = tuple(parts[first + shift : last + shift])
        own = tuple(self._part_scores[first:last])
        context_first = max(run_first, first + shift - PARTS_BEFORE)
        return Window(episode, row, context_first, first + shift, spoken, own, words, *self._values[place])


def find_windows(ranking: Ranking, library: Library) -> Found:
    """The windows in the best passages, best first."""
    query = ranking.query
    best = dict(zip(ranking.rows[:PASSAGES].tolist(), ranking.scores[:PASSAGES].tolist(), strict=True))
    runs = [run for run in ranking.runs if any(row in best for row in run.rows)]
    if not runs:
        return Found(query, (), np.zeros((0, 3), dtype=np.int64), _NONE, _NONE, _NONE)
    layout = _Layout.of(runs, best, library)
    table = layout.windows(library)
    cosine = late = context = np.zeros(len(table.firsts), dtype=np.float32)
    part_scores = np.zeros(len(layout.scores), dtype=np.float32)
    if layout.matches is not None and table.vectors.size and query.vector is not None:
        cosine = cosines(table.vectors, query.vector[None])[:, 0]
        late, context, part_scores = _late_signals(layout.matches, query, table)
    keyword = table.keyword_scores(query.terms, library.keywords)
    passage = layout.scores[table.firsts]
    scores = COSINE * cosine + LATE * late + CONTEXT * context + KEYWORD * minmax(keyword) + PASSAGE * minmax(passage)
    order = np.argsort(-scores, kind="stable")[:KEPT]
    values = np.stack([scores, cosine, keyword, late, context], axis=1)[order]
    maker = _Maker(layout, table, order, values, part_scores, library)
    return Found(
        query,
        LazyWindows(len(order), maker.make),
        maker.places,
        scores[order],
        cosine[order],
        late[order],
        best_by_passage(layout.rows[table.firsts], scores),
    )


def _late_signals(matches: Vectors, query: Query, table: WindowTable) -> tuple[Vectors, Vectors, Vectors]:
    """Late interaction of the windows, of them with the parts before, and of each part."""
    asked = query.weights > 0
    matches, weights = matches[asked], query.weights[asked]
    within = best_of_spans(matches)
    context = np.maximum(within, best_before(matches, PARTS_BEFORE))
    by_span = late_scores(within, weights)
    return table.values_of(by_span), table.values_of(late_scores(context, weights)), by_span[0]


def best_by_passage(rows: NDArray[np.int64], scores: Vectors) -> dict[int, float]:
    """How well the windows that begin in a passage answer together, by its row: 1 as well as all, 0 by RANGE worse.

    `rows` are those of the windows' passages, which rise.
    """
    odds = np.exp(scores - scores.max())
    passages, firsts = np.unique(rows, return_index=True)
    shares = np.add.reduceat(odds, firsts) / odds.sum()
    return dict(zip(passages.tolist(), np.maximum(1 + np.log(shares + 1e-9) / RANGE, 0.0).tolist(), strict=True))


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
        if not window.is_short or any(overlap(window, one) for one in chosen):
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
        for one in takewhile(lambda one: one.score >= window.score - ABOUT_AS_GOOD, windows)
        if one.place == window.place and one.first <= window.first and window.last <= one.last and one.words <= words
    ]
    return max(around, key=lambda one: one.words, default=window)


def overlap(one: Window, other: Window) -> bool:
    """Whether they share a part."""
    return one.place == other.place and one.first < other.last and other.first < one.last
