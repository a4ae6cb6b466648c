"""Whether the numbers of a claim stand in its evidence, for the same things."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.grounding.amounts import Number
from bot.grounding.numbers_in_words import find_numbers
from bot.grounding.units import UNITS

LOOSE_COUNT = 3  # "two reasons", "three ways" may be the writer's own count
_SUM_WORDS = frozenset(
    "total altogether together combined both over more less fewer faster slower later earlier longer older younger "
    "difference sum another overran exceeded missed short percentage points rest remaining gap cut cuts reduced "
    "reduces shortened lengthened raised rose dropped fell grew gained lost saved saves added".split()
)
_WORD = re.compile(r"[a-z]+")
_BOUNDS = {
    "above": re.compile(
        r"(?:more\s+than|over|above|at\s+least|beyond|upwards\s+of|exceed\w*)\s+(?:an?\s+)?$", re.IGNORECASE
    ),
    "below": re.compile(
        r"(?:less\s+than|fewer\s+than|under|below|within|at\s+most|up\s+to|short\s+of|no\s+more\s+than)\s+(?:an?\s+)?$",
        re.IGNORECASE,
    ),
}


def unsupported_number(claim: str, evidence: str, context: str = "") -> str | None:
    """Why a number of the claim is not what the evidence says, in words; None where all are.

    A count up to three passes unless the evidence counts the same thing otherwise; sums and differences of two numbers
    of the evidence pass where the claim says that it adds or compares, and so does a year that the context gives.
    """
    theirs = find_numbers(evidence)
    if other := _other_frequency(claim, evidence):
        return other
    for number in find_numbers(claim):
        if number.implied or _adds_up(claim, number, theirs) or _is_a_bound(claim, number, theirs):
            continue
        same = [other for other in theirs if number.agrees(other)]
        rival = _rival(number, theirs)
        year = 1900 <= number.value <= 2100 and not number.dimension
        exact = bool(number.dimension) and any(x.text == number.text for x in same)
        if same and rival and not year and not exact and not any(x.nouns & number.nouns or not x.nouns for x in same):
            return f"the number {number.text} belongs to something else in what it cites, which has {rival.text} here"
        dated = year and any(not x.dimension and x.value == number.value for x in find_numbers(context))
        if (
            not same
            and not dated
            and not _is_one_unit(number, evidence)
            and not _writers_own_count(number, theirs, rival)
        ):
            return f"the number {number.text} is not in what it cites"
    return None


_PERIODS = "hour day week month quarter year decade".split()
_ADVERBS = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}
_ADVERBS |= {"annual": "year", "annually": "year", "nightly": "day"}
_FREQUENCY = re.compile(
    rf"\b(?:(?:every|each|per)\s+(?:single\s+)?({'|'.join(_PERIODS)})|(?:once|twice|times)\s+(?:an?|every|each|per)\s+"
    rf"({'|'.join(_PERIODS)})|({'|'.join(_ADVERBS)}))\b",
    re.IGNORECASE,
)


def _frequencies(text: str) -> dict[str, str]:
    """Period -> how it was said: "daily", "every day", "once a day"."""
    said = {next(filter(None, match.groups())).lower(): match.group() for match in _FREQUENCY.finditer(text)}
    return {_ADVERBS.get(word, word): shown for word, shown in said.items()}


def _other_frequency(claim: str, evidence: str) -> str | None:
    ours, theirs = _frequencies(claim), _frequencies(evidence)
    other = next((shown for period, shown in ours.items() if period not in theirs), None)
    if other is None or not theirs:
        return None
    return f'the claim says "{other}", what it cites says "{next(iter(theirs.values()))}"'


def _rival(number: Number, theirs: Sequence[Number]) -> Number | None:
    """Another amount of the same thing."""
    return next((x for x in theirs if x.nouns & number.nouns and not number.agrees(x) and not x.implied), None)


def _writers_own_count(number: Number, theirs: Sequence[Number], rival: Number | None) -> bool:
    unit = number.text.split()[-1].rstrip("s")
    alike = [x for x in theirs if number.dimension and x.dimension == number.dimension]
    same_unit = any(not x.implied or x.text.split()[-1].rstrip("s") == unit for x in alike)
    return 1 <= number.bare <= LOOSE_COUNT and rival is None and not same_unit


def _is_one_unit(number: Number, evidence: str) -> bool:
    """Such as "four weeks" for "the first month"."""
    units = [UNITS[word] for word in _WORD.findall(evidence.lower()) if word in UNITS and not word.endswith("s")]
    spans = [size for dimension, size in units if dimension == "time"]
    return number.dimension == "time" and any(abs(number.value - span) <= 0.1 * span for span in spans)


def _is_a_bound(claim: str, number: Number, theirs: Sequence[Number]) -> bool:
    """Such as "more than a thousand" for 1,100: within a factor of two on the side that the claim says."""
    first = re.escape(number.text.removeprefix("a ").split()[0])
    found = re.search(rf"\b{first}", claim, re.IGNORECASE)
    side = next((side for side, words in _BOUNDS.items() if found and words.search(claim[: found.start()])), None)
    low, high = (1, 2) if side == "above" else (0.5, 1)
    alike = [x for x in theirs if x.dimension == number.dimension and not x.implied]
    return side is not None and any(low * number.value <= x.value <= high * number.value for x in alike)


def _adds_up(claim: str, number: Number, theirs: Sequence[Number]) -> bool:
    if any(x.text == "half" for x in theirs) and any(2 * number.bare == x.bare for x in theirs):
        return True
    if not _SUM_WORDS & set(claim.lower().split()) or number.bare <= LOOSE_COUNT:
        return False
    values = [x.bare for x in theirs if not x.implied and x.bare]
    pairs = [(first, second) for place, first in enumerate(values) for second in values[place + 1 :]]
    return any(number.bare in (first + second, abs(first - second)) for first, second in pairs)
