"""The tutorial's answer as one process, the way its pages have it: open Chroma, embed, search, prompt | model | parser.

The model is LangChain's own fake, so that what is measured is everything but the model.

    python -m eval.tutorial_answer FOLDER QUESTION      answers from the collection in FOLDER, made where it is missing
    python -m eval.tutorial_answer FOLDER --warm        answers each line of standard input, prints what it took as JSON
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.embedding.minilm import MiniLM
from bot.sources.transcript_files import BUNDLED_EPISODE
from eval.processes import PROCESSOR, answer_lines

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "tutorial"
PAGE_DUMP = BUNDLED_EPISODE.with_name("practical-ai-260.podchaser.txt")
CHUNKS = 4


def build(folder: Path, files: Sequence[Path] = (PAGE_DUMP,)) -> None:
    """Splits, embeds and stores the text of the files as they come, beside what is in the folder already."""
    import chromadb
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    collection = chromadb.PersistentClient(str(folder)).get_or_create_collection(
        NAME, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    embedder = MiniLM()
    for file in files:
        chunks = splitter.split_text(file.read_text(encoding="utf-8"))
        ids = [f"{file.name} {place}" for place in range(len(chunks))]
        collection.add(ids=ids, documents=chunks, embeddings=embedder.embed(chunks))


def open_chain(folder: Path) -> tuple[Callable[[str], str], Callable[[str, str], Iterator[str]]]:
    """Question -> context, and context with question -> pieces of the answer."""
    import chromadb
    from langchain_core.language_models import FakeListChatModel
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate

    collection = chromadb.PersistentClient(str(folder)).get_collection(NAME, embedding_function=None)
    prompt = ChatPromptTemplate.from_template("Answer from the context.\n\n{context}\n\nQuestion: {question}")
    chain = prompt | FakeListChatModel(responses=["It was in art school."]) | StrOutputParser()
    embedder = MiniLM()

    def retrieve(question: str) -> str:
        vectors = np.asarray(embedder.embed([question]))
        found = collection.query(query_embeddings=vectors, n_results=CHUNKS)
        return "\n\n".join((found["documents"] or [[]])[0])

    def answer(context: str, question: str) -> Iterator[str]:
        return chain.stream({"context": context, "question": question})

    return retrieve, answer


def main(folder: str, question: str) -> None:
    retrieve, answer = open_chain(Path(folder))
    if question != "--warm":
        print("".join(answer(retrieve(question), question)))
        return

    def measure(asked: str) -> dict[str, float]:
        began, processor = time.perf_counter(), time.process_time()
        context = retrieve(asked)
        pieces = answer(context, asked)
        next(pieces)
        first_text = time.perf_counter() - began
        list(pieces)
        total = time.perf_counter() - began
        processor = time.process_time() - processor
        words = len(f"Answer from the context. {context} Question: {asked}".split())
        seconds = {"total": total, "prose": total, "first_text": first_text, PROCESSOR: processor}
        return {**seconds, "prompt_words": words, "episode_words": len(context.split())}

    answer_lines(measure)


if __name__ == "__main__":
    main(*sys.argv[1:])
