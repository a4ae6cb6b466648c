from itertools import pairwise

import pytest

from bot.search.ranking import Query, rank_passages
from bot.search.scope import TALK
from bot.search.window_table import MOST_PARTS, MOST_WORDS
from bot.search.windows import SHOWN_OF_BEST, SHOWN_WORDS, choose_windows, find_windows


@pytest.fixture(scope="module")
def found(library, embedder):
    query = Query.of("Where did Runway start?", library, embedder)
    return find_windows(rank_passages(query, library, kinds=TALK), library)


def test_best_window_answers(found):
    assert "art school" in found.windows[0].text


def test_windows_are_neighbouring_parts_of_one_kind_in_order(found, library):
    for window in found.windows:
        own = library.shelves[window.place].parts[window.first : window.last]
        assert list(window.parts) == own
        assert len({sentence.kind for sentence, _ in own}) == 1
        assert all(a.start <= b.start for (_, a), (_, b) in pairwise(own))


def test_windows_keep_their_bounds(found):
    assert all(window.words <= MOST_WORDS or len(window.parts) == 1 for window in found.windows)
    assert max(len(window.parts) for window in found.windows) <= MOST_PARTS


@pytest.mark.parametrize("words", [20, 60, 110, 300])
def test_chosen_windows_stay_within_the_budget_and_do_not_overlap(found, words):
    chosen = choose_windows(found.windows, words)
    assert sum(window.words for window in chosen) <= words
    places = [(window.place, part) for window in chosen for part in range(window.first, window.last)]
    assert len(places) == len(set(places))


def test_short_stretches_of_many_windows_are_shown(found):
    chosen = choose_windows(found.windows, 110)
    assert len(chosen) > 3
    assert chosen[0].words <= SHOWN_OF_BEST
    assert all(window.words <= SHOWN_WORDS or len(window.parts) == 1 for window in chosen[1:])


def test_best_window_of_each_passage_is_known_by_row(found, library):
    best = found.windows[0]
    row = library.row(best.place, library.shelves[best.place].passage_of(best.first))
    assert found.best_windows[row] == pytest.approx(best.score, rel=1e-6)
    assert max(found.best_windows.values()) == found.best_windows[row]


def test_no_passages_give_no_windows(library, embedder):
    query = Query.of("art", library, embedder)
    found = find_windows(rank_passages(query, library, episodes=frozenset(["other"]), kinds=TALK), library)
    assert found.windows == ()
    assert found.token_matches is None
