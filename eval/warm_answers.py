"""`python -m eval.warm_answers STORE FILE`: seconds of each question of FILE (one a line), answered in one process."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

from bot import Earmark


def main(store: str, file: str) -> None:
    questions = Path(file).read_text(encoding="utf-8").splitlines()
    with Earmark.open(store) as bot:
        bot.ask(questions[0])
        for question in questions:
            began = time.perf_counter()
            bot.ask(question)
            print(time.perf_counter() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
