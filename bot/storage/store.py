"""The store: a folder of generations, one of them current. Nothing that answers is ever changed in place.

episodes/   a folder for each episode, named after its content and shared by generations: ID-0f1e2d3c4b5a6978/
            {episode.json, sentences.jsonl, words.gz, vectors.npy, arrays/, seal.json}
gen-0002/   manifest.json (which episodes, and the seal of every file), chroma-1f2e3d4c/, keywords/
gen-0001/   the one before, for readers that still have it open
CURRENT     the name of the generation that answers
.lock       held by the one writer; .writer names it
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import StoreError, StoreNotBuilt
from bot.index import Embedder, EpisodeIndex
from bot.records import Episode, Passage, Sentence
from bot.storage.chroma_index import ChromaFailure
from bot.storage.episode_folders import EpisodeFolders
from bot.storage.generation import (
    Generation,
    build_generation,
    check_episodes,
    identity_of,
    read_generation,
)
from bot.storage.generation_check import check_in_child
from bot.storage.manifest import MANIFEST, NewerFormat, named_episodes, read_manifest
from bot.storage.salvage import read_sentences
from bot.storage.sealed_files import sync_path, sync_to_disk
from bot.storage.store_errors import bytes_needed, in_words, not_written
from bot.storage.stored_sequences import StoredEpisode

if TYPE_CHECKING:
    from filelock import BaseFileLock

CURRENT = "CURRENT"
LOCK = ".lock"
WRITER = ".writer"
ATTEMPTS = 3  # at reading, while writers replace what is read


class Store:
    """Constructing, asking and failing to ask create nothing; only a writer makes the folder."""

    def __init__(self, folder: Path, *, embedder: Embedder | None, lock_seconds: float) -> None:
        """Without an embedder it can be read, for keyword search, and not written."""
        self.folder = Path(folder)
        self._embedder = embedder
        self._lock_seconds = lock_seconds

    def read(self) -> Generation:
        """The current generation. Raises StoreNotBuilt where there is none, StoreError where it cannot be used."""
        for attempt in range(ATTEMPTS):
            current = self._current()
            if current is None:
                raise StoreNotBuilt(f"no index at {self.folder}", "earmark ingest FILE")
            try:
                return read_generation(current, self._embedder)
            except (StoreError, OSError) as error:
                if attempt + 1 < ATTEMPTS and self._current() != current:
                    continue
                if isinstance(error, OSError):
                    raise in_words(self.folder, error, "read") from error
                raise
        raise AssertionError("the last attempt returns or raises")

    def changed(self, generation: Generation) -> bool:
        """True where `.read()` would not give this generation: replaced, deleted, or rebuilt under its name.

        Costs reading one line and one `stat`, 50 µs.
        """
        try:
            current = self._current()
        except StoreError:
            return True
        return current is None or current.name != generation.folder.name or identity_of(current) != generation.identity

    def write(self, episodes: Sequence[EpisodeIndex]) -> None:
        """Replaces everything: `episodes` are all that the store holds from now on.

        The new generation is built aside, checked in a child process, and becomes current in one rename; whatever
        stops this before (an error, Ctrl-C, kill -9), the old one answers. Raises StoreError.
        A caller that adds to what it has read holds `locked()` around reading and writing, lest another writer's
        episodes be lost.
        """
        if self._embedder is None:
            raise ValueError("a store without an embedder cannot be written")
        check_episodes(episodes, self._embedder)
        with self.locked():
            self._refuse_newer()
            unfinished = self._next_unfinished()
            self._sweep()
            try:
                stored = [self._folders.put(index) for index in episodes]
                self._build(unfinished, stored, self._embedder)
                self._publish(unfinished)
                self._sweep_episodes()
            except (OSError, ChromaFailure) as error:
                raise not_written(self.folder, error, bytes_needed(episodes)) from error
            finally:
                self._sweep()

    def find(
        self, episode: Episode, sentences: Sequence[Sentence], passages: Sequence[Passage]
    ) -> StoredEpisode | None:
        """The index of exactly these words, where one was kept, also by an ingest that did not come to its end."""
        return self._folders.find(episode, sentences, passages)

    def keep(self, index: EpisodeIndex) -> StoredEpisode:
        """The same index, on the disk, for a `write` to come; nothing answers from it before. Raises StoreError."""
        if self._embedder is None:
            raise ValueError("a store without an embedder cannot be written")
        check_episodes([index], self._embedder)
        with self.locked():
            self._refuse_newer()
            try:
                return self._folders.put(index)
            except OSError as error:
                raise not_written(self.folder, error, bytes_needed([index])) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other writers out; may be nested. Raises StoreError naming the writer that holds it too long."""
        from filelock import Timeout

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise StoreError(
                f"{self.folder}: locked by {self._writer()}",
                "wait for it to end, or set EARMARK_LOCK_SECONDS to wait longer",
            ) from None
        except OSError as error:
            raise in_words(self.folder, error, "write") from error
        try:
            self._name_writer()
            yield
        finally:
            if self._lock.lock_counter == 1:
                with suppress(OSError):
                    (self.folder / WRITER).unlink()
            self._lock.release()

    def salvage(self) -> tuple[tuple[Episode, tuple[Sentence, ...]], ...]:
        """Episodes with all their sentences, as far as they are whole, from a store that `.read()` refuses.

        What is damaged in the current generation comes from the one before. Raises StoreError for a newer format.
        """
        current = self._current()
        if current is None:
            return ()
        whole = read_sentences(current)
        try:
            held = named_episodes(current)
        except StoreError:
            held = None
        for folder in reversed(self._generations()):
            if _number(folder) < _number(current):
                for name, words in read_sentences(folder).items():
                    if held is None or name in held:
                        whole.setdefault(name, words)
        return tuple(whole.values())

    @cached_property
    def _folders(self) -> EpisodeFolders:
        assert self._embedder is not None
        return EpisodeFolders(self.folder / "episodes", self._embedder.fingerprint)

    @cached_property
    def _lock(self) -> BaseFileLock:
        from filelock import FileLock

        return FileLock(self.folder / LOCK, timeout=self._lock_seconds)

    def _current(self) -> Path | None:
        """The folder that CURRENT names; where that file is lost, the newest complete generation."""
        try:
            name = (self.folder / CURRENT).read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            name = ""
        except NotADirectoryError:
            raise StoreError(f"{self.folder} is not a folder", "name a folder with --store") from None
        except OSError as error:
            raise in_words(self.folder, error, "read") from error
        if re.fullmatch(r"gen-\d{4,}", name):
            return self.folder / name
        complete = [path for path in self._generations() if (path / MANIFEST).exists()]
        return complete[-1] if complete else None

    def _generations(self) -> list[Path]:
        """Folders of generations that were finished, oldest first."""
        return sorted((path for path in self._numbered() if path.suffix != ".tmp"), key=_number)

    def _numbered(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if re.fullmatch(r"gen-\d{4,}(\.tmp)?", path.name)]
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _refuse_newer(self) -> None:
        current = self._current()
        if current is not None:
            try:
                read_manifest(current)
            except NewerFormat:
                raise
            except StoreError:
                return  # writing anew is the mend for a damaged index

    def _next_unfinished(self) -> Path:
        """A number that no other folder has, not even one left by a killed writer: its check may still run there."""
        used = [_number(path) for path in [*self._numbered(), *filter(None, [self._current()])]]
        return self.folder / f"gen-{max(used, default=0) + 1:04d}.tmp"

    def _build(self, folder: Path, episodes: Sequence[StoredEpisode], embedder: Embedder) -> None:
        build_generation(folder, episodes, {index.folder: self._folders.seals(index) for index in episodes}, embedder)
        fault = check_in_child(folder, sum(len(index.passages) for index in episodes))
        if fault:
            raise ChromaFailure(f"its check failed: {fault}")
        self._folders.sync({index.folder for index in episodes} - self._synced())
        sync_to_disk(folder)

    def _publish(self, built: Path) -> None:
        final = built.with_suffix("")
        built.rename(final)
        sync_path(self.folder)
        named = self.folder / f"{CURRENT}.tmp"
        with named.open("w", encoding="utf-8") as file:
            file.write(final.name + "\n")
            file.flush()
            os.fsync(file.fileno())
        named.replace(self.folder / CURRENT)
        sync_path(self.folder)

    def _sweep(self) -> None:
        """Removes all but the current generation and the one before: older ones, and what writers left unfinished."""
        with suppress(OSError, StoreError):
            current = self._current()
            if current is None:
                keep = self._generations()
            else:
                older = [path for path in self._generations() if _number(path) < _number(current)]
                keep = [current, *older[-1:]]
            for path in self._numbered():
                if path not in keep:
                    # Renamed first, so that a half removed one never looks like a generation.
                    dying = path if path.suffix == ".tmp" else path.rename(path.with_suffix(".tmp"))
                    shutil.rmtree(dying, ignore_errors=True)
            (self.folder / f"{CURRENT}.tmp").unlink(missing_ok=True)

    def _synced(self) -> set[str]:
        """Folders of episodes that the current generation has; they were synced when it was published."""
        current = self._current()
        if current is None:
            return set()
        try:
            return {Path(entry.folder).name for entry in read_manifest(current).episodes}
        except StoreError:
            return set()

    def _sweep_episodes(self) -> None:
        """Removes the folders that no generation names; none where that cannot be known."""
        self._sweep()
        with suppress(OSError, StoreError):
            manifests = [read_manifest(path) for path in self._generations()]
            self._folders.sweep({Path(entry.folder).name for manifest in manifests for entry in manifest.episodes})

    def _name_writer(self) -> None:
        import socket

        since = datetime.now(UTC).isoformat(timespec="seconds")
        writer = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
        with suppress(OSError):  # it only serves the message to those who wait
            (self.folder / WRITER).write_text(json.dumps(writer), encoding="utf-8")

    def _writer(self) -> str:
        try:
            writer = json.loads((self.folder / WRITER).read_text(encoding="utf-8"))
            return f"process {writer['pid']} on {writer['host']} since {writer['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


def _number(folder: Path) -> int:
    return int(folder.name.removesuffix(".tmp").removeprefix("gen-"))
