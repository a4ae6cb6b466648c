"""Of what kind a name is, by its likeness to names of people, of other things, and to common nouns."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bot.grounding.word_support import TextVectors

SURELY = 0.1  # so much more like people's names than like those of things
COMMON_NOUN = -0.03  # a word that opens a sentence and is so much more like common nouns than like names is none
_PEOPLE = "Daniel Maria Chris Anna Ahmed Wei Priya Ivan Sofia Kenji Kowalski Johnson".split()
_THINGS = "Google Berlin Kubernetes Netflix Oxford Linux Toyota Texas Python Pentagon Amazon Brazil".split()
_COMMON = (
    "water work idea problem music weather school paper teacher method color money sugar anger distance memory".split()
)


def is_person(shown: str, vectors: TextVectors | None) -> bool:
    """Surely a person's name, where `names_a_person` gives the benefit of the doubt."""
    return vectors is not None and len(shown) > 2 and likeness_to_people(shown, vectors) > SURELY


def names_a_person(shown: str, vectors: TextVectors | None) -> bool:
    """Whether a name is more like people's names than like those of firms, places and products; True in doubt."""
    if re.search(r"[a-z][A-Z]", shown) and not re.match(r"(?:Mc|Mac|De|Le|La|Van|Du|Di|O['’])[A-Z]", shown):
        return False  # FilmBot
    if vectors is None:
        return True
    return likeness_to_people(shown, vectors) > -0.02


def is_common_noun(shown: str, vectors: TextVectors | None) -> bool:
    return vectors is not None and _leaning(shown, [*_PEOPLE, *_THINGS], _COMMON, vectors) < COMMON_NOUN


def likeness_to_people(shown: str, vectors: TextVectors) -> float:
    return _leaning(shown, _PEOPLE, _THINGS, vectors)


def _leaning(shown: str, to: Sequence[str], than: Sequence[str], vectors: TextVectors) -> float:
    """By how much a word's cosine with the middle of some words exceeds that with the middle of others."""
    own, *known = (text.vector for text in vectors.of([shown, *to, *than]))
    middles = [np.sum(known[: len(to)], axis=0), np.sum(known[len(to) :], axis=0)]
    near, far = (float(own @ middle / np.linalg.norm(middle)) for middle in middles)
    return near - far
