"""What went wrong with a store's folder, in words."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Sequence
from pathlib import Path

from bot.errors import StoreError
from bot.index import EpisodeIndex
from bot.storage.chroma_index import ChromaFailure
from bot.storage.stored_sequences import StoredEpisode

FULL = (errno.ENOSPC, errno.EDQUOT)
STILL_ANSWERS = "the index that was there, if any, still answers"


def in_words(folder: Path, error: OSError, verb: str) -> StoreError:
    place = error.filename or folder
    advice = "look at the disk, then try again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        advice = "change its permissions, or name another folder with --store"
    return StoreError(f"cannot {verb} {place}: {error.strerror or error}", advice)


def not_written(folder: Path, error: OSError | ChromaFailure, needed: int) -> StoreError:
    """`needed` are the bytes that the new index takes."""
    # Chroma and numpy do not always say that the disk is full.
    if (isinstance(error, OSError) and error.errno in FULL) or shutil.disk_usage(folder).free < needed:
        return StoreError(
            f"the disk is full at {folder} (a new index takes about {max(1, needed // 1_000_000)} MB)",
            f"free some space and ingest again; {STILL_ANSWERS}",
        )
    if isinstance(error, OSError):
        return in_words(folder, error, "write")
    return StoreError(f"{folder}: the new index could not be written: {error}", f"ingest again; {STILL_ANSWERS}")


def bytes_needed(episodes: Sequence[EpisodeIndex]) -> int:
    """Chroma keeps each vector about three times beside ours; 1 MB for its empty tables, and the words."""
    new = [index for index in episodes if not isinstance(index, StoredEpisode)]
    arrays = sum(4 * index.vectors.nbytes for index in episodes)
    arrays += sum(array.nbytes for index in new for array in index.arrays.values())
    words = sum(2 * len(sentence.text) + 300 for index in new for sentence in index.sentences)
    return 1_000_000 + arrays + words
