"""Claims about real podcasts, as the grounding check meets them: those that the cross-encoder has not learnt from.

Of `claims.jsonl` the episodes held out, each claim in the context that a model would be given for it. Beside its own
place a true claim is set against a distant moment; and a claim about another episode, which nobody spoke of in this
one, against the sentence that is nearest to it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bot.drafts.labels import Labels
from bot.earmark import Earmark
from bot.embedding.minilm import MiniLM
from bot.grounding.grounding import GroundingCheck
from bot.grounding.signals import Context
from bot.grounding.word_support import TextVectors
from bot.records import Sentence
from bot.search.library import EpisodeShelf
from eval.cases import read_json_lines
from eval.training.claim_examples import CLAIMS, is_held_out
from eval.training.fit_grounding import Example
from eval.training.fit_ranking import parts_of_words

DISTANT_SECONDS = 60.0
FEWEST_WORDS = 6  # of a sentence that an unrelated claim cites

Claim = dict[str, Any]


@dataclass(frozen=True)
class PodcastClaim:
    """`category` is "true", a fault, or "distant" and "foreign" for what has nothing to do with what it cites."""

    category: str
    example: Example


def podcast_claims(folder: Path, stores: Path) -> Iterator[PodcastClaim]:
    """The same for the same files; STORES keeps the indexes for the next time."""
    chance = random.Random(3)
    embedder = MiniLM()
    vectors = TextVectors(embedder)
    claims: dict[str, list[Claim]] = {}
    for _, record in read_json_lines(CLAIMS):
        if is_held_out(record["file"]):
            claims.setdefault(record["file"], []).append(record)
    for name in sorted(claims):
        others = [claim for other in claims if other != name for claim in claims[other]]
        with Earmark.open(stores / Path(name).stem, model="quotes") as bot:
            bot.ingest(folder / name, strict=True)
            library = bot.library()
            [shelf] = library.shelves
            check = GroundingCheck(embedder, partial(tuple, library.episodes))
            for claim in claims[name]:
                cited = _cited(claim, shelf)
                context = _with(cited, check.context(Labels.of(bot.context(claim["true"]))))
                yield from _of_claim(claim, context, cited, chance.choice(others)["true"], vectors, name)


def _cited(claim: Claim, shelf: EpisodeShelf) -> list[Sentence]:
    [(first, last)] = parts_of_words(shelf.parts, [claim["cited"]])
    return list(dict.fromkeys(sentence for sentence, _ in shelf.parts[first:last]))


def _with(cited: Sequence[Sentence], context: Context) -> Context:
    sentences = sorted({*context.sentences, *cited}, key=lambda sentence: sentence.start or 0.0)
    return Context(tuple(sentences), (1,) * len(sentences), "", context.cast)


def _of_claim(
    claim: Claim, context: Context, cited: Sequence[Sentence], foreign: str, vectors: TextVectors, name: str
) -> Iterator[PodcastClaim]:
    def at(places: list[int], text: str, category: str) -> PodcastClaim:
        example = Example.of(name, category == "true", text, context.cited(places), vectors)
        return PodcastClaim(category, example)

    places = [context.sentences.index(sentence) for sentence in cited]
    yield at(places, claim["true"], "true")
    for category, text in claim["false"]:
        yield at(places, text, category)
    long = [n for n, text in enumerate(context.texts) if len(text.split()) >= FEWEST_WORDS]
    if far := [n for n in long if _seconds_apart(context.sentences[n], cited) > DISTANT_SECONDS]:
        yield at([far[len(far) // 2]], claim["true"], "distant")
    if long:
        cosines, _ = vectors.window_cosines(foreign, context.texts)
        yield at([max(long, key=lambda n: cosines[n])], foreign, "foreign")


def _seconds_apart(sentence: Sentence, cited: Sequence[Sentence]) -> float:
    return min(abs((sentence.start or 0.0) - (other.start or 0.0)) for other in cited)
