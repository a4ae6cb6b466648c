"""Which kinds of speech a question is about: the conversation, or sponsors, promos, opening and closing.

Decided by how much better the best windows of one match than those of the other, by names that only an advertisement
speaks of, and by words that people use for advertising.
"""

from __future__ import annotations

import re

from bot.index import Vectors
from bot.records import Kind
from bot.search.advertising import asks_who_advertises, names_advertising, points_to_advertising, stems_of
from bot.search.windows import Found

TALK: tuple[Kind, ...] = ("talk",)
ASIDE: tuple[Kind, ...] = ("sponsor", "promo", "intro", "outro")
SHOW: tuple[Kind, ...] = ("intro", "outro")

# How much better than the conversation the aside must match, in cosine and late interaction together. What is
# advertised has a name: a question without one ("is there a phone app?") shares everyday words with an advertisement.
MARGIN = 0.6
MARGIN_IF_NAMED = 0.1
# Where the question points at the advertisements ("the commercial"), the conversation must match that much better.
MARGIN_IF_POINTED = -0.25
# The opening and the closing are the show's own words.
MARGIN_OF_SHOW = 0.1
# Neighbouring windows stand together: fewer may all be from one place.
WINDOWS = 60
# A capital inside a sentence or a word, or a web address and what stands before its dot.
NAME = re.compile(
    r"(?<=[^\s.?!:] )[A-Z][\w.]*\w|\b[a-z]+[A-Z]\w+|\b([\w-]{2,})\.(?:com|net|org|io|dev|ai|fm|tv|co|app)\b"
)


def is_about_aside(question: str, talk: Found, aside: Found) -> bool:
    """True where the question is about what sponsors, promos, the opening or the closing say."""
    if not aside.windows:
        return False
    if not talk.windows or asks_who_advertises(question):
        return True
    gain = _best(aside.lates) - _best(talk.lates) + _best(aside.cosines) - _best(talk.cosines)
    if points_to_advertising(question):
        return gain > MARGIN_IF_POINTED
    if aside.windows[0].kind in SHOW:
        return gain > MARGIN_OF_SHOW
    if not MARGIN_IF_NAMED < gain <= MARGIN:  # nothing hangs on the names
        return gain > MARGIN
    return names_advertising(question) or names_advertised(question, talk, aside)


def _best(signal: Vectors) -> float:
    return float(signal[:WINDOWS].max())


def names_advertised(question: str, talk: Found, aside: Found) -> bool:
    """Whether the question has a name that the aside speaks of and the conversation, where it is nearest, does not.

    What is searched for beyond the question's words is a name too, as the recogniser heard it.
    """
    spoken = {word for text in _parts_of(talk) for word in stems_of(text)}
    heard = stems_of(aside.query.text.removeprefix(question)) - spoken
    if heard and any(heard & stems_of(text) for text in _parts_of(aside)):
        return True
    asked = stems_of(question) - spoken
    if not asked:
        return False
    said = " ".join(window.text for window in aside.windows[:WINDOWS])
    return any(asked & (stems_of(name.group()) | stems_of(name[1] or "")) for name in NAME.finditer(said))


def _parts_of(found: Found) -> dict[str, None]:
    return {part.text: None for window in found.windows[:WINDOWS] for _, part in window.parts}
