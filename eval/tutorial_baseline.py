"""The baseline beside every run: the LangChain tutorial's pipeline, with the same embedding, on the same cases.

Load the transcript as text, split it with RecursiveCharacterTextSplitter(1000, 200), embed the chunks, put them into
Chroma, take the 4 most similar. The text keeps the page's time stamps, as the tutorial's loader would, so a chunk can
be given a time: its first stamp. It has no history, no refusal, no advertisements; what needs those is not measured.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.episode_summary import EpisodeSummary
from bot.index import Embedder
from bot.records import Sentence, format_stamp
from eval.cases import QuestionCase
from eval.metrics import Span, count_words
from eval.outcomes import Outcome, Stretch

CHUNK_CHARACTERS = 1000
OVERLAP_CHARACTERS = 200
CHUNKS_RETRIEVED = 4
_STAMP = re.compile(r"^(?:(\d+):)?(\d{1,2}):(\d\d)$", re.MULTILINE)
_BUNDLED = Path(__file__).parent.parent / "bot" / "episode"


@dataclass(frozen=True, slots=True)
class Chunk:
    text: str
    span: Span


class Tutorial:
    """One episode in the tutorial's pipeline; `ads` are what its answers' leaks are counted against."""

    def __init__(self, text: str, embedder: Embedder, ads: Sequence[Span]) -> None:
        self._embedder = embedder
        self._ads = tuple(ads)
        self.chunks = cut_chunks(text)
        self._collection = _collection(self.chunks, embedder)

    def solve(self, cases: Sequence[QuestionCase]) -> list[Outcome]:
        """All chunks by similarity to each question; the first four are offered, and cited by their start."""
        if not cases:
            return []
        vectors = self._embedder.embed([case.question for case in cases])
        found = self._collection.query(query_embeddings=vectors, n_results=len(self.chunks), include=[])
        return [self._outcome(case, ids) for case, ids in zip(cases, found["ids"], strict=True)]

    def _outcome(self, case: QuestionCase, ids: Sequence[str]) -> Outcome:
        chunks = [self.chunks[int(name)] for name in ids]
        ranked = tuple(Stretch(c.span.start, c.span.end, "talk", count_words([c.text])) for c in chunks)
        best = ranked[:CHUNKS_RETRIEVED]
        return Outcome(
            id=case.id,
            searched_for=case.question,
            ranked=ranked,
            context=best,
            prompt_words=sum(stretch.words for stretch in best),
            citations=best,
            ads=self._ads,
            model="tutorial",
        )


def cut_chunks(text: str) -> list[Chunk]:
    """The chunks with their times: from the first stamp inside (or the last before) to the first stamp after."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP_CHARACTERS, add_start_index=True
    )
    stamps = [(found.start(), _seconds(found)) for found in _STAMP.finditer(text)]
    chunks = []
    for document in splitter.create_documents([text]):
        first = document.metadata["start_index"]
        end = first + len(document.page_content)
        inside = [seconds for place, seconds in stamps if first <= place < end]
        before = [seconds for place, seconds in stamps if place < first]
        after = [seconds for place, seconds in stamps if place >= end]
        if not (inside or before):
            continue  # the page's head, before the transcript
        start = inside[0] if inside else before[-1]
        last = after[0] if after else (inside or before)[-1] + 2
        if last > start:
            chunks.append(Chunk(document.page_content, Span(start, last)))
    return chunks


def _seconds(found: re.Match[str]) -> float:
    hours, minutes, seconds = (int(group or 0) for group in found.groups())
    return hours * 3600.0 + minutes * 60 + seconds


def raw_text(summary: EpisodeSummary, sentences: Sequence[Sentence]) -> str:
    """The page dump that the episode was made of where it is at hand, else its sentences behind their stamps."""
    for file in sorted(_BUNDLED.glob("*.txt")):
        if hashlib.sha256(file.read_bytes()).hexdigest() == summary.episode.sha256:
            return file.read_text(encoding="utf-8")
    return "\n".join(f"{format_stamp(part.start)}\n{part.text}" for s in sentences for part in s.parts)


def _collection(chunks: Sequence[Chunk], embedder: Embedder) -> Any:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
    # In-memory clients of one process share their collections.
    name = "tutorial-" + hashlib.sha256("\0".join(chunk.text for chunk in chunks).encode()).hexdigest()[:16]
    if name in {collection.name for collection in client.list_collections()}:
        client.delete_collection(name)
    collection = client.create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 1000}}
    )
    vectors = embedder.embed([chunk.text for chunk in chunks])
    collection.add(ids=[str(place) for place in range(len(chunks))], embeddings=vectors)
    return collection
