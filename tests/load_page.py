"""Many people at once: `python -m tests.load_page [--chatters 200] [--questions 3]`.

Each chatter asks its questions one after the other, as the page in a browser does. Every question carries a word of its
own, which the scripted endpoint repeats. Printed for the page, and for Gradio's ChatInterface as it comes: answers
lost, answers with somebody else's word, the seconds to the first text, and the processor's time an answer, of the
server and of this script. The seconds are the machine's, which both share with whatever else it does; the processor's
time is the program's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
WORDS = "It began in art school, and one small tool after another was made there until people used them every day. "
WORD = re.compile(r"word(\d+x\d+)")
OFFERED = re.compile(r"^\[([\d:]+)\] (\S+(?: \S+){3,9})$", re.MULTILINE)  # a short sentence behind its time
SERVERS = {"page": "app.py", "plain chat": "tests/load_page_plain.py"}


@dataclass
class Tally:
    """Seconds from a question to the first word of its answer, and to the end; what went wrong."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    mixed: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--chatters", type=int, default=200)
    parser.add_argument("--questions", type=int, default=3)
    parser.add_argument("--tokens-per-second", type=float, default=20.0, help="of each of the endpoint's answers")
    parser.add_argument("--only", choices=list(SERVERS), help="the page, or what it is compared with")
    parser.add_argument("--store", help="the index; the user's own where none is named")
    options = parser.parse_args()
    for name in [options.only] if options.only else SERVERS:
        run(name, options)


def run(name: str, options: argparse.Namespace) -> None:
    from tests.fakes import FakeOpenAI

    command = [sys.executable, "-m", SERVERS[name].removesuffix(".py").replace("/", "."), "--port", "0"]
    command += ["--store", options.store] if options.store else []
    with FakeOpenAI(respond=repeat_the_word, tokens_per_second=options.tokens_per_second) as fake:
        environment = {**os.environ, **fake.environment, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as server:
            try:
                url = re.findall(r"http://\S+", server.stdout.readline())[0]  # type: ignore[union-attr]
                began = time.perf_counter()
                asyncio.run(chat_all(url, 1, 1))
                print(f"{name}: the first answer of a fresh server took {time.perf_counter() - began:.1f} s")
                before = Cost.until_now(server.pid)
                tally = asyncio.run(chat_all(url, options.chatters, options.questions))
                report(name, tally, Cost.until_now(server.pid).since(before))
                report_memory(server.pid)
                print(f"  most questions at the endpoint at once: {fake.most_at_once}")
            finally:
                server.terminate()


def repeat_the_word(request: dict[str, Any]) -> str:
    """Begins with words that were sent along, for the page shows nothing before a sentence that they support."""
    sent = "\n".join(str(message["content"]) for message in request["messages"])
    stamp, said = (OFFERED.findall(sent) or [("2:28", "It began in art school")])[0]
    return f"{said.rstrip(',.?')}. [{stamp}] It is word{WORD.findall(sent)[-1]} there. {WORDS}[{stamp}]"


@dataclass(frozen=True)
class Cost:
    """Seconds: of the clock; of the processor for the server, this script with its endpoint, and other programs."""

    clock: float
    server: float
    clients: float
    others: float

    @classmethod
    def until_now(cls, pid: int) -> Cost:
        server = ticks(f"/proc/{pid}/stat", 11, 13)
        clients = time.process_time()
        idle = ticks("/proc/stat", 4, 6)  # and waiting for a disk
        others = ticks("/proc/stat", 1, 9) - idle - server - clients
        return cls(time.perf_counter(), server, clients, others)

    def since(self, before: Cost) -> Cost:
        return Cost(*(now - then for now, then in zip(astuple(self), astuple(before), strict=True)))


def ticks(file: str, first: int, last: int) -> float:
    """Seconds that the fields `first` to `last` (not included), behind the name of the process, add up to."""
    try:
        times = Path(file).read_text().partition("\n")[0].rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, times[first:last])) / os.sysconf("SC_CLK_TCK")


def report(name: str, tally: Tally, cost: Cost) -> None:
    answers = len(tally.whole)
    print(f"{name}: {answers} answers in {cost.clock:.1f} s, {len(tally.lost)} lost, {tally.mixed} mixed up")
    if answers:
        server, clients = (f"{1000 * seconds / answers:.0f} ms" for seconds in (cost.server, cost.clients))
        print(f"  processor's time an answer: server {server}, clients and endpoint {clients}")
        print(f"  other programs kept {cost.others / cost.clock:.1f} of {os.cpu_count()} cores busy")
    for what, values in (("first text", sorted(tally.first)), ("whole answer", sorted(tally.whole))):
        if values:
            p50, p95 = (values[int((len(values) - 1) * share)] for share in (0.5, 0.95))
            print(f"  {what}: p50 {p50:.2f} s, p95 {p95:.2f} s, most {values[-1]:.2f} s")
    for reason in sorted(set(tally.lost))[:5]:
        print(f"  lost: {reason}")


