from itertools import pairwise

import numpy as np
import pytest

from bot.quantizing import restore
from bot.search.ranking import Query, rank_passages
from bot.search.scope import TALK
from bot.search.window_table import MOST_PARTS, MOST_WORDS, best_before, best_of_spans
from bot.search.windows import PARTS_BEFORE, SHOWN_OF_BEST, SHOWN_WORDS, choose_windows, find_windows


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


def test_short_stretches_of_many_windows_are_shown_and_the_best_at_greater_length(found):
    best, *others = choose_windows(found.windows, 110)
    assert len(others) > 2
    assert all(window.words <= SHOWN_WORDS or len(window.parts) == 1 for window in others)
    assert SHOWN_WORDS < best.words <= SHOWN_OF_BEST


def test_parts_just_before_a_window_count_for_it():
    matches = np.zeros((1, 2 * PARTS_BEFORE), dtype=np.float32)
    matches[0, 1] = 0.9
    assert best_before(matches, PARTS_BEFORE)[0].tolist() == pytest.approx(
        [-1, 0] + [0.9] * PARTS_BEFORE + [0] * (PARTS_BEFORE - 2)
    )


def test_best_of_a_span_is_over_its_parts():
    matches = np.array([[0.1, 0.5, 0.2, 0.3, 0.4]], dtype=np.float32)
    for parts, best in enumerate(best_of_spans(matches), start=1):
        assert best[0, : len(matches[0]) - parts + 1].tolist() == [
            max(matches[0, first : first + parts]) for first in range(len(matches[0]) - parts + 1)
        ]


def test_late_signals_are_of_the_windows_own_parts(found, library):
    query = found.query
    tokens, bounds = (library.shelves[0].index.arrays[name][:] for name in ("token_vectors", "part_tokens"))
    for window in found.windows[:20]:
        first = max(0, window.first - PARTS_BEFORE)
        own, before = (
            restore(tokens[bounds[begin] : bounds[window.last]]) @ query.tokens.vectors.T
            for begin in (window.first, first)
        )
        weights = query.weights / query.weights.sum()
        assert window.late == pytest.approx(float(own.max(axis=0) @ weights), abs=1e-3)
        assert window.late <= window.context <= float(before.max(axis=0) @ weights) + 1e-3


def test_passages_of_the_best_windows_gain_by_them(found, library):
    starts = library.shelves[0].part_starts
    rows = {int(np.searchsorted(starts, one.first, side="right")) - 1 for one in found.windows[:5]}
    assert max(found.best_windows, key=found.best_windows.__getitem__) in rows
    assert all(0 < found.best_windows[row] <= 1 for row in rows)


def test_no_passages_give_no_windows(library, embedder):
    query = Query.of("art", library, embedder)
    found = find_windows(rank_passages(query, library, episodes=frozenset(["other"]), kinds=TALK), library)
    assert found.windows == ()
