"""Every file of the current generation damaged in turn. STORE_FLIPS sets the number of places flipped in each file."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_episodes import WordEmbedder, small_index

from bot.errors import StoreError
from bot.records import KINDS
from bot.storage.manifest import read_manifest
from bot.storage.store import Store

FLIPS = int(os.environ.get("STORE_FLIPS", "2"))
HERE = Path(__file__).parent
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


WAYS = {"gone": gone, "emptied": emptied, "halved": halved, "longer": longer}
WAYS |= {f"flipped-{place}": flipped(place) for place in range(FLIPS)}


def open_store(folder):
    return Store(folder, embedder=WordEmbedder(), lock_seconds=5)


def answer(folder):
    """Whether a store gives the right answers, or refuses with a mend, or neither."""
    try:
        generation = open_store(folder).read()
        for place, (name, passages) in enumerate(EPISODES.items()):
            expected = small_index(name, passages)
            if generation.episodes[place].sentences != expected.sentences:
                return "wrong sentences"
            for row, vector in enumerate(expected.vectors):
                hit = generation.search(vector, 1, episode=name, kinds=KINDS)[0]
                if hit[:2] != (place, row) or abs(hit[2] - 1) > 1e-5:
                    return f"wrong answer {hit}"
        generation.close()
    except StoreError as error:
        return "refused" if " -> " in str(error) else f"no mend: {error}"
    return "right"


def answer_each(built, way, scratch):
    """Prints file and answer for each file damaged so; a file's name first, lest the process ends there."""
    paths = [*built.glob("gen-0002/**/*"), *built.glob("episodes/**/*")]
    files = sorted(path.relative_to(built) for path in paths if path.is_file())
    for number, file in enumerate([*files, Path("CURRENT")]):
        print(file, end=": ", flush=True)
        folder = Path(scratch) / f"{way}-{number}"
        shutil.copytree(built, folder)
        WAYS[way](folder / file)
        print(answer(folder), flush=True)
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def built_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "store"
    for _ in range(2):
        open_store(folder).write([small_index(name, passages) for name, passages in EPISODES.items()])
    return folder


@pytest.fixture
def built(built_once, store_folder):
    shutil.copytree(built_once, store_folder)
    return store_folder


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_each_damaged_file_is_refused_or_harmless(built_once, tmp_path, way):
    code = f"import sys; sys.path[:0] = {[str(HERE.parent), str(HERE)]!r}; import test_store_damage as damage\n"
    code += f"damage.answer_each(damage.Path({str(built_once)!r}), {way!r}, {str(tmp_path)!r})"
    child = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "STORE_FLIPS": str(FLIPS)},
        check=False,
    )
    answers = dict(line.rsplit(": ", 1) for line in child.stdout.splitlines())
    assert child.returncode == 0, f"ended at {child.stdout.splitlines()[-1]}: {child.stderr}"
    assert len(answers) > 24
    assert set(answers.values()) <= {"refused", "right"}, answers
    if way == "gone":
        right = {file for file, told in answers.items() if told == "right"}
        assert {Path(file).name for file in right} == {"CURRENT", "seal.json"}


def chroma_file(folder, name):
    return next((folder / "gen-0002").glob(f"chroma-*/**/{name}"))


def episode_file(folder, episode, name):
    return next(folder.glob(f"episodes/{episode}-*/{name}"))


def test_a_missing_database_is_not_made_anew(built):
    chroma_file(built, "chroma.sqlite3").unlink()
    with pytest.raises(StoreError, match=r"chroma\.sqlite3: is missing; the index is damaged -> earmark rebuild"):
        open_store(built).read()


def test_a_header_changed_in_place_does_not_end_the_process(built):
    header = chroma_file(built, "header.bin")
    header.write_bytes(b"\xff" * header.stat().st_size)
    generation = open_store(built).read()
    with pytest.raises(
        StoreError, match=r"header\.bin: its bytes have changed; the index is damaged -> earmark rebuild"
    ):
        generation.search(generation.episodes[0].vectors[0], 1, kinds=KINDS)


