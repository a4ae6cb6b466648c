"""Page dumps of Podchaser: a time precedes its words, the page's head and foot are no speech, odd times are noted."""

import pytest

from bot.records import Cue
from bot.transcripts import read_transcript
from tests.small_transcripts import FIXTURES, dump, read_text, starts, texts


def test_time_of_a_page_dump_precedes_its_fragment():
    cues = read_transcript(FIXTURES / "cafe.podchaser.txt").cues
    assert cues[0] == Cue(0.0, 2.0, "You're listening to Brewed, the show", 15)
    assert cues[1] == Cue(2.0, 5.0, "that asks what is in your", 19)


def test_head_and_foot_of_the_page_are_not_speech():
    cues = read_transcript(FIXTURES / "cafe.podchaser.txt").cues
    assert cues[0].text.startswith("You're listening")
    assert cues[-1].text == "bigger drum, of course."


def test_page_dump_knows_its_title():
    assert read_transcript(FIXTURES / "cafe.podchaser.txt").title == "Coffee & code"


def test_line_of_a_cue_is_the_line_of_its_words():
    path = FIXTURES / "cafe.podchaser.txt"
    lines = path.read_text().split("\n")
    assert all(lines[cue.line - 1] == cue.text for cue in read_transcript(path).cues)


def test_hours_are_read():
    assert read_transcript(FIXTURES / "cafe.podchaser.txt").cues[-1].start == 3600.0


def test_cue_before_a_long_silence_lasts_as_long_as_its_words():
    cues = read_transcript(FIXTURES / "cafe.podchaser.txt").cues
    before = next(cue for cue in cues if cue.text.endswith("Hello"))
    assert before.end - before.start <= 3.0


def test_cues_of_one_second_share_the_time_to_the_next(tmp_path):
    cues = read_text(tmp_path, dump(("0:01", "one"), ("0:01", "two"), ("0:03", "three"))).cues
    assert [(cue.start, cue.end) for cue in cues[:2]] == [(1.0, 2.0), (2.0, 3.0)]


def test_dump_without_blank_lines_is_read(tmp_path):
    transcript = read_text(tmp_path, "0:00\nhello there\n0:02\nyou all\nUnlock more with Podchaser Pro\n• Charts\n")
    assert texts(transcript) == ["hello there", "you all"]


def test_foot_after_a_time_without_words_is_no_cue(tmp_path):
    transcript = read_text(tmp_path, dump(("0:00", "hello"), ("0:02", "Unlock more with Podchaser Pro")))
    assert texts(transcript) == ["hello"]


def test_bullet_inside_the_transcript_is_speech(tmp_path):
    assert texts(read_text(tmp_path, dump(("0:00", "• first point"), ("0:02", "second"))))[0] == "• first point"


def test_time_in_the_head_is_not_the_first_cue(tmp_path):
    head = "42:04\nsome episode\nEpisode Transcript\n\n"
    assert starts(read_text(tmp_path, head + dump(("0:01", "hello"), ("0:03", "bye")))) == [1.0, 3.0]


def test_lost_hour_is_added_and_noted(tmp_path):
    transcript = read_text(tmp_path, dump(("59:57", "before"), ("59:59", "still"), ("00:01", "after"), ("0:03", "end")))
    assert starts(transcript) == [3597.0, 3599.0, 3601.0, 3603.0]
    assert "line 11" in transcript.notes[0]


def test_rollover_with_hours_is_exact(tmp_path):
    transcript = read_text(tmp_path, dump(("59:59", "before"), ("1:00:00", "after")))
    assert (starts(transcript), transcript.notes) == ([3599.0, 3600.0], ())


def test_times_that_run_backwards_are_sorted_and_noted(tmp_path):
    transcript = read_text(tmp_path, dump(("0:05", "second"), ("0:01", "first"), ("0:09", "third")))
    assert texts(transcript) == ["first", "second", "third"]
    assert "runs backwards" in transcript.notes[0]


@pytest.mark.parametrize("stamp", ["00:75:00", "999:99:99", "-0:05", "0:61", "1:2:3:4", "100:00:00"])
def test_absurd_time_is_noted_and_its_words_are_kept(tmp_path, stamp):
    transcript = read_text(tmp_path, dump(("0:01", "first"), (stamp, "second"), ("0:05", "third")))
    assert texts(transcript) == ["first second", "third"]
    assert transcript.notes[0].startswith("line 5: ")


def test_digits_of_other_scripts_are_words_not_times(tmp_path):
    transcript = read_text(tmp_path, dump(("0:01", "first"), ("٠:٠٢", "second"), ("0:05", "third")))
    assert texts(transcript)[0] == "first ٠:٠٢ second"
