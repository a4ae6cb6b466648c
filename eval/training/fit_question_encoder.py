"""`python -m eval.training.fit_question_encoder FOLDER [STORES]`: -> `bot/embedding/data/*_questions.npz`.

The upper layers that embed questions learn from `listeners.jsonl`, while the vectors of what was said stay as they are:
of the windows that search offers for a question, those with evidence are to score highest, as `bot/search/windows.py`
scores them. To tell what is answered, the scores of a question that its episode does not answer are to be low too. What
is reached for the episodes held out is printed after each pass. The changes of the weights are kept at low rank. FOLDER
is as for `fit_ranking`; STORES keeps the indexes. Forty minutes on two cores. Asks for JAX and optax, on which the
project does not depend: `pip install jax optax`. Not deterministic to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray

from bot.embedding.minilm import ANSWERABLE_FILE, SEARCH_FILE
from bot.embedding.model_files import model_file
from bot.quantizing import restore
from bot.search.int8_products import KEPT_SCALE
from bot.search.window_table import MOST_PARTS
from bot.search.windows import CONTEXT, COSINE, LATE, PARTS_BEFORE
from eval.training.asked_examples import WINDOWS, Asked, Told, told_and_asked
from eval.training.differentiable_minilm import Tree, Weights, between, changes, hidden_states
from eval.training.fit_answerability import auc
from eval.training.folder_and_stores import run

PASSES, RATE, RISING = 2, 1e-4, 30
DECAY = 0.01
QUESTIONS, TOKENS = 24, 24  # of a step; all questions are about one episode
BARE = 0.2  # so often the question mark is left out, as in a search field
FEWEST = 8  # questions that are worth a step
PADDED_TO = 2048, 256  # tokens and parts of an episode: few sizes, since each is compiled by itself
RANK = 64
# At first, the log odds that an episode answers are RISE for each unit of the score above ABOUT.
ABOUT, RISE, FAST = 12.0, 0.5, 30.0
NEVER = -1e9
QUESTION_MARK = 1029  # the token


@dataclass(frozen=True, slots=True)
class Purpose:
    """How much it weighs whether there is an answer, beside where it is, and what share of the runs' mean is kept.

    A part of the weights stays as it was (WiSE-FT, Wortsman and others 2022): that finds as much for questions like
    those learnt from, and more for those by others about a transcript by machine. The mean of two runs (model soups,
    the same) tells better what is answered than either: with a tenth of the answered refused, 73 % of the unanswered
    and not 67 or 68 %. For the committed weights one of the two had three passes, and all its question marks; they had
    learnt from the first 12,083 questions. With 3,120 more, by eight other hands, as much was found of 577 questions
    about episodes left out (79.7 % quoted for 79.5), and so it was with the last layer of passages learning too (78.9).
    """

    file: Path
    answerable_weighs: float
    runs: int
    share: float


PURPOSES = Purpose(SEARCH_FILE, 0.0, 1, 0.75), Purpose(ANSWERABLE_FILE, 0.5, 2, 0.8)


class Batch(dict[str, NDArray[Any]]):
    """Arrays of shape (QUESTIONS, TOKENS) and (QUESTIONS, WINDOWS): see `Asked`; `counts` is 0 where there is none."""

    @classmethod
    def of(cls, told: Told, asked: Sequence[Asked], chance: np.random.Generator | None = None) -> Batch:
        by_token, by_window = (QUESTIONS, TOKENS), (QUESTIONS, WINDOWS)
        made = cls(
            ids=np.zeros(by_token, dtype=np.int32),
            mask=np.zeros(by_token, dtype=np.float32),
            weights=np.zeros(by_token, dtype=np.float32),
            firsts=np.zeros(by_window, dtype=np.int32),
            lasts=np.ones(by_window, dtype=np.int32),
            rest=np.zeros(by_window, dtype=np.float32),
            right=np.zeros(by_window, dtype=np.bool_),
            offered=np.zeros(by_window, dtype=np.bool_),
            vectors=np.zeros((*by_window, told.windows.shape[1]), dtype=np.float32),
            answered=np.zeros(QUESTIONS, dtype=np.float32),
            counts=np.zeros(QUESTIONS, dtype=np.float32),
        )
        made["mask"][:, 0] = made["weights"][:, 1] = made["offered"][:, 0] = 1  # nothing is divided by 0
        for row, one in enumerate(asked):
            made._fill(row, one, told, chance is not None and chance.random() < BARE)
        return made

    def _fill(self, row: int, one: Asked, told: Told, bare: bool) -> None:
        ids = [token for token in one.ids if not bare or token != QUESTION_MARK][:TOKENS]
        own = min(len(one.weights), len(ids) - 1)
        self["ids"][row, : len(ids)], self["mask"][row, : len(ids)] = ids, 1
        self["weights"][row] = 0
        self["weights"][row, 1 : 1 + own] = one.weights[:own]
        count = len(one.firsts)
        self["offered"][row] = np.arange(WINDOWS) < count
        for name, values in (("firsts", one.firsts), ("lasts", one.lasts), ("rest", one.rest), ("right", one.right)):
            self[name][row, :count] = values
        self["vectors"][row, :count] = restore(told.windows[one.rows])
        self["answered"][row], self["counts"][row] = one.answered, 1


class Learner:
    """`learnt` has the upper layers, the score's weights, and how the score tells whether there is an answer."""

    def __init__(self, weights: Weights, answerable_weighs: float, steps: int) -> None:
        self.learnt: Tree = {
            "layers": weights.upper,
            "signals": jnp.log(jnp.array([COSINE, LATE, CONTEXT])),
            "answerable": jnp.zeros(2),
        }
        rates = optax.warmup_cosine_decay_schedule(0.0, RATE, RISING, steps)
        update = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rates, b2=0.98, weight_decay=DECAY))
        self._state: Tree = update.init(self.learnt)
        score = partial(_scores, weights)

        def step(learnt: Tree, state: Tree, batch: Tree, told: Tree, parts: int) -> Tree:
            def loss(tree: Tree) -> Tree:
                return _loss(tree, score(tree, batch, told, parts), batch, answerable_weighs)

            slope = jax.grad(loss)(learnt)
            change, state = update.update(slope, state, learnt)
            return optax.apply_updates(learnt, change), state

        self._score, self._step = jax.jit(score, static_argnums=3), jax.jit(step, static_argnums=4)

    def learn(self, told: Told, asked: Sequence[Asked], chance: np.random.Generator) -> None:
        batch = dict(Batch.of(told, asked, chance))
        self.learnt, self._state = self._step(self.learnt, self._state, batch, *_laid_out(told))

    def scores(self, told: Told, asked: Sequence[Asked]) -> NDArray[np.float32]:
        return np.asarray(self._score(self.learnt, dict(Batch.of(told, asked)), *_laid_out(told)))


