import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.grounding.check import check_cases, format_checked, read_cases

PASSAGES = [
    {
        "episode": "towers",
        "start": 0,
        "end": 8,
        "kind": "sponsor",
        "sentences": [
            {"start": 0, "end": 8, "text": "Brightwell makes this show possible, its lamps last forty years."}
        ],
    },
    {
        "episode": "towers",
        "start": 20,
        "end": 60,
        "kind": "talk",
        "sentences": [
            {"start": 20, "end": 26, "text": "I was a diver for fifteen years, and I hated the cold water."},
            {
                "start": 26.5,
                "end": 34,
                "text": "We look after twelve towers now, most of them on islands without any road.",
            },
            {
                "start": 44,
                "end": 50,
                "text": "The old lenses are never replaced, we clean them with vinegar and paper.",
            },
        ],
    },
]


def case(output, number=0, **more):
    return {"id": f"case-{number}", "question": "Who is he?", "passages": PASSAGES, "output": output, **more}


@pytest.fixture
def write(tmp_path):
    def write_lines(*lines):
        path = tmp_path / "cases.jsonl"
        path.write_text(
            "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8"
        )
        return path

    return write_lines


@pytest.fixture
def label(write, embedder):
    return lambda output, **more: check_cases(write(case(output, **more)), embedder)[0]["label"]


@pytest.mark.parametrize(
    "output",
    [
        "He dived for 15 years. [0:20] Today they care for a dozen towers. [0:26]",
        "He was a diver for fifteen years and did not like the cold water [0:20].",
        "**Before:** he was a diver for fifteen years. [0:20-0:26]",
        "The episode does not say.",
        "The passages do not mention what a lamp costs.",
        "The show's sponsor is Brightwell. [0:00]",
        'He says that they "clean them with vinegar and paper" [0:44].',
    ],
)
def test_faithful_output(label, output):
    assert label(output) == "faithful"


@pytest.mark.parametrize(
    "output",
    [
        "",
        "   \n",
        "He dived for 50 years. [0:20]",
        "He dived for fifteen years. [0:44]",
        "He dived for fifteen years. [12:34]",
        "He dived for fifteen years. [0:xx]",
        "He dived for fifteen years.",
        "He dived for fifteen years [0:20]. Today they look after twelve tow",
        "He was a diver for fifteen years. [0:20] He owns a bakery in Lyon as well. [0:26]",
        "The lamps last forty years. [0:00]",
        "ZQX01VORPAL",
        "Sure! Here is a limerick about toasters:",
        "The episode does not say. He earns nine thousand euros a month. [0:20]",
    ],
)
def test_unfaithful_output(label, output):
    assert label(output) == "unfaithful"


def test_claim_comes_with_its_citation_and_reason(write, embedder):
    [checked] = check_cases(write(case("He was a diver for five years. [0:20]")), embedder)

    [claim] = checked["claims"]
    assert claim["text"] == "He was a diver for five years."
    assert claim["status"] == "unsupported"
    assert "five years" in claim["reason"]
    assert 0 <= claim["score"] <= 1
    assert claim["citations"] == [
        {
            "episode": "towers",
            "start": 20.0,
            "end": 26.0,
            "stamp": "0:20",
            "quote": "I was a diver for fifteen years, and I hated the cold water.",
            "kind": "talk",
            "speaker": None,
        }
    ]


def test_every_sentence_that_is_a_claim_is_listed_in_order(write, embedder):
    output = "## Answer\nHe was a diver. [0:20] They look after twelve towers.\n\nThe episode does not say more."

    [checked] = check_cases(write(case(output)), embedder)

    assert [claim["status"] for claim in checked["claims"]] == ["supported", "uncited"]


def test_question_about_sponsors_presents_them(label):
    assert label("Brightwell makes lamps that last forty years. [0:00]") == "unfaithful"
    assert label("Brightwell makes lamps that last forty years. [0:00]", question="Who sponsors it?") == "faithful"


def test_cases_keep_their_order_and_blank_lines_are_skipped(write, embedder):
    path = write(case("The episode does not say.", 2), "", case("", 1), "")

    assert [checked["id"] for checked in check_cases(path, embedder)] == ["case-2", "case-1"]


def test_labels_and_notes_in_the_file_are_not_needed_and_not_read(write, embedder):
    path = write(case("The episode does not say.", label="unfaithful", claims="none", note=3))

    assert check_cases(path, embedder)[0]["label"] == "faithful"


def broken(**changes):
    changed = case("He was a diver. [0:20]", 1) | changes
    return {key: value for key, value in changed.items() if value is not ...}


def sentence(**changes):
    return [PASSAGES[1] | {"sentences": [PASSAGES[1]["sentences"][0] | changes]}]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "not JSON"),
        (broken(id=...), "id: is missing"),
        (broken(id=7), "id: must be text"),
        (broken(output=...), "output: is missing"),
        (broken(output=None), "output: must be text"),
        (broken(question=1), "question: must be text"),
        (broken(passages=...), "passages: is missing"),
        (broken(passages={}), "passages: must be a list"),
        (broken(passages=[3]), "passages[0]: must be an object"),
        (broken(passages=[PASSAGES[1] | {"kind": "chat"}]), "passages[0].kind: must be one of talk"),
        (broken(passages=[PASSAGES[1] | {"sentences": []}]), "passages[0].sentences: must not be empty"),
        (broken(passages=sentence(start="0:20")), "passages[0].sentences[0].start: must be a number of seconds"),
        (broken(passages=sentence(start=float("nan"))), "passages[0].sentences[0].start: must be a number of seconds"),
        (broken(passages=sentence(end=-1)), "passages[0].sentences[0].end: must be a number of seconds"),
        (broken(passages=sentence(end=3)), "passages[0].sentences[0].end: 3 is before start 20"),
        (broken(passages=sentence(text="")), "passages[0].sentences[0].text: must not be empty"),
        (broken(id="case-0"), 'id: "case-0" is the id of line 1 too'),
    ],
)
def test_bad_line_is_named_with_its_number_and_key(write, line, named):
    path = write(case("The episode does not say.", 0), "", line)

    with pytest.raises(SettingError) as raised:
        read_cases(path)

    assert str(raised.value).startswith(f"{path}:3: ")
    assert named in str(raised.value)
    assert " -> " in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe\x00"])
def test_file_without_cases_is_refused(tmp_path, content):
    path = tmp_path / "cases.jsonl"
    path.write_bytes(content)

    with pytest.raises(SettingError, match=r"cases\.jsonl"):
        read_cases(path)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(SettingError, match="No such file"):
        read_cases(tmp_path / "none.jsonl")


def test_report_shows_label_status_time_and_reason(write, embedder):
    text = format_checked(check_cases(write(case("He was a diver for five years. [0:20]")), embedder))

    assert "case-0: unfaithful" in text
    assert "unsupported" in text
    assert "[0:20]" in text
    assert "-> the number five years is not in what it cites" in text
    assert "0 of 1 outputs faithful; 0 of 1 claims supported" in text


def test_command_prints_json_and_exits_with_2_for_a_bad_file(write):
    command = [sys.executable, "-m", "bot", "check", "--json"]
    good = subprocess.run(
        [*command, write(case("The episode does not say."))], capture_output=True, text=True, check=False
    )
    bad = subprocess.run([*command, write("{")], capture_output=True, text=True, check=False, cwd=Path.cwd())

    assert json.loads(good.stdout) == [{"id": "case-0", "claims": [], "label": "faithful"}]
    assert good.returncode == 0
    assert bad.returncode == 2
    assert bad.stderr.count("\n") == 1
