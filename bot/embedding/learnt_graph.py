"""MiniLM's graph with what was learnt on top of its weights.

`eval/training` learns a change of each matrix and keeps it as the product of two thin ones (low rank, after LoRA, Hu
and others 2021): 2 MB in place of 11. The changed matrices are rounded to int8 as the file's own are, one scale a
column. Norms and biases are kept whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from bot.embedding import onnx_file as onnx
from bot.embedding.minilm_graph import LAYERS, SEGMENTS, Graph, scale_of
from bot.embedding.model_files import Learnt

# The two factors of a matrix's change are kept under its name with these behind it.
INTO, OUT_OF = "/into", "/out_of"


def question_graph(path: Path, learnt: Learnt) -> bytes:
    """As `graph_over`, with the weights that questions are embedded with."""
    return _LearntGraph(path, learnt).model()


def pair_graph(path: Path, learnt: Learnt, layers: int) -> bytes:
    """A model of two texts in one input, of the first layers, whose words' vectors are read from `path` beside it.

    `input_ids` and `segments` int64 (1, tokens), `positions` int64 (tokens,) -> `last_hidden_state` float32
    (1, tokens, 384). Raises ValueError for a file without MiniLM's weights.
    """
    return _PairGraph(path, learnt, layers).model()


class _LearntGraph(Graph):
    def __init__(self, path: Path, learnt: Learnt, layers: int = LAYERS) -> None:
        super().__init__(path, layers)
        self._learnt = learnt

    def _matrix(self, weights: str) -> tuple[str, str]:
        if weights + INTO not in self._learnt:
            return super()._matrix(weights)
        # In place, since a cold answer waits for it.
        matrix = self._learnt[weights + INTO].astype(np.float32) @ self._learnt[weights + OUT_OF].astype(np.float32)
        matrix += self._values(weights) * self._values(scale_of(weights)).reshape(1, -1)
        scales = np.maximum(np.maximum(matrix.max(axis=0), -matrix.min(axis=0)), 1e-9) / 127
        np.divide(matrix, scales, out=matrix)
        np.rint(matrix, out=matrix)
        self._tensors.append(onnx.tensor(scale_of(weights), scales.astype(np.float32)))
        return self._whole_numbers(weights, matrix.astype(np.int8)), scale_of(weights)

    def _values(self, name: str) -> Any:
        return self._learnt[name].astype(np.float32) if name in self._learnt else super()._values(name)


class _PairGraph(_LearntGraph):
    inputs = (*Graph.inputs, ("segments", onnx.INT64, ("texts", "tokens")))

    def _places(self) -> str:
        self._tensors.append(onnx.tensor("place", self._positions()))
        segments = self._inside(SEGMENTS)
        self._add("Gather", ["place", "positions"], "placed")
        self._add("Gather", [segments, "segments"], "segment_vectors")
        return self._add("Add", ["segment_vectors", "placed"], "places")
