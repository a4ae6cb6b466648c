import pytest

from bot.search.advertising import (
    asks_which_is_advertised,
    asks_who_advertises,
    names_advertising,
    points_to_advertising,
)
from bot.search.ranking import Query, rank_passages
from bot.search.scope import ASIDE, TALK, is_about_aside
from bot.search.windows import find_windows

ABOUT_ASIDE = [
    "Who sponsors the show?",
    "which companies advertise here?",
    "what does fly.io do?",
    "what does Neo4j cost?",
    "What is pewter?",
    "how do I get the news by email?",
    "who paid for this episode",
    "what was the commercial about",
    "the advertised database, what is it good for?",
    "what's being plugged in the break?",
    "which hosting service supports the show?",
    "how many regions does fly run in?",
]
ABOUT_TALK = [
    "Where did Runway start?",
    "What is the name of the guest's dog?",
    "Did they ever think about commercial success?",
    "How do artists use the models?",
    "is there an app for my phone?",
    "which programming language should I learn?",
    "what is said right after the ad break?",
    "do advertising agencies use Runway?",
    "are there commercial uses of gen 2?",
    "who paid for his art school?",
    "can it make commercials?",
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


@pytest.mark.parametrize(
    ("question", "pointed"),
    [
        ("In the second ad, what is the address?", True),
        ("who is this podcast brought to you by", True),
        ("who bankrolls the show", True),
        ("which brands get a shout-out?", True),
        ("mid-roll: which company?", True),
        ("are there any ads?", True),
        ("what kind of company is advertising", True),
        ("what does he say about advertising?", False),
        ("is there a commercial version of it?", False),
        ("do ad agencies use it?", False),
        ("what did they show before the commercial break?", False),
        ("is the commercial use of it allowed?", False),
        ("who paid for the research?", False),
    ],
)
def test_phrases_that_point_at_the_shows_own_advertisements(question, pointed):
    assert points_to_advertising(question) is pointed


@pytest.mark.parametrize(
    ("question", "asked"),
    [("which companies are in the ads?", True), ("what does the ad say about graph databases?", False)],
)
def test_who_advertises_is_asked_where_nothing_else_is(question, asked):
    assert asks_who_advertises(question) is asked


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Which database is advertised?", True),
        ("what kind of hosting company sponsors the show", True),
        ("which news email gets plugged in the ad", True),
        ("what does the sponsor say about graphs?", False),
        ("What year was the sponsor founded?", False),
        ("how much does the advertised database cost?", False),
        ("what did he say about products that are advertised on television?", False),
    ],
)
def test_what_of_a_kind_is_advertised_is_asked(question, asked):
    assert asks_which_is_advertised(question) is asked
