"""Of whom the evidence says what a claim says of a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from bot.grounding.names import Name, find_names, sounds_alike
from bot.grounding.naming import Naming
from bot.grounding.polarity import MATCH
from bot.grounding.who_speaks import FIRST_PERSON
from bot.grounding.word_support import Alignment

# What stands before a name that somebody does something under; "at Google" and "of the Museum" do nothing.
_ACTING = re.compile(
    r"(?:^|[.,;:!?—–\"“(-]|\b(?:and|but|or|so|that|because|when|then|while|where|if|by|called|named|guy|colleague|friend|is|was|Dr\.|Mr\.|"
    r"Ms\.|yeah|well|like|think|says?|said|brother|sister|wife|husband|boss|founder))\s*$",
    re.IGNORECASE,
)
_SPEAKER, _NOBODY, _ITSELF = "the speaker", "", "itself"


@dataclass(frozen=True, slots=True)
class Owner:
    """Of whom the evidence says what the claim says of a name: `name`, "" for a pronoun; `share` of what is said."""

    name: str
    share: float
    speaks: bool


def find_owner(name: Name, naming: Naming, alignment: Alignment) -> Owner:
    """Words belong to the last name before them, in the claim and in the evidence; "I" and "we" count as names."""
    evidence, names, claim = naming.evidence, naming.names, naming.claim
    later = [n for n in names if n.start > name.start + len(name.shown) + 1 and naming.is_subject(n)]
    until = min((n.start for n in later), default=len(claim))
    group = [name, *naming.beside(name)]
    votes: dict[str, float] = {}
    for row, term in enumerate(alignment.claim):
        if not alignment.evidence or not name.start < term.start < until:
            continue
        column = int(np.argmax(alignment.similarity[row]))
        sentence = alignment.sentence[column]
        if alignment.similarity[row, column] < MATCH or sentence >= len(evidence.cited):
            continue
        people = naming.around.hosts | naming.around.guests
        owner = _subject_before(evidence.cited[sentence], alignment.evidence[column].start, name, people)
        if any(sounds_alike(owner.lower(), other.word) for other in group):
            owner = _ITSELF
        votes[owner] = votes.get(owner, 0.0) + term.rarity
    if not votes:
        return Owner("", 0.0, any(FIRST_PERSON.search(text) for text in [*evidence.cited, *evidence.near]))
    best = max(votes, key=lambda owner: votes[owner])
    others = {owner: votes[owner] for owner in votes if owner not in {_SPEAKER, _NOBODY, _ITSELF}}
    other = max(others, key=lambda owner: others[owner], default="")
    share = others.get(other, 0.0) / sum(votes.values())
    return Owner(other, share, best == _SPEAKER)


def _subject_before(text: str, place: int, name: Name, people: frozenset[str]) -> str:
    """The last name or first person before a place; the name itself where it is listed with that one ("A and B")."""
    before = [
        n
        for n in find_names(text)
        if n.start < place and (n.word in people or _acts(text, n) or sounds_alike(n.word, name.word))
    ]
    person = max((m.start() for m in FIRST_PERSON.finditer(text) if m.start() < place), default=-1)
    if not before or before[-1].start < person:
        return _SPEAKER if person >= 0 else _NOBODY
    own = [n for n in before if sounds_alike(n.word, name.word)]
    if own:
        between = text[own[-1].start + len(own[-1].shown) : before[-1].start]
        if own[-1] is before[-1] or re.fullmatch(r"(?:['’]s)?[\s,]*(?:and|or|,)?\s*(?:\w+\s+)?", between):
            return _ITSELF
    return before[-1].shown


def _acts(text: str, name: Name) -> bool:
    """Whether a name stands where the one who does something stands; its family name does, if the first name does."""
    before = text[: name.start]
    first_name = re.search(r"\b[A-Z][\w'’-]*\s$", before)
    if re.match(r"(?: [A-Z]\S*)?,? who\b", text[name.start + len(name.shown) :]):
        return True
    return bool(_ACTING.search(before) or (first_name and _ACTING.search(before[: first_name.start()])))
