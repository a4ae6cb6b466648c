"""The evaluation with a live model behind a scripted server: recorded, interrupted, replayed, asked several times."""

import contextlib
import io
import itertools
import json

import pytest

from eval.__main__ import main
from tests.fakes import KEY, FakeOpenAI, refuse
from tests.small_evaluation import CASES, printed, write_lines


def answer_like_a_model(body):
    prompt = body["messages"][-1]["content"]
    if "conversation" in prompt and "[0:" not in prompt:
        return "What grows on the roof of the library today?"
    return "She began with forty bulbs in the spring of 1998. [0:16]" if "bulbs did" in prompt else "No idea."


@pytest.fixture(scope="module")
def recording(garden, tmp_path_factory):
    """What a run against a live endpoint printed, and what it recorded."""
    folder, out = tmp_path_factory.mktemp("recording"), io.StringIO()
    file = folder / "recorded.jsonl"
    arguments = ["answers", "--cases", write_lines(folder / "cases.jsonl", CASES), "--store", garden]
    with pytest.MonkeyPatch.context() as patch, FakeOpenAI(respond=answer_like_a_model) as server:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", KEY)
        with contextlib.redirect_stdout(out):
            assert main([*arguments, "--model", "openai:fake", "--record", str(file), "--json"]) == 0
    return json.loads(out.getvalue()), file.read_text()


@pytest.fixture
def recorded(recording, tmp_path):
    """The summary of that run, and a copy of the recording."""
    file = tmp_path / "recorded.jsonl"
    file.write_text(recording[1])
    return recording[0], file


def test_a_recording_replays_without_the_model_and_gives_the_same(recorded, garden, garden_cases, capsys):
    live, file = recorded
    assert main(["answers", "--cases", garden_cases, "--store", garden, "--outputs", str(file), "--json"]) == 0
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


def test_another_model_is_a_miss_and_fails(recorded, garden, garden_cases, capsys):
    _, file = recorded
    arguments = ["answers", "--cases", garden_cases, "--store", garden, "--outputs", str(file)]
    assert main([*arguments, "--model", "openai:other"]) == 2
    assert "nothing recorded for openai:other" in capsys.readouterr().err


def test_a_changed_context_is_a_miss_and_fails(recorded, garden, garden_cases, monkeypatch, capsys):
    _, file = recorded
    monkeypatch.setenv("EARMARK_HISTORY_TURNS", "0")
    assert main(["answers", "--cases", garden_cases, "--store", garden, "--outputs", str(file)]) == 2
    assert "nothing recorded" in capsys.readouterr().err


def test_a_damaged_recording_is_named(recorded, garden, garden_cases, capsys):
    _, file = recorded
    file.write_text(file.read_text() + '{"key": 1}\n')
    assert main(["answers", "--cases", garden_cases, "--store", garden, "--outputs", str(file)]) == 2
    assert "recorded.jsonl:" in capsys.readouterr().err


def test_an_endpoint_that_fails_ends_with_5_and_wrongs_no_case(garden, garden_cases, monkeypatch, capsys):
    with FakeOpenAI(script=[refuse(401)] * 9) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert main(["answers", "--cases", garden_cases, "--store", garden, "--model", "openai:fake", "--json"]) == 5
    shown, err = printed(capsys)
    assert shown["figures"]["quoted"]["all"]["value"] is None
    assert len(shown["errors"]) == 3
    assert "3 of 3 questions unscored" in err


@pytest.fixture
def serve(monkeypatch):
    """A live model that says what `respond` says; how often it was asked is `len(server.requests)`."""
    servers = []

    def start(respond=answer_like_a_model):
        servers.append(FakeOpenAI(respond=respond).__enter__())
        monkeypatch.setenv("OPENAI_BASE_URL", servers[-1].url)
        return servers[-1]

    yield start
    for server in servers:
        server.__exit__(None, None, None)


def test_a_miss_is_counted_and_the_other_questions_are_still_scored(recorded, garden, write, capsys):
    _, file = recorded
    changed = write("changed.jsonl", [CASES[0], {**CASES[1], "question": "And what grows there now?"}, CASES[2]])
    assert main(["answers", "--cases", changed, "--store", garden, "--outputs", str(file), "--json"]) == 2
    shown, err = printed(capsys)
    assert shown["figures"]["quoted"]["all"]["n"] == 1
    assert list(shown["errors"]) == ["again"]
    assert "1 of 3 questions unscored" in err
    assert "record again with --model and --record" in err


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(lambda lines: lines[0], id="between-lines"),
        pytest.param(lambda lines: lines[0] + lines[1][: len(lines[1]) // 2], id="in-mid-line"),
        pytest.param(lambda lines: lines[0] + lines[1][:3], id="at-the-start-of-a-line"),
    ],
)
def test_an_interrupted_recording_goes_on_where_it_stopped(recorded, garden, garden_cases, serve, cut, capsys):
    live, file = recorded
    lines = file.read_text().splitlines(keepends=True)
    file.write_text(cut(lines))
    server = serve()
    arguments = ["answers", "--cases", garden_cases, "--store", garden, "--model", "openai:fake", "--record", str(file)]
    assert main([*arguments, "--json"]) == 0
    shown, err = printed(capsys)
    assert shown == live
    assert len(server.requests) == len(lines) - 1
    assert "1 answers recorded before are kept" in err
    assert sorted(file.read_text().splitlines(keepends=True)) == sorted(lines)


