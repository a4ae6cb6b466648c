"""`python -m eval.training.fit_question_reading FOLDER [STORES]`: -> `bot/embedding/data/read_questions.npz`.

Of some places that search offers for a question, one with evidence is to have the highest log odds; of a question that
the episode does not answer, all are to lie below 0. First all of MiniLM's layers learn so, from where they read claims;
then the first four learn the same and what the six say (distillation, Hinton and others 2015), in two thirds of the
time for as much found. What the episodes held out reach is printed as it goes on. FOLDER is as for `fit_ranking`;
STORES keeps the indexes. Forty minutes on two cores. Asks for JAX and optax, on which the project does not depend:
`pip install jax optax`. Not deterministic to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from bot.embedding.cross_encoder import CLAIMS, QUESTIONS, Pair, token_ids
from bot.embedding.model_files import model_file, open_tokenizer, read_learnt
from bot.search.reading import READ
from eval.training.differentiable_cross_encoder import Learner, begun, kept, log_odds, padded
from eval.training.differentiable_minilm import Tree, Weights
from eval.training.fit_answerability import auc
from eval.training.folder_and_stores import run
from eval.training.places_to_read import Asked, asked_with_places, bare, without_question_mark

# The committed weights learnt with six parts before a place and three after it, of which there is seldom room for more
# than now: best place right 65.2 % by search alone, 70.6 % read by all layers, 72.2 % by four (AUC .947 and .951), of
# 900 questions about episodes held out.
STEPS, RISING = 1500, 40
RATE_OF_ALL, RATE_OF_FEWER = 1e-4, 2e-4
LEARNT_FROM = 1  # of the fewer layers
RANK = 64
ASKED, PLACES = 6, 8  # of a step
RIGHT_OF_PLACES = 2  # at most; the others are drawn from those that are not, rather from the better ones
FALLING = 8.0  # places in which the chance of being drawn falls to a third
UNANSWERED = 0.5  # so many of these are learnt from
BARE, UNMARKED = 0.15, 0.25  # so often without punctuation, or the question mark alone
REPORTED, EACH_REPORT = 900, 500  # questions, steps
NEVER = -1e9

Drawn = tuple[Asked, Sequence[int]]  # a question, and some of its places


def main(folder: Path, stores: Path) -> None:
    asked = [one for one in asked_with_places(folder, stores) if one.pairs]
    chance = np.random.default_rng(5)
    learnt_from = [
        one
        for one in asked
        if not one.held_out and (one.right.any() or (not one.answered and chance.random() < UNANSWERED))
    ]
    held_out = [one for one in asked if one.held_out]
    held_out = [held_out[place] for place in np.random.default_rng(9).permutation(len(held_out))[:REPORTED]]
    batches = Batches(chance)
    weights = Weights(model_file())
    teacher = Learner(weights, begun(weights, read_learnt(CLAIMS.file)), of_evidence, _rates(RATE_OF_ALL))
    learn(teacher, batches.drawn(learnt_from), held_out, batches)

    layers = [*weights.lower, *teacher.learnt["layers"]][LEARNT_FROM : QUESTIONS.layers]
    fewer = Weights(model_file(), LEARNT_FROM)
    taught = partial(of_evidence_and_teacher, partial(log_odds, weights, teacher.learnt))
    reader = Learner(fewer, {"layers": layers, "head": teacher.learnt["head"]}, taught, _rates(RATE_OF_FEWER))
    learn(reader, batches.drawn(learnt_from), held_out, batches)
    changed: Any = kept(fewer, reader.learnt, RANK)
    np.savez(QUESTIONS.file, **changed)


class Batches:
    """Arrays of questions and places: those of `padded` with a row a place, and of shape (ASKED, PLACES)."""

    def __init__(self, chance: np.random.Generator) -> None:
        self._chance = chance
        self._tokenizer = open_tokenizer()

    def drawn(self, asked: Sequence[Asked]) -> Iterator[Tree]:
        """Without end, each question once before any comes again."""
        while True:
            order = self._chance.permutation(len(asked))
            for begin in range(0, len(order) - ASKED + 1, ASKED):
                own = [asked[place] for place in order[begin : begin + ASKED]]
                yield self.of([(one, self._places(one)) for one in own], altered=True)

    def of(self, drawn: Sequence[Drawn], *, altered: bool = False) -> Tree:
        shape = (ASKED, PLACES)
        right, offered = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
        answered, counts = np.zeros(ASKED, dtype=np.bool_), np.zeros(ASKED, dtype=np.float32)
        pairs: list[Pair] = []
        rows: list[int] = []
        for number, (asked, places) in enumerate(drawn):
            answered[number], counts[number] = asked.answered, 1
            change = self._alteration() if altered else None
            for column, place in enumerate(places[:PLACES]):
                pairs.append(change(asked.pairs[place]) if change else asked.pairs[place])
                rows.append(number * PLACES + column)
                right[number, column], offered[number, column] = asked.right[place], True
        inputs = dict(zip(rows, token_ids(pairs, self._tokenizer, QUESTIONS), strict=True))
        texts = padded([inputs.get(row, ([], [])) for row in range(ASKED * PLACES)], QUESTIONS.most)
        return texts | {"right": right, "offered": offered, "answered": answered, "counts": counts}

    def _places(self, asked: Asked) -> list[int]:
        right, wrong = np.flatnonzero(asked.right), np.flatnonzero(~asked.right)
        drawn: list[int] = self._chance.permutation(right)[:RIGHT_OF_PLACES].tolist()
        shares = np.exp(-np.arange(len(wrong)) / FALLING)
        wanted = min(PLACES - len(drawn), len(wrong))
        drawn += self._chance.choice(wrong, wanted, replace=False, p=shares / shares.sum()).tolist()
        return drawn

    def _alteration(self) -> Callable[[Pair], Pair] | None:
        draw = self._chance.random()
        return bare if draw < BARE else without_question_mark if draw < BARE + UNMARKED else None


def learn(learner: Learner, batches: Iterator[Tree], held_out: Sequence[Asked], reported: Batches) -> None:
    for number, batch in zip(range(STEPS), batches, strict=False):
        learner.learn(batch)
        if (number + 1) % EACH_REPORT == 0:
            print(f"{number + 1} steps", flush=True)
            report(learner, held_out, reported)


def _rates(highest: float) -> optax.Schedule:
    return optax.warmup_cosine_decay_schedule(0.0, highest, RISING, STEPS)


def of_evidence(odds: Tree, batch: Tree) -> Tree:
    """That a place with evidence is above the others, and above 0, or all are below it."""
    odds = _offered(odds, batch)
    among, above = jax.nn.log_softmax(odds, -1), jax.nn.log_softmax(_with_none(odds), -1)
    place, there = (jax.nn.logsumexp(jnp.where(batch["right"], one, NEVER), -1) for one in (among, above[:, :-1]))
    answered = batch["answered"]
    gained = jnp.where(answered, place, 0.0) + jnp.where(answered, there, above[:, -1])
    return -(gained * batch["counts"]).sum() / batch["counts"].sum()


def of_evidence_and_teacher(teacher: Callable[[Tree], Tree], odds: Tree, batch: Tree) -> Tree:
    """Half of that, and that the shares of the places are those which the teacher gives them."""
    taught = _offered(jax.lax.stop_gradient(teacher(batch)), batch)
    own = _offered(odds, batch)
    gained = _agreement(taught, own) + _agreement(_with_none(taught), _with_none(own))
    counts = batch["counts"]
    return 0.5 * of_evidence(odds, batch) - (gained * counts).sum() / counts.sum()


def _agreement(taught: Tree, own: Tree) -> Tree:
    """The cross entropy of the shares, below 0, shape (ASKED,)."""
    shares = jax.nn.softmax(taught, -1)
    return jnp.where(shares > 0, shares * jax.nn.log_softmax(own, -1), 0.0).sum(-1)


def _offered(odds: Tree, batch: Tree) -> Tree:
    return jnp.where(batch["offered"], odds.reshape(batch["offered"].shape), NEVER)


def _with_none(odds: Tree) -> Tree:
    """Beside the places that there is none, at 0."""
    return jnp.concatenate([odds, jnp.zeros((len(odds), 1))], 1)


def report(learner: Learner, asked: Sequence[Asked], batches: Batches) -> None:
    """How often the best place has evidence by search alone and with reading; what is answered, by the best odds."""
    alone, read, best, answered = [], [], [], []
    for begin in range(0, len(asked), ASKED):
        drawn = [(one, one.apart[:PLACES]) for one in asked[begin : begin + ASKED]]
        odds = learner.log_odds(batches.of(drawn)).reshape(ASKED, PLACES)
        for (one, places), row in zip(drawn, odds, strict=False):
            own, scores, right = row[: len(places)], one.scores[list(places)], one.right[list(places)]
            best.append(float(own.max()))
            answered.append(one.answered)
            if one.answered:
                alone.append(right[np.argmax(scores)])
                read.append(right[np.argmax(scores + READ * own)])
    area = auc(np.array(best), np.array(answered))
    print(f"  best place right: {np.mean(alone):.1%}, read {np.mean(read):.1%}; answered: AUC {area:.3f}", flush=True)


if __name__ == "__main__":
    run(main, __doc__)
