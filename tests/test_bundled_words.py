"""The words of the bundled episode: its ads are found to the word, none is lost, each has its time and its line."""

import tomllib

import pytest

from bot.sources.episode_file import read_episode_file
from bot.sources.transcript_files import BUNDLED_EPISODE
from bot.speech.words import label_words
from bot.transcripts import read_transcript
from tests.small_transcripts import FIXTURES


@pytest.fixture(scope="module")
def bundled():
    return label_words(read_transcript(read_episode_file(BUNDLED_EPISODE).transcript).cues)


@pytest.fixture(scope="module")
def gold():
    return tomllib.loads((FIXTURES / "practical-ai-260.kinds.toml").read_text())["span"]


def test_gold_spans_are_where_they_say(bundled, gold):
    for span in gold:
        text = " ".join(word.text for word in bundled[span["first"] - 1 : span["last"]])
        assert text.startswith(span["begins"])
        assert text.endswith(span["ends"])


def test_ads_of_the_bundled_episode_are_found_to_the_word(bundled, gold):
    ads = {number for span in gold for number in range(span["first"] - 1, span["last"])}
    found = {number for number, word in enumerate(bundled) if word.kind != "talk"}
    assert len(ads & found) >= 0.97 * len(found), "precision"
    assert len(ads & found) >= 0.97 * len(ads), "recall"
    assert len(found - ads) <= 2, "words of talk that were lost"


def test_kinds_of_the_bundled_episode_are_as_a_listener_would_say(bundled, gold):
    right = sum(bundled[n].kind == span["kind"] for span in gold for n in range(span["first"] - 1, span["last"]))
    assert right >= 0.97 * sum(span["last"] - span["first"] + 1 for span in gold)


def test_no_spoken_word_is_changed_or_dropped(bundled):
    cues = read_transcript(read_episode_file(BUNDLED_EPISODE).transcript).cues
    spoken = [text for cue in cues for text in cue.text.split()]
    assert [word.text for word in bundled] + ["MMMMMMM", "!"] == spoken


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [("What's", 743.0, 744.2), ("So,", 814.0, 816.0), ("this", 1578.0, 1580.0), ("Welcome", 41.5, 43.0)],
)
def test_word_that_straddles_a_cut_is_timed_after_the_silence(bundled, text, earliest, latest):
    assert any(word.text == text and earliest <= word.start <= latest for word in bundled)


def test_every_word_maps_to_its_line(bundled):
    lines = read_episode_file(BUNDLED_EPISODE).transcript.read_text().split("\n")
    assert all(word.text in lines[word.line - 1] for word in bundled)
