"""Files that must not change after they were written: each one's size and checksum, checked before it is used."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import StoreError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bot.storage.stored_sequences import RowsOnDisk

MEND = "earmark rebuild"
BLOCK_BYTES = 1 << 20
# As numpy writes it: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
ARRAY_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([^']+)', 'fortran_order': False, 'shape': \(([\d, ]*)\), \} *\n", re.DOTALL
)
LONGEST_HEADER_BYTES = 256


@dataclass(frozen=True, slots=True)
class Seal:
    """`crc32` finds accidents, not forgery: it reads 1.6 GB a second where sha256 reads 0.2."""

    size: int
    crc32: int
    mtime_ns: int


def damage(path: Path | str, problem: str) -> StoreError:
    return StoreError(f"{path}: {problem}; the index is damaged", MEND)


def crc32_of(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            total = zlib.crc32(block, total)
    return total


def files_under(folder: Path) -> Iterator[str]:
    """Paths of all files relative to `folder`, with `/`, sorted."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def seal_files(folder: Path) -> dict[str, Seal]:
    """A seal for every file that is in `folder` now."""
    seals = {}
    for name in files_under(folder):
        status = (folder / name).stat()
        seals[name] = Seal(status.st_size, crc32_of(folder / name), status.st_mtime_ns)
    return seals


def sync_to_disk(folder: Path) -> None:
    """Returns when all files and folders under `folder` would survive a power cut."""
    for path in [*folder.rglob("*"), folder]:
        sync_path(path)


def sync_path(path: Path) -> None:
    if os.name == "nt" and path.is_dir():  # Windows opens no folders
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _array_header(content: bytes, path: str) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """Shape, type and first byte of an array that we wrote: numpy's own reading compiles the header, for 35 µs each."""
    import numpy as np

    found = ARRAY_HEADER.match(content)
    if found is None:
        raise damage(path, "is no array")
    return tuple(map(int, re.findall(rb"\d+", found[2]))), np.dtype(found[1].decode()), found.end()


class SealedFiles:
    """Reads the files of a folder; raises StoreError naming the file that is gone or not as it was sealed."""

    def __init__(self, folder: Path, seals: Mapping[str, Seal], *, growing: frozenset[str] = frozenset()) -> None:
        self._folder = folder
        self._seals = seals
        self._growing = growing

    def check_sizes(self) -> None:
        """Costs a `stat` a file. A growing file (a database that is written when it is opened) must not be shorter."""
        for name, seal in self._seals.items():
            size = self._size(name)
            if size != seal.size and not (name in self._growing and size > seal.size):
                raise damage(self._folder / name, f"has {size} bytes instead of {seal.size}")

    def check_bytes(self, under: str) -> None:
        """Reads every file whose name begins with `under`, growing ones left out."""
        for name, seal in self._seals.items():
            if name.startswith(under) and name not in self._growing and crc32_of(self._folder / name) != seal.crc32:
                raise damage(self._folder / name, "its bytes have changed")

    def read(self, name: str) -> bytes:
        with self._open(name) as file:
            content = file.read()
        if zlib.crc32(content) != self._seal(name).crc32:
            raise damage(self._folder / name, "its bytes have changed")
        return content

    def read_array(self, name: str) -> NDArray[Any]:
        """The `.npy` file as a read-only array in memory, which survives whatever happens to the file."""
        import numpy as np

        content = self.read(name)
        shape, dtype, begin = _array_header(content, self._path(name))
        return np.frombuffer(content, dtype, offset=begin).reshape(shape)

    def rows_of(self, name: str) -> RowsOnDisk:
        """The `.npy` file to be read by rows, checked by size and time, and by its bytes only if the time differs."""
        from bot.storage.stored_sequences import RowsOnDisk

        seal, path = self._seal(name), self._path(name)
        with self._open(name) as file:
            if os.fstat(file.fileno()).st_mtime_ns != seal.mtime_ns and crc32_of(Path(path)) != seal.crc32:
                raise damage(path, "its bytes have changed")
            shape, dtype, begin = _array_header(file.read(LONGEST_HEADER_BYTES), path)
        return RowsOnDisk(path, begin, shape, dtype)

    def size_of(self, name: str) -> int:
        return self._seal(name).size

    def bytes_of(self, suffix: str) -> int:
        """Total size of the files whose names end so."""
        return sum(seal.size for name, seal in self._seals.items() if name.endswith(suffix))

    def _seal(self, name: str) -> Seal:
        if name not in self._seals:
            raise damage(self._folder / name, "is not in the manifest")
        return self._seals[name]

    def _size(self, name: str) -> int:
        try:
            return os.stat(self._path(name)).st_size  # noqa: PTH116
        except (FileNotFoundError, NotADirectoryError):
            raise damage(self._path(name), "is missing") from None

    def _open(self, name: str) -> FileIO:
        try:
            return FileIO(self._path(name))
        except (FileNotFoundError, NotADirectoryError):
            raise damage(self._path(name), "is missing") from None

    def _path(self, name: str) -> str:
        """Not a Path: of thousands of files, making one takes longer than looking at the file."""
        return f"{self._folder}/{name}"
