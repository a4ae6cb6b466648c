import random

import pytest
from small_episodes import WordEmbedder

from bot.indexing import index_episode
from bot.ingest import index_source
from bot.records import Part, Sentence
from bot.sources.same_episode import Arrivals, KnownWords
from bot.sources.transcript_files import find_sources

LAKE = "The lake froze early that year, on the third of November."
RIVER = "The river never froze, but the mill wheel was covered in ice."


def srt(*sentences):
    cues = enumerate(sentences)
    return "\n".join(f"{n + 1}\n00:00:{3 * n:02d},000 --> 00:00:{3 * n + 3:02d},000\n{text}\n" for n, text in cues)


def vtt(*sentences):
    return "WEBVTT\n\n" + srt(*sentences).replace(",000", ".000")


@pytest.fixture
def library():
    """The episodes by id, as `ingest` holds them between reading and writing the store."""
    return {}


@pytest.fixture
def put(tmp_path, library):
    """Writes files, ingests them, and returns (status, episode's id or what is wrong) of each."""

    def write(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        arrivals = Arrivals(library)
        sources = find_sources([tmp_path / name for name in files])
        reports = [index_source(source, library, arrivals, keep, strict=False) for source in sources]
        return [(file.status, file.summary.episode.id if file.summary else file.problem) for file in reports]

    return write


def keep(episode, sentences):
    return index_episode(episode, sentences, WordEmbedder())


TOML = 'id = "winter"\ntitle = "Winter"\ntranscript = "{}"\n'
TWINS = [
    ("two formats", {"lake.srt": srt(LAKE), "lake.vtt": vtt(LAKE)}, ["lake"]),
    ("renamed", {"lake.srt": srt(LAKE), "ice.srt": srt(LAKE)}, ["lake"]),
    ("same name, other words", {"one/01.srt": srt(LAKE), "two/01.srt": srt(RIVER)}, ["01", "two-01"]),
    ("described one first", {"winter.toml": TOML.format("a.txt"), "a.txt": vtt(LAKE), "b.srt": srt(LAKE)}, ["winter"]),
]


@pytest.mark.parametrize(("files", "episodes"), [case[1:] for case in TWINS], ids=[case[0] for case in TWINS])
def test_episode_stands_in_the_library_once_and_again_changes_nothing(put, library, tmp_path, files, episodes):
    (tmp_path / "a.txt").write_text(files.get("a.txt", ""))
    put(files)
    assert list(library) == episodes
    assert {status for status, _ in put(files)} <= {"unchanged", "duplicate"}
    assert list(library) == episodes


def test_id_that_a_person_chose_replaces_one_made_of_a_name(put, library):
    put({"lake.srt": srt(LAKE)})
    assert put({"a.txt": vtt(LAKE), "winter.toml": TOML.format("a.txt")})[1] == ("indexed", "winter")
    assert list(library) == ["winter"]


def test_two_files_cannot_claim_one_id_for_other_words(put):
    described = {"a.toml": TOML.format("a.txt"), "b.toml": TOML.format("b.txt")}
    statuses = put({"a.txt": srt(LAKE), "b.txt": srt(RIVER), **described})
    assert [status for status, _ in statuses[2:]] == ["indexed", "rejected"]
    assert "'winter' is the id of" in statuses[3][1]


WORDS = [f"word{number}" for number in range(800)]


def text(seed, count=3000, wrong=0.0):
    draw = random.Random(seed)
    words = [draw.choice(WORDS) for _ in range(count)]
    noise = random.Random(wrong)
    return [Sentence((Part(0, 1, " ".join("um" if noise.random() < wrong else word for word in words), 1),))]


def test_recogniser_that_mishears_one_word_in_ten_gives_the_same_episode():
    known = KnownWords()
    known.add("a", text(1))
    known.add("b", text(2))
    assert known.twin(text(2, wrong=0.1)) == "b"
    assert known.twin(text(3)) is None
    assert known.twin(text(2, count=700)) is None  # a piece of it
    known.remove("b")
    assert known.twin(text(2)) is None
