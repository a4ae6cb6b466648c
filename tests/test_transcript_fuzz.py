import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.transcripts import read_transcript_bytes
from tests.fuzz_transcripts import FLOODS, damaged, fault_of, growth

SUBTITLE = "WEBVTT\n\n0:00:01.000 --> 0:00:02.000\n"
BEGINNINGS = ("", SUBTITLE, "{", "<p>", "**A:** [0:01] x\n**B:** ", "[0:01] x\n[0:02]", '[{"start":1,"text":"')


def faults_of(seeds):
    return {seed: fault for seed in seeds if (fault := fault_of(damaged(seed))) is not None}


def test_damaged_files_are_read_or_refused():
    assert faults_of(range(300)) == {}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_thousand_damaged_files_are_read_or_refused():
    assert faults_of(range(10_000)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("flood", FLOODS)
def test_reading_takes_time_in_proportion_to_the_size(flood):
    # For four times the text; 16 would be its square. What else the machine does may slow one measurement, not three.
    assert any(growth(flood) < 9 for _ in range(3))


@settings(deadline=None, max_examples=60)  # no test asserts wall time
@given(st.text(max_size=300))
def test_any_text_behind_any_beginning_is_read_or_refused(text):
    for beginning in (
        "",
        "WEBVTT\n\n0:00:01.000 --> 0:00:02.000\n",
        "{",
        "<p>",
        "**A:** [0:01] x\n**B:** ",
        "[0:01] x\n[0:02]",
    ):
        assert fault_of((beginning + text).encode()) is None


@settings(deadline=None, max_examples=60)
@given(st.permutations(range(6)))
def test_order_of_the_cues_in_the_file_does_not_matter(order):
    cues = [f"{n}\n00:00:{n:02d},000 --> 00:00:{n + 1:02d},000\nword {n}\n\n" for n in range(6)]
    transcript = read_transcript_bytes("shuffled", "".join(cues[n] for n in order).encode())
    assert [(cue.start, cue.text) for cue in transcript.cues] == [(float(n), f"word {n}") for n in range(6)]
    assert bool(transcript.notes) == (list(order) != sorted(order))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(-5, 20)), min_size=1, max_size=12))
def test_no_word_is_lost_whatever_the_times(spans):
    segments = ",".join(
        f'{{"start": {start}, "end": {max(0, start + length)}, "text": "word{number}"}}'
        for number, (start, length) in enumerate(spans)
    )
    cues = read_transcript_bytes("spans", f"[{segments}]".encode()).cues
    assert sorted(word for cue in cues for word in cue.text.split()) == sorted(f"word{n}" for n in range(len(spans)))
