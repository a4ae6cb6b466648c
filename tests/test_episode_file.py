import hashlib

import pytest

from bot.errors import TranscriptError
from bot.records import MisheardName, Person
from bot.sources.episode_file import read_episode_file
from bot.sources.transcript_files import BUNDLED_EPISODE
from bot.transcripts import read_transcript

FULL = """
id = "brewed-7"
transcript = "talk.txt"
title = "Roasting"
show = "Brewed"
date = 2024-03-01
source = "the show's site"
audio = "talk.mp3"
questions = ["How did Ada begin?"]

[[people]]
name = "Ada Obi"
role = "guest"

[[names]]
name = "Kettleworks"
heard = ["kettle works", "cattle works"]
"""


def write(tmp_path, text):
    path = tmp_path / "episode.toml"
    path.write_text(text)
    return path


def refusal(tmp_path, text):
    with pytest.raises(TranscriptError) as caught:
        read_episode_file(write(tmp_path, text))
    return str(caught.value)


def test_all_keys_are_read(tmp_path):
    (tmp_path / "talk.txt").write_text("words")
    file = read_episode_file(write(tmp_path, FULL))
    assert file.transcript == tmp_path / "talk.txt"
    assert (file.episode.id, file.episode.show, file.episode.date) == ("brewed-7", "Brewed", "2024-03-01")
    assert file.episode.people == (Person("Ada Obi", "guest"),)
    assert file.episode.names == (MisheardName("Kettleworks", ("kettle works", "cattle works")),)
    assert file.episode.questions == ("How did Ada begin?",)


def test_id_is_enough(tmp_path):
    file = read_episode_file(write(tmp_path, 'id = "brewed-7"'))
    assert (file.episode.id, file.transcript) == ("brewed-7", None)


WRONG = {
    "no id": ("title = 'x'", "id: it is missing"),
    "id that cannot be a name": ("id = 'A b'", "cannot name an episode"),
    "id of another type": ("id = 7", "id: this is a number"),
    "unknown key": ("id = 'x'\ntranscrpt = 'y'", "transcrpt: this key is not known -> did you mean transcript?"),
    "key far from all": ("id = 'x'\nzzz = 1", "the keys here are id, transcript"),
    "unknown key inside": (
        "id = 'x'\n[[people]]\nname = 'A'\nroll = 'host'",
        "people[1].roll: this key is not known -> did",
    ),
    "title of another type": ("id = 'x'\ntitle = ['y']", "title: this is a list -> give a string"),
    "date of another type": ("id = 'x'\ndate = 12", "date: this is a number"),
    "people of another type": ("id = 'x'\npeople = 'Ada'", "people: this is not a list of tables -> write [[people]]"),
    "person without a name": ("id = 'x'\n[[people]]\nrole = 'host'", "people[1].name: it is missing"),
    "name that was not misheard": ("id = 'x'\n[[names]]\nname = 'A'", "names[1].heard: it is missing"),
    "questions of another type": ("id = 'x'\nquestions = [1]", "questions: this is not a list of strings"),
    "no such transcript": ("id = 'x'\ntranscript = 'absent.txt'", "transcript: there is no file"),
    "not TOML": ("id = 'x'\n= 3", ":2: this is not TOML"),
    "key twice": ("id = 'x'\nid = 'y'", "this is not TOML"),
    "nested deeply": ("id = " + "[" * 20_000, "this is not TOML"),
    "endless text": (f"id = 'x'\ntitle = '{'y' * 3000}'", "title: it is longer than 2000 characters"),
}


@pytest.mark.parametrize(("text", "reason"), WRONG.values(), ids=WRONG.keys())
def test_wrong_file_is_refused_with_the_key_and_what_to_do(tmp_path, text, reason):
    message = refusal(tmp_path, text)
    assert message.startswith(str(tmp_path / "episode.toml"))
    assert reason in message
    assert " -> " in message
    assert "\n" not in message


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(TranscriptError, match="no such file"):
        read_episode_file(tmp_path / "absent.toml")


def test_right_sha256_is_accepted(tmp_path):
    (tmp_path / "talk.txt").write_bytes(b"words")
    digest = hashlib.sha256(b"words").hexdigest()
    text = f"id = 'x'\ntranscript = 'talk.txt'\nsha256 = '{digest}'"
    assert read_episode_file(write(tmp_path, text)).episode.sha256 == digest


def test_changed_transcript_is_refused(tmp_path):
    (tmp_path / "talk.txt").write_bytes(b"other words")
    digest = hashlib.sha256(b"words").hexdigest()
    message = refusal(tmp_path, f"id = 'x'\ntranscript = 'talk.txt'\nsha256 = '{digest}'")
    assert "the transcript was changed" in message


def test_malformed_sha256_is_refused(tmp_path):
    (tmp_path / "talk.txt").write_bytes(b"words")
    assert "not a SHA-256" in refusal(tmp_path, "id = 'x'\ntranscript = 'talk.txt'\nsha256 = 'abc'")


def test_bundled_episode_is_the_file_as_it_came():
    file = read_episode_file(BUNDLED_EPISODE)
    assert file.transcript is not None
    assert read_transcript(file.transcript).sha256 == file.episode.sha256
    assert file.episode.title == read_transcript(file.transcript).title


def test_misheard_spellings_of_the_bundled_episode_stand_in_its_transcript():
    file = read_episode_file(BUNDLED_EPISODE)
    said = " ".join(cue.text for cue in read_transcript(file.transcript).cues).lower()
    assert all(spelling.lower() in said for name in file.episode.names for spelling in name.heard)
