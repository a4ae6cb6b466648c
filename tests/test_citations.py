from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.drafts.citations import CitationStream, DraftClaim, Labels, split_draft
from bot.records import Passage
from tests.drafts import (
    ALL_DRAFTS,
    CLAIMS,
    CUT,
    FAULTY,
    HOUR,
    LABELS,
    NOT_CLAIMS,
    PROSE,
    SENTENCES,
    SHARING,
    TEXT,
    TWO,
    WELL_FORMED,
    sentence,
)

SHOWN_TIME = re.compile(r"\d\s*[:：]\s*\d|\[|【|［")


def run(draft: str, labels: Labels = LABELS, size: int = 0) -> list[str | DraftClaim]:
    """The stream's items for a draft cut into pieces of `size` characters, neighbouring strings joined."""
    return streamed([draft[i : i + size] for i in range(0, len(draft), size)] if size else [draft], labels)


def in_two(draft: str, cut: int) -> list[str | DraftClaim]:
    return streamed([draft[:cut], draft[cut:]], LABELS)


def streamed(pieces: list[str], labels: Labels) -> list[str | DraftClaim]:
    stream = CitationStream(labels)
    items: list[str | DraftClaim] = []
    for item in [*(item for piece in pieces for item in stream.feed(piece)), *stream.finish()]:
        if isinstance(item, str) and items and isinstance(items[-1], str):
            items[-1] += item
        else:
            items.append(item)
    return items


def shown(draft: str, labels: Labels = LABELS) -> str:
    return "".join(item for item in run(draft, labels) if isinstance(item, str))


def brief(draft: str, labels: Labels = LABELS) -> list[tuple[str, list[str]]]:
    """Each claim as its words and the stamps it cites."""
    return [(claim.text, [label.stamp for label in claim.labels]) for claim in split_draft(draft, labels)]


@pytest.mark.parametrize(("draft", "stamps"), WELL_FORMED.values(), ids=WELL_FORMED)
def test_every_way_of_writing_an_offered_time_is_found(draft: str, stamps: list[str]) -> None:
    (claim,) = split_draft(draft, LABELS)

    assert [label.stamp for label in claim.labels] == stamps
    assert claim.faults == ()
    assert claim.text.rstrip(".") == "It began in art"
    assert claim.complete
    assert claim.is_claim


@pytest.mark.parametrize(("draft", "fault"), FAULTY.values(), ids=FAULTY)
def test_a_mark_that_points_nowhere_is_a_fault_and_never_text(draft: str, fault: str) -> None:
    claim = split_draft(draft, LABELS)[0]

    assert claim.labels == ()
    assert len(claim.faults) == 1
    assert fault in claim.faults[0]
    assert claim.is_claim
    assert not SHOWN_TIME.search(shown(draft))


def test_good_and_bad_marks_of_one_sentence_are_told_apart() -> None:
    (claim,) = split_draft("It began [2:28], they say [59:59].", LABELS)

    assert [label.stamp for label in claim.labels] == ["2:28"]
    assert claim.faults == ("the time 59:59 was not offered",)


def test_a_range_over_too_many_labels_is_a_fault() -> None:
    labels = Labels.of([Passage("e", tuple(sentence((i * 10.0, i * 10 + 9.0, f"Word {i}.")) for i in range(20)))])

    (claim,) = split_draft("All of it [0:00-3:10].", labels)

    assert (claim.labels, claim.faults) == ((), ("the range 0:00-3:10 spans 20 labels",))


def test_times_past_the_hour_are_found() -> None:
    assert brief("It went on [1:02:11]. And on [62:12].", HOUR) == [
        ("It went on.", ["1:02:11"]),
        ("And on.", ["1:02:11"]),
    ]


def test_several_episodes_are_told_apart_by_number() -> None:
    (claim,) = split_draft("It began [1 2:28] and it rained [2 5:00], not [2 2:28].", TWO)

    assert [(label.episode, label.stamp) for label in claim.labels] == [("a", "2:28"), ("b", "5:00")]
    assert claim.faults == ("the time 2:28 of episode 2 was not offered",)


@pytest.mark.parametrize(("draft", "text"), TEXT.values(), ids=TEXT)
def test_brackets_and_figures_that_are_no_marks_stay_text(draft: str, text: str) -> None:
    assert shown(draft) == text
    assert all(not claim.labels and not claim.faults for claim in split_draft(draft, LABELS))


@pytest.mark.parametrize(("draft", "text", "stamps"), PROSE.values(), ids=PROSE)
def test_a_time_in_running_prose_is_a_mark(draft: str, text: str, stamps: list[str]) -> None:
    assert shown(draft) == text
    assert brief(draft)[0][1] == stamps


@pytest.mark.parametrize(("draft", "sentences"), SENTENCES.values(), ids=SENTENCES)
def test_drafts_are_cut_into_sentences(draft: str, sentences: list[str]) -> None:
    assert [claim.text for claim in split_draft(draft, LABELS)] == sentences


