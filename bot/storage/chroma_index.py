"""The passages of a generation in an embedded Chroma collection; nothing else imports chromadb.

What Chroma 1.5.9 does, found by running it, and what follows from it:
- A damaged HNSW file ends the whole process: every file is checked before Chroma opens it.
- Its HNSW files stay as they are only when everything was flushed: `sync_threshold` is the number of passages.
- Each opening adds a row to the table `acquire_write` of `chroma.sqlite3`: the content of the other tables is checked
  instead of the file's bytes, and a folder that cannot be written cannot be opened at all.
- Clients of one path share their state within a process: each index gets a folder name of its own.
- Of 20 ms for 150 of 17,500 passages, fetching their metadata takes 15: the ids say which passages they are.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.index import EpisodeIndex, Vectors
from bot.storage.manifest import ChromaStamp
from bot.storage.sealed_files import damage

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection as ChromaCollection

COLLECTION = "passages"
DATABASE = "chroma.sqlite3"
SEARCH = {"ef_construction": 200, "ef_search": 400}  # 98 of the 100 nearest of 10,000; 83 with Chroma's own values
BATCH = 1000  # Chroma refuses more than 5461 rows at once
OPENING_BYTES = 1_000_000  # to be free: Chroma writes a row, and on a full disk fails without saying so
CHANGING_TABLES = frozenset({"acquire_write", "maintenance_log"})

_clients = threading.Lock()  # Chroma fills its table of clients by path without one


class ChromaFailure(Exception):
    """Chroma raised; the text is what it said."""


def build_chroma(folder: Path, episodes: Sequence[EpisodeIndex]) -> ChromaStamp:
    """Writes an index into a new folder under `folder`. Raises ChromaFailure, and OSError for a full disk."""
    from uuid import uuid4

    name = f"chroma-{uuid4().hex[:8]}"
    try:
        client = _open_client(folder / name)
        try:
            _fill(client, episodes)
        finally:
            _close_client(client)
    except Exception as error:
        raise _failure(error, folder) from error
    return ChromaStamp(_version(), name, content_crc32(folder / name / DATABASE))


def _fill(client: ClientAPI, episodes: Sequence[EpisodeIndex]) -> None:
    count = sum(len(index.passages) for index in episodes)
    configuration: Any = {"hnsw": {"space": "cosine", **SEARCH, "sync_threshold": max(1, count)}}
    collection = client.create_collection(COLLECTION, embedding_function=None, configuration=configuration)
    for batch in _batches(episodes):
        collection.add(
            ids=[row.id for row in batch],
            embeddings=[row.vector for row in batch],
            metadatas=[row.metadata for row in batch],
        )
    if collection.count() != count:
        raise ChromaFailure(f"it holds {collection.count()} passages instead of {count}")
    for index in episodes:
        if index.passages:  # a query makes it flush its log
            collection.query(query_embeddings=[index.vectors[0]], n_results=1)
            return


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    vector: Any
    metadata: dict[str, Any]


def _batches(episodes: Sequence[EpisodeIndex]) -> Iterator[list[_Row]]:
    rows = _rows(episodes)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _rows(episodes: Sequence[EpisodeIndex]) -> Iterator[_Row]:
    """A row for each passage."""
    for index in episodes:
        for place, (passage, vector) in enumerate(zip(index.passages, index.vectors, strict=True)):
            metadata = {
                "episode": index.episode.id,
                "index": place,
                "kind": passage.kind,
            }
            if passage.timed:
                metadata |= {"start": float(passage.start), "end": float(passage.end)}
            yield _Row(f"{index.episode.id}/{place}", vector, metadata)


def _same_metadata(metadata: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Chroma loses the last bit of a float; exact times are in our own files."""
    return metadata.keys() == other.keys() and all(
        isclose(value, metadata[key]) if isinstance(value, float) else value == metadata[key]
        for key, value in other.items()
    )


