"""A turn, an answer's text and a transcript as HTML, and as Markdown to copy."""

from dataclasses import replace

import pytest

from bot.page.fixed_parts import small_print_html
from bot.page.prose import prose_html, seconds_of
from bot.page.rendering import turn_html
from bot.page.transcript_view import transcript_html
from bot.page.turn_markdown import plain_markdown, turn_markdown
from bot.page.turns import Turn
from bot.records import Claim, Episode, Part, Sentence
from tests.page.replies import ONE, SPONSOR, TALK, TWO, reply_of, turn_of


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("## A ##", '<p class="heading">A</p>'),
        ("> a\n> b", "<blockquote><p>a<br>b</p></blockquote>"),
        ("**a** *b* `c`", "<p><strong>a</strong> <em>b</em> <code>c</code></p>"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("**a", "<p>**a</p>"),
        ("a [2:28] [1:02:03]", "<p>a <2:28> <1:02:03></p>"),
        ("[2 3:31]", "<p><3:31 of 2></p>"),
        ("[3:3] [x:31] [331]", "<p>[3:3] [x:31] [331]</p>"),
        ("", ""),
    ],
)
def test_prose_forms(text, html):
    def mark(stamp, number):
        return f"<{stamp} of {number}>" if number else f"<{stamp}>"

    assert prose_html(text, mark) == html


@pytest.mark.parametrize(("stamp", "seconds"), [("0:00", 0), ("2:28", 148), ("62:03", 3723), ("1:02:03", 3723)])
def test_seconds_of_a_stamp(stamp, seconds):
    assert seconds_of(stamp) == seconds


def test_mark_links_to_its_citation_to_the_part_of_a_second():
    html = turn_html(turn_of(reply_of()), ONE)
    assert 'href="?t=148.2" data-t="148.20" data-end="153.00" data-episode="ep"' in html


def test_link_names_the_episode_where_there_are_several():
    assert "?t=148.2&amp;episode=ep" in turn_html(turn_of(reply_of()), TWO)


def test_same_stamp_in_two_episodes_follows_the_order_of_claims():
    claims = (Claim("A.", "supported", (1,)), Claim("B.", "supported", (0,)))
    citations = (TALK, replace(TALK, episode="other"))
    html = turn_html(turn_of(reply_of("A. [2:28] B. [2:28]", claims=claims, citations=citations)), TWO)
    prose = html.partition('<div class="prose"')[2].partition('<details class="evidence"')[0]
    assert prose.index('data-episode="other"') < prose.index('data-episode="ep"')


def test_mark_without_citation_is_no_link():
    html = turn_html(turn_of(reply_of("It began. [9:59]")), ONE)
    assert '<span class="time">9:59</span>' in html


def test_streamed_mark_is_a_link_before_the_reply_is_there():
    assert 'data-t="148.00"' in turn_html(Turn(1, "q", text="It began. [2:28]"), ONE)


def test_unsupported_sentence_is_marked_with_its_reason():
    text = "It began in art school. [2:28] It has **ten** users. (not confirmed by the episode)"
    claims = (*reply_of().claims, Claim("It has ten users.", "unsupported", (), 0.1, "ten is not said there"))
    html = turn_html(turn_of(reply_of(text, claims=claims)), ONE)
    assert '<span class="unconfirmed">It has <strong>ten</strong> users.</span>' in html
    assert '<span class="doubt">not confirmed by the episode</span>' in html
    assert "ten is not said there" in html


def test_what_was_held_back_is_not_told_among_the_doubts():
    claims = (*reply_of().claims, Claim("Send your password.", "unsupported", (), 0.1, "no such words"))
    assert "password" not in turn_html(turn_of(reply_of(claims=claims)), ONE)


def test_many_nearest_moments_are_folded_behind_the_best():
    reply = reply_of(
        "The episode does not say.", verdict="not_in_episode", claims=(), citations=(), nearest=(TALK,) * 9
    )
    best, _, further = turn_html(turn_of(reply), ONE).partition('<details class="further"><summary>6 more</summary>')
    assert (best.count("<li>"), further.count("<li>")) == (3, 6)


def test_neighbouring_sentences_are_one_nearest_moment():
    following = replace(TALK, start=153.0, end=157.0, quote="It grew from there.")
    elsewhere = replace(TALK, start=900.0, end=904.0)
    reply = reply_of(verdict="not_in_episode", claims=(), citations=(), nearest=(TALK, following, elsewhere))
    html = turn_html(turn_of(reply), ONE)
    assert html.count("<li>") == 2
    assert 'data-t="148.20" data-end="157.00"' in html
    assert "It began in art school. It grew from there." in html


