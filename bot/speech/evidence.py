"""Sentences weighed: how much each sounds like something that is read out, and how much like conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.speech.brands import ADDRESS, brand_mentions
from bot.speech.punctuation import begins_sentence_after_run, ends_sentence
from bot.speech.signals import HARD, SITE, STRONG, WE, WEAKENING, YOUR, Signal, Signals, load_signals

QUIET = 0.25
"""Evidence of a sentence without any signal: reads have few of the marks of conversation."""
BRAND = 1.5
"""Evidence of the name of what is advertised."""
LONGEST_UNIT_WORDS = 30
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
    for unit in units:
        _weigh(unit, total, signals)
    _weaken_invited(units)
    for number, brands in brand_mentions(units).items():
        units[number].brands = brands
        units[number].evidence += BRAND
    return units


def _units(stretches: Sequence[Sequence[str]]) -> Iterator[Unit]:
    count = position = 0
    for number, stretch in enumerate(stretches):
        first = 0
        for last in range(1, len(stretch) + 1):
            if (
                last == len(stretch)
                or last - first == LONGEST_UNIT_WORDS
                or ends_sentence(stretch[last - 1], stretch[last], small_letters=True)
                or (last - first > SHORTEST_RUN_WORDS and begins_sentence_after_run(stretch[first : last + 1]))
            ):
                words = stretch[first:last]
                text = " ".join(words).lower().replace("’", "'")
                yield Unit(count, number, first, last, words, text[:2000], position)
                count, position = count + 1, position + last - first
                first = last


def _weigh(unit: Unit, total: int, signals: Signals) -> None:
    text = ADDRESS.sub(SITE, unit.text) if "." in unit.text[:-1] or " dot " in unit.text else unit.text
    heaviest: dict[str, float] = {}
    for signal in _signals_for(unit, total, signals):
        if signal.is_in(text):
            unit.found.add(signal.name)
            if abs(signal.weight) > abs(heaviest.get(signal.group, 0.0)):
                heaviest[signal.group] = signal.weight
    unit.converses = not unit.found.isdisjoint(signals.conversing)
    if unit.found.isdisjoint(WEAKENING):
        unit.strong = any(weight >= STRONG for weight in heaviest.values())
        unit.hard = any(weight >= STRONG and group in HARD for group, weight in heaviest.items())
    if "you" in text and "thank you" not in text and not {"filler", "asking"} & unit.found and not WE.search(text):
        heaviest["second person"] = 1.2 if YOUR.search(text) else 0.7
    unit.evidence = sum(heaviest.values()) + QUIET


def _weaken_invited(units: Sequence[Unit]) -> None:
    """A guest who is asked where to be found names addresses, trials and discounts: that is an answer, not a read."""
    until, stretch = 0, -1
    for unit in units:
        if "inviting" in unit.found:
            until, stretch = unit.position + INVITED_WORDS, unit.stretch
        elif unit.position < until and unit.stretch == stretch:
            unit.strong = unit.hard = False


def _signals_for(unit: Unit, total: int, signals: Signals) -> Iterator[Signal]:
    yield from signals.read_out
    yield from signals.conversation
    if unit.position < OPENING_WORDS:
        yield from signals.opening
    if total - unit.position < CLOSING_WORDS:
        yield from signals.closing
