"""Whether the evidence says of a name what the claim says of it: who did what, and who speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.grounding.names import Heard, Name, find_names, is_nation, sounds_alike
from bot.grounding.polarity import MATCH, Finding, strongest
from bot.grounding.roles import find_other_role
from bot.grounding.who_speaks import FIRST_PERSON, CitedWords, Surroundings
from bot.grounding.word_support import Alignment, TextVectors

_OPENS_CLAUSE = re.compile(
    r"(?:according to|\band|\bbut|\bwhile|\bthat|\bfor|\bdr\.?|\bmrs?\.?|\bms\.?|\bguest|\bhost)$", re.IGNORECASE
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been)\s+\w+\s+by\b")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+\w|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/[\w/-]+)?\b")
_AT = re.compile(r"\b(?:at|in|on|near)\s(?:[A-Z]\S*\s)?$")
# What stands before a name that somebody does something under; "at Google" and "of the Museum" do nothing.
_ACTING = re.compile(
    r"(?:^|[.,;:!?—–\"“(-]|\b(?:and|but|or|so|that|because|when|then|while|where|if|by|called|named|guy|colleague|friend|is|was|Dr\.|Mr\.|"
    r"Ms\.|yeah|well|like|think|says?|said|brother|sister|wife|husband|boss|founder))\s*$",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"['’]?s?\s+(?:says?|said|tells?|told|explains?|explained|thinks?|believes?|recalls?|adds?|notes?|argues?|"
    r"calls?|describes?)\b"
)
_PEOPLE = "Daniel Maria Chris Anna Ahmed Wei Priya Ivan Sofia Kenji Kowalski Johnson".split()
_THINGS = "Google Berlin Kubernetes Netflix Oxford Linux Toyota Texas Python Pentagon Amazon Brazil".split()
_RELATIVES = {
    word: relation
    for relation, words in enumerate(
        (
            "father dad daddy", "mother mom mum", "uncle", "aunt", "brother", "sister", "son", "daughter", "wife",
            "husband",
            "grandfather grandpa", "grandmother grandma", "cousin", "nephew", "niece",
        )
    )
    for word in words.split()
}  # fmt: skip


@dataclass(frozen=True)
class _Naming:
    """A claim with its names, and all that they are judged by."""

    claim: str
    names: tuple[Name, ...]
    evidence: CitedWords
    around: Surroundings
    here: Heard
    vectors: TextVectors | None

    def is_subject(self, name: Name) -> bool:
        return _is_subject(self.claim, name, self.names)

    def attributes_to(self, name: Name) -> bool:
        """Such as "According to Sy", "Sy says": the name only reports who speaks."""
        behind = self.claim[name.start + len(name.shown) :]
        return bool(
            re.search(r"\baccording to (?:\S+ )?$", self.claim[: name.start], re.IGNORECASE) or _SPEAKS.match(behind)
        )

    def names_others(self) -> bool:
        """Whether the cited sentences name a person whom the claim does not name."""
        spoken = (name for text in self.evidence.cited for name in find_names(text))
        return any(not self.in_claim(n.word) and n.start and is_person(n.shown, self.vectors) for n in spoken)

    def in_claim(self, word: str) -> bool:
        return any(sounds_alike(word, name.word) for name in self.names)

    def half_heard(self, name: Name) -> bool:
        """The family name of somebody whose first name was said, or the other way round."""
        return any(self.here.has(n) for n in self._beside(name))

    def other_half(self, name: Name) -> str:
        """What the cited sentences say in place of a name beside its other half: Varde for the Sole of "Cape Sole"."""
        firsts = [n.shown for n in self._beside(name) if n.start < name.start]
        found = (re.search(rf"\b{re.escape(n)}\s([A-Z][\w-]+)", t) for n in firsts for t in self.evidence.cited)
        return next((match.group(1) for match in found if match and not self.in_claim(match.group(1).lower())), "")

    def _beside(self, name: Name) -> list[Name]:
        others = [n for n in self.names if n is not name]
        return [n for n in others if abs(n.start - name.start) <= max(len(n.shown), len(name.shown)) + 1]


def find_misnomers(
    claim: str, evidence: CitedWords, around: Surroundings, alignment: Alignment, vectors: TextVectors | None
) -> dict[str, Finding]:
    """What is wrong with the claim's names, by kind of sign.

    `unknown`: a name that nobody said; `elsewhere`: one that the cited sentences and their neighbours do not say, while
    they say the same of somebody else; `exchanged`: they name it, but say this of another; `relative`: a father for an
    uncle; `role`: the host's words given to the guest, or the other way round.
    """
    said = [*evidence.cited, *evidence.near]
    written = around.cast.written([" ".join(said)])
    here, spoken = Heard.of([*said, *written]), Heard.of([*evidence.cited, *written])
    naming = _Naming(claim, find_names(claim, around.names), evidence, around, here, vectors)
    found: dict[str, list[Finding]] = {"unknown": [], "elsewhere": [], "exchanged": []}
    for name in naming.names:
        owner = _owner(name, naming, alignment)
        if here.has(name):
            found["exchanged"].append(_exchanged(naming, name, owner))
            if owner.speaks and naming.is_subject(name) and not spoken.has(name):
                found["elsewhere"].append(_not_the_speaker(naming, name))
        elif around.heard.has(name) or naming.half_heard(name):
            found["elsewhere"].append(_named_elsewhere(naming, name, owner))
        else:
            found["unknown"].append(_never_named(naming, name, owner))
    found["unknown"].append(_other_address(claim, evidence))
    return {kind: strongest(findings) for kind, findings in found.items()} | {
        "relative": _other_relative(claim, evidence),
        "role": find_other_role(claim, evidence, around),
    }


def _exchanged(naming: _Naming, name: Name, owner: Owner) -> Finding:
    possessive = naming.claim[name.start + len(name.shown) :][:2] in {"'s", "’s"}
    passive = possessive or _PASSIVE.search(naming.claim)
    if not owner.share or name.word not in naming.around.names or not naming.is_subject(name) or passive:
        return Finding()
    return Finding(owner.share, f'what it cites says this of "{owner.name}", not of "{name.shown}"')


def _never_named(naming: _Naming, name: Name, owner: Owner) -> Finding:
    """Guests are seldom named where they speak, so a person may have been meant; of other names that is unlikely."""
    evidence = naming.evidence
    first_person = any(FIRST_PERSON.search(text) for text in [*evidence.cited, *evidence.near])
    person = names_a_person(name.shown, naming.vectors) and not _AT.search(naming.claim[: name.start])
    strength = 1.0
    if person and not owner.name:
        strength = (
            0.2 if naming.attributes_to(name) else 0.95 if naming.names_others() else 0.3 if first_person else 0.6
        )
    elif is_nation(name.word) and not naming.here.nations():
        strength = 0.4
    return Finding(strength, f'nobody says "{name.shown}" in the sentences offered')


def is_person(shown: str, vectors: TextVectors | None) -> bool:
    """Surely a person's name, where `names_a_person` gives the benefit of the doubt."""
    return vectors is not None and len(shown) > 2 and _likeness_to_people(shown, vectors) > 0.1


