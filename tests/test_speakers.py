import pytest

from bot.records import Part, Passage, Sentence
from bot.search.speakers import may_name, named_speakers, shares_of_named

SPEAKERS = {"Ada Lovelace", "Mark Twain", "Professor E", "Project Manager", "Industrial Designer"}
NAMED = [
    ("What did Ada Lovelace think of engines?", {"Ada Lovelace"}),
    ("what did ada lovelace think of engines?", {"Ada Lovelace"}),
    ("What did Ada say?", {"Ada Lovelace"}),
    ("How did they mark the beginning?", set()),
    ("What does the Project Manager want?", {"Project Manager"}),
    ("Summarize what Professor E said to Ada Lovelace", {"Professor E", "Ada Lovelace"}),
    ("Who started it?", set()),
]


def passage(*spoken):
    sentences = [Sentence((Part(i, i + 1, text, 1),), speaker=who) for i, (who, text) in enumerate(spoken)]
    return Passage("e", tuple(sentences))


@pytest.mark.parametrize(("question", "named"), NAMED, ids=[row[0] for row in NAMED])
def test_speakers_that_a_question_names(question, named):
    assert named_speakers(question, SPEAKERS) == named


@pytest.mark.parametrize(
    ("question", "may"),
    [("What did Ada say?", True), ("what does professor e want?", True), ("How did they mark the beginning?", False)],
)
def test_a_question_without_a_name_is_known_before_passages_are_read(question, may):
    assert may_name(question, SPEAKERS) is may


def test_longer_name_wins_over_one_inside_it():
    assert named_speakers("What did Grad E say?", {"E", "Grad E"}) == {"Grad E"}


def test_share_is_counted_in_words():
    passages = [passage(("Ada", "one two three"), ("Bob", "four")), passage(("Bob", "five"))]
    shares = shares_of_named("What does Ada say?", passages)
    assert shares is not None
    assert shares.tolist() == [0.75, 0.0]


@pytest.mark.parametrize("who", [None, "Ada"])
def test_nobody_named_means_no_shares(who):
    assert shares_of_named("What is said?", [passage((who, "one"))]) is None
