"""Whatever somebody wrote, the page shows its characters, and they become no markup."""

from dataclasses import replace

import pytest

from bot.page.fixed_parts import welcome_html
from bot.page.prose import escape, prose_html
from bot.page.rendering import turn_html
from bot.page.transcript_view import transcript_html
from bot.page.turns import Turn
from bot.records import Claim, Episode, Part, Person, Sentence
from tests.hostile_strings import HOSTILE
from tests.page.replies import ONE, TALK, Seen, reply_of, turn_of

HARMLESS_TAGS = set(
    "article h2 h3 p div ul ol li strong em code span q a button details summary blockquote br cite section header b "
    "svg path circle nav output input label".split()
)

HARMLESS_ATTRIBUTES = set(
    "class dir href id role tabindex type open hidden title for "
    "aria-label aria-pressed aria-live data-do data-t data-end data-start data-edition data-episode data-heading "
    "data-number data-state data-question data-answer data-token data-markdown target rel".split()
)


def assert_harmless(html):
    seen = Seen(html)
    assert seen.tags <= HARMLESS_TAGS
    assert seen.attributes <= HARMLESS_ATTRIBUTES
    return seen


hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


@hostile
def test_hostile_question_is_literal(text):
    assert text in assert_harmless(turn_html(Turn(1, text), ONE)).text


@hostile
def test_hostile_answer_is_harmless_at_every_prefix(text):
    for end in range(len(text) + 1):
        assert_harmless(turn_html(Turn(1, "q", text=text[:end]), ONE))


@hostile
def test_hostile_words_of_an_episode_are_literal_in_quotes(text):
    reply = reply_of(f'- "{text}" [2:28]', citations=(replace(TALK, quote=text, speaker=text),), model="quotes")
    seen = assert_harmless(turn_html(turn_of(reply), {"ep": text, "other": "x"}))
    assert seen.text.replace("\ue000", "").count(text.replace("\ue000", "").replace("\ue001", "")) >= 1
    assert text in seen.text


@hostile
def test_hostile_transcript_and_header_are_literal(text):
    episode = Episode("ep", text, text, text, (Person(text, text),), source=text)
    sentence = Sentence((Part(0, 2, text, 1),), "sponsor", text)
    seen = assert_harmless(transcript_html(episode, [sentence], audio="", named=True))
    assert seen.text.count(text) >= 6


@hostile
def test_hostile_error_reason_and_search_are_literal(text):
    claim = Claim(text, "unsupported", (), 0.1, text)
    reply = reply_of(text, searched_for=text, degraded=text, claims=(claim,), model=text)
    assert assert_harmless(turn_html(turn_of(reply, note=text), ONE)).text.count(text) >= 5


@hostile
def test_hostile_example_is_literal(text):
    assert text in assert_harmless(welcome_html([Episode("ep", questions=(text,))])).text


def test_verbatim_text_keeps_stars_and_backticks():
    assert "**loud** `code`" in Seen(prose_html("**loud** `code`", lambda stamp, _: stamp, verbatim=True)).text


def test_nul_is_shown_as_replacement_character():
    assert escape("a\0b") == "a\ufffdb"
