"""A model's answer as it grows, honest when it fails, and stopped when the reader says so."""

import pytest

from tests.browser.page_actions import START, answered, ask, wait_until
from tests.fakes import drip, hang, refuse, say


def test_follow_up_shows_what_was_searched_for(prose, endpoint):
    ask(prose, START)
    endpoint.behaviour = say("Where did Runway begin in art school?")
    ask(prose, "And why there?")
    assert prose.locator("#earlier .turn").count() == 1
    assert "Searched for: Where did Runway begin" in prose.inner_text("#live .searched")


def test_prose_shows_evidence_claims_and_meter(prose, endpoint):
    endpoint.behaviour = say("Runway started in art school [2:28]. It has forty million users [2:28].")
    ask(prose, START)
    assert prose.locator("#live .evidence q").first.is_visible()
    assert "forty million" in prose.inner_text("#live .prose .unconfirmed")
    assert "forty million" in prose.inner_text("#live .doubts")
    assert "openai:fake" in prose.inner_text("#live .meter")


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(refuse(401), id="401"),
        pytest.param(hang(headers=True), id="silent"),
        pytest.param(refuse(429), id="429", marks=pytest.mark.slow),
        pytest.param(refuse(500), id="500", marks=pytest.mark.slow),
        pytest.param(say(""), id="empty", marks=pytest.mark.slow),
    ],
)
def test_a_failing_endpoint_leaves_the_box_usable(prose, endpoint, behaviour):
    endpoint.behaviour = behaviour
    ask(prose, START)
    assert prose.locator("#live .degraded, #live .note.failed").first.is_visible()
    endpoint.behaviour = say("It began in art school [2:28].")
    ask(prose, "What came out of art school?")
    assert prose.locator(".turn").count() == 2
    assert prose.locator("#live .degraded, #live .note.failed").count() == 0


def test_text_appears_while_it_is_written(prose, endpoint):
    endpoint.behaviour = drip("It began in art school [2:28]. And so on. " * 6, 0.05)
    prose.fill("#question", START)
    prose.press("#question", "Enter")
    prose.wait_for_function("document.querySelector('#live .prose')?.textContent.includes('art school')")
    assert prose.get_attribute("#live .turn", "data-state") == "working"
    assert prose.locator("#question").is_enabled()
    prose.fill("#question", "typed while it is written")
    answered(prose, START)
    assert prose.input_value("#question") == "typed while it is written"


def test_what_no_sentence_supports_is_never_seen(prose, endpoint):
    endpoint.behaviour = drip("Bananas rule the moon [40:00]. They are made of cheese. ", 0.02)
    prose.evaluate(
        """() => {
            window.seen = "";
            const watch = () => { window.seen += document.querySelector("#live").textContent; };
            new MutationObserver(watch).observe(document.querySelector("#live"), {childList: true, subtree: true});
        }"""
    )
    ask(prose, START)
    assert prose.inner_text("#live .prose").strip() == "The episode does not say."
    assert prose.locator("#live .badge.refusal").is_visible()
    assert prose.locator("#live .evidence a.time").count() >= 1
    assert "Bananas" not in prose.evaluate("window.seen")


def test_stop_keeps_what_was_answered_and_ends_the_call(prose, endpoint):
    endpoint.behaviour = drip("It began in art school [2:28]. And so on. " * 100, 0.05)
    prose.fill("#question", START)
    prose.press("#question", "Enter")
    prose.wait_for_function("document.querySelector('#live .prose')?.textContent.includes('art school')")
    prose.get_by_role("button", name="Stop").click()
    answered(prose, START)
    assert prose.get_attribute("#live .turn", "data-state") == "stopped"
    assert "art school" in prose.inner_text("#live .prose")
    wait_until(prose, lambda: endpoint.fake.answering == 0)
    assert endpoint.fake.answering == 0


def test_a_lost_connection_is_said_and_the_box_stays_usable(prose, prose_window):
    prose.context.set_offline(True)
    ask(prose, START)
    assert "connection was lost" in prose.inner_text("#live .note")
    assert prose.locator("#question").is_enabled()
    prose.context.set_offline(False)
    assert all("ERR_INTERNET_DISCONNECTED" in line for line in prose_window.complaints)
    prose_window.complaints.clear()
    ask(prose, START)
    assert "art school" in prose.inner_text("#live .prose")
