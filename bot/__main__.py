"""The commands, `earmark ask | retrieve | ingest | episodes | transcript | ...`, also as `python -m bot`.

Everything heavy is imported by the command that needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from bot.errors import EarmarkError, SettingError

# Before numpy is imported: its threads cost more than they give on products as small as these.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

INTERRUPTED = 130
FORMATS = ("txt", "md", "srt", "vtt", "json")


class Parser(argparse.ArgumentParser):
    """Says a usage error as every other error is said: what is wrong -> what to do, exit code 2."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} -> {self.prog} --help", file=sys.stderr)
        raise SystemExit(SettingError.exit_code)


def make_parser() -> Parser:
    parser = Parser(prog="earmark", description="Ask a podcast episode a question; each answer names its second.")
    everywhere = Parser(add_help=False)
    everywhere.add_argument("--store", metavar="DIR", help="folder of the index (EARMARK_STORE)")
    everywhere.add_argument("--debug", action="store_true", help="show the traceback of an error")
    as_json = Parser(add_help=False, parents=[everywhere])
    as_json.add_argument("--json", action="store_true", help="print JSON")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    ask = commands.add_parser("ask", parents=[as_json], help="answer a question, with times")
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--model", metavar="PROVIDER:NAME", help="chat model, or `quotes` (EARMARK_MODEL)")
    _add_episode(ask, "ask")
    ask.add_argument("--history", metavar="FILE", help='earlier turns, JSON: [{"role": "user", "content": "..."}, ...]')

    retrieve = commands.add_parser("retrieve", parents=[as_json], help="the passages for a question, best first")
    retrieve.add_argument("question", metavar="QUESTION")
    retrieve.add_argument("-k", type=int, default=None, metavar="N", help="how many passages (EARMARK_PASSAGES)")
    _add_episode(retrieve, "search")

    _add_ingest(commands.add_parser("ingest", parents=[as_json], help="add transcripts to the store"))

    remove = commands.add_parser("remove", parents=[as_json], help="take episodes out of the store")
    remove.add_argument("episodes", nargs="+", metavar="ID", help="`earmark episodes` lists them")

    commands.add_parser("rebuild", parents=[as_json], help="make the index again from the stored sentences")

    commands.add_parser("episodes", parents=[as_json], help="what the store holds")

    transcript = commands.add_parser("transcript", parents=[as_json], help="the cleaned transcript of an episode")
    transcript.add_argument("episode", nargs="?", metavar="EPISODE", help="its id; needed if the store holds several")
    transcript.add_argument("--format", choices=FORMATS, default=None, help="txt unless --json")

    check = commands.add_parser("check", parents=[as_json], help="grounding of given model outputs")
    check.add_argument("file", metavar="FILE", help="mocked outputs, one JSON object a line")

    chat = commands.add_parser("chat", parents=[everywhere], help="open the page")
    add_page_options(chat)
    return parser


def _add_episode(parser: argparse.ArgumentParser, verb: str) -> None:
    parser.add_argument("--episode", metavar="ID", action="append", help=f"{verb} this episode only; may be repeated")


def _add_ingest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="transcript, episode.toml, folder (with all in it), pattern, or - (stdin)",
    )
    parser.add_argument("--id", metavar="ID", help="name of the episode, a-z 0-9 - . _ (else from the file's name)")
    parser.add_argument("--title", metavar="TEXT")
    parser.add_argument("--show", metavar="TEXT")
    parser.add_argument("--date", metavar="DATE", help="such as 2024-03-12")
    parser.add_argument("--people", metavar="NAMES", help='who speaks: "Chris Benson (host), Anna Ek (guest)"')
    parser.add_argument("--kinds", metavar="FILE", help="TOML or JSON: kinds with start and end, in seconds or m:ss")
    parser.add_argument("--strict", action="store_true", help="stop at the first bad file and change nothing")


def add_page_options(parser: argparse.ArgumentParser) -> None:
    from bot.page.options import add_options

    add_options(parser)


def main(arguments: Sequence[str] | None = None) -> int:
    options = make_parser().parse_args(arguments)
    from bot.terminal import commands
    from bot.terminal.printing import printable

    try:
        return commands.run(options)
    except EarmarkError as error:
        if options.debug:
            raise
        print(printable(str(error)), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has enough; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
