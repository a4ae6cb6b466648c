"""The page under load and malice, with figures: `python -m tests.soak_page [--store DIR]`.

Three things are done to one page each: 1,000 connections that never finish asking, 1,000 people at once where 200 fit,
and 100 readers who hang up in mid-answer, half of them on a silent model. Exit code 1 where a promise is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.fakes import FakeOpenAI, drip, hang, say
from tests.load_page import Page, answer_in, repeat_the_word
from tests.serving import serving
from tests.soak_rows import row

HALF_OPEN = 1000
USERS = 1000
LEAVERS = 100
CUT_OFF_SECONDS = 15.0
DISCONNECT_SECONDS = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--store", help="the index; the user's own where none is named")
    arguments = parser.parse_args()
    given = ("--store", arguments.store) if arguments.store else ()
    kept = [half_open(given), too_many(given), hang_ups(given)]
    raise SystemExit(0 if all(kept) else 1)


@contextmanager
def page_with(fake: FakeOpenAI, *given: object) -> Iterator[Page]:
    with serving(*given, environment=fake.environment) as url:
        yield Page(url)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[int((len(values) - 1) * share)] if values else 0.0


def half_open(given: tuple[str, ...]) -> bool:
    """Others are served as fast while the connections are open; all are cut off in time."""
    with FakeOpenAI(respond=repeat_the_word) as fake, page_with(fake, *given) as page:
        before, during, closed = asyncio.run(_half_open(page))
    in_time = sum(seconds <= CUT_OFF_SECONDS for seconds in closed)
    visits = f"a visit meanwhile {percentile(during, 0.95):.3f} s (p95), before {percentile(before, 0.95):.3f} s"
    figure = f"cut off after at most {max(closed, default=0):.1f} s; {visits}"
    row("connections of the page that never finish asking", HALF_OPEN, in_time, figure)
    return in_time == HALF_OPEN


async def _half_open(page: Page) -> tuple[list[float], list[float], list[float]]:
    before = [await _visit(page) for _ in range(20)]
    host, _, port = urlsplit(page.url).netloc.partition(":")
    closed: list[float] = []

    async def sit() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nX-Slow: ".encode())
        began = time.perf_counter()
        try:
            async with asyncio.timeout(2 * CUT_OFF_SECONDS):
                await reader.read()
            closed.append(time.perf_counter() - began)
        except ConnectionError:
            closed.append(time.perf_counter() - began)
        except TimeoutError:
            pass
        finally:
            writer.close()

    sitting = [asyncio.ensure_future(sit()) for _ in range(HALF_OPEN)]
    await asyncio.sleep(1)
    during = [await _visit(page) for _ in range(40)]
    await asyncio.gather(*sitting)
    return before, during, closed


async def _visit(page: Page) -> float:
    began = time.perf_counter()
    async for _ in page.lines("GET", "/manifest.json"):
        pass
    return time.perf_counter() - began


def too_many(given: tuple[str, ...]) -> bool:
    """Who does not fit is told so at once; everyone else gets an answer."""
    options = (*given, "--at-once", 100, "--waiting", 100)
    with FakeOpenAI(respond=repeat_the_word, tokens_per_second=20) as fake, page_with(fake, *options) as page:
        answered, refused, lost = asyncio.run(_too_many(page))
    told = f"{len(refused)} told to come later, after {percentile(refused, 0.95):.2f} s (p95)"
    row("people at once on a page where 200 fit", USERS, answered + len(refused), f"{answered} answered, {told}")
    for reason in sorted(set(lost))[:5]:
        print(f"lost: {reason}")
    return not lost and answered >= 200


async def _too_many(page: Page) -> tuple[int, list[float], list[str]]:
    refused: list[float] = []
    lost: list[str] = []
    answered = 0

    async def user(number: int) -> None:
        nonlocal answered
        began = time.perf_counter()
        question = f"Where did Runway start, and what is word{number}x0?"
        try:
            async with asyncio.timeout(200):
                *_, last = [turn async for turn in page.turns(question, 0, [])]
        except (OSError, ValueError, TimeoutError) as error:
            lost.append(f"{type(error).__name__}: {error}")
            return
        if "Too many people" in last:
            refused.append(time.perf_counter() - began)
        elif re.search(rf"word{number}x0", answer_in(last)):
            answered += 1
        else:
            said = re.findall(r'class="(?:degraded|note[^"]*)"[^>]*>(.*?)</p>', last) or [answer_in(last)[:100]]
            lost.append(f"the word is missing: {said[0]}")

    await asyncio.gather(*(user(number) for number in range(USERS)))
    return answered, refused, lost


def hang_ups(given: tuple[str, ...]) -> bool:
    """The model's call ends soon after its reader has gone, also when the model says nothing."""
    calls = [say("It began in art school [2:28]. " * 100, per_second=20), hang(), drip("It began. " * 100, 0.1)]
    took: list[float] = []
    with FakeOpenAI([calls[number % 3] for number in range(LEAVERS)]) as fake, page_with(fake, *given) as page:
        for _ in range(LEAVERS):
            asyncio.run(_hang_up(page, fake))
            began = time.perf_counter()
            while fake.answering and time.perf_counter() - began < 5 * DISCONNECT_SECONDS:
                time.sleep(0.01)
            took.append(time.perf_counter() - began)
    ended = sum(seconds <= DISCONNECT_SECONDS for seconds in took)
    figure = f"the model's call ended after at most {max(took):.2f} s"
    row("readers of the page who hang up in an answer", LEAVERS, ended, figure)
    return ended == LEAVERS


async def _hang_up(page: Page, fake: FakeOpenAI) -> None:
    turns = page.turns("Where did Runway start?", 0, [])
    await anext(turns)
    while not fake.answering:
        await asyncio.sleep(0.01)
    await turns.aclose()


if __name__ == "__main__":
    main()
