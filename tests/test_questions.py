import pytest

from bot.errors import SettingError
from bot.questions import checked_count, checked_episodes, checked_history, checked_question


@pytest.mark.parametrize("question", ["", "   ", "?!...", "🙂🙂", "\x00\x1b", "_"], ids=repr)
def test_question_without_words_is_refused(question):
    with pytest.raises(SettingError, match="there is no question -> ask in words"):
        checked_question(question, 2000)


def test_long_question_is_refused_with_the_limit():
    with pytest.raises(SettingError, match=r"2001 characters, more than 2000 -> .*EARMARK_QUESTION_CHARACTERS"):
        checked_question("a" * 2001, 2000)


CLEANED = [
    ("controls", "Where\x1b[31m did\r\nit\x00 start?", "Where[31m did it start?"),
    ("lone surrogate", "what \ud800 now", "what ? now"),
    ("direction marks", "who\u202e spoke", "who spoke"),
    ("other scripts", "什么是世界模型?", "什么是世界模型?"),
    ("braces", "{question} %s $x", "{question} %s $x"),
]


@pytest.mark.parametrize(("question", "cleaned"), [case[1:] for case in CLEANED], ids=[case[0] for case in CLEANED])
def test_question_is_cleaned(question, cleaned):
    assert checked_question(question, 2000) == cleaned


def test_history_keeps_the_last_turns():
    turns = [{"role": "user", "content": str(number)} for number in range(5)]
    assert checked_history(turns, 2) == turns[-2:]
    assert checked_history(turns, 0) == []


BAD_TURNS = ["text", {"role": "system", "content": "x"}, {"role": "user", "content": ["x"]}, {"content": "x"}, None]


@pytest.mark.parametrize("turn", BAD_TURNS, ids=repr)
def test_bad_turn_is_named(turn):
    with pytest.raises(SettingError, match="history: turn 2 is not a turn"):
        checked_history([{"role": "user", "content": "a"}, turn], 6)


def test_unknown_episode_names_the_nearest():
    with pytest.raises(SettingError, match="no episode 'practical-ai-26' -> the nearest is 'practical-ai-260'"):
        checked_episodes("practical-ai-26", ["talk-1", "practical-ai-260"])


@pytest.mark.parametrize("count", [0, -1, 10**9, True, "8", 1.5], ids=repr)
def test_number_of_passages_outside_its_bounds_is_refused(count):
    with pytest.raises(SettingError, match="setting k="):
        checked_count(count, "k")
