"""The best window is scored again by the vectors that tell what is answered from what only resembles."""

import pytest

from bot import Earmark
from bot.embedding.minilm import MiniLM
from bot.search.answerable import answering_score
from bot.search.ranking import Query
from bot.search.scope import TALK
from bot.search.search import rank, search
from bot.search.windows import PARTS_BEFORE
from bot.storage.stored_sequences import RowsOnDisk

QUESTIONS = ["Where did Runway start?", "What is a world model?", "How did photography change painting?"]


class OneEncoder(MiniLM):
    def embed_question(self, question, /, purpose="search"):
        return super().embed_question(question)


class Counting(MiniLM):
    begun = 0

    def begin_question(self, question, /, purpose):
        self.begun += 1
        return super().begin_question(question, purpose)


@pytest.mark.parametrize(("answerable", "begun"), [(True, 1), (False, 0)])
def test_search_begins_to_embed_for_it_where_that_will_be_asked_and_once(library, answerable, begun):
    counting = Counting()
    found = search(QUESTIONS[0], library, counting, answerable=answerable)[1]
    assert counting.begun == begun
    scores = {answering_score(found, library) for _ in range(2)}
    assert len(scores) == counting.begun == 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_by_the_vectors_of_the_search_it_is_the_score_that_search_gave(library, question):
    found = search(question, library, OneEncoder())[1]
    assert answering_score(found, library) == pytest.approx(found.windows[0].score, abs=0.02)


def test_what_only_resembles_the_question_is_told_from_an_answer(library, embedder):
    questions = ("Where did Runway start?", "What does Runway charge a school for a year?")
    answered, unanswered = (answering_score(search(one, library, embedder)[1], library) for one in questions)
    assert answered > unanswered + 2


def test_without_an_embedding_model_there_is_none(library):
    assert answering_score(search("art", library, None)[1], library) is None


@pytest.mark.parametrize("question", QUESTIONS)
def test_vectors_that_stay_on_the_disk_give_the_same_score(bundled_store, library, embedder, monkeypatch, question):
    in_memory = answering_score(search(question, library, embedder)[1], library)
    monkeypatch.setattr("bot.storage.generation.LARGEST_IN_MEMORY_BYTES", 0)
    with Earmark.open(bundled_store, model="quotes") as bot:
        large = bot.library()
        assert isinstance(large.shelves[0].index.arrays["window_vectors"], RowsOnDisk)
        assert answering_score(search(question, large, embedder)[1], large) == in_memory


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_said_before_a_window_is_of_its_own_stretch(library, embedder, question):
    windows = rank(Query.of(question, library, embedder), library, TALK)[1].windows
    before = [library.shelves[one.place].parts[one.context_first : one.first] for one in windows]
    assert max(map(len, before)) == PARTS_BEFORE
    assert {sentence.kind for parts in before for sentence, _ in parts} == {"talk"}
