import pytest

from bot.records import Episode, MisheardName, Person
from bot.search.spellings import with_heard_spellings, with_right_names

EPISODE = Episode(
    "e",
    people=(Person("Ann Marlowe", "guest"),),
    names=(MisheardName("Ann Marlowe", ("an marlo",)), MisheardName("VS Code", ("BS code",))),
)

CASES = [
    ("full name", "Who is Ann Marlowe?", "Who is Ann Marlowe? (an marlo)"),
    ("one word of a person's name", "what does marlowe think", "what does marlowe think (an marlo)"),
    ("short word of a person's name", "Is Ann here?", "Is Ann here?"),
    ("whole name of a thing", "do they use VS Code?", "do they use VS Code? (BS code)"),
    ("one word of a thing's name", "do they write code?", "do they write code?"),
    ("as it was heard", "who is Marlowe, an marlo?", "who is Marlowe, an marlo?"),
]


@pytest.mark.parametrize(("question", "spelled"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_heard_spelling_joins_the_question(question, spelled):
    assert with_heard_spellings(question, EPISODE) == spelled


RIGHT = [
    ("as whole words", "So an  Marlo came, and An Marlow.", "So Ann Marlowe came, and An Marlow."),
    ("several", "an marlo uses BS code", "Ann Marlowe uses VS Code"),
    ("none", "They use VS Code.", "They use VS Code."),
]


@pytest.mark.parametrize(("heard", "right"), [case[1:] for case in RIGHT], ids=[case[0] for case in RIGHT])
def test_the_name_that_was_meant_takes_the_place_of_what_was_heard(heard, right):
    assert with_right_names(heard, EPISODE) == right


def test_an_episode_without_misheard_names_changes_nothing():
    assert with_right_names("an marlo", Episode("e")) == "an marlo"
