"""Whether a claim gives the host's words to the guest, or the other way round: hosts ask, and guests answer."""

from __future__ import annotations

import re

from bot.grounding.polarity import Finding
from bot.grounding.who_speaks import FIRST_PERSON, CitedWords, Surroundings

_ASKS = r"(?:asks?|asked|wonders?|wondered|inquires?|inquired|wants?\s+to\s+know|questions?|questioned|quizz?e[sd])\b"
_SAYS = (
    r"(?:says?|said|explains?|explained|complains?|complained|recalls?|recalled|answers?|answered|replie[sd]|argues?|argued|"
    r"admits?|admitted|believes?|believed|describes?|described|tells?|told|thinks?|thought|claims?|claimed|reports?|reported|"
    r"concedes?|conceded|stresses|stressed|confesses|confessed|remembers?|remembered|states?|stated|insists?|insisted)\b"
)


def find_other_role(claim: str, evidence: CitedWords, around: Surroundings) -> Finding:
    """Who speaks is guessed from the questions, unless the source names the speakers."""
    if evidence.speakers:
        return Finding()
    asks = evidence.asks()
    if asks and _who(r"guests?|interviewees?", around.guests, _ASKS).search(claim):
        return Finding(0.95, "what it cites is a question, and the host asks those")
    if asks and _who(r"guests?|interviewees?", around.guests, _SAYS).search(claim):
        return Finding(0.75, "what it cites is a question, and not the words of the guest")
    of_host = _who(r"hosts?|interviewers?", around.hosts, rf"(?:['’]s\b|{_SAYS})").search(claim)
    if not asks and of_host and FIRST_PERSON.search(" ".join(evidence.cited)) and evidence.guest_speaks(around):
        return Finding(0.8 if evidence.answers_at_once else 0.5, "these are the words of the guest, not of the host")
    return Finding()


def _who(role: str, names: frozenset[str], does: str) -> re.Pattern[str]:
    people = "|".join([role, *(re.escape(name) for name in sorted(names))])
    return re.compile(
        rf"^(?:\W*the\s+)?(?:\w+\s+)?(?:{people})(?:\s+(?:\w+ly\s+|also\s+)?|(?=['’])){does}", re.IGNORECASE
    )
