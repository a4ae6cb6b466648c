"""Keeping a library of episodes from the command line and from Python; commands run in this process."""

import io
import json
import sys

import pytest

from bot import Earmark, StoreNotBuilt
from bot.__main__ import main
from bot.records import KindSpan

SRT = """1
00:00:01,000 --> 00:00:05,000
Ann: Welcome to the winter talks.

2
00:00:05,000 --> 00:00:09,000
Bo: The lake froze early that year, says Svensson.

3
00:00:09,000 --> 00:00:14,000
Ann: Our sponsor sells skates.

4
00:00:14,000 --> 00:00:16,000
Bo: They came with Swenson.

5
00:99:00,000 --> 00:99:01,000
Bo: Nobody hears this.
"""


@pytest.fixture
def run(capsys, monkeypatch, store_folder):
    """Runs a command on one store; returns its exit code, standard output and standard error."""
    monkeypatch.setenv("EARMARK_STORE", str(store_folder))
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_life_of_an_episode(run, tmp_path, store_folder):
    """From a pipe to a report, a table, a transcript, and out again: one store, since each change of it takes time."""
    kinds = tmp_path / "kinds.toml"
    kinds.write_text('[[kinds]]\nkind = "sponsor"\nstart = "0:09"\nend = "0:14"\n')
    described = [
        "--title",
        "The Swensson lake",
        "--show",
        "Winter",
        "--date",
        "2024-01-02",
        "--people",
        "Ann (host), Bo",
    ]
    code, out, err = run("ingest", "-", "--id", "lake", *described, "--kinds", kinds, stdin=SRT.encode())
    assert (code, err) == (0, "")
    for words in ("indexed as lake", "read as srt: 4 cues, 0:16", "Bo ", "sponsor 0:09-0:14", "line ", "[[names]]"):
        assert words in out
    assert 'name = "Swensson"\n  heard = ["Svensson", "Swenson"]' in out or "heard = [" in out

    again = run("ingest", "-", "--id", "lake", *described, "--kinds", kinds, "--json", stdin=SRT.encode())
    [file] = json.loads(again[1])
    assert (file["status"], file["names"]) == ("unchanged", [])
    assert [one["name"] for one in file["speakers"]] == ["Bo", "Ann"]

    code, out, _ = run("episodes")
    assert "Winter" in out
    assert "The Swensson lake" in out
    assert max(map(len, out.splitlines())) <= 120

    code, out, _ = run("transcript", "lake", "--format", "vtt")
    assert "<v Bo>The lake froze early" in out

    with Earmark.open(store_folder) as bot:
        assert KindSpan("sponsor", 9.0, 14.0) in bot.episodes()[0].kinds
        rebuilt = bot.rebuild()
        assert rebuilt == bot.episodes()
    code, out, _ = run("remove", "lake", "--json")
    assert (code, json.loads(out)) == (0, {"removed": ["lake"], "episodes": 0})
    code, out, err = run("ask", "Where?")
    assert code == 4
    assert "-> earmark ingest" in err


FAULTS = [
    ("remove from nothing", ["remove", "lake"], 4, "earmark ingest"),
    ("rebuild of nothing", ["rebuild"], 4, "earmark ingest"),
    ("bad id", ["ingest", "x.srt", "--id", "Not An Id"], 2, "cannot name an episode"),
    ("bad people", ["ingest", "x.srt", "--people", "Ann (host"], 2, "Name (role)"),
    ("kinds not there", ["ingest", "x.srt", "--kinds", "gone.toml"], 2, "gone.toml"),
    ("title for two", ["ingest", "x.srt", "y.srt", "--title", "T"], 2, "--title describes one episode"),
    ("nothing there", ["ingest", "gone.srt"], 3, "gone.srt: there is no such file"),
    ("pattern without files", ["ingest", "none/*.srt"], 3, "none/*.srt"),
    ("strict", ["ingest", "gone.srt", "--strict"], 3, "gone.srt"),
    ("nothing in a pipe", ["ingest", "-"], 3, "standard input"),
]


@pytest.mark.parametrize(
    ("arguments", "code", "named"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS]
)
def test_fault_is_one_line_with_advice(run, store_folder, arguments, code, named):
    found, out, err = run(*arguments)
    [line] = err.splitlines()
    assert (found, out) == (code, "")
    assert named in line
    assert " -> " in line
    assert not (store_folder / "CURRENT").exists()


def test_unknown_episode_names_those_that_are_there(run, bundled_store, monkeypatch):
    monkeypatch.setenv("EARMARK_STORE", str(bundled_store))
    for arguments in (["remove", "nope"], ["transcript", "nope"], ["ask", "Where?", "--episode", "nope"]):
        code, _, err = run(*arguments)
        assert code == 2
        assert "the store holds practical-ai-260" in err


def test_removing_from_no_store_creates_none(store_folder):
    with Earmark.open(store_folder) as bot, pytest.raises(StoreNotBuilt):
        bot.remove("x")
    assert not store_folder.exists()