def test_a_recording_that_was_cut_off_does_not_replay(recorded, garden, garden_cases, capsys):
    _, file = recorded
    whole = file.read_text()
    file.write_text(whole[:-20])
    assert main(["answers", "--cases", garden_cases, "--store", garden, "--outputs", str(file)]) == 2
    assert f"recorded.jsonl:{whole.count(chr(10))}: cut off -> " in capsys.readouterr().err


@pytest.mark.parametrize("text", ["my notes", '{"id": "mine"}\n', '{"id": "cut'])
def test_recording_never_overwrites_another_file(garden, garden_cases, serve, tmp_path, text, capsys):
    file = tmp_path / "notes.txt"
    file.write_text(text)
    server = serve()
    arguments = ["answers", "--cases", garden_cases, "--store", garden, "--model", "openai:fake", "--record", str(file)]
    assert main(arguments) == 2
    assert "notes.txt" in capsys.readouterr().err
    assert file.read_text() == text
    assert not server.requests


def test_questions_that_failed_are_asked_again_and_the_others_are_not(garden, write, monkeypatch, tmp_path, capsys):
    file, both = tmp_path / "recorded.jsonl", write("both.jsonl", [CASES[0], CASES[2]])
    arguments = ["answers", "--cases", both, "--store", garden, "--model", "openai:fake", "--record", str(file)]
    answered = "She began with forty bulbs in the spring of 1998. [0:16]"
    with FakeOpenAI([answered, refuse(401)]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert main(arguments) == 5
    assert "1 of 2 questions unscored" in capsys.readouterr().err
    with FakeOpenAI(["The episode does not say."]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert main(arguments) == 0


def fickle():
    """Right the first time and every second time after, and else wrong about the bulbs."""
    times = itertools.count()

    def respond(body):
        said = answer_like_a_model(body)
        wrong = "bulbs did" in body["messages"][-1]["content"] and next(times) % 2
        return "The neighbours complained about the bees at first. [0:24]" if wrong else said

    return respond


def test_several_runs_show_how_far_each_figure_goes_apart(garden, garden_cases, serve, capsys):
    serve(fickle())
    arguments = ["answers", "--cases", garden_cases, "--store", garden, "--model", "openai:fake", "--runs", "3"]
    assert main([*arguments, "--json"]) == 0
    shown, _ = printed(capsys)
    must = shown["spread"]["figures"]["must_contain"]
    assert must["values"] == [1.0, 0.0, 1.0]
    assert (must["mean"], must["least"], must["greatest"]) == (0.6667, 0.0, 1.0)


@pytest.mark.slow
def test_several_runs_are_recorded_and_replay_the_same(garden, garden_cases, serve, tmp_path, capsys):
    serve(fickle())
    asked = ["answers", "--cases", garden_cases, "--store", garden, "--runs", "2", "--json"]
    file = str(tmp_path / "recorded.jsonl")
    assert main([*asked, "--model", "openai:fake", "--record", file]) == 0
    live, _ = printed(capsys)
    assert main([*asked, "--outputs", file]) == 0
    assert printed(capsys)[0] == live
    asked[asked.index("2")] = "3"
    assert main([*asked, "--outputs", file]) == 2
    assert "3 of 9 questions unscored" in printed(capsys)[1]


def test_the_spread_stands_on_the_terminal(recorded, garden, garden_cases, capsys):
    _, file = recorded
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    write_lines(file, [{**line, "run": run} for run in (1, 2) for line in lines])
    assert main(["answers", "--cases", garden_cases, "--store", garden, "--outputs", str(file), "--runs", "2"]) == 0
    assert "least to greatest" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["answers", "--runs", "2"], "quotes are the same each time", id="quotes"),
        pytest.param(["grounding", "--runs", "2"], "mocked outputs are the same each time", id="mocked-outputs"),
        pytest.param(["answers", "--model", "openai:fake", "--runs", "0"], "not a number of runs", id="none"),
    ],
)
def test_runs_that_would_tell_nothing_are_refused(arguments, said, capsys):
    assert main(arguments) == 2
    assert f"--runs={arguments[-1]}: {said}" in capsys.readouterr().err
