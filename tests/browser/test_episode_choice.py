"""A page with several episodes and models to choose from."""

import re

import pytest

from tests.browser.page_actions import Window, ask, begin_anew, lit
from tests.serving import serving


@pytest.fixture(scope="module")
def two_store(tmp_path_factory):
    """The folder of a store with two short episodes."""
    from bot.earmark import Earmark

    folder = tmp_path_factory.mktemp("two")
    for name, words in (("bees", "The bees dance to show where the flowers are."), ("tides", "The moon raises tides.")):
        (folder / name).mkdir()
        cue = f"1\n00:00:05,000 --> 00:00:09,000\n{words}\n"
        (folder / name / "talk.srt").write_text(cue, encoding="utf-8")
        about = f"id = '{name}'\ntitle = 'About {name}'\ntranscript = 'talk.srt'\n"
        (folder / name / "episode.toml").write_text(about, encoding="utf-8")
    with Earmark.open(folder / "store") as bot:
        assert not bot.ingest(folder / "bees", folder / "tides").rejected
    return folder / "store"


@pytest.fixture(scope="module")
def two_url(two_store):
    with serving("--store", two_store, "--model", "quotes", "--model", "openai:absent") as url:
        yield url


@pytest.fixture(scope="module")
def two_window(browser, two_url):
    with Window(browser, two_url) as window:
        yield window


@pytest.fixture
def two(two_window):
    """The page with the first episode's transcript, all episodes asked, quotes chosen."""
    begin_anew(two_window.page)
    yield two_window.page
    two_window.check()


def test_a_time_opens_the_transcript_of_its_episode(two):
    assert two.inner_text("#transcript .about h2") == "About bees"
    ask(two, "What raises tides?")
    two.locator('#live a.time[data-episode="tides"]:visible').first.click()
    two.wait_for_selector("#transcript .row.lit")
    assert two.inner_text("#transcript .about h2") == "About tides"
    assert "The moon raises tides." in lit(two)


def test_copied_times_name_their_episode(two):
    ask(two, "What raises tides?")
    markdown = two.get_attribute("#live .turn", "data-markdown")
    assert re.search(r"\]\(\?t=5&episode=tides\)", markdown)
    assert "*About tides*" in markdown


def test_the_chosen_model_answers_about_the_chosen_episode(browser, two_url):
    with Window(browser, two_url) as window:
        page = window.page
        page.get_by_role("combobox", name="Episode asked").click()
        page.get_by_role("option", name="About tides").click()
        page.wait_for_function("document.querySelector('#transcript .about h2').textContent === 'About tides'")
        ask(page, "What do the bees dance for?")
        assert page.locator('#live a.time[data-episode="bees"]').count() == 0
        assert page.locator("#live .degraded, #live .note.failed").count() == 0
        page.get_by_role("combobox", name="Answered by").click()
        page.get_by_role("option", name="openai:absent").click()
        ask(page, "What raises tides?")
        assert page.locator("#live .degraded, #live .note.failed").first.is_visible()


@pytest.mark.slow
def test_a_link_opens_a_moment_of_its_episode(browser, two_url):
    with Window(browser, two_url, "/?t=5&episode=tides") as window:
        window.page.wait_for_selector(".row.lit")
        assert window.page.inner_text("#transcript .about h2") == "About tides"
        assert "The moon raises tides." in lit(window.page)


@pytest.mark.slow
def test_an_episode_that_comes_later_is_there_for_the_next_reader(browser, two_url, two_store, tmp_path):
    from bot.earmark import Earmark

    late = tmp_path / "late.srt"
    late.write_text("1\n00:00:05,000 --> 00:00:09,000\nA latecomer speaks of glaciers.\n", encoding="utf-8")
    with Earmark.open(two_store) as bot:
        assert not bot.ingest(late).rejected
    with Window(browser, two_url) as window:
        page = window.page
        page.wait_for_function("document.querySelector('.welcome h2').textContent.includes('3 episodes')")
        page.get_by_role("combobox", name="Episode asked").click()
        page.get_by_role("option", name="late").click()
        page.wait_for_function("document.querySelector('#transcript .words').textContent.includes('latecomer')")
        ask(page, "What does the latecomer speak of?")
        assert page.locator('#live a.time[data-episode="late"]').count()
