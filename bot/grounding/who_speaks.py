"""Who is who in the sentences offered: hosts, guests, and who is likely to speak."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.grounding.cast import Cast
from bot.grounding.names import Heard, find_names

FIRST_PERSON = re.compile(r"\b(?:i|we|my|our|me|us|mine|ours|myself|ourselves)\b|\bi['’]", re.IGNORECASE)
_AMONG = re.compile(r"\b(?:at|for|of|from|with|in|by|I'm|I am|like)\s+(?:[A-Z]\w+\s+)?$")
# "My foreman, Binod Rai", "our planner Adaeze", "her name's Ana": behind these stands somebody who does not speak.
_RELATED = re.compile(
    r"\b(?:(?i:my|our|his|her)\s+(?:[a-z]+\s+){0,2}[a-z]+,?|(?i:his|her)\s+name(?:['’]s|\s+is|\s+was))\s+(?:[A-Z][\w.'’-]*\s+)?$"
)
_QUESTION = re.compile(
    r"\?|^(?:(?:and|so|but|well|yeah|okay|then|now|i'm\s+(?:just\s+)?(?:curious|wondering)|i\s+wonder)\b\W*)*(?:what|how|why|when|where|who|which|"
    r"(?:do|did|does|have|has|are|were|is|was|can|could|would|will)\s+(?:you|your|there|it|that))(?:'s)?\s+"
    r"(?:is|are|was|were|do|does|did|have|has|can|could|would|will|you|your|led|made|kind|about|inspired|ever|see|think)\b",
    re.IGNORECASE,
)
_ADDRESSES = re.compile(
    r"\byou(?:['’]ve|\s+have|['’]re|\s+guys|\s+all)?\s+(?:reminded|said|mentioned|talked|described|told\s+(?:me|us)|were\s+(?:saying|talking)|"
    r"been\s+(?:working|talking|doing))\b|\byour\s+(?:company|background|story|life|team|career|own|work|show|book|talk)\b",
    re.IGNORECASE,
)
_YOU = re.compile(r"\byou(?:r|rs|rself)?\b", re.IGNORECASE)
_FULL_NAME = r"(?:(?:Dr|Mrs?|Ms|Prof)\.?\s+|Doctor\s+|Professor\s+)?([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)?)"
_HOST = re.compile(
    rf"\b(?:I['’]m|I\s+am|my\s+name\s+is|co-?host,?|your\s+host,?|hosted\s+by|with\s+me,)\s+{_FULL_NAME}"
)
_HOST_OF_SHOW = re.compile(rf"\b[Tt]his\s+is\s+{_FULL_NAME}(?=\s+and\b|\s+with\b|[,.]?\s*$)")
_GUEST = re.compile(
    rf"(?:\b(?:with\s+(?:me|us)(?:\s+\w+){{0,3}}\s+is|[Gg]uests?(?:\s+(?:today|tonight|this\s+week))?(?:\s+is|,)|talking\s+(?:to|with)|"
    rf"[Jj]oin(?:ed|ing)\s+(?:\w+\s+)?(?:by|me\s+is|us\s+is)|(?:I|we)['’]ve(?:\s+also)?\s+got|"
    rf"introduce(?:\s+you\s+to)?|speak(?:ing)?\s+(?:to|with)|[Oo]n\s+the\s+line(?:\s+\w+){{0,3}}\s+is|here\s+with|I['’]m\s+with)"
    rf"(?:\s+(?!(?:to|in|on|about|of|at|for|from|like|that|when|with)\b)[a-z]+){{0,3}}\s+{_FULL_NAME}|"
    rf"\b(?:we\s+have|[Ww]elcome,?)\s+{_FULL_NAME}|\b[Tt]oday\s+(?=\S+\s+\S+\s+is\s+here){_FULL_NAME})"
)
# A host who turns to the guest by name: "Henrik, is it true that you wake them up?"
_TURNS_TO = re.compile(
    rf"^{_FULL_NAME},\s+(?:you\b|is|are|do|did|have|can|would|will|what|why|how|when|where|who|which|tell\s+us|take\s+us|"
    rf"welcome|[^.!?]*\byour?\b[^.!]*\?)"
)
_OPENING_WORDS = frozenset(
    "Yes No Well So Now Okay Right Sure Yeah Honestly Finally Today Look Sorry Thanks And But Hello Hi Hey "
    "Better".split()
)
NOBODY_KNOWN = Cast()
SOON = 3


@dataclass(frozen=True)
class Surroundings:
    """Who is who in the sentences offered: hosts introduce themselves, guests are introduced by them.

    `others` are those of whom somebody who says "I" speaks by name.
    """

    heard: Heard
    names: frozenset[str]
    hosts: frozenset[str]
    guests: frozenset[str]
    others: frozenset[str]
    introduced: int
    cast: Cast
    speakers: frozenset[str]  # parts of the names that the source gives its speakers

    @classmethod
    def of(
        cls, context: Sequence[str], asked: str = "", cast: Cast = NOBODY_KNOWN, speakers: Sequence[str] = ()
    ) -> Surroundings:
        """`asked` (the question) and what the episode's file says count as heard: their names may be taken up."""
        introduce_themselves = [m.group(1) for text in context for m in _HOST.finditer(text)]
        opening = [m.group(1) for text in context for m in _HOST_OF_SHOW.finditer(text)]
        hosts = cast.hosts | _words(introduce_themselves or opening)
        introductions = [(n, _words(_guests(text)) - hosts) for n, text in enumerate(context)]
        guests = cast.guests | frozenset().union(*(words for _, words in introductions))
        places = [n for n, words in introductions if words]
        told = [asked, cast.known, *cast.written(context), ". ".join(dict.fromkeys(speakers))]
        names = frozenset(n.word for text in [*context, *told] for n in find_names(text) if n.start)
        others = {
            name.word
            for text in context
            for name in find_names(text, names)
            if _RELATED.search(text[: name.start])
            or (
                FIRST_PERSON.search(text)
                and not _AMONG.search(text[: name.start])
                and re.match(r"\S* (?:[a-z]+ed|[a-z]+s|who|was|came|said|had)\b", text[name.start :])
            )
        }
        return cls(
            Heard.of([*context, *told]),
            names,
            frozenset(hosts),
            frozenset(guests),
            frozenset(others - hosts - guests),
            min(places, default=-1),
            cast,
            _words(speakers),
        )


