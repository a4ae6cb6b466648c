import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records import Part, Sentence
from bot.sources.episode_file import read_episode_file
from bot.sources.transcript_files import BUNDLED_EPISODE
from bot.speech.passages import FEWEST_WORDS, MOST_WORDS, make_passages
from bot.speech.sentences import join_sentences
from bot.speech.words import label_words
from bot.transcripts import read_transcript


def sentence(words, start, kind="talk", end=".", speaker=None):
    text = " ".join(["word"] * words) + end
    return Sentence((Part(start, start + 4.0, text, 1),), kind, speaker)


def talk(*lengths, questions=()):
    return [sentence(words, n * 4.0, end="?" if n in questions else ".") for n, words in enumerate(lengths)]


def sizes(passages):
    return [len(passage.text.split()) for passage in passages]


@pytest.fixture(scope="module")
def bundled():
    return join_sentences(label_words(read_transcript(read_episode_file(BUNDLED_EPISODE).transcript).cues))


def test_nothing_gives_nothing():
    assert make_passages("e", []) == []


def test_passages_are_about_120_words():
    assert sizes(make_passages("e", talk(*[20] * 30))) == [120] * 5


def test_longer_sentence_stands_alone():
    assert sizes(make_passages("e", talk(100, 300, 100))) == [100, 300, 100]


def test_rest_is_shared_not_left_over():
    assert min(sizes(make_passages("e", talk(*[20] * 13)))) >= FEWEST_WORDS


def test_passage_never_spans_two_kinds():
    sentences = [sentence(20, 0.0), sentence(20, 4.0, "sponsor"), sentence(20, 8.0)]
    assert [passage.kind for passage in make_passages("e", sentences)] == ["talk", "sponsor", "talk"]


def test_passage_never_spans_a_hard_silence():
    assert len(make_passages("e", [sentence(20, 0.0), sentence(20, 14.0)])) == 2


def test_passage_may_span_two_speakers():
    assert len(make_passages("e", [sentence(20, 0.0, speaker="Ann"), sentence(20, 4.0, speaker="Ben")])) == 1


@pytest.mark.parametrize("asked", range(11))
def test_question_stays_with_the_beginning_of_its_answer(asked):
    passages = make_passages("e", talk(*[20] * 12, questions={asked}))
    assert not any(passage.text.endswith("?") for passage in passages)


def test_question_at_the_very_end_is_kept():
    sentences = talk(*[20] * 6, questions={5})
    assert make_passages("e", sentences)[-1].sentences[-1] == sentences[-1]


@settings(deadline=None)  # no test asserts wall time
@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.sampled_from(["talk", "promo"]), st.sampled_from(".?"), st.floats(0, 9)),
        max_size=60,
    )
)
def test_every_sentence_is_in_one_passage_in_order(rows):
    sentences, start = [], 0.0
    for words, kind, end, silence in rows:
        start += silence
        sentences.append(sentence(words, start, kind, end))
        start += 4.0
    passages = make_passages("e", sentences)
    assert [each for passage in passages for each in passage.sentences] == sentences
    assert all(
        len(passage.sentences) == 1 or size <= MOST_WORDS
        for passage, size in zip(passages, sizes(passages), strict=True)
    )


def test_bundled_episode_in_passages(bundled):
    passages = make_passages("practical-ai-260", bundled)
    long = [size for passage, size in zip(passages, sizes(passages), strict=True) if passage.kind == "talk"]
    assert {passage.episode for passage in passages} == {"practical-ai-260"}
    assert all(FEWEST_WORDS <= size <= MOST_WORDS for size in long)
    assert sum(passage.text.endswith("?") for passage in passages) <= 1


def test_same_sentences_give_the_same_passages(bundled):
    assert make_passages("e", bundled) == make_passages("e", bundled)
