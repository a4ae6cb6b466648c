import numpy as np
import pytest

from bot.index import TokenVectors
from bot.quantizing import quantize, restore, unsigned
from bot.search.int8_products import PackedRows, cosines
from bot.search.keywords import KeywordIndex
from bot.search.late_interaction import best_matches, late_scores, token_weights

ONE, OTHER, BETWEEN = [0.5, 0.5, 0.5, 0.5], [0.5, 0.5, -0.5, -0.5], [0.5, 0.5, 0.5, -0.5]


def tokens_of(*rows):
    vectors = np.array(rows, dtype=np.float32)
    count = len(rows)
    return TokenVectors(vectors, tuple("t" * count), np.zeros((count, 2), dtype=np.int32))


def kept(*rows):
    return unsigned(quantize(np.array(rows, dtype=np.float32)))


def test_each_question_token_takes_its_best_match_in_each_run():
    matches = best_matches(tokens_of(ONE, OTHER), kept(ONE, BETWEEN, OTHER), np.array([0, 2, 3]))
    assert matches == pytest.approx(np.array([[1, 0], [0.5, 1]]), abs=1e-4)


def test_run_without_tokens_matches_nothing():
    matches = best_matches(tokens_of(ONE), kept(ONE), np.array([0, 0, 1, 1]))
    assert matches == pytest.approx(np.array([[-1, 1, -1]]), abs=1e-4)


def test_int8_cosines_are_those_of_the_floats(embedder):
    asked, said = embedder.embed_tokens(["Where did Runway start?", "It started in art school, as they say."])
    quantized = quantize(said.vectors)
    exact = restore(quantized) @ asked.vectors.T
    assert cosines(unsigned(quantized), asked.vectors) == pytest.approx(exact, abs=1e-4)


def test_rows_that_are_packed_match_as_well(embedder):
    [asked], [said] = embedder.embed(["Where did Runway start?"]), embedder.embed_tokens(["In art school, they say."])
    quantized = quantize(said.vectors)
    assert PackedRows(quantized).cosines(asked) == pytest.approx(restore(quantized) @ asked, abs=1e-4)


def test_score_is_the_weighted_mean():
    matches = np.array([[1, 0], [0.5, 0.5]], dtype=np.float32)
    assert late_scores(matches, np.array([3, 1], dtype=np.float32)).tolist() == [0.875, 0.125]


def test_question_without_weight_scores_nothing():
    assert late_scores(np.ones((1, 2), dtype=np.float32), np.zeros(1, dtype=np.float32)).tolist() == [0, 0]


def test_words_weigh_by_rarity_and_stop_words_and_marks_nothing(embedder):
    question = "Where did Runway start?"
    [tokens] = embedder.embed_tokens([question])
    keywords = KeywordIndex(["Runway is here.", "A start.", "Nothing of it."])
    weights = dict(zip(tokens.tokens, token_weights(question, tokens, keywords), strict=True))
    assert weights["?"] == weights["where"] == weights["did"] == 0
    assert weights["runway"] > 0
