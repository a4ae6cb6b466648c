"""A cross-encoder in JAX: MiniLM's layers over two texts, and a head that gives log odds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from bot.embedding.cross_encoder import Inputs
from bot.embedding.model_files import Learnt
from eval.training.differentiable_minilm import Tree, Weights, between, changed, changes, hidden_states

INNER = 128
RANK = 32
DECAY = 0.01
Loss = Callable[[Tree, Tree], Tree]


def padded(rows: Sequence[Inputs], tokens: int) -> dict[str, NDArray[Any]]:
    """`ids`, `segments` and `mask` of shape (rows, tokens); an empty row is one token long."""
    ids, segments, mask = (np.zeros((len(rows), tokens), dtype=kind) for kind in (np.int32, np.int32, np.float32))
    mask[:, 0] = 1
    for place, (row_ids, row_segments) in enumerate(rows):
        size = len(row_ids)
        ids[place, :size], segments[place, :size], mask[place, :size] = row_ids, row_segments, 1
    return {"ids": ids, "segments": segments, "mask": mask}


def begun(weights: Weights, before: Learnt | None = None) -> Tree:
    """`layers`, those that are learnt, and `head`, two small layers over the first vector and the mean of all."""
    new = _new_head(2 * weights.embeddings["words"].shape[1])
    if before is None:
        return {"layers": weights.upper, "head": new}
    return {"layers": changed(weights, before), "head": {name: jnp.asarray(before[f"head/{name}"]) for name in new}}


def log_odds(weights: Weights, learnt: Tree, batch: Tree) -> Tree:
    """Shape (rows,)."""
    layers = [*weights.lower, *learnt["layers"]]
    hidden = hidden_states(weights.embeddings, layers, batch["ids"], batch["segments"], batch["mask"])
    mask, head = batch["mask"][..., None], learnt["head"]
    read = jnp.concatenate([hidden[:, 0], (hidden * mask).sum(1) / mask.sum(1)], 1)
    return jnp.tanh(read @ head["into"] + head["bias"]) @ head["out_of"] + head["offset"]


class Learner:
    """AdamW with a warm-up and a cosine decay; `learnt` is as `begun` makes it."""

    def __init__(self, weights: Weights, start: Tree, loss: Loss, rates: optax.Schedule) -> None:
        """`loss` is of the log odds and their batch."""
        self.learnt = start
        update = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rates, b2=0.98, weight_decay=DECAY))
        self._state: Tree = update.init(start)

        def step(learnt: Tree, state: Tree, batch: Tree) -> Tree:
            slope = jax.grad(lambda tree: loss(log_odds(weights, tree, batch), batch))(learnt)
            change, state = update.update(slope, state, learnt)
            return optax.apply_updates(learnt, change), state

        self._log_odds, self._step = jax.jit(partial(log_odds, weights)), jax.jit(step)

    def learn(self, batch: Tree) -> None:
        self.learnt, self._state = self._step(self.learnt, self._state, batch)

    def log_odds(self, batch: Tree) -> NDArray[np.float32]:
        """Shape (rows,)."""
        return np.asarray(self._log_odds(self.learnt, batch))


def kept(weights: Weights, learnt: Tree, rank: int = RANK, share: float = 1.0) -> dict[str, NDArray[Any]]:
    """What `CrossEncoder` reads, with a share of what was learnt."""
    learnt = jax.tree.map(np.asarray, learnt)
    head = {f"head/{name}": values for name, values in learnt["head"].items()}
    before = weights.upper[: len(learnt["layers"])]
    return head | changes(weights, jax.tree.map(partial(between, share), before, learnt["layers"]), rank)


def _new_head(size: int) -> Tree:
    chance = np.random.default_rng(1)
    return {
        "into": jnp.asarray(chance.normal(0, 0.03, (size, INNER)), dtype=jnp.float32),
        "bias": jnp.zeros(INNER),
        "out_of": jnp.asarray(chance.normal(0, 0.1, INNER), dtype=jnp.float32),
        "offset": jnp.zeros(()),
    }
