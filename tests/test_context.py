import pytest

from bot.search.context import context_of
from bot.search.search import search


@pytest.fixture(scope="module")
def found(library, embedder):
    return search("Where did Runway start?", library, embedder)[1]


@pytest.mark.parametrize("words", [60, 200, 450])
def test_context_stays_within_the_words(found, library, words):
    passages = context_of(found, library, words)
    assert 0 < sum(len(passage.text.split()) for passage in passages) <= words


def test_context_is_runs_of_whole_sentences_each_once(found, library):
    spoken = [sentence for passage in library.shelves[0].index.passages for sentence in passage.sentences]
    shown = [passage.sentences for passage in context_of(found, library, 450)]
    for sentences in shown:
        first = spoken.index(sentences[0])
        assert tuple(spoken[first : first + len(sentences)]) == sentences
        assert len({sentence.kind for sentence in sentences}) == 1
    assert sum(map(len, shown)) == len({sentence for sentences in shown for sentence in sentences})


def test_best_window_comes_first(found, library):
    assert found.windows[0].text in context_of(found, library, 450)[0].text


def test_sentence_after_the_best_window_is_shown(found, library):
    parts = library.shelves[0].parts
    last = found.windows[0].last
    following = next(sentence for sentence, _ in parts[last:] if sentence is not found.windows[0].parts[-1][0])
    assert following in context_of(found, library, 450)[0].sentences


def test_longest_sentence_is_shown_where_the_words_are_few(found, library):
    assert found.windows[0].text in context_of(found, library, 1)[0].text


def test_nothing_found_is_no_context(library, embedder):
    assert context_of(search("art", library, embedder, frozenset(["other"]))[1], library, 450) == ()
