"""Transcripts in HTML and Markdown: what is spoken is read, odd times are noted, front matter is never executed."""

import pytest

from tests.small_transcripts import Case, read, refusal

HTML = {
    "entities and tags inside": Case(
        "<cite>A:</cite><time>0:01</time><p>one &amp; <b>two</b> &lt;b&gt;</p>", [(1.0, "one & two <b>")]
    ),
    "an impossible time": Case(
        "<time>0:01</time><p>one</p>\n<time>0:61</time><p>two</p>\n<time>0:05</time><p>six</p>",
        [(1.0, "one"), (3.0, "two"), (5.0, "six")],
        [("line 2:", "0:61 is not a time")],
    ),
    "scripts and comments": Case(
        "<html><script>var a = '<p>no</p>'</script><body><!-- <p>no</p> --><time>0:01</time><p>yes</p><nav>no</nav>",
        [(1.0, "yes")],
    ),
    "no tag is closed": Case(
        "<cite>A<time>0:01<p>one<p>two<time>0:05<p>six", [(1.0, "one"), (3.0, "two"), (5.0, "six")]
    ),
    "an hour that was lost": Case(
        "<time>59:50</time><p>one</p><time>0:10</time><p>two</p>",
        [(3590.0, "one"), (3610.0, "two")],
        [("line 1:", "falls back to 0:10")],
    ),
}


@pytest.mark.parametrize("case", HTML.values(), ids=HTML)
def test_pages_in_the_wild(case):
    transcript = read(case.text)
    assert [cue.text for cue in transcript.cues] == [text for _, text in case.cues]
    assert all(abs(cue.start - start) < 1.0 for cue, (start, _) in zip(transcript.cues, case.cues, strict=True))
    assert len(transcript.notes) == len(case.notes) + 1
    assert all(words in note for note, (_, words) in zip(transcript.notes, case.notes, strict=False))


def test_page_with_neither_times_nor_names_is_refused():
    assert "has neither <time>" in refusal("<p>Hello there.</p>")


def test_speech_before_a_break_ends_there_and_after_it_reaches_to_the_next_time():
    text = (
        "**Ada:** \\[00:00\\] " + "word " * 20 + "\n\n**Break:** \\[00:09\\]\n\n"
        "**Ben:** " + "word " * 20 + "\n\n**Ada:** \\[01:30\\] " + "word " * 20
    )
    cues = read(text).cues
    first, second = [cue for cue in cues if cue.line == 1], [cue for cue in cues if cue.line == 5]
    assert first[-1].end == 9.0
    assert 75 < second[0].start < 85
    assert second[-1].end == 90.0


MARKDOWN = {
    "links and emphasis": ("see [the *site*](https://x.example) \\_now\\_", "see the *site* _now_"),
    "an image stays as it is": ("see ![a](http://b.example/c.png)", "see ![a](http://b.example/c.png)"),
    "what was not understood": ("the \\[unintelligible 00:00:04.10\\] one", "the [unintelligible] one"),
    "laughter": ("well \\[laughs\\] yes", "well [laughs] yes"),
}


@pytest.mark.parametrize(("written", "said"), MARKDOWN.values(), ids=MARKDOWN)
def test_markdown_is_read_as_it_is_spoken(written, said):
    cues = read(f"**Ada:** \\[00:01\\] {written}\n\n**Ben:** \\[00:09\\] Yes.\n").cues
    assert " ".join(cue.text for cue in cues if cue.speaker == "Ada") == said


def test_front_matter_is_no_speech_and_is_never_executed():
    bomb = "a: &a [x,x]\nb: !!python/object/apply:os.system ['false']\n" + "c: [*a,*a]\n" * 50
    transcript = read(f"---\ntitle: 'The drum'\n{bomb}---\n**Ada:** \\[00:01\\] Hello.\n\n**Ben:** Yes.\n")
    assert (transcript.title, [cue.text for cue in transcript.cues]) == ("The drum", ["Hello.", "Yes."])


def test_time_that_contradicts_the_order_of_a_transcript_is_not_believed():
    times = ["00:01", "00:04", "95:00", "00:10", "00:13"]
    text = "\n\n".join(f"**Ada:** \\[{time}\\] Some words here." for time in times)
    transcript = read(text)
    assert [cue.line for cue in transcript.cues] == [1, 3, 5, 7, 9]
    assert transcript.cues[2].end <= 10.0
    assert transcript.notes[0].startswith("line 5: the times of words run backwards")
