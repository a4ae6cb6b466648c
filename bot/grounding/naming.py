"""A claim with its names: which of them it is about, and what the evidence makes of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.grounding.name_kinds import SURELY, is_person, likeness_to_people
from bot.grounding.names import Heard, Name, find_names, sounds_alike
from bot.grounding.who_speaks import CitedWords, Surroundings
from bot.grounding.word_support import TextVectors

_OPENS_CLAUSE = re.compile(
    r"(?:according to|\band|\bbut|\bwhile|\bthat|\bfor|\bdr\.?|\bmrs?\.?|\bms\.?|\bguest|\bhost)$", re.IGNORECASE
)
# Nouns before a name: "Captain Barreto", "the driver, Anton Gruber", "a dealer called Simon Katz".
_APPOSITION = re.compile(
    r"^(?:(?:the|a|an|his|her|their|its)\s)?(?:[\w-]+\s){1,3}(?:called\s|named\s)?$|^[^,]{1,40},\s$", re.IGNORECASE
)
_SPEAKS = re.compile(
    r"['’]?s?\s+(?:says?|said|tells?|told|explains?|explained|thinks?|believes?|recalls?|adds?|notes?|argues?|"
    r"calls?|describes?)\b"
)
OPENING = 12  # characters; a name within them is what the claim is about


@dataclass(frozen=True)
class Naming:
    """A claim with its names, and all that they are judged by."""

    claim: str
    names: tuple[Name, ...]
    evidence: CitedWords
    around: Surroundings
    here: Heard
    vectors: TextVectors | None

    def is_subject(self, name: Name) -> bool:
        return _is_subject(self.claim, name, self.names)

    def is_whole_subject(self, name: Name) -> bool:
        """Whether all that names the subject is unknown: of "Anton Gruber" both, of "the driver, Anton Gruber," too."""
        parts = [name, *self.beside(name)]
        known = any(self.around.heard.has(part) for part in parts)
        return not known and any(self.is_subject(part) or self._is_in_apposition(part) for part in parts)

    def _is_in_apposition(self, name: Name) -> bool:
        return bool(_APPOSITION.search(self.claim[: name.start]))

    def attributes_to(self, name: Name) -> bool:
        """Such as "According to Sy", "Sy says": the name only reports who speaks."""
        behind = self.claim[name.start + len(name.shown) :]
        return bool(
            re.search(r"\baccording to (?:\S+ )?$", self.claim[: name.start], re.IGNORECASE) or _SPEAKS.match(behind)
        )

    def parts_of(self, name: Name) -> list[str]:
        return [name.word, *(part.word for part in self.beside(name))]

    def opens(self, name: Name) -> bool:
        return name.start < OPENING

    def surely_a_person(self, name: Name) -> bool:
        """By its likeness to people's names, or as one who is known to speak or to be spoken of."""
        around = self.around
        if name.word in around.hosts | around.guests | around.speakers:
            return True
        whole = sorted([name, *self.beside(name)], key=lambda part: part.start)
        shown = " ".join(part.shown for part in whole)
        return self.vectors is None or likeness_to_people(shown, self.vectors) > SURELY

    def names_others(self) -> bool:
        """Whether the cited sentences name a person whom the claim does not name."""
        spoken = (name for text in self.evidence.cited for name in find_names(text))
        return any(not self.in_claim(n.word) and n.start and is_person(n.shown, self.vectors) for n in spoken)

    def in_claim(self, word: str) -> bool:
        return any(sounds_alike(word, name.word) for name in self.names)

    def half_heard(self, name: Name) -> bool:
        """The family name of somebody whose first name was said, or the other way round."""
        return any(self.here.has(n) for n in self.beside(name))

    def other_half(self, name: Name) -> str:
        """What the cited sentences say in place of a name beside its other half: Varde for the Sole of "Cape Sole"."""
        firsts = [n.shown for n in self.beside(name) if n.start < name.start]
        found = (re.search(rf"\b{re.escape(n)}\s([A-Z][\w-]+)", t) for n in firsts for t in self.evidence.cited)
        return next((match.group(1) for match in found if match and not self.in_claim(match.group(1).lower())), "")

    def beside(self, name: Name) -> list[Name]:
        others = [n for n in self.names if n is not name]
        return [n for n in others if abs(n.start - name.start) <= max(len(n.shown), len(name.shown)) + 1]


def _is_subject(claim: str, name: Name, names: Sequence[Name]) -> bool:
    """Whether the name opens the claim or a clause of it, or is said to speak."""
    before = claim[: name.start].rstrip()
    if not before or before[-1] in ",;:" or _OPENS_CLAUSE.search(before):
        return True
    previous = [n for n in names if n.start < name.start <= n.start + len(n.shown) + 1]
    if previous:
        return _is_subject(claim, previous[0], names)
    return bool(_SPEAKS.match(claim[name.start + len(name.shown) :]))
