import json

import pytest

from bot.errors import SettingError
from bot.records import KindSpan, Word
from bot.sources.kind_overrides import empty_spans, override_kinds, read_kinds_file

SPAN = KindSpan("sponsor", 72.0, 95.5)
READ = [
    ("toml clock", '[[kinds]]\nkind = "sponsor"\nstart = "1:12"\nend = "1:35.5"\n'),
    ("toml seconds", "[[kinds]]\nkind = 'sponsor'\nstart = 72\nend = 95.5\n"),
    ("toml hours", '[[kinds]]\nkind = "sponsor"\nstart = "0:01:12"\nend = "0:01:35.5"\n'),
    ("json list", '[{"kind": "sponsor", "start": 72, "end": 95.5}]'),
    ("json of an episode", '{"id": "x", "kinds": [{"kind": "sponsor", "start": 72, "end": 95.5}]}'),
]


@pytest.fixture
def written(tmp_path):
    def write(text):
        file = tmp_path / "kinds"
        file.write_text(text, encoding="utf-8")
        return file

    return write


@pytest.mark.parametrize("text", [case[1] for case in READ], ids=[case[0] for case in READ])
def test_kinds_are_read(written, text):
    assert read_kinds_file(written(text)) == (SPAN,)


def entry(**changed):
    return json.dumps([{"kind": "sponsor", "start": 1, "end": 2} | changed])


FAULTS = [
    ("empty", "", "there is no kinds"),
    ("no list", '{"kinds": 3}', "not a list"),
    ("neither", "kind: sponsor", "neither TOML nor JSON"),
    ("unknown kind", entry(kind="advert"), r"kinds\[1\].kind: 'advert' is not a kind -> write one of talk, sponsor"),
    ("unknown key", entry(stop=3), r"kinds\[1\].stop: this key is not known -> the keys here are kind, start, end"),
    ("no time", entry(start="soon"), r"kinds\[1\].start: 'soon' is not a time -> write \"m:ss\""),
    ("seconds above 59", entry(start="1:75"), "not a time"),
    ("minutes above 59", entry(start="1:75:00"), "not a time"),
    ("negative", entry(start=-1), "not a time"),
    ("not a number", '[{"kind": "talk", "start": NaN, "end": 2}]', "not a time"),
    ("endless", '[{"kind": "talk", "start": 0, "end": Infinity}]', "not a time"),
    ("huge", entry(end=10**400), "not a time"),
    ("true", entry(start=True), "not a time"),
    ("backwards", entry(start=3), "it ends before it starts"),
    ("deep", "[" * 100_000, "neither TOML nor JSON"),
]


@pytest.mark.parametrize(("text", "said"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_fault_names_the_entry(written, text, said):
    with pytest.raises(SettingError, match=said):
        read_kinds_file(written(text))


def test_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingError, match=r"gone\.toml: No such file"):
        read_kinds_file(tmp_path / "gone.toml")


def test_words_in_a_span_get_its_kind_and_the_later_span_wins():
    words = [Word(float(second), second + 1.0, "word", 1, "intro") for second in range(6)]
    spans = [KindSpan("sponsor", 1, 5), KindSpan("talk", 3, 4)]
    kinds = [word.kind for word in override_kinds(words, spans)]
    assert kinds == ["intro", "sponsor", "sponsor", "talk", "sponsor", "intro"]


def test_span_in_which_nothing_is_said_is_noted():
    words = [Word(0, 1, "word", 1)]
    [note] = empty_spans(words, [KindSpan("promo", 60, 70), KindSpan("talk", 0, 1)])
    assert "promo 1:00-1:10" in note
