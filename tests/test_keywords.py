import threading

import numpy as np
import pytest

from bot.search.keywords import KeywordIndex, split_words, terms

TEXTS = [
    "Runway started in art school.",
    "Graphs replace joins and long query times.",
    "We talk about art and artists.",
]

WORDS = [
    ("Where's the co-founder?", ["where", "the", "co", "founder"]),
    ("neo4j.com/developer, AI-related", ["neo4j.com", "developer", "ai", "related"]),
    ("It’s Anastasis’ idea", ["it", "anastasis", "idea"]),
    ("東京 Zürich naïve", ["東京", "zürich", "naïve"]),
    ("... !? _", []),
]


@pytest.mark.parametrize(("text", "words"), WORDS, ids=[text for text, _ in WORDS])
def test_words_are_split(text, words):
    assert split_words(text) == words


def test_terms_are_stems_without_stop_words():
    assert terms("What did the artists say about schools?") == ["artist", "school"]


def test_best_text_holds_the_rarer_words():
    scores = KeywordIndex(TEXTS).scores(terms("art school"))
    assert list(np.argsort(-scores)) == [0, 2, 1]
    assert scores[1] == 0


@pytest.mark.parametrize("question", ["", "the of and", "zebra"], ids=["empty", "stop words", "unknown"])
def test_question_without_known_terms_scores_nothing(question):
    assert not KeywordIndex(TEXTS).scores(terms(question)).any()


@pytest.mark.parametrize("texts", [[], ["the and of"]], ids=["no texts", "stop words only"])
def test_index_without_terms_scores_nothing(texts):
    index = KeywordIndex(texts)
    assert index.scores(["art"]).tolist() == [0.0] * len(texts)


def test_rarity_falls_with_the_number_of_holders():
    index = KeywordIndex(TEXTS)
    assert index.rarity("unheard") > index.rarity("graph") > index.rarity("art")


def test_threads_do_not_mix_up_stems():
    words = ["running", "schools", "artists", "generations"] * 50
    expected = terms(" ".join(words))
    results = []
    threads = [threading.Thread(target=lambda: results.append(terms(" ".join(words)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8
