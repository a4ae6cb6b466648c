import pytest

from bot.search.ranking import Query, rank_passages
from bot.search.scope import ASIDE, TALK, is_about_aside, names_advertising
from bot.search.windows import find_windows

ABOUT_ASIDE = [
    "Who sponsors the show?",
    "which companies advertise here?",
    "what does fly.io do?",
    "what does Neo4j cost?",
    "What is pewter?",
    "how do I get the news by email?",
]
ABOUT_TALK = [
    "Where did Runway start?",
    "What is the name of the guest's dog?",
    "Did they ever think about commercial success?",
    "How do artists use the models?",
    "is there an app for my phone?",
    "which programming language should I learn?",
    "what is said right after the ad break?",
]


def about_aside(question, library, embedder):
    query = Query.of(question, library, embedder)
    talk, aside = (find_windows(rank_passages(query, library, kinds=kinds), library) for kinds in (TALK, ASIDE))
    return is_about_aside(question, talk, aside)


@pytest.mark.parametrize("question", ABOUT_ASIDE)
def test_question_about_sponsors_is_recognised(library, embedder, question):
    assert about_aside(question, library, embedder)


@pytest.mark.parametrize("question", ABOUT_TALK)
def test_question_about_the_conversation_stays_there(library, embedder, question):
    assert not about_aside(question, library, embedder)


@pytest.mark.parametrize(
    ("question", "named"),
    [("which ads are in it?", True), ("what do they say after the ad break?", False), ("do they add features?", False)],
)
def test_advertising_words(question, named):
    assert names_advertising(question) is named
