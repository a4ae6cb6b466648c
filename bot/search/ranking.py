"""A question -> the passages that answer it best, from three signals of which none asks for a further model.

score = 0.35 cosine + 0.15 BM25 + 0.5 late interaction, each scaled to 0..1 over the candidates (min-max); then what the
speaker, the best window and the neighbours add. Measured on QMSum's validation half (237 queries, MRR@10 / nDCG@10 /
relevant words in the first 1,200): cosine alone .580 / .405 / .431, the three signals .597 / .414 / .450, with the
speaker that is named .629 / .449 / .482, with neighbours .633 / .510 / .549. Counting all of a passage's
windows, and not the best alone, moved nDCG@10 there by .004 and the best 4 passages of 435 listeners' questions about
ten other episodes from .834 to .848; neighbours counted for every question as for broad ones would cost the best
passage .07.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from bot.index import Embedded, Embedder, TokenEmbedder, TokenVectors, Vectors
from bot.records import Kind, ScoredPassage
from bot.search.keywords import terms
from bot.search.late_interaction import late_scores, token_weights
from bot.search.library import Library
from bot.search.speakers import may_name, shares_of_named

DENSE, KEYWORD, LATE = 0.35, 0.15, 0.5
# What a passage gains when all of it was spoken by someone whom the question names.
SPEAKER = 0.3
# Who speaks is looked up in so many of the best, if the question may name someone: what is looked at has to be parsed.
SPEAKERS_OF = 40
# What a passage gains by its windows, which answer from 0 to 1.
BEST_WINDOW = 1.6
# What a passage gains of the scores of the passages one, two, three places away. What was thought of a subject takes
# minutes to say, a single fact does not.
NEIGHBOURS = (0.15,)
NEIGHBOURS_IF_BROAD = (0.4, 0.2, 0.1)
BROAD = re.compile(
    r"\b(?:summar\w+|discuss\w*|describ\w+|conclu\w+|opinions?|attitudes?|overview|talk(?:ed|ing)? about"
    r"|(?:say|said|think|thinks|thought|feel|feels|felt) (?:about|of|on|towards?))\b",
    re.IGNORECASE,
)
# Up to this many passages (about two hours of speech) the tokens of all are compared.
ALL_COMPARED = 150
# Of more, this many of the nearest by vector and of the best by keyword; of these, tokens are compared with the best by
# both. Of 435 questions about 10 episodes asked of 299, evidence is in the best 4 of 199 and quoted of 182; with 60
# compared of 199 and 180, with 40 of 199 and 178. Of 204 asked of 120 episodes: 101 and 90, 100 and 89, 102 and 89.
CANDIDATES = 100
COMPARED = 50


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the signals see it; without an embedding model `vector` is None, without token vectors `tokens`.

    `text` has names as they were heard beside those of `asked`, the question as it was asked. `keyword` is the BM25 of
    every passage, by row. `answerable` is there where token vectors are: it begins to embed the question for that where
    it has not begun.
    """

    text: str
    asked: str
    terms: tuple[str, ...]
    keyword: Vectors
    vector: Vectors | None
    tokens: TokenVectors | None
    weights: Vectors
    answerable: Callable[[], Future[Embedded]] | None = None

    @classmethod
    def of(cls, text: str, library: Library, embedder: Embedder | None, asked: str | None = None) -> Query:
        """`asked` where it is not the text."""
        asked = asked or text
        words = tuple(terms(text))
        keyword = library.keywords.scores(words)
        if embedder is None:
            return cls(text, asked, words, keyword, None, None, np.zeros(0, dtype=np.float32))
        if isinstance(embedder, TokenEmbedder):
            vector, tokens = embedder.embed_question(text)
            weights = token_weights(text, tokens, library.keywords)
            answerable = cache(partial(embedder.begin_question, text, "answerable"))
            return cls(text, asked, words, keyword, vector, tokens, weights, answerable)
        return cls(text, asked, words, keyword, embedder.embed([text])[0], None, np.zeros(0, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring candidate passages of one episode: the parts `first` to `last` (not included).

    `matches` is the best cosine of each question token with each part, shape (question tokens, parts).
    """

    place: int
    rows: range
    first: int
    last: int
    matches: Vectors | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidate rows of the library, best first, with their scores (0 to 1); `runs` are the same passages in order."""

    query: Query
    rows: NDArray[np.int64]
    scores: Vectors
    runs: tuple[Run, ...]

    def best(self, library: Library, k: int) -> tuple[ScoredPassage, ...]:
        return tuple(
            ScoredPassage(library.passage(int(row)), float(score))
            for row, score in zip(self.rows[:k], self.scores[:k], strict=True)
        )


def rank_passages(
    query: Query, library: Library, *, episodes: frozenset[str] | None = None, kinds: Collection[Kind]
) -> Ranking:
    """All candidates in scope, best first; the order is the same for the same library and question."""
    scope = library.rows_in_scope(episodes, kinds)
    if not len(scope):
        return Ranking(query, scope, np.zeros(0, dtype=np.float32), ())
    rows = candidates(query, library, scope)
    runs = tuple(runs_of(query, library, rows))
    signals = [(KEYWORD, query.keyword[rows])]
    if query.vector is not None:
        signals.append((DENSE, dense_scores(query.vector, library, rows)))
    if query.tokens is not None:
        signals.append((LATE, late_by_passage(runs, query, library.row_parts[rows])))
    total = sum(weight for weight, _ in signals)
    scores = np.sum([weight / total * minmax(values) for weight, values in signals], axis=0)
    best = np.argsort(-scores, kind="stable")[:SPEAKERS_OF]
    if may_name(query.text, library.speakers(rows[best])):  # seldom, and else no passage has to be parsed
        by_named = shares_of_named(query.text, [library.passage(row) for row in rows[best].tolist()])
        if by_named is not None:
            scores[best] += SPEAKER * by_named
            scores /= 1 + SPEAKER
    order = np.argsort(-scores, kind="stable")
    return Ranking(query, rows[order], np.asarray(scores[order], dtype=np.float32), runs)


def settled(ranking: Ranking, best_windows: Mapping[int, float], library: Library) -> Ranking:
    """The ranking with each passage's windows and its neighbours in the episode counted in; scores 0 to 1.

    `best_windows` has how well the windows of a passage answer, 0 to 1, by row, where the row has any.
    """
    weights = NEIGHBOURS_IF_BROAD if BROAD.search(ranking.query.text) else NEIGHBOURS
    windows = np.array([best_windows.get(row, 0.0) for row in ranking.rows.tolist()])
    own = (ranking.scores.astype(np.float64) + BEST_WINDOW * windows) / (1 + BEST_WINDOW)
    scores = _with_neighbours(ranking.rows, own, library, weights).astype(np.float32)
    order = np.argsort(-scores, kind="stable")
    return replace(ranking, rows=ranking.rows[order], scores=scores[order])


def _with_neighbours(
    rows: NDArray[np.int64], own: NDArray[np.float64], library: Library, weights: Sequence[float]
) -> NDArray[np.float64]:
    """The scores with those of the passages next to each that are candidates themselves."""
    if not len(rows):
        return own
    rising = np.argsort(rows)
    here, places, scores = rows[rising], library.row_places[rows[rising]], own[rising]
    total = scores.copy()
    for distance, weight in enumerate(weights, start=1):
        near = np.zeros(len(here))
        for there in (here - distance, here + distance):
            found = np.minimum(np.searchsorted(here, there), len(here) - 1)
            near += np.where((here[found] == there) & (places[found] == places), scores[found], 0.0)
        total += weight * near
    joined = np.empty_like(total)
    joined[rising] = total / (1 + 2 * sum(weights))
    return joined


def candidates(query: Query, library: Library, scope: NDArray[np.int64]) -> NDArray[np.int64]:
    """All rows of a small scope; else the best by cosine and keyword of the nearest and of the best by keyword."""
    if len(scope) <= ALL_COMPARED:
        return scope
    rows = scope[best_places(query.keyword[scope], CANDIDATES)]
    if query.vector is None:
        return np.sort(rows)
    near = library.generation.near(query.vector, scope, CANDIDATES)
    nearest = near[best_places(dense_scores(query.vector, library, near), CANDIDATES)]
    rows = np.union1d(nearest, rows)
    both = DENSE * minmax(dense_scores(query.vector, library, rows)) + KEYWORD * minmax(query.keyword[rows])
    return np.sort(rows[np.argsort(-both, kind="stable")[:COMPARED]])


def best_places(values: Vectors, count: int) -> NDArray[np.int64]:
    """Where the `count` largest of more values stand, largest first, of equal ones the first ones."""
    # The largest last takes numpy twenty times as long where most values are the same, as without a word they are 0.
    reach = -np.partition(-values, count - 1)[count - 1]
    better, equal = np.flatnonzero(values > reach), np.flatnonzero(values == reach)
    places = np.concatenate([better, equal[: count - len(better)]])
    return places[np.argsort(-values[places], kind="stable")]


def dense_scores(vector: Vectors, library: Library, rows: NDArray[np.int64]) -> Vectors:
    """The cosine of each row's passage."""
    return np.asarray(library.generation.vectors[rows] @ vector)


def late_by_passage(runs: Sequence[Run], query: Query, parts: NDArray[np.int64]) -> Vectors:
    """Late interaction of each passage of the runs, which have so many `parts`: each question token's best match."""
    matches = np.concatenate([run.matches for run in runs if run.matches is not None], axis=1)
    return late_scores(np.maximum.reduceat(matches, np.cumsum(parts) - parts, axis=1), query.weights)


def runs_of(query: Query, library: Library, rows: NDArray[np.int64]) -> Iterator[Run]:
    """The rows, which rise, as runs of neighbours of one episode."""
    apart = (np.diff(rows) != 1) | (np.diff(library.row_places[rows]) != 0)
    firsts, lasts = rows[np.append(True, apart)].tolist(), rows[np.append(apart, True)].tolist()
    together = [range(first, last + 1) for first, last in zip(firsts, lasts, strict=True)]
    stretches = [library.stretch(one) for one in together]
    matches = library.matches(query.tokens, query.weights, stretches) if query.tokens is not None else None
    begin = 0
    for one, (place, first, last) in zip(together, stretches, strict=True):
        end = begin + last - first
        yield Run(place, one, first, last, None if matches is None else matches[:, begin:end])
        begin = end


def minmax(values: Vectors) -> Vectors:
    """Scaled to 0..1; all 0 where all are equal."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros_like(values)
