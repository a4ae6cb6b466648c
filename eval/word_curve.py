"""`python -m eval.word_curve [--commit]`: how much evidence so many words hold, beside the tutorial's way.

Of both, what would be given to a model: Earmark's context at several budgets of words, the tutorial's chunks by number.
A question counts as found where any piece of its evidence is in it, as for "evidence in what is offered for answering";
all answerable questions of the committed cases are asked, since nothing is chosen by half here. `--commit` writes the
table into docs/scale.md. The same for the same code.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

from bot.earmark import Earmark
from bot.embedding.minilm import MiniLM
from bot.models.follow_up import stand_alone
from bot.search.context import context_of
from bot.search.search import search
from bot.sources.transcript_files import BUNDLED_EPISODE
from eval.cases import QuestionCase, read_questions
from eval.compare import BASELINE
from eval.intervals import wilson
from eval.metrics import Span, count_words, share_of_evidence
from eval.readme import with_table
from eval.run import QUESTIONS
from eval.scale_page import PAGE
from eval.scorers import evidence_of
from eval.tutorial_baseline import Tutorial, raw_text

BUDGETS = (110, 200, 300, 450, 600, 900)
CHUNKS = (1, 2, 3, 4, 6, 8)
CURVE_FILE = "words.json"
NAME = "words"


@dataclass(frozen=True, slots=True)
class Point:
    """Of so many questions, those whose evidence is held; `words` are the mean a question."""

    limit: str
    words: float
    found: int
    questions: int

    def as_cells(self) -> list[str]:
        sure = wilson(self.found, self.questions)
        between = f"{100 * sure.low:.0f} to {100 * sure.high:.0f}"
        return [self.limit, f"{self.words:.0f}", f"{self.found / self.questions:.1%} ({between})"]


def of_earmark(bot: Earmark, cases: Sequence[QuestionCase]) -> Iterator[Point]:
    """A point for each budget of words."""
    library, embedder = bot.library(), MiniLM()
    found = []
    for case in cases:
        turns = [turn.model_dump() for turn in case.history]
        found.append(search(stand_alone(case.question, turns, None), library, embedder)[1])
    for budget in BUDGETS:
        shown = [context_of(one, library, budget) for one in found]
        spans = [[Span(passage.start, passage.end) for passage in passages] for passages in shown]
        words = [count_words([passage.text for passage in passages]) for passages in shown]
        yield _point(f"{budget} words", cases, spans, words)


def of_tutorial(bot: Earmark, cases: Sequence[QuestionCase]) -> Iterator[Point]:
    """A point for each number of chunks."""
    [summary] = bot.episodes()
    ranked = [one.ranked for one in Tutorial(raw_text(summary, bot.transcript()), MiniLM(), ()).solve(cases)]
    for count in CHUNKS:
        spans = [[stretch.span for stretch in stretches[:count]] for stretches in ranked]
        words = [sum(stretch.words for stretch in stretches[:count]) for stretches in ranked]
        yield _point(f"{count} chunks" if count > 1 else "1 chunk", cases, spans, words)


def _point(limit: str, cases: Sequence[QuestionCase], spans: Sequence[Sequence[Span]], words: Sequence[int]) -> Point:
    held = [share_of_evidence(shown, evidence_of(case)) > 0 for case, shown in zip(cases, spans, strict=True)]
    return Point(limit, round(fmean(words), 1), sum(held), len(cases))


def as_curve_table(folder: Path) -> str:
    """The committed curve, Earmark's points left and the tutorial's right."""
    curves = json.loads((folder / CURVE_FILE).read_text(encoding="utf-8"))
    sides = [[Point(**row).as_cells() for row in curves[name]] for name in ("earmark", "tutorial")]
    lines = ["| Earmark | words | evidence in them | tutorial | words | evidence in them |", "| --- " * 6 + "|"]
    lines += ["| " + " | ".join([*ours, *theirs]) + " |" for ours, theirs in zip(*sides, strict=True)]
    return "\n".join([*lines, "", f"{curves['earmark'][0]['questions']} questions; 95 % intervals after Wilson."])


def main() -> None:
    parser = argparse.ArgumentParser(description="How much evidence so many words hold.")
    parser.add_argument(
        "--commit", action="store_true", help="also keep the figures in eval/baseline and docs/scale.md"
    )
    commit = parser.parse_args().commit
    cases = [case for case in read_questions(QUESTIONS) if case.answerable]
    with tempfile.TemporaryDirectory(prefix="earmark-words-") as folder:
        with Earmark.open(folder, model="quotes") as bot:
            bot.ingest(BUNDLED_EPISODE, strict=True)
            curves = {"earmark": of_earmark(bot, cases), "tutorial": of_tutorial(bot, cases)}
            rows = {name: [asdict(point) for point in points] for name, points in curves.items()}
        target = BASELINE if commit else Path(folder)
        (target / CURVE_FILE).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        print(as_curve_table(target))
    if commit:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_table(page, as_curve_table(BASELINE), NAME), encoding="utf-8")


if __name__ == "__main__":
    main()
