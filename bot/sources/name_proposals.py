"""Names that the recogniser may have misheard: proposed when an episode is ingested, never applied by themselves.

A proposal is a rare or capitalised word of the transcript, or a full name of such, that sounds like a name of the
people, the title or the show and is not written like it. In human transcripts of 60 episodes, whose names are right,
2 proposals were made (Kirk for Quirk, Dennis for Dinis).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.records import Episode, MisheardName, Sentence

SHORTEST_NAME = 5
"""Letters; shorter words sound like too many others."""
MOST_PROPOSALS = 8
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CLITIC = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of the transcript; `odd` where it could be a misheard name: rare, or with a capital inside a sentence."""

    shown: str
    key: str
    odd: bool


def propose_names(episode: Episode, sentences: Sequence[Sentence]) -> tuple[MisheardName, ...]:
    """At most `MOST_PROPOSALS`, those heard most often first; what the episode's names say already is left out."""
    names = [tuple(_keys(name)) for name in _names(episode)]
    shown = dict(zip(names, _names(episode), strict=True))
    given = [text for entry in episode.names for text in (entry.name, *entry.heard)]
    known = {key for words in names for key in words} | {key for text in given for key in _keys(text)}
    counts: Counter[tuple[str, str]] = Counter()
    for sentence in sentences:
        counts.update((shown[name], heard) for name, heard in _alike(names, _tokens(sentence.text), known))
    heard_as: dict[str, list[str]] = {}
    for (name, heard), _ in counts.most_common(MOST_PROPOSALS):
        heard_as.setdefault(name, []).append(heard)
    return tuple(MisheardName(name, tuple(heard)) for name, heard in heard_as.items())


def _names(episode: Episode) -> list[str]:
    """Full names of the people, and of them, of title and of show each long word that is in no usual vocabulary.

    A recogniser writes usual names ("Chris") right; what sounds like one is most often another word ("cruise").
    """
    from bot.grounding.word_support import rarity

    people = [person.name for person in episode.people]
    words = _WORD.findall(" ".join([*people, episode.title, episode.show]))
    rare = [word for word in words if word[0].isupper() and len(word) >= SHORTEST_NAME and rarity(word.lower()) == 1]
    return list(dict.fromkeys([*people, *rare]))


def _keys(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        yield _CLITIC.sub("", word).lower()


def _tokens(text: str) -> list[_Token]:
    from bot.grounding.word_support import rarity

    tokens = []
    for number, word in enumerate(_WORD.findall(text)):
        key = _CLITIC.sub("", word).lower()
        rare = rarity(key)
        tokens.append(_Token(_CLITIC.sub("", word), key, rare == 1 or (number > 0 and word[0].isupper())))
    return tokens


def _alike(
    names: Sequence[tuple[str, ...]], tokens: Sequence[_Token], known: set[str]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Names with the words of one sentence that sound like them; a full name takes its words from the single ones."""
    taken: set[int] = set()
    for name in sorted(names, key=len, reverse=True):
        for first in range(len(tokens) - len(name) + 1):
            run = range(first, first + len(name))
            if taken.isdisjoint(run) and _misheard(name, [tokens[place] for place in run], known):
                taken.update(run)
                yield name, " ".join(tokens[place].shown for place in run)


def _misheard(name: Sequence[str], run: Sequence[_Token], known: set[str]) -> bool:
    """Whether each word of the run is or sounds like the name's, and one of them is odd and no other name's word."""
    other = [token for word, token in zip(name, run, strict=True) if word != token.key]
    return (
        bool(other)
        and all(token.odd and token.key not in known for token in other)
        and all(word == token.key or _sounds_alike(word, token.key) for word, token in zip(name, run, strict=True))
    )


def _sounds_alike(name: str, heard: str) -> bool:
    from bot.grounding.names import sounds_alike
    from bot.search.keywords import stem

    return min(len(name), len(heard)) >= SHORTEST_NAME - 1 and stem(name) != stem(heard) and sounds_alike(name, heard)
