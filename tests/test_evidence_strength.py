import pytest

from bot.drafts.evidence_strength import ANSWERED_FROM, ASKS_FOR_NUMBER, evidence_strength
from bot.search.search import search

ANSWERED = ["Where did Runway start?", "What is Gen 2?", "Who is the guest?", "Why did they build a research team?"]
NOT_ANSWERED = ["What is the name of the guest's dog?", "How do I bake bread?", "What is the capital of France?"]


@pytest.mark.parametrize("question", ANSWERED)
def test_evidence_is_strong_where_the_episode_answers(library, embedder, question):
    assert evidence_strength(search(question, library, embedder)[1]) >= ANSWERED_FROM


@pytest.mark.parametrize("question", NOT_ANSWERED)
def test_evidence_is_weak_where_it_does_not(library, embedder, question):
    assert evidence_strength(search(question, library, embedder)[1]) < ANSWERED_FROM


def test_without_embedding_model_a_shared_word_is_evidence(library):
    assert evidence_strength(search("support vector machines", library, None)[1]) == 1
    assert evidence_strength(search("zyxwv", library, None)[1]) == 0


@pytest.mark.parametrize(
    ("question", "number"),
    [("How many people work there?", True), ("when did it begin?", True), ("What is it called?", False)],
)
def test_questions_for_a_number(question, number):
    assert bool(ASKS_FOR_NUMBER.search(question)) is number
