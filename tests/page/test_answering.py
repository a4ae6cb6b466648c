"""The way of a question: read, let in, answered in a thread, shown as it grows, told in words when it fails."""

import asyncio
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import pytest

from bot.episode_summary import EpisodeSummary
from bot.errors import ModelError, SettingError, StoreError
from bot.page.answering import Answering, grown
from bot.page.background_answer import BackgroundAnswer
from bot.page.feedback import FeedbackFile
from bot.page.plain_words import in_plain_words, words_for
from bot.page.shown_episodes import ShownEpisodes
from bot.page.turns import Asked, Turn, read_asked
from bot.page.waiting_line import Overloaded, WaitingLine
from bot.records import Episode, SearchedFor
from eval.cases import QuestionCase
from tests.page.replies import reply_of


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
    assert not re.search(r"10\.0|/home|401|429", re.sub(r"under [0-9a-f]{6}", "", told))
    assert reason in caplog.text


@pytest.fixture
def pool():
    with ThreadPoolExecutor(4) as made:
        yield made


async def _all(batches):
    return [batch async for batch in batches]


def test_an_answer_in_the_background_hands_on_everything_in_order(pool):
    async def run():
        return await _all(BackgroundAnswer(lambda _: iter_of(range(500)), pool).batches(lambda _: 0.001))

    assert [item for batch in asyncio.run(run()) for item in batch] == list(range(500))


def iter_of(items):
    yield from items


def test_an_answer_in_the_background_raises_what_the_generator_raised_after_what_it_gave(pool):
    def failing(stop):
        yield 1
        raise ModelError("broken")

    async def run():
        seen = []
        try:
            async for batch in BackgroundAnswer(failing, pool).batches(lambda _: 0.001):
                seen += batch
        except ModelError as error:
            return [*seen, str(error)]

    assert asyncio.run(run()) == [1, "broken"]


def test_an_answer_that_is_left_closes_the_generator(pool):
    closed = []

    def endless(stop):
        try:
            while True:
                yield "word"
        finally:
            closed.append(True)

    async def run():
        async with aclosing(BackgroundAnswer(endless, pool).batches(lambda _: 0.001)) as batches:
            async for _ in batches:
                break

    asyncio.run(run())
    pool.shutdown()
    assert closed == [True]


def test_an_answer_that_is_left_stops_a_silent_generator(pool):
    told = []

    def silent(stop):
        yield "word"
        told.append(stop.wait(10))

    async def run():
        async with aclosing(BackgroundAnswer(silent, pool).batches(lambda _: 0.001)) as batches:
            async for _ in batches:
                break

    asyncio.run(run())
    pool.shutdown()
    assert told == [True]


def test_an_answer_that_is_broken_off_hands_on_what_came(pool):
    def slow(stop):
        yield "word"
        stop.wait(10)

    async def run():
        answer, seen = BackgroundAnswer(slow, pool), []
        try:
            async for batch in answer.batches(lambda _: 0.001):
                seen += batch
                answer.break_off(ModelError("enough"))
        except ModelError as error:
            return [*seen, str(error)]

    assert asyncio.run(run()) == ["word", "enough"]


def test_the_line_admits_in_order_and_refuses_beyond_its_line():
    async def run():
        line = WaitingLine(at_once=1, waiting=1)
        first, second = line.enter(), line.enter()
        with pytest.raises(Overloaded):
            line.enter()
        places = [await first.place(0.01), await second.place(0.01)]
        with first:
            pass
        return [*places, await second.place(0.01)]

    assert asyncio.run(run()) == [0, 1, 0]


def test_who_leaves_the_line_makes_room():
    async def run():
        line = WaitingLine(at_once=1, waiting=2)
        first, second, third = line.enter(), line.enter(), line.enter()
        with second:
            pass
        with first:
            pass
        return await third.place(0.01)

    assert asyncio.run(run()) == 0


def test_who_is_admitted_just_when_patience_ends_is_admitted():
    async def run():
        line = WaitingLine(at_once=1, waiting=1)
        first, second = line.enter(), line.enter()
        waiting = asyncio.ensure_future(second.place(0.01))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.01, first.__exit__)
        time.sleep(0.05)  # so that both fall due in one round of the loop
        return await waiting

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


def updates_of(events, pool, line=None, feedback=None):
    async def run():
        bot = Scripted(events)
        answering = Answering({"": bot}, ShownEpisodes(bot), line or WaitingLine(2, 2), pool, feedback)
        turns = [html async for html in answering.updates(Asked("q?"))]
        return turns, answering

    return asyncio.run(run())


def test_the_first_text_waits_for_no_pause(pool):
    def slowly():
        yield SearchedFor("who?")
        time.sleep(0.05)
        yield "first"
        time.sleep(0.05)
        yield reply_of()

    turns, _ = updates_of(slowly(), pool)
    assert any("first" in turn for turn in turns[:-1])


def test_what_changes_nothing_is_not_sent_again(pool):
    turns, _ = updates_of([SearchedFor("q?"), reply_of(question="q?")], pool)
    assert len(turns) == len(set(turns)) == 2


def test_updates_begin_with_the_question_and_end_with_the_answer(pool):
    turns, answering = updates_of([SearchedFor("q?"), "It ", reply_of()], pool)
    assert 'data-state="working"' in turns[0]
    assert "q?" in turns[0]
    assert 'data-state="answered"' in turns[-1]
    assert answering.line.inside == 0


@pytest.mark.parametrize("error", [ModelError("no key", "set one"), RuntimeError("bug"), SettingError("too long")])
def test_an_error_is_a_turn_and_frees_the_place(error, pool):
    turns, answering = updates_of([SearchedFor("q"), "half", error], pool)
    assert 'data-state="failed"' in turns[-1]
    assert "half" in turns[-1]
    assert answering.line.inside == 0


def test_overload_is_a_turn_in_words(pool):
    class Full(WaitingLine):
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
