"""LlamaIndex's CitationQueryEngine with its own defaults, as one process: `python -m eval.peers.llama_index FILE`.

Runs in the peer's environment. Its model says one sentence and cites the first source.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from eval.peers.measuring import CITED, PROMPT_WORDS, PROSE, SAID, Measure, measure_lines, read_transcript


def open_engine(transcript: Path) -> Measure:
    from llama_index.core import Document, MockEmbedding, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import CitationQueryEngine

    from bot.embedding.minilm import MiniLM

    minilm = MiniLM()
    prompts: list[str] = []

    class Embedding(MockEmbedding):  # type: ignore[misc]
        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            vector: list[float] = minilm.embed([text])[0].tolist()
            return vector

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    class Model(MockLLM):  # type: ignore[misc]
        def complete(self, prompt: str, formatted: bool = False, **given: Any) -> Any:
            from llama_index.core.llms import CompletionResponse

            prompts.append(prompt)
            return CompletionResponse(text=SAID)

    spoken = read_transcript(transcript)
    embedding = Embedding(embed_dim=minilm.dimension)
    index = VectorStoreIndex.from_documents([Document(text=spoken.text)], embed_model=embedding)
    engine = CitationQueryEngine.from_args(index, llm=Model())

    def measure(question: str) -> dict[str, float]:
        prompts.clear()
        began = time.perf_counter()
        response = engine.query(question)
        seconds = time.perf_counter() - began
        first = response.source_nodes[0].node.get_content().partition("\n")[2].strip()
        words = sum(len(prompt.split()) for prompt in prompts)
        return {PROSE: seconds, PROMPT_WORDS: words, CITED: spoken.seconds_of(first)}

    return measure


if __name__ == "__main__":
    measure_lines(open_engine(Path(sys.argv[1])))
