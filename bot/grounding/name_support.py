"""Whether the evidence says of a name what the claim says of it: who did what, and who speaks."""

from __future__ import annotations

import re

from bot.grounding.name_kinds import is_common_noun, names_a_person
from bot.grounding.name_owners import Owner, find_owner
from bot.grounding.names import Heard, Name, find_names, is_continent, is_nation
from bot.grounding.naming import Naming
from bot.grounding.polarity import Finding, strongest
from bot.grounding.relatives import find_other_relative
from bot.grounding.roles import find_other_role
from bot.grounding.speaker_names import not_the_speaker, said_of_the_guest
from bot.grounding.who_speaks import FIRST_PERSON, CitedWords, Surroundings
from bot.grounding.word_support import Alignment, TextVectors

_PASSIVE = re.compile(r"\b(?:is|are|was|were|been)\s+\w+\s+by\b")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+\w|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/[\w/-]+)?\b")
_AT = re.compile(r"\b(?:at|in|on|near)\s(?:[A-Z]\S*\s)?$")
_DENIED_OF_IT = re.compile(
    r"\s+(?:(?:is|was|were|are|did|does|do|has|had|have|would|will|could|can)\s+(?:not|never)\b|\w+n['’]t\b|never\b)"
)


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
    naming = Naming(claim, find_names(claim, around.names), evidence, around, here, vectors)
    found: dict[str, list[Finding]] = {"unknown": [], "elsewhere": [], "exchanged": []}
    for name in naming.names:
        owner = find_owner(name, naming, alignment)
        if here.has(name):
            found["exchanged"].append(_exchanged(naming, name, owner))
            if owner.speaks and naming.is_subject(name) and not spoken.has(name):
                found["elsewhere"].append(not_the_speaker(naming, name))
            elif naming.is_subject(name) and not spoken.has(name):
                found["elsewhere"].append(said_of_the_guest(naming, name))
        elif around.heard.has(name) or naming.half_heard(name):
            found["elsewhere"].append(_named_elsewhere(naming, name, owner))
        else:
            found["unknown"].append(_never_named(naming, name, owner))
    found["unknown"].append(_other_address(claim, evidence))
    return {kind: strongest(findings) for kind, findings in found.items()} | {
        "relative": find_other_relative(claim, evidence, around),
        "role": find_other_role(claim, evidence, around),
    }


def _exchanged(naming: Naming, name: Name, owner: Owner) -> Finding:
    possessive = naming.claim[name.start + len(name.shown) :][:2] in {"'s", "’s"}
    passive = possessive or _PASSIVE.search(naming.claim)
    acts = naming.is_subject(name) and not naming.attributes_to(name) and not passive
    if not owner.share or name.word not in naming.around.names or not acts:
        return Finding()
    return Finding(owner.share, f'what it cites says this of "{owner.name}", not of "{name.shown}"')


def _never_named(naming: Naming, name: Name, owner: Owner) -> Finding:
    """Guests are seldom named where they speak, so a person may have been meant; of other names that is unlikely."""
    evidence = naming.evidence
    if not name.start and len(naming.parts_of(name)) == 1 and is_common_noun(name.shown, naming.vectors):
        return Finding()
    first_person = any(FIRST_PERSON.search(text) for text in [*evidence.cited, *evidence.near])
    person = names_a_person(name.shown, naming.vectors) and not _AT.search(naming.claim[: name.start])
    strength = 1.0
    if person and not owner.name and not naming.is_whole_subject(name):
        strength = (
            0.2 if naming.attributes_to(name) else 0.95 if naming.names_others() else 0.3 if first_person else 0.6
        )
    elif is_continent(name.word) or (is_nation(name.word) and not naming.here.nations()):
        strength = 0.4  # a city or a country may stand for it
    return Finding(strength, f'nobody says "{name.shown}" in the sentences offered')


def _named_elsewhere(naming: Naming, name: Name, owner: Owner) -> Finding:
    """A host to whom a guest's words are given; a name in the place of another one."""
    if _DENIED_OF_IT.match(naming.claim, name.start + len(name.shown)):
        return Finding()  # "Runway did not build it" corrects, and need not be said there
    read = naming.evidence.advertisement
    owns = naming.claim[name.start + len(name.shown) :][:2] in {"'s", "’s"}
    if read and (owns or naming.is_subject(name)) and not Heard.of(read).has(name):
        return Finding(0.95, f'this advertisement does not name "{name.shown}"')
    if owner.speaks and naming.is_subject(name):
        return not_the_speaker(naming, name)
    return _another_named(naming, name, owner)


def _another_named(naming: Naming, name: Name, owner: Owner) -> Finding:
    """The evidence names another in its place."""
    if naming.is_subject(name) and (found := said_of_the_guest(naming, name)).strength:
        return found
    if owner.name:
        return Finding(0.5 + 0.5 * owner.share, f'the claim names "{name.shown}", what it cites names "{owner.name}"')
    if other := naming.other_half(name):
        return Finding(1.0, f'the claim names "{name.shown}", what it cites names "{other}"')
    rivals = [n for text in naming.evidence.cited for n in find_names(text) if not naming.in_claim(n.word)]
    if rivals and not naming.is_subject(name):
        return Finding(0.4, f'the claim names "{name.shown}", what it cites names "{rivals[0].shown}"')
    return Finding()


def _other_address(claim: str, evidence: CitedWords) -> Finding:
    """A web address that was not said; spoken ones may have lost their dots."""
    said = re.sub(r"[^a-z0-9]", "", " ".join([*evidence.cited, *evidence.near]).lower())
    other = [a for a in _ADDRESS.findall(claim) if re.sub(r"[^a-z0-9]", "", a.lower()) not in said]
    return Finding(1.0, f'nobody says "{other[0]}" in what it cites') if other else Finding()
