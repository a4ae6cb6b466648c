from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records import Cue, Word
from bot.sources.episode_file import read_episode_file
from bot.sources.transcript_files import BUNDLED_EPISODE
from bot.speech.sentences import LONGEST_PART_SECONDS, LONGEST_SENTENCE_WORDS, join_sentences
from bot.speech.words import label_words
from bot.transcripts import read_transcript


def spoken(text, pace=0.35, **facts):
    """Words one after the other, `pace` seconds each."""
    return [Word(n * pace, (n + 1) * pace, word, n + 1, **facts) for n, word in enumerate(text.split())]


def sentences_of(text, **facts):
    return [sentence.text for sentence in join_sentences(spoken(text, **facts))]


@pytest.fixture(scope="module")
def words():
    return label_words(read_transcript(read_episode_file(BUNDLED_EPISODE).transcript).cues)


@pytest.fixture(scope="module")
def sentences(words):
    return join_sentences(words)


# --- where a sentence ends

# A bar stands where a sentence ends.
ENDS = {
    "period, question, exclamation": "It works.|Does it?|It does!|Good.",
    "address": "Visit neo4j.com slash developer.|Again, neo4j.com/developer.|That's it.",
    "decimal": "It grew by 3.5 percent.|Then it fell.",
    "title": "We met Dr. Smith and Mrs. Jones.|They left.",
    "initials": "This is J. R. Smith speaking.|Hello.",
    "time of day": "It opens at 9 a.m. on Monday.|We went at 5 p.m.|It was full.",
    "country": "In the U.S. Senate they said no.|He left the U.S.|He came back.",
    "number": "See no. 5 and fig. 3.|They said no.|Then they left.",
    "abbreviation": "Dogs, e.g. Poodles vs. Terriers, etc.|The cats won.",
    "seam before a small letter": "By planning for it, I think. in some ways against.|So I went.",
    "seam after a question": "Any stories to that? that affect us?|Many.",
    "ellipsis": "A useful tool that... that really helped.|Wait...|What?",
    "name with a small letter": "I like them.|iPhones are fine.|fly.io is too.",
    "word that ends no sentence": "It fits.|And. On the back we wrote.|As. A message.",
    "quotes and brackets": 'She said "go."|(He went.)|Then "why?"|Because.',
    "single letters": "So did I.|Then vitamin C.|And that was it.",
}


@pytest.mark.parametrize("case", ENDS.values(), ids=ENDS.keys())
def test_sentence_ends_where_it_should(case):
    assert sentences_of(case.replace("|", " ")) == case.split("|")


def test_text_in_small_letters_ends_at_its_marks():
    text = "hello everyone. welcome to the show. today we talk about bees. they are fine."
    assert len(sentences_of(text)) == 4


@pytest.mark.parametrize("change", [{"kind": "sponsor"}, {"speaker": "Ben"}], ids=["kind", "speaker"])
def test_sentence_never_spans(change):
    words = spoken("we went home and slept")
    words[3:] = [replace(word, **change) for word in words[3:]]
    assert [sentence.text for sentence in join_sentences(words)] == ["we went home", "and slept"]


def test_sentence_never_spans_a_hard_silence():
    words = spoken("we went home and slept")
    words[3:] = [replace(word, start=word.start + 8, end=word.end + 8) for word in words[3:]]
    assert [sentence.text for sentence in join_sentences(words)] == ["we went home", "and slept"]


def test_text_without_marks_gives_sentences_of_reasonable_length():
    text = "so we built the first version and it was slow but people liked it because they could see what happens " * 12
    lengths = [len(sentence.split()) for sentence in sentences_of(text)]
    assert max(lengths) <= 35
    assert min(lengths) >= 6


def test_text_without_marks_is_cut_before_words_that_open_a_clause():
    text = "so we built the first version and it was slow but people liked it because they could see what happens " * 12
    firsts = {sentence.split()[0] for sentence in sentences_of(text)}
    assert firsts <= {"so", "and", "but", "because", "it", "people", "they", "we"}


def test_long_sentence_with_marks_stays_one():
    text = ", and ".join(["it was a long day for all of us"] * 8) + "."
    assert sentences_of(text) == [text]


def test_endless_sentence_is_bounded():
    text = ", and ".join(["it was a long day for all of us"] * 800) + "."
    assert max(len(sentence.split()) for sentence in sentences_of(text)) <= LONGEST_SENTENCE_WORDS


# --- parts


def test_short_sentence_is_one_part():
    (sentence,) = join_sentences(spoken("It was a good day for everyone."))
    assert len(sentence.parts) == 1


