import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.embedding import MiniLM
from bot.ingest import ingest
from bot.storage.store import Store
from eval.__main__ import main
from tests.fakes import FakeOpenAI, refuse

ROOT = Path(__file__).parents[1]
SPOKEN = [
    "Welcome to the garden hour.",
    "Our guest Mara Lindqvist grows tulips on the roof of a library.",
    "She began with forty bulbs in the spring of 1998.",
    "The neighbours complained about the bees at first.",
    "Today the roof holds three thousand tulips and two hives.",
]
CASES = [
    {
        "id": "bulbs",
        "question": "How many bulbs did she begin with?",
        "expect": "answer",
        "must_contain": [["forty", "40"]],
        "evidence": [{"start": 16, "end": 23}],
    },
    {
        "id": "again",
        "question": "And what grows there today?",
        "history": [{"role": "user", "content": "Tell me about the roof of the library"}],
        "expect": "answer",
        "evidence": [{"start": 32, "end": 39}],
    },
    {"id": "submarine", "question": "Which submarine did the admiral command?", "expect": "refuse"},
]
OUTPUTS = [
    {
        "id": "right",
        "question": "How many bulbs?",
        "passages": [
            {
                "episode": "garden",
                "start": 16,
                "end": 23,
                "sentences": [{"start": 16, "end": 23, "text": SPOKEN[2]}],
            }
        ],
        "output": "She began with forty bulbs [0:16].",
        "claims": [{"text": "She began with forty bulbs.", "label": "supported"}],
        "label": "faithful",
        "category": "plain",
    }
]


@pytest.fixture(scope="module")
def garden(tmp_path_factory, embedder: MiniLM):
    """A store with one small episode."""
    folder = tmp_path_factory.mktemp("garden")
    cues = [f"{n + 1}\n00:00:{8 * n:02d},000 --> 00:00:{8 * n + 7:02d},000\n{text}\n" for n, text in enumerate(SPOKEN)]
    (folder / "garden.srt").write_text("\n".join(cues))
    report = ingest([folder / "garden.srt"], Store(folder / "store", embedder=embedder, lock_seconds=5), embedder)
    assert not report.rejected
    return str(folder / "store")


@pytest.fixture
def write(tmp_path):
    def write_lines(name, records):
        path = tmp_path / name
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return str(path)

    return write_lines


@pytest.fixture
def cases(write):
    return write("cases.jsonl", CASES)


def printed(capsys):
    out, err = capsys.readouterr()
    return json.loads(out) if out else None, err


def test_answers_on_own_cases_as_json(garden, cases, capsys):
    assert main(["answers", "--cases", cases, "--store", garden, "--json"]) == 0
    shown, _ = printed(capsys)
    assert shown["figures"]["quoted"]["all"]["value"] == 1.0
    assert shown["figures"]["citation_validity"]["all"]["value"] == 1.0
    assert {row["id"] for row in shown["outcomes"] if row["system"] == "earmark"} == {"bulbs", "again", "submarine"}


def test_retrieval_alone_has_no_figures_of_answers(garden, cases, capsys):
    assert main(["retrieval", "--cases", cases, "--store", garden, "--json"]) == 0
    shown, _ = printed(capsys)
    assert shown["figures"]["evidence_any@1"]["all"]["n"] == 2
    assert "quoted" not in shown["figures"]


def test_grounding_on_own_outputs(write, capsys):
    assert main(["grounding", "--cases", write("outputs.jsonl", OUTPUTS), "--json"]) == 0
    shown, _ = printed(capsys)
    assert shown["outcomes"][0]["outcome"]["claims"][0]["status"] == "supported"


def test_a_part_writes_no_report_unless_asked(garden, cases, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main(["retrieval", "--cases", cases, "--store", garden])
    assert not (tmp_path / "reports").exists()
    main(["retrieval", "--cases", cases, "--store", garden, "--report", "mine"])
    assert (tmp_path / "mine" / "report.html").exists()
    assert "evidence in the best passage" in capsys.readouterr().out


def exit_code(arguments):
    """As the shell sees it: argparse leaves by an exception."""
    with contextlib.suppress(SystemExit):
        return main(arguments)
    return 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["frobnicate"], 2, "invalid choice", id="unknown-part"),
        pytest.param(["answers", "--cases", "absent.jsonl"], 2, "absent.jsonl: no such file", id="missing-file"),
        pytest.param(["answers", "--record", "x.jsonl"], 2, "--record=x.jsonl", id="nothing-to-record"),
        pytest.param(["answers", "--store", "empty"], 4, "no index at empty", id="no-store"),
    ],
)
def test_what_cannot_be_used_ends_in_one_line(arguments, code, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert exit_code(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert " -> " in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"episode": "unknown"}, "cases.jsonl:1: episode: 'unknown' is not in the store", id="episode"),
        pytest.param({"evidence": [{"start": 5, "end": 999}]}, "cases.jsonl:1: evidence.0.end: 999 s", id="beyond"),
        pytest.param({"evidence": [{"start": 5, "end": 5}]}, "cases.jsonl:1: evidence.0: start 5", id="empty-span"),
    ],
)
def test_a_case_that_does_not_fit_the_store_ends_with_2(garden, write, change, said, capsys):
    path = write("cases.jsonl", [{**CASES[0], **change}])
    assert main(["answers", "--cases", path, "--store", garden]) == 2
    assert said in capsys.readouterr().err