def main(folder: Path, stores: Path) -> None:
    told = list(told_and_asked(folder, stores))
    learnt_from, held_out = ([one for one in told if one.held_out == out] for out in (False, True))
    weights = Weights(model_file())
    for purpose in PURPOSES:
        print(purpose.file.name)
        runs = [learnt(weights, purpose, learnt_from, held_out, seed=3 + run) for run in range(purpose.runs)]
        layers = jax.tree.map(partial(between, purpose.share), weights.upper, *runs)
        kept: Any = changes(weights, layers, RANK)
        np.savez(purpose.file, **kept)


def learnt(
    weights: Weights, purpose: Purpose, learnt_from: Sequence[Told], held_out: Sequence[Told], seed: int
) -> Tree:
    """The upper layers after a run."""
    chance = np.random.default_rng(seed)
    passes = [list(turns(learnt_from, purpose.answerable_weighs > 0, chance)) for _ in range(PASSES)]
    learner = Learner(weights, purpose.answerable_weighs, sum(map(len, passes)))
    report(learner, held_out)
    for batches in passes:
        for batch in batches:
            learner.learn(*batch, chance)
        report(learner, held_out)
    return learner.learnt["layers"]


def turns(
    episodes: Sequence[Told], unanswered: bool, chance: np.random.Generator
) -> Iterator[tuple[Told, list[Asked]]]:
    """Questions about an episode at a time, the episodes and the questions of each in another order."""
    for place in chance.permutation(len(episodes)):
        told = episodes[place]
        # Where the evidence was not offered at all, nothing is to be learnt of its place.
        asked = [one for one in told.asked if one.right.any() or (unanswered and not one.answered)]
        mixed = [asked[number] for number in chance.permutation(len(asked))]
        for begin in range(0, len(mixed), QUESTIONS):
            if len(mixed) - begin >= FEWEST:
                yield told, mixed[begin : begin + QUESTIONS]


