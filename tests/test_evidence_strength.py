import pytest

from bot.drafts.evidence_strength import ANSWERED_FROM, evidence_strength, signals_of
from bot.search.search import search

ANSWERED = ["Where did Runway start?", "What is Gen 2?", "Who is the guest?", "Why did they build a research team?"]
NOT_ANSWERED = ["What is the name of the guest's dog?", "How do I bake bread?", "What is the capital of France?"]


@pytest.mark.parametrize("question", ANSWERED)
def test_evidence_is_strong_where_the_episode_answers(library, embedder, question):
    assert evidence_strength(search(question, library, embedder)[1], library) >= ANSWERED_FROM


@pytest.mark.parametrize("question", NOT_ANSWERED)
def test_evidence_is_weak_where_it_does_not(library, embedder, question):
    assert evidence_strength(search(question, library, embedder)[1], library) < ANSWERED_FROM


def test_without_embedding_model_a_shared_word_is_evidence(library):
    assert evidence_strength(search("support vector machines", library, None)[1], library) == 1
    assert evidence_strength(search("zyxwv", library, None)[1], library) == 0


def test_what_the_episode_speaks_of_has_the_better_signals(library, embedder):
    said, unsaid = (
        signals_of(search(question, library, embedder)[1], library)
        for question in ("Which algorithms was he taught first?", "Which volcano erupted first?")
    )
    assert said.answering > unsaid.answering


def test_without_token_vectors_there_are_no_signals(library):
    assert signals_of(search("support vector machines", library, None)[1], library) is None
