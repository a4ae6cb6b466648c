import pytest

from bot.drafts.right_names import RightNames, names_behind
from bot.records import Episode, MisheardName
from bot.search.spellings import misheard

EPISODE = Episode(
    "x",
    names=(
        MisheardName("Anastasis Germanidis", ("Anastasios Dramenidis",)),
        MisheardName("Anastasis", ("Anastasios",)),
        MisheardName("VS Code", ("BS code",)),
    ),
)
PROSE = [
    ("name", "Anastasios Dramenidis leads it. [0:51]", "Anastasis Germanidis leads it. [0:51]"),
    ("longest first", "Anastasios and Anastasios Dramenidis", "Anastasis and Anastasis Germanidis"),
    ("any case", "He opened bs Code.", "He opened VS Code."),
    ("whole words only", "ABS codes are codes.", "ABS codes are codes."),
    ("inside a word", "FABBS code is one.", "FABBS code is one."),
    ("quote", 'He said "BS code is good" twice.', 'He said "BS code is good" (misheard: VS Code) twice.'),
    ("curly quote", "“Anastasios”, they say.", "“Anastasios” (misheard: Anastasis), they say."),
    ("quote that never closes", 'It is 3" of BS code\nand BS code', 'It is 3" of VS Code\nand VS Code'),
    ("nothing", "No names here.", "No names here."),
]


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(("text", "shown"), [case[1:] for case in PROSE], ids=[case[0] for case in PROSE])
def test_prose_gets_the_right_name_however_it_is_cut(text, shown, size):
    names = RightNames([EPISODE])
    pieces = [names.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert "".join([*pieces, names.finish()]) == shown


def test_only_what_may_become_a_name_is_held_back():
    names = RightNames([EPISODE])
    assert names.feed("It began there. [0:51] It") == "It began there. [0:51] It"
    assert names.feed(" was Anastasios") == " was "
    assert names.feed(" himself") == "Anastasis himself"


def test_quote_stays_as_it_was_heard():
    assert names_behind("Anastasios uses BS code.", misheard([EPISODE])) == " (misheard: Anastasis, VS Code)"
    assert names_behind("VS Code, not BS code.", misheard([EPISODE])) == ""
    assert names_behind("Anything", {}) == ""