def test_long_sentence_is_cut_at_its_commas():
    text = "when we looked at the first results of the model that spring, they were small and blurred and rather odd, "
    (sentence,) = join_sentences(
        spoken(text + "but you could see the trend in every single one of them, year by year.")
    )
    assert [part.text.split()[0] for part in sentence.parts] == ["when", "they", "but"]


def test_part_knows_its_own_line():
    (sentence,) = join_sentences(spoken("one two three four five, " * 12 + "end."))
    assert len(sentence.parts) > 1
    assert [part.line for part in sentence.parts] == [round(part.start / 0.35) + 1 for part in sentence.parts]


@settings(deadline=None)  # no test asserts wall time
@given(
    st.lists(st.sampled_from("yes and. so, what? the Mr. fly.io It — because Why! i".split()), min_size=1, max_size=80)
)
def test_words_stay_as_they_are_and_in_order(texts):
    sentences = join_sentences(spoken(" ".join(texts)))
    assert " ".join(sentence.text for sentence in sentences) == " ".join(texts)


@settings(deadline=None)  # no test asserts wall time
@given(st.lists(st.floats(0.05, 1.5), min_size=1, max_size=120))
def test_parts_are_neither_long_nor_tiny(lengths):
    start, words = 0.0, []
    for number, length in enumerate(lengths):
        words.append(Word(start, start + length, "word" if number % 7 else "word,", 1))
        start += length
    for sentence in join_sentences(words):
        assert all(part.end - part.start <= LONGEST_PART_SECONDS + 1e-6 for part in sentence.parts)
        if len(sentence.parts) > 1:
            assert all(len(part.text.split()) >= 3 for part in sentence.parts)


# --- the bundled episode


def test_seams_of_the_bundled_episode_do_not_break_sentences(sentences):
    texts = [sentence.text for sentence in sentences]
    assert any("I think. in some ways planning against being where I am today." in text for text in texts)
    assert any("this is what I came to. are cool to do is to see" in text for text in texts)
    firsts = {text.split()[0] for text in texts}
    assert not firsts & {"in", "are", "initial", "that", "first", "an", "pioneering", "continue"}


def test_stretch_without_marks_gives_sentences(sentences):
    lengths = [len(sentence.text.split()) for sentence in sentences if 1579 < sentence.start < 1655]
    assert len(lengths) >= 5
    assert max(lengths) <= 35


def test_parts_of_the_bundled_episode_last_ten_seconds_at_most(sentences):
    assert max(part.end - part.start for sentence in sentences for part in sentence.parts) <= LONGEST_PART_SECONDS


def test_sentences_of_the_bundled_episode_hold_all_words_in_time_order(words, sentences):
    assert " ".join(sentence.text for sentence in sentences) == " ".join(word.text for word in words)
    assert all(before.end <= after.start + 0.002 for before, after in pairwise(sentences))


# Heard in the audio's own timing, as another transcript of the episode has it (seconds).
HEARD = [
    ("What's up, friends?", 744.0),
    ("The problem might be your database.", 749.5),
    ("So, you arrived at art school", 815.0),
    ("There's a gazillion questions", 971.9),
    ("How did you manage that?", 982.4),
    ("Of course, none of our three", 1044.9),
    ("Many stories and many learnings", 1441.9),
    ("So that has been a really consistent thing.", 1473.1),
    ("So having ways in which you can control", 1535.0),
    ("All right, that is Practical AI", 2479.0),
]


@pytest.mark.parametrize(("begins", "seconds"), HEARD)
def test_sentence_starts_within_two_seconds_of_the_audio(sentences, begins, seconds):
    (sentence,) = [sentence for sentence in sentences if sentence.text.startswith(begins)]
    assert abs(sentence.start - seconds) <= 2.0


def test_line_of_a_sentence_holds_its_first_word(sentences):
    lines = read_episode_file(BUNDLED_EPISODE).transcript.read_text().split("\n")
    assert all(part.text.split()[0] in lines[part.line - 1] for sentence in sentences for part in sentence.parts)


def test_hand_made_dump_by_hand():
    cues = [Cue(0.0, 2.0, "Ada, how did you begin? I", 3), Cue(2.0, 4.0, "started with a pan.", 7)]
    sentences = join_sentences(label_words(cues))
    assert [(sentence.text, sentence.line) for sentence in sentences] == [
        ("Ada, how did you begin?", 3),
        ("I started with a pan.", 3),
    ]
    assert (sentences[0].start, sentences[1].end) == (0.0, 4.0)
