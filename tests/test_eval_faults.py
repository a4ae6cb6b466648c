"""Case files as people write them: what is wrong with one is named by file and line, ends with 2, scores nothing."""

import json

import pytest

from eval.__main__ import main
from tests.small_evaluation import CASES, OUTPUTS, SPOKEN, make_garden

QUESTION, OUTPUT = CASES[0], OUTPUTS[0]
REFUSED = CASES[2]
QUESTIONS_ASKED = ("retrieval", "answers")


def line(record, **changes):
    return json.dumps({**record, **changes})


def without(record, key):
    return json.dumps({name: value for name, value in record.items() if name != key})


ANY_FILE = [
    pytest.param([], "mine.jsonl: holds no case", id="empty"),
    pytest.param(["", "   "], "mine.jsonl: holds no case", id="blank-lines"),
    pytest.param(["{first}", "{"], "mine.jsonl:2: not JSON", id="not-json"),
    pytest.param(["{first}", '{"id": "cut off'], "mine.jsonl:2: not JSON", id="cut-off"),
    pytest.param(["{first}", "[]"], "mine.jsonl:2: a JSON list", id="not-an-object"),
    pytest.param(["{first}", "", "{first}"], "mine.jsonl:3: id: ", id="same-id"),
    pytest.param(["[" * 100_000], "mine.jsonl:1: ", id="nested"),
]
BAD_QUESTIONS = [
    pytest.param([line(QUESTION, expect="maybe")], ":1: expect: ", id="unknown-expect"),
    pytest.param([without(QUESTION, "expect")], ":1: expect: ", id="no-expect"),
    pytest.param([without(QUESTION, "question")], ":1: question: ", id="no-question"),
    pytest.param([line(QUESTION, id=7)], ":1: id: ", id="id-is-a-number"),
    pytest.param([line(QUESTION, question=" ")], ":1: question: empty", id="blank-question"),
    pytest.param(
        [line(REFUSED, evidences=[])], ":1: unknown key 'evidences', perhaps 'evidence'", id="misspelt-evidence"
    ),
    pytest.param(
        [line(REFUSED, must_contian=[["x"]])], ":1: unknown key 'must_contian', perhaps 'must_contain'", id="misspelt"
    ),
    pytest.param([line(QUESTION, evidence=[{"start": 16, "end": float("nan")}])], ":1: not JSON: NaN", id="nan"),
    pytest.param([line(QUESTION, evidence=[{"start": 16, "end": float("inf")}])], ":1: not JSON: Inf", id="infinity"),
    pytest.param(['{"id": "q", "question": "?", "expect": "answer", "evidence": [{"start": 1, "end": 1e999}]}'],
                 ":1: evidence.0.end: ", id="beyond-numbers"),
    pytest.param([line(QUESTION, evidence=[{"start": 20, "end": 16}])], ":1: evidence.0: start 20", id="backwards"),
    pytest.param([line(QUESTION, evidence=[{"start": -1, "end": 3}])], ":1: evidence.0.start: ", id="negative"),
    pytest.param([line(QUESTION, evidence=[{"start": 16}])], ":1: evidence.0.end: ", id="no-end"),
    pytest.param([line(QUESTION, evidence=[{"start": 300, "end": 310}])], ":1: evidence.0.end: 310 s", id="past-end"),
    pytest.param([line(QUESTION, evidence=[{"start": 7.2, "end": 7.8}])], ":1: evidence.0: nothing is", id="silence"),
    pytest.param([line(QUESTION, evidence=[{**QUESTION["evidence"][0], "said": "words of an earlier transcript"}])],
                 ":1: evidence.0.said: it is not said in", id="words-changed"),
    pytest.param([line(REFUSED), line(QUESTION, episode="absent")], ":2: episode: 'absent'", id="not-in-the-store"),
]  # fmt: skip
BAD_OUTPUTS = [
    pytest.param([line(OUTPUT, label="fine")], ":1: label: ", id="unknown-label"),
    pytest.param([without(OUTPUT, "output")], ":1: output: ", id="no-output"),
    pytest.param([line(OUTPUT, claims=[{"text": "x", "label": "true"}])], ":1: claims.0.label: ", id="claim-label"),
    pytest.param([line({**OUTPUT, "claims": "x"})], ":1: claims: ", id="claims-as-text"),
    pytest.param([without({**OUTPUT, "claim": []}, "claims")], ":1: unknown key 'claim'", id="misspelt"),
]


