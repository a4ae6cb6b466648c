import json
import re

import pytest

from bot.records import Episode, Part, Sentence
from bot.speech.sentences import join_sentences
from bot.speech.words import label_words
from bot.transcript_formats import LINES, SRT_LINE_CHARACTERS, VTT_LINE_CHARACTERS, format_transcript
from bot.transcripts import read_transcript

TALK = [
    Sentence((Part(0.5, 2.25, "Thank you to <our> sponsor & friends.", 3),), "sponsor"),
    Sentence(
        (Part(3661.0, 3664.0, "It began,", 9), Part(3664.0, 3666.5, "as they say, in a school.", 11)), "talk", "Ann"
    ),
]
EXPECTED = {
    "txt": "[0:00] [kind: sponsor] Thank you to <our> sponsor & friends.\n"
    "[1:01:01] [kind: talk] Ann: It began, as they say, in a school.\n",
    "srt": "1\n00:00:00,500 --> 00:00:02,250\nThank you to <our>\nsponsor & friends.\n\n"
    "2\n01:01:01,000 --> 01:01:04,000\nAnn: It began,\n\n3\n01:01:04,000 --> 01:01:06,500\nas they say, in a school.\n",
    "vtt": "WEBVTT\n\n00:00:00.500 --> 00:00:02.250\nThank you to &lt;our&gt; sponsor &amp; friends.\n\n"
    "01:01:01.000 --> 01:01:04.000\n<v Ann>It began,\n\n"
    "01:01:04.000 --> 01:01:06.500\n<v Ann>as they say, in a school.\n",
    "md": "\\[kind: sponsor\\] \\[0:00\\] Thank you to \\<our> sponsor & friends.\n\n"
    "**Ann:** \\[kind: talk\\] \\[1:01:01\\] It began, as they say, in a school.\n",
}
FORMATS = ["txt", "md", "srt", "vtt", "json"]


@pytest.mark.parametrize("name", list(EXPECTED))
def test_transcript_is_written(name):
    assert format_transcript(TALK, name) == EXPECTED[name]


def test_json_has_one_object_a_sentence():
    assert json.loads(format_transcript(TALK, "json"))[1] == {
        "start": 3661.0,
        "end": 3666.5,
        "kind": "talk",
        "speaker": "Ann",
        "text": "It began, as they say, in a school.",
        "line": 9,
    }


def test_markdown_begins_with_the_title_and_no_markup_comes_to_life():
    sentence = Sentence((Part(0, 3, "A *star* and `code` and <b>bold</b>.", 1),), speaker="Ann")
    written = format_transcript([sentence], "md", Episode("x", title="Ice & <i>snow</i>"))
    assert written.splitlines()[0] == r"# Ice & \<i>snow\</i>"
    assert r"A \*star\* and \`code\` and \<b>bold\</b>." in written


ALIVE = ["![a](http://x.example/a.png)", "[a](http://x.example)", "<img src=x>", "$x$", "~~a~~", "&lt;b&gt;", "[1]: /x"]


@pytest.mark.parametrize("said", ALIVE)
@pytest.mark.parametrize("timed", [True, False], ids=["timed", "untimed"])
def test_markup_that_was_said_stays_text_in_markdown_and_is_read_again(tmp_path, said, timed):
    text = f"{said} and some more words behind it."
    sentences = [Sentence((Part(n, n + 1, text, 1),), speaker=who, timed=timed) for n, who in enumerate(["Ann", "Bo"])]
    file = tmp_path / "said.md"
    file.write_text(format_transcript(sentences, "md"))
    assert not re.search(r"(?<!\\)[\[\]<$~&]", file.read_text())
    cues = read_transcript(file).cues
    assert " ".join(cue.text for cue in cues) == f"{text} {text}"
    assert {cue.speaker for cue in cues} == {"Ann", "Bo"}


SPOKEN = [
    ("Ann", 0.0, 3.0, "Welcome to the winter talks."),
    ("Ann", 3.0, 7.25, "With me is Bo Lind, who skates & sings."),
    ("Bo Lind", 7.25, 9.0, "Good evening."),
    ("Bo Lind", 9.0, 21.0, "The lake froze early that year, on the third of November, and the whole town came to see."),
    ("Ann", 24.5, 26.0, "Did it hold?"),
    ("Bo Lind", 26.0, 31.0, "It did, for 42 days."),
    ("Ann", 3598.0, 3603.5, "That was an hour of ice."),
]


def episode(*, named):
    cues = [Sentence((Part(start, end, text, 1),), speaker=who if named else None) for who, start, end, text in SPOKEN]
    return tuple(cues)


@pytest.mark.parametrize("named", [True, False], ids=["speakers", "nobody named"])
@pytest.mark.parametrize("name", FORMATS)
def test_what_was_written_is_read_again(tmp_path, name, named):
    said = episode(named=named)
    file = tmp_path / f"again.{name}"
    file.write_text(format_transcript(said, name, Episode("x", title="Winter talks")), encoding="utf-8")
    again = join_sentences(label_words(read_transcript(file).cues))
    assert [(one.speaker, one.text) for one in again] == [(one.speaker, one.text) for one in said]
    resolution = 1.0 if name in ("txt", "md") else 0.01
    assert all(abs(one.start - two.start) <= resolution for one, two in zip(again, said, strict=True))


@pytest.mark.parametrize("name", FORMATS)
def test_bundled_episode_survives_every_format(tmp_path, library, name):
    said = library.shelves[0].index.sentences
    file = tmp_path / f"again.{name}"
    file.write_text(format_transcript(said, name), encoding="utf-8")
    again = join_sentences(label_words(read_transcript(file).cues))
    assert [one.text for one in again] == [one.text for one in said]
    if name in ("txt", "md", "json"):
        assert [one.kind for one in again] == [one.kind for one in said]
    resolution = 1.0 if name in ("txt", "md") else 0.01
    assert all(abs(one.start - two.start) <= resolution for one, two in zip(again, said, strict=True))


@pytest.mark.parametrize(("name", "most"), [("srt", SRT_LINE_CHARACTERS), ("vtt", VTT_LINE_CHARACTERS)])
def test_cues_fit_a_player(library, name, most):
    blocks = format_transcript(library.shelves[0].index.sentences, name).strip().split("\n\n")
    texts = [block.partition(" --> ")[2].split("\n")[1:] for block in blocks if " --> " in block]
    assert all(0 < len(lines) <= LINES for lines in texts)
    assert all(len(line) <= most + len("&amp;") for lines in texts for line in lines)
