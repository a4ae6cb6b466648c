"""The tutorial's answer as one process, the way its pages have it: open Chroma, embed, search, prompt | model | parser.

The model is LangChain's own fake, so that what is measured is everything but the model.

    python -m eval.tutorial_answer FOLDER QUESTION      answers from the collection in FOLDER, made where it is missing
    python -m eval.tutorial_answer FOLDER --warm        answers each line of standard input, prints what it took as JSON
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.embedding.minilm import MiniLM
from bot.sources.transcript_files import BUNDLED_EPISODE
from eval.processes import answer_lines

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "tutorial"
CHUNKS = 4


def build(folder: Path) -> None:
    """Splits, embeds and stores the page dump."""
    import chromadb
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    text = BUNDLED_EPISODE.with_name("practical-ai-260.podchaser.txt").read_text(encoding="utf-8")
    chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_text(text)
    collection = chromadb.PersistentClient(str(folder)).create_collection(
        NAME, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    ids = [str(place) for place in range(len(chunks))]
    collection.add(ids=ids, documents=chunks, embeddings=MiniLM().embed(chunks))


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
        began = time.perf_counter()
        context = retrieve(asked)
        pieces = answer(context, asked)
        next(pieces)
        first_text = time.perf_counter() - began
        list(pieces)
        total = time.perf_counter() - began
        words = len(f"Answer from the context. {context} Question: {asked}".split())
        seconds = {"total": total, "prose": total, "first_text": first_text}
        return {**seconds, "prompt_words": words, "episode_words": len(context.split())}

    answer_lines(measure)


if __name__ == "__main__":
    main(*sys.argv[1:])
