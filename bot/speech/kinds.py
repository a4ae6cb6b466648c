"""Which words are talk, and which are a sponsor's read, a promo, the opening or the closing of the show.

Over the sentences of the whole episode, each weighed by its signals, the likeliest run of blocks that are read out is
found (Viterbi over two states). Changing from talk to a read costs little at a hard silence and much elsewhere, and a
block counts only with strong signals or much evidence in all, so that a host who mentions a web address stays a host.
Between two hard silences all is read out or nothing is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import groupby, islice

from bot.records import Kind
from bot.speech.evidence import CLOSING_WORDS, OPENING_WORDS, Unit, weigh_sentences
from bot.speech.signals import ANNOUNCES_BREAK, CLOSES_READ, NAMES_SPONSOR, OPENS_READ, OWN_PRODUCT

ENTER, LEAVE = 3.0, 1.5
ENTER_AT_SILENCE, LEAVE_AT_SILENCE = 1.5, 0.5
"""Costs of a change, in the unit of the evidence."""
LONGEST_READ_WORDS = 900
"""About five minutes: the longest stretch between hard silences that is taken for one read."""
LARGEST_READ_SHARE = 0.5
"""A stretch that is most of the episode is no read."""
LONGEST_BRIDGE_WORDS = 450
WORDS_A_STRONG_SIGNAL = 70
"""A block without silences around it holds a strong signal at least so often, or the evidence of all of it is large:"""
SURE, SURE_IF_HARD = 13.0, 9.0
"""No run of conversation reached 10 in 340,000 words of it; with a hard signal, none reached 6."""
FEWEST_WORDS = 20
SURE_AT_SILENCE = 1.0
MOST_CONVERSING = 0.45
"""Share of the sentences with a mark of conversation; of nine reads in ten it is less, of nine talks in ten more."""
LEAST_EVIDENCE = -1.6
"""A sentence. What begins and ends as a read may hold a conversation between, but a tamer one than the episode does."""
LONGEST_ECHO_WORDS = 12
"""What a recogniser hears in the music after an outro belongs to the outro."""
LONG_STRETCH_WORDS = 400
MOST_SHORT_STRETCHES = 12
_ENGLISH = frozenset("the and to of that your you".split())
ENGLISH_SHARE = 0.04
"""Of all words; a tenth to a fifth in English."""
LAST_WORDS = 60
"""An outro ends at most so many words before the episode does."""


def find_kinds(stretches: Sequence[Sequence[str]]) -> list[list[Kind]]:
    """A kind for every word of every stretch; stretches are separated by hard silences. Without English all is talk."""
    kinds: list[list[Kind]] = [["talk"] * len(stretch) for stretch in stretches]
    total = sum(map(len, stretches))
    if not _is_english(stretches, total):
        return kinds
    if _is_full_of_silences(stretches, total):
        found = iter(find_kinds([[word for stretch in stretches for word in stretch]])[0])
        return [list(islice(found, len(stretch))) for stretch in stretches]
    for block in _blocks(weigh_sentences(stretches), total):
        for unit, kind in zip(block, _kinds_of(block, total), strict=True):
            kinds[unit.stretch][unit.first : unit.last] = [kind] * unit.length
    if len(kinds) > 1 and kinds[-2][-1] == "outro" and len(kinds[-1]) <= LONGEST_ECHO_WORDS:
        kinds[-1] = ["outro"] * len(kinds[-1])
    return kinds


def _is_english(stretches: Sequence[Sequence[str]], total: int) -> bool:
    """The signals are English; a text in another language holds next to none of these words."""
    return sum(word.lower() in _ENGLISH for stretch in stretches for word in stretch) >= ENGLISH_SHARE * total


def _is_full_of_silences(stretches: Sequence[Sequence[str]], total: int) -> bool:
    """In a recording with many pauses (a lecture, music under speech) a silence is no sign of a cut."""
    long = sum(len(stretch) for stretch in stretches if len(stretch) >= LONG_STRETCH_WORDS)
    return len(stretches) > MOST_SHORT_STRETCHES and long < LARGEST_READ_SHARE * total


def _blocks(units: Sequence[Unit], total: int) -> Iterator[list[Unit]]:
    """The runs of units that are read out, each within one stretch."""
    read = _decode(units)
    bridged = _bridged(units, read)
    for _, group in groupby(units, key=lambda unit: unit.stretch):
        stretch = list(group)
        words = sum(unit.length for unit in stretch)
        if words <= min(LONGEST_READ_WORDS, LARGEST_READ_SHARE * total) and _is_read(stretch):
            yield stretch
            continue
        for is_read, run in groupby(stretch, key=lambda unit: read[unit.number] or unit.number in bridged):
            block = _trimmed(list(run), stretch) if is_read else []
            if _counts(block, bridged):
                yield block


def _decode(units: Sequence[Unit]) -> list[bool]:
    """Whether each unit is read out, on the likeliest path."""
    talk, read, origins = 0.0, -ENTER_AT_SILENCE, []
    for number, unit in enumerate(units):
        silent = number > 0 and units[number - 1].stretch != unit.stretch
        enter, leave = (ENTER_AT_SILENCE, LEAVE_AT_SILENCE) if silent else (ENTER, LEAVE)
        origins.append((read - leave > talk, read >= talk - enter))
        talk, read = max(talk, read - leave), max(read, talk - enter) + unit.evidence
    states, state = [], read - LEAVE_AT_SILENCE > talk
    for talk_from_read, read_from_read in reversed(origins):
        states.append(state)
        state = read_from_read if state else talk_from_read
    return states[::-1]


def _bridged(units: Sequence[Unit], read: Sequence[bool]) -> set[int]:
    """Numbers of the units from where a read opens to where it closes: sponsors are interviewed in their reads too.

    Opening and closing name one brand, unless the opening announces a break.
    """
    bridged: set[int] = set()
    opener: int | None = None
    for number, unit in enumerate(units):
        if unit.hard and unit.found & OPENS_READ:
            opener = number
        elif opener is not None and unit.strong and read[number] and unit.found & CLOSES_READ:
            first = units[opener]
            if unit.stretch != first.stretch or unit.position - first.position > LONGEST_BRIDGE_WORDS:
                opener = None
            elif _belong_together(units[opener : number + 1]):
                bridged.update(range(opener, number + 1))
    return bridged


def _belong_together(units: Sequence[Unit]) -> bool:
    one_brand = any(units[-1].brands & near.brands for near in units[:3])
    return _is_tame(units) and (one_brand or bool(units[0].found & ANNOUNCES_BREAK))


def _is_tame(units: Sequence[Unit]) -> bool:
    between = [unit.evidence for unit in units if not unit.strong]
    return sum(between) >= LEAST_EVIDENCE * len(between)


def _is_read(stretch: Sequence[Unit]) -> bool:
    """It begins and ends as a read, or its sentences speak for one: stretches of talk this short hardly ever do."""
    evidence = sum(unit.evidence for unit in stretch)
    if any(unit.hard for unit in stretch):
        ends = any(unit.strong for unit in stretch[:4]) and any(unit.strong for unit in stretch[-4:])
        return evidence > SURE_AT_SILENCE or (ends and _is_tame(stretch))
    return evidence > SURE_AT_SILENCE and len(stretch) > 2 and not _converses(stretch)


def _trimmed(block: list[Unit], stretch: Sequence[Unit]) -> list[Unit]:
    """Where no silence bounds the block, it begins and ends at a strong signal or the brand, or just beside one."""
    solid = [number for number, unit in enumerate(block) if unit.strong or unit.brands or _sells(unit)]
    if not solid:
        return []
    first, last = solid[0], solid[-1] + 1
    while last < len(block) and (_sells(block[last]) or block[-1] is stretch[-1]):
        last += 1
    while first and (_sells(block[first - 1]) or block[0] is stretch[0]):
        first -= 1
    return block[first:last]


def _sells(unit: Unit) -> bool:
    return unit.evidence >= 0.9 and not unit.converses


def _counts(block: Sequence[Unit], bridged: Set[int]) -> bool:
    """Much evidence, or two strong signals, one of them hard, not too far between; the show's opening is not enough."""
    if _is_sure(block):
        return True
    strong = sum(unit.strong for unit in block)
    words = sum(unit.length for unit in block if unit.number not in bridged)
    hard = any(unit.hard and unit.found != {"opening"} for unit in block)
    return hard and strong >= 2 and words <= WORDS_A_STRONG_SIGNAL * strong


