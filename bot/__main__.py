"""The commands: `earmark ask | retrieve | ingest | episodes | transcript | check | chat`, also as `python -m bot`.

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
    ask.add_argument("--episode", metavar="ID", help="ask this episode only")
    ask.add_argument("--history", metavar="FILE", help='earlier turns, JSON: [{"role": "user", "content": "..."}, ...]')

    retrieve = commands.add_parser("retrieve", parents=[as_json], help="the passages for a question, best first")
    retrieve.add_argument("question", metavar="QUESTION")
    retrieve.add_argument("-k", type=int, default=None, metavar="N", help="how many passages (EARMARK_PASSAGES)")
    retrieve.add_argument("--episode", metavar="ID", help="search this episode only")

    ingest = commands.add_parser("ingest", parents=[as_json], help="add transcripts to the store")
    ingest.add_argument("paths", nargs="+", metavar="PATH", help="transcript, episode.toml, or a folder of them")

    commands.add_parser("episodes", parents=[as_json], help="what the store holds")

    transcript = commands.add_parser("transcript", parents=[as_json], help="the cleaned transcript of an episode")
    transcript.add_argument("episode", nargs="?", metavar="EPISODE", help="its id; needed if the store holds several")
    transcript.add_argument("--format", choices=FORMATS, default=None, help="txt unless --json")

    check = commands.add_parser("check", parents=[as_json], help="grounding of given model outputs")
    check.add_argument("file", metavar="FILE", help="mocked outputs, one JSON object a line")

    chat = commands.add_parser("chat", parents=[everywhere], help="open the page")
    add_page_options(chat)
    return parser


def add_page_options(parser: argparse.ArgumentParser) -> None:
    from bot.page.options import add_options

    add_options(parser)


def main(arguments: Sequence[str] | None = None) -> int:
    options = make_parser().parse_args(arguments)
    from bot import commands
    from bot.printing import printable

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
