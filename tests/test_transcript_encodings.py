"""The same cues whatever the encoding, the line ends and the length of a line; what was damaged is noted."""

import codecs
import hashlib

import pytest

from bot.speech.words import label_words
from tests.small_transcripts import DUMP, dump, read, read_bytes, read_text, row, segments, starts, texts


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


def test_surrogate_in_json_is_replaced_and_counted():
    transcript = read('[{"start": 1, "text": "a \\ud800 b"}, {"start": 3, "text": "\\ud83d\\ude00"}]')
    assert [cue.text for cue in transcript.cues] == ["a \ufffd b", "\U0001f600"]
    assert transcript.notes[0].startswith("line 1: half a character")


def test_two_line_ends_and_encodings_give_the_same_cues():
    text = segments(row(1, 2, "Café"), row(3, 4, "日本"))
    expected = read(text).cues
    assert read(text.replace("\n", "\r\n").encode("utf-16")).cues == expected
    assert read(b"\xef\xbb\xbf" + text.encode()).cues == expected
    assert read(text.replace("\n", "\r").encode("utf-16-be")).cues == expected


@pytest.mark.parametrize("mark", ["\u2028", "\x0b", "\x0c", "\x85"])
def test_other_line_separators_do_not_count_as_lines(tmp_path, mark):
    cues = read_text(tmp_path, DUMP.replace("Hello there.", f"Hello{mark}there.")).cues
    assert [cue.line for cue in cues] == [6, 10]
    assert cues[0].text == "Hello there."


LONG = {
    "subtitle of one line": "1\n00:00:01,000 --> 00:59:00,000\n{}\n",
    "subtitle of one word": "1\n00:00:01,000 --> 00:59:00,000\nx {}\n",
    "segment": '{{"segments": [{{"start": 1, "end": 3000, "text": "{}"}}]}}',
    "paragraph": "<time>0:01</time><p>{}</p><time>59:00</time><p>end</p>",
}


@pytest.mark.parametrize("name", LONG)
def test_sentence_of_100_kilobytes_is_read_whole_and_cut(name):
    words = ["y" * 100_000] if "word" in name else ["word"] * 20_000
    cues = read(LONG[name].format(" ".join(words))).cues
    assert sum(cue.text.count("y") + cue.text.count("word") for cue in cues) == (100_000 if "word" in name else 20_000)
    assert all(len(word.text) <= 500 for word in label_words(cues))


def test_hash_is_of_the_bytes(tmp_path):
    data = DUMP.replace("\n", "\r\n").encode()
    assert read_bytes(tmp_path, data).sha256 == hashlib.sha256(data).hexdigest()
