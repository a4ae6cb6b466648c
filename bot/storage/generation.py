"""A generation: one complete, unchanging index of all episodes of a store, read from its folder."""

from __future__ import annotations

import logging
import re
import threading
import weakref
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.errors import StoreError
from bot.index import Embedder, EpisodeIndex, Vectors
from bot.quantizing import quantize
from bot.records import KINDS, Kind
from bot.search.int8_products import PackedRows
from bot.search.postings import Postings
from bot.storage.chroma_index import DATABASE, ChromaFailure, ChromaIndex, build_chroma, can_open
from bot.storage.keyword_files import KEYWORDS, read_keywords, write_keywords
from bot.storage.manifest import (
    FORMAT,
    MANIFEST,
    EmbeddingStamp,
    EpisodeEntry,
    Manifest,
    check_embedding,
    read_manifest,
    write_manifest,
)
from bot.storage.sealed_files import Seal, SealedFiles, damage, seal_files
from bot.storage.sentence_files import read_episode
from bot.storage.stored_sequences import StoredEpisode

LARGEST_IN_MEMORY_BYTES = 64 << 20  # arrays of a generation together; about fifteen hours of audio
EPISODES = "../episodes"  # from a generation's folder
# To compare a question with 17,500 passages takes 0.6 ms, and none of the nearest is missed. Chroma takes 4 ms, of
# 60,000 passages 5 ms, and 0.6 s and 70 MB to be opened, so it is asked where the scope has so many (2,000 hours of
# speech) and at least this share of all. Either way some more than are wanted are looked at.
LARGE, MOST, MORE = 150_000, 0.5, 20

Identity = tuple[int, int]


def check_episodes(episodes: Sequence[EpisodeIndex], embedder: Embedder) -> None:
    """Raises StoreError for vectors that cannot be searched, ValueError for a list that contradicts itself."""
    names = [index.episode.id for index in episodes]
    if len(set(names)) < len(names):
        raise ValueError(f"an episode comes twice in {names}")
    for index in episodes:
        if index.vectors.shape != (len(index.passages), embedder.dimension):
            raise ValueError(f"{index.episode.id} has vectors of the shape {index.vectors.shape}")
        lengths = np.linalg.norm(np.asarray(index.vectors, dtype=np.float32), axis=1)
        for row in np.flatnonzero(~(np.abs(lengths - 1) < 0.01)).tolist():  # so written that NaN counts as wrong
            raise StoreError(
                f"the embedding {embedder.name} gave no unit vector for {index.episode.id} at "
                f"{index.passages[row].start:.0f} s",
                "ingest again, or set EARMARK_EMBEDDING to another",
            )


def build_generation(
    folder: Path, episodes: Sequence[StoredEpisode], seals: Mapping[str, Mapping[str, Seal]], embedder: Embedder
) -> None:
    """Writes a complete generation into `folder`, which must not exist; `seals` are of the episodes' own folders.

    Raises OSError and ChromaFailure.
    """
    folder.mkdir(parents=True)
    chroma = build_chroma(folder, episodes)
    write_keywords(folder / KEYWORDS, (passage.text for index in episodes for passage in index.passages))
    files = seal_files(folder)
    for index in episodes:
        place = f"{EPISODES}/{index.folder}"
        files |= {f"{place}/{name}": seal for name, seal in seals[index.folder].items()}
    manifest = Manifest(
        format=FORMAT,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        embedding=EmbeddingStamp.of(embedder),
        chroma=chroma,
        episodes=tuple(_entry(index) for index in episodes),
        files=files,
    )
    write_manifest(folder, manifest)


def read_generation(folder: Path, embedder: Embedder | None) -> Generation:
    """Raises StoreError for a generation that is damaged, of another format, or made with another embedding.

    Without an embedder the embedding is not compared: for keyword search alone.
    """
    identity = identity_of(folder)
    manifest = read_manifest(folder)
    if embedder is not None:
        check_embedding(folder, manifest, embedder)
    files = sealed_files(folder, manifest)
    files.check_sizes()
    mapped = files.bytes_of(".npy") > LARGEST_IN_MEMORY_BYTES
    vectors = read_vectors(files, manifest)
    places = np.cumsum([0, *(entry.passages for entry in manifest.episodes)])
    episodes = tuple(
        read_episode(files, entry.folder, mapped=mapped, vectors=vectors[first:after])
        for entry, (first, after) in zip(manifest.episodes, pairwise(places.tolist()), strict=True)
    )
    return Generation(folder, manifest, episodes, vectors, read_keywords(files), identity)


def read_vectors(files: SealedFiles, manifest: Manifest) -> Vectors:
    """The vectors of all passages, one row each, so that one product compares a question with all of them."""
    vectors = np.empty((manifest.passages, manifest.embedding.dimension), dtype=np.float32)
    first = 0
    for entry in manifest.episodes:
        vectors[first : first + entry.passages] = files.read_array(f"{entry.folder}/vectors.npy")
        first += entry.passages
    vectors.flags.writeable = False
    return vectors


def sealed_files(folder: Path, manifest: Manifest) -> SealedFiles:
    return SealedFiles(folder, manifest.files, growing=frozenset({f"{manifest.chroma.folder}/{DATABASE}"}))


