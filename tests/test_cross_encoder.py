import numpy as np
import pytest

from bot.embedding import cross_encoder as module
from bot.embedding.cross_encoder import CrossEncoder, Pair, cross_encoder, token_ids, with_speakers
from bot.embedding.model_files import EmbeddingUnavailable, open_tokenizer
from bot.errors import SettingError

SAID = "We moved the whole bakery to Porto in the spring of 2012."


@pytest.fixture(scope="module")
def tokenizer():
    return open_tokenizer()


def test_only_the_words_that_are_asked_about_are_of_the_second_segment(tokenizer):
    ids, segments = token_ids(Pair("where?", "in Porto", "we moved", "last year"), tokenizer)
    marked = tokenizer.decode([token for token, segment in zip(ids, segments, strict=True) if segment])
    assert marked == "in porto"
    assert tokenizer.decode(ids, skip_special_tokens=True) == "where? we moved in porto last year"


def test_what_is_too_long_loses_the_words_farthest_from_what_is_said(tokenizer):
    pair = Pair("where?", "in Porto", "one two three four five six", "seven eight nine ten eleven twelve")
    ids, segments = token_ids(pair, tokenizer, most=11)
    assert tokenizer.decode(ids, skip_special_tokens=True) == "where? five six in porto seven eight"
    assert len(ids) == len(segments) == 11


def test_a_long_context_on_one_side_takes_the_room_of_the_other(tokenizer):
    ids, _ = token_ids(Pair("where?", "in Porto", "one two three four five six"), tokenizer, most=11)
    assert tokenizer.decode(ids, skip_special_tokens=True) == "where? three four five six in porto"


def test_a_speaker_is_named_where_another_spoke_before():
    assert with_speakers([("Ann", "a"), ("Ann", "b"), (None, "c"), ("Bo", "d")]) == "Ann: a b c Bo: d"


def test_what_is_said_supports_a_claim_more_than_what_is_not():
    claims = ["The bakery went to Portugal in 2012.", "She has never sold a loaf of bread to a restaurant."]
    true, other = cross_encoder().scores([Pair(claim, SAID) for claim in claims])
    assert true > other


def test_a_pair_scores_the_same_alone_and_beside_others():
    pairs = [Pair("They moved to another city.", SAID), Pair("Nobody moved.", SAID)]
    both = cross_encoder().scores(pairs)
    assert np.array_equal(both, np.concatenate([cross_encoder().scores([pair]) for pair in pairs]))


def test_a_missing_file_is_a_fault_with_its_mend(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "LEARNT_FILE", tmp_path / "cross_encoder.npz")
    with pytest.raises(EmbeddingUnavailable) as fault:
        CrossEncoder().load()
    assert isinstance(fault.value, SettingError)
    assert "cross_encoder.npz" in str(fault.value)
    assert "reinstall earmark" in str(fault.value)
