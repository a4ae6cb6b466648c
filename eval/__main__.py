"""`python -m eval`: the whole evaluation; `python -m eval retrieval|answers|grounding`: a part of it.

Exit codes: 0 done, 2 a case file or an option cannot be used, 4 the store, 5 the model's endpoint, 6 below a threshold.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from bot.errors import EarmarkError, SettingError
from bot.terminal.printing import printable, show

# Before numpy is imported: its threads cost more than they give on products this small, and one thread always adds up
# in the same order, so that figures do not depend on the number of cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

INTERRUPTED = 130
BELOW_THRESHOLD = 6
PARTS = ("retrieval", "answers", "grounding")
REPORTS = Path("reports")


class Parser(argparse.ArgumentParser):
    """A usage error in one line, as every other error."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} -> {self.prog} --help", file=sys.stderr)
        raise SystemExit(SettingError.exit_code)


def make_parser() -> Parser:
    parser = Parser(prog="python -m eval", description="How good are retrieval, answers and the grounding check?")
    parser.add_argument("part", nargs="?", choices=PARTS, help="only this part; all without it")
    parser.add_argument("--cases", type=Path, metavar="FILE", help="question cases (for grounding: mocked outputs)")
    parser.add_argument("--outputs", type=Path, metavar="FILE", help="mocked outputs, or a recording to replay")
    parser.add_argument("--model", metavar="PROVIDER:NAME", help="chat model to ask; quotes without it")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="ask the model N times, and show the spread")
    parser.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="keep what the model says, to replay it or to go on",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write the report there (whole run: reports/)")
    parser.add_argument("--store", metavar="DIR", help="folder of the index (EARMARK_STORE)")
    parser.add_argument("--against", type=Path, metavar="DIR", help="compare with this run (eval/baseline)")
    parser.add_argument("--qmsum", type=Path, metavar="DIR", help="only retrieval, on QMSum's val.jsonl or test.jsonl")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    options = make_parser().parse_args(arguments)
    try:
        return _run(options)
    except EarmarkError as error:
        if options.debug:
            raise
        print(printable(str(error)), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(options: argparse.Namespace) -> int:
    if options.qmsum is not None:
        return _run_qmsum(options)
    from eval.planning import make_plan
    from eval.report import terminal_text, write_report
    from eval.run import failure_of
    from eval.spread import evaluate_runs

    with make_plan(options, _progress) as plan:
        run = evaluate_runs(plan, options.runs)
    folder = options.report or (None if options.part else REPORTS)
    if folder is not None:
        write_report(run, folder)
    if options.json:
        outcomes = [case.as_dict() for case in run.cases]
        shown = {**run.summary, "below_threshold": list(run.broken), "outcomes": outcomes}
        print(json.dumps(shown, ensure_ascii=False, allow_nan=False, indent=2))
    else:
        show(terminal_text(run))
        if folder is not None:
            show(f"\nEvery case: {folder / 'report.html'}")
    failure = failure_of(run)
    if failure is not None:
        raise failure
    for line in run.broken:
        print(printable(f"{line} -> see the report's cases"), file=sys.stderr)
    return BELOW_THRESHOLD if run.broken else 0


def _run_qmsum(options: argparse.Namespace) -> int:
    from eval.qmsum_systems import compare_on_qmsum, qmsum_text

    results = compare_on_qmsum(options.qmsum, _progress)
    if options.json:
        print(json.dumps({name: result.as_dict() for name, result in results.items()}, ensure_ascii=False, indent=2))
    else:
        show(qmsum_text(results))
    return 0


def _progress(what: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{what}: {done} of {total} ", end="\n" if done >= total else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
