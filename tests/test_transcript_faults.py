"""Faults that transcripts have in the wild, format by format: what is read, what is noted, what is refused."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from bot.errors import TranscriptError
from bot.page.transcript_view import transcript_html
from bot.records import Episode
from bot.speech.sentences import join_sentences
from bot.speech.words import label_words
from bot.transcripts import read_transcript_bytes
from tests.hostile_strings import HOSTILE


def read(text):
    return read_transcript_bytes("talk", text if isinstance(text, bytes) else text.encode())


def refusal(text):
    with pytest.raises(TranscriptError) as caught:
        read(text)
    return str(caught.value)


def segments(*rows, **top):
    return json.dumps({**top, "segments": list(rows)}, indent=1)


def row(start, end, text, **more):
    return {"start": start, "end": end, "text": text, **more}


GOOD = row(1.0, 2.0, "before"), row(5.0, 6.0, "after")


def among_good(*rows):
    """JSON text of segments, some written as they are: NaN is no Python value of JSON."""
    first, last = map(json.dumps, GOOD)
    return '{"segments": [\n' + ",\n".join([first, *rows, last]) + "\n]}"


@dataclass
class Case:
    """`cues`: (start, text); `notes`: what each note begins with and holds."""

    text: str
    cues: list
    notes: list = field(default_factory=list)


def check(case):
    transcript = read(case.text)
    assert [(cue.start, cue.text) for cue in transcript.cues] == case.cues
    assert len(transcript.notes) == len(case.notes)
    for note, (line, words) in zip(transcript.notes, case.notes, strict=True):
        assert note.startswith(line)
        assert words in note


BAD_TIMES = {
    "negative": ("-1", "segments[1].start is not a time"),
    "negative string": ('"-00:00:01"', "segments[1].start is not a time"),
    "a billion seconds": ("1000000000", "segments[1].start is not a time"),
    "NaN": ("NaN", "segments[1].start is not a time"),
    "infinity": ("Infinity", "segments[1].start is not a time"),
    "beyond floats": ("1e999", "segments[1].start is not a time"),
    "5,000 digits": ("9" * 5000, "segments[1].start is not a time"),
    "75 minutes and an hour": ('"1:75:00"', "segments[1].start is not a time"),
    "Arabic digits": ('"٣"', "segments[1].start is not a time"),
    "superscript": ('"²"', "segments[1].start is not a time"),
    "true": ("true", "segments[1].start is not a time"),
    "list": ("[]", "segments[1].start is not a time"),
    "key twice": ('1, "start": 2', "segments[1].start stands there twice"),
}


@pytest.mark.parametrize(("value", "words"), BAD_TIMES.values(), ids=BAD_TIMES)
def test_segment_with_an_impossible_time_is_left_out_and_named(value, words):
    text = among_good('{"start": ' + value + ', "end": 4, "text": "odd"}')
    check(Case(text, [(1.0, "before"), (5.0, "after")], [("line 3:", words)]))


GOOD_TIMES = {
    "number": "3.5",
    "string": '"3.5"',
    "clock": '"00:03.500"',
    "clock with hours": '"0:00:03.5"',
    "same key with the same value": '3.5, "start": 3.5',
}


@pytest.mark.parametrize("value", GOOD_TIMES.values(), ids=GOOD_TIMES)
def test_time_may_be_written_as(value):
    text = among_good('{"start": ' + value + ', "end": 4, "text": "it"}')
    check(Case(text, [(1.0, "before"), (3.5, "it"), (5.0, "after")]))


BAD_SEGMENTS = {
    "text is a number": ('{"start": 3, "text": 5}', "segments[1].text is not a text"),
    "text is a list": ('{"start": 3, "text": ["a"]}', "segments[1].text is not a text"),
    "words is a number": ('{"start": 3, "text": "a", "words": 1}', "segments[1].words is not a list"),
    "a number": ("7", "segments[1] is not an object"),
    "null": ("null", "segments[1] is not an object"),
    "text twice": ('{"start": 3, "text": "a", "text": "b"}', "segments[1].text stands there twice"),
}


@pytest.mark.parametrize(("segment", "words"), BAD_SEGMENTS.values(), ids=BAD_SEGMENTS)
def test_segment_of_the_wrong_shape_is_left_out_and_named(segment, words):
    transcript = read(among_good(segment))
    assert [cue.text for cue in transcript.cues] == ["before", "after"]
    assert words in transcript.notes[0]


REFUSED_JSON = {
    "a number for segments": ('{"segments": 5}', ":1: segments is not a list"),
    "no list of words": ('{"lc": 1, "type": "constructor"}', ":1: this JSON is not a transcript"),
    "an empty object": ("{}", ":1: this JSON is not a transcript"),
    "no segments": ('{"segments": []}', "no speech was found"),
    "an empty list": ("[]", "no speech was found"),
    "null for results": ('{"results": null}', ":1: this JSON is not a transcript"),
    "only bad times": (segments(row("x", 1, "a"), row("y", 2, "b")), ": segments[0].start is not a time"),
    "mostly no objects": ('{"segments": [1, 2,\n{"start": 1, "text": "a"}]}', ": segments[0] is not an object"),
    "unfinished": ('{"segments": [\n{"start": 1,', ":2: this is not whole JSON"),
    "100,000 brackets": ('{"a":\n' + "[" * 100_000, ":2: this JSON is nested more than 64 deep"),
    "100,000 objects": ('{"a":' * 100_000, ":1: this JSON is nested more than 64 deep"),
    "events is empty": ('{"events": []}', "no speech was found"),
    "utterances is a text": ('{"results": {"utterances": "x"}}', ":1: results.utterances is not a list"),
    "no times at all": ('[{"text": "a"}, {"text": "b"}]', ":1: this transcript has no times"),
    "Deepgram without words": (
        '{"results": {"channels": [{"alternatives": [{"transcript": "a b"}]}]}}',
        ":1: this transcript has no times",
    ),
    "null": ("null", ":1: this is not a transcript"),
    "a number": ("17", ":1: this is not a transcript"),
    "a string": ('"0"', ":1: this is not a transcript"),
}


@pytest.mark.parametrize(("text", "words"), REFUSED_JSON.values(), ids=REFUSED_JSON)
def test_json_that_is_no_transcript_is_refused(text, words):
    assert words in refusal(text)


def test_line_of_a_segment_is_the_line_of_its_brace():
    text = segments(row(1, 2, 'one {["brace"]}'), row(2, 3, "two"), language="}{")
    lines = text.split("\n")
    cues = read(text).cues
    assert [lines[cue.line - 1].strip() for cue in cues] == ["{", "{"]
    assert ["one" in lines[cues[0].line + 2], "two" in lines[cues[1].line + 2]] == [True, True]


ORDER_AND_ENDS = {
    "missing ends": Case(
        segments({"startTime": 1, "body": "one\n"}, {"startTime": 3, "body": "two"}), [(1.0, "one"), (3.0, "two")]
    ),
    "backwards": Case(
        segments(row(5, 6, "second"), row(1, 2, "first")),
        [(1.0, "first"), (5.0, "second")],
        [("line 8:", "runs backwards")],
    ),
    "the same twice": Case(
        segments(row(1, 2, "one"), row(1, 2, "one"), row(3, 4, "two")),
        [(1.0, "one"), (3.0, "two")],
        [("line 8:", "stands there twice")],
    ),
    "one time for two": Case(segments(row(1, 3, "aaaa"), row(1, 3, "bbbb")), [(1.0, "aaaa"), (2.0, "bbbb")]),
    "an end before its start": Case(
        segments(row(3, 1, "one"), row(5, 6, "two")),
        [(3.0, "one"), (5.0, "two")],
        [("line 3:", "ends before it starts")],
    ),
    "no length": Case(
        segments(row(3, 3, "one"), row(5, 6, "two")), [(3.0, "one"), (5.0, "two")], [("line 3:", "has no length")]
    ),
    "an overlap": Case(
        segments(row(1, 6, "one"), row(3, 9, "two")), [(1.0, "one"), (3.0, "two")], [("line 3:", "runs into the next")]
    ),
    "a word in another's speech": Case(
        segments(row(0, 9, "aaaa bbbb cccc"), row(4, 5, "yes")),
        [(0.0, "aaaa"), (3.0, "bbbb"), (4.0, "yes"), (6.0, "cccc")],
        [("line 3:", "runs into the next")],
    ),
    "a segment without a time": Case(
        segments(row(0, 2, "one"), {"text": "two"}, row(4, 6, "six")),
        [(0.0, "one"), (2.0, "two"), (4.0, "six")],
        [("line 8:", "has no time")],
    ),
    "empty segments": Case(segments(row(1, 2, " "), row(3, 4, "two"), row(5, 6, None)), [(3.0, "two")]),
    "a duration": Case('[{"text": "one", "start": 1, "duration": 2}]', [(1.0, "one")]),
}


@pytest.mark.parametrize("case", ORDER_AND_ENDS.values(), ids=ORDER_AND_ENDS)
def test_times_are_put_in_order(case):
    check(case)


def tokens(*texts):
    return [word(text, number, number + 1) for number, text in enumerate(texts)]


def word(text, start=None, end=None, **more):
    times = {} if start is None else {"start": start, "end": end or start + 0.5}
    return {"word": text, **times, **more}


WORDS = {
    "times between": Case(
        segments(row(0, 4, "in 2015 it", words=[word("in", 0.0, 1.0), word("2015"), word("it", 3.0)])),
        [(0.0, "in"), (1.0, "2015"), (3.0, "it")],
        [("line 3:", "the word 2015 has no time")],
    ),
    "times at the edges": Case(
        segments(row(2, 8, "5 is 7", words=[word("5"), word("is", 4.0, 5.0), word("7")])),
        [(2.0, "5"), (4.0, "is"), (5.0, "7")],
        [("line 5:", "the word 5 has no time")],
    ),
    "no times": Case(segments(row(2, 8, "a b", words=[word("a"), word("b")])), [(2.0, "a b")]),
    "times that run backwards": Case(
        segments(row(0, 9, "a b c d", words=[word("a", 1), word("b", 7), word("c", 3), word("d", 5)])),
        [(1.0, "a"), (1.5, "b"), (3.0, "c"), (5.0, "d")],
        [("line 16:", "times of words run backwards")],
    ),
    "tokens that are written together": Case(
        segments(row(0, 4, " don't 你好 go", words=tokens(" don", "'t", " 你", "好", " go"))),
        [(0.0, "don't"), (2.0, "你好"), (4.0, "go")],
    ),
    "a sound of two words": Case(
        segments(row(0, 4, "[soft music] hi", words=tokens("[soft", "music]", "hi"))),
        [(0.0, "[soft music]"), (2.0, "hi")],
    ),
}


@pytest.mark.parametrize("case", WORDS.values(), ids=WORDS)
def test_words_have_times_of_their_own(case):
    transcript = read(case.text)
    assert [(cue.start, cue.text) for cue in transcript.cues] == case.cues
    assert all(words in " ".join(transcript.notes) for _, words in case.notes)


def test_repeated_line_that_whisper_doubts_is_read_once():
    doubted = [row(n, n + 1, "Thank you.", compression_ratio=3.0) for n in range(5)]
    transcript = read(segments(*doubted, row(9, 10, "Really.")))
    assert [cue.text for cue in transcript.cues] == ["Thank you.", "Really."]
    assert "Whisper repeats a line" in transcript.notes[0]


def test_repeated_line_that_nobody_doubts_is_kept():
    transcript = read(segments(*(row(n, n + 1, "No.", compression_ratio=1.0) for n in range(5))))
    assert len(transcript.cues) == 5


def test_surrogate_in_json_is_replaced_and_counted():
    transcript = read('[{"start": 1, "text": "a \\ud800 b"}, {"start": 3, "text": "\\ud83d\\ude00"}]')
    assert [cue.text for cue in transcript.cues] == ["a \ufffd b", "\U0001f600"]
    assert transcript.notes[0].startswith("line 1: half a character")


def test_controls_spelled_as_escapes_or_entities_are_removed():
    assert read('[{"start": 1, "text": "a\\u0000b\\u001b[31mc\\u202ed"}]').cues[0].text == "abcd"
    subtitle = read("1\n00:00:01,000 --> 00:00:02,000\na&#x202e;b&lrm;cd\n")
    assert subtitle.cues[0].text == "abcd"
    assert "control characters" in subtitle.notes[0]


def test_markup_in_speech_stays_text():
    said = "<img src=x onerror=y> ![a](http://b) $x$ &amp;lt;"
    assert read(segments(row(1, 2, said))).cues[0].text == said


HIDDEN = {
    "reversed": "one \u202etwo\u202c three",
    "tag characters": "one two\U000e0041\U000e0042 three",
    "invisible operators": "one\u2062 two\u00ad three",
    "Arabic letter mark": "one \u061ctwo three",
    "Hangul filler": "one two\u3164 three",
}


@pytest.mark.parametrize("said", HIDDEN.values(), ids=HIDDEN)
def test_what_hides_or_reverses_text_is_removed_and_counted(said):
    transcript = read(f"1\n00:00:01,000 --> 00:00:02,000\n{said}\n")
    assert transcript.cues[0].text == "one two three"
    assert "control characters removed" in transcript.notes[0]


@pytest.mark.parametrize("said", ["می\u200cخواهم بدانم", "go 👩\u200d🚀 ❤\ufe0f"], ids=["Persian", "emoji"])
def test_joiners_that_a_script_needs_stay(said):
    assert read(f"1\n00:00:01,000 --> 00:00:02,000\n{said}\n").cues[0].text == said


class Drawn(HTMLParser):
    """What a browser would make of a page: its elements, and the addresses that they name."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.addresses, self.text = set(), set(), ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.addresses.update(value for name, value in attributes if name in ("href", "src", "style", "onerror"))

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_markup_from_a_file_is_drawn_as_the_characters_that_it_is(said):
    transcript = read(segments(row(1, 2, f"So {said}", speaker="Ann"), row(3, 4, "after", speaker=said[:40])))
    page = Drawn(transcript_html(Episode("x", title=said), join_sentences(label_words(transcript.cues))))
    assert page.tags <= {"section", "header", "h2", "p", "div", "a", "span", "b", "details", "summary"}
    assert all(address.startswith("?t=") for address in page.addresses)
    assert " ".join(said.replace("\u2028", " ").split()) in page.text


