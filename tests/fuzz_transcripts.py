"""Damages transcripts of every format and reads them: `python -m tests.fuzz_transcripts [SEEDS] [FIRST]`.

Each seed is one damaged file; it must be read, in time order and without overlaps, or refused with a TranscriptError
of one line. Then texts that make careless readers slow: time must grow with the size, not with its square.
"""

import argparse
import json
import random
import time
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path

from bot.errors import TranscriptError
from bot.transcripts import read_transcript_bytes

FIXTURES = Path(__file__).with_name("transcripts")
LARGEST = 2000
AWKWARD = (
    *("-->", "<v ", "<00:00:01.000>", "&#x202e;", "&#99999999999;", "\\ud800", "\x00", "\x1b[31m", "\ufeff", "\u2028"),
    *("[", "]", "{", "}", '"', "NaN", "Infinity", "1e999", "-1", "99:99:99", "0:61", "null", "[]", "{}", "true"),
    *("٣", "²", "\r", "\n\n", "**", "\\[12:34\\]", "<time>", "</p>", "<!--", "<script>", "<cite>", "Ada:", ":", "0:00"),
    *("9" * 5000, "999999999999"),
)


@cache
def originals():
    """The fixtures, cut so that ten thousand of them are read in a minute."""
    files = sorted(path for path in FIXTURES.rglob("*") if path.is_file() and path.suffix != ".toml")
    return tuple(_short(path) for path in files)


def _short(path):
    if path.suffix.startswith(".json"):
        return json.dumps(_shortened(json.loads(path.read_bytes())), indent=1).encode()
    return path.read_bytes()[:LARGEST]


def _shortened(value):
    if isinstance(value, dict):
        return {key: _shortened(inner) for key, inner in value.items()}
    return [_shortened(inner) for inner in value[:6]] if isinstance(value, list) else value


def damaged(seed):
    """The bytes of a file with one to six faults."""
    dice = random.Random(seed)
    data = dice.choice(originals())
    for _ in range(dice.randint(1, 6)):
        data = dice.choice(DAMAGES)(data, dice)
    return data


