"""A transcript without times: it is read and answered by its lines, and no time is shown anywhere."""

import json
import re
from pathlib import Path

import pytest

from bot.drafts.citations import split_draft
from bot.drafts.episode_marks import episodes_line, mark_of
from bot.drafts.labels import Labels
from bot.earmark import Earmark
from bot.episode_summary import summarise
from bot.errors import SettingError, TranscriptError
from bot.models.answer_prompt import AnswerRequest, answer_prompt
from bot.models.langchain_adapters import as_retriever
from bot.page.rendering import turn_html
from bot.page.transcript_view import transcript_html
from bot.page.turns import Turn
from bot.records import Citation, Episode, KindSpan, Part, Passage, Reply, Sentence
from bot.speech.sentences import join_sentences
from bot.speech.words import label_words
from bot.terminal.episode_table import episode_row
from bot.transcript_formats import format_transcript
from bot.transcripts import read_transcript_bytes

TALK = """Ann Ek: Welcome to the winter talks. With me is Bo Lind, who skates.

Bo Lind: Good evening. The lake froze early that year, on the third of November, and the whole town came to see it.
Some brought their children, at 9:30 in the evening.

Ann Ek: Did it hold?

Bo Lind: It did, for 42 days. We measured the ice each morning with a long drill.
"""
CLOCK = re.compile(r"\d:\d\d")


def read(text):
    return read_transcript_bytes("talk", text.encode())


def sentences_of(text):
    transcript = read(text)
    return join_sentences(label_words(transcript.cues), timed=transcript.timed)


SAID = sentences_of(TALK)
TIMED = Sentence((Part(211.0, 215.0, "It thawed in May.", 40),))


def test_words_lines_and_speakers_are_read():
    assert [(one.line, one.speaker, one.text) for one in SAID[1:4]] == [
        (1, "Ann Ek", "With me is Bo Lind, who skates."),
        (3, "Bo Lind", "Good evening."),
        (3, "Bo Lind", "The lake froze early that year, on the third of November, and the whole town came to see it."),
    ]
    assert read(TALK).notes == (
        "line 4: 9:30 is in the words; it was not taken for a time of the sound",
        "there are no times in it; answers cite its lines",
    )


def test_parts_are_numbered_and_long_sentences_still_cut():
    parts = [part for sentence in SAID for part in sentence.parts]
    assert [(part.start, part.end) for part in parts] == [(n, n + 1) for n in range(len(parts))]
    assert len(parts) > len(SAID)


OTHER_FORMATS = {
    "markdown": "**Ann:** We froze.\n\n**Bo:** All winter long.\n",
    "html": "<cite>Ann:</cite><p>We froze.</p><cite>Bo:</cite><p>All winter long.</p>",
    "json that says so": '[{"start": null, "end": null, "speaker": "Ann", "text": "We froze."},'
    ' {"start": null, "end": null, "speaker": "Bo", "text": "All winter long."}]',
}


@pytest.mark.parametrize("text", OTHER_FORMATS.values(), ids=OTHER_FORMATS)
def test_other_formats_may_lack_times_too(text):
    said = sentences_of(text)
    assert [(one.speaker, one.text, one.timed) for one in said] == [
        ("Ann", "We froze.", False),
        ("Bo", "All winter long.", False),
    ]


NOT_SPEECH = {
    "code": "def f(x):\n    return {x: x + 1}\n\nfor y in range(10):\n    print(f(y), y == 3)\n",
    "a table": "id,name,year\n1,Ann,1990\n2,Bo,1991\n3,Cy,1992\n4,Di,1993\n",
    "a log": "[main] 2024-03-12T10:11:12 start\n[main] 2024-03-12T10:11:13 stop\n" * 9,
    "times in a form of their own": "at 0:12 he said this\nand at 0:19 she said that\nat 0:31 they left us\n" * 9,
    "numbers": "1 2 3 4\n5 6 7 8\n" * 9,
    "three words": "Hello there, you.\n",
    "endless words": " ".join(["a" * 79 + "{"] * 50),
}


@pytest.mark.parametrize("text", NOT_SPEECH.values(), ids=NOT_SPEECH)
def test_what_is_not_speech_is_refused(text):
    with pytest.raises(TranscriptError, match="not a transcript"):
        read(text)