def test_channels_are_merged_by_time_and_named():
    def channel(*words):
        return {"alternatives": [{"words": [word(*each) for each in words]}]}

    text = json.dumps({"results": {"channels": [channel(("Hello", 1), ("you", 2)), channel(("Hi", 4))]}})
    assert [(cue.text, cue.speaker) for cue in read(text).cues] == [
        ("Hello", "Channel 0"),
        ("you", "Channel 0"),
        ("Hi", "Channel 1"),
    ]


def test_utterances_keep_their_speakers():
    utterance = {"start": 1, "end": 3, "speaker": 1, "channel": 0, "transcript": "hello", "words": [word("Hello", 1)]}
    cues = read(json.dumps({"results": {"utterances": [utterance], "channels": []}})).cues
    assert [(cue.text, cue.speaker) for cue in cues] == [("Hello", "Speaker 1")]


# --- subtitles

SUBTITLES = {
    "overlap": Case(
        "1\n00:00:01,000 --> 00:00:09,000\none\n\n2\n00:00:03,000 --> 00:00:12,000\ntwo\n",
        [(1.0, "one"), (3.0, "two")],
        [("line 3:", "runs into the next")],
    ),
    "no signature": Case(
        "00:01.000 --> 00:02.000\none\n\nNOTE\nnot speech\n\n00:03.000 --> 00:04.000\n<v Ada>two\n",
        [(1.0, "one"), (3.0, "two")],
        [("line 1:", "WEBVTT is missing")],
    ),
    "style, region and settings": Case(
        "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:x\n\n"
        "c1\n00:01.000 --> 00:02.000 line:0 align:start\n<c.loud>one</c>\n",
        [(1.0, "one")],
    ),
    "negative time": Case(
        "1\n-00:00:01,000 --> 00:00:02,000\nodd\n\n2\n00:00:03,000 --> 00:00:04,000\ntwo\n",
        [(3.0, "two")],
        [("line 2:", "-00:00:01,000 is not a time")],
    ),
    "many bad times": Case(
        "".join(f"{n}\n00:{n}:75,000 --> 00:{n}:80,000\nodd\n\n" for n in range(10, 15))
        + "9\n00:00:01,000 --> 00:00:02,000\nfine",
        [(1.0, "fine")],
        [("lines 2, 6, 10 and 2 more:", "00:10:75,000 is not a time")],
    ),
    "captions converted from rolling ones": Case(
        "".join(f"{n}\n00:00:{n:02d},000 --> 00:00:{n + 1:02d},000\nline {n - 1}\nline {n}\n\n" for n in range(1, 6)),
        [(1.0, "line 0 line 1"), *[(float(n), f"line {n}") for n in range(2, 6)]],
    ),
    "override tags": Case("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}one\n", [(1.0, "one")]),
    "another speaker begins": Case("1\n00:00:01,000 --> 00:00:02,000\n&gt;&gt; one\n", [(1.0, "one")]),
    "an entity of 5,000 digits": Case(
        "1\n00:00:01,000 --> 00:00:02,000\none &#" + "9" * 5000 + ";\n", [(1.0, "one \ufffd")]
    ),
}