def _guests(text: str) -> list[str]:
    """The names, of up to two words each, by which a sentence introduces or addresses a guest."""
    introduced = [next(filter(None, m.groups())) for m in _GUEST.finditer(text)]
    turned_to = _TURNS_TO.match(text)
    return [*introduced, *([turned_to.group(1)] if turned_to and turned_to.group(1) not in _OPENING_WORDS else [])]


def _words(names: Sequence[str]) -> frozenset[str]:
    return frozenset(word.lower() for name in names for word in name.split())


@dataclass(frozen=True, slots=True)
class CitedWords:
    """The cited sentences and their neighbours, with the place of the first in the context and what follows it."""

    cited: tuple[str, ...]
    near: tuple[str, ...]
    place: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    speakers: tuple[str, ...] = ()
    advertisement: tuple[str, ...] = ()  # all of it, where one is cited

    def asks(self) -> bool:
        """Whether what is cited is a question, which is the host's as a rule."""
        return any(_QUESTION.search(text) for text in self.cited)

    def guest_speaks(self, around: Surroundings) -> bool:
        """After the guest was introduced, and nearer behind a question than before one: hosts end with a question."""
        asked = next((n for n, text in enumerate(reversed(self.before)) if "?" in text), 9)
        asks = bool(self.after) and "?" in self.after[0] and asked > 4
        answers = asked < 9 or bool(around.guests)
        said = " ".join(self.cited)
        turned = len(_YOU.findall(said)) > 1 + len(FIRST_PERSON.findall(said))
        own = not turned and not self.asks() and not _ADDRESSES.search(said)
        return self.place > around.introduced and answers and not asks and own

    @property
    def answers_at_once(self) -> bool:
        """Right behind a question, where it is all but sure that the guest speaks."""
        return any("?" in text for text in self.before[-SOON:])
