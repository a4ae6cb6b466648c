"""`python -m eval.warm_answers STORE`: answers each line of standard input, and prints what that took as JSON.

Each question is answered twice, in quotes and by a model that only copies, so that what is measured is all but a model.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

from bot import Earmark
from bot.ask import Asking, Writer, answer
from bot.grounding.grounding import GroundingCheck
from bot.models.chain import ModelChain
from bot.records import Reply
from eval.echo_model import EchoModel
from eval.processes import answer_lines
from eval.stage_times import IN_PROSE, IN_QUOTES, StageTimes

TOTAL, REST, PROSE, FIRST_TEXT = "total", "rest", "prose", "first_text"
PROMPT_WORDS, EPISODE_WORDS = "prompt_words", "episode_words"


class WarmAnswers:
    """Answers in an open store, with everything loaded that an answer needs."""

    def __init__(self, bot: Earmark) -> None:
        embedder, _ = bot.usable_embedder()
        self._bot = bot
        self._model = EchoModel()
        chain = ModelChain("echo:copies", bot.settings, chat=self._model)
        check = GroundingCheck(embedder, lambda: bot.library().episodes)
        self._asking = Asking(bot.library(), embedder, bot.settings, Writer(chain, check))
        self._times = StageTimes()

    def measure(self, question: str) -> dict[str, float]:
        """Seconds: of the answer in quotes and its stages, of that in prose, until its first text, of its own stages.

        Beside them the words of the prompt and those of the episode in it.
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
        return measured | {PROMPT_WORDS: self._model.prompt_words, EPISODE_WORDS: self._model.episode_words}


def main(store: str) -> None:
    with Earmark.open(store, model="quotes") as bot:
        answer_lines(WarmAnswers(bot).measure)


if __name__ == "__main__":
    main(*sys.argv[1:])
