import threading
from dataclasses import replace

import numpy as np
import pytest
from small_episodes import WORDS, WordEmbedder, nearest, small_episode, small_index

from bot.errors import StoreError
from bot.index import EpisodeIndex
from bot.records import KINDS, Part, Passage, Sentence
from bot.storage.store import Store
from bot.storage.stored_sequences import RowsOnDisk


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A store of three episodes, one of them without a passage; not to be changed."""
    episodes = (small_index("first"), small_index("Second / ünïcode", 20), small_index("silent", 0))
    store = Store(tmp_path_factory.mktemp("written") / "store", embedder=WordEmbedder(), lock_seconds=5)
    store.write(episodes)
    return store, episodes


@pytest.fixture
def generation(written):
    with_chroma = written[0].read()
    yield with_chroma
    with_chroma.close()


def by_hand(episodes, query, k, *, episode=None, kinds=KINDS):
    hits = [
        (place, row, float(index.vectors[row] @ query))
        for place, index in enumerate(episodes)
        for row, passage in enumerate(index.passages)
        if episode in (None, index.episode.id) and passage.kind in kinds
    ]
    return sorted(hits, key=lambda hit: (-hit[2], hit[0], hit[1]))[:k]


def assert_same_hits(found, expected):
    assert [hit[:2] for hit in found] == [hit[:2] for hit in expected]
    assert [hit[2] for hit in found] == pytest.approx([hit[2] for hit in expected], abs=1e-6)


def test_what_was_written_is_read_back_exactly(written, generation):
    for index, read in zip(written[1], generation.episodes, strict=True):
        assert (read.episode, read.sentences, read.passages) == (index.episode, index.sentences, index.passages)
        np.testing.assert_array_equal(read.vectors, index.vectors)
        assert read.arrays.keys() == index.arrays.keys()
        for name, array in index.arrays.items():
            np.testing.assert_array_equal(read.arrays[name], array)
            assert read.arrays[name].dtype == array.dtype


@pytest.mark.parametrize(
    ("start", "text", "speaker"),
    [
        pytest.param(0.1 + 0.2, "a float of 17 digits", None, id="long float"),
        pytest.param(1e-12, 'quotes " and \\ backslash', "", id="escapes"),
        pytest.param(3, "line\nfeed, \r, \u2028, \x85 and tab\t", "A\nB", id="line ends"),
        pytest.param(7.0, "lone surrogate \ud800 and 😀", "\udcff", id="surrogates"),
        pytest.param(7.0, "", "Zoë", id="no text"),
    ],
)
def test_sentence_is_read_back_exactly(tmp_path, start, text, speaker):
    sentence = Sentence((Part(start, start + 1, text, 1), Part(start + 1, 99.9, "second", 2)), "promo", speaker)
    vectors = WordEmbedder().embed(["one passage"])
    index = EpisodeIndex(small_episode("one"), (sentence,), (Passage("one", (sentence,)),), vectors, {})
    store = Store(tmp_path / "store", embedder=WordEmbedder(), lock_seconds=5)
    store.write([index])
    assert store.read().episodes[0].sentences == (sentence,)
    assert repr(store.read().episodes[0].sentences) == repr((sentence,))


def test_arrays_cannot_be_changed(generation):
    with pytest.raises(ValueError, match="read-only"):
        generation.episodes[0].vectors[0, 0] = 1.0


def test_large_arrays_are_read_by_rows(written, generation, monkeypatch):
    monkeypatch.setattr("bot.storage.generation.LARGEST_IN_MEMORY_BYTES", 0)
    monkeypatch.setattr("bot.storage.sentence_files.SMALL_ARRAY_BYTES", 0)
    read = written[0].read().episodes[0]
    expected = generation.episodes[0].arrays["tokens"]
    rows = read.arrays["tokens"]
    assert isinstance(rows, RowsOnDisk)
    assert len(rows) == len(expected)
    for first, last in [(0, len(expected)), (3, 9), (5, 5), (9, 3), (len(expected) - 1, len(expected) + 7)]:
        np.testing.assert_array_equal(rows[first:last], expected[first:last])


def test_sentence_is_the_same_object_however_it_is_reached(written):
    read = written[0].read().episodes[0]
    assert read.passages[1].sentences[0] is read.sentences[2]
    assert read.sentences[2:3][0] is read.sentences[2]


def test_going_through_a_large_library_keeps_nothing_that_was_not_asked_for(written, monkeypatch):
    monkeypatch.setattr("bot.storage.generation.LARGEST_IN_MEMORY_BYTES", 0)
    read = written[0].read().episodes[0]
    for records in (read.sentences, read.passages):
        assert next(iter(records)) == next(iter(records))
        assert next(iter(records)) is not next(iter(records))
        asked = records[0]
        assert next(iter(records)) is asked


def test_summary_is_read_back(written):
    index = written[1][1]
    assert written[0].read().episodes[1].summary == index.summary


@pytest.mark.parametrize("k", [1, 5, 32, 1000])
@pytest.mark.parametrize("episode", [None, "first", "Second / ünïcode"])
@pytest.mark.parametrize("kinds", [KINDS, ("talk",), ("sponsor", "intro")], ids=["all", "talk", "others"])
def test_search_equals_search_by_hand(written, generation, k, episode, kinds):
    query = WordEmbedder().embed(["runway pixel story"])[0]
    found = nearest(generation, query, k, episode=episode, kinds=kinds)
    assert_same_hits(found, by_hand(written[1], query, k, episode=episode, kinds=kinds))


@pytest.mark.parametrize(
    ("k", "episode", "kinds"),
    [
        pytest.param(5, None, (), id="no kind"),
        pytest.param(5, "unknown", KINDS, id="unknown episode"),
        pytest.param(5, "silent", KINDS, id="episode without passages"),
    ],
)
def test_empty_scope_finds_nothing(generation, k, episode, kinds):
    assert nearest(generation, np.ones(32), k, episode=episode, kinds=kinds) == []


def test_query_of_zeros_is_near_to_nothing(generation):
    assert [hit[2] for hit in nearest(generation, np.zeros(32), 3)] == [0.0, 0.0, 0.0]


def test_reading_and_the_first_search_from_many_threads(written):
    generation = written[0].read()
    queries = WordEmbedder().embed(WORDS)
    found = [None] * len(queries)
    barrier = threading.Barrier(len(queries))

    def ask(number):
        barrier.wait()
        found[number] = nearest(generation, queries[number], 3)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(queries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    generation.close()
    for query, hits in zip(queries, found, strict=True):
        assert_same_hits(hits, by_hand(written[1], query, 3))


def test_closing_one_reader_leaves_the_other(written):
    first, second = written[0].read(), written[0].read()
    query = WordEmbedder().embed(["light actor"])[0]
    assert_same_hits(nearest(first, query, 3), nearest(second, query, 3))
    first.close()
    first.close()
    assert_same_hits(nearest(second, query, 3), by_hand(written[1], query, 3))
    second.close()
    with pytest.raises(StoreError, match="closed"):
        nearest(first, query, 3)


def test_index_of_another_chroma_is_searched_without_it(written, generation):
    stamp = replace(generation.manifest.chroma, version="0.1")
    generation.manifest = replace(generation.manifest, chroma=stamp)
    query = WordEmbedder().embed(["cost editor"])[0]
    assert_same_hits(nearest(generation, query, 9, kinds=("talk",)), by_hand(written[1], query, 9, kinds=("talk",)))
    assert generation.open_chroma() is None


def test_below_the_largest_the_nearest_are_found_without_chroma(tmp_path):
    store = Store(tmp_path / "store", embedder=WordEmbedder(), lock_seconds=5)
    episodes = [small_index("first", 60), small_index("second", 90)]
    store.write(episodes)
    generation = store.read()
    scope = generation.rows_in_scope(None, ("talk",))
    generation.close()  # so that asking Chroma would fail
    for query in WordEmbedder().embed(WORDS):
        near = generation.near(query, scope, 3).tolist()
        assert len(near) < len(scope) / 2
        nearest_three = by_hand(episodes, query, 3, kinds=("talk",))
        assert {generation.first_rows[place] + row for place, row, _ in nearest_three} <= set(near)


def test_searching_goes_on_when_chroma_fails_in_use(written, generation, caplog):
    query = WordEmbedder().embed(["cost editor"])[0]
    nearest(generation, query, 1)
    generation.open_chroma().close()
    assert_same_hits(nearest(generation, query, 9), by_hand(written[1], query, 9))
    assert "searching without it" in caplog.text


def test_many_passages_of_the_same_words_can_be_stored(tmp_path):
    index = small_index("repeats", 60)
    vectors = np.repeat(index.vectors[:1], 60, axis=0)
    store = Store(tmp_path / "store", embedder=WordEmbedder(), lock_seconds=5)
    store.write([replace(index, vectors=vectors)])
    assert len(nearest(store.read(), vectors[0], 60)) == 60
