"""Paths given to `ingest` -> the transcripts to read, each with the episode file that describes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bot.episode_file import EpisodeFile, read_episode_file
from bot.errors import EarmarkError, TranscriptError
from bot.records import Episode
from bot.transcripts import Transcript, read_transcript

EPISODE_FILE = "episode.toml"
BUNDLED_EPISODE = Path(__file__).with_name("episode") / EPISODE_FILE


@dataclass(frozen=True, slots=True)
class Source:
    """What to ingest: `path` is a transcript or an episode file, `neighbour` an episode file that may describe it."""

    path: Path
    neighbour: Path | None = None

    def read(self) -> tuple[Episode, Transcript]:
        """Raises TranscriptError, also for what is wrong with the episode file."""
        described = self._described()
        if described is None:
            transcript = read_transcript(self.path)
            episode = Episode(id=slug(self.path.name), title=transcript.title or self.path.stem)
        elif described.transcript is None:
            raise TranscriptError(str(self.path), 0, "it names no transcript", 'add transcript = "FILE" to it')
        else:
            transcript, episode = read_transcript(described.transcript), described.episode
        source = episode.source or self.path.name
        return replace(episode, sha256=transcript.sha256, source=source), transcript

    def _described(self) -> EpisodeFile | None:
        if self.path.suffix == ".toml":
            return read_episode_file(self.path)
        if self.neighbour is not None:
            described = read_episode_file(self.neighbour)
            if described.transcript is not None and described.transcript.resolve() == self.path.resolve():
                return described
        return None


def find_sources(paths: Iterable[Path]) -> Iterator[Source]:
    """The transcripts that the paths name: a file, an episode file, or a folder of either, in the order of names."""
    for path in paths:
        if path.is_dir():
            yield from _inside(path)
        else:
            neighbour = path.parent / EPISODE_FILE
            yield Source(path, neighbour if neighbour.is_file() and neighbour != path else None)


def _inside(folder: Path) -> Iterator[Source]:
    """Episode files first; a transcript that one of them names is not read twice."""
    files = sorted(entry for entry in folder.iterdir() if entry.is_file() and not entry.name.startswith("."))
    episode_files = [file for file in files if file.suffix == ".toml"]
    named: set[Path] = set()
    for file in episode_files:
        with suppress(EarmarkError):  # what is wrong with it is said when it is ingested
            transcript = read_episode_file(file).transcript
            named.update([transcript.resolve()] if transcript else [])
        yield Source(file)
    yield from (Source(file) for file in files if file not in episode_files and file.resolve() not in named)


def slug(name: str) -> str:
    """An episode id from a file's name: its first part in lower case, with `-` for what is not a letter or digit."""
    stem = name.split(".", maxsplit=1)[0] or name.strip(".")
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "episode"
