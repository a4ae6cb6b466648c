"""A Haystack pipeline with references, as its tutorials have it, as one process: `python -m eval.peers.haystack FILE`.

Splitter, retriever and answer builder have their own defaults. Runs in the peer's environment. Its model says one
sentence and cites the first document.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.peers.measuring import CITED, PROMPT_WORDS, PROSE, SAID, Measure, measure_lines, read_transcript

if TYPE_CHECKING:
    from bot.embedding.minilm import MiniLM

TEMPLATE = """Answer the question from the documents only. Cite the number of a document in brackets, as [1].
{% for document in documents %}[{{ loop.index }}] {{ document.content }}
{% endfor %}Question: {{ question }}
Answer:"""


def open_engine(transcript: Path) -> Measure:
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when it is imported
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    from bot.embedding.minilm import MiniLM

    minilm = MiniLM()
    prompts: list[str] = []
    spoken = read_transcript(transcript)
    documents = DocumentSplitter().run([Document(content=spoken.text)])["documents"]
    vectors = [minilm.embed([document.content])[0].tolist() for document in documents]
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents([replace(one, embedding=vector) for one, vector in zip(documents, vectors, strict=True)])
    pipeline = make_pipeline(store, minilm, prompts)

    def measure(question: str) -> dict[str, float]:
        prompts.clear()
        began = time.perf_counter()
        asked = {"embedder": {"text": question}, "prompt": {"question": question}, "answer": {"query": question}}
        (answer,) = pipeline.run(asked)["answer"]["answers"]
        seconds = time.perf_counter() - began
        words = sum(len(prompt.split()) for prompt in prompts)
        return {PROSE: seconds, PROMPT_WORDS: words, CITED: spoken.seconds_of(answer.documents[0].content)}

    return measure


def make_pipeline(store: Any, minilm: MiniLM, prompts: list[str]) -> Any:
    """Embedder, retriever, prompt, model, answer with references; the prompts are put into the list."""
    from haystack import Pipeline, component
    from haystack.components.builders import AnswerBuilder, PromptBuilder
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever

    @component
    class Embedder:
        @component.output_types(embedding=list[float])  # type: ignore[untyped-decorator]  # not installed here
        def run(self, text: str) -> dict[str, Any]:
            return {"embedding": minilm.embed([text])[0].tolist()}

    @component
    class Model:
        @component.output_types(replies=list[str])  # type: ignore[untyped-decorator]  # likewise
        def run(self, prompt: str) -> dict[str, Any]:
            prompts.append(prompt)
            return {"replies": [SAID]}

    pipeline = Pipeline()
    pipeline.add_component("embedder", Embedder())
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store))
    pipeline.add_component("prompt", PromptBuilder(TEMPLATE, required_variables="*"))
    pipeline.add_component("model", Model())
    pipeline.add_component("answer", AnswerBuilder(reference_pattern=r"\[(\d+)\]"))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")
    pipeline.connect("retriever.documents", "prompt.documents")
    pipeline.connect("prompt.prompt", "model.prompt")
    pipeline.connect("model.replies", "answer.replies")
    pipeline.connect("retriever.documents", "answer.documents")
    return pipeline


if __name__ == "__main__":
    measure_lines(open_engine(Path(sys.argv[1])))
