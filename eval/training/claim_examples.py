"""What the cross-encoder learns from: claims about episodes, each with the words it is read with.

`claims.jsonl` has true claims, each with faulty variants: mostly three, one or two where they are short. Places are
counted in words through the transcript. The transcripts are the Changelog's (CC BY-SA 4.0, not part of the project), in
a folder of yours.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

from bot.earmark import Earmark
from bot.embedding.cross_encoder import Pair, with_speakers
from bot.search.window_table import Spoken
from eval.cases import read_json_lines
from eval.training.fit_ranking import parts_of_words

CLAIMS = Path(__file__).with_name("claims.jsonl")
ONE_HELD_OUT_OF = 6
# So often the names of the speakers are left out, which many transcripts lack, and punctuation, which speech has not.
NAMELESS, BARE = 0.35, 0.12
SWAPPED = "swapped"  # a fault that only the speakers' names may show
ELSEWHERE = 0.5  # so many true claims are also set beside another moment of their episode
FAR = 8  # parts

Told = Sequence[Spoken]


@dataclass(frozen=True, slots=True)
class Example:
    """`right`: the words support the claim. Those of one `group` are compared."""

    pair: Pair
    right: bool
    category: str
    group: str

    @property
    def held_out(self) -> bool:
        return is_held_out(self.group.partition("#")[0])


def is_held_out(file: str) -> bool:
    """Whether nothing is learnt from claims about this transcript."""
    return crc32(file.encode()) % ONE_HELD_OUT_OF == 0


def examples(folder: Path, stores: Path) -> Iterator[Example]:
    """All examples, the same for the same files; STORES keeps the indexes for the next time."""
    chance = random.Random(5)
    claims: dict[str, list[dict[str, Any]]] = {}
    for _, record in read_json_lines(CLAIMS):
        claims.setdefault(record["file"], []).append(record)
    for name in sorted(claims):
        with Earmark.open(stores / Path(name).stem, model="quotes") as bot:
            bot.ingest(folder / name, strict=True)
            [shelf] = bot.library().shelves
            for number, record in enumerate(claims[name]):
                yield from _of_claim(record, shelf.parts, f"{name}#{number}", chance)


def _of_claim(record: dict[str, Any], told: Told, group: str, chance: random.Random) -> Iterator[Example]:
    [(first, last)] = parts_of_words(told, [record["cited"]])
    named = chance.random() > NAMELESS

    def example(claim: str, category: str, at: int = first, *, named: bool = named) -> Example:
        reach = chance.randint(1, 2), chance.randint(1, 2)
        pair = _pair(claim, told if named else _nameless(told), (at, at + last - first), reach)
        pair = _altered(pair, chance)
        return Example(pair, category == "true", category, group)

    yield example(record["true"], "true")
    for category, claim in record["false"]:
        yield example(claim, category, named=named or category == SWAPPED)
    if chance.random() < ELSEWHERE:
        at = chance.randrange(len(told) - (last - first))
        if abs(at - first) > FAR:
            yield example(record["true"], "elsewhere", at)


def _pair(claim: str, told: Told, place: tuple[int, int], reach: tuple[int, int]) -> Pair:
    """The parts of the place (first, and the one after the last) between as many before and after as `reach` says."""
    first, last = place
    return Pair(
        asked=claim,
        said=_spoken(told[first:last]),
        before=_spoken(told[max(0, first - reach[0]) : first]),
        after=_spoken(told[last : last + reach[1]]),
    )


def _spoken(told: Told) -> str:
    return with_speakers((sentence.speaker, part.text) for sentence, part in told)


def _nameless(told: Told) -> list[Spoken]:
    return [(replace(sentence, speaker=None), part) for sentence, part in told]


def _altered(pair: Pair, chance: random.Random) -> Pair:
    """Now and then without punctuation."""
    if chance.random() > BARE:
        return pair
    bare = {name: without_punctuation(getattr(pair, name)) for name in ("said", "before", "after")}
    return replace(pair, **bare)


def without_punctuation(text: str) -> str:
    """As a recogniser writes, and as questions are typed; MiniLM sees no capitals."""
    return re.sub(r'[.,?!;:"]', "", text)
