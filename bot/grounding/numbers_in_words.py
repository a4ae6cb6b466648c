"""Numbers in spoken and written English, with their units: "sixteen thousand", "1.2M", "two thirds", "the nineties".

"five" and "fifteen", "2023" and "2024", "forty metres" and "forty kilometres" are different; "two decades" and
"twenty years", "nine out of ten" and "90 %" are the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.grounding.amounts import Number
from bot.grounding.number_words import (
    COUNTS,
    DECADES,
    FRACTIONS,
    ORDINALS,
    PLURAL_SCALES,
    SCALES,
    SMALL,
    SUFFIXES,
    TENS,
)
from bot.grounding.units import UNITS
from bot.search.keywords import STOP_WORDS, stem

_TOKEN = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+|[%$€£]|[.!?;:]")
_INSIDE_NAME = re.compile(r"(?<=[^\W\d_])\d+(?=[^\W\d_])")  # Neo4j
_ROUGHLY = frozenset("about around roughly nearly almost over some approximately close under than least up odd".split())
_NOT_DIGITS = frozenset("a second double couple pair twice triple".split())
_HALVED = frozenset("of a an the all million billion thousand dozen their our his her its these those".split())
_NOT_A_COUNT = frozenset("one first once".split())
_MORE_OF_THE_SAME = frozenset("more extra additional further whole full entire straight long short".split())


@lru_cache(maxsize=4096)
def find_numbers(text: str) -> tuple[Number, ...]:
    """The numbers of a text in order. Digits inside names count too: the 16 of FP16."""
    tokens = _split(text)
    numbers: list[Number] = []
    place = 0
    while place < len(tokens):
        found = _number_at(tokens, place)
        if found is None:
            place += 1
            continue
        number, place = found
        numbers.append(number)
    return tuple(numbers)


def with_digits(words: Sequence[str]) -> list[str]:
    """Lower-case words with each spelled number as digits: "twenty", "three" become "23"."""
    digits: list[str] = []
    place = 0
    while place < len(words):
        found = None if words[place] in _NOT_DIGITS else _value_at(words, place, fractions=False)
        digits.append(f"{found[0]:g}" if found else words[place])
        place = found[1] if found else place + 1
    return digits


def _split(text: str) -> list[str]:
    return _TOKEN.findall(_INSIDE_NAME.sub("", text).lower().replace("’", "'").replace("'", " "))


def _number_at(tokens: Sequence[str], place: int) -> tuple[Number, int] | None:
    token = tokens[place]
    if token in {"a", "an"} and _unit_follows(tokens, place + 1):
        return _with_unit(tokens, place, place + 1, 1.0, implied=True)
    if token in {"decade", "century"}:
        return _with_unit(tokens, place, place, 1.0, implied=True)
    if token in DECADES:
        return Number(float(DECADES[token]), "decade", token, frozenset()), place + 1
    return _magnitude_at(tokens, place) or _plain_number_at(tokens, place)


def _plain_number_at(tokens: Sequence[str], place: int) -> tuple[Number, int] | None:
    token = tokens[place]
    found = _ratio_at(tokens, place) or _value_at(tokens, place)
    if found is None or (token in _NOT_A_COUNT and found[1] == place + 1 and not _unit_follows(tokens, place + 1)):
        return None
    value, end = found
    if tokens[end : end + 1] == ["s"] and token[0].isdecimal() and value % 10 == 0:
        return Number(value % 100, "decade", f"{token}s", frozenset()), end + 1
    if tokens[end : end + 1] in (["st"], ["nd"], ["rd"], ["th"]):
        end += 1
    if tokens[end : end + 1] in (["century"], ["centuries"]) and (token in ORDINALS or tokens[end - 1] == "th"):
        return Number(value, "century", f"{token} century", frozenset()), end + 1
    vague = token == "half" and not (
        tokens[end - 1] in {"a", "an"} or (tokens[end : end + 1] and tokens[end] in _HALVED)
    )
    return _with_unit(tokens, place, end, value, implied=vague)


def _magnitude_at(tokens: Sequence[str], place: int) -> tuple[Number, int] | None:
    """Such as "hundreds", "tens of thousands", "a few hundred", "a couple hundred": a power of ten, meant loosely."""
    token = tokens[place]
    if token in {"few", "couple", "several"} and place + 1 < len(tokens):
        following = place + (2 if tokens[place + 1] == "of" else 1)
        if tokens[following : following + 1] and tokens[following].rstrip("s") in SCALES:
            return _magnitude(tokens, place, following + 1, SCALES[tokens[following].rstrip("s")])
    if token not in PLURAL_SCALES and (token != "tens" or tokens[place + 1 : place + 2] != ["of"]):
        return None
    value = PLURAL_SCALES.get(token, 10.0)
    following = place + 2 if tokens[place + 1 : place + 2] == ["of"] else place + 1
    if tokens[following : following + 1] and tokens[following] in PLURAL_SCALES:
        return _magnitude(tokens, place, following + 1, value * PLURAL_SCALES[tokens[following]])
    return _magnitude(tokens, place, place + 1, value)


def _magnitude(tokens: Sequence[str], start: int, end: int, value: float) -> tuple[Number, int]:
    return Number(value, "magnitude", " ".join(tokens[start:end]), _nouns(tokens, end)), end


def _unit_follows(tokens: Sequence[str], place: int) -> bool:
    return place < len(tokens) and tokens[place] in UNITS


def _with_unit(
    tokens: Sequence[str], start: int, end: int, value: float, *, implied: bool = False
) -> tuple[Number, int]:
    loosely = tokens[end : end + 2] == ["or", "so"]
    end += 2 if loosely else 0
    end += 1 if tokens[end : end + 1] and tokens[end] in _MORE_OF_THE_SAME and _unit_follows(tokens, end + 1) else 0
    after = end + 1 if _unit_follows(tokens, end) else end
    unit = tokens[end] if after > end else _unit_elsewhere(tokens, start, end)
    dimension, factor = UNITS.get(unit, ("", 1.0))
    if after > end and tokens[after : after + 3] == ["and", "a", "half"]:  # "a decade and a half"
        value, after, implied = value + 0.5, after + 3, False
    if value < 1 and not dimension:
        dimension = "share"
    before = tokens[max(0, start - 3) : start]
    rough = loosely or any(word in _ROUGHLY for word in before) or tokens[after : after + 2] == ["or", "so"]
    text = " ".join(tokens[start:after])
    number = Number(value * factor, dimension, text, _nouns(tokens, after), rough, implied, value)
    return number, max(after, start + 1)


def _unit_elsewhere(tokens: Sequence[str], start: int, end: int) -> str:
    """The unit of "$ 5", of the 6 in "6 to 12 months", of the two in "a decade or two", of a second percentage."""
    if start and tokens[start - 1] in {"$", "€", "£"}:
        return tokens[start - 1]
    if tokens[end : end + 1] and tokens[end] in {"to", "or", "and"}:
        second = _value_at(tokens, end + 1)
        if second and _unit_follows(tokens, second[1]):
            return tokens[second[1]]
    if start > 1 and tokens[start - 1] == "or" and tokens[start - 2] in UNITS:
        return tokens[start - 2]
    return "%" if {"percent", "%"} & set(tokens[:start]) and not _nouns(tokens, end) else ""


def _nouns(tokens: Sequence[str], place: int) -> frozenset[str]:
    """Stems of up to three words behind a number, as far as its clause goes."""
    nouns = []
    for token in tokens[place : place + 4]:
        if not token.isalpha() or token in {
            "and",
            "but",
            "or",
            "out",
            "in",
            "on",
            "for",
            "to",
            "that",
            "which",
            "with",
        }:
            break
        if token not in STOP_WORDS:
            nouns.append(stem(token))
    return frozenset(nouns[:3])


def _ratio_at(tokens: Sequence[str], place: int) -> tuple[float, int] | None:
    """Such as "nine out of ten", "one in three", "two thirds", "half"."""
    part = _value_at(tokens, place, fractions=False)
    if part is None:
        return None
    value, end = part
    if end < len(tokens) and tokens[end].rstrip("s") in FRACTIONS and 0 < value < 10:
        return value * FRACTIONS[tokens[end].rstrip("s")], end + 1
    joint = 2 if tokens[end : end + 2] == ["out", "of"] else 1 if tokens[end : end + 1] == ["in"] else 0
    noun = 1 if joint == 0 and tokens[end + 1 : end + 3] == ["out", "of"] else 0
    whole = _value_at(tokens, end + joint + (3 if noun else 0), fractions=False) if joint or noun else None
    if whole is None or not 1 < whole[0] <= 100 or value > whole[0]:
        return None
    if joint == 1 and _unit_follows(tokens, whole[1]):
        return None  # "twice in four years"
    return value / whole[0], whole[1]


def _value_at(tokens: Sequence[str], place: int, *, fractions: bool = True) -> tuple[float, int] | None:
    """The value of the number that begins here, and the place behind it."""
    token = tokens[place] if place < len(tokens) else ""
    if token[:1].isdecimal() and token.count(".") < 2:  # "1.2.3" is a version, or a date
        return _scaled(tokens, float(token.replace(",", "")), place + 1)
    if token in SMALL or token in TENS:
        return _spelled(tokens, place)
    if token == "a":
        return _after_article(tokens, place + 1, fractions=fractions)
    if fractions and token == "half":
        return _scaled(tokens, 0.5, place + (2 if tokens[place + 1 : place + 2] in (["a"], ["an"]) else 1))
    plain = COUNTS.get(token) or ORDINALS.get(token) or (12.0 if token == "dozen" else None)
    return (float(plain), place + 1) if plain else None


def _after_article(tokens: Sequence[str], place: int, *, fractions: bool) -> tuple[float, int] | None:
    """Such as "a hundred", "a third"; "a fifth" is a part only where no noun follows."""
    token = tokens[place] if place < len(tokens) else ""
    if token in {"hundred", "thousand"}:
        return _with_scales(tokens, 1.0, place)
    if token in SCALES:
        return _scaled(tokens, SCALES[token], place + 1)
    after = tokens[place + 1] if place + 1 < len(tokens) else "."
    alone = token in {"third", "quarter"} or not after.isalpha() or after in STOP_WORDS
    return (FRACTIONS[token], place + 1) if fractions and token in FRACTIONS and alone else None


def _scaled(tokens: Sequence[str], value: float, place: int) -> tuple[float, int]:
    while place < len(tokens) and tokens[place] in SUFFIXES:
        value *= SUFFIXES[tokens[place]]
        place += 1
    return value, place


def _spelled(tokens: Sequence[str], place: int) -> tuple[float, int]:
    """Such as "twenty three", "one point two million", "nineteen ninety nine", "two thousand and eight"."""
    current, place = _below_hundred(tokens, place)
    if tokens[place : place + 1] == ["point"]:
        digits = ""
        place += 1
        while place < len(tokens) and SMALL.get(tokens[place], 10) < 10:
            digits += str(SMALL[tokens[place]])
            place += 1
        return _scaled(tokens, float(f"{int(current)}.{digits or 0}"), place)
    if 13 <= current <= 20 and place < len(tokens) and (tokens[place] in TENS or SMALL.get(tokens[place], 0) >= 10):
        rest, place = _below_hundred(tokens, place)
        return current * 100 + rest, place
    return _with_scales(tokens, current, place)


def _with_scales(tokens: Sequence[str], current: float, place: int) -> tuple[float, int]:
    """The rest of "one | hundred and twenty three thousand", "one | and a half million"."""
    if tokens[place : place + 3] == ["and", "a", "half"]:
        return _scaled(tokens, current + 0.5, place + 3)
    total = 0.0
    while place < len(tokens) and tokens[place] in SCALES:
        scale = SCALES[tokens[place]]
        place += 1
        if scale > 100:
            total, current = total + current * scale, 0.0
        else:
            current *= scale
        joined = place + 1 if tokens[place : place + 1] == ["and"] else place
        if joined < len(tokens) and (tokens[joined] in SMALL or tokens[joined] in TENS):
            rest, place = _below_hundred(tokens, joined)
            current += rest
    return total + current, place


def _below_hundred(tokens: Sequence[str], place: int) -> tuple[float, int]:
    value = float(TENS.get(tokens[place], SMALL.get(tokens[place], 0)))
    place += 1
    if value >= 20 and value % 10 == 0 and place < len(tokens) and 0 < SMALL.get(tokens[place], 0) < 10:
        return value + SMALL[tokens[place]], place + 1
    return value, place