def _lines(data, dice):
    lines = data.split(b"\n")
    at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    action = dice.choice(["drop", "double", "swap", "cut"])
    if action == "drop":
        del lines[at]
    elif action == "double":
        lines.insert(other, lines[at])
    elif action == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = lines[at][: len(lines[at]) // 2]
    return b"\n".join(lines)


def _insert(data, dice):
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice(AWKWARD).encode("utf-8", "surrogatepass") + data[at:]


def _value(data, dice):
    """Something else where a number or a quoted text stood."""
    marks = [number for number, byte in enumerate(data) if byte in b'0123456789"']
    at = dice.choice(marks) if marks else 0
    return data[:at] + dice.choice(AWKWARD).encode("utf-8", "surrogatepass") + data[at + dice.randint(0, 12) :]


def _flip(data, dice):
    if not data:
        return data
    at = dice.randrange(len(data))
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def _cut(data, dice):
    return data[: dice.randrange(len(data) + 1)]


def _repeat(data, dice):
    at = dice.randrange(len(data) + 1)
    return data[:at] + data[at : at + dice.randint(1, 40)] * dice.randint(2, 60) + data[at:]


def _join(data, dice):
    return data[: dice.randrange(len(data) + 1)] + dice.choice(originals())[:LARGEST]


DAMAGES = (_lines, _lines, _insert, _value, _value, _flip, _cut, _repeat, _join)


def fault_of(data):
    """What is wrong with how these bytes are read, or None."""
    try:
        transcript = read_transcript_bytes("fuzz", data)
    except TranscriptError as error:
        return f"a message of several lines: {error}" if "\n" in str(error) or not error.advice else None
    cues, last = transcript.cues, data.count(b"\n") + data.count(b"\r") + 1
    if not all(0 <= cue.start <= cue.end < 1e7 and cue.text.strip() and 1 <= cue.line <= last for cue in cues):
        return "a cue without words, line or possible time"
    if any(after.start < before.end for before, after in pairwise(cues)):
        return "cues that overlap"
    if any(not text.isprintable() for cue in cues for text in (cue.text, cue.speaker or "")):
        odd = {c for cue in cues for c in cue.text + (cue.speaker or "") if not c.isprintable()}
        if odd & {chr(code) for code in (*range(32), *range(127, 160), *range(0xD800, 0xE000), 0x202E, 0xFEFF)}:
            return f"unprintable characters {odd}"
    return None


SRT = "1\n00:00:01,000 --> 00:00:02,000\n{}"
MARKDOWN = "**A:** x [0:01]\n**B:** x\n{}"
TEXT = "[0:01] x\n[0:02] y\n{}z"
JSON = '{{"segments":[{}{{}}]}}'
FLOODS = {
    **dict.fromkeys(("<", "<a ", "<!--", "<script>"), "<p>{}"),
    "< ": "<p>{}>",
    **dict.fromkeys(("<div>", "<cite>A:</cite><time>0:01</time><p>x</p>", "[", '[{"a":', "00:01 -->"), "{}"),
    **dict.fromkeys(('\\"', "\\"), '{{"a":"{}'),
    '{"start":1,"end":2,"text":"x"},': JSON,
    '{"start":1,"end":99999,"text":"x y z"},{"start":2,"end":3,"text":"x"},': JSON,
    '{"start":1,"text":"x","words":[{"word":"[x","start":1},{"word":"x"}]},': JSON,
    "9": '{{"segments":[{{"start":{},"text":"x"}}]}}',
    '{"tStartMs":1,"segs":[{"utf8":"x"}]},': '{{"events":[{}{{}}]}}',
    "00:01.000 --> 00:02.000\n<v A>x<00:01.5> y\n\n": "WEBVTT\n\n{}",
    "<v A>x ": "WEBVTT\n\n00:01.000 --> 00:02.000\n{}",
    **dict.fromkeys(("word ", "w", "&", "\n", "{\\", "x\n", "A: "), SRT),
    **dict.fromkeys(("*", "[a](", "_", "** ", "[[", "**A "), MARKDOWN),
    **dict.fromkeys(("1:", "A -", " ", "A ", "A:"), TEXT),
    **dict.fromkeys(("**A:** x \\[00:01\\]\n", "[0:01] A: x\n", "x (0:03)\n", "0:01\n\nx\n\n"), "{}"),
    "\x1b]": "0:01\n\nx\n\n0:02\n{}y",
}


def seconds_for(flood, size):
    """The least processor time of three readings of `size` bytes of a flood."""
    data = FLOODS[flood].format(flood * (size // len(flood))).encode()
    least = float("inf")
    for _ in range(3):
        begun = time.process_time()
        with suppress(TranscriptError):
            read_transcript_bytes("flood", data)
        least = min(least, time.process_time() - begun)
    return least


def growth(flood):
    """How much longer four times the text takes; 4 is linear, 16 quadratic. Short times are not told apart."""
    return max(0.01, seconds_for(flood, 64_000)) / max(0.01, seconds_for(flood, 16_000))


def main():
    parser = argparse.ArgumentParser(description="Reads damaged transcripts.")
    parser.add_argument("seeds", nargs="?", type=int, default=10_000)
    parser.add_argument("first", nargs="?", type=int, default=0)
    options = parser.parse_args()
    faults = 0
    for seed in range(options.first, options.first + options.seeds):
        if (fault := fault_of(damaged(seed))) is not None:
            faults += 1
            print(f"seed {seed}: {fault}")
    print(f"{options.seeds} damaged files, {faults} faults, {time.process_time():.0f} s of processor time")
    slowest = max(FLOODS, key=lambda flood: seconds_for(flood, 16_000))
    steepest = max(FLOODS, key=growth)
    print(f"slowest 64 KB: {seconds_for(slowest, 64_000):.2f} s ({slowest!r})")
    print(f"steepest: 4 times the text takes {growth(steepest):.1f} times as long ({steepest!r})")
    return 1 if faults or growth(steepest) >= 9 else 0


if __name__ == "__main__":
    raise SystemExit(main())
