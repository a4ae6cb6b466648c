"""MiniLM's layers in JAX, with the weights of the installed file as floats, which training changes.

Only upper layers are learnt: the lowest, which know words and word order, are kept as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from bot.embedding import onnx_file as onnx
from bot.embedding.learnt_graph import INTO, OUT_OF
from bot.embedding.minilm_graph import EPSILON, HEADS, LAYERS, POSITIONS, SEGMENTS, WORDS, matrices, scale_of
from bot.embedding.model_files import Learnt

LEARNT_FROM = 2  # the first layer that is learnt where nothing else is said, from 0
MATRICES = ("query", "key", "value", "said", "up", "down")
BIASES = (
    "attention.self.query.bias", "attention.self.key.bias", "attention.self.value.bias",
    "attention.output.dense.bias", "intermediate.dense.bias", "output.dense.bias",
)  # fmt: skip
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")

# Arrays of JAX, and dicts and lists of them.
Tree = Any


class Weights:
    """`embeddings` and `lower` stay; `upper`, the layers from `learnt_from` on, is what learning starts from.

    `names` has the names of each layer's matrices in the file.
    """

    def __init__(self, path: Path, learnt_from: int = LEARNT_FROM) -> None:
        self.learnt_from = learnt_from
        self._path, self._stored = path, onnx.read_tensors(path)
        named = iter(matrices(self._stored))
        self.names = [[next(named) for _ in MATRICES] for _ in range(LAYERS)]
        layers = [self._layer(place) for place in range(LAYERS)]
        self.lower, self.upper = layers[:learnt_from], layers[learnt_from:]
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


def changes(weights: Weights, layers: Tree, rank: int) -> dict[str, NDArray[Any]]:
    """What `bot.embedding.learnt_graph` reads: the changes of the upper layers' matrices at a rank, the rest whole.

    There may be fewer layers than MiniLM has.
    """
    kept: dict[str, NDArray[Any]] = {}
    for place, (before, after) in enumerate(zip(weights.upper, layers, strict=False), start=weights.learnt_from):
        layer = f"inner.encoder.layer.{place}"
        for kind, matrix, bias in zip(MATRICES, weights.names[place], BIASES, strict=True):
            left, sizes, right = np.linalg.svd(after[kind][0] - np.asarray(before[kind][0]), full_matrices=False)
            roots = np.sqrt(sizes[:rank])
            kept[matrix + INTO] = (left[:, :rank] * roots).astype(np.float16)
            kept[matrix + OUT_OF] = (roots[:, None] * right[:rank]).astype(np.float16)
            kept[f"{layer}.{bias}"] = after[kind][1].astype(np.float16)
        for norm, values in zip(NORMS, (after["norm_said"], after["norm_out"]), strict=True):
            for part, own in zip(("weight", "bias"), values, strict=True):
                kept[f"{layer}.{norm}.{part}"] = own.astype(np.float16)
    return kept


def between(share: float, before: Tree, *after: Tree) -> NDArray[np.float32]:
    """A share of the way from before to the mean of what came after."""
    return np.asarray(before + share * (sum(after) / len(after) - before))


def changed(weights: Weights, kept: Learnt) -> Tree:
    """The upper layers with the changes that `changes` kept of them."""
    layers = []
    for place, before in enumerate(weights.upper, start=weights.learnt_from):
        layer = f"inner.encoder.layer.{place}"
        after: Tree = {}
        for kind, matrix, bias in zip(MATRICES, weights.names[place], BIASES, strict=True):
            into, out_of = (jnp.asarray(kept[matrix + name], dtype=jnp.float32) for name in (INTO, OUT_OF))
            after[kind] = [before[kind][0] + into @ out_of, jnp.asarray(kept[f"{layer}.{bias}"], dtype=jnp.float32)]
        for name, norm in zip(("norm_said", "norm_out"), NORMS, strict=True):
            own = (kept[f"{layer}.{norm}.{part}"] for part in ("weight", "bias"))
            after[name] = [jnp.asarray(values, dtype=jnp.float32) for values in own]
        layers.append(after)
    return layers


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