def report_memory(pid: int) -> None:
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        (most,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
        print(f"  server: {int(most) // 1024} MB at most")


async def chat_all(url: str, chatters: int, questions: int) -> Tally:
    with urllib.request.urlopen(f"{url}/config") as response:
        dependencies = json.load(response)["dependencies"]
    plain = [d["id"] for d in dependencies if d["api_name"] == "chat"]
    server = PlainChat(url, plain[0]) if plain else Page(url)
    tally = Tally()
    await asyncio.gather(*(chat(server, number, questions, tally) for number in range(chatters)))
    return tally


async def chat(server: Page, chatter: int, questions: int, tally: Tally) -> None:
    history: list[dict[str, str]] = []
    for number in range(questions):
        word = f"{chatter}x{number}"
        question = f"Where did Runway start, and what is word{word}?"
        began = time.perf_counter()
        first, answer = 0.0, ""
        try:
            answers = server.answers(question, number, history, f"chatter{chatter}")
            async with asyncio.timeout(120), aclosing(answers):
                async for answer in answers:
                    first = first or (time.perf_counter() - began if answer else 0.0)
        except (OSError, ValueError, TimeoutError) as error:
            tally.lost.append(f"{type(error).__name__}: {error}"[:200])
            continue
        tally.first.append(first)
        tally.whole.append(time.perf_counter() - began)
        words = set(WORD.findall(answer))
        tally.mixed += bool(words - {word})
        if word not in words:
            tally.lost.append(f"the word is missing: {answer[:100]}")
        history += [{"role": "user", "content": question}, {"role": "assistant", "content": f"It is word{word}."}]


@dataclass(frozen=True)
class Page:
    """Speaks with the page as its script does. Plain sockets, so that it costs little."""

    url: str

    async def answers(
        self, question: str, number: int, history: list[dict[str, str]], session: str
    ) -> AsyncGenerator[str]:
        """The answer so far, again and again; empty before its first word, a place in line is none."""
        async with aclosing(self.turns(question, number, history)) as turns:
            async for turn in turns:
                yield answer_in(turn)

    async def turns(self, question: str, number: int, history: list[dict[str, str]]) -> AsyncGenerator[str]:
        """The whole turn as HTML, as the page grows it."""
        body = json.dumps({"question": question, "number": number + 1, "history": history})
        async with aclosing(self.lines("POST", "/answer", body)) as lines:
            async for line in lines:
                if line.startswith('"<article'):
                    yield json.loads(line)

    async def lines(self, method: str, path: str, body: str = "") -> AsyncGenerator[str]:
        host = urlsplit(self.url).netloc
        reader, writer = await asyncio.open_connection(*host.split(":"), limit=2**22)
        head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode())
        try:
            async for line in reader:
                yield line.decode().rstrip("\r\n")
        finally:
            writer.close()


@dataclass(frozen=True)
class PlainChat(Page):
    """Speaks Gradio's queue: joins it with the number of the function, then reads the events."""

    function: int

    async def answers(
        self, question: str, number: int, history: list[dict[str, str]], session: str
    ) -> AsyncGenerator[str]:
        body = {"data": [question, None], "fn_index": self.function, "session_hash": session}
        joined = [line async for line in self.lines("POST", "/gradio_api/queue/join", json.dumps(body))]
        if not any("event_id" in line for line in joined):
            raise ValueError(f"not let in: {joined[-3:]}")
        async with aclosing(self.lines("GET", f"/gradio_api/queue/data?session_hash={session}")) as lines:
            async for line in lines:
                if line.startswith("data: "):
                    message = json.loads(line[6:])
                    if message["msg"] in ("process_generating", "process_completed"):
                        yield "".join(text for text in strings(message["output"].get("data")) if len(text) > 7)
                    if message["msg"] == "process_completed":
                        return


def answer_in(html: str) -> str:
    """What stands in the answer's prose."""
    return html.partition('<div class="prose')[2].partition(">")[2].partition("</div>")[0]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


if __name__ == "__main__":
    main()
