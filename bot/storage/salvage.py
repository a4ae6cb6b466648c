"""The words of a damaged generation, as far as they are whole."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bot.errors import OutdatedIndex, StoreError
from bot.records import Episode, Sentence
from bot.storage.generation import EPISODES, sealed_files
from bot.storage.manifest import NewerFormat, named_episodes, read_manifest
from bot.storage.sentence_files import read_words

OLD_EPISODES = "episodes"  # inside its generation, in format 1


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
