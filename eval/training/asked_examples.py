"""What the question encoder learns from: the questions of `listeners.jsonl`, each with the windows it is compared with.

The transcripts are the Changelog's (CC BY-SA 4.0, not part of the project), in a folder of yours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bot.earmark import Earmark
from bot.embedding.minilm import MiniLM
from bot.embedding.model_files import open_tokenizer
from bot.index import Purpose, TokenVectors, Vectors
from bot.search.library import EpisodeShelf, Library
from bot.search.ranking import Query
from bot.search.scope import TALK
from bot.search.search import rank
from bot.search.windows import CONTEXT, COSINE, LATE, Window
from eval.cases import read_json_lines
from eval.training.fit_ranking import parts_of_words

LISTENERS = Path(__file__).with_name("listeners.jsonl")
WINDOWS = 40  # of a question, the best by the vectors that texts are embedded with
LATER_RIGHT = 2  # of those with evidence, where none is among the best, so many are
ONE_HELD_OUT_OF = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: token ids with the special ones, the others' weights, and a row a window.

    `firsts` and `lasts` (not included) are parts of the episode, `rows` the windows' in its vectors; `rest` is what the
    score has of keywords and passages, `right` whether there is evidence in it.
    """

    ids: list[int]
    weights: Vectors
    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]
    rows: NDArray[np.int64]
    rest: Vectors
    right: NDArray[np.bool_]
    answered: bool


@dataclass(frozen=True, eq=False)
class Told:
    """An episode's vectors as they are kept, of its tokens and of its windows; where each part's tokens begin."""

    file: str
    tokens: NDArray[np.int8]
    bounds: NDArray[np.int64]
    windows: NDArray[np.int8]
    asked: tuple[Asked, ...]

    @property
    def held_out(self) -> bool:
        return is_held_out(self.file)


class PlainMiniLM(MiniLM):
    """Embeds a question as any text: what learning begins with."""

    def embed_question(self, question: str, /, purpose: Purpose = "search") -> tuple[Vectors, TokenVectors]:
        vectors, [tokens] = self.embed_both([question])
        return vectors[0], tokens


def is_held_out(file: str) -> bool:
    """Whether nothing is learnt from questions about this transcript."""
    return crc32(file.encode()) % ONE_HELD_OUT_OF == 0


def listeners() -> dict[str, list[tuple[str, list[tuple[int, int]]]]]:
    """By transcript, each question and its evidence: the first and the last word of each span."""
    questions: dict[str, list[tuple[str, list[tuple[int, int]]]]] = {}
    for _, record in read_json_lines(LISTENERS):
        questions.setdefault(record["file"], []).append((record["question"], record["evidence"]))
    return questions


def told_and_asked(folder: Path, stores: Path) -> Iterator[Told]:
    """Every episode that is asked about; STORES keeps the indexes for the next time."""
    embedder, tokenizer = PlainMiniLM(), open_tokenizer()
    for name, asked in listeners().items():
        with Earmark.open(stores / Path(name).stem, model="quotes") as bot:
            bot.ingest(folder / name, strict=True)
            library = bot.library()
            [shelf] = library.shelves
            arrays = shelf.index.arrays
            yield Told(
                name,
                arrays["token_vectors"][:],
                np.asarray(arrays["part_tokens"], dtype=np.int64),
                arrays["window_vectors"][:],
                tuple(_asked(*one, library, embedder, tokenizer) for one in asked),
            )


def _asked(
    question: str,
    evidence: Sequence[tuple[int, int]],
    library: Library,
    embedder: MiniLM,
    tokenizer: Tokenizer,
) -> Asked:
    query = Query.of(question, library, embedder)
    [shelf] = library.shelves
    windows = _offered([w for w in rank(query, library, TALK)[1].windows if w.is_short], shelf, evidence)
    return Asked(
        tokenizer.encode(question).ids,
        query.weights,
        np.array([window.first for window, _ in windows]),
        np.array([window.last for window, _ in windows]),
        np.array([window.row for window, _ in windows]),
        np.array([w.score - COSINE * w.cosine - LATE * w.late - CONTEXT * w.context for w, _ in windows]),
        np.array([right for _, right in windows], dtype=np.bool_),
        bool(evidence),
    )


def _offered(
    windows: Sequence[Window], shelf: EpisodeShelf, evidence: Sequence[tuple[int, int]]
) -> list[tuple[Window, bool]]:
    """The best windows, and whether each has evidence; where none has, the best two of the others that have some."""
    spans = parts_of_words(shelf.parts, evidence) if evidence else []
    judged = [(w, any(w.first < last and first < w.last for first, last in spans)) for w in windows]
    best, later = judged[:WINDOWS], [one for one in judged[WINDOWS:] if one[1]][:LATER_RIGHT]
    return best if any(right for _, right in best) else [*best[: WINDOWS - len(later)], *later]