def _same_vector(vector: Any, other: Any) -> bool:
    import numpy as np

    return np.shape(vector) == np.shape(other) and bool(np.allclose(vector, other, atol=1e-4))


class ChromaIndex:
    """An open index. The bytes of its files must have been checked before, but for the database's."""

    def __init__(self, folder: Path, stamp: ChromaStamp) -> None:
        """Raises StoreError where the database does not hold what was written into it."""
        if content_crc32(folder / DATABASE) != stamp.content_crc32:
            raise damage(folder / DATABASE, "its rows have changed")
        client = None
        try:
            client = _open_client(folder)
            self._collection: ChromaCollection = client.get_collection(COLLECTION, embedding_function=None)
        except Exception as error:
            if client is not None:
                _close_client(client)
            raise damage(folder, f"Chroma cannot open it ({error})") from error
        self._client = client

    def count(self) -> int:
        return self._collection.count()

    def nearest(self, vectors: Vectors, k: int) -> list[list[tuple[str, int]]]:
        """For each vector (episode id, passage index) of at most `k` near passages, nearest first.

        HNSW may miss some. Raises ChromaFailure.
        """
        try:
            hits = self._collection.query(query_embeddings=list(vectors), n_results=k, include=[])
        except Exception as error:
            raise ChromaFailure(str(error)) from error
        return [[_passage_of(row) for row in found] for found in hits["ids"]]

    def differences(self, episodes: Sequence[EpisodeIndex]) -> Iterator[str]:
        """Each passage that is not stored with the vector and the metadata that it has in `episodes`."""
        for batch in _batches(episodes):
            stored = self._collection.get(ids=[row.id for row in batch], include=["embeddings", "metadatas"])
            vectors, metadatas = stored["embeddings"], stored["metadatas"]
            if vectors is None or metadatas is None:
                raise ChromaFailure("it gave no vectors")
            found = dict(zip(stored["ids"], zip(vectors, metadatas, strict=True), strict=True))
            for row in batch:
                vector, metadata = found.get(row.id, ((), {}))
                if not (_same_metadata(metadata, row.metadata) and _same_vector(vector, row.vector)):
                    yield f"passage {row.metadata['index']} of {row.metadata['episode']} is not as it was written"

    def close(self) -> None:
        _close_client(self._client)


def can_open(folder: Path, stamp: ChromaStamp) -> bool:
    """False where opening would fail or change the schema: a read-only folder, a full disk, another Chroma."""
    writable = os.access(folder, os.W_OK) and os.access(folder / DATABASE, os.W_OK)
    return writable and shutil.disk_usage(folder).free >= OPENING_BYTES and _version() == stamp.version


def _version() -> str:
    from importlib.metadata import version

    return version("chromadb")


def content_crc32(database: Path) -> int:
    """Over the rows of all tables that only a writer changes. Raises StoreError for a broken database."""
    import sqlite3

    total = 0
    try:
        # Not mode=ro: a reader that was killed while opening leaves a journal that must be rolled back.
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True, timeout=10)) as connection:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise damage(database, "its tables contradict each other")
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
            ).fetchall()
            for (name,) in names:
                if name not in CHANGING_TABLES:
                    for row in connection.execute(f'SELECT * FROM "{name}"'):
                        total = zlib.crc32(repr(row).encode("utf-8", "surrogatepass"), total)
    except sqlite3.Error as error:
        raise damage(database, f"cannot be read as a database ({error})") from None
    return total


def _passage_of(row: str) -> tuple[str, int]:
    episode, _, place = row.rpartition("/")
    return episode, int(place)


def _open_client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    with _clients:
        return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def _close_client(client: ClientAPI) -> None:
    with _clients:
        client.close()  # type: ignore[attr-defined]


def _failure(error: Exception, folder: Path) -> Exception:
    if isinstance(error, OSError | ChromaFailure):
        return error
    full = "disk is full" in str(error) or "No space left" in str(error) or "os error 28" in str(error)
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) if full else ChromaFailure(str(error))
