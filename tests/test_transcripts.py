import codecs
import hashlib
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import TranscriptError
from bot.records import Cue
from bot.transcripts import read_transcript
from bot.transcripts.lines import LIMIT_BYTES

FIXTURES = Path(__file__).with_name("transcripts")
DUMP = "Title\nTitle\n\n0:01\n\nHello there.\n\n0:03\n\nGood bye.\n"
SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello there.\n\n2\n00:00:03,000 --> 00:00:04,000\nGood bye.\n"


def read_text(tmp_path, text, name="file.txt"):
    return read_bytes(tmp_path, text.encode(), name)


def read_bytes(tmp_path, data, name="file.txt"):
    path = tmp_path / name
    path.write_bytes(data)
    return read_transcript(path)


def texts(transcript):
    return [cue.text for cue in transcript.cues]


def starts(transcript):
    return [cue.start for cue in transcript.cues]


def dump(*rows):
    return "".join(f"{time}\n\n{text}\n\n" for time, text in rows)


# --- the page dump


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


# --- SubRip and WebVTT


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


# --- any file


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_give_the_same_cues(tmp_path, encoding):
    text = DUMP.replace("Hello", "Café — 日本")
    expected = read_text(tmp_path, text).cues
    assert read_bytes(tmp_path, text.encode(encoding)).cues == expected


def test_windows_1252_is_read_and_noted(tmp_path):
    transcript = read_bytes(tmp_path, DUMP.replace("Hello", "Café déjà vu").encode("cp1252"))
    assert texts(transcript)[0] == "Café déjà vu there."
    assert "line 6: " in transcript.notes[0]
    assert "Windows-1252" in transcript.notes[0]


def test_damaged_utf8_is_replaced_and_noted(tmp_path):
    data = DUMP.replace("Hello", "Café").encode().replace(b"there", b"th\xffere")
    transcript = read_bytes(tmp_path, data)
    assert texts(transcript)[0] == "Café th\ufffdere."
    assert transcript.notes[0].startswith("line 6: ")


def test_byte_order_mark_inside_the_file_is_dropped(tmp_path):
    data = codecs.BOM_UTF8 + DUMP.encode() + codecs.BOM_UTF8 + dump(("0:05", "more")).encode()
    transcript = read_bytes(tmp_path, data)
    assert starts(transcript) == [1.0, 3.0, 5.0]
    assert not any("\ufeff" in text for text in texts(transcript))


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_give_the_same_cues(tmp_path, ending):
    expected = read_text(tmp_path, DUMP).cues
    assert read_text(tmp_path, DUMP.replace("\n", ending)).cues == expected


@pytest.mark.parametrize("mark", ["\u2028", "\x0b", "\x0c", "\x85"])
def test_other_line_separators_do_not_count_as_lines(tmp_path, mark):
    cues = read_text(tmp_path, DUMP.replace("Hello there.", f"Hello{mark}there.")).cues
    assert [cue.line for cue in cues] == [6, 10]
    assert cues[0].text == "Hello there."


def test_controls_and_reversing_marks_are_removed_and_counted(tmp_path):
    transcript = read_text(tmp_path, DUMP.replace("Hello", "He\x1b[31ml\u202elo\x07\U000e0041"))
    assert texts(transcript)[0] == "Hello there."
    assert transcript.notes == ("4 control characters removed",)


def test_joiners_that_scripts_need_are_kept(tmp_path):
    assert "می\u200cخواهم" in texts(read_text(tmp_path, DUMP.replace("Hello", "می\u200cخواهم")))[0]


def test_hash_is_of_the_bytes(tmp_path):
    data = DUMP.replace("\n", "\r\n").encode()
    assert read_bytes(tmp_path, data).sha256 == hashlib.sha256(data).hexdigest()


REFUSED = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\t\n", "the file is empty"),
    "only a byte order mark": (codecs.BOM_UTF8 + b"\n", "the file is empty"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
    "mp3": (b"ID3\x04" + bytes(100), "an audio file"),
    "zip": (b"PK\x03\x04" + bytes(100), "unpack it first"),
    "gzip": (b"\x1f\x8b\x08" + bytes(100), "unpack it first"),
    "tar": (bytes(257) + b"ustar" + bytes(300), "unpack it first"),
    "prose": (b"Just some words.\nAnd more at 12:30.\n", ":1: this is not a transcript in a format that is read"),
    "json": (b'{"lc": 1}', ":1: this JSON is not a transcript"),
    "one time only": (b"\n\n0:01\n\nhello\n", ":3: this is not a transcript"),
    "no words": (b"0:01\n\n0:02\n\n0:03\n\n!\n", "no speech"),
    "unknown encoding": ("0:01\n\nПривет мир, это проверка\n\n0:03\n\nпока\n".encode("cp1251"), "encoding"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_file_is_refused_with_a_reason(tmp_path, data, reason):
    with pytest.raises(TranscriptError) as caught:
        read_bytes(tmp_path, data, "talk.srt")
    assert reason in str(caught.value)
    assert " -> " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_refusal_names_the_formats_that_are_read(tmp_path):
    with pytest.raises(TranscriptError, match=r"WebVTT .*SubRip .*Podchaser page dump"):
        read_text(tmp_path, "Just some words.\n")


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_refused(tmp_path, seed):
    with pytest.raises(TranscriptError):
        read_bytes(tmp_path, random.Random(seed).randbytes(5000), "talk.srt")


def test_large_file_is_refused_unread(tmp_path):
    path = tmp_path / "large.srt"
    with path.open("wb") as file:
        file.truncate(LIMIT_BYTES * 4)
    with pytest.raises(TranscriptError, match="larger than 50 MB"):
        read_transcript(path)


def test_missing_file_folder_and_fifo_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, reason in (("absent", "no such file"), ("", "a folder"), ("pipe", "not a regular file")):
        with pytest.raises(TranscriptError, match=reason):
            read_transcript(tmp_path / name)


def test_name_with_a_line_break_stays_on_one_line(tmp_path):
    with pytest.raises(TranscriptError) as caught:
        read_transcript(tmp_path / "a\nb\x1b[31m.srt")
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


@settings(deadline=None)  # no test asserts wall time
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"earmark-any-bytes-{os.getpid()}"
    path.write_bytes(data)
    try:
        transcript = read_transcript(path)
    except TranscriptError:
        return
    finally:
        path.unlink()
    assert all(cue.end >= cue.start >= 0 and cue.text for cue in transcript.cues)