@pytest.mark.parametrize("name", ["txt", "md", "json"])
def test_what_was_written_is_read_again(name):
    said = [*SAID[:3], *(Sentence(one.parts, "sponsor", one.speaker, timed=False) for one in SAID[3:5]), *SAID[5:]]
    written = format_transcript(said, name, Episode("x", title="A *cold* lake"))
    again = sentences_of(written)
    assert not CLOCK.search(written.replace("9:30", ""))
    assert [(one.text, one.kind, one.speaker, one.timed) for one in again] == [
        (one.text, one.kind, one.speaker, False) for one in said
    ]


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_subtitles_cannot_be_made_of_it(name):
    with pytest.raises(SettingError, match="this transcript has no times"):
        format_transcript(SAID, name)


def test_summary_has_no_length_and_no_spans():
    summary = summarise(Episode("lake"), SAID, 2)
    assert (summary.seconds, summary.kinds) == (None, ())
    assert episode_row(summary)[4:6] == ("no times", "")


LABELS = Labels.of([Passage("lake", tuple(SAID))])
BOTH = Labels.of([Passage("lake", tuple(SAID)), Passage("may", (TIMED,))])
DRAFTS = {
    "a line": (LABELS, "It held for 42 days. [line 8]", ["line 8"], ()),
    "the sentence of the line that is meant": (LABELS, "They measured it with a drill [line 8].", ["line 8"], ()),
    "two lines": (LABELS, "It froze and held [line 3, line 8].", ["line 3", "line 8"], ()),
    "two episodes": (BOTH, "It held [1 line 8] and thawed [2 3:31].", ["line 8", "3:31"], ()),
    "a line that was not offered": (LABELS, "It held [line 7].", [], ("line 7 was not offered",)),
    "a time": (LABELS, "It held [0:03].", [], ("the time 0:03 was not offered",)),
    "a line of a timed episode": (BOTH, "It thawed [2 line 40].", [], ("line 40 was not offered",)),
}


@pytest.mark.parametrize(("labels", "draft", "cited", "faults"), DRAFTS.values(), ids=DRAFTS)
def test_draft_cites_lines(labels, draft, cited, faults):
    claim = split_draft(draft, labels)[0]
    assert [label.stamp for label in claim.labels] == cited
    assert claim.faults == faults


def test_words_choose_among_the_sentences_of_a_line():
    claim = split_draft("They measured the ice with a drill. [line 8]", LABELS)[0]
    assert claim.labels[0].sentence.text.startswith("We measured")


def test_marks_of_several_episodes_carry_their_numbers():
    cited = Citation("lake", 9.0, 10.0, "It held.", line=8)
    assert mark_of(cited, ("may", "lake")) == "[2 line 8]"
    reply = Reply("?", "?", "It held. [1 line 8]", "answered", citations=(cited,))
    assert episodes_line(reply, [Episode("lake"), Episode("may")]) == "\n\nEpisodes: 1 lake"


def test_prompt_shows_lines_and_says_why():
    prompt = answer_prompt(AnswerRequest("How long?", LABELS, (), [Episode("lake")], 6)).user
    assert "[line 8] Bo Lind: It did, for 42 days." in prompt
    assert "the transcript has no times" in prompt
    assert not CLOCK.search(prompt.replace("9:30", ""))


def without_drawing(html: str) -> str:
    """What a person can read or hear of a page."""
    return re.sub(r'(?:href|data-[a-z]+)="[^"]*"', "", html).replace("9:30", "")


def test_nobody_is_told_a_time(tmp_path: Path):
    (tmp_path / "lake.txt").write_text(TALK)
    with Earmark.open(tmp_path / "store") as bot:
        report = bot.ingest(tmp_path / "lake.txt", kinds=[KindSpan("sponsor", 0, 5)])
        reply = bot.ask("How long did the ice hold?")
        document = as_retriever(bot, k=1).invoke("ice")[0]
        html = transcript_html(bot.episode(), bot.transcript(), audio="lake.mp3")
    said = reply.as_dict()
    assert report.files[0].format == "untimed"
    assert any("the transcript has no times, so they are not used" in note for note in report.files[0].notes)
    assert "[line 8]" in reply.text
    assert {citation["start"] for citation in said["citations"]} == {None}
    assert {passage["end"] for passage in said["passages"]} == {None}
    assert (document.metadata["start"], document.metadata["stamp"]) == (None, "line 1")
    page = html + turn_html(Turn(1, reply.question, reply=reply, state="done"), {"lake": "Lake"})
    assert "<audio" not in page
    assert '">line 8</a>' in page
    assert not CLOCK.search(without_drawing(page) + json.dumps(said).replace("9:30", ""))
