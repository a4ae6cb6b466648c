"""The page in Debian's Chromium: by mouse and by keyboard, with nothing but this machine to talk to."""

import importlib.util
import json
import re
import wave
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.fakes import FakeOpenAI, drip, hang, refuse, say
from tests.hostile_strings import HOSTILE
from tests.serving import serving

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
).split()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing: apt-get install chromium"),
]
START = "Where did Runway start?"
# What Gradio's script complains of when its page is left while one of its requests is under way.
CUT_SHORT = re.compile("signal is aborted without reason|Connection errored out")
AXE = importlib.util.find_spec("axe_playwright_python")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def quotes(bundled_store, tmp_path_factory):
    """The page with the bundled episode, without a model, with sound and feedback."""
    folder = tmp_path_factory.mktemp("page")
    sound = _silence(folder / "silence.wav", 2700)
    thumbs = folder / "thumbs.jsonl"
    with serving("--store", bundled_store, "--audio", sound, "--feedback", thumbs) as url:
        yield url, thumbs


@pytest.fixture(scope="module")
def prose_server(bundled_store):
    director = Director()
    with FakeOpenAI([director] * 500) as fake:
        environment = {**fake.environment, "EARMARK_FIRST_TEXT_SECONDS": "2"}
        with serving("--store", bundled_store, environment=environment) as url:
            yield url, director, fake


@pytest.fixture
def prose(prose_server):
    """The page with a scripted model: its address, and the director that says what the endpoint does."""
    prose_server[1].behaviour = say("It began in art school [2:28].")
    return prose_server


class Director:
    """Lets each test choose what the endpoint does next."""

    def __call__(self, exchange):
        return self.behaviour(exchange)


@contextmanager
def opened(browser, url, path="/", **context):
    """A page that fails the test if anything leaves this machine, or the console complains."""
    options = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **context}
    window = browser.new_context(**options)
    page = window.new_page()
    outside, complaints, visits = [], [], []
    page.on("request", lambda request: None if _stays(request.url, url) else outside.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: visits.append(request.url) if request.is_navigation_request() else None)
    page.on("dialog", lambda dialog: outside.append(dialog.message) or dialog.dismiss())
    page.goto(url + path)
    page.wait_for_selector("#question")
    yield page
    window.close()
    assert outside == []
    assert [line for line in complaints if len(visits) == 1 or not CUT_SHORT.search(line)] == []


def _stays(address, url):
    return address.startswith((url + "/", "data:", "blob:"))


def _silence(path, seconds):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(3000)  # the lowest that Chromium plays
        file.writeframes(b"\x80" * 3000 * seconds)
    return path


def ask(page, question):
    page.fill("#question", question)
    page.press("#question", "Enter")
    answered(page, question)


def answered(page, question=None):
    """Waits for the end of the turn that is being answered."""
    page.wait_for_function(
        """question => {
            const turn = document.querySelector("#live .turn");
            return turn && document.body.dataset.busy === "no" && (!question || turn.dataset.question === question);
        }""",
        arg=question,
    )


def lit(page):
    return " ".join(" ".join(page.locator("#transcript .row.lit .words").all_inner_texts()).split())


def test_answer_carries_times_that_light_the_quoted_sentence(browser, quotes):
    with opened(browser, quotes[0]) as page:
        ask(page, START)
        page.locator("#live .evidence summary").click()
        moments = page.locator("#live .evidence li")
        assert moments.count() >= 1
        assert "art school" in page.inner_text("#live .prose")
        for place in range(moments.count()):
            moments.nth(place).locator("a.time").click()
            quoted = moments.nth(place).locator("q").inner_text().strip("“”")
            assert " ".join(quoted.split()) in lit(page)


def test_lit_sentence_is_in_view(browser, quotes):
    with opened(browser, quotes[0]) as page:
        ask(page, START)
        page.locator("#live .prose a.time").last.click()
        assert page.locator("#transcript .row.lit").first.evaluate(
            "row => { const box = row.closest('.rows').getBoundingClientRect(), r = row.getBoundingClientRect();"
            " return r.top >= box.top && r.bottom <= box.bottom; }"
        )


def test_a_time_seeks_the_sound(browser, quotes):
    with opened(browser, quotes[0]) as page:
        ask(page, START)
        for link in page.locator("#live .prose a.time").all():
            link.click()
            page.wait_for_function("document.querySelector('#player').seeking === false")
            wanted = float(link.get_attribute("data-t"))
            assert abs(page.evaluate("document.querySelector('#player').currentTime") - wanted) < 1