def fault(capsys):
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert " -> " in err
    return err


def written(tmp_path, lines, first):
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(text.replace("{first}", json.dumps(first)) for text in lines))
    return str(path)


@pytest.mark.parametrize("part", [*QUESTIONS_ASKED, "grounding"])
@pytest.mark.parametrize(("lines", "said"), ANY_FILE)
def test_a_file_that_is_no_case_file_is_named(garden, tmp_path, part, lines, said, capsys):
    cases = written(tmp_path, lines, OUTPUT if part == "grounding" else QUESTION)
    assert main([part, "--cases", cases, "--store", garden, "--json"]) == 2
    assert said in fault(capsys)


@pytest.mark.parametrize(("lines", "said"), BAD_QUESTIONS)
def test_a_bad_question_is_named(garden, tmp_path, lines, said, capsys):
    cases = written(tmp_path, lines, QUESTION)
    assert main(["answers", "--cases", cases, "--store", garden, "--json"]) == 2
    assert f"mine.jsonl{said}" in fault(capsys)


@pytest.mark.parametrize(("lines", "said"), BAD_OUTPUTS)
def test_a_bad_mocked_output_is_named(tmp_path, lines, said, capsys):
    assert main(["grounding", "--cases", written(tmp_path, lines, OUTPUT), "--json"]) == 2
    assert f"mine.jsonl{said}" in fault(capsys)


def test_words_that_are_still_said_are_found(garden, tmp_path, capsys):
    said = [{**QUESTION["evidence"][0], "said": "Began with forty bulbs, in the spring"}]
    cases = written(tmp_path, [line(QUESTION, evidence=said)], QUESTION)
    assert main(["retrieval", "--cases", cases, "--store", garden, "--json"]) == 0
    capsys.readouterr()


def test_a_run_over_another_index_is_not_compared_with(garden, tmp_path, embedder, capsys):
    cases = written(tmp_path, [line(QUESTION)], QUESTION)
    run = ["retrieval", "--cases", cases, "--json", "--store"]
    assert main([*run, garden, "--report", str(tmp_path / "before")]) == 0
    capsys.readouterr()
    (tmp_path / "other").mkdir()
    other = make_garden(tmp_path / "other", embedder, spoken=[*SPOKEN, "They sold none of them."])
    assert main([*run, other, "--against", str(tmp_path / "before")]) == 2
    assert "this run is over another index" in fault(capsys)


def test_retrieval_without_any_evidence_is_no_full_score(garden, tmp_path, capsys):
    cases = written(tmp_path, [line(REFUSED)], QUESTION)
    assert main(["retrieval", "--cases", cases, "--store", garden, "--json"]) == 2
    assert "no question with evidence" in fault(capsys)


def test_a_figure_without_cases_is_no_figure(garden, tmp_path, capsys):
    cases = written(tmp_path, [line(REFUSED)], QUESTION)
    assert main(["answers", "--cases", cases, "--store", garden, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert figures["quoted"]["all"] == {
        "value": None,
        "low": None,
        "high": None,
        "n": 0,
        "unscored": 0,
        "why": "no case",
    }
    assert figures["refusal_recall"]["all"]["n"] == 1


def test_a_question_whose_evidence_is_missing_is_counted_as_unscored(garden, tmp_path, capsys):
    cases = written(tmp_path, [line(QUESTION), without({**QUESTION, "id": "bare"}, "evidence")], QUESTION)
    assert main(["retrieval", "--cases", cases, "--store", garden, "--json"]) == 0
    figure = json.loads(capsys.readouterr().out)["figures"]["evidence_any@4"]["all"]
    assert (figure["n"], figure["unscored"]) == (1, 1)
