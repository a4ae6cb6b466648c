"""Plain text with times, however they and the names are written; prose that mentions times is no transcript."""

import pytest

from tests.small_transcripts import read, refusal

A, B = ("Ada", "Hello there."), ("Ben", "Good bye.")
TIMED_TEXT = {
    "brackets and names": ("[0:00:01] Ada: Hello there.\n[0:00:05] Ben: Good bye.\n", [A, B]),
    "round brackets": ("(00:01) Ada: Hello there.\n(00:05) Ben: Good bye.\n", [A, B]),
    "no brackets": ("0:01 - Ada: Hello there.\n0:05 - Ben: Good bye.\n", [A, B]),
    "thousandths": ("[00:00:01.250] Ada: Hello there.\n[00:00:05.500] Ben: Good bye.\n", [A, B]),
    "time and name above": ("00:00:01 Ada\nHello there.\n\n00:00:05 Ben\nGood bye.\n", [A, B]),
    "name and time above": ("Ada  0:01\nHello there.\n\nBen  0:05\nGood bye.\n", [A, B]),
    "name and brackets above": ("Ada (00:01):\nHello there.\nBen (00:05):\nGood bye.\n", [A, B]),
    "name and brackets before": ("Ada (0:01): Hello there.\nBen [0:05]: Good bye.\n", [A, B]),
    "name, then brackets": ("Ada: [0:01] Hello there.\nBen: [0:05] Good bye.\n", [A, B]),
    "bold names": ("[00:01] **Ada:** Hello there.\n[00:05] **Ben:** Good bye.\n", [A, B]),
    "a head": ("Our show\n\n[00:01] Ada: Hello there.\n[00:05] Ben: Good bye.\n", [A, B]),
    "from and to": (
        "[00:01.000 --> 00:05.000]  Hello there.\n[00:05.000 --> 00:09.000]  Good bye.\n",
        [(None, A[1]), (None, B[1])],
    ),
    "time alone": ("[0:01]\nHello there.\n[0:05]\nGood bye.\n", [(None, A[1]), (None, B[1])]),
}


@pytest.mark.parametrize(("text", "said"), TIMED_TEXT.values(), ids=TIMED_TEXT)
def test_text_with_times_is_read(text, said):
    transcript = read(text)
    assert transcript.format == "text"
    assert [(cue.speaker, cue.text) for cue in transcript.cues] == said
    assert [int(cue.start) for cue in transcript.cues] == [1, 5]


@pytest.mark.parametrize(("first", "starts"), [("0:00", [0.0, 4.0, 9.0]), ("0:04", [0.0, 4.0, 6.0])])
def test_times_behind_the_words_are_beginnings_only_if_they_begin_at_zero(first, starts):
    times = [first, "0:04" if first == "0:00" else "0:06", "0:09"]
    said = ["We began in a small kitchen with a pan", "and then the drum came", "and then all was well"]
    text = "".join(f"{words} ({time})\n" for words, time in zip(said, times, strict=True))
    assert all(abs(cue.start - start) < 1.5 for cue, start in zip(read(text).cues, starts, strict=True))


@pytest.mark.parametrize("stamp", ["00:75:00", "-0:02", "999:99:99"])
def test_impossible_time_in_text_is_noted_and_its_words_are_kept(stamp):
    transcript = read(f"[0:01] one\n[{stamp}] two\n[0:05] six\n[0:07] ten\n")
    assert [cue.text for cue in transcript.cues] == ["one", "two", "six", "ten"]
    assert transcript.notes == (f"line 2: {stamp} is not a time; its words were taken with those before",)


def test_hour_lost_in_text_is_added():
    transcript = read("[59:57] one\n[00:02] two\n[00:06] six\n")
    assert [cue.start for cue in transcript.cues] == [3597.0, 3602.0, 3606.0]
    assert transcript.notes == ("line 2: the time falls back to 00:02; an hour was added",)


def test_prose_that_mentions_times_is_no_transcript():
    assert "not a transcript" in refusal("We met at 12:30 in town.\nThen we left.\n12:45 was too late, and 3:10 too.\n")
