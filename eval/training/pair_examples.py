"""What the cross-encoder learns from: claims and questions about episodes, each with the words it is read with.

`claims.jsonl` has true claims, each with three faulty variants; `listeners.jsonl` questions, their evidence empty where
the episode does not answer. Places are counted in words through the transcript. The transcripts are the Changelog's
(CC BY-SA 4.0, not part of the project), in a folder of yours.
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
from bot.embedding.cross_encoder import Pair, Task
from bot.embedding.minilm import MiniLM
from bot.search.ranking import Query
from bot.search.reading import pair_of
from bot.search.scope import TALK
from bot.search.search import rank
from bot.search.window_table import Spoken
from bot.search.windows import Window
from eval.cases import read_json_lines
from eval.training.fit_ranking import parts_of_words

CLAIMS, LISTENERS = (Path(__file__).with_name(name) for name in ("claims.jsonl", "listeners.jsonl"))
ONE_HELD_OUT_OF = 6
# So often the names of the speakers are left out, which many transcripts lack, and punctuation, which speech has not.
NAMELESS, BARE = 0.35, 0.12
SWAPPED = "swapped"  # a fault that only the speakers' names may show
ELSEWHERE = 0.5  # so many true claims are also set beside another moment of their episode
FAR = 8  # parts
TRIED = 60  # windows of a question, the best first
BEST, READ_WELL = 10, 4  # of the best windows without evidence, so many are taken

Told = Sequence[Spoken]


@dataclass(frozen=True, slots=True)
class Example:
    """`right`: the words support the claim, or answer the question. Those of one `group` are compared."""

    task: Task
    pair: Pair
    right: bool
    category: str
    group: str

    @property
    def held_out(self) -> bool:
        return crc32(self.group.partition("#")[0].encode()) % ONE_HELD_OUT_OF == 0


def examples(folder: Path, stores: Path) -> Iterator[Example]:
    """All examples, the same for the same files; STORES keeps the indexes for the next time."""
    chance = random.Random(5)
    embedder = MiniLM()
    claims, questions = _by_file(CLAIMS), _by_file(LISTENERS)
    for name in sorted(claims.keys() | questions.keys()):
        with Earmark.open(stores / Path(name).stem, model="quotes") as bot:
            bot.ingest(folder / name, strict=True)
            [shelf] = bot.library().shelves
            for number, record in enumerate(claims.get(name, ())):
                yield from _of_claim(record, shelf.parts, f"{name}#{number}", chance)
            for number, record in enumerate(questions.get(name, ())):
                query = Query.of(record["question"], bot.library(), embedder)
                short = [w for w in rank(query, bot.library(), TALK)[1].windows if w.is_short][:TRIED]
                yield from _of_question(record, short, shelf.parts, f"{name}#?{number}", chance)


def _by_file(path: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for _, record in read_json_lines(path):
        found.setdefault(record["file"], []).append(record)
    return found


def _of_claim(record: dict[str, Any], told: Told, group: str, chance: random.Random) -> Iterator[Example]:
    [(first, last)] = parts_of_words(told, [record["cited"]])
    named = chance.random() > NAMELESS

    def example(claim: str, category: str, at: int = first, *, named: bool = named) -> Example:
        reach = chance.randint(1, 2), chance.randint(1, 2)
        pair = _altered(pair_of(claim, told if named else _nameless(told), (at, at + last - first), reach), chance)
        return Example("supports", pair, category == "true", category, group)

    yield example(record["true"], "true")
    for category, claim in record["false"]:
        yield example(claim, category, named=named or category == SWAPPED)
    if chance.random() < ELSEWHERE:
        at = chance.randrange(len(told) - (last - first))
        if abs(at - first) > FAR:
            yield example(record["true"], "elsewhere", at)


def _of_question(
    record: dict[str, Any], windows: Sequence[Window], told: Told, group: str, chance: random.Random
) -> Iterator[Example]:
    """Of an answered question windows with evidence and the best without; of another the best windows."""
    evidence = parts_of_words(told, record["evidence"])
    right = [w for w in windows if any(w.first < last and first < w.last for first, last in evidence)]
    wrong = [w for w in windows if w not in right]
    if evidence:
        places = [(w.first, w.last) for w in right] or [(first, min(first + 2, last)) for first, last in evidence[:1]]
        chosen = [(place, True) for place in [places[0], *([chance.choice(places[1:4])] if len(places) > 2 else [])]]
        near = chance.sample(wrong[:BEST], min(READ_WELL, len(wrong[:BEST])))
        far = [chance.choice(wrong[BEST:])] if len(wrong) > BEST + READ_WELL else []
        chosen += [((w.first, w.last), False) for w in [*near, *far]]
    else:
        chosen = [((w.first, w.last), False) for w in [*wrong[:1], *chance.sample(wrong[1:8], min(2, len(wrong[1:8])))]]
    named = chance.random() > NAMELESS
    asked = record["question"] if chance.random() > BARE else record["question"].lower().rstrip("?")
    for place, is_right in chosen:
        pair = pair_of(asked, told if named else _nameless(told), place, (chance.randint(2, 3), chance.randint(0, 1)))
        category = "answered" if evidence else "not answered"
        yield Example("answers", _altered(pair, chance), is_right, category, group)


def _nameless(told: Told) -> list[Spoken]:
    return [(replace(sentence, speaker=None), part) for sentence, part in told]


def _altered(pair: Pair, chance: random.Random) -> Pair:
    """Now and then without capitals and punctuation."""
    if chance.random() > BARE:
        return pair
    bare = {name: re.sub(r'[.,?!;:"]', "", getattr(pair, name).lower()) for name in ("said", "before", "after")}
    return replace(pair, **bare)
