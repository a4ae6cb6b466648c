"""Whether a claim gives to somebody by name what another said of himself or herself, or what is said of the guest."""

from __future__ import annotations

import re

from bot.grounding.name_kinds import names_a_person
from bot.grounding.names import Name, sounds_alike
from bot.grounding.naming import Naming
from bot.grounding.polarity import Finding

_THIRD_PERSON = re.compile(r"\b(?:he|she|his|her|hers|him|himself|herself)\b", re.IGNORECASE)


def not_the_speaker(naming: Naming, name: Name) -> Finding:
    """Where the evidence says "I", the name must be the speaker's, as far as one can tell who that is."""
    evidence, around = naming.evidence, naming.around
    if evidence.speakers:
        return _not_these_speakers(naming, name)
    guest_speaks = evidence.guest_speaks(around)
    if name.word in around.hosts and guest_speaks:
        sure = 0.9 if evidence.answers_at_once else 0.7
        return Finding(sure, f'"{name.shown}" is the host, and these are the words of the guest')
    if name.word in around.cast.shows and guest_speaks:
        return Finding(0.9, f'"{name.shown}" is the show, and these are the words of the guest')
    related = bool(around.others.intersection(naming.parts_of(name))) and names_a_person(name.shown, naming.vectors)
    if name.word in around.guests | around.hosts or not (related or naming.surely_a_person(name)):
        return Finding()
    reason = f'the speaker says this of himself or herself, and speaks of "{name.shown}" as somebody else'
    spoken_of = naming.here.has(name) or _THIRD_PERSON.search(" ".join(evidence.cited))
    unsure = not related and (spoken_of or not around.hosts | around.guests)
    return Finding(0.5 if unsure else 0.85, reason)


def _not_these_speakers(naming: Naming, name: Name) -> Finding:
    speakers, said = naming.evidence.speakers, " ".join(naming.evidence.cited)
    parts = naming.parts_of(name)
    if any(sounds_alike(word, part.lower()) for word in parts for speaker in speakers for part in speaker.split()):
        return Finding()
    if not naming.surely_a_person(name):
        return Finding()
    sure = 0.6 if _THIRD_PERSON.search(said) and not naming.opens(name) else 0.95
    return Finding(sure, f'these are the words of {speakers[0]}, not of "{name.shown}"')


def said_of_the_guest(naming: Naming, name: Name) -> Finding:
    """What is said of the guest, by name or as "she", given to the host: hosts are seldom spoken of."""
    evidence, around = naming.evidence, naming.around
    if name.word not in around.hosts or evidence.speakers or evidence.asks():
        return Finding()
    own = any(re.search(rf"\b{re.escape(name.shown)}\b", text) for text in evidence.cited)
    if own or not (_THIRD_PERSON.search(" ".join(evidence.cited)) or naming.names_others()):
        return Finding()
    return Finding(0.8, f'"{name.shown}" is the host, and what it cites speaks of somebody else')
