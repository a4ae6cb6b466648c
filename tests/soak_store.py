"""The store's bad days, with figures: `python -m tests.soak_store [SHARE]`; with SHARE 0.1 a tenth of each.

Ingests stopped by kill -9 at random moments and at every file operation, two ingests at once, every file damaged in
every way, disks that are too small or cannot be written.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.damaged_stores import answers_when_damaged, counted, write_episodes
from tests.forked_ingests import (
    State,
    add,
    add_in_child,
    ended,
    forked,
    no_remains,
    serving,
    state,
    write_talk,
)
from tests.soak_disks import small_disks
from tests.soak_rows import row

KILLS, PAIRS, FLIPS, SIZES = 200, 50, 20, 30
TALKS = 4


def after_kill(folder: Path, before: State, number: int, version: int) -> tuple[State | str, bool]:
    """What the store answers, and whether that is the state before or the one that was being written."""
    name = f"talk-{number}"
    now = state(folder)
    return now, now in (before, {**before, name: version})


def kills(scratch: Path, count: int) -> bool:
    """At random moments of an ingest, half of them of talks that are there already; 0 lost and 0 partial episodes."""
    folder, draw = scratch / "killed", random.Random(7)
    begun = time.monotonic()
    for number in range(TALKS):
        add_in_child(folder, write_talk(scratch, number, 0))
    whole_seconds = (time.monotonic() - begun) / TALKS
    known = {f"talk-{number}": 0 for number in range(TALKS)}
    wrong: list[str] = []
    switched = 0
    with serving(folder) as served:
        for n in range(1, count + 1):
            number = draw.randrange(2 * TALKS)
            talk = write_talk(scratch, number, n)
            child = forked(lambda talk=talk: add(folder, talk))
            time.sleep(draw.uniform(0, 1.2 * whole_seconds))
            os.kill(child[0], signal.SIGKILL)
            ended(child)
            now, good = after_kill(folder, known, number, n)
            if not good:
                wrong.append(f"kill {n}: {known} -> {now}")
            switched += now != known
            known = now if isinstance(now, dict) else known
    mended = add_in_child(folder, write_talk(scratch, 0, count + 1)) and no_remains(folder)
    for line in wrong:
        print(line)
    figure = f"{switched} had published; the next ingest leaves no remains; {served_in_words(served)}"
    row("kill -9 of an ingest at random moments", count, count - len(wrong), figure)
    return served_well(served) and not wrong and mended


def served_well(served: dict[str, int]) -> bool:
    return served["ended"] == 0 and served.get("wrong") == 0


def served_in_words(served: dict[str, int]) -> str:
    if not served_well(served):
        return f"THE SERVING PROCESS FAILED: {served}"
    return f"meanwhile {served['answers']} answers, none wrong, over {served['generations']} generations"


def kill_at_operation(folder: Path, talk: Path, number: int) -> tuple[int, Any]:
    """An ingest that dies at its nth operation on a file of the store."""

    def work() -> None:
        left = [number]

        def count_down(event: str, arguments: tuple[Any, ...]) -> None:
            if event == "subprocess.Popen" or (
                event in {"open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree"}
                and str(folder) in str(arguments[0])
            ):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count_down)
        add(folder, talk)

    return ended(forked(work))


def every_operation(scratch: Path, share: float) -> bool:
    """The ingest dies at its first file operation, at its second, and so on until one lives to its end."""
    folder, kept = scratch / "operations", scratch / "operations-before"
    for number in range(2):
        add_in_child(kept, write_talk(scratch, number, 0))
    known = {"talk-0": 0, "talk-1": 0}
    talk, wrong, tried, step = write_talk(scratch, 1, 1), [], 0, max(1, round(1 / share))
    while True:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(kept, folder)
        tried += 1
        code, _ = kill_at_operation(folder, talk, 1 + (tried - 1) * step)
        now, good = after_kill(folder, known, 1, 1)
        good = good and (code != 0 or now == {**known, "talk-1": 1})
        if not good:
            wrong.append(f"operation {tried}: ended with {code}, {now}")
        elif code and not (add_in_child(folder, write_talk(scratch, 0, tried)) and no_remains(folder)):
            wrong.append(f"operation {tried}: the next ingest does not mend it")
        if code == 0:
            break
    for line in wrong:
        print(line)
    row("kill -9 of an ingest at each operation on a file", tried, tried - len(wrong), "the last lives to its end")
    return not wrong


def pairs(scratch: Path, count: int) -> bool:
    """Two ingests at once: both succeed, or one is told who holds the lock; nothing else changes."""
    folder = scratch / "pairs"
    add_in_child(folder, write_talk(scratch, 0, 0))
    wrong: list[str] = []
    told = 0
    known: State = {"talk-0": 0}
    with serving(folder) as served:
        for n in range(1, count + 1):
            numbers = (1 + n % 2, 3 + n % 2)
            talks = [write_talk(scratch, number, n) for number in numbers]
            both = [ended(child) for child in [forked(lambda talk=talk: add(folder, talk)) for talk in talks]]
            known |= {f"talk-{number}": n for number, how in zip(numbers, both, strict=True) if how == (0, None)}
            locked = sum("locked by process" in str(said) for _, said in both)
            told += locked
            now = state(folder)
            if locked + both.count((0, None)) < len(both) or locked == len(both) or now != known:
                wrong.append(f"round {n}: {both}, {now}")
    for line in wrong:
        print(line)
    row("two ingests at once", count, count - len(wrong), f"{told} waited too long; {served_in_words(served)}")
    return served_well(served) and not wrong


def damage(scratch: Path, share: float) -> bool:
    """Each file gone, emptied, halved, longer and flipped at many places, closed and in use; each must be refused."""
    built = scratch / "whole"
    code, _ = ended(forked(lambda: write_episodes(built)))
    assert code == 0
    held = True
    flips = max(1, round(FLIPS * share))
    for in_use, places in ((False, flips), (True, 1)):  # what is open is in memory
        tried = counted({})
        for way in ("gone", "emptied", "halved", "longer", *(f"flipped-{place}" for place in range(places))):
            answers = answers_when_damaged(built, way, scratch, in_use=in_use)
            tried += counted(answers)
            held &= set(answers.values()) <= {"right", "refused"}
        when = "while it is in use" if in_use else "of a closed store"
        figure = f"refused with the mend {tried['refused']}, answered right {tried['right']}"
        row(
            f"files {when} gone, emptied, halved, longer, flipped",
            tried.total(),
            tried["refused"] + tried["right"],
            figure,
        )
    return held


def main() -> int:
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    held = True
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        rounds = (
            lambda: damage(scratch, share),
            lambda: small_disks(scratch, max(4, round(SIZES * share))),
            lambda: every_operation(scratch, share),
            lambda: pairs(scratch, max(2, round(PAIRS * share))),
            lambda: kills(scratch, max(4, round(KILLS * share))),
        )
        for one in rounds:
            begun = time.monotonic()
            kept = one()
            print(f"{'held' if kept else 'NOT HELD'}, {time.monotonic() - begun:.0f} s", flush=True)
            held &= kept
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