def test_sync_nudge_shifts_the_sound_and_is_kept(browser, quotes):
    with opened(browser, quotes[0]) as page:
        page.get_by_role("button", name="Audio half a second later").click()
        page.get_by_role("button", name="Audio half a second later").click()
        assert page.inner_text("#nudge") == "+1.0 s"
        page.reload()
        page.wait_for_selector("#player")
        page.wait_for_function("document.querySelector('#nudge').textContent === '+1.0 s'")
        page.goto(quotes[0] + "/?t=211")
        page.wait_for_selector(".row.lit")
        page.wait_for_function("Math.abs(document.querySelector('#player').currentTime - 212) < 0.5")


def test_the_spoken_sentence_is_followed(browser, quotes):
    with opened(browser, quotes[0], "/?t=211") as page:
        page.wait_for_selector(".row.lit")
        page.evaluate("document.querySelector('#player').play()")
        page.wait_for_selector("#transcript .row.spoken")
        start, end = (float(page.get_attribute("#transcript .row.spoken", f"data-{edge}")) for edge in ("start", "end"))
        assert start <= 212
        assert end >= 211


def test_following_stops_when_the_reader_scrolls_and_goes_on_when_asked(browser, quotes):
    with opened(browser, quotes[0], "/?t=211") as page:
        page.wait_for_selector(".row.lit")
        follow = page.get_by_role("button", name="Follow")
        assert follow.get_attribute("aria-pressed") == "true"
        for scrolls in (lambda: page.mouse.wheel(0, 300), lambda: page.keyboard.press("PageDown")):
            page.locator("#transcript .rows").focus()
            page.locator("#transcript .rows").hover()
            scrolls()
            page.wait_for_selector('[data-do="follow"][aria-pressed="false"]')
            follow.click()
            assert follow.get_attribute("aria-pressed") == "true"


def test_every_button_works_by_keyboard(browser, quotes):
    """Those of `script/buttons.js`, one after the other, by focus and Enter."""

    def press(name):
        page.get_by_role("button", name=name, exact=True).last.press("Enter")

    with opened(browser, quotes[0], permissions=["clipboard-read", "clipboard-write"]) as page:
        page.locator(".example").first.press("Enter")
        answered(page)
        press("Ask again")
        page.wait_for_function("document.body.dataset.busy === 'no' && document.querySelector('#live .turn')")
        page.locator("#live .evidence summary").press("Enter")
        assert page.locator("#live .evidence q").first.is_visible()
        press("Copy with times")
        page.wait_for_function("document.querySelector('#live [data-do=copy]').textContent === 'Copied'")
        press("Edit question")
        assert page.evaluate("document.activeElement.id") == "question"
        page.keyboard.press("Escape")
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


def test_keyboard_alone_reaches_the_proof_and_comes_back(browser, quotes):
    with opened(browser, quotes[0]) as page:
        page.keyboard.type(START)
        page.keyboard.press("Enter")
        answered(page, START)
        for _ in range(40):
            page.keyboard.press("Shift+Tab")
            if page.evaluate("document.activeElement.matches('#live .prose a.time')"):
                break
        name = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert re.fullmatch(r"[\d:]+, show in the transcript", name)
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.matches('#transcript .row.lit')")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name


def test_refusal_shows_the_nearest_moments(browser, quotes):
    with opened(browser, quotes[0]) as page:
        ask(page, "What is the name of the guest's dog?")
        assert page.locator("#live .badge.refusal").is_visible()
        page.locator("#live a.time:visible").first.click()
        assert lit(page)


def test_sponsor_answer_carries_a_label_and_opens_the_fold(browser, quotes):
    with opened(browser, quotes[0]) as page:
        ask(page, "Who sponsors the show?")
        assert page.locator("#live .badge.sponsor").is_visible()
        page.locator("#live .prose a.time").first.click()
        assert page.locator("#transcript details.sponsor[open] .row.lit").is_visible()


def test_follow_up_shows_what_was_searched_for(browser, prose):
    url, director, _ = prose
    with opened(browser, url) as page:
        ask(page, START)
        director.behaviour = say("Where did Runway begin in art school?")
        ask(page, "And why there?")
        assert page.locator("#earlier .turn").count() == 1
        assert "Searched for: Where did Runway begin" in page.inner_text("#live .searched")


