"""What reading questions is learnt from: those of `listeners.jsonl`, each with the places that search offers for it.

The transcripts are the Changelog's (CC BY-SA 4.0, not part of the project), in a folder of yours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.earmark import Earmark
from bot.embedding.cross_encoder import Pair
from bot.embedding.minilm import MiniLM
from bot.search.library import Library
from bot.search.ranking import Query
from bot.search.reading import apart, pair_of
from bot.search.scope import TALK
from bot.search.search import rank
from eval.training.asked_examples import is_held_out, listeners
from eval.training.claim_examples import without_punctuation
from eval.training.fit_ranking import parts_of_words

OFFERED = 32  # places of a question
LATER_RIGHT = 2  # of those with evidence, where none is among the best, so many are offered too


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the places offered for it, best first; `right` says which have evidence.

    `apart` are the first of those that share no part, `scores` the search's.
    """

    pairs: tuple[Pair, ...]
    right: NDArray[np.bool_]
    apart: tuple[int, ...]
    scores: NDArray[np.float32]
    answered: bool
    held_out: bool


def asked_with_places(folder: Path, stores: Path) -> Iterator[Asked]:
    """Every question; STORES keeps the indexes for the next time."""
    embedder = MiniLM()
    for name, questions in listeners().items():
        with Earmark.open(stores / Path(name).stem, model="quotes") as bot:
            bot.ingest(folder / name, strict=True)
            for question, evidence in questions:
                yield _asked(question, evidence, bot.library(), embedder, is_held_out(name))


def bare(pair: Pair) -> Pair:
    return Pair(*map(without_punctuation, (pair.asked, pair.said, pair.before, pair.after)))


def without_question_mark(pair: Pair) -> Pair:
    return replace(pair, asked=pair.asked.rstrip("?"))


def _asked(question: str, evidence: list[tuple[int, int]], library: Library, embedder: MiniLM, held_out: bool) -> Asked:
    [shelf] = library.shelves
    windows = [one for one in rank(Query.of(question, library, embedder), library, TALK)[1].windows if one.is_short]
    spans = parts_of_words(shelf.parts, evidence) if evidence else []
    right = [any(one.first < last and first < one.last for first, last in spans) for one in windows]
    offered = list(range(min(OFFERED, len(windows))))
    sharing_none = set(map(id, apart(windows[:OFFERED])))
    if not any(right[:OFFERED]):
        offered += [place for place in range(OFFERED, len(windows)) if right[place]][:LATER_RIGHT]
    return Asked(
        tuple(pair_of(question, windows[place], library) for place in offered),
        np.array([right[place] for place in offered], dtype=np.bool_),
        tuple(place for place in offered if id(windows[place]) in sharing_none),
        np.array([windows[place].score for place in offered], dtype=np.float32),
        bool(evidence),
        held_out,
    )
