import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eval.__main__ import main
from tests.small_evaluation import OUTPUTS, printed

ROOT = Path(__file__).parents[1]


def test_answers_on_own_cases_as_json(garden, garden_cases, capsys):
    assert main(["answers", "--cases", garden_cases, "--store", garden, "--json"]) == 0
    shown, _ = printed(capsys)
    assert shown["figures"]["quoted"]["all"]["value"] == 1.0
    assert shown["figures"]["citation_validity"]["all"]["value"] == 1.0
    assert {row["id"] for row in shown["outcomes"] if row["system"] == "earmark"} == {"bulbs", "again", "submarine"}


def test_retrieval_alone_has_no_figures_of_answers(garden, garden_cases, capsys):
    assert main(["retrieval", "--cases", garden_cases, "--store", garden, "--json"]) == 0
    shown, _ = printed(capsys)
    assert shown["figures"]["evidence_any@1"]["all"]["n"] == 2
    assert "quoted" not in shown["figures"]


def test_grounding_on_own_outputs(write, capsys):
    assert main(["grounding", "--cases", write("outputs.jsonl", OUTPUTS), "--json"]) == 0
    shown, _ = printed(capsys)
    assert shown["outcomes"][0]["outcome"]["claims"][0]["status"] == "supported"


def test_a_part_writes_no_report_unless_asked(garden, garden_cases, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main(["retrieval", "--cases", garden_cases, "--store", garden])
    assert not (tmp_path / "reports").exists()
    main(["retrieval", "--cases", garden_cases, "--store", garden, "--report", "mine"])
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


def test_debug_shows_the_traceback():
    done = subprocess.run(
        [sys.executable, "-m", "eval", "answers", "--cases", "absent.jsonl", "--debug"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" in done.stderr


def test_a_key_in_the_environment_asks_no_model(garden, garden_cases, monkeypatch, capsys):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789abcdef")
    assert main(["answers", "--cases", garden_cases, "--store", garden, "--json"]) == 0
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