def test_prose_shows_evidence_claims_and_meter(browser, prose):
    url, director, _ = prose
    director.behaviour = say("Runway started in art school [2:28]. It has forty million users [2:28].")
    with opened(browser, url) as page:
        ask(page, START)
        assert page.locator("#live .evidence q").first.is_visible()
        assert "forty million" in page.inner_text("#live .prose .unconfirmed")
        assert "forty million" in page.inner_text("#live .doubts")
        assert "openai:fake" in page.inner_text("#live .meter")


@pytest.mark.parametrize(
    "behaviour",
    [refuse(401), refuse(429), refuse(500), say(""), hang(headers=True)],
    ids=["401", "429", "500", "empty", "silent"],
)
def test_a_failing_endpoint_leaves_the_box_usable(browser, prose, behaviour):
    url, director, _ = prose
    director.behaviour = behaviour
    with opened(browser, url) as page:
        ask(page, START)
        assert page.locator("#live .degraded, #live .note.failed").first.is_visible()
        director.behaviour = say("It began in art school [2:28].")
        ask(page, "What came out of art school?")
        assert page.locator(".turn").count() == 2
        assert page.locator("#live .degraded, #live .note.failed").count() == 0


def test_text_appears_while_it_is_written(browser, prose):
    url, director, _ = prose
    director.behaviour = drip("It began in art school [2:28]. And so on. " * 10, 0.05)
    with opened(browser, url) as page:
        page.fill("#question", START)
        page.press("#question", "Enter")
        page.wait_for_function("document.querySelector('#live .prose')?.textContent.includes('art school')")
        assert page.get_attribute("#live .turn", "data-state") == "working"
        assert page.locator("#question").is_enabled()
        page.fill("#question", "typed while it is written")
        answered(page, START)
        assert page.input_value("#question") == "typed while it is written"


def test_what_no_sentence_supports_is_never_seen(browser, prose):
    url, director, _ = prose
    director.behaviour = drip("Bananas rule the moon [40:00]. They are made of cheese. ", 0.02)
    with opened(browser, url) as page:
        page.evaluate(
            """() => {
                window.seen = "";
                const watch = () => { window.seen += document.querySelector("#live").textContent; };
                new MutationObserver(watch).observe(document.querySelector("#live"), {childList: true, subtree: true});
            }"""
        )
        ask(page, START)
        assert page.inner_text("#live .prose").strip() == "The episode does not say."
        assert page.locator("#live .badge.refusal").is_visible()
        assert page.locator("#live .evidence a.time").count() >= 1
        assert "Bananas" not in page.evaluate("window.seen")


def test_stop_keeps_what_was_answered_and_ends_the_call(browser, prose):
    url, director, fake = prose
    director.behaviour = drip("It began in art school [2:28]. And so on. " * 100, 0.05)
    with opened(browser, url) as page:
        page.fill("#question", START)
        page.press("#question", "Enter")
        page.wait_for_function("document.querySelector('#live .prose')?.textContent.includes('art school')")
        page.get_by_role("button", name="Stop").click()
        answered(page, START)
        assert page.get_attribute("#live .turn", "data-state") == "stopped"
        assert "art school" in page.inner_text("#live .prose")
        _wait_until(page, lambda: fake.answering == 0)
        assert fake.answering == 0


def _wait_until(page, holds, seconds=10):
    for _ in range(seconds * 20):
        if holds():
            return
        page.wait_for_timeout(50)


def test_ask_again_replaces_the_last_answer(browser, quotes):
    with opened(browser, quotes[0]) as page:
        ask(page, START)
        page.locator("#live").get_by_role("button", name="Ask again").click()
        page.wait_for_function("document.body.dataset.busy === 'no' && document.querySelector('#live .turn')")
        assert page.locator(".turn").count() == 1


def test_editing_the_last_question_replaces_it(browser, quotes):
    with opened(browser, quotes[0]) as page:
        ask(page, "Where did it begin?")
        page.locator("#live").get_by_role("button", name="Edit question").click()
        assert page.input_value("#question") == "Where did it begin?"
        ask(page, START)
        assert page.locator(".question").all_inner_texts() == [START]


