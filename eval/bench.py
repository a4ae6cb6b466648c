"""`make bench`: time and memory beside the tutorial's way, taken in turn so that a busy machine slows both alike.

python -m eval.bench [--runs N] [--report DIR] [--library DIR] [--commit]

Processes are run one after the other in turn; warm answers are taken question by question, first from one, then from
the other. Figures are medians with the middle half of the runs behind them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.bench_table import Bench, Row, Spread, as_table, machine_in_words, write_bench
from eval.cases import read_questions
from eval.compare import BASELINE
from eval.library_bench import (
    PLOT_FILE,
    QUESTION,
    LibraryBench,
    LibraryRow,
    as_library_table,
    ingest_by_stage,
    library_rows,
    write_library,
)
from eval.page_start import seconds_until_the_page_answers
from eval.processes import PEAK, Answerer, Run, in_turn, percentile, run_process
from eval.readme import write_readme
from eval.scale_page import write_scale_page

QUESTIONS = Path(__file__).with_name("questions.jsonl")
WARM_QUESTIONS = 60
INGEST_RUNS = 2
STAGES = {
    "embed": "embedding the question",
    "dense": "cosine",
    "keyword": "keywords",
    "late interaction": "late interaction",
    "windows": "windows",
    "reading": "reading the best places",
    "quotes": "quotes",
    "rest": "all else",
    "context": "in prose: choosing the context",
    "check": "in prose: the check",
}
Environment = Mapping[str, str]


def ingest_rows(folder: Path, environment: Environment) -> list[Row]:
    """Also makes the two indexes that the other rows ask: `store` and `tutorial`."""
    from bot.sources.transcript_files import BUNDLED_EPISODE

    own, other = [], []
    for place in range(INGEST_RUNS):
        store, tutorial = _stores(folder / str(place) if place else folder)
        ingest = [sys.executable, "-m", "bot", "ingest", str(BUNDLED_EPISODE), "--store", str(store)]
        code = "import sys, pathlib, eval.tutorial_answer as t; t.build(pathlib.Path(sys.argv[1]))"
        own.append(run_process(ingest, environment))
        other.append(run_process([sys.executable, "-c", code, str(tutorial)], environment))
    _, stages = ingest_by_stage(folder / "by-stage", [str(BUNDLED_EPISODE)], environment)
    size, other_size = (Spread.of([megabytes_of(place)]) for place in _stores(folder))
    return [
        *_rows("ingest of the bundled episode", "peak memory of ingest", own, other),
        Row("index on the disk", "MB", 1, size, other_size),
        *(
            Row(f"of ingest, processor time: {stage}", "s", 1, Spread.of([seconds]))
            for stage, seconds in stages.items()
        ),
    ]


def cold_rows(folder: Path, runs: int, environment: Environment) -> list[Row]:
    store, tutorial = map(str, _stores(folder))
    python = [sys.executable, "-m"]
    commands = [
        [*python, "bot", "--help"],
        [*python, "bot", "ask", QUESTION, "--store", store],
        [*python, "eval.tutorial_answer", tutorial, QUESTION],
    ]
    helped, asked, other = in_turn([lambda c=c: run_process(c, environment) for c in commands], runs)  # type: ignore[misc]
    page = [seconds_until_the_page_answers(store, environment) for _ in range(runs)]
    return [
        Row("`earmark --help`", "s", runs, Spread.of([run.seconds for run in helped]), goal="0.15 s"),
        *_rows("cold answer, whole process", "its peak memory", asked, other, ("1 s", "250 MB")),
        Row("the page answers", "s", runs, Spread.of(page)),
    ]


def warm_rows(folder: Path, questions: Sequence[str], environment: Environment) -> list[Row]:
    store, tutorial = map(str, _stores(folder))
    own: list[dict[str, float]] = []
    other: list[dict[str, float]] = []
    with (
        Answerer([sys.executable, "-m", "eval.warm_answers", store], environment) as earmark,
        Answerer([sys.executable, "-m", "eval.tutorial_answer", tutorial, "--warm"], environment) as baseline,
    ):
        for answerer in (earmark, baseline):
            answerer.ask(questions[0])
        for question in questions:
            own.append(earmark.ask(question))
            other.append(baseline.ask(question))
    count = len(questions)

    def row(measure: str, name: str, unit: str, goal: str = "", scale: float = 1.0) -> Row:
        found = [Spread.of([scale * one[name] for one in side]) for side in (own, other)]
        return Row(measure, unit, count, found[0], found[1], goal)

    slowest = [Spread.of([percentile([1000 * one["total"] for one in side], 0.95)]) for side in (own, other)]
    return [
        row("warm answer without a model", "total", "ms", "10 ms", 1000),
        Row("the same, p95", "ms", count, slowest[0], slowest[1], "20 ms"),
        row("with a model that takes no time: first text", "first_text", "ms", "", 1000),
        row("the same: the whole checked answer", "prose", "ms", "", 1000),
        row("words of the episode in the prompt", "episode_words", "words"),
        row("words of the whole prompt", "prompt_words", "words"),
        Row("peak memory of the warm process", "MB", 1, Spread.of([own[-1][PEAK]]), Spread.of([other[-1][PEAK]])),
        *(
            Row(f"of a warm answer: {name}", "ms", count, Spread.of([1000 * one[stage] for one in own]))
            for stage, name in STAGES.items()
        ),
    ]


def megabytes_of(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _stores(folder: Path) -> tuple[Path, Path]:
    return folder / "store", folder / "tutorial"


def _rows(
    time: str, memory: str, own: Sequence[Run], other: Sequence[Run], goals: tuple[str, str] = ("", "")
) -> list[Row]:
    first, second = (Spread.of([run.seconds for run in side]) for side in (own, other))
    peak, other_peak = (Spread.of([run.megabytes for run in side]) for side in (own, other))
    return [
        Row(time, "s", len(own), first, second, goals[0]),
        Row(memory, "MB", len(own), peak, other_peak, goals[1]),
    ]


def bench_episode(questions: Sequence[str], environment: Environment, runs: int, report: Path, commit: bool) -> str:
    """The table of the bundled episode, after it was written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = ingest_rows(folder, environment)
        rows += cold_rows(folder, runs, environment)
        rows += warm_rows(folder, questions, environment)
    bench = Bench(machine_in_words(), tuple(rows))
    write_bench(bench, report)
    if commit:
        write_bench(bench, BASELINE)
        write_readme()
    return as_table(bench)


