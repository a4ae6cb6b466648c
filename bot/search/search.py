"""A question that stands alone -> the passages and windows that may answer it, in the speech that it is about."""

from __future__ import annotations

from bot.index import Embedder
from bot.search.library import Library
from bot.search.ranking import Query, Ranking, rank_passages
from bot.search.scope import ASIDE, TALK, is_about_aside
from bot.search.spellings import with_heard_spellings
from bot.search.windows import Found, find_windows


def search(
    question: str, library: Library, embedder: Embedder | None, episode: str | None = None
) -> tuple[Ranking, Found]:
    """Both rankings are over one kind of speech: the conversation, or sponsors, promos, opening and closing."""
    spelled = question
    for known in library.episodes:
        if episode in (None, known.id):
            spelled = with_heard_spellings(spelled, known)
    query = Query.of(spelled, library, embedder)
    talk = rank_passages(query, library, episode=episode, kinds=TALK)
    aside = rank_passages(query, library, episode=episode, kinds=ASIDE)
    in_talk, in_aside = find_windows(talk, library), find_windows(aside, library)
    return (aside, in_aside) if is_about_aside(question, in_talk, in_aside) else (talk, in_talk)
