"""JSON transcripts: impossible times and odd segments are left out and named, times put in order, the rest refused."""

import json

import pytest

from tests.small_transcripts import Case, check, read, refusal, row, segments

GOOD = row(1.0, 2.0, "before"), row(5.0, 6.0, "after")


def among_good(*rows):
    """JSON text of segments, some written as they are: NaN is no Python value of JSON."""
    first, last = map(json.dumps, GOOD)
    return '{"segments": [\n' + ",\n".join([first, *rows, last]) + "\n]}"


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
