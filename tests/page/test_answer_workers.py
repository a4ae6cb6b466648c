"""Answers made in processes of their own: the same answers, and nothing left behind whatever ends."""

import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.fakes import FakeOpenAI
from tests.load_page import OFFERED, processes_of
from tests.serving import served

SLOW = "Where did Runway start, slowly?"


def _answer(request):
    """A sentence that was offered, then one that takes 10 s where it is asked for."""
    stamp, said = OFFERED.findall(str(request["messages"][-1]["content"]))[0]
    return f"{said.rstrip(',.?')}. [{stamp}] It is {'slow ' * 2000 if SLOW in str(request) else 'quick'}."


@pytest.fixture(scope="module")
def many(bundled_store):
    """A page with two workers: its address, its process, its model."""
    with FakeOpenAI(respond=_answer, tokens_per_second=200) as fake:
        environment = {**fake.environment, "EARMARK_WORKERS": "2"}
        with served("--store", bundled_store, environment=environment) as (url, process):
            yield url, process, fake


def _asked(url, question, timeout=60):
    """The last state of the turn."""
    with httpx.stream("POST", f"{url}/answer", json={"question": question}, timeout=timeout) as answer:
        *_, last = answer.iter_lines()
    return json.loads(last)


def _eventually(holds, seconds=10):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def _workers(process):
    """Processes that compute; multiprocessing keeps one beside them that only watches."""
    found = []
    for pid in processes_of(process.pid)[1:]:
        with suppress(OSError):
            if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text():
                found.append(pid)
    return found


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_each_worker_answers(many):
    url, process, _ = many
    with ThreadPoolExecutor(4) as readers:
        answers = list(readers.map(lambda _: _asked(url, "Where did Runway start?"), range(4)))
    assert len(_workers(process)) == 2
    assert all('data-state="answered"' in answer and 'class="time"' in answer for answer in answers)


def test_a_question_that_cannot_be_asked_is_told_as_without_workers(many):
    assert "characters" in _asked(many[0], "x" * 3000)


def test_a_reader_who_leaves_ends_the_request_to_the_model(many):
    url, _, fake = many
    with httpx.stream("POST", f"{url}/answer", json={"question": SLOW}, timeout=60) as answer:
        assert any('class=\\"time\\"' in line for line in answer.iter_lines())
        assert _eventually(lambda: fake.answering == 1)
    assert _eventually(lambda: fake.answering == 0)


def test_a_worker_that_is_killed_costs_its_answers_only(many):
    url, process, fake = many
    before = _workers(process)
    told = []
    reader = threading.Thread(target=lambda: told.append(_asked(url, SLOW)))
    reader.start()
    assert _eventually(lambda: fake.answering == 1)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    reader.join(20)
    assert 'data-state="failed"' in told[0]
    assert "Something went wrong here" in told[0]
    assert 'data-state="answered"' in _asked(url, "Where did Runway start?")
    assert _eventually(lambda: len(_workers(process)) == 2)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL], ids=["ended", "killed"])
def test_no_worker_outlives_the_page(bundled_store, ending):
    environment = {"EARMARK_WORKERS": "2", "EARMARK_MODEL": "quotes"}
    with served("--store", bundled_store, environment=environment) as (_, process):
        assert _eventually(lambda: len(_workers(process)) == 2)
        workers = _workers(process)
        os.kill(process.pid, ending)
        process.wait(20)
        assert _eventually(lambda: not any(map(_runs, workers)))
