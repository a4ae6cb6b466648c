"""Sentences weighed: how much each sounds like something that is read out, and how much like conversation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from statistics import median

from bot.speech.brands import ADDRESS, brand_mentions
from bot.speech.punctuation import begins_sentence_after_run, ends_sentence, has_end_mark
from bot.speech.signals import HARD, SITE, STRONG, WE, WEAKENING, YOUR, Signal, Signals, find_signals, load_signals

_WORD = re.compile(r"[a-z][a-z']*")
LEAST, MOST = -4.0, 7.0
"""Bounds of the evidence of a sentence's signals, before its words are counted."""
QUIET = 0.25
"""Evidence of a sentence without any signal: reads have few of the marks of conversation."""
BRAND = 1.5
"""Evidence of the name of what is advertised."""
USUAL_MEDIAN = -1.5
"""Of the evidence of an episode's sentences; interviews and meetings have -2."""
ENOUGH_UNITS = 40
LONGEST_UNIT_WORDS = 30
LONGEST_UNMARKED_WORDS = 15
"""In a text without marks units end anywhere, so that short ones lose least of the talk beside a read."""
FEWEST_MARKS_ONE_IN = 100
"""Words; fewer sentence ends than that are a text without marks."""
SHORTEST_RUN_WORDS = 6
"""After so many words without a mark, a typical first word with its capital begins a new unit."""
INVITED_WORDS = 150
"""How long a guest answers who is asked where to be found."""
OPENING_WORDS = 300
CLOSING_WORDS = 500


@dataclass(slots=True)
class Unit:
    """A sentence, or a piece of a text without marks: words `first` to `last` of a stretch.

    `number` counts the units before it in the episode, `position` the words. `evidence` is positive where it sounds
    read out, `found` are the names of its signals; `strong` and `hard` say whether one of them is (see signals.py).
    """

    number: int
    stretch: int
    first: int
    last: int
    words: Sequence[str]
    text: str
    position: int
    evidence: float = 0.0
    found: set[str] = field(default_factory=set)
    brands: set[str] = field(default_factory=set)
    strong: bool = False
    hard: bool = False
    converses: bool = False

    @property
    def length(self) -> int:
        return self.last - self.first


def weigh_sentences(stretches: Sequence[Sequence[str]]) -> list[Unit]:
    """All units of the episode in order; stretches are separated by hard silences."""
    units = list(_units(stretches))
    total = units[-1].position + units[-1].length if units else 0
    signals = load_signals()
    texts = [_with_sites_marked(unit.text) for unit in units]
    for unit, text, found in zip(units, texts, find_signals(signals.anywhere, texts), strict=True):
        _weigh(unit, text, [*found, *_at_the_ends(unit, text, total, signals)], signals.conversing)
        unit.evidence = max(LEAST, min(MOST, unit.evidence)) + of_vocabulary(unit.text, signals.vocabulary)
    _weaken_invited(units)
    _compare(units)
    for number, brands in brand_mentions(units).items():
        units[number].brands = brands
        units[number].evidence += BRAND
    return units


def _compare(units: Sequence[Unit]) -> None:
    """A read stands out from the rest of the episode; where all of it sounds written, that says nothing."""
    if len(units) >= ENOUGH_UNITS:
        excess = median(unit.evidence for unit in units) - USUAL_MEDIAN
        for unit in units if excess > 0 else ():
            unit.evidence -= excess


def _units(stretches: Sequence[Sequence[str]]) -> Iterator[Unit]:
    count = position = 0
    for number, stretch in enumerate(stretches):
        first, longest = 0, LONGEST_UNIT_WORDS if _has_marks(stretch) else LONGEST_UNMARKED_WORDS
        for last in range(1, len(stretch) + 1):
            if (
                last == len(stretch)
                or last - first == longest
                or ends_sentence(stretch[last - 1], stretch[last], small_letters=True)
                or (last - first > SHORTEST_RUN_WORDS and begins_sentence_after_run(stretch[first : last + 1]))
            ):
                words = stretch[first:last]
                text = " ".join(words).lower().replace("’", "'")
                yield Unit(count, number, first, last, words, text[:2000], position)
                count, position = count + 1, position + last - first
                first = last


def _has_marks(stretch: Sequence[str]) -> bool:
    return sum(map(has_end_mark, stretch)) * FEWEST_MARKS_ONE_IN >= len(stretch)


def _with_sites_marked(text: str) -> str:
    return ADDRESS.sub(SITE, text) if "." in text[:-1] or " dot " in text else text


def _at_the_ends(unit: Unit, text: str, total: int, signals: Signals) -> Iterator[Signal]:
    """The signals in it that count only near the beginning or the end of the episode."""
    if unit.position < OPENING_WORDS:
        yield from (signal for signal in signals.opening if signal.pattern.search(text))
    if total - unit.position < CLOSING_WORDS:
        yield from (signal for signal in signals.closing if signal.pattern.search(text))


def _weigh(unit: Unit, text: str, found: Sequence[Signal], conversing: Set[str]) -> None:
    heaviest: dict[str, float] = {}
    for signal in found:
        unit.found.add(signal.name)
        if abs(signal.weight) > abs(heaviest.get(signal.group, 0.0)):
            heaviest[signal.group] = signal.weight
    unit.converses = not unit.found.isdisjoint(conversing)
    if unit.found.isdisjoint(WEAKENING):
        unit.strong = any(weight >= STRONG for weight in heaviest.values())
        unit.hard = any(weight >= STRONG and group in HARD for group, weight in heaviest.items())
    if "you" in text and "thank you" not in text and not {"filler", "asking"} & unit.found and not WE.search(text):
        heaviest["second person"] = 1.2 if YOUR.search(text) else 0.7
    unit.evidence = sum(heaviest.values()) + QUIET


def of_vocabulary(text: str, vocabulary: Mapping[str, float]) -> float:
    return sum(vocabulary[word] for word in vocabulary.keys() & set(_WORD.findall(text)))


def _weaken_invited(units: Sequence[Unit]) -> None:
    """A guest who is asked where to be found names addresses, trials and discounts: that is an answer, not a read."""
    until, stretch = 0, -1
    for unit in units:
        if "inviting" in unit.found:
            until, stretch = unit.position + INVITED_WORDS, unit.stretch
        elif unit.position < until and unit.stretch == stretch:
            unit.strong = unit.hard = False
