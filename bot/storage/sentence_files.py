"""An episode's index <-> its folder: `episode.json`, `sentences.jsonl`, `.npy` arrays, `seal.json` over all of them.

`sentences.jsonl` is the source of truth, one sentence with its parts a line; all else can be made again from it.
`words.gz` says the same once more, with the episode's description: no single damaged file loses an episode.
A passage is a range of sentences and repeats no text. The folder's name is made from what the index is made of.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from bot.episode_summary import EpisodeSummary, SpeakerShare
from bot.errors import StoreError
from bot.index import EpisodeIndex, Vectors
from bot.records import Episode, KindSpan, MisheardName, Part, Passage, Person, Sentence
from bot.storage.sealed_files import Seal, SealedFiles, crc32_of, seal_files
from bot.storage.stored_sequences import StoredArrays, StoredEpisode, StoredPassages, StoredSentences

EPISODE_FILE, SENTENCES_FILE, COPY_FILE, SEAL_FILE = "episode.json", "sentences.jsonl", "words.gz", "seal.json"
# Changes when the files of an episode, or what is in its arrays, change their meaning.
LAYOUT = 3
# Of an hour of speech the tokens' vectors take 5 MB and the windows' 0.8 MB, all other arrays 0.2 MB.
SMALL_ARRAY_BYTES = 256 << 10


def folder_name(episode_id: str) -> str:
    """The id where every file system takes it as it is, else its letters and a hash."""
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,79}", episode_id):
        return episode_id
    letters = re.sub(r"[^a-z0-9]+", "-", episode_id.lower()).strip("-")[:60]
    return f"{letters or 'episode'}.{sha256(episode_id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def key_of(episode: Episode, sentences: Sequence[Sentence], passages: Sequence[Passage], fingerprint: str) -> str:
    """The folder's name: equal for equal words and passages, described alike and embedded with the same weights.

    Raises ValueError where a passage is not a run of the sentences.
    """
    content = sha256(f"{LAYOUT}\n{fingerprint}\n{json.dumps(asdict(episode))}\n".encode("utf-8", "surrogatepass"))
    for sentence in sentences:
        content.update(_sentence_line(sentence).encode("utf-8", "surrogatepass"))
    content.update(json.dumps(_sentence_ranges(sentences, passages)).encode())
    return f"{folder_name(episode.id)}-{content.hexdigest()[:16]}"


def write_episode(folder: Path, index: EpisodeIndex) -> None:
    """Raises ValueError for an index that contradicts itself, OSError as the file system does."""
    for name in index.arrays:
        if not name.isidentifier():
            raise ValueError(f"the array name {name!r} cannot name a file")
    (folder / "arrays").mkdir(parents=True)
    lines = "".join(_sentence_line(sentence) for sentence in index.sentences)
    summary = index.summary
    described = {
        "episode": asdict(index.episode),
        "seconds": summary.seconds,
        "sentences": summary.sentences,
        "kinds": [asdict(span) for span in summary.kinds],
        "speakers": [asdict(share) for share in summary.speakers],
        "passages": _sentence_ranges(index.sentences, index.passages),
        "passage_kinds": [passage.kind for passage in index.passages],
        "passage_parts": [sum(len(s.parts) for s in passage.sentences) for passage in index.passages],
        "arrays": sorted(index.arrays),
    }
    _write(folder / EPISODE_FILE, json.dumps(described, ensure_ascii=False) + "\n")
    _write(folder / SENTENCES_FILE, lines)
    words = json.dumps({"episode": asdict(index.episode)}) + "\n" + lines
    (folder / COPY_FILE).write_bytes(gzip.compress(words.encode("utf-8", "surrogatepass"), 6, mtime=0))
    np.save(folder / "vectors.npy", np.ascontiguousarray(index.vectors, dtype=np.float32), allow_pickle=False)
    for name in index.arrays:
        np.save(folder / "arrays" / f"{name}.npy", np.ascontiguousarray(index.arrays[name]), allow_pickle=False)
    content = {name: asdict(seal) for name, seal in seal_files(folder).items()}
    _write(folder / SEAL_FILE, json.dumps({"files": content, "crc32": _crc32(content)}))


def read_seals(folder: Path) -> dict[str, Seal] | None:
    """The seals of an episode's files where all are whole, else None."""
    try:
        content = json.loads((folder / SEAL_FILE).read_bytes())
        if content["crc32"] != _crc32(content["files"]):
            return None
        seals = {name: Seal(**seal) for name, seal in content["files"].items()}
        whole = all(
            (folder / name).stat().st_size == seal.size and crc32_of(folder / name) == seal.crc32
            for name, seal in seals.items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return seals if whole else None


def read_episode(files: SealedFiles, folder: str, *, mapped: bool, vectors: Vectors | None = None) -> StoredEpisode:
    """The index as it was written; `folder` is the episode's, as `files` names it. Raises StoreError.

    Words are parsed when they are asked for. Large arrays beside the passages' vectors stay on the disk if `mapped`.
    `vectors` are the passages', where they were read before.
    """
    described = json.loads(files.read(f"{folder}/{EPISODE_FILE}"))
    episode = _episode_from(described["episode"])
    sentences = StoredSentences(
        lambda: files.read(f"{folder}/{SENTENCES_FILE}"), described["sentences"], sentence_from_line
    )
    if not mapped:
        sentences.load()
    if vectors is None:
        vectors = files.read_array(f"{folder}/vectors.npy")
    return StoredEpisode(
        episode=episode,
        sentences=sentences,
        passages=StoredPassages(
            episode.id,
            sentences,
            described["passages"],
            tuple(described["passage_kinds"]),
            tuple(described["passage_parts"]),
        ),
        vectors=vectors,
        arrays=StoredArrays(
            {name: _array(files, f"{folder}/arrays/{name}.npy", mapped) for name in described["arrays"]}, vectors
        ),
        folder=folder.rpartition("/")[2],
        stored_summary=EpisodeSummary(
            episode,
            described["seconds"],
            described["sentences"],
            len(described["passages"]),
            tuple(KindSpan(**span) for span in described["kinds"]),
            tuple(SpeakerShare(**share) for share in described["speakers"]),
        ),
    )


def _array(files: SealedFiles, name: str, mapped: bool) -> Callable[[], Any]:
    if mapped:
        # Each is read, or its header read and its time compared, once.
        small = files.size_of(name) <= SMALL_ARRAY_BYTES
        return cache(lambda: files.read_array(name) if small else files.rows_of(name))
    array = files.read_array(name)
    return lambda: array


def read_words(read: Callable[[str], bytes], folder: str) -> tuple[Episode, tuple[Sentence, ...]]:
    """The episode and its sentences, from whichever of its files are whole; `read` takes a file's name."""
    try:
        described = json.loads(read(f"{folder}/{EPISODE_FILE}"))
        lines = read(f"{folder}/{SENTENCES_FILE}").splitlines()
    except (StoreError, OSError, ValueError):
        # Line ends inside a text are escaped.
        first, *lines = gzip.decompress(read(f"{folder}/{COPY_FILE}")).split(b"\n")
        described = json.loads(first)
    sentences = tuple(sentence_from_line(line) for line in lines if line)
    return _episode_from(described["episode"]), sentences


def sentence_from_line(line: bytes) -> Sentence:
    row = json.loads(line.decode("utf-8", "surrogatepass"))
    parts = tuple(Part(**part) for part in row["parts"])
    return Sentence(parts, row["kind"], row["speaker"], row.get("timed", True))


def _episode_from(row: dict[str, Any]) -> Episode:
    known = dict(row)
    known["people"] = tuple(Person(**person) for person in row["people"])
    known["names"] = tuple(MisheardName(name["name"], tuple(name["heard"])) for name in row["names"])
    known["questions"] = tuple(row["questions"])
    known["kinds"] = tuple(KindSpan(**span) for span in row.get("kinds", ()))
    return Episode(**known)


def _sentence_line(sentence: Sentence) -> str:
    parts = [{"start": part.start, "end": part.end, "text": part.text, "line": part.line} for part in sentence.parts]
    row: dict[str, Any] = {"kind": sentence.kind, "speaker": sentence.speaker, "parts": parts}
    row |= {} if sentence.timed else {"timed": False}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _sentence_ranges(sentences: Sequence[Sentence], passages: Sequence[Passage]) -> list[tuple[int, int]]:
    """For each passage the first sentence and the one after its last."""
    places: dict[Sentence, list[int]] = {}
    for place, sentence in enumerate(sentences):
        places.setdefault(sentence, []).append(place)
    return [_sentence_range(sentences, passage, places) for passage in passages]


def _sentence_range(
    sentences: Sequence[Sentence], passage: Passage, places: dict[Sentence, list[int]]
) -> tuple[int, int]:
    for first in places.get(passage.sentences[0], []):
        after = first + len(passage.sentences)
        if tuple(sentences[first:after]) == passage.sentences:
            return first, after
    raise ValueError(f"a passage at {passage.start} s of {passage.episode} is not a run of the episode's sentences")


def _crc32(content: Any) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
