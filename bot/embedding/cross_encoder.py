"""Two texts read together by MiniLM: does a passage say what a claim says?

A cross-encoder (Nogueira and Cho 2019): both texts are in one input, so each word of the one sees the other. What it
knows of that was learnt from claims about podcast episodes (`eval/training/fit_cross_encoder.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.embedding.learnt_graph import pair_graph
from bot.embedding.minilm import model_threads
from bot.embedding.model_files import Learnt, open_session, open_tokenizer, read_learnt
from bot.index import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LEARNT_FILE = Path(__file__).with_name("data") / "cross_encoder.npz"
# Of a claim no more is read, and no more of both texts together, as it was learnt: attention and time grow with it.
MOST_OF_CLAIM = 56
MOST_TOKENS = 96
BEGIN, SEPARATOR = 101, 102  # BERT's [CLS] and [SEP]


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, and what is said: the words that it is about, between those around them."""

    claim: str
    said: str
    before: str = ""
    after: str = ""


def with_speakers(spoken: Iterable[tuple[str | None, str]]) -> str:
    """The texts, each with the name of who speaks before it where that is known and another spoke before."""
    texts: list[str] = []
    before = None
    for speaker, text in spoken:
        texts.append(f"{speaker}: {text}" if speaker and speaker != before else text)
        before = speaker
    return " ".join(texts)


def token_ids(pair: Pair, tokenizer: Tokenizer, most: int = MOST_TOKENS) -> tuple[list[int], list[int]]:
    """Token ids and segments: [CLS] claim [SEP] before said after [SEP], where `said` alone is of segment 1.

    What is too long loses the words that are farthest from `said`.
    """
    texts = (pair.claim, pair.before, pair.said, pair.after)
    claim, before, said, after = (
        encoding.ids for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)
    )
    claim = claim[:MOST_OF_CLAIM]
    said = said[: most - 3 - len(claim)]
    room = most - 3 - len(claim) - len(said)
    kept_before = min(len(before), max(room // 2, room - len(after)))
    after = after[: room - kept_before]
    head = [BEGIN, *claim, SEPARATOR, *before[len(before) - kept_before :]]
    return [*head, *said, *after, SEPARATOR], [0] * len(head) + [1] * len(said) + [0] * (len(after) + 1)


@cache
def cross_encoder() -> CrossEncoder:
    """The one of this process: it is the same for all questions, and 35 MB."""
    return CrossEncoder()


class CrossEncoder:
    """Thread-safe; loaded at the first use."""

    def __init__(self) -> None:
        self._loading = threading.Lock()

    def load(self) -> None:
        """Loads the model now; raises EmbeddingUnavailable."""
        _ = self._tokenizer, self._session

    def scores(self, pairs: Sequence[Pair]) -> Vectors:
        """The log odds that the words said support the claim, shape (pairs,)."""
        self.load()
        inputs = [token_ids(pair, self._tokenizer) for pair in pairs]
        # In these threads, a single one too: the allocator keeps memory for each thread that has ever read, 330 MB with
        # 200 people at once.
        return np.array(list(self._threads.map(self._read, inputs)), dtype=np.float32)

    def _read(self, inputs: tuple[list[int], list[int]]) -> float:
        ids, segments = (np.array([values], dtype=np.int64) for values in inputs)
        fed = {"input_ids": ids, "segments": segments, "positions": np.arange(ids.shape[1], dtype=np.int64)}
        hidden: Vectors = self._session.run(["last_hidden_state"], fed)[0][0]
        read = np.concatenate([hidden[0], hidden.mean(axis=0)])
        learnt = self._learnt
        inner = np.tanh(read @ learnt["head/into"] + learnt["head/bias"])
        return float(inner @ learnt["head/out_of"] + learnt["head/offset"])

    @cached_property
    def _learnt(self) -> Learnt:
        return read_learnt(LEARNT_FILE)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return model_threads("cross-encoder")

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        with self._loading:
            return open_tokenizer()

    @cached_property
    def _session(self) -> Any:
        with self._loading:
            return open_session(lambda path: pair_graph(path, self._learnt))
