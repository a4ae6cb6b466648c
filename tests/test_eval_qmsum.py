import json
import os
from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.records import Passage
from eval.qmsum import clean_turn, evaluate_qmsum, read_meetings
from eval.qmsum_systems import compare_on_qmsum, qmsum_text

MEETING = {
    "meeting_transcripts": [
        {"speaker": "A", "content": "One two. Three four."},
        {"speaker": "B", "content": ""},
        {"speaker": "B", "content": "Five six."},
        {"speaker": "A", "content": "Seven eight nine ten."},
    ],
    "general_query_list": [{"query": "Sum it up.", "answer": "x"}],
    "specific_query_list": [
        {"query": "What is six?", "answer": "x", "relevant_text_span": [["2", "2"]]},
        {"query": "Who was silent?", "answer": "x", "relevant_text_span": [["1", "1"]]},
    ],
}


def a_passage_a_sentence(episode, sentences):
    return [Passage(episode, (sentence,)) for sentence in sentences]


@pytest.fixture
def val(tmp_path):
    path = tmp_path / "val.jsonl"
    path.write_text(json.dumps(MEETING) + "\n")
    return path


def test_turns_become_sentences_with_the_number_of_their_turn(val):
    [meeting] = read_meetings(val, a_passage_a_sentence)
    assert [(p.sentences[0].line, p.text) for p in meeting.passages] == [
        (1, "One two."),
        (1, "Three four."),
        (3, "Five six."),
        (4, "Seven eight nine ten."),
    ]
    assert meeting.passages[2].start == pytest.approx(1.6)


def test_queries_without_words_that_answer_them_are_left_out(val):
    [meeting] = read_meetings(val, a_passage_a_sentence)
    assert [(query.text, query.turns) for query in meeting.queries] == [("What is six?", {3})]


def test_the_right_passage_first_is_perfect_and_third_is_not(val):
    meetings = read_meetings(val, a_passage_a_sentence)
    [best] = evaluate_qmsum(val, lambda query, passages: [2, 0, 1, 3], meetings=meetings).queries
    [third] = evaluate_qmsum(val, lambda query, passages: [0, 1, 2, 3], meetings=meetings).queries
    assert (best.mrr, best.ndcg, best.relevant_words) == (1.0, 1.0, 1.0)
    assert (third.mrr, third.ndcg) == (pytest.approx(1 / 3), pytest.approx(0.5))


def test_each_meeting_is_prepared_before_it_is_asked(val):
    prepared = []
    evaluate_qmsum(
        val,
        lambda query, passages: prepared and [2],
        prepare=prepared.append,
        meetings=read_meetings(val, a_passage_a_sentence),
    )
    assert len(prepared) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{}", ":1: not a QMSum meeting", id="other-json"),
        pytest.param("x", ":1: not JSON", id="not-json"),
    ],
)
def test_what_is_not_qmsum_is_named(tmp_path, text, expected):
    path = tmp_path / "val.jsonl"
    path.write_text(text)
    with pytest.raises(SettingError, match=expected):
        read_meetings(path)


def test_a_file_without_queries_is_an_error(val):
    with pytest.raises(SettingError, match="no query"):
        evaluate_qmsum(val, lambda query, passages: [], meetings=[])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("So , um {vocalsound} it 's late .", "So, um it's late.", id="punctuation"),
        pytest.param("{vocalsound} . {gap} ,", "", id="nothing-said"),
        pytest.param("Well {disfmarker} . Yes ? {pause} No .", "Well. Yes? No.", id="marks"),
        pytest.param('He said " no " [Laughter.]', "He said no", id="quotes"),
        pytest.param("I - I like the L_C_D_ 'cause it 's bright", "I- I like the LCD 'cause it's bright", id="letters"),
        pytest.param("It costs £4.50, part-time.", "It costs £4.50, part-time.", id="clean-already"),
    ],
)
def test_a_turn_is_read_as_one_would_write_it(content, said):
    assert clean_turn(content) == said


def test_passages_of_the_project_keep_every_word_of_the_public_data():
    folder = Path(os.environ.get("QMSUM", Path(__file__).parents[2] / "shared" / "data" / "qmsum"))
    if not (folder / "val.jsonl").exists():
        pytest.skip("no QMSum: set QMSUM to the folder of its val.jsonl")
    meetings = read_meetings(folder)
    assert len(meetings) == 35
    assert sum(len(meeting.queries) for meeting in meetings) == 237
    for line, meeting in zip((folder / "val.jsonl").read_text().splitlines(), meetings, strict=True):
        turns = " ".join(clean_turn(turn["content"]) for turn in json.loads(line)["meeting_transcripts"])
        assert " ".join(passage.text for passage in meeting.passages).split() == turns.split()


def test_earmark_is_measured_beside_cosine_and_keywords(val):
    heard = []
    results = compare_on_qmsum(val, lambda *progress: heard.append(progress))
    assert {name: len(result.queries) for name, result in results.items()} == {"Earmark": 1, "cosine": 1, "BM25": 1}
    assert heard == [("meetings", 1, 1)]
    text = qmsum_text(results)
    assert text.splitlines()[0] == "1 queries"
    assert "Earmark" in text
