"""Every file of the current generation damaged in turn; `tests/soak_store.py` flips more bytes of each."""

import json
import os
import shutil
from pathlib import Path

import pytest
from small_episodes import nearest, small_index

from bot.errors import StoreError
from bot.storage.manifest import read_manifest
from tests.damaged_stores import EPISODES, answer, answers_when_damaged, open_store, way_named, write_episodes


@pytest.fixture(scope="module")
def built_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "store"
    write_episodes(folder)
    return folder


@pytest.fixture
def built(built_once, store_folder):
    shutil.copytree(built_once, store_folder)
    return store_folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "in_use"),
    [
        *((way, False) for way in ("gone", "emptied", "halved", "longer", "flipped-0", "flipped-1")),
        ("gone", True),
        ("halved", True),
    ],
)
def test_each_damaged_file_is_refused_or_harmless(built_once, tmp_path, way, in_use):
    answers = answers_when_damaged(built_once, way, tmp_path, in_use=in_use)
    assert len(answers) > 24
    assert set(answers.values()) <= {"refused", "right"}, answers
    if way == "gone" and not in_use:
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
        nearest(generation, generation.episodes[0].vectors[0], 1)


def test_a_row_changed_in_the_database_is_noticed(built):
    import sqlite3

    with sqlite3.connect(chroma_file(built, "chroma.sqlite3")) as database:
        database.execute("UPDATE embedding_metadata SET string_value = 'sponsor' WHERE string_value = 'talk'")
    database.close()
    generation = open_store(built).read()
    with pytest.raises(StoreError, match="its rows have changed; the index is damaged -> earmark rebuild"):
        nearest(generation, generation.episodes[0].vectors[0], 1)


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
    way_named(way)(episode_file(built, "one", file))
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
    monkeypatch.setattr("bot.storage.sentence_files.SMALL_ARRAY_BYTES", 0)
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
