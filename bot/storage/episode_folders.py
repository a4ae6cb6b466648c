"""The folders of a store's episodes: each is written aside, and never changed once it has its name.

A generation names the folders that it uses; adding an episode writes one folder and leaves the others as they are.
Folders that an interrupted ingest finished are found again by what they are made of.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from itertools import count
from pathlib import Path

from bot.index import EpisodeIndex
from bot.records import Episode, Passage, Sentence
from bot.storage.sealed_files import Seal, SealedFiles, sync_path, sync_to_disk
from bot.storage.sentence_files import key_of, read_episode, read_seals, write_episode
from bot.storage.stored_sequences import StoredEpisode


class EpisodeFolders:
    """Changed by the holder of the store's lock alone."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.folder = folder
        self._fingerprint = fingerprint
        self._seals: dict[str, dict[str, Seal]] = {}

    def find(
        self, episode: Episode, sentences: Sequence[Sentence], passages: Sequence[Passage]
    ) -> StoredEpisode | None:
        """The index made of exactly these and this embedding, where its folder is there and whole."""
        return self.open(key_of(episode, sentences, passages, self._fingerprint))

    def open(self, name: str) -> StoredEpisode | None:
        """The index in this folder, where it is there and whole."""
        seals = read_seals(self.folder / name)
        return None if seals is None else self._open(name, seals)

    def put(self, index: EpisodeIndex) -> StoredEpisode:
        """Writes the index, unless it came from here and is whole. Raises OSError."""
        if isinstance(index, StoredEpisode) and index.is_as_stored:
            seals = read_seals(self.folder / index.folder)
            if seals is not None:
                self._seals[index.folder] = seals
                return index
        key = key_of(index.episode, index.sentences, index.passages, self._fingerprint)
        unfinished = self.folder / f"{key}.tmp"
        shutil.rmtree(unfinished, ignore_errors=True)
        write_episode(unfinished, index)
        written = read_seals(unfinished)
        if written is None:
            raise OSError(f"{unfinished} is not what was written")
        for number in count(1):
            name = key if number == 1 else f"{key}-{number}"
            if not (self.folder / name).exists():
                unfinished.rename(self.folder / name)
                return self._open(name, written)
            # A damaged folder, or one with other vectors for the same words, keeps its name.
            seals = read_seals(self.folder / name)
            if seals is not None and _same_bytes(seals, written):
                shutil.rmtree(unfinished, ignore_errors=True)
                return self._open(name, seals)
        raise AssertionError("some name is free")

    def seals(self, index: StoredEpisode) -> dict[str, Seal]:
        """Of an index that `find` or `put` gave."""
        return self._seals[index.folder]

    def sync(self, names: Collection[str]) -> None:
        """Returns when these folders would survive a power cut."""
        for name in names:
            sync_to_disk(self.folder / name)
        if self.folder.exists():
            sync_path(self.folder)

    def sweep(self, keep: Collection[str]) -> None:
        """Removes all other folders."""
        if not self.folder.exists():
            return
        for path in self.folder.iterdir():
            if path.name not in keep:
                # Renamed first, so that a half removed one is not taken for an episode.
                dying = path if path.suffix == ".tmp" else path.rename(path.with_name(f"{path.name}.tmp"))
                shutil.rmtree(dying, ignore_errors=True)

    def _open(self, name: str, seals: dict[str, Seal]) -> StoredEpisode:
        self._seals[name] = seals
        files = SealedFiles(self.folder, {f"{name}/{file}": seal for file, seal in seals.items()})
        return read_episode(files, name, mapped=True)


def _same_bytes(some: dict[str, Seal], others: dict[str, Seal]) -> bool:
    return {name: (seal.size, seal.crc32) for name, seal in some.items()} == {
        name: (seal.size, seal.crc32) for name, seal in others.items()
    }