def bench_library(library: Path, questions: Sequence[str], environment: Environment, report: Path, commit: bool) -> str:
    """The table of the library at all sizes; what is done is in the report after each, for the largest takes long."""
    rows: tuple[LibraryRow, ...] = ()
    with tempfile.TemporaryDirectory() as name:
        for row in library_rows(library, questions, Path(name), environment):
            rows += (row,)
            bench = LibraryBench(machine_in_words(), len(questions), rows)
            write_library(bench, report)
    if commit:
        write_library(bench, BASELINE)
        write_scale_page()
    return f"{as_library_table(bench)}\n\n![growth]({PLOT_FILE})"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description="Speed and memory beside the tutorial.")
    parser.add_argument("--runs", type=int, default=5, help="cold runs of each, in turn")
    parser.add_argument("--questions", type=int, default=WARM_QUESTIONS, help="warm answers of each, in turn")
    parser.add_argument("--report", type=Path, default=Path("reports"), metavar="DIR")
    parser.add_argument("--library", type=Path, metavar="DIR", help="instead: 1, 10, 100 and all transcripts of DIR")
    parser.add_argument("--commit", action="store_true", help="also keep the figures in eval/baseline and the pages")
    options = parser.parse_args()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EARMARK_", "OPENAI_"))}
    questions = [case.question for case in read_questions(QUESTIONS) if not case.history][: options.questions]
    if options.library:
        text = bench_library(options.library, questions, environment, options.report, options.commit)
    else:
        text = bench_episode(questions, environment, options.runs, options.report, options.commit)
    print(text)
    name = "library.md" if options.library else "bench.md"
    (options.report / name).write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
