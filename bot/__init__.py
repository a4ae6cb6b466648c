"""Earmark: ask a podcast episode a question; every sentence of the answer carries the second at which it was said.

    from bot import Earmark

    with Earmark.open() as bot:
        print(bot.ask("Where did Runway start?"))

Times are seconds from the start of the audio, everywhere.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.earmark import Earmark
    from bot.errors import EarmarkError, ModelError, SettingError, StoreError, StoreNotBuilt, TranscriptError
    from bot.records import Citation, Claim, Episode, Passage, Reply, ScoredPassage, Sentence

_HOMES = {
    "bot.earmark": ("Earmark",),
    "bot.errors": ("EarmarkError", "ModelError", "SettingError", "StoreError", "StoreNotBuilt", "TranscriptError"),
    "bot.records": ("Citation", "Claim", "Episode", "Passage", "Reply", "ScoredPassage", "Sentence"),
}

__all__ = [
    "Citation",
    "Claim",
    "Earmark",
    "EarmarkError",
    "Episode",
    "ModelError",
    "Passage",
    "Reply",
    "ScoredPassage",
    "Sentence",
    "SettingError",
    "StoreError",
    "StoreNotBuilt",
    "TranscriptError",
]


def __getattr__(name: str) -> Any:
    """Imports what is asked for, so that `import bot` and `earmark --help` cost nothing."""
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'bot' has no attribute {name!r}")