@cache
def _laid_out(told: Told) -> tuple[Tree, int]:
    """The tokens with the part of each, padded, and how many parts there are then."""
    size, parts = (-(-(count + 1) // step) * step for count, step in zip(_sizes(told), PADDED_TO, strict=True))
    tokens = np.zeros((size, told.tokens.shape[1]), dtype=np.int8)
    tokens[: len(told.tokens)] = told.tokens
    owners = np.full(size, parts - 1, dtype=np.int32)
    owners[: told.bounds[-1]] = np.repeat(np.arange(len(told.bounds) - 1), np.diff(told.bounds))
    return {"tokens": tokens, "owners": owners}, parts


def _sizes(told: Told) -> tuple[int, int]:
    return len(told.tokens), len(told.bounds)


def _scores(weights: Weights, learnt: Tree, batch: Tree, told: Tree, parts: int) -> Tree:
    """The score of each window, shape (QUESTIONS, WINDOWS), as `find_windows` makes it; NEVER where there is none."""
    layers = [*weights.lower, *learnt["layers"]]
    segments = jnp.zeros_like(batch["ids"])
    hidden = hidden_states(weights.embeddings, layers, batch["ids"], segments, batch["mask"])
    mean = (hidden * batch["mask"][..., None]).sum(1) / batch["mask"].sum(1, keepdims=True)
    cosine = jnp.einsum("qd,qwd->qw", _unit(mean), batch["vectors"])
    matches = _unit(hidden).reshape(-1, hidden.shape[-1]) @ (told["tokens"].T * KEPT_SCALE)
    by_part = jax.ops.segment_max(matches.T, told["owners"], num_segments=parts, indices_are_sorted=True)
    by_part = jnp.maximum(by_part, -1.0).reshape(parts, QUESTIONS, TOKENS).transpose(1, 0, 2)
    late, context = jax.vmap(_late)(by_part, batch["firsts"], batch["lasts"], batch["weights"])
    signals = jnp.exp(learnt["signals"])
    found = signals[0] * cosine + signals[1] * late + signals[2] * context + batch["rest"]
    return jnp.where(batch["offered"], found, NEVER)


def _late(by_part: Tree, firsts: Tree, lasts: Tree, weights: Tree) -> Tree:
    """Late interaction of the windows of one question, and of them with the parts before; both of shape (WINDOWS,)."""
    places = firsts[:, None] + jnp.arange(MOST_PARTS)
    within = jnp.where((places < lasts[:, None])[..., None], by_part[places], -1.0).max(1)
    before = firsts[:, None] - 1 - jnp.arange(PARTS_BEFORE)
    around = jnp.where((before >= 0)[..., None], by_part[jnp.maximum(before, 0)], -1.0).max(1)
    total = weights.sum()
    return within @ weights / total, jnp.maximum(within, around) @ weights / total


def _loss(learnt: Tree, scores: Tree, batch: Tree, answerable_weighs: float) -> Tree:
    """That a window with evidence is the best one, and that the episode answers the question or does not."""
    shares = jax.nn.log_softmax(scores, -1)
    found = jax.nn.logsumexp(jnp.where(batch["right"], shares, NEVER), -1)
    has_right = batch["right"].any(-1)
    place = -jnp.where(has_right, found, 0.0).sum() / jnp.maximum(has_right.sum(), 1)
    rise, offset = FAST * learnt["answerable"]
    logits = (jax.nn.logsumexp(scores, -1) - ABOUT) * (RISE + rise) + offset
    doubt = optax.sigmoid_binary_cross_entropy(logits, batch["answered"]) * batch["counts"]
    return place + answerable_weighs * doubt.sum() / batch["counts"].sum()


def _unit(rows: Tree) -> Tree:
    return rows / jnp.linalg.norm(rows, axis=-1, keepdims=True)


def report(learner: Learner, episodes: Sequence[Told]) -> None:
    """How often a window with evidence is the best one, among the best three, and the area under the curve."""
    first, three, sums, answered = [], [], [], []
    for told in episodes:
        for begin in range(0, len(told.asked), QUESTIONS):
            asked = told.asked[begin : begin + QUESTIONS]
            for one, scores in zip(asked, learner.scores(told, asked), strict=False):
                answered.append(one.answered)
                sums.append(float(np.logaddexp.reduce(scores)))
                best = one.right[np.argsort(-scores[: len(one.right)], kind="stable")]
                if one.right.any():
                    first.append(best[0])
                    three.append(best[:3].any())
    area = auc(np.array(sums), np.array(answered))
    best, among = np.mean(first), np.mean(three)
    print(f"  evidence in the best window {best:.1%}, in three {among:.1%}; answered: AUC {area:.3f}", flush=True)


if __name__ == "__main__":
    run(main, __doc__)
