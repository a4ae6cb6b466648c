"""What speech recognisers write: words with times of their own, lines that Whisper repeats, Deepgram's channels."""

import json

import pytest

from tests.small_transcripts import Case, read, row, segments


def tokens(*texts):
    return [word(text, number, number + 1) for number, text in enumerate(texts)]


def word(text, start=None, end=None, **more):
    times = {} if start is None else {"start": start, "end": end or start + 0.5}
    return {"word": text, **times, **more}


WORDS = {
    "times between": Case(
        segments(row(0, 4, "in 2015 it", words=[word("in", 0.0, 1.0), word("2015"), word("it", 3.0)])),
        [(0.0, "in"), (1.0, "2015"), (3.0, "it")],
        [("line 3:", "the word 2015 has no time")],
    ),
    "times at the edges": Case(
        segments(row(2, 8, "5 is 7", words=[word("5"), word("is", 4.0, 5.0), word("7")])),
        [(2.0, "5"), (4.0, "is"), (5.0, "7")],
        [("line 5:", "the word 5 has no time")],
    ),
    "no times": Case(segments(row(2, 8, "a b", words=[word("a"), word("b")])), [(2.0, "a b")]),
    "times that run backwards": Case(
        segments(row(0, 9, "a b c d", words=[word("a", 1), word("b", 7), word("c", 3), word("d", 5)])),
        [(1.0, "a"), (1.5, "b"), (3.0, "c"), (5.0, "d")],
        [("line 16:", "times of words run backwards")],
    ),
    "tokens that are written together": Case(
        segments(row(0, 4, " don't 你好 go", words=tokens(" don", "'t", " 你", "好", " go"))),
        [(0.0, "don't"), (2.0, "你好"), (4.0, "go")],
    ),
    "a sound of two words": Case(
        segments(row(0, 4, "[soft music] hi", words=tokens("[soft", "music]", "hi"))),
        [(0.0, "[soft music]"), (2.0, "hi")],
    ),
}


@pytest.mark.parametrize("case", WORDS.values(), ids=WORDS)
def test_words_have_times_of_their_own(case):
    transcript = read(case.text)
    assert [(cue.start, cue.text) for cue in transcript.cues] == case.cues
    assert all(words in " ".join(transcript.notes) for _, words in case.notes)


def test_repeated_line_that_whisper_doubts_is_read_once():
    doubted = [row(n, n + 1, "Thank you.", compression_ratio=3.0) for n in range(5)]
    transcript = read(segments(*doubted, row(9, 10, "Really.")))
    assert [cue.text for cue in transcript.cues] == ["Thank you.", "Really."]
    assert "Whisper repeats a line" in transcript.notes[0]


def test_repeated_line_that_nobody_doubts_is_kept():
    transcript = read(segments(*(row(n, n + 1, "No.", compression_ratio=1.0) for n in range(5))))
    assert len(transcript.cues) == 5


def test_channels_are_merged_by_time_and_named():
    def channel(*words):
        return {"alternatives": [{"words": [word(*each) for each in words]}]}

    text = json.dumps({"results": {"channels": [channel(("Hello", 1), ("you", 2)), channel(("Hi", 4))]}})
    assert [(cue.text, cue.speaker) for cue in read(text).cues] == [
        ("Hello", "Channel 0"),
        ("you", "Channel 0"),
        ("Hi", "Channel 1"),
    ]


def test_utterances_keep_their_speakers():
    utterance = {"start": 1, "end": 3, "speaker": 1, "channel": 0, "transcript": "hello", "words": [word("Hello", 1)]}
    cues = read(json.dumps({"results": {"utterances": [utterance], "channels": []}})).cues
    assert [(cue.text, cue.speaker) for cue in cues] == [("Hello", "Speaker 1")]
