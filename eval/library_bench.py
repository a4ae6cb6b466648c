"""`python -m eval.bench --library DIR`: how ingest, memory, size and answers grow with the number of episodes.

A store and the tutorial's collection grow side by side, by the transcripts of the folder in the order of their names;
what a size took to ingest is the sum over the steps up to it. Processor time is of all threads, also of Chroma's.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from eval.bench_table import Spread, in_words
from eval.growth_plot import growth_plot
from eval.processes import PEAK, PROCESSOR, Answerer, Run, in_turn, percentile, run_process

SIZES = (1, 10, 100)
QUESTION = "Where did Runway start?"
COLD_RUNS = 3
PROSE_QUESTIONS = 20
LIBRARY_FILE, PLOT_FILE = "library.json", "growth.svg"
# Of the store, the generation that answers and its episodes; the one before is kept for readers that have it open.
STORE_FILES = "gen-*/**/*", "episodes/**/*"
BUILD = """
import sys
from pathlib import Path
from eval.tutorial_answer import build
build(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
"""


@dataclass(frozen=True, slots=True)
class Side:
    """What a library takes in one system: seconds and megabytes; answers in milliseconds, in one warm process.

    `cold` is a whole process that answers once, in seconds; `first_text` and `prompt_words` are of answers by a model
    that takes no time.
    """

    ingest_processor_seconds: float
    ingest_megabytes: float
    index_megabytes: float
    answer: Spread
    answer_p95: float
    processor: Spread
    processor_p95: float
    answer_megabytes: float
    cold: Spread | None = None
    first_text: Spread | None = None
    prompt_words: Spread | None = None


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """`stages` are the processor seconds of Earmark's ingest by stage."""

    episodes: int
    earmark: Side
    tutorial: Side
    stages: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LibraryBench:
    machine: str
    questions: int
    rows: tuple[LibraryRow, ...]


def library_rows(
    library: Path, questions: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Iterator[LibraryRow]:
    """A row for 1, 10, 100 and all transcripts of the folder `library`, as each is done."""
    files = sorted(path for path in library.iterdir() if path.is_file() and not path.name.startswith("."))
    store, tutorial = folder / "library-store", folder / "library-tutorial"
    taken, taken_by_tutorial = Run(0.0, 0.0, 0.0), Run(0.0, 0.0, 0.0)
    by_stage: Counter[str] = Counter()
    before = 0
    for size in [size for size in SIZES if size < len(files)] + [len(files)]:
        paths = [str(path) for path in files[before:size]]
        build = [sys.executable, "-c", BUILD, str(tutorial), *paths]
        # At the same time, so that what else the machine does slows both.
        with ThreadPoolExecutor(1) as other:
            built = other.submit(run_process, build, environment)
            run, stages = ingest_by_stage(store, paths, environment)
            taken, taken_by_tutorial = taken + run, taken_by_tutorial + built.result()
        by_stage.update(stages)
        before = size
        measured = zip(
            (taken, taken_by_tutorial),
            (_megabytes(store, STORE_FILES), _megabytes(tutorial, ("**/*",))),
            _answers(store, tutorial, questions, environment),
            _answers(store, tutorial, questions[:PROSE_QUESTIONS], environment, prose=True),
            _cold(store, tutorial, environment),
            strict=True,
        )
        earmark, beside = (_side(*one) for one in measured)
        yield LibraryRow(size, earmark, beside, dict(by_stage))


def ingest_by_stage(store: Path, paths: Sequence[str], environment: Mapping[str, str]) -> tuple[Run, dict[str, float]]:
    """Of one process that adds the paths to the store: the whole, and processor seconds by stage."""
    with NamedTemporaryFile(suffix=".json") as file:
        run = run_process([sys.executable, "-m", "eval.ingest_stages", str(store), file.name, *paths], environment)
        return run, json.loads(Path(file.name).read_bytes())


def _cold(store: Path, tutorial: Path, environment: Mapping[str, str]) -> list[list[Run]]:
    """A question asked of each in a process of its own, in turn."""
    python = [sys.executable, "-m"]
    ask = [*python, "bot", "ask", QUESTION, "--store", str(store)]
    beside = [*python, "eval.tutorial_answer", str(tutorial), QUESTION]
    return in_turn([partial(run_process, command, environment) for command in (ask, beside)], COLD_RUNS)


def _answers(
    store: Path, tutorial: Path, questions: Sequence[str], environment: Mapping[str, str], *, prose: bool = False
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """What each question took, asked of the store and of the tutorial in turn; in prose, by a model that copies."""
    python = [sys.executable, "-m"]
    measured: tuple[list[dict[str, float]], list[dict[str, float]]] = ([], [])
    own = [*python, "eval.warm_answers", str(store)]
    with (
        Answerer(own if prose else [*own, "--quotes"], environment) as earmark,
        Answerer([*python, "eval.tutorial_answer", str(tutorial), "--warm"], environment) as baseline,
    ):
        for number, question in enumerate([questions[0], *questions]):
            for answerer, side in zip((earmark, baseline), measured, strict=True):
                found = answerer.ask(question)
                if number:  # the first only warms
                    side.append(found)
    return measured


def _side(
    ingest: Run,
    megabytes: float,
    answers: Sequence[Mapping[str, float]],
    prose: Sequence[Mapping[str, float]],
    cold: Sequence[Run],
) -> Side:
    wall, processor = ([1000 * one[name] for one in answers] for name in ("total", PROCESSOR))
    return Side(
        ingest.processor_seconds,
        ingest.megabytes,
        megabytes,
        Spread.of(wall),
        percentile(wall, 0.95),
        Spread.of(processor),
        percentile(processor, 0.95),
        answers[-1][PEAK],
        Spread.of([run.seconds for run in cold]),
        Spread.of([1000 * one["first_text"] for one in prose]),
        Spread.of([one["prompt_words"] for one in prose]),
    )


def _megabytes(folder: Path, patterns: Sequence[str]) -> float:
    paths = {path for pattern in patterns for path in folder.glob(pattern)}
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def write_library(bench: LibraryBench, report: Path) -> None:
    """The figures, and the plot of them."""
    report.mkdir(parents=True, exist_ok=True)
    (report / LIBRARY_FILE).write_text(json.dumps(asdict(bench), indent=1) + "\n", encoding="utf-8")
    (report / PLOT_FILE).write_text(growth_of(bench.rows), encoding="utf-8")


def read_library(report: Path) -> LibraryBench:
    found = json.loads((report / LIBRARY_FILE).read_text(encoding="utf-8"))
    rows = [
        LibraryRow(row["episodes"], _read_side(row["earmark"]), _read_side(row["tutorial"]), row.get("stages", {}))
        for row in found["rows"]
    ]
    return LibraryBench(found["machine"], found["questions"], tuple(rows))


def _read_side(found: dict[str, Any]) -> Side:
    fields: dict[str, Any] = {
        name: Spread(**value) if isinstance(value, dict) else value for name, value in found.items()
    }
    return Side(**fields)


def as_library_table(bench: LibraryBench) -> str:
    lines = [
        "| episodes | | ingest, processor time | its peak memory | index | cold answer "
        "| warm answer, processor time (middle half) | p95 | the same by the clock | p95 | memory while answering "
        "| in prose: first text | words of the prompt |",
        "|" + " --- |" * 13,
    ]
    for row in bench.rows:
        lines.append(f"| {row.episodes} | Earmark | {_cells(row.earmark)} |")
        lines.append(f"| | tutorial | {_cells(row.tutorial)} |")
    return "\n".join(
        [*lines, "", f"{bench.questions} questions of each in turn. {bench.machine}", *_stage_lines(bench.rows)]
    )


def _stage_lines(rows: Sequence[LibraryRow]) -> list[str]:
    """A table of the ingest's stages, where they were measured."""
    stages = dict.fromkeys(stage for row in rows for stage in row.stages)
    if not stages:
        return []
    head = ["", "| of ingest, processor time | " + " | ".join(f"{row.episodes} episodes" for row in rows) + " |"]
    cells = {stage: " | ".join(f"{row.stages.get(stage, 0.0):.1f} s" for row in rows) for stage in stages}
    return [*head, "|" + " --- |" * (len(rows) + 1), *(f"| {stage} | {cells[stage]} |" for stage in stages)]


def _cells(side: Side) -> str:
    return " | ".join(
        [
            f"{side.ingest_processor_seconds:.0f} s",
            f"{side.ingest_megabytes:.0f} MB",
            f"{side.index_megabytes:.0f} MB",
            in_words(side.cold, "s") or "-",
            f"{side.processor.middle:.0f} ms ({side.processor.low:.0f} to {side.processor.high:.0f})",
            f"{side.processor_p95:.0f} ms",
            f"{side.answer.middle:.0f} ms ({side.answer.low:.0f} to {side.answer.high:.0f})",
            f"{side.answer_p95:.0f} ms",
            f"{side.answer_megabytes:.0f} MB",
            in_words(side.first_text, "ms") or "-",
            f"{side.prompt_words.middle:.0f}" if side.prompt_words else "-",
        ]
    )


def growth_of(rows: Sequence[LibraryRow]) -> str:
    """Each measure against the number of episodes, as SVG."""
    lines: dict[str, list[float]] = {}
    for name in ("earmark", "tutorial"):
        sides = [getattr(row, name) for row in rows]
        lines |= {
            f"{name}: ingest, s": [side.ingest_processor_seconds for side in sides],
            f"{name}: index, MB": [side.index_megabytes for side in sides],
            f"{name}: memory, MB": [side.answer_megabytes for side in sides],
            f"{name}: answer p95, ms": [side.processor_p95 for side in sides],
        }
    return growth_plot([row.episodes for row in rows], lines, "episodes")
