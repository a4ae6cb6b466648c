"""`python -m eval.training.read_reach FOLDER [STORES]`: what reading finds, by how many places are read.

Asked are, of `listeners.jsonl`, those about the transcripts held out, and by other hands `questions.jsonl`,
`registers.jsonl` and the tuning half of the committed ones. Nothing that embeds or reads questions learnt from them,
but for a first round of the weights of `read_claims.npz`, from which reading questions began: some of the listeners'
may have been in it. Each episode is indexed alone. FOLDER is as for `fit_ranking`; STORES keeps the indexes for the
next time. Deterministic; six minutes, half of it with STORES.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from bot.earmark import Earmark
from bot.embedding.minilm import MiniLM
from bot.search.library import Library
from bot.search.ranking import Query
from bot.search.reading import REACH, Reach, ranked_anew, read_places
from bot.search.scope import TALK
from bot.search.search import rank
from bot.search.spellings import with_heard_spellings
from bot.search.windows import Window, choose_windows
from bot.settings import Settings
from bot.sources.transcript_files import BUNDLED_EPISODE
from eval.metrics import Span, finds
from eval.training.asked_examples import is_held_out, listeners
from eval.training.fit_answerability import Words, by_other_hands
from eval.training.fit_ranking import committed_questions, span_of, span_of_words
from eval.training.folder_and_stores import run

REACHES = (Reach(0.0, 0), REACH, Reach(3.0, 10), Reach(99.0, 24))
Evidence = Sequence[Span]


def main(folder: Path, stores: Path) -> None:
    embedder = MiniLM()
    held_out = {folder / name: asked for name, asked in listeners().items() if is_held_out(name)}
    others = chain(_in_words(by_other_hands(folder), stores), _committed(stores))
    learnt_by_none = _in_words(held_out, stores), others
    for group, asked in zip(("listeners", "other hands"), learnt_by_none, strict=True):
        rows = [list(reached(*one, embedder)) for one in asked]
        print(f"{group}: {len(rows)} questions")
        for reach, column in zip(REACHES, zip(*rows, strict=True), strict=True):
            read, best, quoted = np.mean(column, axis=0)
            print(f"  {reach}: {read:.1f} read; evidence in the best {best:.1%}, quoted {quoted:.1%}", flush=True)


def _in_words(
    asked: dict[Path, list[tuple[str, list[Words]]]], stores: Path
) -> Iterator[tuple[str, Evidence, Library]]:
    for path, questions in asked.items():
        with Earmark.open(stores / path.stem, model="quotes") as bot:
            bot.ingest(path, strict=True)
            sentences = bot.transcript()
            for question, evidence in questions:
                if evidence:
                    yield question, [span_of_words(*words, sentences) for words in evidence], bot.library()


def _committed(stores: Path) -> Iterator[tuple[str, Evidence, Library]]:
    with Earmark.open(stores / BUNDLED_EPISODE.stem, model="quotes") as bot:
        bot.ingest(BUNDLED_EPISODE, strict=True)
        for asked in committed_questions():
            if asked.evidence:
                yield asked.question, asked.evidence, bot.library()


def reached(question: str, evidence: Evidence, library: Library, embedder: MiniLM) -> Iterator[tuple[int, bool, bool]]:
    """For each of REACHES: the places read, and whether there is evidence in the best window and in what is quoted."""
    [episode] = library.episodes
    query = Query.of(with_heard_spellings(question, episode), library, embedder, question)
    _, found = rank(query, library, TALK)
    for reach in REACHES:
        moments, odds = read_places(found, library, reach)
        read = ranked_anew(found, library, moments, odds) if moments else found
        best = next(window for window in read.windows if window.is_short)
        quoted = choose_windows(read.windows, Settings.model_fields["quote_words"].default)
        yield len(moments), shows([best], evidence), shows(quoted, evidence)


def shows(windows: Sequence[Window], evidence: Evidence) -> bool:
    return any(finds(span_of(window), piece) for window in windows for piece in evidence)


if __name__ == "__main__":
    run(main, __doc__)
