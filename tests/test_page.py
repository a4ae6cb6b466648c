"""The page without a browser: what its text becomes, and the small machines behind a click."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bot.errors import ModelError, SettingError, StoreError
from bot.page.answering import Answering, grown
from bot.page.feedback import FeedbackFile
from bot.page.frame import small_print_html, welcome_html
from bot.page.gate import Gate, Overloaded
from bot.page.options import PageOptions, is_loopback
from bot.page.plain_words import in_plain_words, words_for
from bot.page.prose import escape, prose_html, seconds_of
from bot.page.pump import Pump
from bot.page.rates import Rates, client_of
from bot.page.rendering import turn_html
from bot.page.sharing import plain_markdown, turn_markdown
from bot.page.shelf import Shelf
from bot.page.sounds import find_sounds, named_sound
from bot.page.transcript_view import transcript_html
from bot.page.turns import Asked, Turn, read_asked
from bot.records import Citation, Claim, Episode, EpisodeSummary, Meter, Part, Person, Reply, SearchedFor, Sentence
from eval.cases import QuestionCase
from tests.hostile_strings import HOSTILE

ONE = {"ep": "The episode"}
TWO = {"ep": "The episode", "other": "Another"}
TALK = Citation("ep", 148.2, 153.0, "It began in art school.")
SPONSOR = Citation("ep", 21.0, 36.5, "Thank you to our partners.", "sponsor")


def reply_of(text="It began in art school. [2:28]", **changes):
    given = {
        "question": "Where?",
        "searched_for": "Where?",
        "text": text,
        "verdict": "answered",
        "claims": (Claim("It began in art school.", "supported", (0,), 0.9),),
        "citations": (TALK,),
        "model": "openai:a",
        "meter": Meter(1.24, 0.3, 812, 64, 1, 0),
    }
    return Reply(**(given | changes))


def turn_of(reply, **changes):
    return replace(Turn(1, "Where?", "answered", reply.searched_for, reply=reply), **changes)


class Seen(HTMLParser):
    """Tags, attributes and text of some HTML; `data-` values of the record are kept apart from the text."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text, self.values = set(), set(), "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.values += [value or "" for _, value in attrs]

    def handle_data(self, data):
        self.text += data


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


def test_nul_is_shown_as_replacement_character():
    assert escape("a\0b") == "a\ufffdb"


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
    best, _, further = turn_html(turn_of(reply), ONE).partition('<details class="further"><summary>4 more</summary>')
    assert (best.count("<li>"), further.count("<li>")) == (5, 4)


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


@pytest.mark.parametrize("sent", [None, [], "x", 5, {"question": 5, "number": "x", "history": 5, "episode": []}])
def test_what_does_not_fit_is_an_empty_question(sent):
    assert read_asked(sent) == Asked("")


def test_a_sent_question_keeps_what_fits():
    turns = [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}, {"role": "user", "content": 1}, 7]
    sent = {"question": " q ", "number": 3, "history": turns, "episode": "ep", "model": ""}
    assert read_asked(sent) == Asked("q", 3, ({"role": "user", "content": "a"},), "ep", None)


def test_turn_grows_with_events():
    reply = reply_of()
    turn = grown(Turn(1, "q"), [SearchedFor("s"), "a ", "b"])
    assert (turn.searched_for, turn.text, turn.state) == ("s", "a b", "working")
    assert grown(turn, [reply]).state == "answered"


def test_a_question_that_cannot_be_asked_is_told_with_its_advice():
    error = SettingError("the question is longer than 2000 characters", "ask a shorter one")
    assert words_for(error) == "The question is longer than 2000 characters. What helps: ask a shorter one."


@pytest.mark.parametrize(
    "error",
    [
        StoreError("/home/me/store is damaged"),
        RuntimeError("/home/me/x.py"),
        ModelError("http://10.0.0.7/home/me refused the key"),
        SettingError("setting OPENAI_BASE_URL=http://10.0.0.7/home/me: no address"),
    ],
    ids=["store", "bug", "model", "setting"],
)
def test_other_errors_do_not_tell_paths_and_addresses(error, caplog):
    words = words_for(error)
    assert "/home" not in words
    assert "10.0.0.7" not in words
    number = re.search(r"error ([0-9a-f]{6})", words)[1]
    assert number in caplog.text
    assert "/home/me" in caplog.text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("http://10.0.0.7:8000/v1 refused the key (401) -> check OPENAI_API_KEY", "episode's own words"),
        ("http://10.0.0.7:8000/v1 is busy (429) -> ask again later", "Asking again may help"),
        ("keyword search only: /home/me/model.onnx is missing", "by words alone"),
    ],
    ids=["key", "busy", "vectors"],
)
def test_a_degraded_answer_tells_nothing_of_the_machine(reason, words, caplog):
    told = in_plain_words(reply_of(degraded=reason)).degraded
    assert words in told
    assert not re.search(r"10\.0|/home|401|429", told)
    assert reason in caplog.text


