"""The commands as a user types them, in processes of their own."""

import json
import os
import subprocess
import sys

import pytest
from fakes import FakeOpenAI, refuse, say

SRT = "1\n00:00:01,000 --> 00:00:04,000\nThe lake froze early that year.\n"


@pytest.fixture
def earmark(tmp_path):
    """Runs a command and returns the finished process."""

    def run(*arguments, environment=None, check=None, stdin=None):
        own = {name: value for name, value in os.environ.items() if not name.startswith(("EARMARK_", "OPENAI_"))}
        own |= {"XDG_DATA_HOME": str(tmp_path / "data"), "PYTHONWARNINGS": "error::DeprecationWarning:bot"}
        done = subprocess.run(
            [sys.executable, "-m", "bot", *map(str, arguments)],
            capture_output=True,
            text=True,
            env=own | (environment or {}),
            timeout=100,
            check=False,
            stdin=stdin,
        )
        assert "Traceback" not in done.stderr
        return done

    return run


def test_ask_prints_the_answer_with_its_time(earmark, bundled_store):
    done = earmark("ask", "Where did Runway start?", "--store", bundled_store)
    assert done.returncode == 0
    assert "art school" in done.stdout
    assert "[2:28]" in done.stdout


def test_ask_prints_json(earmark, bundled_store):
    done = earmark("ask", "Where did Runway start?", "--store", bundled_store, "--json")
    assert json.loads(done.stdout)["verdict"] == "answered"


def test_refusal_is_a_result(earmark, bundled_store):
    done = earmark("ask", "What is the name of the guest's dog?", "--store", bundled_store)
    assert done.returncode == 0
    assert "nearest moments" in done.stdout


def test_history_file_joins_the_question(earmark, bundled_store, tmp_path):
    turns = [{"role": "user", "content": "Do those video models have uses beyond creative work?"}]
    (tmp_path / "turns.json").write_text(json.dumps(turns))
    question = "What would they be able to perceive?"
    done = earmark("ask", question, "--store", bundled_store, "--history", tmp_path / "turns.json")
    assert "Searched for: Do those video models" in done.stdout
    assert "visual world" in done.stdout


def test_model_answers_and_a_failing_one_leaves_quotes_and_exit_5(earmark, bundled_store):
    with FakeOpenAI([say("Runway started in art school. [2:28]"), refuse(401, "no")]) as server:
        ask = ["ask", "Where did Runway start?", "--store", bundled_store, "--model", "openai:scripted"]
        good = earmark(*ask, environment=server.environment)
        bad = earmark(*ask, environment=server.environment)
    assert good.returncode == 0
    assert "Runway started in art school. [2:28]" in good.stdout
    assert "Evidence:" in good.stdout
    assert bad.returncode == 5
    assert "In the episode's words:" in bad.stdout
    assert len(bad.stderr.splitlines()) == 1


def test_retrieve_lists_passages_best_first(earmark, bundled_store):
    done = earmark("retrieve", "world models", "-k", 3, "--store", bundled_store, "--json")
    scores = [passage["score"] for passage in json.loads(done.stdout)]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


def test_episodes_and_transcript_show_what_was_ingested(earmark, tmp_path):
    (tmp_path / "lake.srt").write_text(SRT)
    store = tmp_path / "store"
    assert earmark("ingest", tmp_path / "lake.srt", "--store", store).returncode == 0
    [episode] = json.loads(earmark("episodes", "--store", store, "--json").stdout)
    assert (episode["id"], episode["sentences"], episode["seconds"]) == ("lake", 1, 4.0)
    [sentence] = json.loads(earmark("transcript", "--store", store, "--format", "json").stdout)
    assert sentence == {
        "start": 1.0,
        "end": 4.0,
        "kind": "talk",
        "speaker": None,
        "text": "The lake froze early that year.",
        "line": sentence["line"],
    }


def test_ingest_with_one_bad_file_keeps_the_rest_and_exits_3(earmark, tmp_path):
    (tmp_path / "lake.srt").write_text(SRT)
    (tmp_path / "empty.txt").write_text("")
    done = earmark("ingest", tmp_path / "lake.srt", tmp_path / "empty.txt", "--store", tmp_path / "store", "--json")
    assert done.returncode == 3
    assert [file["status"] for file in json.loads(done.stdout)] == ["indexed", "rejected"]
    assert "empty" in done.stderr


FAULTS = [
    ("no command", [], 2, "COMMAND"),
    ("unknown command", ["sing"], 2, "sing"),
    ("empty question", ["ask", "  "], 2, "ask in words"),
    ("history is not there", ["ask", "Where?", "--history", "gone.json"], 2, "gone.json"),
    ("k", ["retrieve", "Where?", "-k", "0"], 2, "setting k=0"),
    ("k is no number", ["retrieve", "Where?", "-k", "many"], 2, "many"),
    ("unknown episode", ["ask", "Where?", "--episode", "practical-ai-261"], 2, "the nearest is 'practical-ai-260'"),
    ("unknown provider", ["ask", "Where?", "--model", "nobody:x"], 2, "nobody"),
    ("check without file", ["check", "gone.jsonl"], 2, "gone.jsonl"),
]


@pytest.mark.parametrize(("arguments", "code", "named"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS])
def test_fault_is_one_line_that_says_what_to_do(earmark, bundled_store, arguments, code, named):
    done = earmark(*arguments, environment={"EARMARK_STORE": str(bundled_store)})
    assert done.returncode == code
    [line] = done.stderr.splitlines()
    assert named in line
    assert " -> " in line


def test_missing_store_exits_4_and_is_not_created(earmark, tmp_path):
    done = earmark("ask", "Where?", "--store", tmp_path / "none")
    assert done.returncode == 4
    assert "-> earmark ingest" in done.stderr
    assert not (tmp_path / "none").exists()


def test_bad_setting_is_named(earmark):
    done = earmark("episodes", environment={"EARMARK_PASSAGES": "many"})
    assert done.returncode == 2
    assert "setting EARMARK_PASSAGES=many" in done.stderr


def test_reader_that_stops_early_is_no_error(bundled_store):
    command = f"{sys.executable} -m bot transcript --store {bundled_store} | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""


HEAVY = {"gradio", "chromadb", "langchain", "langchain_core", "langchain_openai", "openai", "onnxruntime", "numpy"}
LOADED = [
    ("help", ["--help"], HEAVY | {"pydantic"}),
    ("ask", ["ask", "Where did Runway start?"], HEAVY - {"onnxruntime", "numpy"}),
    ("transcript", ["transcript"], HEAVY - {"numpy"}),
]


@pytest.mark.parametrize(("arguments", "absent"), [row[1:] for row in LOADED], ids=[row[0] for row in LOADED])
def test_command_loads_only_what_it_needs(bundled_store, arguments, absent):
    code = (
        "import sys, bot.__main__ as m\n"
        "try: m.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | {"EARMARK_STORE": str(bundled_store)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stderr.rpartition("LOADED ")[2].split())
    assert not loaded & absent
