"""One minute of talk in every format: the same sentences, the same times to the second, the same speakers."""

import json
import os
from itertools import pairwise
from pathlib import Path

import pytest

from bot.speech.sentences import join_sentences
from bot.speech.words import label_words
from bot.transcript_formats import format_transcript
from bot.transcripts import read_transcript

MINUTE = Path(__file__).with_name("transcripts") / "minute"
FORMATS = {
    "captions.srt": "srt",
    "changelog.md": "markdown",
    "deepgram.json": "deepgram",
    "names.txt": "text",
    "page.html": "html",
    "podcasting20.json": "podcasting20",
    "podchaser.txt": "podchaser",
    "rolling.vtt": "webvtt",
    "timed.txt": "text",
    "voices.vtt": "webvtt",
    "whisper.json": "whisper",
    "whisperx.json": "whisperx",
    "youtube.json3": "youtube",
}
WITHOUT_SPEAKERS = {"podchaser.txt", "rolling.vtt", "whisper.json", "youtube.json3"}
ONE_TIME_A_TURN = {"names.txt", "page.html", "timed.txt"}
UNTIMED = "plain.txt"
IN_WORDS = {
    "podchaser.txt": ("Podchaser page dump", "-", "in its fragment"),
    "captions.srt": ("SubRip", "`Name:` that recurs", "in its cue"),
    "voices.vtt": ("WebVTT: voices, settings, NOTE and STYLE blocks", "`<v>`", "in its cue, or its own"),
    "rolling.vtt": ("YouTube's rolling WebVTT", "-", "its own"),
    "youtube.json3": ("YouTube json3", "-", "its own"),
    "podcasting20.json": ("Podcasting 2.0 JSON", "yes", "in its segment"),
    "whisper.json": ("Whisper JSON", "-", "its own, or in its segment"),
    "whisperx.json": ("whisperX JSON", "yes", "its own; missing ones estimated, and said so"),
    "deepgram.json": ("Deepgram JSON", "yes", "its own"),
    "page.html": ("Podcasting 2.0 HTML", "yes", "estimated between the times that stand there"),
    "changelog.md": ("Changelog Markdown", "yes", "estimated between the times that stand there"),
    "timed.txt": ("text with times: `[0:12:34] Name:` and its relatives", "yes", "in its line, or estimated"),
    UNTIMED: ("text, Markdown or HTML without times", "`Name:` that recurs", "none"),
}
README = Path(__file__).parents[1] / "README.md"
EPISODE = Path(os.environ.get("EARMARK_TEST_FORMATS", "../shared/data/formats"))
needs_episode = pytest.mark.skipif(
    not (EPISODE / "ep100.expected.jsonl").is_file(),
    reason=f"no ep100.expected.jsonl in {EPISODE}; EARMARK_TEST_FORMATS names a folder with ep100.*",
)


def sentences_of(path):
    return join_sentences(label_words(read_transcript(path).cues))


def words_of(path):
    """(word, start, speaker), those of a cue sharing its time by length."""
    for cue in read_transcript(path).cues:
        passed, total = 0, len(cue.text) + 1
        for word in cue.text.split():
            yield word, cue.start + (cue.end - cue.start) * passed / total, cue.speaker
            passed += len(word) + 1


def true_words():
    document = json.loads((MINUTE / "podcasting20.json").read_text())
    return [(row["body"], row["startTime"], row["speaker"]) for row in document["segments"]]


@pytest.mark.parametrize(("name", "format_name"), FORMATS.items(), ids=FORMATS)
def test_format_is_known_by_its_content(tmp_path, name, format_name):
    path = tmp_path / "transcript.unknown"
    path.write_bytes((MINUTE / name).read_bytes())
    assert read_transcript(path).format == format_name


@pytest.mark.parametrize("name", FORMATS)
def test_every_word_is_there_at_its_time(name):
    within = 1.5 if name in ONE_TIME_A_TURN else 1.0
    words, expected = list(words_of(MINUTE / name)), true_words()
    assert [word for word, _, _ in words] == [word for word, _, _ in expected]
    assert max(abs(word[1] - true[1]) for word, true in zip(words, expected, strict=True)) <= within


def test_without_times_words_and_speakers_are_the_same():
    found, expected = list(words_of(MINUTE / UNTIMED)), true_words()
    assert [(word, who) for word, _, who in found] == [(word, who) for word, _, who in expected]
    assert not read_transcript(MINUTE / UNTIMED).timed


