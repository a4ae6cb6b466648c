"""Both spellings of a name that the recogniser misheard, so that a question with either finds the passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.records import Episode

# A shorter part of a person's name may stand in a question for something else.
SHORTEST_NAME_WORD = 4


def with_heard_spellings(question: str, episode: Episode) -> str:
    """The question, and behind it what the recogniser wrote for each name that it holds.

    A person is named by any one word of the name, anything else by the whole name: "code" alone is not "VS Code".
    """
    people = {word for person in episode.people for word in _words(person.name) if len(word) >= SHORTEST_NAME_WORD}
    asked = _words(question)
    heard = [
        spelling
        for name in episode.names
        if _words(name.name) <= asked or _words(name.name) & people & asked
        for spelling in name.heard
        if spelling.casefold() not in question.casefold()
    ]
    return f"{question} ({', '.join(heard)})" if heard else question


def with_right_names(text: str, episode: Episode) -> str:
    """The text with the names that were meant in place of those that were heard."""
    names, pattern = _right_names(episode)
    return text if pattern is None else pattern.sub(lambda found: names[heard_key(found[0])], text)


@lru_cache(maxsize=100)
def _right_names(episode: Episode) -> tuple[dict[str, str], re.Pattern[str] | None]:
    names = misheard([episode])
    return names, heard_pattern(names)


def misheard(episodes: Iterable[Episode]) -> dict[str, str]:
    """What was heard, by its `heard_key` -> the name that was meant, of all these episodes."""
    return {
        heard_key(heard): entry.name
        for episode in episodes
        for entry in episode.names
        for heard in entry.heard
        if heard.casefold() != entry.name.casefold()
    }


def heard_key(found: str) -> str:
    return " ".join(found.casefold().split())


def heard_pattern(names: Mapping[str, str]) -> re.Pattern[str] | None:
    """Finds what was heard as whole words, the longest first; None without names."""
    if not names:
        return None
    spellings = sorted(names, key=len, reverse=True)
    choices = "|".join(r"\s+".join(map(re.escape, spelling.split())) for spelling in spellings)
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
