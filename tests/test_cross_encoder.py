from dataclasses import replace

import numpy as np
import pytest

from bot.embedding.cross_encoder import CLAIMS, QUESTIONS, CrossEncoder, Pair, cross_encoder, token_ids, with_speakers
from bot.embedding.model_files import EmbeddingUnavailable, open_tokenizer
from bot.errors import SettingError

SAID = "We moved the whole bakery to Porto in the spring of 2012."


@pytest.fixture(scope="module")
def tokenizer():
    return open_tokenizer()


def test_only_the_words_that_are_asked_about_are_of_the_second_segment(tokenizer):
    [(ids, segments)] = token_ids([Pair("where?", "in Porto", "we moved", "last year")], tokenizer, CLAIMS)
    marked = tokenizer.decode([token for token, segment in zip(ids, segments, strict=True) if segment])
    assert marked == "in porto"
    assert tokenizer.decode(ids, skip_special_tokens=True) == "where? we moved in porto last year"


def test_what_is_too_long_loses_the_words_farthest_from_what_is_said(tokenizer):
    pair = Pair("where?", "in Porto", "one two three four five six", "seven eight nine ten eleven twelve")
    [(ids, segments)] = token_ids([pair], tokenizer, replace(CLAIMS, most=11))
    assert tokenizer.decode(ids, skip_special_tokens=True) == "where? five six in porto seven eight"
    assert len(ids) == len(segments) == 11


def test_a_long_context_on_one_side_takes_the_room_of_the_other(tokenizer):
    [(ids, _)] = token_ids(
        [Pair("where?", "in Porto", "one two three four five six")], tokenizer, replace(CLAIMS, most=11)
    )
    assert tokenizer.decode(ids, skip_special_tokens=True) == "where? three four five six in porto"


def test_a_speaker_is_named_where_another_spoke_before():
    assert with_speakers([("Ann", "a"), ("Ann", "b"), (None, "c"), ("Bo", "d")]) == "Ann: a b c Bo: d"


def test_a_question_is_read_with_more_of_what_was_said_before_than_after(tokenizer):
    pair = Pair("where?", "in Porto", "one two three four five six", "seven eight nine ten eleven twelve")
    [(ids, _)] = token_ids([pair], tokenizer, replace(QUESTIONS, most=11))
    assert tokenizer.decode(ids, skip_special_tokens=True) == "where? four five six in porto seven"


def test_what_is_said_supports_a_claim_more_than_what_is_not():
    claims = ["The bakery went to Portugal in 2012.", "She has never sold a loaf of bread to a restaurant."]
    true, other = cross_encoder(CLAIMS).scores([Pair(claim, SAID) for claim in claims])
    assert true > other


def test_a_place_answers_a_question_that_asks_for_what_it_tells():
    asked = ["When did they move the bakery?", "Who taught her to play the violin?"]
    answered, other = cross_encoder(QUESTIONS).scores([Pair(question, SAID) for question in asked])
    assert answered > 0 > other


@pytest.mark.parametrize("purpose", [CLAIMS, QUESTIONS])
def test_a_pair_scores_the_same_alone_and_beside_others(purpose):
    pairs = [Pair("They moved to another city.", SAID), Pair("Nobody moved.", SAID)]
    both = cross_encoder(purpose).scores(pairs)
    assert np.array_equal(both, np.concatenate([cross_encoder(purpose).scores([pair]) for pair in pairs]))


def test_a_missing_file_is_a_fault_with_its_mend(tmp_path):
    missing = replace(QUESTIONS, file=tmp_path / "read_questions.npz")
    with pytest.raises(EmbeddingUnavailable) as fault:
        CrossEncoder(missing).load()
    assert isinstance(fault.value, SettingError)
    assert "read_questions.npz" in str(fault.value)
    assert "reinstall earmark" in str(fault.value)