def checked_row(name):
    """What the README's table says of a format: how it is read, and what the minute above shows."""
    words, expected = list(words_of(MINUTE / name)), true_words()
    kept = sum(word[0] == true[0] for word, true in zip(words, expected, strict=True)) / len(expected)
    off = max(abs(word[1] - true[1]) for word, true in zip(words, expected, strict=True))
    speakers = len({who for _, _, who in words if who})
    off = "-" if name == UNTIMED else f"{off:.1f} s"
    return " | ".join([*IN_WORDS[name], f"{kept:.0%}", f"{speakers} of 2" if speakers else "-", off])


def test_table_of_formats_in_the_readme_is_what_is_read_here():
    shown = README.read_text().partition("<!-- formats: begin -->")[2].partition("<!-- formats: end -->")[0]
    rows = [line for line in shown.strip().splitlines() if line.startswith("| ")][2:]
    assert rows == [f"| {checked_row(name)} |" for name in IN_WORDS]


@pytest.mark.parametrize("name", FORMATS)
def test_sentences_are_the_same(name):
    expected = sentences_of(MINUTE / "podcasting20.json")
    found = sentences_of(MINUTE / name)
    assert [sentence.text for sentence in found] == [sentence.text for sentence in expected]
    assert all(abs(a.start - b.start) <= 1.0 for a, b in zip(found, expected, strict=True))


@pytest.mark.parametrize("name", sorted(set(FORMATS) - WITHOUT_SPEAKERS))
def test_speakers_are_the_same(name):
    names = {"SPEAKER_00": "Ada Obi", "SPEAKER_01": "Ben Moor", "Speaker 0": "Ada Obi", "Speaker 1": "Ben Moor"}
    assert [names.get(who, who) for _, _, who in words_of(MINUTE / name)] == [who for _, _, who in true_words()]


@pytest.mark.parametrize("name", FORMATS)
def test_cues_never_overlap(name):
    cues = read_transcript(MINUTE / name).cues
    assert all(0 <= cue.start <= cue.end for cue in cues)
    assert all(cue.end <= after.start for cue, after in pairwise(cues))


@pytest.mark.parametrize("name", ["podchaser.txt", "page.html", "changelog.md"])
def test_title_is_read_where_the_format_has_one(name):
    assert read_transcript(MINUTE / name).title == "Brewed"


def test_words_without_times_are_noted():
    notes = read_transcript(MINUTE / "whisperx.json").notes
    assert notes == ("line 1: the word 2015, has no time; it was estimated from those around it (3 times)",)


@pytest.mark.parametrize("format_name", ["txt", "md", "srt", "vtt", "json"])
def test_transcript_that_was_written_is_read_again(tmp_path, format_name):
    sentences = sentences_of(MINUTE / "voices.vtt")
    path = tmp_path / "written"
    path.write_text(format_transcript(sentences, format_name), encoding="utf-8")
    again = sentences_of(path)
    assert " ".join(sentence.text for sentence in again) == " ".join(sentence.text for sentence in sentences)
    starts = {sentence.text: sentence.start for sentence in again}
    assert all(abs(starts[s.text] - s.start) <= 1.0 for s in sentences if s.text in starts)
    assert len(starts) >= len(sentences) - 1


# --- a whole episode, where it is at hand


def expected_episode():
    rows = (EPISODE / "ep100.expected.jsonl").read_text().splitlines()
    return [
        (word, row["start"] + (row["end"] - row["start"]) * number / len(row["text"].split()), row["speaker"])
        for row in map(json.loads, rows)
        for number, word in enumerate(row["text"].split())
    ]


@needs_episode
@pytest.mark.parametrize(
    ("name", "within", "share"),
    [
        ("ep100.podcasting20.json", 1.0, 1.0),
        ("ep100.short-hours.vtt", 1.0, 1.0),
        ("ep100.srt", 1.0, 1.0),
        ("ep100.vtt", 1.0, 1.0),
        ("ep100.whisper.json", 1.0, 1.0),
        ("ep100.youtube-rolling.vtt", 1.0, 1.0),
        ("ep100.youtube.json3", 1.0, 1.0),
        ("ep100.podchaser.txt", 1.5, 1.0),  # its times are cut to whole seconds, one in 3.5 s
        ("ep100.html", 1.0, 0.8),  # one time for each turn, of up to four minutes
    ],
)
def test_episode_has_the_same_words_and_times_in_nine_formats(name, within, share):
    words, expected = list(words_of(EPISODE / name)), expected_episode()
    assert [word for word, _, _ in words] == [word for word, _, _ in expected]
    near = sum(abs(word[1] - true[1]) <= within for word, true in zip(words, expected, strict=True))
    assert near >= share * len(expected)
    told = sum(word[2] == true[2] for word, true in zip(words, expected, strict=True) if word[2])
    assert told == sum(word[2] is not None for word in words) or name == "ep100.srt"  # first names only
