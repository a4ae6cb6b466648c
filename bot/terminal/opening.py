"""Opens the store that a command's options name."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.terminal.progress import ProgressLines

if TYPE_CHECKING:
    from bot.earmark import Earmark


def open_store(options: argparse.Namespace, model: str | None = None) -> Earmark:
    """Long work tells its progress on standard error."""
    from bot.earmark import Earmark

    return Earmark.open(options.store, model=model, progress=ProgressLines())
