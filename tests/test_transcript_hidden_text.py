"""What hides in text: controls and marks that reverse it are removed and counted, markup stays the characters it is."""

from html.parser import HTMLParser

import pytest

from bot.page.transcript_view import transcript_html
from bot.records import Episode
from bot.speech.sentences import join_sentences
from bot.speech.words import label_words
from tests.hostile_strings import HOSTILE
from tests.small_transcripts import DUMP, read, read_text, row, segments, texts


def test_controls_and_reversing_marks_are_removed_and_counted(tmp_path):
    transcript = read_text(tmp_path, DUMP.replace("Hello", "He\x1b[31ml\u202elo\x07\U000e0041"))
    assert texts(transcript)[0] == "Hello there."
    assert transcript.notes == ("4 control characters removed",)


def test_controls_spelled_as_escapes_or_entities_are_removed():
    assert read('[{"start": 1, "text": "a\\u0000b\\u001b[31mc\\u202ed"}]').cues[0].text == "abcd"
    subtitle = read("1\n00:00:01,000 --> 00:00:02,000\na&#x202e;b&lrm;cd\n")
    assert subtitle.cues[0].text == "abcd"
    assert "control characters" in subtitle.notes[0]


HIDDEN = {
    "reversed": "one \u202etwo\u202c three",
    "tag characters": "one two\U000e0041\U000e0042 three",
    "invisible operators": "one\u2062 two\u00ad three",
    "Arabic letter mark": "one \u061ctwo three",
    "Hangul filler": "one two\u3164 three",
}


@pytest.mark.parametrize("said", HIDDEN.values(), ids=HIDDEN)
def test_what_hides_or_reverses_text_is_removed_and_counted(said):
    transcript = read(f"1\n00:00:01,000 --> 00:00:02,000\n{said}\n")
    assert transcript.cues[0].text == "one two three"
    assert "control characters removed" in transcript.notes[0]


def test_joiners_that_scripts_need_are_kept(tmp_path):
    assert "می\u200cخواهم" in texts(read_text(tmp_path, DUMP.replace("Hello", "می\u200cخواهم")))[0]


@pytest.mark.parametrize("said", ["می\u200cخواهم بدانم", "go 👩\u200d🚀 ❤\ufe0f"], ids=["Persian", "emoji"])
def test_joiners_that_a_script_needs_stay(said):
    assert read(f"1\n00:00:01,000 --> 00:00:02,000\n{said}\n").cues[0].text == said


def test_markup_in_speech_stays_text():
    said = "<img src=x onerror=y> ![a](http://b) $x$ &amp;lt;"
    assert read(segments(row(1, 2, said))).cues[0].text == said


class Drawn(HTMLParser):
    """What a browser would make of a page: its elements, and the addresses that they name."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.addresses, self.text = set(), set(), ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.addresses.update(value for name, value in attributes if name in ("href", "src", "style", "onerror"))

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_markup_from_a_file_is_drawn_as_the_characters_that_it_is(said):
    transcript = read(segments(row(1, 2, f"So {said}", speaker="Ann"), row(3, 4, "after", speaker=said[:40])))
    page = Drawn(transcript_html(Episode("x", title=said), join_sentences(label_words(transcript.cues))))
    assert page.tags <= {"section", "header", "h2", "p", "div", "a", "span", "b", "details", "summary"}
    assert all(address.startswith("?t=") for address in page.addresses)
    assert " ".join(said.replace("\u2028", " ").split()) in page.text
