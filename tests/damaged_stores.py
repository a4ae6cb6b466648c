"""Ways to damage a file of a store, and what a store whose files are damaged answers."""

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from bot.errors import StoreError
from bot.storage.generation import Generation
from bot.storage.store import Store
from tests.small_episodes import WordEmbedder, nearest, small_index

ROOT = Path(__file__).parents[1]
EPISODES = {"one": 12, "two": 3}  # passages


def gone(path):
    path.unlink()


def emptied(path):
    path.write_bytes(b"")


def halved(path):
    os.truncate(path, path.stat().st_size // 2)


def longer(path):
    path.write_bytes(path.read_bytes() + b"\0" * 4096)


def flipped(place):
    def flip(path):
        content = bytearray(path.read_bytes())
        if content:
            content[random.Random(f"{path.name} {place}").randrange(len(content))] ^= 0xFF
        path.write_bytes(content)

    return flip


def way_named(name):
    """`gone`, `emptied`, `halved`, `longer`, or `flipped-7`: one byte, at the seventh place drawn."""
    kind, _, place = name.partition("-")
    return {"gone": gone, "emptied": emptied, "halved": halved, "longer": longer}.get(kind) or flipped(int(place))


def open_store(folder):
    return Store(folder, embedder=WordEmbedder(), lock_seconds=5)


def write_episodes(folder):
    """Two generations of the same episodes, so that the current one is gen-0002."""
    for _ in range(2):
        open_store(folder).write([small_index(name, passages) for name, passages in EPISODES.items()])


def answer(folder):
    """Whether a store gives the right answers, or refuses with a mend, or neither."""
    return _told(lambda: answer_of(open_store(folder).read()))


def answer_of(generation: Generation):
    for place, (name, passages) in enumerate(EPISODES.items()):
        expected = small_index(name, passages)
        if generation.episodes[place].sentences != expected.sentences:
            return "wrong sentences"
        for row, vector in enumerate(expected.vectors):
            hit = nearest(generation, vector, 1, episode=name)[0]
            if hit[:2] != (place, row) or abs(hit[2] - 1) > 1e-5:
                return f"wrong answer {hit}"
    generation.close()
    return "right"


def _told(ask):
    try:
        return ask()
    except StoreError as error:
        return "refused" if " -> " in str(error) else f"no mend: {error}"


def answer_each(built, way, scratch, in_use):
    """Prints file and answer for each file damaged so; a file's name first, lest the process ends there.

    `in_use`: the store is open, and has answered, before its file is damaged.
    """
    paths = [*built.glob("gen-0002/**/*"), *built.glob("episodes/**/*")]
    files = sorted(path.relative_to(built) for path in paths if path.is_file())
    for number, file in enumerate([*files, Path("CURRENT")]):
        print(file, end=": ", flush=True)
        folder = scratch / f"{way}-{number}"
        shutil.copytree(built, folder)
        generation = open_store(folder).read() if in_use else None
        if generation:
            nearest(generation, generation.episodes[0].vectors[0], 1)
        way_named(way)(folder / file)
        print(_told(lambda used=generation: answer_of(used)) if generation else answer(folder), flush=True)
        shutil.rmtree(folder)


def answers_when_damaged(built, way, scratch, *, in_use=False):
    """By file, what a process of its own answers once the file is damaged; where it ends, so does the list."""
    code = "import sys; from pathlib import Path; from tests.damaged_stores import answer_each; "
    code += "answer_each(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4] == 'True')"
    child = subprocess.run(
        [sys.executable, "-c", code, str(built), way, str(scratch), str(in_use)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    answers = dict(line.split(": ", 1) for line in child.stdout.splitlines() if ": " in line)
    if child.returncode:
        answers[child.stdout.splitlines()[-1]] = f"ended with {child.returncode}: {child.stderr[-300:]}"
    return answers


def counted(answers):
    return Counter(answers.values())
