"""The few neighbouring sentences that answer a question: windows of parts, scored and chosen within a word budget.

score = (0.3 cosine + 0.1 BM25 + 0.6 late interaction, each min-max over the windows) x (0.5 + 0.5 min(1, words / 20)).
A window's vector is the mean of its token vectors as the model saw them in their passage: it costs no further pass, and
found as much as a pass for each window did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.index import Vectors
from bot.records import Part, Sentence
from bot.search.late_interaction import late_scores
from bot.search.library import Library
from bot.search.ranking import Query, Ranking, Run, minmax
from bot.search.window_table import WindowTable

DENSE, KEYWORD, LATE = 0.3, 0.1, 0.6
# Shorter windows answer less often than their words promise.
FULL_WORDS = 20
# Windows are looked for in this many of the best passages, and so many of them are kept.
PASSAGES = 16
KEPT = 120
# Windows below this share of the best score are not chosen, nor any with fewer words left than FEWEST_WORDS.
LEAST_SHARE = 0.65
FEWEST_WORDS = 12


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

    @property
    def last(self) -> int:
        return self.first + len(self.parts)

    @property
    def words(self) -> int:
        return sum(len(part.text.split()) for _, part in self.parts)

    @property
    def text(self) -> str:
        return " ".join(part.text for _, part in self.parts)


@dataclass(frozen=True, slots=True)
class Found:
    """`windows` are the best of the best passages, best first.

    `token_matches` is the best cosine of each question token with any token of those passages, None without a model.
    """

    query: Query
    windows: tuple[Window, ...]
    token_matches: Vectors | None


@dataclass(frozen=True, slots=True)
class _ScoredRun:
    """The windows of a run that lie in the best passages: `rows` of the table, with raw `signals` (3, rows).

    `in_best` says of each part of the run whether it lies there.
    """

    run: Run
    table: WindowTable
    in_best: NDArray[np.bool_]
    rows: NDArray[np.int64]
    signals: Vectors
    part_scores: Vectors


def find_windows(ranking: Ranking, library: Library) -> Found:
    """The windows in the best passages, best first."""
    query = ranking.query
    best = set(ranking.rows[:PASSAGES].tolist())
    places = [(run, _parts_in(run, best, library)) for run in ranking.runs]
    scored = [_score(run, query, library, in_best) for run, in_best in places if in_best.any()]
    if not scored:
        return Found(query, (), None)
    cosine, keyword, late = np.concatenate([run.signals for run in scored], axis=1)
    words = np.concatenate([run.table.words[run.rows] for run in scored])
    scores = DENSE * minmax(cosine) + KEYWORD * minmax(keyword) + LATE * minmax(late)
    scores *= 0.5 + 0.5 * np.minimum(1, words / FULL_WORDS)
    owners = [(run, int(row)) for run in scored for row in run.rows]
    order = np.argsort(-scores, kind="stable")[:KEPT].tolist()
    values = np.stack([scores, cosine, keyword, late], axis=1).tolist()
    windows = tuple(_window(owners[i][0], owners[i][1], library, *values[i]) for i in order)
    matches = [run.run.matches[:, run.in_best].max(axis=1) for run in scored if run.run.matches is not None]
    return Found(query, windows, np.max(matches, axis=0) if matches else None)


def _score(run: Run, query: Query, library: Library, in_best: NDArray[np.bool_]) -> _ScoredRun:
    table = library.window_table(run.place, run.first, run.last)
    rows = np.flatnonzero(in_best[table.firsts] & in_best[table.lasts - 1])
    cosine = late = np.zeros(len(rows), dtype=np.float32)
    part_scores = np.zeros(run.last - run.first, dtype=np.float32)
    if run.matches is not None and table.vectors is not None and query.vector is not None:
        cosine = table.vectors[rows] @ query.vector
        late = late_scores(table.best_matches(run.matches)[:, rows], query.weights)
        part_scores = late_scores(run.matches, query.weights)
    keyword = table.keyword_scores(query.terms, library.keywords)[rows]
    return _ScoredRun(run, table, in_best, rows, np.stack([cosine, keyword, late]), part_scores)


def _parts_in(run: Run, best: set[int], library: Library) -> NDArray[np.bool_]:
    """Of each part of the run, whether its passage is among the best rows."""
    chosen = [library.row(run.place, passage) in best for passage in run.passages]
    starts = library.shelves[run.place].part_starts
    return np.repeat(chosen, np.diff(starts[run.passages[0] : run.passages[-1] + 2]))


def _window(scored: _ScoredRun, row: int, library: Library, *values: float) -> Window:
    first, last = int(scored.table.firsts[row]), int(scored.table.lasts[row])
    start = scored.run.first + first
    parts = tuple(library.shelves[scored.run.place].parts[start : start + last - first])
    score, cosine, keyword, late = values
    part_scores = tuple(scored.part_scores[first:last].tolist())
    return Window(scored.run.place, start, parts, part_scores, score, cosine, keyword, late)


def choose_windows(windows: Sequence[Window], words: int) -> list[Window]:
    """The best windows that do not overlap and together have at most `words` words, best first.

    Windows far below the best one are left out: on listeners' questions this saved 10 words of 107 an answer and lost
    none of the evidence.
    """
    chosen: list[Window] = []
    left = words
    for window in windows:
        if left < FEWEST_WORDS or window.score < LEAST_SHARE * windows[0].score:
            break
        if window.words > left or any(_overlap(window, other) for other in chosen):
            continue
        chosen.append(window)
        left -= window.words
    return chosen


def _overlap(one: Window, other: Window) -> bool:
    return one.place == other.place and one.first < other.last and other.first < one.last
