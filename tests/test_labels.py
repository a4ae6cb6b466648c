from __future__ import annotations

import pytest

from bot.drafts.labels import Label, Labels
from bot.records import Kind, Part, Passage, Sentence


def sentence(*parts: tuple[float, float, str], kind: Kind = "talk", speaker: str | None = None) -> Sentence:
    return Sentence(tuple(Part(start, end, text, 1) for start, end, text in parts), kind, speaker)


SCHOOL = sentence((148.2, 155.0, "It began in a school."))
MOVE = sentence((160.9, 170.0, "It moved,"), (170.0, 178.5, "slowly."), speaker="Ada Cole")
ADVERT = sentence((21.0, 30.0, "Soap is a friend."), kind="sponsor")
RAIN = sentence((300.0, 309.0, "Elsewhere it rained."))
BOATS = Labels.of([Passage("boats", (SCHOOL, MOVE)), Passage("boats", (ADVERT,)), Passage("boats", (MOVE,))])
TWO = Labels.of([Passage("rain", (RAIN,)), Passage("boats", (SCHOOL, MOVE))])


def stamp(label: Label | None) -> str | None:
    return label.stamp if label else None


def test_each_part_has_one_label_in_the_order_of_time() -> None:
    assert [label.stamp for label in BOATS.offered] == ["0:21", "2:28", "2:40", "2:50"]
    assert BOATS.sentences == (ADVERT, SCHOOL, MOVE)


def test_episodes_are_numbered_as_they_first_appear() -> None:
    assert [(label.number, label.episode) for label in TWO.offered[:2]] == [(1, "rain"), (2, "boats")]


def test_lines_of_one_episode() -> None:
    assert BOATS.prompt_lines() == [
        "[0:21] (sponsor) Soap is a friend.",
        "[2:28] It began in a school.",
        "[2:40] Ada Cole: It moved,",
        "[2:50] slowly.",
    ]


def test_lines_of_several_episodes_carry_their_number() -> None:
    assert TWO.prompt_lines()[:2] == ["[1 5:00] Elsewhere it rained.", "[2 2:28] It began in a school."]


FINDING = {
    "exactly": (148, "2:28"),
    "inside": (153, "2:28"),
    "last second inside": (154, "2:28"),
    "past its end": (156, None),
    "two seconds before": (146, "2:28"),
    "three seconds before": (145, None),
    "nearest start wins": (169, "2:50"),
    "inside the later part": (175, "2:50"),
    "nowhere": (4000, None),
}


@pytest.mark.parametrize(("second", "found"), FINDING.values(), ids=FINDING)
def test_a_mark_means_the_part_it_falls_inside_or_starts_near(second: int, found: str | None) -> None:
    assert stamp(BOATS.find(second)) == found


def test_a_number_says_which_episode() -> None:
    assert stamp(TWO.find(148, 2)) == "2:28"
    assert TWO.find(148, 1) is None
    assert TWO.find(148, 3) is None


def test_without_a_number_a_mark_must_mean_one_episode() -> None:
    same = Labels.of([Passage("a", (SCHOOL,)), Passage("b", (SCHOOL, RAIN))])

    assert same.find(148) is None
    assert stamp(same.find(148, 2)) == "2:28"
    assert stamp(same.find(300)) == "5:00"


def test_the_better_half_keeps_its_numbers() -> None:
    half = TWO.halved()

    assert [label.stamp for label in half.offered] == ["5:00"]
    assert half.prompt_lines() == ["[1 5:00] Elsewhere it rained."]
    assert len(half.halved().offered) == 1


def test_a_single_passage_halves_by_its_labels() -> None:
    assert [label.stamp for label in Labels.of([Passage("boats", (SCHOOL, MOVE))]).halved().offered] == ["2:28", "2:40"]