@pytest.fixture
def pool():
    with ThreadPoolExecutor(4) as made:
        yield made


async def _all(batches):
    return [batch async for batch in batches]


def test_pump_hands_on_everything_in_order(pool):
    async def run():
        return await _all(Pump(lambda _: iter_of(range(500)), pool).batches(lambda: 0.001))

    assert [item for batch in asyncio.run(run()) for item in batch] == list(range(500))


def iter_of(items):
    yield from items


def test_pump_raises_what_the_generator_raised_after_what_it_gave(pool):
    def failing(stop):
        yield 1
        raise ModelError("broken")

    async def run():
        seen = []
        try:
            async for batch in Pump(failing, pool).batches(lambda: 0.001):
                seen += batch
        except ModelError as error:
            return [*seen, str(error)]

    assert asyncio.run(run()) == [1, "broken"]


def test_a_pump_that_is_left_closes_the_generator(pool):
    closed = []

    def endless(stop):
        try:
            while True:
                yield "word"
        finally:
            closed.append(True)

    async def run():
        async with aclosing(Pump(endless, pool).batches(lambda: 0.001)) as batches:
            async for _ in batches:
                break

    asyncio.run(run())
    pool.shutdown()
    assert closed == [True]


def test_a_pump_that_is_left_stops_a_silent_generator(pool):
    told = []

    def silent(stop):
        yield "word"
        told.append(stop.wait(10))

    async def run():
        async with aclosing(Pump(silent, pool).batches(lambda: 0.001)) as batches:
            async for _ in batches:
                break

    asyncio.run(run())
    pool.shutdown()
    assert told == [True]


def test_a_pump_that_is_broken_off_hands_on_what_came(pool):
    def slow(stop):
        yield "word"
        stop.wait(10)

    async def run():
        pump, seen = Pump(slow, pool), []
        try:
            async for batch in pump.batches(lambda: 0.001):
                seen += batch
                pump.break_off(ModelError("enough"))
        except ModelError as error:
            return [*seen, str(error)]

    assert asyncio.run(run()) == ["word", "enough"]


def test_gate_admits_in_order_and_refuses_beyond_its_line():
    async def run():
        gate = Gate(at_once=1, waiting=1)
        first, second = gate.enter(), gate.enter()
        with pytest.raises(Overloaded):
            gate.enter()
        places = [await first.place(0.01), await second.place(0.01)]
        with first:
            pass
        return [*places, await second.place(0.01)]

    assert asyncio.run(run()) == [0, 1, 0]


def test_who_leaves_the_line_makes_room():
    async def run():
        gate = Gate(at_once=1, waiting=2)
        first, second, third = gate.enter(), gate.enter(), gate.enter()
        with second:
            pass
        with first:
            pass
        return await third.place(0.01)

    assert asyncio.run(run()) == 0


class Scripted:
    """What answering needs of Earmark: gives the events of a list, or raises its exceptions."""

    def __init__(self, events):
        self._events = events

    def episodes(self):
        return [EpisodeSummary(Episode("ep", "The episode"), 60, 1, 1, ())]

    def events(self, question, *, history=(), episode=None, stop=None):
        for event in self._events:
            if isinstance(event, Exception):
                raise event
            yield event


def updates_of(events, pool, gate=None, feedback=None):
    async def run():
        bot = Scripted(events)
        answering = Answering({"": bot}, Shelf(bot), gate or Gate(2, 2), pool, feedback)
        turns = [html async for html in answering.updates(Asked("q?"))]
        return turns, answering

    return asyncio.run(run())


def test_updates_begin_with_the_question_and_end_with_the_answer(pool):
    turns, answering = updates_of([SearchedFor("q?"), "It ", reply_of()], pool)
    assert 'data-state="working"' in turns[0]
    assert "q?" in turns[0]
    assert 'data-state="answered"' in turns[-1]
    assert answering.gate.inside == 0


@pytest.mark.parametrize("error", [ModelError("no key", "set one"), RuntimeError("bug"), SettingError("too long")])
def test_an_error_is_a_turn_and_frees_the_place(error, pool):
    turns, answering = updates_of([SearchedFor("q"), "half", error], pool)
    assert 'data-state="failed"' in turns[-1]
    assert "half" in turns[-1]
    assert answering.gate.inside == 0


def test_overload_is_a_turn_in_words(pool):
    class Full(Gate):
        def enter(self):
            raise Overloaded

    turns, _ = updates_of([], pool, Full(1, 1))
    assert "Too many people" in turns[-1]


