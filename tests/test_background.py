from dataclasses import replace

import pytest

from bot.search.background import Background
from bot.search.ranking import Query, rank_passages
from bot.search.scope import TALK


def ranking_of(question, library, embedder):
    return rank_passages(Query.of(question, library, embedder), library, kinds=TALK)


def test_what_the_episode_speaks_of_is_nearer_than_what_it_does_not(library, embedder):
    spoken, foreign = (
        Background.of(ranking_of(question, library, embedder), library, 0, 1.0).topic
        for question in ("how do artists use the video models?", "when did the volcano erupt?")
    )
    assert spoken > foreign


def test_a_few_passages_stand_for_an_episode_of_which_only_the_best_were_compared(library, embedder):
    whole = ranking_of("how do artists use the video models?", library, embedder)
    part = replace(whole, rows=whole.rows[:5], scores=whole.scores[:5], runs=whole.runs[:1])
    each, sampled = (Background.of(ranking, library, 0, 1.0) for ranking in (whole, part))
    assert sampled.topic == pytest.approx(each.topic, abs=0.03)
    assert sampled.cosine_peak == each.cosine_peak


def test_without_an_embedding_model_there_is_none(library):
    assert Background.of(ranking_of("video models", library, None), library, 0, 1.0) is None
