import json

import pytest

from bot.records import Part, Sentence
from bot.transcript_formats import format_transcript
from bot.transcripts import read_transcript

SENTENCES = [
    Sentence((Part(0.5, 2.25, "Thank you to <our> sponsor & friends.", 3),), "sponsor"),
    Sentence(
        (Part(3661.0, 3664.0, "It began,", 9), Part(3664.0, 3666.5, "as they say, in a school.", 11)), "talk", "Ann"
    ),
]

EXPECTED = {
    "txt": "[0:00] (sponsor) Thank you to <our> sponsor & friends.\n"
    "[1:01:01] Ann: It began, as they say, in a school.\n",
    "srt": "1\n00:00:00,500 --> 00:00:02,250\nThank you to <our> sponsor & friends.\n\n"
    "2\n01:01:01,000 --> 01:01:04,000\nIt began,\n\n3\n01:01:04,000 --> 01:01:06,500\nas they say, in a school.\n",
    "vtt": "WEBVTT\n\n00:00:00.500 --> 00:00:02.250\nThank you to &lt;our&gt; sponsor &amp; friends.\n\n"
    "01:01:01.000 --> 01:01:04.000\n<v Ann>It began,\n\n"
    "01:01:04.000 --> 01:01:06.500\n<v Ann>as they say, in a school.\n",
}


@pytest.mark.parametrize("name", list(EXPECTED))
def test_transcript_is_written(name):
    assert format_transcript(SENTENCES, name) == EXPECTED[name]


def test_json_has_one_object_a_sentence():
    assert json.loads(format_transcript(SENTENCES, "json"))[1] == {
        "start": 3661.0,
        "end": 3666.5,
        "kind": "talk",
        "speaker": "Ann",
        "text": "It began, as they say, in a school.",
        "line": 9,
    }


def test_markdown_keeps_every_time_and_names_kind_and_speaker():
    text = format_transcript(SENTENCES, "md")
    assert "**(sponsor)**" in text
    assert "**Ann (talk)**" in text
    assert r"\[1:01:01\] It began" in text


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_subtitles_read_back_with_the_same_times_and_words(tmp_path, name):
    file = tmp_path / f"again.{name}"
    file.write_text(format_transcript(SENTENCES, name), encoding="utf-8")
    parts = [part for sentence in SENTENCES for part in sentence.parts]
    cues = read_transcript(file).cues
    assert [(cue.start, cue.end) for cue in cues] == [(part.start, part.end) for part in parts]
    assert "sponsor & friends" in cues[0].text
