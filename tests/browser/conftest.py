"""The page in Debian's Chromium: one browser a file, and one page a file where a test needs no fresh one."""

import wave
from pathlib import Path

import pytest

from tests.browser.page_actions import Window, begin_anew
from tests.fakes import FakeOpenAI, say
from tests.serving import serving

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
).split()
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM}: apt-get install chromium"))


@pytest.fixture(scope="module")  # not longer: while it lives, this thread has an event loop
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def thumbs(tmp_path_factory):
    return tmp_path_factory.mktemp("page") / "thumbs.jsonl"


@pytest.fixture(scope="session")
def quotes_url(bundled_store, thumbs):
    """The page with the bundled episode, without a model, with sound and feedback."""
    sound = _silence(thumbs.parent / "silence.wav", 2700)
    with serving("--store", bundled_store, "--audio", sound, "--feedback", thumbs) as url:
        yield url


@pytest.fixture(scope="module")
def quotes_window(browser, quotes_url):
    with Window(browser, quotes_url) as window:
        yield window


@pytest.fixture
def quotes(quotes_window):
    """That page with an empty conversation, loaded once a file: Gradio's script starts for longer than a test takes."""
    begin_anew(quotes_window.page)
    yield quotes_window.page
    quotes_window.check()


@pytest.fixture(scope="session")
def endpoint():
    """The model's endpoint; `endpoint.behaviour` is what it does next."""
    director = Director()
    with FakeOpenAI([director] * 500) as director.fake:
        yield director


@pytest.fixture(scope="session")
def prose_url(bundled_store, endpoint):
    """The page with a scripted model."""
    environment = {**endpoint.fake.environment, "EARMARK_FIRST_TEXT_SECONDS": "2"}
    with serving("--store", bundled_store, environment=environment) as url:
        yield url


@pytest.fixture(scope="module")
def prose_window(browser, prose_url):
    with Window(browser, prose_url) as window:
        yield window


@pytest.fixture
def prose(prose_window, endpoint):
    """The page with a scripted model and an empty conversation, loaded once a file."""
    endpoint.behaviour = say("It began in art school [2:28].")
    begin_anew(prose_window.page)
    yield prose_window.page
    prose_window.check()


class Director:
    """Lets each test choose what the endpoint does next."""

    def __call__(self, exchange):
        return self.behaviour(exchange)


def _silence(path, seconds):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(3000)  # the lowest that Chromium plays
        file.writeframes(b"\x80" * 3000 * seconds)
    return path
