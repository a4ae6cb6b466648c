"""Small stores, what they must answer, and other processes that use them."""

import subprocess
import sys
from pathlib import Path

from small_episodes import nearest, small_index

HERE = Path(__file__).parent
BEGIN = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from bot.storage.store import Store
from small_episodes import WordEmbedder, nearest, small_index
store = Store(Path({store!r}), embedder=WordEmbedder(), lock_seconds=60)
"""


def start(store, code, prefix=(), **options):
    """A Python process of its own that runs `code` with a `store` of the same folder."""
    begin = BEGIN.format(root=str(HERE.parent), tests=str(HERE), store=str(store.folder))
    return subprocess.Popen([*prefix, sys.executable, "-c", begin + code], text=True, **options)


def ids(generation):
    return [index.episode.id for index in generation.episodes]


def assert_answers(store, expected):
    """The store gives these episodes, and each of their passages is found by its own vector."""
    generation = store.read()
    assert ids(generation) == expected
    for place, index in enumerate(generation.episodes):
        assert index.sentences == small_index(index.episode.id, len(index.passages)).sentences
        for row, vector in enumerate(index.vectors):
            assert nearest(generation, vector, 1)[0][:2] == (place, row)
    generation.close()
