"""The arguments of the commands that learn from transcripts: a folder of them, and one that keeps their indexes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.errors import EarmarkError


def run(main: Callable[[Path, Path], None], usage: str | None) -> None:
    """Calls `main` with both folders; the second is temporary where it is not given. An error ends the program."""
    if len(sys.argv) not in (2, 3):
        sys.exit(usage)
    try:
        with tempfile.TemporaryDirectory(prefix="earmark-fit-") as temporary:
            main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) == 3 else temporary))
    except EarmarkError as error:
        sys.exit(str(error))
