"""Opens a new generation in a child process and asks for every passage in it.

A child, because a damaged Chroma index can end the process that opens it, and because only a fresh process reads what
is on the disk rather than what was written.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bot.errors import StoreError
from bot.index import Vectors
from bot.storage.generation import Generation, read_generation

SECONDS, SECONDS_PER_PASSAGE = 120, 0.1  # far above what is needed; only a child that hangs meets them
ASKED = 1000  # passages searched by their own vector; that each is stored is compared apart
BATCH = 250
NEAR = 3
SAME = 0.999  # cosine of passages that are as good as the same: any of them may come first
MISSED = 0.05  # share that HNSW may miss: many passages alike make islands in its graph
CHILD = """
import sys
sys.path[:] = sys.argv[2:]  # imports what its parent imports, wherever it was started
from bot.storage.generation_check import main
sys.exit(main(sys.argv[1]))
"""
SAME = 0.999  # cosine of texts that are as good as the same: any of them may come first


def check_in_child(folder: Path, passages: int) -> str:
    """What is wrong with the generation in `folder`, or nothing. Costs a start of Python and of Chroma, about 1 s."""
    import subprocess

    try:
        child = subprocess.run(
            [sys.executable, "-P", "-c", CHILD, str(folder), *sys.path],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS + SECONDS_PER_PASSAGE * passages,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "its check did not end"
    if child.returncode == 0:
        return ""
    lines = child.stderr.strip().splitlines()
    return lines[-1] if lines else f"its check ended with {child.returncode}"


def check_generation(generation: Generation) -> Iterator[str]:
    """Each fault found: passages that are not stored as written, too many that are not found by their own vector."""
    chroma = generation.open_chroma()
    if chroma is None:
        yield "Chroma cannot open it"
        return
    yield from chroma.differences(generation.episodes)
    asked = _some_passages(generation)
    missed = 0
    for first in range(0, len(asked), BATCH):
        batch = asked[first : first + BATCH]
        vectors = np.array([_vector(generation, key) for key in batch])
        for key, vector, near in zip(batch, vectors, chroma.nearest(vectors, NEAR), strict=True):
            best = max((float(_vector(generation, found) @ vector) for found in near), default=0.0)
            missed += key not in near and best < SAME
    if missed > MISSED * len(asked):
        yield f"{missed} of {len(asked)} passages are not found by their own vector"


def _some_passages(generation: Generation) -> list[tuple[str, int]]:
    """All where there are few, else evenly spread ones."""
    every = [(index.episode.id, row) for index in generation.episodes for row in range(len(index.passages))]
    return every[:: -(-len(every) // ASKED) or 1]


def _vector(generation: Generation, key: tuple[str, int]) -> Vectors:
    place = generation.places[key[0]]
    vector: Vectors = generation.episodes[place].vectors[key[1]]
    return vector


def main(folder: str) -> int:
    try:
        faults = list(check_generation(read_generation(Path(folder), None)))
    except StoreError as error:
        faults = [str(error)]
    if faults:
        print(faults[0], file=sys.stderr)
    return 1 if faults else 0
