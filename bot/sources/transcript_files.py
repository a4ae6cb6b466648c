"""Paths given to `ingest` -> the transcripts to read, each with the episode file that describes it.

A path is a file, a folder with all that is in it, a pattern such as `talks/**/*.srt`, or `-` for standard input.
In a folder, what is hidden, linked, or by its name no transcript (sound, pictures, a README) is passed over.
"""

from __future__ import annotations

import glob
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.errors import EarmarkError, SettingError, TranscriptError
from bot.records import Episode
from bot.sources.description import Description, one_line
from bot.sources.episode_file import EpisodeFile, read_episode_file
from bot.transcripts import Transcript, read_transcript, read_transcript_bytes
from bot.transcripts.lines import LIMIT_BYTES, shown_path

EPISODE_FILE = "episode.toml"
BUNDLED_EPISODE = Path(__file__).parents[1] / "episode" / EPISODE_FILE
STANDARD_INPUT = Path("-")
STANDARD_INPUT_NAME = "standard input"
# By their names: content decides what a transcript is, but nobody wants a refusal for each song of a folder.
_PASSED_OVER = re.compile(
    r"(?:readme|licen[sc]e|copying|notice|changelog|contributing)(?:\..*)?|.*\.kinds\.toml|.*\."
    r"(?:mp3|m4a|m4b|aac|wav|flac|ogg|oga|opus|wma|aiff?|mp4|m4v|mov|mkv|webm|avi|jpe?g|png|gif|webp|svg|ico|bmp|tiff?|"
    r"heic|pdf|docx?|odt|rtf|xlsx?|csv|tsv|pptx?|epub|zip|gz|bz2|xz|zst|7z|rar|tar|tgz|db|sqlite3?|npy|parquet|pyc?|"
    r"js|ts|css|sh|ya?ml|lock|log|bak|tmp|part)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Source:
    """What to ingest: `path` is a transcript or an episode file, `neighbour` an episode file that may describe it."""

    path: Path
    neighbour: Path | None = None
    given: Description = field(default_factory=Description)

    def read(self) -> tuple[Episode, Transcript]:
        """Raises TranscriptError, also for what is wrong with the episode file."""
        if self.path == STANDARD_INPUT:
            episode, transcript = self._read_standard_input()
        else:
            episode, transcript = self._read_file()
        source = episode.source or (STANDARD_INPUT_NAME if self.path == STANDARD_INPUT else one_line(self.path.name))
        return self.given.applied_to(replace(episode, sha256=transcript.sha256, source=source)), transcript

    @property
    def names_its_episode(self) -> bool:
        """Whether a person chose the episode's id; else it is made of the file's name."""
        if self.given.id:
            return True
        with suppress(EarmarkError):
            return self._described() is not None
        return False

    def _read_file(self) -> tuple[Episode, Transcript]:
        if self.path.is_dir():
            raise TranscriptError(shown_path(self.path), 0, "there is no transcript in this folder", "put one there")
        described = self._described()
        if described is None:
            transcript = read_transcript(self.path)
            return Episode(id=slug(self.path.name), title=transcript.title or one_line(self.path.stem)), transcript
        if described.transcript is None:
            raise TranscriptError(shown_path(self.path), 0, "it names no transcript", 'add transcript = "FILE" to it')
        return described.episode, read_transcript(described.transcript)

    def _read_standard_input(self) -> tuple[Episode, Transcript]:
        data = sys.stdin.buffer.read(LIMIT_BYTES + 1)
        transcript = read_transcript_bytes(STANDARD_INPUT_NAME, data)
        title = self.given.title or transcript.title or ""
        name = slug(re.sub(r"\.", " ", title)) if title else f"transcript-{sha256(data).hexdigest()[:8]}"
        return Episode(id=name, title=title or STANDARD_INPUT_NAME), transcript

    def _described(self) -> EpisodeFile | None:
        if self.path.suffix == ".toml":
            return read_episode_file(self.path)
        if self.neighbour is not None:
            described = read_episode_file(self.neighbour)
            if described.transcript is not None and described.transcript.resolve() == self.path.resolve():
                return described
        return None


def find_sources(paths: Iterable[Path], given: Description | None = None) -> list[Source]:
    """The transcripts that the paths name, each once, folders in the order of names.

    Raises SettingError where what is `given` can describe one episode only and there are several.
    """
    given = given or Description()
    sources = list(dict.fromkeys(replace(source, given=given) for path in paths for source in _at(path)))
    if len(sources) > 1 and (single := given.of_one_episode):
        raise SettingError(
            f"--{single[0]} describes one episode, and {len(sources)} files were given",
            "ingest them one by one, or write an episode.toml for each",
        )
    return sources


def _at(path: Path) -> Iterator[Source]:
    if path == STANDARD_INPUT:
        yield Source(path)
    elif path.is_dir():
        yield from list(_inside(path)) or [Source(path)]
    elif glob.has_magic(str(path)) and not path.exists():
        yield from [source for match in _matches(path) for source in _at(match)] or [Source(path)]
    else:
        yield _beside(path)


def _matches(pattern: Path) -> list[Path]:
    """What the pattern names, in the order of names; without what is hidden or linked, as in a folder."""
    root = Path(pattern.anchor)
    relative = pattern.relative_to(root)
    hidden = any(part.startswith(".") for part in relative.parts)
    with suppress(ValueError):  # of `a**`
        found = sorted(path for path in root.glob(str(relative)) if not path.is_symlink())
        return [path for path in found if hidden or not any(part.startswith(".") for part in path.parts)]
    return []


def _beside(path: Path) -> Source:
    neighbour = path.parent / EPISODE_FILE
    return Source(path, neighbour if neighbour.is_file() and neighbour != path else None)


def _inside(folder: Path) -> Iterator[Source]:
    """Episode files first; a transcript that one of them names is not read twice."""
    files = list(_files_below(folder))
    episode_files = dict.fromkeys(file for file in files if file.suffix == ".toml")
    named: set[Path] = set()
    for file in episode_files:
        with suppress(EarmarkError):  # what is wrong with it is said when it is ingested
            transcript = read_episode_file(file).transcript
            named.update([transcript.resolve()] if transcript else [])
        yield Source(file)
    yield from (Source(file) for file in files if file not in episode_files and file.resolve() not in named)


def _files_below(folder: Path) -> Iterator[Path]:
    """Regular files in the order of names, numbers by their value; a folder's own before those of folders in it."""
    for place, folders, names in os.walk(folder):
        if (Path(place) / "CURRENT").is_file():  # a store of our own
            folders.clear()
            continue
        folders[:] = sorted((name for name in folders if not name.startswith(".")), key=_counting)
        for name in sorted(names, key=_counting):
            file = Path(place) / name
            if name.startswith(".") or _PASSED_OVER.fullmatch(name) or file.is_symlink() or not file.is_file():
                continue
            yield file


def _counting(name: str) -> list[Any]:
    """Sorts `talk-9` before `talk-10`."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d{1,9})", name)]


def slug(name: str) -> str:
    """An episode id from a file's name: its first part in lower case, with `-` for what is not a letter or digit."""
    stem = name.split(".", maxsplit=1)[0] or name.strip(".")
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:100].strip("-") or "episode"
