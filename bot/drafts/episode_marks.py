"""Which episode a time means where several were asked: `[2 3:31]`, and a line that names the episodes by number.

Episodes are numbered from 1 in the order in which a reply's citations name them, so that anyone who has the citations
can read the marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.records import Citation, Episode, Reply

MOST_TITLE_CHARACTERS = 80
_NUMBERED = re.compile(r"\[\d+ (?:\d+:|line )")
# What could be read as a mark or as Markdown in a title is written otherwise.
_HARMLESS = str.maketrans({"[": "(", "]": ")", "<": "‹", ">": "›", "`": "'", "*": "·", "_": " ", "!": ".", "|": "/"})


def cited_episodes(citations: Iterable[Citation]) -> tuple[str, ...]:
    """The episodes in the order of their numbers."""
    return tuple(dict.fromkeys(citation.episode for citation in citations))


def mark_of(citation: Citation, numbered: Sequence[str] = ()) -> str:
    """`[3:31]` or `[line 12]`; `[2 3:31]` where `numbered` lists the episodes in the order of their numbers."""
    number = f"{numbered.index(citation.episode) + 1} " if numbered else ""
    return f"[{number}{citation.stamp}]"


def episodes_line(reply: Reply, searched: Sequence[Episode]) -> str:
    """Says which episodes the marks of the reply's text mean; empty where only one was asked or none is marked."""
    moments = reply.citations or (reply.nearest if "[" in reply.text else ())
    if len(searched) < 2 or not moments:
        return ""
    cited = cited_episodes(moments)
    titles = {episode.id: shown_title(episode) for episode in searched if episode.id in cited}
    named = [titles.get(episode, episode) for episode in cited]
    if len(named) == 1 and not _NUMBERED.search(reply.text):
        return f"\n\nEpisode: {named[0]}"
    return "\n\nEpisodes: " + " · ".join(f"{number} {title}" for number, title in enumerate(named, start=1))


def shown_title(episode: Episode) -> str:
    """The title, or the id where there is none, on one line and without characters that could become markup."""
    title = " ".join((episode.title or episode.id).translate(_HARMLESS).split())
    return title if len(title) <= MOST_TITLE_CHARACTERS else title[: MOST_TITLE_CHARACTERS - 1].rstrip() + "…"