@pytest.mark.parametrize("case", SUBTITLES.values(), ids=SUBTITLES)
def test_subtitles_in_the_wild(case):
    check(case)


@pytest.mark.parametrize("label", ["Ada Obi:", "SPEAKER_01:", "[SPEAKER_01]:", "Speaker 1:", "JOSÉ VAN DAMME:"])
def test_speaker_before_a_colon_is_known_when_it_recurs(label):
    text = f"1\n00:00:01,000 --> 00:00:02,000\n{label} one\n\n2\n00:00:03,000 --> 00:00:04,000\n{label} two\n"
    assert [(cue.speaker, cue.text) for cue in read(text).cues] == [
        (label.strip("[]:"), "one"),
        (label.strip("[]:"), "two"),
    ]


# --- pages and text

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


A, B = ("Ada", "Hello there."), ("Ben", "Good bye.")
TIMED_TEXT = {
    "brackets and names": ("[0:00:01] Ada: Hello there.\n[0:00:05] Ben: Good bye.\n", [A, B]),
    "round brackets": ("(00:01) Ada: Hello there.\n(00:05) Ben: Good bye.\n", [A, B]),
    "no brackets": ("0:01 - Ada: Hello there.\n0:05 - Ben: Good bye.\n", [A, B]),
    "thousandths": ("[00:00:01.250] Ada: Hello there.\n[00:00:05.500] Ben: Good bye.\n", [A, B]),
    "time and name above": ("00:00:01 Ada\nHello there.\n\n00:00:05 Ben\nGood bye.\n", [A, B]),
    "name and time above": ("Ada  0:01\nHello there.\n\nBen  0:05\nGood bye.\n", [A, B]),
    "name and brackets above": ("Ada (00:01):\nHello there.\nBen (00:05):\nGood bye.\n", [A, B]),
    "name and brackets before": ("Ada (0:01): Hello there.\nBen [0:05]: Good bye.\n", [A, B]),
    "name, then brackets": ("Ada: [0:01] Hello there.\nBen: [0:05] Good bye.\n", [A, B]),
    "bold names": ("[00:01] **Ada:** Hello there.\n[00:05] **Ben:** Good bye.\n", [A, B]),
    "a head": ("Our show\n\n[00:01] Ada: Hello there.\n[00:05] Ben: Good bye.\n", [A, B]),
    "from and to": (
        "[00:01.000 --> 00:05.000]  Hello there.\n[00:05.000 --> 00:09.000]  Good bye.\n",
        [(None, A[1]), (None, B[1])],
    ),
    "time alone": ("[0:01]\nHello there.\n[0:05]\nGood bye.\n", [(None, A[1]), (None, B[1])]),
}