def _is_sure(block: Sequence[Unit]) -> bool:
    """Hosts open and close their own shows, so that the words of openings and closings do not count."""
    block = [unit for unit in block if unit.found.isdisjoint(("opening", "closing"))]
    if sum(unit.length for unit in block) < FEWEST_WORDS or sum(unit.length for unit in block) > LONGEST_READ_WORDS:
        return False
    evidence = sum(unit.evidence for unit in block)
    if any(unit.hard for unit in block):
        return evidence >= SURE_IF_HARD
    return evidence >= SURE and not _converses(block)


def _converses(units: Sequence[Unit]) -> bool:
    return sum(unit.converses for unit in units) >= MOST_CONVERSING * len(units)


def _kinds_of(block: Sequence[Unit], total: int) -> list[Kind]:
    """A kind for every unit: the opening and its sponsor, or one kind for all."""
    if block[0].position < OPENING_WORDS and any("opening" in unit.found for unit in block):
        return list(_kinds_of_opening(block))
    last = block[-1].position + block[-1].length
    closes = any("closing" in unit.found for unit in block) and total - block[0].position < CLOSING_WORDS
    if closes and total - last < LAST_WORDS:
        return ["outro"] * len(block)
    text = " ".join(unit.text for unit in block)
    own = len(OWN_PRODUCT.findall(text)) > len(NAMES_SPONSOR.findall(text))
    return ["promo" if own else "sponsor"] * len(block)


def _kinds_of_opening(block: Sequence[Unit]) -> Iterator[Kind]:
    """A sponsor's read inside the opening lasts until the opening is taken up again."""
    kind: Kind = "intro"
    for unit in block:
        if NAMES_SPONSOR.search(unit.text):
            kind = "sponsor"
        elif "opening" in unit.found:
            kind = "intro"
        yield kind