def names_a_person(shown: str, vectors: TextVectors | None) -> bool:
    """Whether a name is more like people's names than like those of firms, places and products; True in doubt."""
    if re.search(r"[a-z][A-Z]", shown) and not re.match(r"(?:Mc|Mac|De|Le|La|Van|Du|Di|O['’])[A-Z]", shown):
        return False  # FilmBot
    if vectors is None:
        return True
    return _likeness_to_people(shown, vectors) > -0.02


def _likeness_to_people(shown: str, vectors: TextVectors) -> float:
    own, *known = (text.vector for text in vectors.of([shown, *_PEOPLE, *_THINGS]))
    people, things = sum(known[: len(_PEOPLE)]), sum(known[len(_PEOPLE) :])
    return float(own @ people / np.linalg.norm(people) - own @ things / np.linalg.norm(things))


def _named_elsewhere(naming: _Naming, name: Name, owner: Owner) -> Finding:
    """A host to whom a guest's words are given; a name in the place of another one."""
    read = naming.evidence.advertisement
    owns = naming.claim[name.start + len(name.shown) :][:2] in {"'s", "’s"}
    if read and (owns or naming.is_subject(name)) and not Heard.of(read).has(name):
        return Finding(0.95, f'this advertisement does not name "{name.shown}"')
    if owner.speaks and naming.is_subject(name):
        return _not_the_speaker(naming, name)
    if owner.name:
        return Finding(0.5 + 0.5 * owner.share, f'the claim names "{name.shown}", what it cites names "{owner.name}"')
    if other := naming.other_half(name):
        return Finding(1.0, f'the claim names "{name.shown}", what it cites names "{other}"')
    rivals = [n for text in naming.evidence.cited for n in find_names(text) if not naming.in_claim(n.word)]
    if rivals and not naming.is_subject(name):
        return Finding(0.4, f'the claim names "{name.shown}", what it cites names "{rivals[0].shown}"')
    return Finding()