@pytest.mark.parametrize(("text", "said"), TIMED_TEXT.values(), ids=TIMED_TEXT)
def test_text_with_times_is_read(text, said):
    transcript = read(text)
    assert transcript.format == "text"
    assert [(cue.speaker, cue.text) for cue in transcript.cues] == said
    assert [int(cue.start) for cue in transcript.cues] == [1, 5]


@pytest.mark.parametrize(("first", "starts"), [("0:00", [0.0, 4.0, 9.0]), ("0:04", [0.0, 4.0, 6.0])])
def test_times_behind_the_words_are_beginnings_only_if_they_begin_at_zero(first, starts):
    times = [first, "0:04" if first == "0:00" else "0:06", "0:09"]
    said = ["We began in a small kitchen with a pan", "and then the drum came", "and then all was well"]
    text = "".join(f"{words} ({time})\n" for words, time in zip(said, times, strict=True))
    assert all(abs(cue.start - start) < 1.5 for cue, start in zip(read(text).cues, starts, strict=True))


@pytest.mark.parametrize("stamp", ["00:75:00", "-0:02", "999:99:99"])
def test_impossible_time_in_text_is_noted_and_its_words_are_kept(stamp):
    transcript = read(f"[0:01] one\n[{stamp}] two\n[0:05] six\n[0:07] ten\n")
    assert [cue.text for cue in transcript.cues] == ["one", "two", "six", "ten"]
    assert transcript.notes == (f"line 2: {stamp} is not a time; its words were taken with those before",)


