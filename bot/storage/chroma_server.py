"""What Earmark keeps on a Chroma server: passages to be queried by anyone, and the files of its episodes in pieces."""

from __future__ import annotations

import base64
import json
import weakref
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import StoreError
from bot.index import EpisodeIndex

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection as ChromaCollection

PASSAGES, FILES = "earmark-passages", "earmark-files"
CURRENT = "CURRENT"
PIECE_BYTES = 256 << 10
PIECES, ROWS = 8, 1000  # in one request
NO_VECTOR: Any = [1.0, 0.0]  # files have none, and Chroma wants one

Result = TypeVar("Result")


class ChromaServer:
    """Thread-safe. Connects when it is first asked, and again after a failure. Raises StoreError."""

    def __init__(self, host: str, port: int, *, ssl: bool, address: str) -> None:
        self._host, self._port, self._ssl, self._address = host, port, ssl, address
        self._made: dict[str, ChromaCollection] | None = None
        self._close: Callable[[], Any] = lambda: None

    def check(self) -> None:
        """Raises StoreError where the server does not answer."""
        self._ask(lambda made: made[FILES].count())

    def current(self) -> dict[str, Any] | None:
        """What `set_current` said last."""
        found = self._ask(lambda made: made[FILES].get(ids=[CURRENT], include=["metadatas"]))
        rows = found["metadatas"] or []
        return json.loads(str(rows[0]["state"])) if rows else None

    def set_current(self, state: dict[str, Any]) -> None:
        row = {"state": json.dumps(state), "folder": ""}
        self._ask(lambda made: made[FILES].upsert(ids=[CURRENT], embeddings=[NO_VECTOR], metadatas=[row]))

    def folders(self) -> set[str]:
        """Those that were sent whole: their seal is sent last."""
        found = self._ask(lambda made: made[FILES].get(where={"last": True}, include=["metadatas"]))
        return {str(row["folder"]) for row in found["metadatas"] or []}

    def send_files(self, name: str, folder: Path) -> None:
        """Sends all files of a folder that holds `seal.json`."""
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        files.sort(key=lambda path: path.name == "seal.json")
        rows = [row for path in files for row in _pieces(name, folder, path)]
        rows[-1] |= {"last": True}
        for first in range(0, len(rows), PIECES):
            some = rows[first : first + PIECES]
            ids = [f"{name}/{row['file']}#{row['piece']}" for row in some]
            self._ask(
                lambda made, ids=ids, some=some: made[FILES].upsert(  # type: ignore[misc]
                    ids=ids, embeddings=[NO_VECTOR] * len(ids), metadatas=some
                )
            )

    def fetch_files(self, name: str, folder: Path) -> None:
        """Writes the files of a folder; raises StoreError where a piece is missing or damaged."""
        found = self._ask(lambda made: made[FILES].get(where={"folder": name}, include=["metadatas"]))
        pieces: dict[str, dict[int, bytes]] = {}
        for row in found["metadatas"] or []:
            content = base64.b64decode(str(row["data"]))
            if zlib.crc32(content) == row["crc32"]:
                pieces.setdefault(str(row["file"]), {})[int(row["piece"])] = content  # type: ignore[arg-type]
        folder.mkdir(parents=True)
        for file, numbered in pieces.items():
            path = (folder / file).resolve()
            if not path.is_relative_to(folder.resolve()):
                raise StoreError(f"{self._address}: names the file {file!r} outside its folder", "ingest again")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(numbered[piece] for piece in sorted(numbered)))

    def send_passages(self, episodes: Sequence[EpisodeIndex], token: str) -> None:
        """Every passage, marked with the token of the state that it is of."""
        for ids, vectors, rows, texts in _batches(episodes, token):
            self._ask(
                lambda made, ids=ids, vectors=vectors, rows=rows, texts=texts: made[PASSAGES].upsert(  # type: ignore[misc]
                    ids=ids, embeddings=vectors, metadatas=rows, documents=texts
                )
            )

    def remove_others(self, keep: Collection[str], token: str) -> None:
        """Removes the files of all other folders, and the passages of all other states."""
        for name in self.folders() - set(keep):
            self._ask(lambda made, name=name: made[FILES].delete(where={"folder": name}))  # type: ignore[misc]
        others: Any = {"state": {"$ne": token}}
        self._ask(lambda made: made[PASSAGES].delete(where=others))

    def _ask(self, question: Callable[[dict[str, ChromaCollection]], Result]) -> Result:
        made = self._made
        try:
            if made is None:
                made = self._made = self._connect()
            return question(made)
        except StoreError:
            raise
        except Exception as error:  # chromadb raises ValueError, httpx's errors and its own
            self._made = None  # a server that comes back may have other collections
            self._close()
            raise StoreError(
                f"the Chroma server {self._address} failed ({str(error)[:200] or type(error).__name__})",
                "start it with `chroma run`, or look at EARMARK_STORE; asking again connects anew",
            ) from error

    def _connect(self) -> dict[str, ChromaCollection]:
        import chromadb
        from chromadb.config import Settings

        client = chromadb.HttpClient(
            host=self._host, port=self._port, ssl=self._ssl, settings=Settings(anonymized_telemetry=False)
        )
        self._close = weakref.finalize(self, _close, client)
        cosine: Any = {"hnsw": {"space": "cosine"}}
        return {
            PASSAGES: client.get_or_create_collection(PASSAGES, embedding_function=None, configuration=cosine),
            FILES: client.get_or_create_collection(FILES, embedding_function=None),
        }


def _close(client: Any) -> None:
    """Also the connections, which Chroma's own `close` leaves open: its client and the one inside it each have some."""
    apis = [client._server, client._admin_client._server]
    client.close()
    for api in apis:
        api._session.close()


def _pieces(name: str, folder: Path, path: Path) -> Iterator[dict[str, Any]]:
    content = path.read_bytes()
    for piece, first in enumerate(range(0, max(1, len(content)), PIECE_BYTES)):
        part = content[first : first + PIECE_BYTES]
        yield {
            "folder": name,
            "file": path.relative_to(folder).as_posix(),
            "piece": piece,
            "crc32": zlib.crc32(part),
            "data": base64.b64encode(part).decode(),
        }


def _batches(
    episodes: Sequence[EpisodeIndex], token: str
) -> Iterator[tuple[list[str], list[Any], list[dict[str, Any]], list[str]]]:
    for index in episodes:
        for first in range(0, len(index.passages), ROWS):
            some = index.passages[first : first + ROWS]
            rows = [
                {"episode": one.episode, "kind": one.kind, "state": token}
                | ({"start": one.start, "end": one.end} if one.timed else {})
                for one in some
            ]
            ids = [f"{token}/{index.episode.id}/{first + place}" for place in range(len(some))]
            yield ids, list(index.vectors[first : first + len(some)]), rows, [one.text for one in some]