def test_a_thumb_appends_a_question_case(tmp_path, pool):
    file = FeedbackFile(tmp_path / "thumbs.jsonl")
    turns, _ = updates_of([reply_of()], pool, feedback=file)
    token = re.search('data-token="([^"]+)"', turns[-1])[1]
    assert file.rate(token, "up")
    assert not file.rate("unknown", "up")
    case = json.loads(file.path.read_text(encoding="utf-8"))
    assert (case["question"], case["expect"], case["evidence"]) == ("q?", "answer", [{"start": 148.2, "end": 153.0}])
    assert case["run"]["reply"]["model"] == "openai:a"
    assert QuestionCase.model_validate(case).evidence[0].start == 148.2


def test_a_blamed_answer_sets_no_expectation_of_evidence(tmp_path):
    file = FeedbackFile(tmp_path / "thumbs.jsonl")
    file.rate(file.remember("q?", (), reply_of()), "down")
    case = json.loads(file.path.read_text(encoding="utf-8"))
    assert (case["evidence"], case["reference"], case["tags"][-1]) == ([], "", "to-review")


def test_feedback_file_that_cannot_be_written_is_a_setting_error(tmp_path):
    with pytest.raises(SettingError, match="--feedback"):
        FeedbackFile(tmp_path / "missing" / "thumbs.jsonl")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("a.example", False),
    ],
)
def test_loopback_addresses(host, loopback):
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"host": "0.0.0.0"}, "--auth"),
        ({"port": 70_000}, "--port"),
        ({"at_once": 0}, "--at-once"),
        ({"waiting": -1}, "--waiting"),
        ({"per_minute": -1}, "--per-minute"),
    ],
)
def test_options_that_cannot_be_used_are_named(changes, named):
    with pytest.raises(SettingError, match=named):
        PageOptions(**changes).checked()


def test_public_page_needs_auth_or_consent():
    assert PageOptions(host="0.0.0.0", auth=("a", "b")).checked()
    assert PageOptions(host="0.0.0.0", no_auth=True).checked()


def test_remote_sound_is_an_origin_and_local_sound_an_address(tmp_path):
    file = tmp_path / "a.wav"
    file.write_bytes(b"RIFF")
    far = Episode("far", audio="https://cdn.example:8443/x/a.mp3?y")
    sounds = find_sounds([far, Episode("near", audio=str(file)), Episode("gone", audio="gone.mp3")])
    assert sounds.address("far") == far.audio
    assert sounds.origins == {"https://cdn.example:8443"}
    assert sounds.address("near") == "audio/near"
    assert (sounds.address("gone"), sounds.file("gone")) == ("", None)


@pytest.mark.parametrize(
    ("named", "problem"),
    [("missing.mp3", "no such file"), (__file__, "not a sound file"), ("https://a b/x.mp3", "no such file")],
)
def test_audio_that_cannot_be_played_is_a_setting_error(named, problem):
    with pytest.raises(SettingError, match=problem):
        named_sound(named, [Episode("ep")])


def test_audio_for_one_of_several_episodes_is_named(tmp_path):
    file = tmp_path / "a.wav"
    file.write_bytes(b"RIFF")
    episodes = [Episode("a"), Episode("b")]
    assert find_sounds(episodes, named_sound(f"b={file}", episodes)).file("b") == file.resolve()
    with pytest.raises(SettingError, match="several"):
        named_sound(str(file), episodes)


class Store:
    """Episodes that change between two looks; None cannot be read."""

    def __init__(self, *ids):
        self.ids = ids

    def episodes(self):
        if self.ids is None:
            raise StoreError("damaged")
        return [EpisodeSummary(Episode(name), 60, 1, 1, ()) for name in self.ids]


def test_the_shelf_notices_new_episodes_and_keeps_the_old_ones_while_the_store_is_damaged(monkeypatch, caplog):
    monkeypatch.setattr("bot.page.shelf.LOOK_SECONDS", 0)
    store = Store("a")
    shelf = Shelf(store)
    store.ids = ("a", "b")
    assert list(shelf.look().titles) == ["a", "b"]
    store.ids = None
    assert list(shelf.look().titles) == ["a", "b"]
    assert "damaged" in caplog.text


def test_rates_let_a_burst_in_and_then_say_how_long_to_wait():
    now = [0.0]
    rates = Rates(3, clock=lambda: now[0])
    assert [rates.wait("10.0.0.1") for _ in range(4)] == [0, 0, 0, 20]
    assert rates.wait("10.0.0.2") == 0
    now[0] = 20.0
    assert [rates.wait("10.0.0.1") for _ in range(2)] == [0, 20]


def test_no_rate_is_no_limit():
    rates = Rates(0)
    assert not any(rates.wait("10.0.0.1") for _ in range(1000))


def test_addresses_of_one_ipv6_network_are_one_client():
    assert client_of("2001:db8::1") == client_of("2001:db8::2") != client_of("2001:db8:0:1::1")
