"""What a benchmark found, as a table; `bench.json` of a report is the same for programs, and the README's source."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

BENCH_FILE = "bench.json"
DIGITS = {"s": 2, "ms": 1, "MB": 0, "words": 0}


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some runs, and the middle half of them; one value where only one was taken."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(middle, low, high)

    def __truediv__(self, other: Spread) -> float:
        return self.middle / other.middle


@dataclass(frozen=True, slots=True)
class Row:
    """`goal` is what was aimed at on a quiet machine, '' where nothing was."""

    measure: str
    unit: str
    runs: int
    earmark: Spread
    tutorial: Spread | None = None
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    machine: str
    rows: tuple[Row, ...]


def write_bench(bench: Bench, report: Path) -> None:
    report.mkdir(parents=True, exist_ok=True)
    (report / BENCH_FILE).write_text(json.dumps(asdict(bench), indent=1) + "\n", encoding="utf-8")


def read_bench(report: Path) -> Bench:
    found = json.loads((report / BENCH_FILE).read_text(encoding="utf-8"))
    return Bench(found["machine"], tuple(map(_row, found["rows"])))


def performance_table(report: Path) -> str:
    """The table of the run that wrote `report`, with the machine that it ran on."""
    return as_table(read_bench(report))


def as_table(bench: Bench) -> str:
    lines = ["| measure | Earmark | tutorial | ratio | goal | runs |", "| --- | --- | --- | --- | --- | --- |"]
    for row in bench.rows:
        ratio = f"{row.earmark / row.tutorial:.2f}" if row.tutorial and row.tutorial.middle else ""
        cells = [in_words(row.earmark, row.unit), in_words(row.tutorial, row.unit), ratio, row.goal, str(row.runs)]
        lines.append("| " + " | ".join([row.measure, *(cell or "-" for cell in cells)]) + " |")
    return "\n".join([*lines, "", bench.machine])


def machine_in_words() -> str:
    """Processor, cores, memory, Python, and how busy it is now."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Measured on {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}; load at the end {os.getloadavg()[0]:.1f}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def in_words(spread: Spread | None, unit: str) -> str:
    """The median, with the middle half where there is more than one value; '' for none."""
    if spread is None:
        return ""
    middle, low, high = (f"{value:.{DIGITS[unit]}f}" for value in (spread.middle, spread.low, spread.high))
    return f"{middle} {unit}" if low == high else f"{middle} {unit} ({low} to {high})"


def _row(found: dict[str, Any]) -> Row:
    spreads = {side: found[side] and Spread(**found[side]) for side in ("earmark", "tutorial")}
    return Row(**{**found, **spreads})
