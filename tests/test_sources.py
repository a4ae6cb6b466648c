import io
import os
import sys
from pathlib import Path

import pytest

from bot.errors import SettingError, TranscriptError
from bot.sources.description import describe
from bot.sources.transcript_files import find_sources

SRT = "1\n00:00:01,000 --> 00:00:04,000\nThe lake froze early that year.\n"

LYING_ABOUT = (
    *("talk-10.srt", "talk-9.srt", "season 2/talk-1.vtt", "season 2/cover.JPG", "season 2/talk-1.mp3", "README.md"),
    *("x.kinds.toml", ".hidden.srt", ".git/config.txt", "store/CURRENT", "store/gen-0001/manifest.json"),
)


@pytest.fixture
def folder(tmp_path):
    """Files as they lie about: transcripts in two folders, and what is none."""
    for name in LYING_ABOUT:
        file = tmp_path / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SRT)
    return tmp_path / "in"


def found(*paths, **described):
    return [source.path.name for source in find_sources(map(Path, paths), describe(**described))]


def test_folder_gives_the_transcripts_in_it_and_below(folder):
    assert found(folder) == ["talk-9.srt", "talk-10.srt", "talk-1.vtt"]


def test_links_are_not_followed(folder, tmp_path):
    (tmp_path / "secret.srt").write_text(SRT)
    (folder / "link.srt").symlink_to(tmp_path / "secret.srt")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.srt")
    assert found(folder) == ["talk-9.srt", "talk-10.srt", "talk-1.vtt"]
    assert found(folder / "**" / "talk-*.srt") == ["talk-10.srt", "talk-9.srt"]


@pytest.mark.timeout(20)
def test_pattern_does_not_go_round_in_folders_that_hold_each_other(folder):
    for number in range(4):
        (folder / f"loop-{number}").symlink_to(folder)
    assert found(folder / "**" / "*.vtt") == ["talk-1.vtt"]


def test_name_that_a_terminal_would_obey_is_shown_on_one_line(tmp_path):
    file = tmp_path / "a\nb\x1b[31mc.srt"
    file.write_text(SRT)
    [source] = find_sources([file])
    episode, _ = source.read()
    assert (episode.title, episode.source) == ("a b[31mc", "a b[31mc.srt")


def test_pattern_that_no_shell_expanded_is_expanded(folder):
    assert found(folder / "*.srt") == ["talk-10.srt", "talk-9.srt"]
    assert found(folder / "**" / "*.vtt") == ["talk-1.vtt"]


def test_file_whose_name_looks_like_a_pattern_is_a_file(folder):
    (folder / "a[1].srt").write_text(SRT)
    assert found(folder / "a[1].srt") == ["a[1].srt"]


def test_file_given_twice_is_read_once(folder):
    assert found(folder / "talk-9.srt", folder / "talk-9.srt") == ["talk-9.srt"]


@pytest.mark.parametrize("given", ["nothing/", "*.nope", "gone.srt"])
def test_nothing_found_is_said_when_it_is_read(tmp_path, given):
    (tmp_path / "nothing").mkdir()
    [source] = find_sources([tmp_path / given])
    with pytest.raises(TranscriptError, match="there is no"):
        source.read()


def test_title_of_one_episode_is_not_given_to_several(folder):
    assert len(found(folder, show="Winter talks")) == 3
    with pytest.raises(SettingError, match="--title describes one episode, and 3 files were given -> ingest them one"):
        found(folder, title="Ice")


STDIN = [("id", {"id": "ice"}, "ice"), ("title", {"title": "The ice v1.2"}, "the-ice-v1-2"), ("neither", {}, None)]


@pytest.mark.parametrize(("described", "expected"), [row[1:] for row in STDIN], ids=[row[0] for row in STDIN])
def test_standard_input_is_named_by_what_is_known_of_it(monkeypatch, described, expected):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SRT.encode())))
    [source] = find_sources([Path("-")], describe(**described))
    episode, transcript = source.read()
    assert episode.id == (expected or f"transcript-{transcript.sha256[:8]}")
    assert episode.source == "standard input"


def test_fault_in_standard_input_is_named(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    [source] = find_sources([Path("-")])
    with pytest.raises(TranscriptError, match=r"^standard input: "):
        source.read()
