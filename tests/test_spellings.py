import pytest

from bot.records import Episode, MisheardName, Person
from bot.search.spellings import with_heard_spellings

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
