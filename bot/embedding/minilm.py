"""all-MiniLM-L6-v2 on onnxruntime: vectors of texts, and of their tokens for late interaction.

Mean pooling over at most 256 tokens, then L2 norm, as sentence-transformers/all-MiniLM-L6-v2 defines it.
The weights are int8 and come inside a package; nothing is downloaded. `minilm_graph` says how they are run.
Questions are embedded with upper layers that have learnt, from listeners' questions about other episodes, to be near
what answers them and not what resembles them (`eval/training/fit_question_encoder.py`); texts keep the vectors that
they have always had.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.embedding.learnt_graph import question_graph
from bot.embedding.minilm_graph import graph_over
from bot.embedding.model_files import MODEL_SHA256, TOKENIZER_SHA256, open_session, open_tokenizer, read_learnt
from bot.index import Embedded, Purpose, TokenEmbedder, TokenVectors, Vectors

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

DATA = Path(__file__).with_name("data")
SEARCH_FILE, ANSWERABLE_FILE = DATA / "search_questions.npz", DATA / "answerable_questions.npz"
MOST_TOKENS = 256
# Texts are run one at a time on each core; that many at once, and no more however many cores there are.
MOST_THREADS = 8
# The way of running the weights, beside the files' hashes: other rounding makes other vectors.
RUN = "dynamic int8, exact, each text alone"


class MiniLM(TokenEmbedder):
    """Thread-safe; the model is loaded at the first use and its files are checked by hash then."""

    name = "minilm"
    dimension = 384
    fingerprint = f"all-MiniLM-L6-v2 {RUN} {MODEL_SHA256[:16]} {TOKENIZER_SHA256[:16]}"

    def __init__(self) -> None:
        self._loading = threading.Lock()

    def load(self, *purposes: Purpose) -> None:
        """Loads what a question is embedded with to search, and beside it for other `purposes`.

        Raises EmbeddingUnavailable.
        """
        if "answerable" in purposes:
            _ = self._answerable_session
        _ = self._tokenizer, self._search_session

    def embed(self, texts: Sequence[str], /) -> Vectors:
        return self.embed_both(texts)[0]

    def embed_tokens(self, texts: Sequence[str], /) -> list[TokenVectors]:
        """One entry a text, in order: unit vectors of its tokens, special tokens left out."""
        return self.embed_both(texts)[1]

    def embed_both(self, texts: Sequence[str], /) -> tuple[Vectors, list[TokenVectors]]:
        """The texts' unit vectors of shape (texts, 384) and their tokens' unit vectors, from one pass."""
        session = self._session
        encodings = self._tokenizer.encode_batch([text or " " for text in texts])
        if len(encodings) > 1:
            both = list(self._threads.map(partial(_embed_one, session), encodings))
        else:
            both = [_embed_one(session, encoding) for encoding in encodings]
        vectors = [vector for vector, _ in both]
        stacked = np.concatenate(vectors) if vectors else np.zeros((0, self.dimension), dtype=np.float32)
        return stacked, [tokens for _, tokens in both]

    def embed_question(self, question: str, /, purpose: Purpose = "search") -> Embedded:
        session = self._search_session if purpose == "search" else self._answerable_session.result()
        vectors, tokens = _embed_one(session, self._tokenizer.encode(question or " "))
        return vectors[0], tokens

    def begin_question(self, question: str, /, purpose: Purpose) -> Future[Embedded]:
        self.load(purpose)  # not in a thread that what it loads may wait for
        return self._threads.submit(self.embed_question, question, purpose)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return model_threads("minilm")

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        with self._loading:
            tokenizer = open_tokenizer()
            tokenizer.enable_truncation(max_length=MOST_TOKENS)
            return tokenizer

    @cached_property
    def _session(self) -> Any:
        with self._loading:
            return open_session(graph_over)

    @cached_property
    def _search_session(self) -> Any:
        with self._loading:
            return open_session(lambda path: question_graph(path, read_learnt(SEARCH_FILE)))

    @cached_property
    def _answerable_session(self) -> Future[Any]:
        """On its way from the first look at it, since a cold answer waits for it; its file is read at once."""
        learnt = read_learnt(ANSWERABLE_FILE)
        return self._threads.submit(lambda: open_session(lambda path: question_graph(path, learnt)))


def _embed_one(session: Any, encoding: Encoding) -> tuple[Vectors, TokenVectors]:
    ids = np.array([encoding.ids], dtype=np.int64)
    inputs = {"input_ids": ids, "positions": np.arange(ids.shape[1], dtype=np.int64)}
    hidden: Vectors = session.run(["last_hidden_state"], inputs)[0][0]
    return unit_rows(hidden.mean(axis=0, keepdims=True)), _token_vectors(encoding, hidden)


def _token_vectors(encoding: Encoding, hidden: Vectors) -> TokenVectors:
    own = np.flatnonzero(np.array(encoding.special_tokens_mask) == 0)
    # Each look at these makes a list of all tokens.
    tokens, offsets = encoding.tokens, np.array(encoding.offsets, dtype=np.int32)
    return TokenVectors(unit_rows(hidden[own]), tuple(tokens[place] for place in own), offsets[own])


def model_threads(name: str) -> ThreadPoolExecutor:
    """Threads for passes of a model, no more than help."""
    return ThreadPoolExecutor(min(MOST_THREADS, usable_cores()), thread_name_prefix=name)


def usable_cores() -> int:
    """Cores that this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def unit_rows(rows: Vectors) -> Vectors:
    """The rows scaled to length 1; a row of zeros stays as it is."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-12), dtype=np.float32)
