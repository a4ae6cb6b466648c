"""The store: what it refuses, what it keeps, what it says."""

import json
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from small_episodes import OtherEmbedder, OtherWeights, WordEmbedder, nearest, small_index
from small_stores import assert_answers, ids, start

from bot.errors import StoreError, StoreNotBuilt
from bot.storage.server_store import open_store
from bot.storage.store import Store


def tree(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def name_of(episode_folder):
    return episode_folder.name.rpartition("-")[0]


def change_manifest(folder, **changes):
    """As another version of the program would have written it: with a right checksum."""
    from bot.storage.manifest import _crc32_of

    path = folder / "manifest.json"
    content = json.loads(path.read_text()) | changes
    del content["crc32"]
    path.write_text(json.dumps(content | {"crc32": _crc32_of(content)}))


class TestNotBuilt:
    def test_asking_says_so_and_creates_nothing(self, store):
        with pytest.raises(StoreNotBuilt, match=r"no index at .*store -> earmark ingest FILE"):
            store.read()
        assert store.salvage() == ()
        assert not store.folder.exists()

    def test_an_empty_folder_stays_empty(self, store):
        store.folder.mkdir()
        with pytest.raises(StoreNotBuilt):
            store.read()
        assert tree(store.folder) == []

    def test_a_file_is_no_store(self, store):
        store.folder.write_text("words")
        with pytest.raises(StoreError, match="is not a folder -> name a folder"):
            store.read()
        with pytest.raises(StoreError, match="-> "):
            store.write([])

    @pytest.mark.parametrize("address", ["http://", "https://chroma.example/x", "http:/a b:x"])
    def test_an_address_that_is_none(self, address):
        with pytest.raises(StoreError, match="not the address of a Chroma server -> write http://host:port"):
            open_store(address, embedder=WordEmbedder(), lock_seconds=1)


class TestGenerations:
    def test_writing_replaces_everything(self, store):
        store.write([small_index("one"), small_index("two")])
        store.write([small_index("three")])
        assert_answers(store, ["three"])
        assert store.read().number == 2

    def test_a_store_may_be_empty(self, store):
        store.write([])
        assert nearest(store.read(), np.ones(32), 3) == []

    def test_the_one_before_is_kept_and_older_ones_and_remains_are_removed(self, built):
        (built.folder / "gen-0009.tmp" / "chroma-1").mkdir(parents=True)
        (built.folder / "CURRENT.tmp").write_text("gen-")
        built.write([small_index("three")])
        assert sorted(path.name for path in built.folder.iterdir()) == [
            ".lock",
            "CURRENT",
            "episodes",
            "gen-0002",
            "gen-0010",
        ]
        assert sorted(name_of(path) for path in (built.folder / "episodes").iterdir()) == ["one", "three", "two"]

    def test_a_generation_that_never_became_current_is_removed(self, built):
        shutil.copytree(built.folder / "gen-0002", built.folder / "gen-0003")
        assert built.read().number == 2
        built.write([small_index("three")])
        assert sorted(path.name for path in built.folder.glob("gen-*")) == ["gen-0002", "gen-0004"]

    def test_a_reader_keeps_its_generation_while_a_writer_swaps(self, built):
        reader = built.read()
        query = reader.episodes[1].vectors[3]
        before = nearest(reader, query, 5)
        assert not built.changed(reader)
        built.write([small_index("three")])
        assert nearest(reader, query, 5) == before
        assert built.changed(reader)
        assert not built.changed(built.read())

    def test_a_deleted_store_has_changed(self, built):
        reader = built.read()
        shutil.rmtree(built.folder)
        assert built.changed(reader)

    def test_a_store_deleted_and_built_anew_has_changed_and_is_read_afresh(self, store):
        store.write([small_index("one")])
        reader = store.read()
        nearest(reader, np.ones(32), 1)
        shutil.rmtree(store.folder)
        store.write([small_index("three", 5)])
        assert store.read().number == reader.number
        assert store.changed(reader)
        assert_answers(store, ["three"])

    def test_a_lost_current_file_does_not_lose_the_episodes(self, built):
        (built.folder / "CURRENT").write_text("")
        assert_answers(built, ["one", "two"])
        (built.folder / "CURRENT").unlink()
        built.write([*built.read().episodes, small_index("three")])
        assert_answers(built, ["one", "two", "three"])

    def test_a_store_that_cannot_be_written_is_searched(self, built):
        run = """
import os
with store.locked():
    pass  # imports all that is needed: another user may not see the interpreter's files
os.chmod(store.folder, 0o555)
for path in store.folder.rglob("*"):
    path.chmod(0o555 if path.is_dir() else 0o444)
if os.geteuid() == 0:  # root may write anywhere
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
generation = store.read()
hits = nearest(generation, generation.episodes[1].vectors[3], 1, kinds=["talk"])
print(hits[0][:2], generation.open_chroma())
try:
    store.write([])
except Exception as error:
    print(error)
"""
        for folder in built.folder.parents[:4]:
            folder.chmod(0o755)
        out, _ = start(built, run, stdout=subprocess.PIPE).communicate()
        assert out.splitlines()[0] == "(1, 3) None"
        assert "Permission denied -> change its permissions" in out


class TestRefused:
    @pytest.mark.parametrize(
        ("embedder", "advice"),
        [
            pytest.param(OtherWeights(), "words-2.*-> earmark rebuild", id="same dimension"),
            pytest.param(OtherEmbedder(), "letters.*-> set EARMARK_EMBEDDING=words", id="other dimension"),
        ],
    )
    def test_an_index_of_another_embedding(self, built, embedder, advice):
        with pytest.raises(StoreError, match=advice):
            Store(built.folder, embedder=embedder, lock_seconds=1).read()

    def test_keyword_search_reads_it_without_an_embedding(self, built):
        assert ids(Store(built.folder, embedder=None, lock_seconds=1).read()) == ["one", "two"]

    def test_a_newer_format_is_neither_read_nor_replaced(self, built):
        change_manifest(built.folder / "gen-0002", format=99)
        before = tree(built.folder)
        for ask in (built.read, built.salvage, lambda: built.write([small_index("three")])):
            with pytest.raises(StoreError, match=r"format 99.*newer earmark.*-> upgrade"):
                ask()
        assert set(tree(built.folder)) - {".lock"} == set(before) - {".lock"}

    def test_an_older_format_says_how_it_is_mended(self, built):
        change_manifest(built.folder / "gen-0002", format=0)
        with pytest.raises(StoreError, match=r"old format 0.*-> earmark rebuild"):
            built.read()

    @pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, 7.0], ids=["nan", "infinite", "zeros", "too long"])
    def test_vectors_that_cannot_be_searched(self, built, value):
        index = small_index("three")
        vectors = index.vectors.copy()
        vectors[5] = value
        with pytest.raises(StoreError, match="no unit vector for three"):
            built.write([replace(index, vectors=vectors)])
        assert_answers(built, ["one", "two"])

    @pytest.mark.parametrize(
        "wrong",
        [
            lambda index: [index, index],
            lambda index: [replace(index, vectors=index.vectors[1:])],
            lambda index: [replace(index, passages=small_index("other").passages)],
            lambda index: [replace(index, arrays={"../out": np.zeros(3)})],
        ],
        ids=["twice", "vectors", "passages", "array name"],
    )
    def test_an_index_that_contradicts_itself(self, built, wrong):
        with pytest.raises(ValueError, match=r".+"):
            built.write(wrong(small_index("three")))
        assert_answers(built, ["one", "two"])
        assert not list(built.folder.glob("*.tmp"))
