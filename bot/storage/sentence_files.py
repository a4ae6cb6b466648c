"""An episode's index <-> its files: `episode.json`, `sentences.jsonl` and `.npy` arrays.

`sentences.jsonl` is the source of truth, one sentence with its parts a line; all else can be made again from it.
A passage is a range of sentences and repeats no text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from bot.index import EpisodeIndex
from bot.records import Episode, MisheardName, Part, Passage, Person, Sentence
from bot.storage.sealed_files import SealedFiles

EPISODE_FILE = "episode.json"
SENTENCES_FILE = "sentences.jsonl"


def folder_name(episode_id: str) -> str:
    """The id where every file system takes it as it is, else its letters and a hash."""
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,79}", episode_id):
        return episode_id
    letters = re.sub(r"[^a-z0-9]+", "-", episode_id.lower()).strip("-")[:60]
    return f"{letters or 'episode'}.{sha256(episode_id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def write_episode(folder: Path, index: EpisodeIndex) -> None:
    """Raises ValueError for an index that contradicts itself, OSError as the file system does."""
    for name in index.arrays:
        if not name.isidentifier():
            raise ValueError(f"the array name {name!r} cannot name a file")
    (folder / "arrays").mkdir(parents=True)
    described = {
        "episode": asdict(index.episode),
        "passages": _sentence_ranges(index),
        "arrays": sorted(index.arrays),
    }
    _write(folder / EPISODE_FILE, json.dumps(described, ensure_ascii=False, indent=1) + "\n")
    _write(folder / SENTENCES_FILE, "".join(_sentence_line(sentence) for sentence in index.sentences))
    np.save(folder / "vectors.npy", np.ascontiguousarray(index.vectors, dtype=np.float32), allow_pickle=False)
    for name, array in index.arrays.items():
        np.save(folder / "arrays" / f"{name}.npy", array, allow_pickle=False)


def read_episode(files: SealedFiles, folder: str, *, mapped: bool) -> EpisodeIndex:
    """The index as it was written; `folder` is the episode's, relative to the generation. Raises StoreError."""
    episode, sentences, described = read_words(files.read, folder)
    return EpisodeIndex(
        episode=episode,
        sentences=sentences,
        passages=tuple(Passage(episode.id, sentences[first:after]) for first, after in described["passages"]),
        vectors=files.read_array(f"{folder}/vectors.npy", mapped=mapped),
        arrays={name: files.read_array(f"{folder}/arrays/{name}.npy", mapped=mapped) for name in described["arrays"]},
    )


def read_words(read: Callable[[str], bytes], folder: str) -> tuple[Episode, tuple[Sentence, ...], dict[str, Any]]:
    """The episode, its sentences and the rest of `episode.json`; `read` takes a file's name."""
    described = json.loads(read(f"{folder}/{EPISODE_FILE}"))
    return _episode_from(described["episode"]), _sentences_from(read(f"{folder}/{SENTENCES_FILE}")), described


def _sentences_from(content: bytes) -> tuple[Sentence, ...]:
    # One call for the whole file: a third of the time that a call for each line takes.
    rows = json.loads("[" + content.decode("utf-8", "surrogatepass").rstrip("\n").replace("\n", ",") + "]")
    return tuple(Sentence(tuple(Part(**part) for part in row["parts"]), row["kind"], row["speaker"]) for row in rows)


def _episode_from(row: dict[str, Any]) -> Episode:
    known = dict(row)
    known["people"] = tuple(Person(**person) for person in row["people"])
    known["names"] = tuple(MisheardName(name["name"], tuple(name["heard"])) for name in row["names"])
    known["questions"] = tuple(row["questions"])
    return Episode(**known)


def _sentence_line(sentence: Sentence) -> str:
    parts = [{"start": part.start, "end": part.end, "text": part.text, "line": part.line} for part in sentence.parts]
    row = {"kind": sentence.kind, "speaker": sentence.speaker, "parts": parts}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _sentence_ranges(index: EpisodeIndex) -> list[tuple[int, int]]:
    """For each passage the first sentence and the one after its last."""
    places: dict[Sentence, list[int]] = {}
    for place, sentence in enumerate(index.sentences):
        places.setdefault(sentence, []).append(place)
    return [_sentence_range(index.sentences, passage, places) for passage in index.passages]


def _sentence_range(
    sentences: Sequence[Sentence], passage: Passage, places: dict[Sentence, list[int]]
) -> tuple[int, int]:
    for first in places.get(passage.sentences[0], []):
        after = first + len(passage.sentences)
        if tuple(sentences[first:after]) == passage.sentences:
            return first, after
    raise ValueError(f"a passage at {passage.start} s of {passage.episode} is not a run of the episode's sentences")


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
