"""Who takes part in the episodes that a claim may cite, as far as their files say: roles, firms, misheard names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.records import Episode


@lru_cache(maxsize=1)
def bundled_episodes() -> tuple[Episode, ...]:
    from bot.sources.episode_file import read_episode_file
    from bot.sources.transcript_files import BUNDLED_EPISODE

    return (read_episode_file(BUNDLED_EPISODE).episode,)


@dataclass(frozen=True)
class Cast:
    """`hosts` and `guests` are parts of names in lower case; `known` are words that may be said without being heard.

    `shows` are parts of the names of shows. `misheard` are names as they are written, each with what was heard.
    """

    hosts: frozenset[str] = frozenset()
    guests: frozenset[str] = frozenset()
    shows: frozenset[str] = frozenset()
    known: str = ""
    misheard: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, episodes: Iterable[Episode]) -> Cast:
        found = tuple(episodes)
        people = [person for episode in found for person in episode.people]
        return cls(
            _parts(p.name for p in people if "host" in p.role.lower()),
            _parts(p.name for p in people if "guest" in p.role.lower()),
            _parts(episode.show for episode in found),
            " ".join([*(f"{p.name}, {p.about}." for p in people), *(f"{e.title}. {e.show}." for e in found)]),
            tuple((name.name, heard) for episode in found for name in episode.names for heard in name.heard),
        )

    def written(self, texts: Sequence[str]) -> list[str]:
        """The names that were misheard in these texts, as they are written."""
        said = " ".join(texts).lower()
        heard = ((name, as_heard.lower()) for name, as_heard in self.misheard)
        return [name for name, word in heard if word in said and re.search(rf"\b{re.escape(word)}\b", said)]


def _parts(names: Iterable[str]) -> frozenset[str]:
    return frozenset(part.lower() for name in names for part in name.split() if len(part) > 2)
