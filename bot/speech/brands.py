"""The name of what is advertised: it stands in the read again and again, and hardly anywhere else in the episode."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from bot.speech.punctuation import bare

_TOP_LEVEL = r"(?:com|io|fm|org|net|dev|ai|co|app|tv|so|sh|us|uk|de|me|tech|cloud|health|shop|store|link|eu|edu|gov)"
ADDRESS = re.compile(
    rf"\b[\w-]+(?:\.[\w-]+){{0,4}}\.{_TOP_LEVEL}\b(?:/[\w./-]*)?|\b[\w-]+ dot (?:com|io|org|net|fm|co|ai|dev|app)\b"
)
"""A web address in small letters, written or spoken: `neo4j.com/developer`, `neo4j dot com`."""

NEAR_WORDS = 400
SHARE_NEARBY = 0.8


class Unit(Protocol):
    """What is needed of a sentence here."""

    words: Sequence[str]
    text: str
    position: int
    strong: bool


def brand_mentions(units: Sequence[Unit]) -> dict[int, set[str]]:
    """Numbers of the units that name a brand near a strong unit that names it too, and the brands."""
    strong: dict[str, list[int]] = defaultdict(list)
    for unit in units:
        if unit.strong:
            for brand in set(_brands(unit)):
                strong[brand].append(unit.position)
    places: dict[str, list[int]] = defaultdict(list)
    for number, unit in enumerate(units if strong else ()):
        for name in strong.keys() & set(_names(unit)):
            places[name].append(number)
    mentions: dict[int, set[str]] = defaultdict(set)
    for brand, numbers in places.items():
        for number in _near(numbers, [units[number].position for number in numbers], strong[brand]):
            mentions[number].add(brand)
    return mentions


def _near(numbers: Sequence[int], positions: Sequence[int], strong: Sequence[int]) -> Iterator[int]:
    """Those of `numbers` that are near a strong position which nearly all of them are near; positions are sorted."""
    done = 0
    for position in strong:
        first = bisect_left(positions, position - NEAR_WORDS)
        last = bisect_right(positions, position + NEAR_WORDS)
        if last - first >= max(2, SHARE_NEARBY * len(numbers)):
            yield from numbers[max(first, done) : last]
            done = max(done, last)


def _brands(unit: Unit) -> Iterator[str]:
    """Candidates: the site's name in an address, words with a capital inside the sentence."""
    for address in ADDRESS.findall(unit.text):
        yield _site(address)
    for number, word in enumerate(unit.words):
        plain = bare(word).rstrip(".,;:?!")
        if len(plain) > 2 and plain[0].isupper() and (number or any(map(str.isupper, plain[1:]))):
            yield _plain(word)


def _names(unit: Unit) -> Iterator[str]:
    plain = [_plain(word) for word in unit.words]
    yield from plain
    yield from (before + after for before, after in pairwise(plain))


def _plain(word: str) -> str:
    if word.isalnum():
        return word.lower()
    word = bare(word).rstrip(".,;:?!").lower().replace("’", "'").removesuffix("'s")
    return _site(word) if "." in word else word


def _site(address: str) -> str:
    """`docs.neo4j.com/x` and `neo4j dot com` -> `neo4j`."""
    host = address.split("/", maxsplit=1)[0].replace(" dot ", ".").split(".")
    return host[-2] if len(host) > 1 else host[0]
