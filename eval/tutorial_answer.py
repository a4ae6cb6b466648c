"""The tutorial's answer as one process, the way its pages have it: open Chroma, embed, search, prompt | model | parser.

The model is LangChain's own fake, so that what is measured is everything but the model.

    python -m eval.tutorial_answer FOLDER QUESTION      answers from the collection in FOLDER, made where it is missing
    python -m eval.tutorial_answer FOLDER --warm FILE   seconds of each question of FILE (one a line), one process
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.embedding import MiniLM
from bot.sources import BUNDLED_EPISODE

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


def open_chain(folder: Path) -> Callable[[str], str]:
    """Question -> answer."""
    import chromadb
    from langchain_core.language_models import FakeListChatModel
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate

    collection = chromadb.PersistentClient(str(folder)).get_collection(NAME, embedding_function=None)
    prompt = ChatPromptTemplate.from_template("Answer from the context.\n\n{context}\n\nQuestion: {question}")
    chain = prompt | FakeListChatModel(responses=["It was in art school."]) | StrOutputParser()
    embedder = MiniLM()

    def answer(question: str) -> str:
        vectors = np.asarray(embedder.embed([question]))
        found = collection.query(query_embeddings=vectors, n_results=CHUNKS)
        context = "\n\n".join((found["documents"] or [[]])[0])
        return str(chain.invoke({"context": context, "question": question}))

    return answer


def main(folder: str, question: str, file: str = "") -> None:
    answer = open_chain(Path(folder))
    if question != "--warm":
        print(answer(question))
        return
    for line in Path(file).read_text(encoding="utf-8").splitlines():
        began = time.perf_counter()
        answer(line)
        print(time.perf_counter() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
