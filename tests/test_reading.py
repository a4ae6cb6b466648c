"""The best places are read together with the question, and ranked anew."""

from itertools import islice

import numpy as np
import pytest

from bot.search import reading
from bot.search.ranking import Query
from bot.search.reading import AT_ONCE, REACH, READ, Reach, apart, pair_of, read_places, read_windows
from bot.search.scope import TALK
from bot.search.search import rank, search
from bot.search.windows import overlap

ANSWERS, NOT = 8.0, -9.0
QUESTION = "How did photography change painting?"


@pytest.fixture(scope="module")
def found(library, embedder):
    return rank(Query.of(QUESTION, library, embedder), library, TALK)[1]


class Reader:
    """Says that the places which hold a word answer, and the others do not."""

    def __init__(self, word):
        self.word = word
        self.pairs = []

    def scores(self, pairs):
        self.pairs += pairs
        return np.array([ANSWERS if self.word in pair.said else NOT for pair in pairs], dtype=np.float32)


def places(found, count):
    return list(islice(apart(found.windows), count))


@pytest.fixture
def reader(monkeypatch, found):
    """Its word stands in the last place that may be read, and in none before."""
    *others, last = [window.text for window in places(found, REACH.most)]
    reader = Reader(next(word for word in last.split() if not any(word in text for text in others)))
    monkeypatch.setattr(reading, "cross_encoder", lambda purpose: reader)
    return reader


def test_what_is_read_to_answer_comes_first(found, library, reader):
    read = read_windows(found, library)
    assert reader.word not in found.windows[0].text
    assert reader.word in read.windows[0].text
    assert len(read.windows) == len(found.windows)


def test_a_score_is_the_searchs_and_what_reading_adds(found, library, reader):
    before = {(window.first, window.last): window for window in found.windows}
    for window in read_windows(found, library).windows:
        searched = before[window.first, window.last]
        assert window.read in (ANSWERS, NOT)
        assert window.score == pytest.approx(searched.score + READ * window.read)
        assert (window.cosine, window.text) == (searched.cosine, searched.text)


def test_windows_around_what_was_read_gain_the_same_and_all_others_as_the_worst(found, library, reader):
    moments = places(found, REACH.most)
    for window in read_windows(found, library).windows:
        about = [reader.word in moment.text for moment in moments if overlap(window, moment)]
        assert window.read == (ANSWERS if any(about) else NOT)


def test_places_and_signals_stand_in_the_new_order(found, library, reader):
    read = read_windows(found, library)
    for number, window in enumerate(read.windows):
        assert read.places[number].tolist() == [window.place, window.first, window.last]
        assert read.scores[number] == pytest.approx(window.score, abs=1e-4)
        assert read.cosines[number] == pytest.approx(window.cosine)
        assert read.lates[number] == pytest.approx(window.late)
    assert np.all(np.diff(read.scores) <= 0)


def test_the_passage_of_what_answers_gains(found, library, reader):
    read = read_windows(found, library)
    best = read.windows[0]
    [row] = library.rows_of(np.array([best.place]), np.array([best.first])).tolist()
    assert best.parts[0][0] in library.passage(row).sentences
    assert max(read.best_windows, key=read.best_windows.__getitem__) == row
    assert read.best_windows[row] > found.best_windows[row]
    assert all(0 <= value <= 1 for value in read.best_windows.values())


def test_the_best_places_are_read_that_share_no_part(found, library, reader):
    read_windows(found, library)
    moments = places(found, REACH.most)
    assert [pair.said for pair in reader.pairs] == [moment.text for moment in moments]
    assert moments[0] == next(window for window in found.windows if window.is_short)
    assert not any(overlap(one, other) for one in moments for other in moments if one is not other)


def test_nothing_is_read_below_a_place_that_answers_clearly_better(found, library, reader):
    first, *_, next_to_last, _ = places(found, REACH.most)
    reader.word = first.text
    read_windows(found, library)
    assert [pair.said for pair in reader.pairs] == [moment.text for moment in places(found, AT_ONCE)]
    reader.pairs.clear()
    read_places(found, library, Reach(first.score + READ * ANSWERS - next_to_last.score, 99))
    assert AT_ONCE < len(reader.pairs) < REACH.most


@pytest.mark.parametrize("most", [0, 1, 3])
def test_no_more_is_read_than_the_reach_says(found, library, reader, most):
    read_places(found, library, Reach(99.0, most))
    assert len(reader.pairs) == most


def test_a_place_is_read_between_the_words_around_it(found, library):
    window = found.windows[0]
    pair = pair_of(QUESTION, window, library)
    told = " ".join(part.text for _, part in library.shelves[window.place].parts)
    assert (pair.asked, pair.said) == (QUESTION, window.text)
    assert f"{pair.before} {pair.said} {pair.after}" in told
    assert pair.before
    assert pair.after


def test_what_was_read_is_not_read_again(found, library, reader):
    read = read_windows(found, library)
    asked = len(reader.pairs)
    assert read_windows(read, library) is read
    assert len(reader.pairs) == asked


def test_names_are_read_as_they_are_meant(library, embedder, reader):
    for question in ("Who is Anastasis Germanidis?", "Who is Anastasios Dramenidis?"):
        reader.pairs.clear()
        search(question, library, embedder)
        assert reader.pairs
        assert {pair.asked for pair in reader.pairs} == {"Who is Anastasis Germanidis?"}
        assert any("introduce Anastasis Germanidis" in f"{pair.before} {pair.said}" for pair in reader.pairs)


def test_without_token_vectors_nothing_is_read(library, reader):
    _, found = search(QUESTION, library, None)
    assert found.windows
    assert found.unread is None
    assert not reader.pairs


def test_where_no_window_may_be_shown_nothing_is_read(found, library, reader, monkeypatch):
    monkeypatch.setattr(reading, "apart", lambda windows: iter(()))
    assert read_windows(found, library) is found
    assert not reader.pairs


def test_nothing_found_is_nothing_to_read(library, embedder, reader):
    _, found = search("art", library, embedder, frozenset(["another episode"]))
    assert not found.windows
    assert not reader.pairs


def test_a_model_is_shown_what_was_not_read(library, embedder, reader):
    _, found = search(QUESTION, library, embedder, reading=False)
    assert found.unread is None
    assert not reader.pairs
