"""Who is who in the sentences offered: hosts, guests, and who is likely to speak."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.grounding.names import Heard, find_names

FIRST_PERSON = re.compile(r"\b(?:i|we|my|our|me|us|mine|ours|myself|ourselves)\b|\bi['’]", re.IGNORECASE)
_AMONG = re.compile(r"\b(?:at|for|of|from|with|in|by|I'm|I am|like)\s+(?:[A-Z]\w+\s+)?$")
_FIRST_PERSON = re.compile(r"\b(?:i|we|my|our|me|us|mine|ours|myself|ourselves)\b|\bi['’]", re.IGNORECASE)
_TITLE = r"(?:Dr\.?\s+|Mrs?\.?\s+|Ms\.?\s+|Professor\s+)?"
_HOST = re.compile(
    rf"\b(?:I'm|I’m|I\s+am|my\s+name\s+is|[Tt]his\s+is|co-?host,?|your\s+host,?|hosted\s+by)\s+{_TITLE}([A-Z][\w'-]+)"
)
_GUEST = re.compile(
    rf"\b(?:with\s+(?:me|us)(?:\s+\w+){{0,3}}\s+is|guest(?:\s+today)?(?:\s+is|,)|talking\s+(?:to|with)|"
    rf"joined\s+(?:\w+\s+)?by|we\s+have|"
    rf"we've\s+got|[Ww]elcome,?|introduce(?:\s+you\s+to)?|speaking\s+(?:to|with)|on\s+the\s+line(?:\s+\w+){{0,3}}\s+is|"
    rf"here\s+with)\s+{_TITLE}([A-Z][\w'-]+)"
)


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

    @classmethod
    def of(cls, context: Sequence[str], asked: str = "") -> Surroundings:
        """`asked` (the question) counts as heard: its names may be taken up."""
        hosts = {m.group(1).lower() for text in context for m in _HOST.finditer(text)}
        guests = {m.group(1).lower() for text in context for m in _GUEST.finditer(text)} - hosts
        places = [n for n, text in enumerate(context) for m in _GUEST.finditer(text) if m.group(1).lower() in guests]
        names = frozenset(n.word for text in [*context, asked] for n in find_names(text) if n.start)
        others = {
            name.word
            for text in context
            if FIRST_PERSON.search(text)
            for name in find_names(text, names)
            if not _AMONG.search(text[: name.start])
            and re.match(r"\S* (?:[a-z]+ed|[a-z]+s|who|was|came|said|had)\b", text[name.start :])
        }
        return cls(
            Heard.of([*context, asked]),
            names,
            frozenset(hosts),
            frozenset(guests),
            frozenset(others - hosts - guests),
            min(places, default=-1),
        )


@dataclass(frozen=True, slots=True)
class CitedWords:
    """The cited sentences and their neighbours, with the place of the first in the context and what follows it."""

    cited: tuple[str, ...]
    near: tuple[str, ...]
    place: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    speakers: tuple[str, ...] = ()

    def guest_speaks(self, around: Surroundings) -> bool:
        """After the guest was introduced, and nearer behind a question than before one: hosts end with a question."""
        asked = next((n for n, text in enumerate(reversed(self.before)) if "?" in text), 9)
        asks = bool(self.after) and "?" in self.after[0] and asked > 4
        answers = asked < 9 or bool(around.guests)
        return self.place > around.introduced and answers and not asks and not any("?" in text for text in self.cited)