@pytest.mark.parametrize(("draft", "stamps"), SHARING.values(), ids=SHARING)
def test_marks_go_to_the_sentence_they_stand_by(draft: str, stamps: list[list[str]]) -> None:
    assert [cited for _, cited in brief(draft)] == stamps


def test_a_claim_comes_right_after_its_sentence_and_before_what_follows() -> None:
    items = run("- It began [2:28].\n- It grew. [4:02] Then?")

    assert [item if isinstance(item, str) else item.text for item in items] == [
        "- It began.",
        "It began.",
        "\n- It grew.",
        "It grew.",
        " Then?",
        "Then?",
    ]


@pytest.mark.parametrize("draft", NOT_CLAIMS)
def test_talk_about_the_answer_is_no_claim(draft: str) -> None:
    assert [claim.is_claim for claim in split_draft(draft, LABELS)] == [False]


@pytest.mark.parametrize("line", ["## Where it began", "**Where it began**"])
def test_a_heading_is_no_claim_unless_it_is_the_answer(line: str) -> None:
    assert [claim.is_claim for claim in split_draft(f"{line}\nIn art. [2:28]", LABELS)] == [False, True]
    assert [claim.is_claim for claim in split_draft(line, LABELS)] == [True]


@pytest.mark.parametrize("draft", CLAIMS)
def test_statements_about_the_world_are_claims(draft: str) -> None:
    assert split_draft(draft, LABELS)[-1].is_claim


@pytest.mark.parametrize("draft", CUT.values(), ids=CUT)
def test_a_draft_cut_off_says_which_sentence_is_not_whole(draft: str) -> None:
    claims = split_draft(draft, LABELS)

    assert [claim.complete for claim in claims] == [True, False]
    assert not SHOWN_TIME.search(shown(draft))


@pytest.mark.parametrize("draft", ["", "   \n ", "[2:28]", "...", "- \n* "])
def test_a_draft_without_words_has_no_claims(draft: str) -> None:
    assert split_draft(draft, LABELS) == []


def test_parts_that_start_in_the_same_second_are_told_apart_by_their_words() -> None:
    labels = Labels.of([Passage("e", (sentence((10.0, 10.4, "Right.")), sentence((10.5, 14.0, "Boats need paint."))))])

    (claim,) = split_draft("It is right [0:10].", labels)

    assert [label.part.text for label in claim.labels] == ["Right."]


@pytest.mark.parametrize("draft", ALL_DRAFTS)
def test_cutting_the_draft_anywhere_changes_nothing(draft: str) -> None:
    whole = run(draft)

    assert all(run(draft, size=size) == whole for size in range(1, 8))
    assert all(in_two(draft, cut) == whole for cut in range(1, len(draft)))


TOKENS = st.sampled_from(
    [
        *(
            "[",
            "]",
            "(",
            ")",
            "【",
            "】",
            "2:28",
            "3:31",
            "9:99",
            "3:xx",
            "-",
            ",",
            ". ",
            ".",
            " ",
            "\n",
            "**",
            "`",
            "\\",
        ),
        *(
            "It began",
            "he said",
            "U.S.",
            "1.",
            "2",
            "at",
            " and ",
            '"',
            "!",
            "?",
            ":",
            "x",
            "。",
            "(#t=3)",
            "#",
            "[2:28]",
        ),
        "pm",
    ]
)


@given(st.lists(TOKENS, max_size=40).map("".join), st.lists(st.integers(1, 9), min_size=1, max_size=20))
@example("[3:31 " + "a" * 300, [7])
@example("2:28:2:28", [1])
@example("[" + "3:31, " * 60, [1])
@example("*" * 9 + "[3:31]" + "*" * 9, [1])
@example("[2:28]" + " " * 12 + "and" + " " * 12 + "[3:31]", [3])
def test_no_time_is_shown_and_pieces_do_not_matter(draft: str, sizes: list[int]) -> None:
    bounds = [0]
    while bounds[-1] < len(draft):
        bounds.append(bounds[-1] + sizes[len(bounds) % len(sizes)])
    stream = CitationStream(LABELS)
    items = [item for start, end in pairwise(bounds) for item in stream.feed(draft[start:end])] + stream.finish()
    text = "".join(item for item in items if isinstance(item, str))

    assert text == shown(draft)
    assert [item for item in items if isinstance(item, DraftClaim)] == split_draft(draft, LABELS)
    assert not re.search(r"[\[\]【】]", text)
    assert not re.search(r"(?<![\d:])\d{1,3}:\d\d(?![\d:.])(?!\s?(?:pm|x))", text)


@given(st.text(max_size=200))
def test_any_text_is_taken(draft: str) -> None:
    assert "[" not in shown(draft)


def test_a_long_draft_takes_linear_work() -> None:
    draft = "[3:31 " * 20_000 + "(" * 20_000 + "**[" * 10_000 + "so, " * 20_000

    assert not SHOWN_TIME.search(shown(draft))
