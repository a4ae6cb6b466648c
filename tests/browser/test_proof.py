"""From an answer to the moment that proves it: times, the transcript, the sound, links, a phone, the keyboard."""

import re
from urllib.parse import quote

from tests.browser.page_actions import START, Window, answered, ask, lit


def test_answer_carries_times_that_light_the_quoted_sentence_in_view(quotes):
    ask(quotes, START)
    quotes.locator("#live .evidence summary").click()
    moments = quotes.locator("#live .evidence li")
    assert moments.count() >= 1
    assert "art school" in quotes.inner_text("#live .prose")
    for place in range(moments.count()):
        moments.nth(place).locator("a.time").click()
        quoted = moments.nth(place).locator("q").inner_text().strip("“”")
        assert " ".join(quoted.split()) in lit(quotes)
        assert quotes.locator("#transcript .row.lit").first.evaluate(
            "row => { const box = row.closest('.rows').getBoundingClientRect(), r = row.getBoundingClientRect();"
            " return r.top >= box.top && r.bottom <= box.bottom; }"
        )


def test_a_time_seeks_the_sound(quotes):
    ask(quotes, START)
    for link in quotes.locator("#live .prose a.time").all():
        link.click()
        quotes.wait_for_function("document.querySelector('#player').seeking === false")
        wanted = float(link.get_attribute("data-t"))
        assert abs(quotes.evaluate("document.querySelector('#player').currentTime") - wanted) < 1


def test_refusal_shows_the_nearest_moments(quotes):
    ask(quotes, "What is the name of the guest's dog?")
    assert quotes.locator("#live .badge.refusal").is_visible()
    quotes.locator("#live a.time:visible").first.click()
    assert lit(quotes)


def test_sponsor_answer_carries_a_label_and_opens_the_fold(quotes):
    ask(quotes, "Who sponsors the show?")
    assert quotes.locator("#live .badge.sponsor").is_visible()
    quotes.locator("#live .prose a.time").first.click()
    assert quotes.locator("#transcript details.sponsor[open] .row.lit").is_visible()


def test_search_counts_and_steps_through_hits(quotes):
    quotes.fill("#search", "Art School")
    count = int(quotes.inner_text("#found").split(" of ")[1])
    assert count > 1
    quotes.press("#search", "Enter")
    assert quotes.inner_text("#found") == f"2 of {count}"
    quotes.press("#search", "Shift+Enter")
    quotes.press("#search", "Shift+Enter")
    assert quotes.inner_text("#found") == f"{count} of {count}"
    quotes.fill("#search", "zzzz")
    assert quotes.inner_text("#found") == "none"
    quotes.press("#search", "Escape")
    assert quotes.input_value("#search") == ""


def test_keyboard_alone_reaches_the_proof_and_comes_back(quotes):
    quotes.focus("#question")
    quotes.keyboard.type(START)
    quotes.keyboard.press("Enter")
    answered(quotes, START)
    for _ in range(40):
        quotes.keyboard.press("Shift+Tab")
        if quotes.evaluate("document.activeElement.matches('#live .prose a.time')"):
            break
    name = quotes.evaluate("document.activeElement.getAttribute('aria-label')")
    assert re.fullmatch(r"[\d:]+, show in the transcript", name)
    quotes.keyboard.press("Enter")
    assert quotes.evaluate("document.activeElement.matches('#transcript .row.lit')")
    quotes.keyboard.press("Escape")
    assert quotes.evaluate("document.activeElement.getAttribute('aria-label')") == name


def test_following_stops_when_the_reader_scrolls_and_goes_on_when_asked(quotes):
    follow = quotes.get_by_role("button", name="Follow")
    for scrolls in (lambda: quotes.mouse.wheel(0, 300), lambda: quotes.keyboard.press("PageDown")):
        quotes.locator("#transcript .row:visible a.at").first.click()
        assert follow.get_attribute("aria-pressed") == "true"
        quotes.locator("#transcript .rows").focus()
        quotes.locator("#transcript .rows").hover()
        scrolls()
        quotes.wait_for_selector('[data-do="follow"][aria-pressed="false"]')
        follow.click()
        assert follow.get_attribute("aria-pressed") == "true"


def test_sync_nudge_shifts_the_sound_and_is_kept_and_the_spoken_sentence_is_followed(browser, quotes_url):
    with Window(browser, quotes_url) as window:
        page = window.page
        page.get_by_role("button", name="Audio half a second later").click()
        page.get_by_role("button", name="Audio half a second later").click()
        assert page.inner_text("#nudge") == "+1.0 s"
        page.goto(quotes_url + "/?t=211")
        page.wait_for_function("document.querySelector('#nudge')?.textContent === '+1.0 s'")
        page.wait_for_selector(".row.lit")
        page.wait_for_function("Math.abs(document.querySelector('#player').currentTime - 212) < 0.5")
        page.evaluate("document.querySelector('#player').play()")
        page.wait_for_selector("#transcript .row.spoken")
        start, end = (float(page.get_attribute("#transcript .row.spoken", f"data-{edge}")) for edge in ("start", "end"))
        assert start <= 212
        assert end >= 210


def test_deep_link_opens_a_moment_and_asks_a_question(browser, quotes_url):
    with Window(browser, quotes_url, f"/?t=211&q={quote(START)}") as window:
        window.page.wait_for_selector(".row.lit")
        start, end = (float(window.page.get_attribute(".row.lit", f"data-{edge}")) for edge in ("start", "end"))
        assert start <= 211.1
        assert end >= 211
        answered(window.page, START)
        assert "art school" in window.page.inner_text("#live .prose")


def test_phone_shows_one_side_and_one_tap_leads_back(browser, quotes_url):
    with Window(browser, quotes_url, viewport={"width": 390, "height": 844}, has_touch=True) as window:
        page = window.page
        ask(page, START)
        assert not page.locator("#transcript").is_visible()
        link = page.locator("#live .prose a.time").first
        link.tap()
        assert page.locator("#transcript .row.lit").is_visible()
        assert not link.is_visible()
        page.get_by_role("button", name="Answer").tap()
        assert link.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
