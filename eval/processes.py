"""Wall time and peak memory of a process; a process that is asked line by line."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PEAK, PROCESSOR = "peak_megabytes", "processor_seconds"


@dataclass(frozen=True, slots=True)
class Run:
    """Wall seconds, peak memory, and processor seconds of all threads and of the processes that it waited for."""

    seconds: float
    megabytes: float
    processor_seconds: float

    def __add__(self, later: Run) -> Run:
        return Run(
            self.seconds + later.seconds,
            max(self.megabytes, later.megabytes),
            self.processor_seconds + later.processor_seconds,
        )


def run_process(arguments: Sequence[str], environment: Mapping[str, str], accepted: Collection[int] = (0,)) -> Run:
    """Of a process that must end with one of the exit codes `accepted`; memory as the kernel counts it for a child."""
    # A child of its own for each run: RUSAGE_CHILDREN keeps the maximum over all of them.
    began = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    assert process.stderr is not None
    with process.stderr:
        errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        raise RuntimeError(f"{' '.join(arguments)}: {errors.decode(errors='replace')[-500:]}")
    return Run(seconds, _megabytes(usage), usage.ru_utime + usage.ru_stime)


def in_turn(commands: Sequence[Callable[[], Run]], runs: int) -> list[list[Run]]:
    """Each command `runs` times, one after the other in turn; the first round only warms the disk."""
    rounds = [[command() for command in commands] for _ in range(runs + 1)]
    return [list(column) for column in zip(*rounds[1:], strict=True)]


class Answerer:
    """A process that reads questions from standard input, and answers each with a line of JSON. Use it in a `with`."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def ask(self, question: str) -> dict[str, float]:
        """What the process measured. Raises RuntimeError where it has ended; its own errors stand on the terminal."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(question + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that answers has ended with {self._process.wait()}")
        measured: dict[str, float] = json.loads(line)
        return measured

    def __enter__(self) -> Answerer:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def answer_lines(answer: Callable[[str], Mapping[str, float]]) -> None:
    """The other end of an Answerer: what `answer` measures of each question, and the peak memory so far."""
    import sys

    for line in sys.stdin:
        measured: dict[str, Any] = dict(answer(line.strip()))
        measured[PEAK] = _megabytes(resource.getrusage(resource.RUSAGE_SELF))
        print(json.dumps(measured), flush=True)


def _megabytes(usage: resource.struct_rusage) -> float:
    kilobytes = usage.ru_maxrss if platform.system() != "Darwin" else usage.ru_maxrss / 1024
    return kilobytes / 1024


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
