"""`make bench`: time and memory beside the tutorial's way, runs taken in turn so that a busy machine slows both alike.

python -m eval.bench [--runs N] [--report DIR]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from eval.cases import read_questions

QUESTION = "Where did Runway start?"
QUESTIONS = Path(__file__).with_name("questions.jsonl")
WARM_QUESTIONS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """Medians of `runs` runs; `ratio` is Earmark's over the tutorial's."""

    measure: str
    unit: str
    earmark: float
    tutorial: float | None
    reach: str
    runs: int

    @property
    def ratio(self) -> float | None:
        return self.earmark / self.tutorial if self.tutorial else None


@dataclass(frozen=True, slots=True)
class Run:
    seconds: float
    megabytes: float


def run_process(arguments: Sequence[str], environment: dict[str, str]) -> Run:
    """Wall seconds and peak memory of a process that must succeed; memory as the kernel counts it for its child."""
    # A child of its own for each run: RUSAGE_CHILDREN keeps the maximum over all of them.
    began = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {errors.decode(errors='replace')[-500:]}")
    kilobytes = usage.ru_maxrss if platform.system() != "Darwin" else usage.ru_maxrss / 1024
    return Run(seconds, kilobytes / 1024)


def in_turn(commands: Sequence[Sequence[str]], runs: int, environment: dict[str, str]) -> list[list[Run]]:
    """Each command `runs` times, one after the other in turn; the first round only warms the disk."""
    results: list[list[Run]] = [[] for _ in commands]
    for number in range(runs + 1):
        for place, command in enumerate(commands):
            run = run_process(command, environment)
            if number:
                results[place].append(run)
    return results


def cold_rows(store: str, tutorial: str, runs: int, environment: dict[str, str]) -> list[Row]:
    python = sys.executable
    helped, asked, other = in_turn(
        [
            [python, "-m", "bot", "--help"],
            [python, "-m", "bot", "ask", QUESTION, "--store", store],
            [python, "-m", "eval.tutorial_answer", tutorial, QUESTION],
        ],
        runs,
        environment,
    )

    def median(found: Sequence[Run], name: str) -> float:
        return float(statistics.median(getattr(run, name) for run in found))

    return [
        Row("earmark --help", "s", median(helped, "seconds"), None, "0.15 s", runs),
        Row(
            "cold first answer, whole process",
            "s",
            median(asked, "seconds"),
            median(other, "seconds"),
            "1.0 s beside 1.9 to 2.1 s",
            runs,
        ),
        Row(
            "peak memory of that process",
            "MB",
            median(asked, "megabytes"),
            median(other, "megabytes"),
            "250 MB beside 308 MB",
            runs,
        ),
    ]


def warm_rows(store: str, tutorial: str, folder: Path, environment: dict[str, str]) -> list[Row]:
    questions = [case.question for case in read_questions(QUESTIONS) if not case.history][:WARM_QUESTIONS]
    file = folder / "questions.txt"
    file.write_text("\n".join(questions), encoding="utf-8")
    python = sys.executable
    commands = [
        [python, "-m", "eval.warm_answers", store, str(file)],
        [python, "-m", "eval.tutorial_answer", tutorial, "--warm", str(file)],
    ]
    seconds = []
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        seconds.append(sorted(float(line) * 1000 for line in done.stdout.split())[: len(questions)])
    count = len(questions)
    return [
        Row("warm answer, median", "ms", statistics.median(seconds[0]), statistics.median(seconds[1]), "10 ms", count),
        Row("warm answer, p95", "ms", _percentile(seconds[0], 0.95), _percentile(seconds[1], 0.95), "20 ms", count),
    ]


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ingest_rows(store: str, tutorial: str, environment: dict[str, str]) -> list[Row]:
    """Also makes the two indexes that the other rows ask."""
    from bot.sources import BUNDLED_EPISODE

    own = run_process([sys.executable, "-m", "bot", "ingest", str(BUNDLED_EPISODE), "--store", store], environment)
    code = "import sys, pathlib, eval.tutorial_answer as t; t.build(pathlib.Path(sys.argv[1]))"
    other = run_process([sys.executable, "-c", code, tutorial], environment)
    return [
        Row("ingest of the bundled episode", "s", own.seconds, other.seconds, "", 1),
        Row("peak memory of ingest", "MB", own.megabytes, other.megabytes, "", 1),
    ]


def as_table(rows: Sequence[Row]) -> str:
    lines = ["| measure | Earmark | tutorial | ratio | reach | runs |", "|---|---|---|---|---|---|"]
    for row in rows:
        digits = 2 if row.unit == "s" else 0 if row.unit == "MB" else 1
        other = "" if row.tutorial is None else f"{row.tutorial:.{digits}f} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(
            f"| {row.measure} | {row.earmark:.{digits}f} {row.unit} | {other} | {ratio} | {row.reach} | {row.runs} |"
        )
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description="Speed and memory beside the tutorial.")
    parser.add_argument("--runs", type=int, default=5, help="cold runs of each, in turn")
    parser.add_argument("--report", type=Path, default=Path("reports"), metavar="DIR")
    options = parser.parse_args()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("EARMARK_", "OPENAI_"))}
    with tempfile.TemporaryDirectory() as folder:
        store, tutorial = str(Path(folder) / "store"), str(Path(folder) / "tutorial")
        rows = ingest_rows(store, tutorial, environment)
        rows += cold_rows(store, tutorial, options.runs, environment)
        rows += warm_rows(store, tutorial, Path(folder), environment)
    table = as_table(rows)
    print(table)
    options.report.mkdir(parents=True, exist_ok=True)
    machine = f"{platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end"
    (options.report / "bench.md").write_text(f"{table}\n\nPython {machine}.\n", encoding="utf-8")
    (options.report / "bench.json").write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
