import json
from pathlib import Path

import pytest

from bot.errors import SettingError
from eval.cases import half_of, place_questions, read_outputs, read_questions

QUESTION = {"id": "q1", "question": "Where did it start?", "expect": "answer", "evidence": [{"start": 10, "end": 14.5}]}
OUTPUT = {
    "id": "o1",
    "question": "Where?",
    "history": [],
    "passages": [
        {
            "episode": "e",
            "start": 0,
            "end": 9,
            "kind": "sponsor",
            "sentences": [{"start": 0, "end": 4, "text": "A."}, {"start": 4, "end": 9, "text": "B."}],
        }
    ],
    "output": "In a garden [0:04].",
    "claims": [{"text": "In a garden.", "label": "supported"}],
    "label": "faithful",
    "category": "plain",
}


@pytest.fixture
def write(tmp_path):
    def write_lines(*lines):
        path = tmp_path / "cases.jsonl"
        path.write_text(
            "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8"
        )
        return path

    return write_lines


def problem(read, path):
    with pytest.raises(SettingError) as raised:
        read(path)
    assert raised.value.exit_code == 2
    return str(raised.value).removeprefix(str(path))


def test_question_needs_only_its_id_its_words_and_what_is_expected(write):
    [case] = read_questions(write({"id": "a", "question": "Why?", "expect": "refuse"}))
    assert (case.history, case.evidence, case.must_contain, case.answerable) == ((), (), (), False)


def test_unknown_keys_blank_lines_and_a_byte_order_mark_are_let_pass(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\ufeff" + json.dumps({**QUESTION, "note": "mine"}) + "\n\n", encoding="utf-8")
    assert [case.id for case in read_questions(path)] == ["q1"]


def test_a_line_separator_inside_a_string_does_not_end_the_line(write):
    [case] = read_questions(write('{"id": "a", "question": "one\u2028two", "expect": "refuse"}'))
    assert case.question == "one\u2028two"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("{", ":2: not JSON", id="not-json"),
        pytest.param("[1]", ":2: a JSON list, not an object", id="not-an-object"),
        pytest.param('{"id": "b", "question": NaN, "expect": "refuse"}', ":2: not JSON: NaN", id="nan"),
        pytest.param({"id": "b", "expect": "refuse"}, ":2: question: field required", id="key-missing"),
        pytest.param({**QUESTION, "id": " "}, ":2: id: empty", id="blank-id"),
        pytest.param({**QUESTION, "id": "q1"}, ":2: id: 'q1' is also on line 1", id="same-id"),
        pytest.param({**QUESTION, "id": "b", "expect": "yes"}, ":2: expect: ", id="unknown-expectation"),
        pytest.param(
            {**QUESTION, "id": "b", "evidence": [{"start": 5, "end": 5}]},
            ":2: evidence.0: start 5 is not before end 5",
            id="empty-span",
        ),
        pytest.param(
            {**QUESTION, "id": "b", "evidence": [{"start": "5", "end": 6}]}, ":2: evidence.0.start: ", id="time-as-text"
        ),
        pytest.param(
            {**QUESTION, "id": "b", "evidence": [{"start": -1, "end": 6}]}, ":2: evidence.0.start: ", id="negative-time"
        ),
        pytest.param({**QUESTION, "id": "b", "must_contain": ["word"]}, ":2: must_contain.0: ", id="not-a-group"),
        pytest.param(
            {**QUESTION, "id": "b", "history": [{"role": "x", "content": ""}]}, ":2: history.0.role", id="role"
        ),
    ],
)
def test_a_bad_question_is_named_by_line_and_key(write, line, expected):
    message = problem(read_questions, write(QUESTION, line))
    assert message.startswith(expected)
    assert " -> " in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"label": "good"}, ":1: label: ", id="label"),
        pytest.param({"claims": [{"text": "x", "label": "bad"}]}, ":1: claims.0.label: ", id="claim-label"),
        pytest.param({"output": None}, ":1: output: ", id="output"),
        pytest.param(
            {"passages": [{**OUTPUT["passages"][0], "sentences": []}]}, ":1: passages.0.sentences: ", id="sentences"
        ),
        pytest.param({"passages": [{**OUTPUT["passages"][0], "kind": "ad"}]}, ":1: passages.0.kind: ", id="kind"),
    ],
)
def test_a_bad_mocked_output_is_named_by_line_and_key(write, change, expected):
    assert problem(read_outputs, write({**OUTPUT, **change})).startswith(expected)


def test_an_empty_file_is_an_error_and_not_a_full_score(write):
    assert problem(read_questions, write("", "  ")).startswith(": holds no case")


def test_a_missing_file_is_named(tmp_path):
    assert problem(read_questions, tmp_path / "absent.jsonl").startswith(": no such file")


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b'{"id": "\xff"}')
    assert problem(read_questions, path).startswith(": not UTF-8 at byte 8")


def test_mocked_output_becomes_passages_with_a_part_a_sentence(write):
    [case] = read_outputs(write(OUTPUT))
    [passage] = case.as_passages()
    assert passage.kind == "sponsor"
    assert [(s.start, s.end, s.text) for s in passage.sentences] == [(0, 4, "A."), (4, 9, "B.")]


def test_a_question_without_an_episode_belongs_to_the_only_one(write):
    path = write(QUESTION)
    assert [episode for _, episode in place_questions(path, read_questions(path), {"e": 100.0})] == ["e"]


@pytest.mark.parametrize(
    ("change", "lengths", "expected"),
    [
        pytest.param({"episode": "x"}, {"e": 100.0}, ":1: episode: 'x' is not in the store", id="unknown-episode"),
        pytest.param({}, {"e": 100.0, "f": 1.0}, ":1: episode: missing, and the store holds 2", id="which-episode"),
        pytest.param({}, {"e": 12.0}, ":1: evidence.0.end: 14.5 s is beyond the end of e", id="beyond-the-end"),
    ],
)
def test_a_question_that_does_not_fit_the_store_is_named(write, change, lengths, expected):
    path = write({**QUESTION, **change})
    cases = read_questions(path)
    assert problem(lambda p: place_questions(p, cases, lengths), path).startswith(expected)


def test_halves_are_by_id_alone_and_about_even():
    halves = [half_of(f"case-{number}") for number in range(400)]
    assert half_of("case-1") == halves[1]
    assert 160 < halves.count("tuning") < 240


@pytest.mark.parametrize(("name", "read"), [("questions", read_questions), ("outputs", read_outputs)])
def test_held_out_cases_are_others(name, read):
    committed = Path(__file__).parents[1] / "eval"
    kept_out = {case.id for case in read(committed / "held_out" / f"{name}.jsonl")}
    assert len(kept_out) > 100
    assert not kept_out & {case.id for case in read(committed / f"{name}.jsonl")}
