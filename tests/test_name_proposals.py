import tomllib

import pytest

from bot.records import Episode, MisheardName, Part, Person, Sentence
from bot.sources.name_proposals import propose_names
from bot.terminal.ingest_printing import names_toml

GUEST = Person("Anastasis Germanidis")
CASES = [
    ("full name", "I have with me Anastasios Dramenidis today.", {"Anastasis Germanidis": ("Anastasios Dramenidis",)}),
    ("last name alone", "So Dramenidis said no.", {"Germanidis": ("Dramenidis",)}),
    ("heard right", "Here is Anastasis Germanidis, and Germanidis's team.", {}),
    ("usual word", "The germane ideas were Greek, in German.", {}),
    ("somebody else", "Then Anna met Benedict in Gdansk.", {}),
]


def propose(text, **known):
    sentence = Sentence((Part(0, 5, text, 1),))
    return propose_names(Episode("x", people=(GUEST, Person("Chris Benson")), **known), [sentence])


@pytest.mark.parametrize(("text", "proposed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_words_that_sound_like_a_name_are_proposed(text, proposed):
    assert {entry.name: entry.heard for entry in propose(text)} == proposed


def test_what_the_episode_file_says_already_is_not_proposed():
    names = (MisheardName("Germanidis", ("Dramenidis",)),)
    assert propose("So Dramenidis said no.", names=names) == ()


def test_usual_name_is_not_proposed_for_words_that_sound_like_it():
    assert propose("They went to Ceres on a Cruise.") == ()


def test_proposal_can_be_pasted_into_an_episode_file():
    names = (MisheardName('The "Güt" \\ Lab', ("Goot", "gut")),)
    pasted = tomllib.loads("\n".join(names_toml(names)))
    assert pasted == {"names": [{"name": 'The "Güt" \\ Lab', "heard": ["Goot", "gut"]}]}
