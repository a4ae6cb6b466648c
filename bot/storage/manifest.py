"""The manifest of a generation: what it holds, what it was made with, and the seals of its files."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.errors import OutdatedIndex, StoreError
from bot.index import Embedder
from bot.storage.sealed_files import Seal, damage

FORMAT = 3
MANIFEST = "manifest.json"


class NewerFormat(StoreError):
    """Made by a later earmark: neither read nor replaced."""


@dataclass(frozen=True, slots=True)
class EmbeddingStamp:
    name: str
    dimension: int
    fingerprint: str

    @classmethod
    def of(cls, embedder: Embedder) -> EmbeddingStamp:
        return cls(embedder.name, embedder.dimension, embedder.fingerprint)


@dataclass(frozen=True, slots=True)
class ChromaStamp:
    """`folder` is new for each index; `content_crc32` is over the rows of its database, see `chroma_index`."""

    version: str
    folder: str
    content_crc32: int


@dataclass(frozen=True, slots=True)
class EpisodeEntry:
    """An episode of the generation; `folder` is relative to the generation's, `sha256` is of the source file."""

    id: str
    folder: str
    source: str
    sha256: str
    sentences: int
    passages: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Written last, so that its presence says that the generation is complete."""

    format: int
    made: str
    embedding: EmbeddingStamp
    chroma: ChromaStamp
    episodes: tuple[EpisodeEntry, ...]
    files: Mapping[str, Seal]

    @property
    def passages(self) -> int:
        return sum(entry.passages for entry in self.episodes)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    content = asdict(manifest) | {"complete": True}
    content["crc32"] = _crc32_of(content)
    (folder / MANIFEST).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Raises StoreError for a manifest that is missing, damaged or of another format."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise damage(path, "is missing") from None
    except (ValueError, RecursionError):
        raise damage(path, "is not JSON") from None
    if not isinstance(content, dict):
        raise damage(path, "is not a manifest")
    _check_format(path, content.get("format"))
    if content.pop("crc32", None) != _crc32_of(content) or content.pop("complete", None) is not True:
        raise damage(path, "its bytes have changed")
    try:
        return _manifest_from(content)
    except (KeyError, TypeError, AttributeError):
        raise damage(path, "lacks an entry") from None


def named_episodes(folder: Path) -> dict[str, str]:
    """The episodes' folders by id, also from the manifest of an earlier format. Raises StoreError."""
    try:
        return {entry.id: entry.folder for entry in read_manifest(folder).episodes}
    except OutdatedIndex:
        path = folder / MANIFEST
        try:
            return {entry["id"]: entry["folder"] for entry in json.loads(path.read_bytes())["episodes"]}
        except (KeyError, TypeError):
            raise damage(path, "lacks an entry") from None


def check_embedding(folder: Path, manifest: Manifest, embedder: Embedder) -> None:
    """Raises StoreError where the index was made with other weights, even of the same dimension."""
    made, here = manifest.embedding, EmbeddingStamp.of(embedder)
    if made == here:
        return
    problem = f"{folder}: the index was made with the embedding {_describe(made)}, and this is {_describe(here)}"
    if made.name == here.name:
        raise OutdatedIndex(problem, "earmark rebuild embeds its sentences anew")
    raise StoreError(problem, f"set EARMARK_EMBEDDING={made.name}, or embed its sentences anew: earmark rebuild")


def _describe(stamp: EmbeddingStamp) -> str:
    return f"{stamp.name} ({stamp.dimension} dimensions, {stamp.fingerprint[:12]})"


def _check_format(path: Path, found: object) -> None:
    if found == FORMAT:
        return
    if isinstance(found, int) and found > FORMAT:
        raise NewerFormat(
            f"{path}: the index has format {found}, made by a newer earmark; this one reads {FORMAT}",
            "upgrade earmark, or name another folder with --store",
        )
    if isinstance(found, int):
        raise OutdatedIndex(
            f"{path}: the index has the old format {found}; this earmark reads {FORMAT}",
            "earmark rebuild makes it anew from its sentences",
        )
    raise damage(path, "names no format")


def _crc32_of(content: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())


def _manifest_from(content: Mapping[str, Any]) -> Manifest:
    return Manifest(
        format=content["format"],
        made=content["made"],
        embedding=EmbeddingStamp(**content["embedding"]),
        chroma=ChromaStamp(**content["chroma"]),
        episodes=tuple(EpisodeEntry(**entry) for entry in content["episodes"]),
        files={name: Seal(**seal) for name, seal in content["files"].items()},
    )