def test_debug_shows_the_traceback():
    done = subprocess.run(
        [sys.executable, "-m", "eval", "answers", "--cases", "absent.jsonl", "--debug"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" in done.stderr


def answer_like_a_model(body):
    prompt = body["messages"][-1]["content"]
    if "conversation" in prompt and "[0:" not in prompt:
        return "What grows on the roof of the library today?"
    return "She began with forty bulbs in the spring of 1998. [0:16]" if "bulbs did" in prompt else "No idea."


@pytest.fixture
def recorded(garden, cases, tmp_path, monkeypatch, capsys):
    """A run against a live endpoint, recorded: its summary and the recording."""
    file = tmp_path / "recorded.jsonl"
    with FakeOpenAI(respond=answer_like_a_model) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        arguments = ["answers", "--cases", cases, "--store", garden, "--model", "openai:fake"]
        assert main([*arguments, "--record", str(file), "--json"]) == 0
    monkeypatch.delenv("OPENAI_BASE_URL")
    return printed(capsys)[0], file


def test_a_recording_replays_without_the_model_and_gives_the_same(recorded, garden, cases, capsys):
    live, file = recorded
    assert main(["answers", "--cases", cases, "--store", garden, "--outputs", str(file), "--json"]) == 0
    replayed, _ = printed(capsys)
    assert replayed == live
    [answered] = [row for row in replayed["outcomes"] if row["id"] == "bulbs" and row["system"] == "earmark"]
    assert answered["outcome"]["model"] == "openai:fake"
    assert "[0:16]" in answered["outcome"]["text"]


def test_a_changed_question_is_a_miss_and_fails(recorded, garden, write, capsys):
    _, file = recorded
    changed = write("changed.jsonl", [{**CASES[0], "question": "How many bulbs did she start with?"}])
    assert main(["answers", "--cases", changed, "--store", garden, "--outputs", str(file)]) == 2
    assert "nothing recorded for openai:fake" in capsys.readouterr().err


def test_another_model_is_a_miss_and_fails(recorded, garden, cases, capsys):
    _, file = recorded
    arguments = ["answers", "--cases", cases, "--store", garden, "--outputs", str(file)]
    assert main([*arguments, "--model", "openai:other"]) == 2
    assert "nothing recorded for openai:other" in capsys.readouterr().err


def test_a_changed_context_is_a_miss_and_fails(recorded, garden, cases, monkeypatch, capsys):
    _, file = recorded
    monkeypatch.setenv("EARMARK_HISTORY_TURNS", "0")
    assert main(["answers", "--cases", cases, "--store", garden, "--outputs", str(file)]) == 2
    assert "nothing recorded" in capsys.readouterr().err


def test_a_damaged_recording_is_named(recorded, garden, cases, capsys):
    _, file = recorded
    file.write_text(file.read_text() + '{"key": 1}\n')
    assert main(["answers", "--cases", cases, "--store", garden, "--outputs", str(file)]) == 2
    assert "recorded.jsonl:" in capsys.readouterr().err


def test_an_endpoint_that_fails_ends_with_5_and_wrongs_no_case(garden, cases, monkeypatch, capsys):
    with FakeOpenAI(script=[refuse(401)] * 9) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert main(["answers", "--cases", cases, "--store", garden, "--model", "openai:fake", "--json"]) == 5
    shown, err = printed(capsys)
    assert shown["figures"]["quoted"]["all"]["value"] is None
    assert len(shown["errors"]) == 3
    assert "3 of 3 questions unscored" in err


def test_a_key_in_the_environment_asks_no_model(garden, cases, monkeypatch, capsys):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789abcdef")
    assert main(["answers", "--cases", cases, "--store", garden, "--json"]) == 0
    assert printed(capsys)[0]["stamps"]["model"] == "quotes"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_runs_write_the_same_bytes(tmp_path):
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    for name in ("one", "two"):
        command = [sys.executable, "-m", "eval", "--report", str(tmp_path / name)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    for file in ("summary.json", "outcomes.jsonl", "report.md", "report.html"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
