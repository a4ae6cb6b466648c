"""A question that stands alone -> the passages and windows that may answer it, in the speech that it is about."""

from __future__ import annotations

from collections.abc import Collection

from bot.index import Embedder
from bot.records import Kind
from bot.search.library import Library
from bot.search.ranking import Query, Ranking, rank_passages, settled
from bot.search.reading import read_windows
from bot.search.scope import ASIDE, TALK, is_about_aside
from bot.search.spellings import with_heard_spellings
from bot.search.windows import Found, find_windows


def search(
    question: str,
    library: Library,
    embedder: Embedder | None,
    episodes: frozenset[str] | None = None,
    *,
    reading: bool = True,
    answerable: bool = False,
) -> tuple[Ranking, Found]:
    """Both rankings are over one kind of speech: the conversation, or sponsors, promos, opening and closing.

    `episodes` are the ids to search in, None for all. With `reading` the best windows are read, too: a model that is
    shown them reads by itself. Whether the question is `answerable` will be asked: what that takes is begun meanwhile.
    Raises EmbeddingUnavailable where what reads is damaged.
    """
    spelled = question
    for known in library.episodes:
        if known.names and (episodes is None or known.id in episodes):
            spelled = with_heard_spellings(spelled, known)
    query = Query.of(spelled, library, embedder, question)
    if answerable and query.answerable:
        query.answerable()
    talk, aside = (_look_for(query, library, kinds, episodes) for kinds in (TALK, ASIDE))
    ranking, found = aside if is_about_aside(question, talk[1], aside[1]) else talk
    return _settled(ranking, found, library, reading=reading)


def rank(
    query: Query,
    library: Library,
    kinds: Collection[Kind],
    episodes: frozenset[str] | None = None,
    *,
    reading: bool = False,
) -> tuple[Ranking, Found]:
    """All candidates in scope, best first, and the windows in the best of them."""
    return _settled(*_look_for(query, library, kinds, episodes), library, reading=reading)


def _settled(ranking: Ranking, found: Found, library: Library, *, reading: bool) -> tuple[Ranking, Found]:
    if reading:
        found = read_windows(found, library)
    return settled(ranking, found.best_windows, library), found


def _look_for(
    query: Query, library: Library, kinds: Collection[Kind], episodes: frozenset[str] | None
) -> tuple[Ranking, Found]:
    ranking = rank_passages(query, library, episodes=episodes, kinds=kinds)
    return ranking, find_windows(ranking, library)
