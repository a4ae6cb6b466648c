from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bot.errors import ModelError
from bot.models.follow_up import leans, names_all, stand_alone

BOATS = [
    {"role": "user", "content": "Do those wooden boats have uses beyond racing?"},
    {"role": "assistant", "content": "Yes, for teaching. [38:12] They carry [laughs] pupils. [38:20]"},
]


class Rewriting:
    """Rewrites as it is told and counts how often."""

    def __init__(self, wording: str | Exception) -> None:
        self.wording = wording
        self.calls: list[tuple[str, Sequence[Mapping[str, Any]]]] = []

    def rewrite(self, question: str, history: Sequence[Mapping[str, Any]], /) -> str:
        self.calls.append((question, history))
        if isinstance(self.wording, Exception):
            raise self.wording
        return self.wording


@pytest.mark.parametrize(
    "history", [[], [{"role": "assistant", "content": "Ask me."}]], ids=["none", "only a greeting"]
)
def test_without_an_earlier_question_no_model_is_asked(history: list[dict[str, str]]) -> None:
    model = Rewriting("Something else?")

    assert stand_alone(" What did they\nbuild? ", history, model) == "What did they build?"
    assert model.calls == []


def test_a_model_words_the_question() -> None:
    model = Rewriting("What would wooden boats be able to carry?")

    assert stand_alone("What could they carry?", BOATS, model) == "What would wooden boats be able to carry?"
    assert model.calls == [("What could they carry?", BOATS)]


@pytest.mark.parametrize(
    "wording",
    ['"What could boats carry?"', "Standalone question: What could boats carry?", "**What could boats carry?**\n"],
)
def test_wrappings_of_the_wording_are_taken_off(wording: str) -> None:
    assert stand_alone("What could they carry?", BOATS, Rewriting(wording)) == "What could boats carry?"


UNUSABLE = {
    "failure": ModelError("the endpoint is busy"),
    "nothing": "  ",
    "no words": "...",
    "two lines": "What?\nI rewrote the question for you.",
    "an essay": "word " * 100,
}


@pytest.mark.parametrize("wording", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_wording_falls_back_to_the_earlier_question(wording: str | Exception) -> None:
    found = stand_alone("What could they carry?", BOATS, Rewriting(wording))

    assert found == "Do those wooden boats have uses beyond racing? What could they carry?"


def test_a_question_that_names_all_it_asks_about_is_not_worded_anew() -> None:
    model = Rewriting("Something else?")

    assert stand_alone("Where did Ada Berg build boats?", BOATS, model) == "Where did Ada Berg build boats?"
    assert model.calls == []


@pytest.mark.parametrize(
    "question",
    [
        "Where did she build boats in Norway?",
        "Where did the museum in Oslo start?",
        "And where did Ada Berg build boats?",
        "Which other museums did Ada Berg found?",
        "Did Ada Berg say more about Norwegian boats?",
        "Where did Ada?",
        "Wo hat Ada Berg Boote gebaut?",
    ],
    ids=["pronoun", "the", "and", "other", "more", "few words", "another language"],
)
def test_whatever_could_point_back_is_left_to_the_model(question: str) -> None:
    assert not names_all(question)


def test_a_new_question_is_left_alone() -> None:
    assert stand_alone("Where did the harbour museum start?", BOATS, None) == "Where did the harbour museum start?"


def test_questions_join_back_to_one_that_stands_alone() -> None:
    history = [
        {"role": "user", "content": "Who paints the ferry?"},
        {"role": "assistant", "content": "Ada does. [1:00]"},
        *BOATS[:0],
        {"role": "user", "content": "And who pays for the harbour wall in winter?"},
        {"role": "user", "content": "Why?"},
    ]

    assert stand_alone("How much?", history[2:3], None) == "And who pays for the harbour wall in winter? How much?"
    assert stand_alone("How much?", history[:2], None) == "Who paints the ferry? How much?"
    assert stand_alone("How much?", history, None) == (
        "Who paints the ferry? And who pays for the harbour wall in winter? Why? How much?"
    )


def test_an_answer_joins_where_the_questions_have_no_words() -> None:
    history = [{"role": "user", "content": "Tell me more"}, {"role": "assistant", "content": "Ada paints it. [1:00]"}]

    assert stand_alone("Why?", history, None) == "Ada paints it. Why?"


def test_the_question_itself_at_the_end_of_the_history_is_not_history() -> None:
    history = [{"role": "user", "content": "Why?"}]

    assert stand_alone("Why?", history, None) == "Why?"


LEANING = [
    "What would they be able to perceive?",
    "And why?",
    "Why?",
    "But how?",
    "What about pricing?",
    "and for somebody starting a shop now?",
    "Who founded it?",
    "Did he study art?",
    "What did she say about it?",
    "Which companies use it?",
    "What are their plans?",
    "Is that expensive?",
    "What does that mean?",
    "What happened there?",
    "Tell me more",
    "Who else?",
    "Which ones exactly?",
    "What was that boat called?",
    "How do they plan to stay ahead then?",
    "Pricing?",
]


@pytest.mark.parametrize("question", LEANING)
def test_questions_that_lean_on_the_conversation(question: str) -> None:
    assert leans(question)


ALONE = [
    "Where did the workshop start?",
    "What is this episode about?",
    "Who is the host of the show?",
    "Did Ada say she was a painter?",
    "Does the guild sell its boats?",
    "When did the guild start and who founded it?",
    "How do painters use the tool and what do they make?",
    "Is it true that boats get larger?",
    "What is the name of the guest's dog?",
    "Who sponsors the show?",
    "How long does it take to build a boat?",
    "does he think machines will replace painters in the harbour",
    "¿Por qué?",
]


@pytest.mark.parametrize("question", ALONE)
def test_questions_that_stand_alone(question: str) -> None:
    assert not leans(question)
