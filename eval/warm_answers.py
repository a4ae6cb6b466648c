"""`python -m eval.warm_answers STORE [--quotes]`: answers each line of standard input, prints what it took as JSON.

Each question is answered twice, in quotes and by a model that only copies, so that what is measured is all but a model;
with `--quotes` only once, in a process that never loads what a model needs.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

from bot import Earmark
from bot.ask import Asking, Writer, answer
from bot.embedding.cross_encoder import QUESTIONS, cross_encoder
from bot.records import Reply
from eval.processes import PROCESSOR, answer_lines
from eval.stage_times import IN_PROSE, IN_QUOTES, StageTimes, answer_functions

TOTAL, REST, PROSE, FIRST_TEXT = "total", "rest", "prose", "first_text"
PROMPT_WORDS, EPISODE_WORDS, CITED = "prompt_words", "episode_words", "cited_seconds"


class WarmAnswers:
    """Answers in an open store, with everything loaded that an answer needs."""

    def __init__(self, bot: Earmark) -> None:
        from bot.grounding.grounding import GroundingCheck
        from bot.models.chain import ModelChain
        from eval.echo_model import EchoModel

        embedder, _ = bot.usable_embedder("answerable", reading=True)
        cross_encoder(QUESTIONS).load()
        self._bot = bot
        self._model = EchoModel()
        chain = ModelChain("echo:copies", bot.settings, chat=self._model)
        check = GroundingCheck(embedder, lambda: bot.library().episodes)
        check.load()
        self._asking = Asking(bot.library(), embedder, bot.settings, Writer(chain, check))
        self._times = StageTimes(answer_functions())

    def measure(self, question: str) -> dict[str, float]:
        """Seconds: of the answer in quotes and its stages, of that in prose, until its first text, of its own stages.

        Beside them the words of the prompt, those of the episode in it, and how long a citation lasts at the mean.
        """
        self._times.restart()
        quoted = self._bot.ask(question)
        measured = {TOTAL: quoted.meter.seconds, **{stage: self._times.seconds[stage] for stage in IN_QUOTES}}
        measured[REST] = quoted.meter.seconds - sum(self._times.seconds[stage] for stage in IN_QUOTES)
        self._times.restart()
        *_, written = answer(self._asking, question)
        assert isinstance(written, Reply)
        measured |= {PROSE: written.meter.seconds, FIRST_TEXT: written.meter.seconds_to_first_text}
        measured |= {stage: self._times.seconds[stage] for stage in IN_PROSE}
        cited = [citation.end - citation.start for citation in written.citations]
        measured[CITED] = sum(cited) / max(1, len(cited))
        return measured | {PROMPT_WORDS: self._model.prompt_words, EPISODE_WORDS: self._model.episode_words}


def measure_quotes(bot: Earmark, question: str) -> dict[str, float]:
    """Seconds of the answer in quotes, and of the processor."""
    processor = time.process_time()
    quoted = bot.ask(question)
    return {TOTAL: quoted.meter.seconds, PROCESSOR: time.process_time() - processor}


def main(store: str, only: str = "") -> None:
    with Earmark.open(store, model="quotes") as bot:
        answer_lines(partial(measure_quotes, bot) if only == "--quotes" else WarmAnswers(bot).measure)


if __name__ == "__main__":
    main(*sys.argv[1:])
