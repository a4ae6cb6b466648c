"""Nothing leaves the machine but what the configured model is asked, and the key is shown nowhere."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.endpoint import LABELS, asked, failure_of
from tests.fakes import KEY, Behaviour, Exchange, FakeOpenAI, error_event, page, refuse

ROOT = Path(__file__).parents[1]
QUESTION = "Where did Runway start, xyzzy?"
ECHOES: dict[str, list[str | Behaviour]] = {
    "an answer": ["Runway started in art school. [2:28]"],
    "the key in the answer": [f"The key is {KEY}. [2:28]"],
    "the key refused": [refuse(401, f"Incorrect API key provided: {KEY}. You can find it at {KEY}")],
    "broken": [refuse(500, f"Authorization: Bearer {KEY}")] * 3,
    "an error in mid-answer": [error_event("Runway", f"bad {KEY}")],
    "a page that repeats the request": [page(f"<p>Authorization: Bearer {KEY}</p>")],
}


@pytest.mark.parametrize("script", ECHOES.values(), ids=ECHOES)
def test_the_key_appears_nowhere(
    script: list[str | Behaviour],
    bundled_store: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with FakeOpenAI(script) as server, caplog.at_level(logging.DEBUG):
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        main(["ask", QUESTION, "--store", str(bundled_store), "--json", "--debug"])
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    printed = capsys.readouterr()
    assert json.loads(printed.out)["text"]
    assert KEY not in printed.out + printed.err + caplog.text
    assert not any(KEY.encode() in file.read_bytes() for file in bundled_store.rglob("*") if file.is_file())


def test_questions_are_not_logged(bundled_store: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert main(["ask", QUESTION, "--store", str(bundled_store)]) == 0
    assert "xyzzy" not in caplog.text


def test_a_redirection_is_not_followed() -> None:
    with FakeOpenAI() as elsewhere:

        async def send_on(exchange: Exchange) -> None:
            await exchange.whole(b"", "text/plain", 307, {"Location": f"{elsewhere.url}/chat/completions"})

        with FakeOpenAI([send_on]) as server, asked(server) as model:
            _, error = failure_of(model.draft("Where?", LABELS))
        assert elsewhere.requests == []
    assert "a redirection elsewhere" in str(error)


def test_a_compressed_answer_is_refused() -> None:
    async def pack(exchange: Exchange) -> None:
        await exchange.whole(b"\x1f\x8b", "text/event-stream", 200, {"Content-Encoding": "gzip"})

    with FakeOpenAI([pack]) as server, asked(server) as model:
        _, error = failure_of(model.draft("Where?", LABELS))
    assert "gzip compression" in str(error)
    assert KEY not in "".join(traceback.format_exception(error))


BELOW_THRESHOLDS = 6  # one case reaches no threshold
COMMANDS = {
    "ingest": ["-m", "bot", "ingest", "talk.srt", "--store", "made"],
    "ask": ["-m", "bot", "ask", QUESTION, "--store", "store"],
    "evaluation": ["-m", "eval", "retrieval", "--cases", "cases.jsonl", "--json"],
}


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_command_needs_a_network(command: Sequence[str], bundled_store: Path, tmp_path: Path) -> None:
    """In a network of its own, with nothing in it, where that is allowed; else sockets are refused by Python."""
    (tmp_path / "talk.srt").write_text("1\n00:00:01,000 --> 00:00:04,000\nThe lake froze early that year.\n")
    evidence = [{"start": 147, "end": 160}]
    case = {"id": "one", "question": "Where did Runway start?", "expect": "answer", "evidence": evidence}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case) + "\n")
    shutil.copytree(bundled_store, tmp_path / "store")
    (tmp_path / "sitecustomize.py").write_text(
        "import socket\n"
        "class Refused(socket.socket):\n"
        "    def connect(self, address):\n"
        "        raise SystemExit(f'connects to {address}')\n"
        "socket.socket = Refused\n"
        "socket.getaddrinfo = lambda *asked, **_: (_ for _ in ()).throw(SystemExit(f'looks up {asked}'))\n"
    )
    alone = ["unshare", "-rn"] if subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0 else []
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}", "XDG_DATA_HOME": str(tmp_path / "data")}
    environment["EARMARK_STORE"] = "store"
    done = subprocess.run(
        [*alone, sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert not re.search("connects to|looks up|Network is unreachable", done.stderr)
    assert done.returncode == 0 or (command[1] == "eval" and done.returncode == BELOW_THRESHOLDS)
    assert done.stdout
