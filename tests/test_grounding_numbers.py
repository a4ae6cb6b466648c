"""Numbers however they are said: read, found again in other words, and told apart from other numbers."""

import pytest

from bot.grounding.number_support import unsupported_number
from bot.grounding.numbers_in_words import find_numbers


@pytest.mark.parametrize(
    ("text", "value", "dimension"),
    [
        ("sixteen thousand", 16_000, ""),
        ("one hundred and twenty three thousand", 123_000, ""),
        ("twenty twenty-three", 2023, ""),
        ("two thousand and eight", 2008, ""),
        ("half a million", 500_000, ""),
        ("1.2M euros", 1_200_000, "euros"),
        ("nine out of ten", 0.9, "share"),
        ("70 percent", 0.7, "share"),
        ("the nineties", 90, "decade"),
        ("24 kB", 24_000, "memory"),
        ("tens of thousands", 10_000, "magnitude"),
    ],
)
def test_number_is_read(text, value, dimension):
    [number] = find_numbers(text)

    assert number.value == pytest.approx(value)
    assert number.dimension == dimension


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("nearly two decades", "for twenty years"),
        ("after three months", "after ninety days"),
        ("about five thousand cores", "it has 5120 cores"),
        ("around 1980", "in the early '80s"),
        ("half a year to a year", "6 to 12 months"),
        ("two reasons", "it is cheap and it is quick"),
        ("twelve in total", "nine of ours and three of theirs"),
        ("about 20 percent", "went down by a fifth"),
        ("more than a thousand people", "eleven hundred people"),
        ("overran by seven minutes", "we had nineteen minutes and needed twenty six"),
        ("two times in four years", "twice in four years"),
        ("millions of years", "ten million years"),
        ("in her early thirties", "when I was thirty one"),
        ("five minutes", "I gave him five more minutes"),
        ("within about four weeks", "in the first month"),
    ],
)
def test_number_said_otherwise_is_supported(claim, evidence):
    assert unsupported_number(claim, evidence) is None


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("fifteen people", "five people"),
        ("in 2024", "in 2023"),
        ("forty kilometres", "forty meters"),
        ("five weeks", "five days"),
        ("twelve million euros", "1.2 million euros"),
        ("six regions on thirty continents", "thirty regions on six continents"),
        ("around 1890", "around 1790"),
        ("more than three thousand people", "eleven hundred people"),
    ],
)
def test_other_number_is_not_supported(claim, evidence):
    assert unsupported_number(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence", "agrees"),
    [
        ("They meet once a month.", "They meet on a daily basis.", False),
        ("They meet every day.", "They meet on a daily basis.", True),
        ("They meet weekly.", "They meet often.", True),
    ],
)
def test_how_often_is_compared(claim, evidence, agrees):
    assert (unsupported_number(claim, evidence) is None) == agrees
