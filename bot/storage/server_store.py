"""A store on a Chroma server (`chroma run`), and the copy of it from which this machine answers.

On the server, two collections:
- `earmark-passages`: every passage with its vector, text, episode, start, end and kind, for any program to query;
- `earmark-files`: the files of the episodes' folders in pieces, and the row `CURRENT`, which names those that count.
The copy is an ordinary store of this machine's cache folder: what answers from it is what answers from a folder. Only
episodes that are new come over the network. Each question asks the server for CURRENT (3 ms): no reader is stale.

Chroma has no locks: writers on one machine wait for each other; of two on different machines, the one that publishes
second finds CURRENT changed and gives up.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from bot.errors import StoreError, StoreNotBuilt
from bot.index import Embedder, EpisodeIndex
from bot.records import Episode, Sentence
from bot.storage.chroma_server import ChromaServer
from bot.storage.generation import Generation
from bot.storage.manifest import FORMAT, EmbeddingStamp, NewerFormat, read_manifest
from bot.storage.sentence_files import read_words
from bot.storage.store import Store

ADDRESS = re.compile(r"(https?):/+([^/:]+)(?::(\d+))?/?")
COPY_OF = "COPY_OF"  # in the cache: which CURRENT its current generation is a copy of
CACHE_LOCK_SECONDS = 600.0  # another process may be copying a large library


class ServerStore(Store):
    def __init__(self, address: str, *, embedder: Embedder | None, lock_seconds: float) -> None:
        """Raises StoreError for an address that is none; does not connect."""
        found = ADDRESS.fullmatch(address)
        if found is None:
            raise StoreError(f"{address}: is not the address of a Chroma server", "write http://host:port")
        scheme, host, port = found[1], found[2], int(found[3] or (443 if found[1] == "https" else 8000))
        self.address = f"{scheme}://{host}:{port}"
        super().__init__(_cache_folder(self.address), embedder=embedder, lock_seconds=lock_seconds)
        self._server = ChromaServer(host, port, ssl=scheme == "https", address=self.address)
        self._read_at: str | None = None

    def read(self) -> Generation:
        state = self._state()
        if state is None:
            raise StoreNotBuilt(f"no index at {self.address}", "earmark ingest FILE")
        if self._embedder is not None and state["embedding"] != asdict(EmbeddingStamp.of(self._embedder)):
            raise StoreError(
                f"{self.address}: the index was made with the embedding {state['embedding']['name']}, of other weights",
                "earmark rebuild embeds its sentences anew",
            )
        generation = self._copy(state)
        self._read_at = state["token"]
        return generation

    def changed(self, generation: Generation) -> bool:
        try:
            state = self._state()
        except StoreError:
            return True  # reading says why
        return state is None or state["token"] != self._read_at or super().changed(generation)

    def write(self, episodes: Sequence[EpisodeIndex]) -> None:
        """As in a folder; the server changes in one step, after all that is new was sent."""
        with self.locked():
            before = self._state()
            super().write(episodes)
            folder = self._current()
            assert folder is not None
            assert self._embedder is not None
            names = [Path(entry.folder).name for entry in read_manifest(folder).episodes]
            held = self._server.folders()
            for name in names:
                if name not in held:
                    self._server.send_files(name, self.folder / "episodes" / name)
            token = uuid4().hex
            stamp = asdict(EmbeddingStamp.of(self._embedder))
            with_vectors = super().read()
            self._server.send_passages(with_vectors.episodes, token)
            with_vectors.close()
            if (self._state() or {}).get("token") != (before or {}).get("token"):
                raise StoreError(f"{self.address}: another writer has changed it meanwhile", "ingest again")
            self._server.set_current(
                {"format": FORMAT, "token": token, "embedding": stamp, "folders": names, "before": _folders(before)}
            )
            self._mark_copy(token)
            with suppress(StoreError):  # the next writer removes it
                self._server.remove_others({*names, *_folders(before)}, token)

    def salvage(self) -> tuple[tuple[Episode, tuple[Sentence, ...]], ...]:
        state = self._state()
        if state is None:
            return ()
        whole = {}
        with self.locked():
            for name in state["folders"]:
                with suppress(StoreError, OSError, ValueError, KeyError):
                    self._fetch(name)
                    episode, sentences = read_words(lambda file: (self.folder / "episodes" / file).read_bytes(), name)
                    whole[episode.id] = episode, sentences
        return tuple(whole.values())

    @contextmanager
    def locked(self) -> Iterator[None]:
        self._server.check()
        with super().locked():
            yield

    def _state(self) -> dict[str, Any] | None:
        state = self._server.current()
        if state is not None and state["format"] > FORMAT:
            raise NewerFormat(
                f"{self.address}: the index has format {state['format']}, made by a newer earmark", "upgrade earmark"
            )
        return state

    def _copy(self, state: dict[str, Any]) -> Generation:
        """The copy of this state, made where the cache has another one or a damaged one."""
        with suppress(StoreError):
            if self._copied() == state["token"]:
                return super().read()
        waiting, self._lock.timeout = self._lock.timeout, CACHE_LOCK_SECONDS
        try:
            with self.locked():
                if self._copied() != state["token"]:
                    super().write([self._fetch(name) for name in state["folders"]])
                    self._mark_copy(state["token"])
                try:
                    return super().read()
                except StoreError:  # damaged: it is only a copy
                    super().write([self._fetch(name) for name in state["folders"]])
                    return super().read()
        finally:
            self._lock.timeout = waiting

    def _fetch(self, name: str) -> EpisodeIndex:
        """The episode of this folder, from the cache where it is whole there."""
        index = self._folders.open(name)
        if index is None:
            target = self.folder / "episodes" / name
            shutil.rmtree(target, ignore_errors=True)
            unfinished = target.with_name(f"{name}.tmp")
            shutil.rmtree(unfinished, ignore_errors=True)
            self._server.fetch_files(name, unfinished)
            unfinished.rename(target)
            index = self._folders.open(name)
        if index is None:
            raise StoreError(f"{self.address}: the files of {name} are damaged", "ingest the episode files again")
        return index

    def _copied(self) -> str:
        """Which state the current generation of the cache is a copy of."""
        current = self._current()
        try:
            copied = json.loads((self.folder / COPY_OF).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        return str(copied["token"]) if current is not None and copied["generation"] == current.name else ""

    def _mark_copy(self, token: str) -> None:
        current = self._current()
        assert current is not None
        named = self.folder / f"{COPY_OF}.tmp"
        named.write_text(json.dumps({"token": token, "generation": current.name}), encoding="utf-8")
        named.replace(self.folder / COPY_OF)


def open_store(place: str | Path, *, embedder: Embedder | None, lock_seconds: float) -> Store:
    """The store in a folder, or on the server that an address names. Creates nothing."""
    if re.match(r"https?:/", str(place)):
        return ServerStore(str(place), embedder=embedder, lock_seconds=lock_seconds)
    return Store(Path(place), embedder=embedder, lock_seconds=lock_seconds)


def _folders(state: dict[str, Any] | None) -> list[str]:
    return state["folders"] if state else []


def _cache_folder(address: str) -> Path:
    import platformdirs

    letters = re.sub(r"[^a-z0-9]+", "-", address.lower()).strip("-")
    name = f"{letters}-{sha256(address.encode()).hexdigest()[:8]}"
    return Path(platformdirs.user_cache_dir("earmark", appauthor=False)) / "servers" / name