def test_escape_leaves_the_question_as_it_was(browser, quotes):
    with opened(browser, quotes[0]) as page:
        ask(page, START)
        page.locator("#live").get_by_role("button", name="Edit question").click()
        page.keyboard.press("Escape")
        assert page.input_value("#question") == ""
        ask(page, "What is a general world model?")
        assert page.locator(".turn").count() == 2


def test_copy_and_export_are_markdown_with_links(browser, quotes):
    url = quotes[0]
    with opened(browser, url, permissions=["clipboard-read", "clipboard-write"], accept_downloads=True) as page:
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
        assert address.startswith(f"{url}/?t=")
        page.goto(address)
        page.wait_for_selector(".row.lit")


def test_deep_link_opens_a_moment(browser, quotes):
    with opened(browser, quotes[0], "/?t=211") as page:
        page.wait_for_selector(".row.lit")
        start, end = (float(page.get_attribute(".row.lit", f"data-{edge}")) for edge in ("start", "end"))
        assert start <= 211.1
        assert end >= 211


def test_deep_link_asks_a_question(browser, quotes):
    with opened(browser, quotes[0], f"/?q={quote(START)}") as page:
        answered(page, START)
        assert "art school" in page.inner_text("#live .prose")


def test_example_question_is_asked(browser, quotes):
    with opened(browser, quotes[0]) as page:
        example = page.locator(".example").first
        question = example.inner_text()
        example.click()
        answered(page, question)
        assert page.locator(".welcome").count() == 0


def test_search_counts_and_steps_through_hits(browser, quotes):
    with opened(browser, quotes[0]) as page:
        page.fill("#search", "Art School")
        count = int(page.inner_text("#found").split(" of ")[1])
        assert count > 1
        page.press("#search", "Enter")
        assert page.inner_text("#found") == f"2 of {count}"
        page.press("#search", "Shift+Enter")
        page.press("#search", "Shift+Enter")
        assert page.inner_text("#found") == f"{count} of {count}"
        page.fill("#search", "zzzz")
        assert page.inner_text("#found") == "none"
        page.press("#search", "Escape")
        assert page.input_value("#search") == ""


def test_phone_shows_one_side_and_one_tap_leads_back(browser, quotes):
    with opened(browser, quotes[0], viewport={"width": 390, "height": 844}, has_touch=True) as page:
        ask(page, START)
        assert not page.locator("#transcript").is_visible()
        link = page.locator("#live .prose a.time").first
        link.tap()
        assert page.locator("#transcript .row.lit").is_visible()
        assert not link.is_visible()
        page.get_by_role("button", name="Answer").tap()
        assert link.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_dark_is_chosen_and_kept(browser, quotes):
    with opened(browser, quotes[0], color_scheme="light") as page:
        assert not page.evaluate("document.body.classList.contains('dark')")
        page.get_by_role("button", name="Switch between light and dark").click()
        assert page.evaluate("document.body.classList.contains('dark')")
        page.reload()
        page.wait_for_function("document.body.classList.contains('dark')")


def test_thumb_is_saved_as_a_question_case(browser, quotes):
    url, thumbs = quotes
    with opened(browser, url) as page:
        assert "save the question" in page.inner_text("#small-print")
        ask(page, START)
        page.locator("#live").get_by_role("button", name="Helpful", exact=True).click()
        for _ in range(100):
            cases = [json.loads(line) for line in thumbs.read_text(encoding="utf-8").splitlines()]
            praised = [case for case in cases if case["run"]["thumb"] == "up"]
            if praised:
                break
            page.wait_for_timeout(50)
    assert [(case["question"], case["expect"]) for case in praised] == [(START, "answer")]


def test_answer_is_announced(browser, quotes):
    with opened(browser, quotes[0]) as page:
        ask(page, START)
        assert page.inner_text("#status").startswith("Answer:")
        assert page.get_attribute("#live", "aria-busy") == "false"


SCREENS = [
    pytest.param(scheme, width, marks=[pytest.mark.slow] if scheme == "dark" else [])
    for scheme in ("light", "dark")
    for width in (1280, 390)
]


