"""`python -m eval.bench --library DIR`: how ingest, memory, size and answers grow with the number of episodes.

Each size is a store of its own, made of the first transcripts of the folder by name; the largest takes all of them.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.bench_table import Spread
from eval.growth_plot import growth_plot
from eval.processes import PEAK, Answerer, percentile, run_process

SIZES = (1, 10, 100)
STORE_FILES = "gen-*/**/*", "episodes/**/*"


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """Seconds and megabytes of a library of `episodes`; answers in milliseconds, in one warm process."""

    episodes: int
    ingest_seconds: float
    ingest_megabytes: float
    index_megabytes: float
    answer: Spread
    answer_p95: float
    answer_megabytes: float


def library_rows(
    library: Path, questions: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> list[LibraryRow]:
    """A row for 1, 10, 100 and all transcripts of the folder `library`."""
    files = sorted(path for path in library.iterdir() if path.is_file() and not path.name.startswith("."))
    sizes = [size for size in SIZES if size < len(files)] + [len(files)]
    return [_row(files[:size], questions, folder / f"library-{size}", environment) for size in sizes]


def _row(files: Sequence[Path], questions: Sequence[str], store: Path, environment: Mapping[str, str]) -> LibraryRow:
    paths = [str(file) for file in files]
    ingest = run_process([sys.executable, "-m", "bot", "ingest", *paths, "--store", str(store)], environment)
    size = sum(path.stat().st_size for pattern in STORE_FILES for path in store.glob(pattern) if path.is_file())
    with Answerer([sys.executable, "-m", "eval.warm_answers", str(store)], environment) as answerer:
        answerer.ask(questions[0])
        measured = [answerer.ask(question) for question in questions]
    milliseconds = [1000 * one["total"] for one in measured]
    shutil.rmtree(store)
    return LibraryRow(
        len(files),
        ingest.seconds,
        ingest.megabytes,
        size / 1e6,
        Spread.of(milliseconds),
        percentile(milliseconds, 0.95),
        measured[-1][PEAK],
    )


def as_library_table(rows: Sequence[LibraryRow]) -> str:
    lines = [
        "| episodes | ingest | its peak memory | index | warm answer (middle half) | p95 | memory while answering |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row.episodes} | {row.ingest_seconds:.0f} s | {row.ingest_megabytes:.0f} MB | {row.index_megabytes:.0f} MB "
        f"| {row.answer.middle:.0f} ms ({row.answer.low:.0f} to {row.answer.high:.0f}) | {row.answer_p95:.0f} ms "
        f"| {row.answer_megabytes:.0f} MB |"
        for row in rows
    ]
    return "\n".join(lines)


def growth_of(rows: Sequence[LibraryRow]) -> str:
    """Each measure against the number of episodes, as SVG."""
    lines = {
        "ingest, s": [row.ingest_seconds for row in rows],
        "index, MB": [row.index_megabytes for row in rows],
        "memory while answering, MB": [row.answer_megabytes for row in rows],
        "warm answer p95, ms": [row.answer_p95 for row in rows],
        "warm answer p50, ms": [row.answer.middle for row in rows],
    }
    return growth_plot([row.episodes for row in rows], lines, "episodes")
