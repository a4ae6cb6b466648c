"""MiniLM's layers in JAX, with the weights of the installed file as floats: what `fit_cross_encoder` changes.

Only the upper layers are learnt: the lower ones, which know words and word order, are kept as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bot.embedding import onnx_file as onnx
from bot.embedding.minilm_graph import EPSILON, HEADS, LAYERS, POSITIONS, SEGMENTS, WORDS, matrices, scale_of

LEARNT_FROM = 2  # the first layer that is learnt, from 0
MATRICES = ("query", "key", "value", "said", "up", "down")
BIASES = (
    "attention.self.query.bias", "attention.self.key.bias", "attention.self.value.bias",
    "attention.output.dense.bias", "intermediate.dense.bias", "output.dense.bias",
)  # fmt: skip
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")

# Arrays of JAX, and dicts and lists of them.
Tree = Any


class Weights:
    """`embeddings` and `lower` stay; `upper`, the layers from LEARNT_FROM on, is what learning starts from.

    `names` has the names of each layer's matrices in the file.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._stored = path, onnx.read_tensors(path)
        named = iter(matrices(self._stored))
        self.names = [[next(named) for _ in MATRICES] for _ in range(LAYERS)]
        layers = [self._layer(place) for place in range(LAYERS)]
        self.lower, self.upper = layers[:LEARNT_FROM], layers[LEARNT_FROM:]
        self.embeddings = {
            "words": self._restored(WORDS, (-1, 1)),
            "positions": self._restored(POSITIONS, (-1, 1)),
            "segments": self._values(SEGMENTS),
            "norm": [self._values(f"inner.embeddings.LayerNorm.{part}") for part in ("weight", "bias")],
        }

    def _layer(self, place: int) -> Tree:
        name = f"inner.encoder.layer.{place}"
        made: Tree = {
            kind: [self._restored(matrix.removesuffix("_q"), (1, -1)), self._values(f"{name}.{bias}")]
            for kind, matrix, bias in zip(MATRICES, self.names[place], BIASES, strict=True)
        }
        norms = [[self._values(f"{name}.{norm}.{part}") for part in ("weight", "bias")] for norm in NORMS]
        return made | {"norm_said": norms[0], "norm_out": norms[1]}

    def _restored(self, name: str, scales: tuple[int, int]) -> Tree:
        whole = self._values(f"{name}_q")
        return whole * self._values(scale_of(f"{name}_q")).reshape(scales)

    def _values(self, name: str) -> Tree:
        return jnp.asarray(np.array(onnx.read_values(self._path, self._stored[name]), dtype=np.float32))


def hidden_states(embeddings: Tree, layers: list[Tree], ids: Tree, segments: Tree, mask: Tree) -> Tree:
    """The last layer's vectors, shape (texts, tokens, 384); `mask` is 0 where a text is over."""
    places = embeddings["positions"][: ids.shape[1]][None]
    summed = embeddings["words"][ids] + places + embeddings["segments"][segments]
    hidden = _normalized(summed, embeddings["norm"])
    unseen = jnp.where(mask[:, None, None, :] > 0, 0.0, -1e9)
    for layer in layers:
        hidden = _through(layer, hidden, unseen)
    return hidden


def _through(layer: Tree, hidden: Tree, unseen: Tree) -> Tree:
    texts, tokens, size = hidden.shape
    query, key, value = (
        _product(hidden, layer[name]).reshape(texts, tokens, HEADS, -1).transpose(0, 2, 1, 3)
        for name in ("query", "key", "value")
    )
    looks = jax.nn.softmax(query @ key.transpose(0, 1, 3, 2) / np.sqrt(size // HEADS) + unseen, -1)
    mixed = (looks @ value).transpose(0, 2, 1, 3).reshape(texts, tokens, size)
    after = _normalized(_product(mixed, layer["said"]) + hidden, layer["norm_said"])
    wide = jax.nn.gelu(_product(after, layer["up"]), approximate=False)
    return _normalized(_product(wide, layer["down"]) + after, layer["norm_out"])


def _product(hidden: Tree, weights: Tree) -> Tree:
    matrix, bias = weights
    # Two dimensions multiply faster than three.
    return (hidden.reshape(-1, hidden.shape[-1]) @ matrix + bias).reshape(*hidden.shape[:-1], -1)


def _normalized(rows: Tree, weights: Tree) -> Tree:
    centred = rows - rows.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + EPSILON) * weights[0] + weights[1]