@pytest.mark.parametrize(("scheme", "width"), SCREENS)
@pytest.mark.skipif(AXE is None, reason="axe-playwright-python is not installed")
def test_axe_finds_nothing_serious(browser, quotes, scheme, width):
    axe = (Path(AXE.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")
    with opened(browser, quotes[0], color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        findings = _findings(page, axe)
        ask(page, "Who sponsors the show?")
        page.locator("#live .prose a.time").first.click()
        findings += _findings(page, axe)
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


@pytest.fixture
def hostile_store(tmp_path):
    """Hostile words as transcript, title and example question."""
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


LITERAL = [text.replace("\u2028", " ").strip() for text in HOSTILE.values()]
TITLE = HOSTILE["attribute_end"] + HOSTILE["script"] + HOSTILE["handlebars"]
MADE_OF_WORDS = (
    "#live :is(img, form, iframe, object, svg, style, script, video), #transcript :is(img, form, svg, script)"
)


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
def two_episodes(two_store):
    """A page with two episodes and two models to choose from."""
    with serving("--store", two_store, "--model", "quotes", "--model", "openai:absent") as url:
        yield url


def test_a_time_opens_the_transcript_of_its_episode(browser, two_episodes):
    with opened(browser, two_episodes) as page:
        assert page.inner_text("#transcript .about h2") == "About bees"
        ask(page, "What raises tides?")
        page.locator('#live a.time[data-episode="tides"]:visible').first.click()
        page.wait_for_selector("#transcript .row.lit")
        assert page.inner_text("#transcript .about h2") == "About tides"
        assert "The moon raises tides." in lit(page)


def test_the_chosen_episode_is_asked_and_shown(browser, two_episodes):
    with opened(browser, two_episodes) as page:
        page.get_by_role("combobox", name="Episode asked").click()
        page.get_by_role("option", name="About tides").click()
        page.wait_for_function("document.querySelector('#transcript .about h2').textContent === 'About tides'")
        ask(page, "What do the bees dance for?")
        assert page.locator('#live a.time[data-episode="bees"]').count() == 0


def test_the_chosen_model_answers(browser, two_episodes):
    with opened(browser, two_episodes) as page:
        page.get_by_role("combobox", name="Answered by").click()
        page.get_by_role("option", name="openai:absent").click()
        ask(page, "What raises tides?")
        assert page.locator("#live .degraded, #live .note.failed").first.is_visible()


def test_a_link_opens_a_moment_of_its_episode(browser, two_episodes):
    with opened(browser, two_episodes, "/?t=5&episode=tides") as page:
        page.wait_for_selector(".row.lit")
        assert page.inner_text("#transcript .about h2") == "About tides"
        assert "The moon raises tides." in lit(page)


def test_copied_times_name_their_episode(browser, two_episodes):
    with opened(browser, two_episodes) as page:
        ask(page, "What raises tides?")
        markdown = page.get_attribute("#live .turn", "data-markdown")
        assert re.search(r"\]\(\?t=5&episode=tides\)", markdown)
        assert "*About tides*" in markdown


def test_an_episode_that_comes_later_is_there_for_the_next_reader(browser, two_episodes, two_store, tmp_path):
    from bot.earmark import Earmark

    late = tmp_path / "late.srt"
    late.write_text("1\n00:00:05,000 --> 00:00:09,000\nA latecomer speaks of glaciers.\n", encoding="utf-8")
    with Earmark.open(two_store) as bot:
        assert not bot.ingest(late).rejected
    with opened(browser, two_episodes) as page:
        page.wait_for_function("document.querySelector('.welcome h2').textContent.includes('3 episodes')")
        page.get_by_role("combobox", name="Episode asked").click()
        page.get_by_role("option", name="late").click()
        page.wait_for_function("document.querySelector('#transcript .words').textContent.includes('latecomer')")
        ask(page, "What does the latecomer speak of?")
        assert page.locator('#live a.time[data-episode="late"]').count()


def test_a_lost_connection_is_said_and_the_box_stays_usable(browser, bundled_store):
    with serving("--store", bundled_store) as url:
        window = browser.new_context()
        page = window.new_page()
        page.goto(url)
        page.wait_for_selector("#question")
    ask(page, START)
    assert "connection was lost" in page.inner_text("#live .note, #earlier .note")
    assert page.locator("#question").is_enabled()
    window.close()


@pytest.mark.slow
def test_hostile_strings_stay_characters_in_every_place(browser, hostile_store):
    director = Director()
    with (
        FakeOpenAI([director] * 200) as fake,
        serving("--store", hostile_store, environment=fake.environment) as url,
        opened(browser, url) as page,
    ):
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
