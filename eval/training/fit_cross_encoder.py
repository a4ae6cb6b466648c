"""`python -m eval.training.fit_cross_encoder FOLDER [STORES]`: examples -> `bot/embedding/data/cross_encoder.npz`.

Claims and questions are learnt in turn by one model with two outputs. Within a group, what is right is to score higher
than what is wrong (the claim than its faulty variants, the evidence than other windows), and each by itself is to stand
on its side of 0. What the episodes held out reach is printed as it goes on. The changes of the weights are kept at low
rank. FOLDER is as for `fit_ranking`; STORES keeps the indexes. An hour and a half on two cores. Asks for JAX and optax,
on which the project does not depend: `pip install jax optax`. Not deterministic to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from bot.embedding.cross_encoder import LEARNT_FILE, TASKS, Task, token_ids
from bot.embedding.cross_encoder_graph import INTO, OUT_OF
from bot.embedding.minilm import model_file, open_tokenizer
from bot.grounding import entailment
from bot.search import reading
from eval.training.differentiable_minilm import (
    BIASES,
    LEARNT_FROM,
    MATRICES,
    NORMS,
    Tree,
    Weights,
    hidden_states,
)
from eval.training.folder_and_stores import run
from eval.training.pair_examples import Example, examples

DECAY = 0.01
GROUPS, ROWS = 8, 40  # of a step, at most
REPORTED = ROWS // 8  # groups at once: none has more than 8 rows
ROUNDED_TO = 16  # tokens: few lengths, since each is compiled by itself
INNER = 128
RANK = 32
FALSE_ALARMS = 0.05
MOST: dict[Task, int] = {"supports": entailment.MOST_TOKENS, "answers": reading.MOST_TOKENS}
RIGHT_WEIGHS = 2.0

Group = list["Row"]


@dataclass(frozen=True, slots=True)
class Round:
    """So many steps, of which some share is of questions; the rate rises at first and falls to 0."""

    steps: int
    questions: float
    rate: float


# What is learnt of claims helps with questions, and stays. For the committed weights the first three had 6,120 of the
# questions and 2,520 of the claims, the fourth four more hands' (8,280 and 3,480), the last all.
ROUNDS = (
    Round(100, 0.0, 1.5e-4),
    Round(490, 0.5, 1.5e-4),
    Round(330, 1.0, 1.2e-4),
    Round(800, 0.55, 1.1e-4),
    Round(260, 0.5, 9e-5),
)
RISING = 20  # steps


@dataclass(frozen=True, slots=True)
class Row:
    example: Example
    ids: list[int]
    segments: list[int]


class Batch(dict[str, NDArray[Any]]):
    """`ids`, `segments`, `mask` of shape (ROWS, tokens); `right`, `group`, `counts`, `task` of shape (ROWS,)."""

    @classmethod
    def of(cls, groups: Sequence[Group]) -> Batch:
        rows = [(row, number) for number, group in enumerate(groups) for row in group][:ROWS]
        longest = -(-max(len(row.ids) for row, _ in rows) // ROUNDED_TO) * ROUNDED_TO
        ids, segments, mask = (np.zeros((ROWS, longest), dtype=kind) for kind in (np.int32, np.int32, np.float32))
        right, group, counts, task = (np.zeros(ROWS, dtype=kind) for kind in (np.float32, np.int32, np.float32, int))
        for place, (row, number) in enumerate(rows):
            size = len(row.ids)
            ids[place, :size], segments[place, :size], mask[place, :size] = row.ids, row.segments, 1
            right[place], group[place], counts[place] = row.example.right, number, 1
            task[place] = TASKS.index(row.example.task)
        mask[len(rows) :, 0] = 1
        return cls(ids=ids, segments=segments, mask=mask, right=right, group=group, counts=counts, task=task)


def main(folder: Path, stores: Path) -> None:
    tokenizer = open_tokenizer()
    rows = [Row(one, *token_ids(one.pair, tokenizer, MOST[one.task])) for one in examples(folder, stores)]
    weights = Weights(model_file())
    learner = Learner(weights)
    claims, questions = (grouped(rows, task, held_out=False) for task in TASKS)
    for one in ROUNDS:
        learner.begin(one)
        for batch in turns(one, claims, questions):
            learner.learn(Batch.of(batch))
        print(f"{one.steps} steps, {one.questions:.0%} of them questions")
        for task in TASKS:
            report(learner, grouped(rows, task, held_out=True))
    kept: Any = compressed(weights, jax.tree.map(np.asarray, learner.learnt))
    np.savez(LEARNT_FILE, **kept)


def grouped(rows: Sequence[Row], task: Task, *, held_out: bool) -> list[Group]:
    groups: dict[str, Group] = {}
    for row in rows:
        if row.example.task == task and row.example.held_out == held_out:
            groups.setdefault(row.example.group, []).append(row)
    return list(groups.values())


def turns(one: Round, claims: Sequence[Group], questions: Sequence[Group]) -> Iterator[list[Group]]:
    """Batches of groups of about the same length."""
    chance = np.random.default_rng(one.steps)
    of_claims, of_questions = _batches(claims, chance), _batches(questions, chance)
    for number in range(one.steps):
        is_question = int((number + 1) * one.questions) > int(number * one.questions)
        yield next(of_questions if is_question else of_claims)


def _batches(groups: Sequence[Group], chance: np.random.Generator) -> Iterator[list[Group]]:
    while True:
        lengths = [max(len(row.ids) for row in group) + chance.normal(0, 6) for group in groups]
        parts = np.array_split(np.argsort(lengths), -(-len(groups) // GROUPS))
        for part in chance.permutation(len(parts)):
            yield [groups[place] for place in parts[part]]


class Learner:
    """`learnt` has the upper layers and the head, which is two small layers over the first vector and their mean."""

    def __init__(self, weights: Weights) -> None:
        chance = np.random.default_rng(1)
        size = 2 * weights.embeddings["words"].shape[1]
        head = {
            "into": jnp.asarray(chance.normal(0, 0.03, (size, INNER)), dtype=jnp.float32),
            "bias": jnp.zeros(INNER),
            "out_of": jnp.asarray(chance.normal(0, 0.1, (INNER, len(TASKS))), dtype=jnp.float32),
            "offset": jnp.zeros(len(TASKS)),
        }
        self.learnt: Tree = {"layers": weights.upper, "head": head}
        self._weights = weights

    def begin(self, one: Round) -> None:
        rates = optax.warmup_cosine_decay_schedule(0.0, one.rate, RISING, one.steps)
        update = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rates, b2=0.98, weight_decay=DECAY))
        self._state: Tree = update.init(self.learnt)
        weights = self._weights

        def logits(learnt: Tree, batch: Tree) -> Tree:
            layers = [*weights.lower, *learnt["layers"]]
            hidden = hidden_states(weights.embeddings, layers, batch["ids"], batch["segments"], batch["mask"])
            mask = batch["mask"][..., None]
            read = jnp.concatenate([hidden[:, 0], (hidden * mask).sum(1) / mask.sum(1)], 1)
            inner = jnp.tanh(read @ learnt["head"]["into"] + learnt["head"]["bias"])
            both = inner @ learnt["head"]["out_of"] + learnt["head"]["offset"]
            return jnp.take_along_axis(both, batch["task"][:, None], 1)[:, 0]

        def step(learnt: Tree, state: Tree, batch: Tree) -> Tree:
            slope = jax.grad(lambda tree: _loss(logits(tree, batch), batch))(learnt)
            change, state = update.update(slope, state, learnt)
            return optax.apply_updates(learnt, change), state

        self._logits, self._step = jax.jit(logits), jax.jit(step)

    def learn(self, batch: Batch) -> None:
        self.learnt, self._state = self._step(self.learnt, self._state, dict(batch))

    def scored(self, groups: Sequence[Group]) -> Iterator[tuple[Example, float]]:
        """Every row of the groups with its log odds; what a batch has behind its rows is padding."""
        ordered = sorted(groups, key=lambda group: max(len(row.ids) for row in group))
        for place in range(0, len(ordered), REPORTED):
            batch = ordered[place : place + REPORTED]
            logits = np.asarray(self._logits(self.learnt, dict(Batch.of(batch))))
            yield from zip((row.example for group in batch for row in group), logits.tolist(), strict=False)


def _loss(scores: Tree, batch: Tree) -> Tree:
    right, counts = batch["right"], batch["counts"]
    alone = optax.sigmoid_binary_cross_entropy(scores, right) * jnp.where(right > 0, RIGHT_WEIGHS, 1.0)
    same = batch["group"][:, None] == batch["group"][None]
    pairs = same & (right[:, None] > right[None]) & (counts[:, None] * counts[None] > 0)
    compared = jax.nn.softplus(scores[None] - scores[:, None]) * pairs
    return (alone * counts).sum() / counts.sum() + compared.sum() / jnp.maximum(pairs.sum(), 1)


def report(learner: Learner, groups: Sequence[Group]) -> None:
    """By category: the area under the curve against what is right, and the share below 5 % of what is right."""
    right: list[float] = []
    wrong: dict[str, list[float]] = {}
    for example, score in learner.scored(groups):
        (right if example.right else wrong.setdefault(example.category, [])).append(score)
    bar = np.quantile(right, FALSE_ALARMS)
    for category, scores in sorted(wrong.items()):
        area = np.mean(np.array(right)[:, None] > np.array(scores))
        print(f"  {category:<14}{len(scores):>5}  AUC {area:.3f}  below the bar {np.mean(scores < bar):.0%}")


def compressed(weights: Weights, learnt: Tree) -> dict[str, NDArray[Any]]:
    """What `cross_encoder_graph` reads: the changes of the matrices at RANK, the rest as it is."""
    kept = {f"head/{name}": values for name, values in learnt["head"].items()}
    for place, (before, after) in enumerate(zip(weights.upper, learnt["layers"], strict=True), start=LEARNT_FROM):
        layer = f"inner.encoder.layer.{place}"
        for kind, matrix, bias in zip(MATRICES, weights.names[place], BIASES, strict=True):
            left, sizes, right = np.linalg.svd(after[kind][0] - np.asarray(before[kind][0]), full_matrices=False)
            roots = np.sqrt(sizes[:RANK])
            kept[matrix + INTO] = (left[:, :RANK] * roots).astype(np.float16)
            kept[matrix + OUT_OF] = (roots[:, None] * right[:RANK]).astype(np.float16)
            kept[f"{layer}.{bias}"] = after[kind][1].astype(np.float16)
        for norm, values in zip(NORMS, (after["norm_said"], after["norm_out"]), strict=True):
            for part, own in zip(("weight", "bias"), values, strict=True):
                kept[f"{layer}.{norm}.{part}"] = own.astype(np.float16)
    return kept


if __name__ == "__main__":
    run(main, __doc__)
