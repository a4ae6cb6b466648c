"""What leaves the machine, and where the key turns up: whole commands and the page, in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
import pytest

from tests.fakes import KEY, Behaviour, FakeOpenAI, error_event, refuse
from tests.serving import call, served

ROOT = Path(__file__).parents[1]
QUESTION = "Where did Runway start?"
BELOW_THRESHOLDS = 6  # few cases reach no threshold
PAGE = f"""
from tests.serving import call, serving
with serving("--store", "store") as url:
    print(call(url, "ask", {QUESTION!r}, [], None))
"""
COMMANDS = {
    "ingest": ["-m", "bot", "ingest", "talk.srt", "--store", "made"],
    "ask": ["-m", "bot", "ask", QUESTION, "--store", "store"],
    "evaluation": ["-m", "eval", "answers", "--cases", "cases.jsonl", "--json"],
    "page": ["-c", PAGE],
}
SAID = {"ingest": "talk", "ask": "art school", "evaluation": "figures", "page": "art school"}
ALONE = ["unshare", "-rn", sys.executable, "-c"]
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
# Python imports this by itself. What a library tries, and hides when it fails, is written down.
WATCH = """
import os, sys
def watch(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1"):
        note(f"connects to {arguments[1]}")
    elif event == "socket.getaddrinfo" and arguments[0] not in (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0"):
        note(f"looks up {arguments[0]}")
def note(said):
    with open(os.environ["WATCHED"], "a") as file:
        file.write(said + chr(10))
sys.addaudithook(watch)
"""


@pytest.fixture
def folder(bundled_store: Path, tmp_path: Path) -> Path:
    """A store, a transcript and a case, and what watches every Python that starts with this folder on its path."""
    shutil.copytree(bundled_store, tmp_path / "store")
    (tmp_path / "talk.srt").write_text("1\n00:00:01,000 --> 00:00:04,000\nThe lake froze early that year.\n")
    case = {"id": "one", "question": QUESTION, "expect": "answer", "evidence": [{"start": 147, "end": 160}]}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case) + "\n")
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    return tmp_path


def environment(folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    own = {"PYTHONPATH": f"{folder}:{ROOT}", "XDG_DATA_HOME": str(folder / "data"), "EARMARK_STORE": "store"}
    return os.environ | own | {"WATCHED": str(folder / "watched")} | dict(more or {})


@pytest.mark.slow
@pytest.mark.parametrize("name", list(COMMANDS))
def test_no_command_needs_a_network(name: str, folder: Path) -> None:
    """In a network of its own, with nothing in it but a loopback."""
    if subprocess.run([*ALONE, LOOPBACK_UP, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip("no network without a way out can be made here: `unshare -rn` fails")
    run = [*ALONE, LOOPBACK_UP, *COMMANDS[name]]
    done = subprocess.run(run, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)
    assert done.returncode in ((0, BELOW_THRESHOLDS) if name == "evaluation" else (0,)), done.stderr
    assert SAID[name] in done.stdout
    assert not (folder / "watched").exists(), (folder / "watched").read_text()


SCRIPT: Sequence[str | Behaviour] = (
    "Runway started in art school. [2:28]",
    f"Your key is {KEY}. [2:28]",
    refuse(401, f"Incorrect API key provided: {KEY}"),
    error_event("Runway", f"Authorization: Bearer {KEY}"),
)


@pytest.mark.slow
def test_the_key_is_in_nothing_that_commands_write(folder: Path) -> None:
    """Ingest, ask and the evaluation with report and recording: what they print and every file that they leave."""
    case = json.loads((folder / "cases.jsonl").read_text())
    cases = [case | {"id": str(number), "question": f"{QUESTION} ({number})"} for number in range(len(SCRIPT))]
    (folder / "cases.jsonl").write_text("".join(json.dumps(one) + "\n" for one in cases))
    evaluation = ["-m", "eval", "answers", "--cases", "cases.jsonl", "--model", "openai:fake", "--debug"]
    runs = [COMMANDS["ingest"], [*COMMANDS["ask"], "--json", "--debug"]]
    runs.append([*evaluation, "--report", "report", "--record", "recorded.jsonl"])
    with FakeOpenAI([SCRIPT[1], *SCRIPT]) as server:
        for run in runs:
            command, variables = [sys.executable, *run], environment(folder, server.environment)
            done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=False)
            assert KEY.encode() not in done.stdout + done.stderr
        assert len(server.requests) == 1 + len(SCRIPT)
    written = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {"made/CURRENT", "report/summary.json", "recorded.jsonl"} <= written.keys()
    assert [name for name, content in written.items() if KEY.encode() in content] == []
    assert "watched" not in written


@pytest.mark.slow
def test_the_key_is_in_nothing_that_the_page_sends_or_logs(folder: Path) -> None:
    with FakeOpenAI(SCRIPT) as server:
        variables, log = environment(folder, server.environment), folder / "log"
        with served("--store", folder / "store", environment=variables, log_file=log) as (url, process):
            sent = [httpx.get(f"{url}{path}").text for path in ("/", "/config", "/health", "/gradio_api/info")]
            sent += [json.dumps(call(url, "ask", QUESTION, [], None)) for _ in SCRIPT]
            process.terminate()
            printed, _ = process.communicate(timeout=30)
        assert len(server.requests) == len(SCRIPT)
    assert "art school" in sent[-1]
    assert KEY not in "".join([*sent, printed, log.read_text()])
    assert not (folder / "watched").exists()
