"""What people do with answers: ask again, edit, copy, export, rate; by mouse, by keyboard and by ear."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from tests.browser.page_actions import START, Window, answered, ask

AXE = importlib.util.find_spec("axe_playwright_python")


def test_ask_again_replaces_the_last_answer(quotes):
    ask(quotes, START)
    quotes.locator("#live").get_by_role("button", name="Ask again").click()
    quotes.wait_for_function("document.body.dataset.busy === 'no' && document.querySelector('#live .turn')")
    assert quotes.locator(".turn").count() == 1


def test_editing_the_last_question_replaces_it(quotes):
    ask(quotes, "Where did it begin?")
    quotes.locator("#live").get_by_role("button", name="Edit question").click()
    assert quotes.input_value("#question") == "Where did it begin?"
    ask(quotes, START)
    assert quotes.locator(".question").all_inner_texts() == [START]


def test_escape_leaves_the_question_as_it_was(quotes):
    ask(quotes, START)
    quotes.locator("#live").get_by_role("button", name="Edit question").click()
    quotes.keyboard.press("Escape")
    assert quotes.input_value("#question") == ""
    ask(quotes, "What is a general world model?")
    assert quotes.locator(".turn").count() == 2


def test_thumb_is_saved_as_a_question_case(quotes, thumbs):
    assert "save the question" in quotes.inner_text("#small-print")
    ask(quotes, START)
    quotes.locator("#live").get_by_role("button", name="Helpful", exact=True).click()
    for _ in range(100):
        cases = [json.loads(line) for line in thumbs.read_text(encoding="utf-8").splitlines()]
        praised = [case for case in cases if case["run"]["thumb"] == "up"]
        if praised:
            break
        quotes.wait_for_timeout(50)
    assert [(case["question"], case["expect"]) for case in praised] == [(START, "answer")]


def test_answer_is_announced(quotes):
    ask(quotes, START)
    assert quotes.inner_text("#status").startswith("Answer:")
    assert quotes.get_attribute("#live", "aria-busy") == "false"


def test_copy_and_export_are_markdown_with_links(browser, quotes_url):
    allowed = {"permissions": ["clipboard-read", "clipboard-write"], "accept_downloads": True}
    with Window(browser, quotes_url, **allowed) as window:
        page = window.page
        ask(page, START)
        page.locator("#live").get_by_role("button", name="Copy with times").click()
        page.wait_for_function("document.querySelector('#live [data-do=copy]').textContent === 'Copied'")
        copied = page.evaluate("navigator.clipboard.readText()")
        with page.expect_download() as download:
            page.get_by_role("button", name="Export").click()
        exported = Path(download.value.path()).read_text(encoding="utf-8")
        assert download.value.suggested_filename == "earmark-practical-ai-260.md"
        assert copied in exported
        (address, *_) = re.findall(r"\]\((http://[^)]+)\)", copied)
        assert address.startswith(f"{quotes_url}/?t=")
        page.goto(address)
        page.wait_for_selector(".row.lit")


def test_every_button_works_by_keyboard(browser, quotes_url):
    """Those of `script/buttons.js`, one after the other, by focus and Enter."""

    def press(name):
        page.get_by_role("button", name=name, exact=True).last.press("Enter")

    allowed = {"permissions": ["clipboard-read", "clipboard-write"], "color_scheme": "light"}
    with Window(browser, quotes_url, **allowed) as window:
        page = window.page
        example = page.locator(".example").first
        question = example.inner_text()
        example.press("Enter")
        answered(page, question)
        assert page.locator(".welcome").count() == 0
        press("Ask again")
        page.wait_for_function("document.body.dataset.busy === 'no' && document.querySelector('#live .turn')")
        page.locator("#live .evidence summary").press("Enter")
        assert page.locator("#live .evidence q").first.is_visible()
        press("Copy with times")
        page.wait_for_function("document.querySelector('#live [data-do=copy]').textContent === 'Copied'")
        press("Edit question")
        assert page.evaluate("document.activeElement.id") == "question"
        page.keyboard.press("Escape")
        assert not page.evaluate("document.body.classList.contains('dark')")
        press("Switch between light and dark")
        assert page.evaluate("document.body.classList.contains('dark')")
        page.locator("#transcript details.sponsor summary").first.press("Enter")
        assert page.locator("#transcript details.sponsor[open] .row").first.is_visible()
        press("Not helpful")
        assert page.locator('#live [data-do="down"]').is_disabled()
        with page.expect_download():
            press("Export")
        press("New")
        page.wait_for_selector(".welcome")
        page.wait_for_function("document.body.classList.contains('dark')")


SCREENS = [
    pytest.param(scheme, width, marks=[] if (scheme, width) == ("light", 1280) else [pytest.mark.slow])
    for scheme in ("light", "dark")
    for width in (1280, 390)
]


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
@pytest.mark.skipif(AXE is None, reason="axe-playwright-python is not installed")
def test_axe_finds_nothing_serious(browser, quotes_url, scheme, width):
    axe = (Path(AXE.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")
    with Window(browser, quotes_url, color_scheme=scheme, viewport={"width": width, "height": 800}) as window:
        findings = _findings(window.page, axe)
        ask(window.page, "Who sponsors the show?")
        window.page.locator("#live .prose a.time").first.click()
        findings += _findings(window.page, axe)
    assert findings == []


def _findings(page, axe):
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
