"""Opens the page: `python app.py [--host H --port N --store DIR --model PROVIDER:NAME --auth USER:PASSWORD ...]`.

It is the command `earmark chat` under another name.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from bot.__main__ import main as earmark


def main(arguments: Sequence[str] | None = None) -> int:
    return earmark(["chat", *(sys.argv[1:] if arguments is None else arguments)])


if __name__ == "__main__":
    raise SystemExit(main())
