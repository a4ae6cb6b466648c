"""Ingests in processes of their own, forked by one that has imported everything and opened nothing: they begin at once.

What they write says which version it is, so that a store's answers can be told right or wrong whatever ended a writer.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import chromadb  # noqa: F401 - before the forks

from bot.errors import EarmarkError
from bot.ingest import ingest
from bot.storage.store import Store
from tests.small_episodes import WORDS, WordEmbedder, nearest

SENTENCES = 12
State = dict[str, int]
"""By talk, the version of it that the store holds."""


def write_talk(folder: Path, number: int, version: int) -> Path:
    """A transcript whose every sentence says which version it is."""
    draw = random.Random(number)
    lines = []
    for at in range(SENTENCES):
        words = " ".join(draw.choices(WORDS, k=9))
        lines.append(f"[00:{at:02d}:00] Version{version} of talk{number} says {words} and{at}.\n")
    path = folder / f"talk-{number}.txt"
    path.write_text("".join(lines))
    return path


def open_store(folder: Path) -> Store:
    return Store(folder, embedder=WordEmbedder(), lock_seconds=60)


def add(folder: Path, talk: Path) -> None:
    report = ingest([talk], open_store(folder), WordEmbedder())
    assert not report.rejected


def forked(work: Callable[[], Any]) -> tuple[int, int]:
    """A child that does the work: its process id, and where to read what the work returned, as JSON."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    status = 1
    try:
        os.close(reading)
        os.setpgid(0, 0)
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for the rest of the process
        try:
            said = work()
        except EarmarkError as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writing, json.dumps(said).encode())
        status = 0
    finally:
        os._exit(status)


def ended(child: tuple[int, int]) -> tuple[int, Any]:
    """How the child ended (0, or minus the signal), and what its work returned."""
    with os.fdopen(child[1], "rb") as said:
        text = said.read()
    _, status = os.waitpid(child[0], 0)
    with suppress(ProcessLookupError):
        os.killpg(child[0], signal.SIGKILL)  # the check of a generation that it had begun
    return os.waitstatus_to_exitcode(status), json.loads(text) if text else None


def state(folder: Path) -> State | str:
    """What the store answers: each talk whole, of one version, and found by its own vectors; or what is wrong."""

    def look() -> Any:
        generation = open_store(folder).read()
        found: State = {}
        for place, index in enumerate(generation.episodes):
            words = " ".join(sentence.text for sentence in index.sentences).split()
            versions = [int(word.removeprefix("Version")) for word in words if word.startswith("Version")]
            if len(versions) != SENTENCES or len(set(versions)) != 1:
                return f"{index.episode.id} is not whole: {versions}"
            for row, vector in enumerate(index.vectors):
                if nearest(generation, vector, 1)[0][:2] != (place, row):
                    return f"{index.episode.id} is not found by its own vector"
            found[index.episode.id] = versions[0]
        return found

    code, said = ended(forked(look))
    return said if code == 0 else f"the reader ended with {code}"


@contextmanager
def serving(folder: Path) -> Iterator[dict[str, int]]:
    """A process that asks again and again, as a page does, while others write; its counts are filled in at the end."""
    stop = Path(f"{folder}-stop")

    def serve() -> dict[str, int]:
        counts = {"answers": 0, "wrong": 0, "generations": 1}
        store = open_store(folder)
        generation = store.read()
        while not stop.exists():
            if store.changed(generation):
                generation.close()
                generation = store.read()
                counts["generations"] += 1
            for place, index in enumerate(generation.episodes):
                hit = nearest(generation, index.vectors[0], 1)[0]
                counts["answers"] += 1
                counts["wrong"] += hit[:2] != (place, 0)
            time.sleep(0.05)
        return counts

    child = forked(serve)
    counts: dict[str, int] = {}
    try:
        yield counts
    finally:
        stop.touch()
        code, said = ended(child)
        stop.unlink()
        counts |= {"ended": code, **(said if isinstance(said, dict) else {"wrong": 1})}
        if not isinstance(said, dict):
            print(f"  the serving process said {said}")


def add_in_child(folder: Path, talk: Path) -> bool:
    code, said = ended(forked(lambda: add(folder, talk)))
    return code == 0 and said is None


def no_remains(folder: Path) -> bool:
    return len(list(folder.glob("gen-*"))) <= 2 and not list(folder.rglob("*.tmp"))