def identity_of(folder: Path) -> Identity | None:
    """Tells a generation from another of the same name in a store that was deleted and built anew."""
    try:
        status = (folder / MANIFEST).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _entry(index: StoredEpisode) -> EpisodeEntry:
    return EpisodeEntry(
        id=index.episode.id,
        folder=f"{EPISODES}/{index.folder}",
        source=index.episode.source,
        sha256=index.episode.sha256,
        sentences=len(index.sentences),
        passages=len(index.passages),
    )


class Generation:
    """Thread-safe. A row is a passage; rows count through all episodes, as those of `vectors` do.

    Chroma is opened when it is first asked, since importing it takes longer than all else. Where it cannot be opened
    although nothing is damaged (a read-only folder, a full disk, an index that another version made), and where it
    fails in use, all vectors are compared, as those of smaller libraries are.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        episodes: tuple[StoredEpisode, ...],
        vectors: Vectors,
        keywords: Postings,
        identity: Identity | None,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.episodes = episodes
        self.vectors = vectors
        self.keywords = keywords
        self.identity = identity
        self.places = {index.episode.id: place for place, index in enumerate(episodes)}
        counts = [len(index.passages) for index in episodes]
        self.first_rows: NDArray[np.int64] = np.array([0, *accumulate(counts)], dtype=np.int64)
        self.row_places: NDArray[np.int64] = np.repeat(np.arange(len(counts)), counts)
        kinds = [KINDS.index(kind) for index in episodes for kind in index.stored_passages.kinds]
        self._row_kinds: NDArray[np.int8] = np.array(kinds, dtype=np.int8)
        self._opening = threading.Lock()
        self._chroma: ChromaIndex | None = None
        self._chroma_usable = True
        self._closed = False

    @property
    def number(self) -> int:
        found = re.match(r"gen-(\d+)", self.folder.name)
        return int(found[1]) if found else 0

    def near(self, vector: Vectors, scope: NDArray[np.int64], k: int, *, large: int = LARGE) -> NDArray[np.int64]:
        """Rows of the scope, of which a few are more than wanted, with its `k` nearest passages among them.

        Cosines are rounded to 0.005 here, or it is Chroma that finds them. Raises StoreError for a damaged index.
        """
        # Chroma's filters take ten times as long as its search: what is outside of the scope is left out afterwards.
        if len(scope) >= max(large, MOST * len(self.vectors)):
            found = self._ask_chroma(vector, round(k / MOST) + MORE)
            inside = found[np.isin(found, scope)]
            if len(inside) >= k:
                return inside
        if len(scope) <= k + MORE:
            return scope
        rounded = self._packed.cosines(vector)[scope]
        return scope[np.sort(np.argpartition(-rounded, k + MORE)[: k + MORE])]

    @cached_property
    def _packed(self) -> PackedRows:
        return PackedRows(np.concatenate([quantize(index.vectors) for index in self.episodes]))

    def rows_in_scope(self, episodes: frozenset[str] | None, kinds: Collection[Kind]) -> NDArray[np.int64]:
        """The rows of these kinds in these episodes, in all without a set, rising."""
        inside = np.array([kind in kinds for kind in KINDS], dtype=np.bool_)[self._row_kinds]
        if episodes is not None:
            inside &= np.array([name in episodes for name in self.places], dtype=np.bool_)[self.row_places]
        return np.flatnonzero(inside)

    def open_chroma(self) -> ChromaIndex | None:
        """The open index, or None where there is none to open; raises StoreError where it is damaged."""
        with self._opening:
            if self._closed:
                raise StoreError(f"{self.folder}: the index was closed", "open the store again")
            if self._chroma is None and self._chroma_usable:
                self._chroma_usable = can_open(self.folder / self.manifest.chroma.folder, self.manifest.chroma)
                if self._chroma_usable:
                    self._chroma = self._open_checked()
            return self._chroma

    def close(self) -> None:
        """Chroma is not asked from here on; what was read stays. Forgetting the last reference closes too."""
        with self._opening:
            self._closed = True
            if self._chroma is not None:
                self._closing()
                self._chroma = None

    def _open_checked(self) -> ChromaIndex:
        stamp = self.manifest.chroma
        files = sealed_files(self.folder, self.manifest)
        try:
            files.check_sizes()
            files.check_bytes(stamp.folder)
            index = ChromaIndex(self.folder / stamp.folder, stamp)
        except OSError as error:
            raise damage(self.folder / stamp.folder, f"cannot be read ({error.strerror})") from error
        self._closing = weakref.finalize(self, index.close)
        if index.count() != self.manifest.passages:
            raise damage(self.folder, f"holds {index.count()} passages instead of {self.manifest.passages}")
        return index

    def _ask_chroma(self, vector: Vectors, k: int) -> NDArray[np.int64]:
        """The nearest rows; none where Chroma cannot answer."""
        chroma = self.open_chroma()
        if chroma is None:
            return np.zeros(0, dtype=np.int64)
        try:
            near = chroma.nearest(vector[None], min(k, len(self.vectors)))[0]
        except ChromaFailure as failure:
            logging.getLogger(__name__).warning("%s: Chroma failed (%s); searching without it", self.folder, failure)
            return np.zeros(0, dtype=np.int64)
        return np.array([self.first_rows[self.places[found]] + place for found, place in near], dtype=np.int64)
