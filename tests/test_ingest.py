import json

import pytest
from small_episodes import WordEmbedder

from bot.errors import StoreError
from bot.ingest import ingest
from bot.sources.transcript_files import BUNDLED_EPISODE, find_sources, slug
from bot.storage.store import Store

DUMP = """My Show

A talk

0:01

Welcome to the show.

0:04

Today we talk about gardens

0:08

and how they began in a small town

0:12

by the sea. Why the sea?

0:16

Because the soil was free.
"""
SRT = "1\n00:00:01,000 --> 00:00:04,000\nThe lake froze early that year.\n"


@pytest.fixture
def store(store_folder, embedder):
    return Store(store_folder, embedder=embedder, lock_seconds=5)


@pytest.fixture
def dump(tmp_path):
    file = tmp_path / "in" / "Garden Talk 7.txt"
    file.parent.mkdir()
    file.write_text(DUMP, encoding="utf-8")
    return file


def test_file_becomes_an_episode_named_after_it(store, embedder, dump):
    [file] = ingest([dump], store, embedder).files
    assert file.status == "indexed"
    assert file.summary.episode.id == "garden-talk-7"
    assert file.summary.sentences == len(store.read().episodes[0].sentences)


def test_second_time_changes_nothing(store, embedder, dump):
    ingest([dump], store, embedder)
    number = store.read().number
    [file] = ingest([dump], store, embedder).files
    assert file.status == "unchanged"
    assert store.read().number == number


def test_changed_file_replaces_its_episode(store, embedder, dump):
    ingest([dump], store, embedder)
    dump.write_text(DUMP.replace("free", "cheap"), encoding="utf-8")
    ingest([dump], store, embedder)
    [index] = store.read().episodes
    assert "cheap" in index.sentences[-1].text


def test_bad_file_is_reported_and_the_others_are_kept(store, embedder, dump, tmp_path):
    (tmp_path / "in" / "empty.txt").write_text("")
    (tmp_path / "in" / "lake.srt").write_text(SRT)
    report = ingest([tmp_path / "in", tmp_path / "gone.txt"], store, embedder)
    assert {file.path.rpartition("/")[2]: file.status for file in report.files} == {
        "Garden Talk 7.txt": "indexed",
        "empty.txt": "rejected",
        "lake.srt": "indexed",
        "gone.txt": "rejected",
    }
    assert all("->" in file.problem for file in report.rejected)
    assert [index.episode.id for index in store.read().episodes] == ["garden-talk-7", "lake"]


def test_damaged_store_is_mended_by_ingesting_and_loses_no_episode(store, embedder, dump, tmp_path):
    ingest([dump], store, embedder)
    next(store.folder.rglob("vectors.npy")).write_bytes(b"")
    with pytest.raises(StoreError):
        store.read()
    (tmp_path / "lake.srt").write_text(SRT)
    ingest([tmp_path / "lake.srt"], store, embedder)
    assert [index.episode.id for index in store.read().episodes] == ["garden-talk-7", "lake"]


def test_nothing_readable_builds_no_store(store, embedder, tmp_path):
    ingest([tmp_path / "gone.txt"], store, embedder)
    assert not (store.folder / "CURRENT").exists()


def test_episode_file_beside_the_transcript_describes_it(store, embedder, dump):
    (dump.parent / "episode.toml").write_text(f'id = "garden"\ntitle = "Gardens"\ntranscript = "{dump.name}"\n')
    for given in (dump, dump.parent, dump.parent / "episode.toml"):
        [file] = ingest([given], store, embedder).files
        assert (file.summary.episode.id, file.summary.episode.title) == ("garden", "Gardens")


def test_bad_episode_file_is_reported_by_line(store, embedder, dump):
    (dump.parent / "episode.toml").write_text('id = "garden"\ntitel = "Gardens"\n')
    report = ingest([dump.parent], store, embedder)
    assert [file.status for file in report.files] == ["rejected", "indexed"]
    assert "titel" in report.files[0].problem


def test_report_is_json(store, embedder, dump):
    [file] = ingest([dump], store, embedder).files
    assert json.loads(json.dumps(file.as_dict()))["episode"]["id"] == "garden-talk-7"


def test_bundled_episode_is_read_with_its_description():
    [source] = find_sources([BUNDLED_EPISODE])
    episode, transcript = source.read()
    assert episode.id == "practical-ai-260"
    assert episode.sha256 == transcript.sha256


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Talk 1.podchaser.txt", "talk-1"), ("übung.srt", "bung"), (".hidden", "hidden"), ("???.txt", "episode")],
)
def test_id_from_a_file_name(name, expected):
    assert slug(name) == expected


class CountingEmbedder(WordEmbedder):
    """Counts the texts, and is interrupted when it has seen `until` of them."""

    def __init__(self, until=None):
        self.seen, self.until = 0, until

    def embed(self, texts):
        if self.seen == self.until:
            raise KeyboardInterrupt
        self.seen += len(texts)
        return super().embed(texts)


@pytest.fixture
def three_files(tmp_path):
    for name in ("frost", "lake", "pier"):
        (tmp_path / f"{name}.srt").write_text(SRT.replace("lake", f"{name} {name * 3}"))
    return [tmp_path / f"{name}.srt" for name in ("frost", "lake", "pier")]


def test_interrupted_ingest_embeds_no_episode_again(store_folder, three_files):
    interrupted = CountingEmbedder(until=2)
    with pytest.raises(KeyboardInterrupt):
        ingest(three_files, Store(store_folder, embedder=interrupted, lock_seconds=5), interrupted)
    assert not (store_folder / "CURRENT").exists()
    resumed = CountingEmbedder()
    store = Store(store_folder, embedder=resumed, lock_seconds=5)
    ingest(three_files, store, resumed)
    assert resumed.seen == 1
    assert [index.episode.id for index in store.read().episodes] == ["frost", "lake", "pier"]


def test_added_episode_leaves_the_folders_of_the_others(store_folder, three_files):
    embedder = CountingEmbedder()
    store = Store(store_folder, embedder=embedder, lock_seconds=5)
    ingest(three_files[:2], store, embedder)
    before = {path: path.stat().st_ino for path in store_folder.glob("episodes/*/*") if path.is_file()}
    ingest(three_files, store, embedder)
    assert embedder.seen == 3
    assert before.items() <= {path: path.stat().st_ino for path in store_folder.glob("episodes/*/*")}.items()