def test_refusal_shows_nearest_moments_as_links():
    reply = reply_of("The episode does not say.", verdict="not_in_episode", claims=(), citations=(), nearest=(TALK,))
    html = turn_html(turn_of(reply), ONE)
    assert "Not found in the episode" in html
    assert '<details class="evidence" open><summary>Nearest moments' in html
    assert 'data-t="148.20"' in html


@pytest.mark.parametrize(
    ("kinds", "shown"), [(("sponsor",), True), (("sponsor", "promo"), True), (("sponsor", "talk"), False), ((), False)]
)
def test_sponsor_label_only_where_nothing_else_is_cited(kinds, shown):
    citations = tuple(replace(SPONSOR, kind=kind) for kind in kinds)
    assert ('<p class="badge sponsor">' in turn_html(turn_of(reply_of(citations=citations, claims=())), ONE)) is shown


def test_evidence_names_kind_and_speaker():
    html = turn_html(turn_of(reply_of(citations=(replace(SPONSOR, speaker="Ann"),))), ONE)
    assert '<span class="kind sponsor">Sponsor</span>' in html
    assert "Ann" in html


def test_quotes_fold_the_evidence_that_they_already_show():
    html = turn_html(turn_of(reply_of('- "It began in art school." [2:28]', model="quotes")), ONE)
    assert '<details class="evidence">' in html


def test_searched_for_is_shown_only_when_it_differs():
    assert "Searched for" not in turn_html(turn_of(reply_of(searched_for=" where? ")), ONE)
    assert "Searched for: Where did it begin?" in turn_html(turn_of(reply_of(searched_for="Where did it begin?")), ONE)


def test_meter_says_time_tokens_claims_and_model():
    assert "1.2 s · 812 + 64 tokens · 1 checked, 0 dropped · openai:a" in turn_html(turn_of(reply_of()), ONE)


def test_degraded_is_said():
    assert "the endpoint is silent" in turn_html(turn_of(reply_of(degraded="the endpoint is silent")), ONE)


def test_thumbs_only_where_feedback_is_on():
    turn = turn_of(reply_of(), token="t")
    assert 'data-do="up"' not in turn_html(turn, ONE)
    assert 'data-do="up"' in turn_html(turn, ONE, feedback=True)
    assert "save the question" in small_print_html(feedback=True)
    assert "save" not in small_print_html(feedback=False)


def test_markdown_has_links_and_evidence_and_no_other_markup():
    reply = reply_of("It <b>began</b> ![x](http://a.example/x.png). [2:28]")
    markdown = turn_markdown(turn_of(reply, question="Where *did* it?"), ONE)
    assert "## Where \\*did\\* it?" in markdown
    assert "[2:28](?t=148.2)" in markdown
    assert "![" not in markdown.replace("!\\[", "")
    assert "<b>" not in markdown.replace("\\<b>", "")
    assert "- [2:28](?t=148.2) “It began in art school.”" in markdown


def test_plain_markdown_escapes_and_joins_lines():
    assert plain_markdown("a\n[b](c) <d>") == r"a \[b\](c) \<d\>"


def test_transcript_rows_are_sentences_with_their_parts():
    sentence = Sentence((Part(1.5, 4, "One,", 1), Part(4, 7, "two.", 2)))
    html = transcript_html(Episode("ep"), [sentence])
    assert '<p class="row" data-start="1.50" data-end="7.00">' in html
    assert '<span data-t="1.50">One,</span> <span data-t="4.00">two.</span>' in html


def test_transcript_folds_what_is_not_talk():
    kinds = ("intro", "sponsor", "talk", "talk", "promo")
    sentences = [Sentence((Part(i, i + 1, "Word.", 1),), kind) for i, kind in enumerate(kinds)]
    html = transcript_html(Episode("ep"), sentences)
    assert html.count("<details") == 3
    assert html.count('<div class="stretch talk">') == 1


def test_speaker_is_named_when_it_changes():
    sentences = [Sentence((Part(i, i + 1, "Word.", 1),), "talk", who) for i, who in enumerate(["A", "A", "B"])]
    assert transcript_html(Episode("ep"), sentences).count('class="speaker"') == 2


def test_source_is_a_link_only_for_web_addresses():
    assert "<a href=" in transcript_html(Episode("ep", source="https://a.example/x"), [])
    assert "<a href=" not in transcript_html(Episode("ep", source="javascript:alert(1)"), [])
