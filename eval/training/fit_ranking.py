"""`python -m eval.training.fit_ranking FOLDER [STORE]`: questions with evidence -> the weights of windows, printed.

They stand in `bot/search/windows.py`; what they reach is printed for the episodes that they were not fitted on. FOLDER
holds the Changelog's transcripts of Practical AI (CC BY-SA 4.0, not part of the project); the questions about ten of
them are `questions.jsonl`, their evidence counted in words, empty where the episode does not answer. The tuning half of
the committed questions joins them. STORE keeps the indexes for the next time. Deterministic; a minute with STORE.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.earmark import Earmark
from bot.embedding.minilm import MiniLM
from bot.errors import SettingError
from bot.models.follow_up import stand_alone
from bot.records import Sentence
from bot.search.ranking import Query
from bot.search.scope import TALK
from bot.search.search import rank
from bot.search.spellings import with_heard_spellings
from bot.search.window_table import Spoken
from bot.search.windows import Window
from bot.sources.transcript_files import BUNDLED_EPISODE
from eval.cases import half_of, read_json_lines, read_questions
from eval.metrics import Span, finds
from eval.run import QUESTIONS
from eval.training.folder_and_stores import run

OTHER_QUESTIONS = Path(__file__).with_name("questions.jsonl")
PENALTY = 0.01
STEPS = 15

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about an episode; `evidence` are spans of its parts, empty where it is not answered."""

    question: str
    episode: str
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """The short windows that were found for a question: their signals, and which of them show evidence."""

    episode: str
    windows: Floats
    right: NDArray[np.bool_]


def main(folder: Path, store: Path) -> None:
    embedder = MiniLM()
    files = sorted({str(record["file"]) for _, record in read_json_lines(OTHER_QUESTIONS)})
    paths = [folder / name for name in files]
    if absent := [path for path in paths if not path.exists()]:
        raise SettingError(f"{absent[0]} is not there", "give the folder practicalai of thechangelog/transcripts")
    with Earmark.open(store, model="quotes") as bot:
        bot.ingest(BUNDLED_EPISODE, *paths, strict=True)
        asked = [*committed_questions(), *other_questions(bot)]
        examples = [_example(one, bot, embedder) for one in asked if one.evidence]
    report_windows([one for one in examples if one.right.any()])


def committed_questions() -> list[Asked]:
    """Of the tuning half, those that the conversation is to answer."""
    return [
        Asked(
            stand_alone(case.question, [turn.model_dump() for turn in case.history], None),
            "practical-ai-260",
            tuple(Span(piece.start, piece.end) for piece in case.evidence),
        )
        for case in read_questions(QUESTIONS)
        if half_of(case.id) == "tuning" and not case.about_ads and "sponsor_related" not in case.tags
    ]


def other_questions(bot: Earmark) -> list[Asked]:
    """Evidence is `[first word, last word]`, counted from 0 through the transcript."""
    spoken: dict[str, tuple[Sentence, ...]] = {}
    asked = []
    for _, record in read_json_lines(OTHER_QUESTIONS):
        episode = Path(record["file"]).stem
        sentences = spoken.setdefault(episode, bot.transcript(episode))
        spans = tuple(span_of_words(first, last, sentences) for first, last in record["evidence"])
        asked.append(Asked(record["question"], episode, spans))
    return asked


def span_of_words(first: int, last: int, sentences: Sequence[Sentence]) -> Span:
    """From the start of the part that holds the first word to the end of the one that holds the last."""
    told = [(sentence, part) for sentence in sentences for part in sentence.parts]
    [(begin, end)] = parts_of_words(told, [(first, last)])
    return Span(told[begin][1].start, told[end - 1][1].end)


def parts_of_words(told: Sequence[Spoken], spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of words, first and last, as spans of parts, the last not included."""
    ends = list(accumulate(len(part.text.split()) for _, part in told))
    return [(int(begin), int(end) + 1) for begin, end in (np.searchsorted(ends, span, side="right") for span in spans)]


def _example(asked: Asked, bot: Earmark, embedder: MiniLM) -> Example:
    library = bot.library()
    [episode] = [known for known in library.episodes if known.id == asked.episode]
    query = Query.of(with_heard_spellings(asked.question, episode), library, embedder)
    _, found = rank(query, library, TALK, frozenset([asked.episode]))
    short = [window for window in found.windows if window.is_short]
    right = [any(finds(span_of(window), piece) for piece in asked.evidence) for window in short]
    return Example(asked.episode, _signals(short), np.array(right, dtype=np.bool_))


def span_of(window: Window) -> Span:
    return Span(window.parts[0][1].start, window.parts[-1][1].end)


def _signals(windows: Sequence[Window]) -> Floats:
    return np.array([(one.cosine, one.late, one.context) for one in windows], dtype=np.float64).reshape(-1, 3)


def report_windows(examples: Sequence[Example]) -> None:
    ranks = []
    for episode in sorted({one.episode for one in examples}):
        weights = fit_windows([one for one in examples if one.episode != episode])
        for one in (one for one in examples if one.episode == episode):
            scores = one.windows @ weights
            ranks.append(1 + int((scores > scores[one.right].max()).sum()))
    first, four = np.mean(np.array(ranks) == 1), np.mean(np.array(ranks) <= 4)
    print(f"{len(examples)} questions with evidence: best short window {first:.1%}, among 4 {four:.1%}")
    print("COSINE, LATE, CONTEXT =", np.round(fit_windows(examples), 1).tolist())


def fit_windows(examples: Sequence[Example]) -> Floats:
    """Weights that make the right windows of each question likely together: softmax regression, Newton's method."""
    weights = np.zeros(3)
    for _ in range(STEPS):
        slope, curve = -PENALTY * weights, PENALTY * np.eye(3)
        for one in examples:
            odds = np.exp(one.windows @ weights - (one.windows @ weights).max())
            shares, right = odds / odds.sum(), odds * one.right / (odds @ one.right)
            mean = shares @ one.windows
            slope += right @ one.windows - mean
            curve += (one.windows.T * shares) @ one.windows - np.outer(mean, mean)
        weights = weights + np.linalg.solve(curve, slope)
    return weights


if __name__ == "__main__":
    run(main, __doc__)
