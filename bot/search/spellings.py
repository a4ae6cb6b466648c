"""Both spellings of a name that the recogniser misheard, so that a question with either finds the passage."""

from __future__ import annotations

import re

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


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
