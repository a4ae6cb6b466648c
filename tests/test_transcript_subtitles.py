"""SubRip and WebVTT as they occur in the wild: who speaks when, captions that roll, tags, entities, damaged files."""

import random

import pytest

from bot.errors import TranscriptError
from bot.transcripts import read_transcript
from tests.small_transcripts import FIXTURES, Case, check, read, read_text, texts

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello there.\n\n2\n00:00:03,000 --> 00:00:04,000\nGood bye.\n"


def test_subrip_as_it_occurs():
    transcript = read_transcript(FIXTURES / "cafe.srt")
    assert [(cue.start, cue.speaker, cue.text) for cue in transcript.cues] == [
        (0.0, "Ada", "I started in my kitchen with a pan."),
        (2.5, "Ben", "And then?"),
        (4.0, "Ada", "2015 was the year & the answer: a drum."),
        (5.5, "Ada", "42"),
        (8.0, "Ben", "The last one, without a new line"),
    ]
    assert [note.split(":")[0] for note in transcript.notes] == ["line 17", "line 21"]


def test_webvtt_voices_are_speakers_until_the_next():
    transcript = read_transcript(FIXTURES / "cafe.vtt")
    assert [(cue.start, cue.speaker, cue.text) for cue in transcript.cues] == [
        (0.0, "Ada Obi", "I started in my kitchen with a pan & smoke."),
        (2.5, "Ada Obi", "It was"),
        (3.0, "Ada Obi", "2015."),
        (3604.0, "Ben", "And then?"),
        (3605.042, "Ada Obi", "A drum."),
    ]


def test_rolling_captions_are_read_once():
    assert texts(read_transcript(FIXTURES / "rolling.vtt")) == ["I", "started", "in", "my", "kitchen", "no", "no"]


def test_entities_are_decoded_once_and_never_become_tags(tmp_path):
    transcript = read_text(tmp_path, SRT.replace("Hello there.", "&lt;b&gt; &amp;lt;script&amp;gt;"))
    assert texts(transcript)[0] == "<b> &lt;script&gt;"


def test_colon_after_a_word_that_does_not_recur_is_speech(tmp_path):
    assert texts(read_text(tmp_path, SRT.replace("Hello there.", "Answer: yes")))[0] == "Answer: yes"


def test_webvtt_without_its_header_is_read(tmp_path):
    assert texts(read_text(tmp_path, "00:01.000 --> 00:02.000\nHello\n", "x.vtt")) == ["Hello"]


SUBTITLES = {
    "overlap": Case(
        "1\n00:00:01,000 --> 00:00:09,000\none\n\n2\n00:00:03,000 --> 00:00:12,000\ntwo\n",
        [(1.0, "one"), (3.0, "two")],
        [("line 3:", "runs into the next")],
    ),
    "no signature": Case(
        "00:01.000 --> 00:02.000\none\n\nNOTE\nnot speech\n\n00:03.000 --> 00:04.000\n<v Ada>two\n",
        [(1.0, "one"), (3.0, "two")],
        [("line 1:", "WEBVTT is missing")],
    ),
    "style, region and settings": Case(
        "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:x\n\n"
        "c1\n00:01.000 --> 00:02.000 line:0 align:start\n<c.loud>one</c>\n",
        [(1.0, "one")],
    ),
    "negative time": Case(
        "1\n-00:00:01,000 --> 00:00:02,000\nodd\n\n2\n00:00:03,000 --> 00:00:04,000\ntwo\n",
        [(3.0, "two")],
        [("line 2:", "-00:00:01,000 is not a time")],
    ),
    "many bad times": Case(
        "".join(f"{n}\n00:{n}:75,000 --> 00:{n}:80,000\nodd\n\n" for n in range(10, 15))
        + "9\n00:00:01,000 --> 00:00:02,000\nfine",
        [(1.0, "fine")],
        [("lines 2, 6, 10 and 2 more:", "00:10:75,000 is not a time")],
    ),
    "captions converted from rolling ones": Case(
        "".join(f"{n}\n00:00:{n:02d},000 --> 00:00:{n + 1:02d},000\nline {n - 1}\nline {n}\n\n" for n in range(1, 6)),
        [(1.0, "line 0 line 1"), *[(float(n), f"line {n}") for n in range(2, 6)]],
    ),
    "override tags": Case("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}one\n", [(1.0, "one")]),
    "another speaker begins": Case("1\n00:00:01,000 --> 00:00:02,000\n&gt;&gt; one\n", [(1.0, "one")]),
    "an entity of 5,000 digits": Case(
        "1\n00:00:01,000 --> 00:00:02,000\none &#" + "9" * 5000 + ";\n", [(1.0, "one \ufffd")]
    ),
}


@pytest.mark.parametrize("case", SUBTITLES.values(), ids=SUBTITLES)
def test_subtitles_in_the_wild(case):
    check(case)


@pytest.mark.parametrize("label", ["Ada Obi:", "SPEAKER_01:", "[SPEAKER_01]:", "Speaker 1:", "JOSÉ VAN DAMME:"])
def test_speaker_before_a_colon_is_known_when_it_recurs(label):
    text = f"1\n00:00:01,000 --> 00:00:02,000\n{label} one\n\n2\n00:00:03,000 --> 00:00:04,000\n{label} two\n"
    assert [(cue.speaker, cue.text) for cue in read(text).cues] == [
        (label.strip("[]:"), "one"),
        (label.strip("[]:"), "two"),
    ]


@pytest.mark.parametrize("seed", range(40))
def test_damaged_subtitles_never_crash(tmp_path, seed):
    dice = random.Random(seed)
    lines = (FIXTURES / dice.choice(["cafe.srt", "cafe.vtt", "cafe.podchaser.txt"])).read_text().split("\n")
    for _ in range(4):
        at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        action = dice.choice(["drop", "double", "swap", "cut"])
        if action == "drop":
            del lines[at]
            lines = lines or [""]
        elif action == "double":
            lines.insert(at, lines[at])
        elif action == "swap":
            lines[at], lines[min(other, len(lines) - 1)] = lines[min(other, len(lines) - 1)], lines[at]
        else:
            lines[at] = lines[at][: len(lines[at]) // 2]
    try:
        cues = read_text(tmp_path, "\n".join(lines)).cues
    except TranscriptError:
        return
    assert all(cue.end >= cue.start >= 0 for cue in cues)
