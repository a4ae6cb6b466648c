from functools import partial

import numpy as np
import pytest

from bot.records import KINDS
from bot.search.ranking import Query, minmax, rank_passages
from bot.search.scope import ASIDE, TALK

FOUND = [
    ("Where did Runway start?", 143, 156),
    ("What would models be able to perceive?", 2292, 2313),
    ("Which university programme did he attend?", 360, 385),
    ("Why did they build a research team?", 1025, 1045),
]


def rank(question, library, embedder, kinds=TALK):
    return rank_passages(Query.of(question, library, embedder), library, kinds=kinds)


@pytest.mark.parametrize(("question", "start", "end"), FOUND, ids=[row[0] for row in FOUND])
def test_passage_that_answers_is_among_the_best_four(library, embedder, question, start, end):
    best = rank(question, library, embedder).best(library, 4)
    assert any(scored.passage.start < end and scored.passage.end > start for scored in best)


def test_scores_fall_and_lie_between_0_and_1(library, embedder):
    scores = rank("What is Gen 2?", library, embedder).scores
    assert (np.diff(scores) <= 0).all()
    assert scores[0] <= 1 + 1e-6
    assert scores[-1] >= 0


def test_only_the_kinds_asked_for_are_ranked(library, embedder):
    ranking = rank("What is Puter?", library, embedder, ASIDE)
    assert {library.passage(int(row)).kind for row in ranking.rows} <= set(ASIDE)
    assert len(ranking.rows) == len(library.rows_in_scope(None, ASIDE))


def test_unknown_episode_has_no_passages(library, embedder):
    ranking = rank_passages(Query.of("art", library, embedder), library, episodes=frozenset(["other"]), kinds=KINDS)
    assert ranking.best(library, 3) == ()


def test_without_embedder_keywords_rank(library):
    best = rank("support vector machines", library, None).best(library, 1)[0]
    assert "support vector machines" in best.passage.text


def test_ranking_is_the_same_twice(library, embedder):
    one, other = (rank("How did they find customers?", library, embedder) for _ in range(2))
    assert one.rows.tolist() == other.rows.tolist()
    assert one.scores.tolist() == other.scores.tolist()


@pytest.mark.parametrize(
    ("values", "scaled"), [([1, 3, 2], [0, 1, 0.5]), ([2, 2], [0, 0]), ([7], [0])], ids=["spread", "equal", "one"]
)
def test_minmax(values, scaled):
    assert minmax(np.array(values, dtype=np.float32)).tolist() == scaled


def test_candidates_through_chroma_lead_to_the_same_best_passages(library, embedder, monkeypatch):
    question = "Why did they build a research team?"
    exact = rank(question, library, embedder).best(library, 4)
    for limit in ("ALL_COMPARED", "CANDIDATES"):
        monkeypatch.setattr(f"bot.search.ranking.{limit}", 30)
    monkeypatch.setattr(library.generation, "near", partial(library.generation.near, large=1))
    through_chroma = rank(question, library, embedder)
    assert len(through_chroma.rows) < len(library)
    assert [scored.passage for scored in through_chroma.best(library, 4)] == [scored.passage for scored in exact]