def test_hour_lost_in_text_is_added():
    transcript = read("[59:57] one\n[00:02] two\n[00:06] six\n")
    assert [cue.start for cue in transcript.cues] == [3597.0, 3602.0, 3606.0]
    assert transcript.notes == ("line 2: the time falls back to 00:02; an hour was added",)


def test_prose_that_mentions_times_is_no_transcript():
    assert "not a transcript" in refusal("We met at 12:30 in town.\nThen we left.\n12:45 was too late, and 3:10 too.\n")


# --- any format

LONG = {
    "subtitle of one line": "1\n00:00:01,000 --> 00:59:00,000\n{}\n",
    "subtitle of one word": "1\n00:00:01,000 --> 00:59:00,000\nx {}\n",
    "segment": '{{"segments": [{{"start": 1, "end": 3000, "text": "{}"}}]}}',
    "paragraph": "<time>0:01</time><p>{}</p><time>59:00</time><p>end</p>",
}


@pytest.mark.parametrize("name", LONG)
def test_sentence_of_100_kilobytes_is_read_whole_and_cut(name):
    words = ["y" * 100_000] if "word" in name else ["word"] * 20_000
    cues = read(LONG[name].format(" ".join(words))).cues
    assert sum(cue.text.count("y") + cue.text.count("word") for cue in cues) == (100_000 if "word" in name else 20_000)
    assert all(len(word.text) <= 500 for word in label_words(cues))


def test_two_line_ends_and_encodings_give_the_same_cues():
    text = segments(row(1, 2, "Café"), row(3, 4, "日本"))
    expected = read(text).cues
    assert read(text.replace("\n", "\r\n").encode("utf-16")).cues == expected
    assert read(b"\xef\xbb\xbf" + text.encode()).cues == expected
    assert read(text.replace("\n", "\r").encode("utf-16-be")).cues == expected
