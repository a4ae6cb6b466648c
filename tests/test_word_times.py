"""Words share the time of their cue and never run backwards; noise is dropped at the end, short speech kept."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records import Cue
from bot.speech.words import LONGEST_WORD, label_words


def test_words_share_their_cue_by_length():
    words = label_words([Cue(10.0, 12.0, "a considerable while", 3)])
    assert [word.text for word in words] == ["a", "considerable", "while"]
    assert words[0].start == 10.0
    assert words[-1].end == 12.0
    assert words[1].end - words[1].start > words[2].end - words[2].start > words[0].end - words[0].start


def test_tail_after_a_sentence_end_moves_behind_the_silence():
    words = label_words([Cue(0.0, 2.0, "that was it. And", 1), Cue(20.0, 22.0, "now for more.", 5)])
    assert [(word.text, word.start < 2) for word in words[2:4]] == [("it.", True), ("And", False)]
    assert words[3].end == 20.0


def test_unfinished_sentence_without_an_end_stays_before_the_silence():
    words = label_words([Cue(0.0, 2.0, "and then we", 1), Cue(20.0, 22.0, "went on.", 5)])
    assert words[2].end <= 2.0


def test_tail_stays_where_no_silence_follows():
    words = label_words([Cue(0.0, 2.0, "that was it. And", 1), Cue(2.0, 4.0, "now for more.", 5)])
    assert words[3].end == 2.0


@settings(deadline=None)  # no test asserts wall time
@given(
    st.lists(
        st.tuples(st.floats(0, 30), st.floats(0.1, 5), st.text("ab. ?", min_size=1, max_size=40)),
        max_size=12,
    )
)
def test_times_never_run_backwards(steps):
    cues, start = [], 0.0
    for silence, length, text in steps:
        cues.append(Cue(start + silence, start + silence + length, text, 1))
        start += silence + length
    words = label_words(cues)
    assert all(before.end <= after.start + 0.002 for before, after in pairwise(words))
    assert all(word.end >= word.start for word in words)


@pytest.mark.parametrize("noise", ["MMMMMMM", "!", "♪", "[Music]", "(upbeat music)", "♪ la ♪"])
def test_noise_at_the_end_is_dropped(noise):
    words = label_words([Cue(0.0, 2.0, "Good bye.", 1), Cue(20.0, 22.0, noise, 5)])
    assert [word.text for word in words] == ["Good", "bye."]


@pytest.mark.parametrize("speech", ["Mmm.", "Hmm,", "No!", "I", "-- yes", "aaaah", "(I think)", "[um] well"])
def test_short_speech_is_kept(speech):
    words = label_words([Cue(0.0, 2.0, "Well", 1), Cue(2.0, 3.0, speech, 3), Cue(3.0, 4.0, "indeed.", 5)])
    assert " ".join(word.text for word in words) == f"Well {speech} indeed."


def test_nothing_gives_nothing():
    assert label_words([]) == []


def test_endless_word_is_cut_to_bounds():
    words = label_words([Cue(0.0, 2.0, "xy" * 5000, 1)])
    assert max(len(word.text) for word in words) == LONGEST_WORD
    assert "".join(word.text for word in words) == "xy" * 5000
