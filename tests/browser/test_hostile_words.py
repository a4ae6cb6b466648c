"""Hostile words as transcript, title, example, question and answer stay characters."""

import pytest

from tests.browser.conftest import Director
from tests.browser.page_actions import Window, ask
from tests.fakes import FakeOpenAI, drip
from tests.hostile_strings import HOSTILE
from tests.serving import serving

LITERAL = [text.replace("\u2028", " ").strip() for text in HOSTILE.values()]
TITLE = HOSTILE["attribute_end"] + HOSTILE["script"] + HOSTILE["handlebars"]
MADE_OF_WORDS = (
    "#live :is(img, form, iframe, object, svg, style, script, video), #transcript :is(img, form, svg, script)"
)


@pytest.fixture
def hostile_store(tmp_path):
    from bot.earmark import Earmark

    folder = tmp_path / "hostile"
    folder.mkdir()
    cues = [
        f"{place}\n00:{place // 6:02d}:{place % 6}0,000 --> 00:{place // 6:02d}:{place % 6}9,000\n{line}\n"
        for place, line in enumerate(LITERAL)
    ]
    (folder / "talk.srt").write_text("\n".join(cues), encoding="utf-8")
    (folder / "episode.toml").write_text(
        f"id = 'hostile'\ntitle = '''{TITLE}'''\ntranscript = 'talk.srt'\nquestions = ['{HOSTILE['svg_onload']}']\n",
        encoding="utf-8",
    )
    with Earmark.open(tmp_path / "store") as bot:
        report = bot.ingest(folder)
        assert not report.rejected, report
    return tmp_path / "store"


@pytest.mark.slow
def test_hostile_strings_stay_characters_in_every_place(browser, hostile_store):
    director = Director()
    with (
        FakeOpenAI([director] * 200) as fake,
        serving("--store", hostile_store, environment=fake.environment) as url,
        Window(browser, url) as window,
    ):
        page = window.page
        assert page.inner_text("#transcript .about h2") == TITLE
        assert page.title().endswith(TITLE)
        assert page.locator(".example").inner_text() == HOSTILE["svg_onload"]
        for text in LITERAL:
            director.behaviour = drip(f"{text} and so on. ", 0.002)
            ask(page, text)
            assert " ".join(page.inner_text("#live .question").split()) == " ".join(text.split())
            assert page.locator(MADE_OF_WORDS).count() == 0
        page.wait_for_timeout(300)
        assert page.evaluate("window.hacked") is None