def _not_the_speaker(naming: _Naming, name: Name) -> Finding:
    """Where the evidence says "I", the name must be the speaker's, as far as one can tell who that is."""
    speakers = naming.evidence.speakers
    if speakers:
        own = any(sounds_alike(name.word, part.lower()) for speaker in speakers for part in speaker.split())
        return Finding() if own else Finding(0.95, f'these are the words of {speakers[0]}, not of "{name.shown}"')
    if name.word in naming.around.hosts and naming.evidence.guest_speaks(naming.around):
        sure = 0.9 if naming.evidence.answers_at_once else 0.6
        return Finding(sure, f'"{name.shown}" is the host, and these are the words of the guest')
    if name.word in naming.around.cast.shows and naming.evidence.guest_speaks(naming.around):
        return Finding(0.9, f'"{name.shown}" is the show, and these are the words of the guest')
    if name.word in naming.around.others and names_a_person(name.shown, naming.vectors):
        return Finding(
            0.6, f'the speaker says this of himself or herself, and speaks of "{name.shown}" as somebody else'
        )
    return Finding()


@dataclass(frozen=True, slots=True)
class Owner:
    """Of whom the evidence says what the claim says of a name: `name`, "" for a pronoun; `share` of what is said."""

    name: str
    share: float
    speaks: bool


def _owner(name: Name, naming: _Naming, alignment: Alignment) -> Owner:
    """Words belong to the last name before them, in the claim and in the evidence; "I" and "we" count as names."""
    evidence, names, claim = naming.evidence, naming.names, naming.claim
    until = min((n.start for n in names if n.start > name.start + len(name.shown) + 1), default=len(claim))
    group = [n for n in names if abs(n.start - name.start) <= max(len(n.shown), len(name.shown)) + 1]
    votes: dict[str, float] = {}
    for row, term in enumerate(alignment.claim):
        if not alignment.evidence or not name.start < term.start < until:
            continue
        column = int(np.argmax(alignment.similarity[row]))
        sentence = alignment.sentence[column]
        if alignment.similarity[row, column] < MATCH or sentence >= len(evidence.cited):
            continue
        owner = _subject_before(evidence.cited[sentence], alignment.evidence[column].start, name)
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


_SPEAKER, _NOBODY, _ITSELF = "the speaker", "", "itself"


def _subject_before(text: str, place: int, name: Name) -> str:
    """The last name or first person before a place; the name itself where it is listed with that one ("A and B")."""
    before = [n for n in find_names(text) if n.start < place and (_acts(text, n) or sounds_alike(n.word, name.word))]
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


def _is_subject(claim: str, name: Name, names: Sequence[Name]) -> bool:
    """Whether the name opens the claim or a clause of it, or is said to speak."""
    before = claim[: name.start].rstrip()
    if not before or before[-1] in ",;:" or _OPENS_CLAUSE.search(before):
        return True
    previous = [n for n in names if n.start < name.start <= n.start + len(n.shown) + 1]
    if previous:
        return _is_subject(claim, previous[0], names)
    return bool(_SPEAKS.match(claim[name.start + len(name.shown) :]))


def _other_address(claim: str, evidence: CitedWords) -> Finding:
    """A web address that was not said; spoken ones may have lost their dots."""
    said = re.sub(r"[^a-z0-9]", "", " ".join([*evidence.cited, *evidence.near]).lower())
    other = [a for a in _ADDRESS.findall(claim) if re.sub(r"[^a-z0-9]", "", a.lower()) not in said]
    return Finding(1.0, f'nobody says "{other[0]}" in what it cites') if other else Finding()


def _other_relative(claim: str, evidence: CitedWords) -> Finding:
    """Such as "her father" where the evidence has only "my uncle"."""
    said = " ".join([*evidence.cited, *evidence.near]).lower()
    theirs = {_RELATIVES[word] for word in re.findall(r"[a-z]+", said) if word in _RELATIVES}
    for word in re.findall(r"[a-z]+", claim.lower()):
        if word in _RELATIVES and theirs and _RELATIVES[word] not in theirs:
            return Finding(1.0, f"what it cites does not speak of a {word}")
    return Finding()
