"""A generation: one complete, unchanging index of all episodes of a store, read from its folder."""

from __future__ import annotations

import logging
import re
import threading
import weakref
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.errors import OutdatedIndex, StoreError
from bot.index import Embedder, EpisodeIndex, Vectors
from bot.records import Episode, Kind, Sentence
from bot.search.postings import Postings
from bot.storage.chroma_index import DATABASE, ChromaFailure, ChromaIndex, build_chroma, can_open
from bot.storage.keyword_files import KEYWORDS, read_keywords, write_keywords
from bot.storage.manifest import (
    FORMAT,
    MANIFEST,
    EmbeddingStamp,
    EpisodeEntry,
    Manifest,
    NewerFormat,
    check_embedding,
    named_episodes,
    read_manifest,
    write_manifest,
)
from bot.storage.sealed_files import Seal, SealedFiles, damage, seal_files
from bot.storage.sentence_files import read_episode, read_words
from bot.storage.stored_sequences import StoredEpisode

LARGEST_IN_MEMORY_BYTES = 64 << 20  # arrays of a generation together; about fifteen hours of audio
EPISODES = "../episodes"  # from a generation's folder
OLD_EPISODES = "episodes"  # inside its generation, in format 1

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
    episodes = tuple(read_episode(files, entry.folder, mapped=mapped) for entry in manifest.episodes)
    return Generation(folder, manifest, episodes, read_keywords(files), identity)


def read_sentences(folder: Path) -> dict[str, tuple[Episode, tuple[Sentence, ...]]]:
    """By id, the episodes of a damaged generation whose words are whole, from either of the two places that hold them.

    Where the manifest is gone: those in the store that no other generation names, then all. Raises NewerFormat.
    """
    read = _reader(folder)
    try:
        places = list(named_episodes(folder).values())
        read = sealed_files(folder, read_manifest(folder)).read
    except NewerFormat:
        raise
    except OutdatedIndex:  # its seals are of another kind
        pass
    except StoreError:
        places = _unnamed(folder)
    whole: dict[str, tuple[Episode, tuple[Sentence, ...]]] = {}
    for place in places:
        with suppress(StoreError, OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
            episode, sentences = read_words(read, place)
            whole.setdefault(episode.id, (episode, sentences))
    return whole


def _unnamed(folder: Path) -> list[str]:
    """Episodes that no readable manifest names, newest first, then the others."""
    named = set()
    for other in folder.parent.glob("gen-*"):
        with suppress(StoreError):
            named |= {Path(entry.folder).name for entry in read_manifest(other).episodes}
    paths = [path for path in (folder / EPISODES).glob("*") if not path.name.endswith(".tmp")]
    paths.sort(key=lambda path: (path.name in named, -path.stat().st_mtime_ns))
    inside = sorted((folder / OLD_EPISODES).glob("*"))
    return [f"{EPISODES}/{path.name}" for path in paths] + [f"{OLD_EPISODES}/{path.name}" for path in inside]


def _reader(folder: Path) -> Callable[[str], bytes]:
    return lambda name: (folder / name).read_bytes()


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
    """Thread-safe. Chroma is opened by the first search, since importing it takes longer than all else.

    Where Chroma cannot be opened although nothing is damaged (a read-only folder, an index made by another version of
    it), and where it fails in use, the vectors are searched one by one: the same hits, exact, in linear time.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        episodes: tuple[StoredEpisode, ...],
        keywords: Postings,
        identity: Identity | None,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.episodes = episodes
        self.keywords = keywords
        self.identity = identity
        self.places = {index.episode.id: place for place, index in enumerate(episodes)}
        self._opening = threading.Lock()
        self._chroma: ChromaIndex | None = None
        self._chroma_usable = True
        self._closed = False

    @property
    def number(self) -> int:
        found = re.match(r"gen-(\d+)", self.folder.name)
        return int(found[1]) if found else 0

    def search(
        self, vector: Vectors, k: int, *, episode: str | None = None, kinds: Collection[Kind]
    ) -> list[tuple[int, int, float]]:
        """(place in `.episodes`, place in its passages, cosine) of the `k` nearest passages, nearest first.

        Fewer where the episode and the kinds hold fewer. Raises StoreError for a damaged index, ValueError for a vector
        that is not finite or of another dimension.
        """
        query = self._unit(vector)
        scope = self._rows_in_scope(episode, kinds)
        wanted = min(k, sum(len(rows) for rows in scope.values()))
        if wanted <= 0:
            return []
        near = self._ask_chroma(query, wanted, episode, kinds)
        if sum(len(rows) for rows in near.values()) < wanted:
            near = scope
        return self._ranked(query, near)[:wanted]

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
        """Searches fail from here on; what was read stays readable. Forgetting the last reference closes too."""
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

    def _ask_chroma(self, query: Vectors, k: int, episode: str | None, kinds: Collection[Kind]) -> dict[int, list[int]]:
        """The rows found, by place of the episode; fewer than `k` where Chroma cannot answer."""
        chroma = self.open_chroma()
        if chroma is None or not query.any():
            return {}
        try:
            # A filter by kind costs Chroma 40 ms of 45 among 10,000 passages. Nearly all are talk: so first without.
            near = self._in_kinds(chroma.nearest(query[None], 2 * k + 20, episode=episode)[0], kinds)
            if len(near) < k:
                near = chroma.nearest(query[None], k, episode=episode, kinds=kinds)[0]
        except ChromaFailure as failure:
            logging.getLogger(__name__).warning("%s: Chroma failed (%s); searching without it", self.folder, failure)
            return {}
        rows: dict[int, list[int]] = {}
        for found, row in near:
            rows.setdefault(self.places[found], []).append(row)
        return rows

    def _in_kinds(self, near: list[tuple[str, int]], kinds: Collection[Kind]) -> list[tuple[str, int]]:
        return [(found, row) for found, row in near if self._kinds[self.places[found]][row] in kinds]

    def _ranked(self, query: Vectors, rows: dict[int, list[int]]) -> list[tuple[int, int, float]]:
        """Best first; cosines come from our own vectors, so that they are the same however a row was found."""
        hits = []
        for place, chosen in rows.items():
            cosines = (self.episodes[place].vectors @ query).tolist()
            hits += [(place, row, cosines[row]) for row in chosen]
        return sorted(hits, key=lambda hit: (-hit[2], hit[0], hit[1]))

    def _unit(self, vector: Vectors) -> Vectors:
        query = np.asarray(vector, dtype=np.float32).reshape(-1)
        if len(query) != self.manifest.embedding.dimension or not np.isfinite(query).all():
            raise ValueError(f"a query vector needs {self.manifest.embedding.dimension} finite numbers")
        length = float(np.linalg.norm(query))
        return query / np.float32(length) if length else query

    def _rows_in_scope(self, episode: str | None, kinds: Collection[Kind]) -> dict[int, list[int]]:
        places = [place for name, place in self.places.items() if episode in (None, name)]
        return {place: np.flatnonzero(np.isin(self._kinds[place], list(kinds))).tolist() for place in places}

    @cached_property
    def _kinds(self) -> tuple[NDArray[np.str_], ...]:
        return tuple(np.array(index.stored_passages.kinds, dtype="U16") for index in self.episodes)
