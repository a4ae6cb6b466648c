import pytest

from bot.drafts import evidence_strength as module
from bot.drafts.evidence_strength import ANSWERED_FROM, ASKS_EXACTLY, CLEAR, evidence_strength, signals_of
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


@pytest.mark.parametrize(
    ("question", "exactly"),
    [
        ("How many people work there?", True),
        ("when did it begin?", True),
        ("which model was it?", True),
        ("the title of the book", True),
        ("What is it about?", False),
        ("Why did they begin?", False),
    ],
)
def test_questions_for_something_exact(question, exactly):
    assert bool(ASKS_EXACTLY.search(question)) is exactly


def test_a_name_that_nobody_says_speaks_against_an_answer(library, embedder):
    said, unsaid = (
        signals_of(search(f"what does he think of {name}?", library, embedder)[1], library)
        for name in ("Nvidia", "Zuckerberg")
    )
    assert said.name > unsaid.name


def test_the_words_of_the_episode_are_told_from_other_words(library, embedder):
    same, other = (
        signals_of(search(question, library, embedder)[1], library).same
        for question in ("support vector machines", "the algorithms that he was taught first")
    )
    assert same > other


def test_windows_are_read_where_the_signals_leave_it_open(library, embedder, monkeypatch):
    found = search("What is the name of the guest's dog?", library, embedder)[1]
    monkeypatch.setattr(module, "log_odds_of_answer", lambda *_: 8.0)
    sure = evidence_strength(found, library)
    monkeypatch.setattr(module, "log_odds_of_answer", lambda *_: -8.0)
    assert evidence_strength(found, library) < ANSWERED_FROM < sure


def test_windows_are_not_read_where_the_signals_are_clear(library, embedder, monkeypatch):
    def unexpected(*_):
        raise AssertionError

    monkeypatch.setattr(module, "log_odds_of_answer", unexpected)
    assert evidence_strength(search("Where did Runway start?", library, embedder)[1], library) >= CLEAR
