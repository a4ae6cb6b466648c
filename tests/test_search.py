import numpy as np
import pytest

from bot.search.ranking import BROAD, Query, rank_passages, settled
from bot.search.scope import TALK
from bot.search.search import rank


def by_row(ranking):
    return dict(zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True))


def first_ranking(question, library, embedder):
    return rank_passages(Query.of(question, library, embedder), library, kinds=TALK)


def test_final_order_has_the_same_passages_with_scores_between_0_and_1(library, embedder):
    question = "Where did Runway start?"
    final, _ = rank(Query.of(question, library, embedder), library, TALK)
    assert sorted(final.rows.tolist()) == sorted(first_ranking(question, library, embedder).rows.tolist())
    assert (np.diff(final.scores) <= 0).all()
    assert 0 <= final.scores[-1] <= final.scores[0] <= 1


def test_best_window_lifts_its_passage(library, embedder):
    ranking = first_ranking("Where did Runway start?", library, embedder)
    row = int(ranking.rows[20])
    assert by_row(settled(ranking, {row: 1.0}, library))[row] > by_row(settled(ranking, {}, library))[row]


@pytest.mark.parametrize(("question", "reach"), [("Where did they start?", 1), ("Summarize the beginning", 3)])
def test_neighbours_count_further_where_a_question_is_broad(library, embedder, question, reach):
    ranking = first_ranking(question, library, embedder)
    rows = sorted(ranking.rows.tolist())
    row = next(r for r in rows if all(r + step in rows for step in range(-4, 5)))
    before, after = (by_row(settled(ranking, best, library)) for best in ({}, {row: 1.0}))
    assert {abs(r - row) for r in rows if after[r] > before[r] + 1e-6} == set(range(reach + 1))


@pytest.mark.parametrize(
    ("question", "broad"),
    [
        ("Summarize the discussion about budgets", True),
        ("What did she think of the plan?", True),
        ("Where did Runway start?", False),
        ("Who thought it up?", False),
    ],
)
def test_broad_questions(question, broad):
    assert bool(BROAD.search(question)) is broad