def test_a_row_changed_in_the_database_is_noticed(built):
    import sqlite3

    with sqlite3.connect(chroma_file(built, "chroma.sqlite3")) as database:
        database.execute("UPDATE embedding_metadata SET string_value = 'sponsor' WHERE string_value = 'talk'")
    database.close()
    generation = open_store(built).read()
    with pytest.raises(StoreError, match="its rows have changed; the index is damaged -> earmark rebuild"):
        generation.search(generation.episodes[0].vectors[0], 1, kinds=KINDS)


def test_a_damaged_index_is_mended_by_writing_again(built):
    chroma_file(built, "data_level0.bin").unlink()
    open_store(built).write([small_index(name, passages) for name, passages in EPISODES.items()])
    assert answer(built) == "right"


def test_salvage_gives_the_words_whatever_else_is_damaged(built):
    chroma_file(built, "chroma.sqlite3").unlink()
    episode_file(built, "one", "vectors.npy").write_bytes(b"")
    saved = {episode.id: sentences for episode, sentences in open_store(built).salvage()}
    assert saved == {name: small_index(name, passages).sentences for name, passages in EPISODES.items()}


@pytest.mark.parametrize("file", ["episode.json", "sentences.jsonl", "words.gz", "seal.json", "vectors.npy"])
@pytest.mark.parametrize("way", ["gone", "halved", "flipped-0"])
def test_no_single_file_loses_an_episode(built, file, way):
    WAYS[way](episode_file(built, "one", file))
    assert {episode.id for episode, _ in open_store(built).salvage()} == {"one", "two"}


def test_an_episode_without_words_comes_from_the_generation_before(built):
    open_store(built).write([small_index("one", 12, seed=1), small_index("two", 3)])
    new = json.loads((built / "gen-0003/manifest.json").read_text())["episodes"][0]["folder"]
    shutil.rmtree(built / "gen-0003" / new)
    saved = {episode.id: sentences for episode, sentences in open_store(built).salvage()}
    assert saved == {name: small_index(name, passages).sentences for name, passages in EPISODES.items()}


def test_a_lost_manifest_loses_no_episode(built):
    open_store(built).write([small_index("one", 12, seed=1), small_index("two", 3)])
    (built / "gen-0003/manifest.json").write_bytes(b"")
    saved = {episode.id: sentences for episode, sentences in open_store(built).salvage()}
    assert saved == {"one": small_index("one", 12, seed=1).sentences, "two": small_index("two", 3).sentences}


def test_a_damaged_episode_is_written_beside_its_damaged_folder(built):
    rows = episode_file(built, "one", "arrays/tokens.npy")
    rows.write_bytes(b"")
    open_store(built).write([small_index(name, passages) for name, passages in EPISODES.items()])
    assert answer(built) == "right"
    assert not rows.stat().st_size


def test_a_file_that_is_cut_in_use_is_told(built, monkeypatch):
    monkeypatch.setattr("bot.storage.generation.LARGEST_IN_MEMORY_BYTES", 0)
    rows = open_store(built).read().episodes[0].arrays["tokens"]
    os.truncate(rows.path, rows.offset + 10)
    with pytest.raises(StoreError, match="too short; the index is damaged -> earmark rebuild"):
        rows[0:12]


def test_the_manifest_lists_every_file(built):
    folder = built / "gen-0002"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    files |= {f"../{path.relative_to(built)}" for path in built.glob("episodes/**/*") if path.is_file()}
    assert {file for file in files if Path(file).name not in ("manifest.json", "seal.json")} == set(
        read_manifest(folder).files
    )


def test_a_store_that_is_copied_without_its_times_is_read(built, monkeypatch):
    monkeypatch.setattr("bot.storage.generation.LARGEST_IN_MEMORY_BYTES", 0)
    for path in built.rglob("*.npy"):
        os.utime(path, (1, 1))
    assert answer(built) == "right"
