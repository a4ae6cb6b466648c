"""`python -m eval.bench --library DIR`: how ingest, memory, size and answers grow with the number of episodes.

A store and the tutorial's collection grow side by side, by the transcripts of the folder in the order of their names;
what a size took to ingest is the sum over the steps up to it. Processor time is of all threads, also of Chroma's.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.bench_table import Spread
from eval.growth_plot import growth_plot
from eval.processes import PEAK, PROCESSOR, Answerer, Run, percentile, run_process

SIZES = (1, 10, 100)
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
    """What a library takes in one system: seconds and megabytes; answers in milliseconds, in one warm process."""

    ingest_processor_seconds: float
    ingest_megabytes: float
    index_megabytes: float
    answer: Spread
    answer_p95: float
    processor: Spread
    processor_p95: float
    answer_megabytes: float


@dataclass(frozen=True, slots=True)
class LibraryRow:
    episodes: int
    earmark: Side
    tutorial: Side


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
    taken = [Run(0.0, 0.0, 0.0), Run(0.0, 0.0, 0.0)]
    before = 0
    for size in [size for size in SIZES if size < len(files)] + [len(files)]:
        paths = [str(path) for path in files[before:size]]
        commands = (
            [sys.executable, "-m", "bot", "ingest", *paths, "--store", str(store)],
            [sys.executable, "-c", BUILD, str(tutorial), *paths],
        )
        # At the same time, so that what else the machine does slows both.
        with ThreadPoolExecutor(len(commands)) as threads:
            runs = threads.map(lambda command: run_process(command, environment, accepted=(0, 3)), commands)
            taken = [one + run for one, run in zip(taken, runs, strict=True)]
        before = size
        sizes = [_megabytes(store, STORE_FILES), _megabytes(tutorial, ("**/*",))]
        answers = _answers(store, tutorial, questions, environment)
        sides = [_side(*one) for one in zip(taken, sizes, answers, strict=True)]
        yield LibraryRow(size, sides[0], sides[1])


def _answers(
    store: Path, tutorial: Path, questions: Sequence[str], environment: Mapping[str, str]
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """What each question took, asked of the store and of the tutorial in turn."""
    python = [sys.executable, "-m"]
    measured: tuple[list[dict[str, float]], list[dict[str, float]]] = ([], [])
    with (
        Answerer([*python, "eval.warm_answers", str(store), "--quotes"], environment) as earmark,
        Answerer([*python, "eval.tutorial_answer", str(tutorial), "--warm"], environment) as baseline,
    ):
        for number, question in enumerate([questions[0], *questions]):
            for answerer, side in zip((earmark, baseline), measured, strict=True):
                found = answerer.ask(question)
                if number:  # the first only warms
                    side.append(found)
    return measured


def _side(ingest: Run, megabytes: float, answers: Sequence[Mapping[str, float]]) -> Side:
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
    rows = tuple(
        LibraryRow(row["episodes"], _read_side(row["earmark"]), _read_side(row["tutorial"])) for row in found["rows"]
    )
    return LibraryBench(found["machine"], found["questions"], rows)


def _read_side(found: dict[str, Any]) -> Side:
    return Side(**{**found, **{name: Spread(**found[name]) for name in ("answer", "processor")}})


def as_library_table(bench: LibraryBench) -> str:
    lines = [
        "| episodes | | ingest, processor time | its peak memory | index | warm answer, processor time (middle half) "
        "| p95 | the same by the clock | p95 | memory while answering |",
        "|" + " --- |" * 10,
    ]
    for row in bench.rows:
        lines.append(f"| {row.episodes} | Earmark | {_cells(row.earmark)} |")
        lines.append(f"| | tutorial | {_cells(row.tutorial)} |")
    return "\n".join([*lines, "", f"{bench.questions} questions of each in turn. {bench.machine}"])


def _cells(side: Side) -> str:
    return " | ".join(
        [
            f"{side.ingest_processor_seconds:.0f} s",
            f"{side.ingest_megabytes:.0f} MB",
            f"{side.index_megabytes:.0f} MB",
            f"{side.processor.middle:.0f} ms ({side.processor.low:.0f} to {side.processor.high:.0f})",
            f"{side.processor_p95:.0f} ms",
            f"{side.answer.middle:.0f} ms ({side.answer.low:.0f} to {side.answer.high:.0f})",
            f"{side.answer_p95:.0f} ms",
            f"{side.answer_megabytes:.0f} MB",
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
