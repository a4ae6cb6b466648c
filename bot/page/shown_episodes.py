"""Which episodes the page shows: looked up again and again, so that those ingested while it runs appear."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final

from bot.errors import StoreError
from bot.page.sounds import NamedSound, Sounds, find_sounds
from bot.records import Episode

if TYPE_CHECKING:
    from bot.earmark import Earmark

LOOK_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """The store's episodes at one moment, with their sound."""

    episodes: tuple[Episode, ...]
    sounds: Sounds

    @cached_property
    def titles(self) -> Mapping[str, str]:
        return {episode.id: episode.title or episode.id for episode in self.episodes}

    @cached_property
    def edition(self) -> str:
        """Another word where the episodes are others."""
        return hashlib.sha256(repr(self.episodes).encode(errors="replace")).hexdigest()[:16]


class ShownEpisodes:
    """`shown` is what was seen last; `look` blocks, and looks at most once in `LOOK_SECONDS`."""

    def __init__(self, bot: Earmark, sound: NamedSound | None = None) -> None:
        """Raises StoreError where nothing can be read."""
        self._bot = bot
        self._sound = sound
        self._lock = Lock()
        self._looked = time.monotonic()
        self.shown = self._read(None)

    def look(self) -> Shown:
        """The episodes as they are now; those seen last where the store cannot be read, which asking it will tell."""
        with self._lock:
            if time.monotonic() - self._looked >= LOOK_SECONDS:
                try:
                    self.shown = self._read(self.shown)
                except StoreError as error:
                    _log.warning("the episodes could not be looked up again: %s", error)
                self._looked = time.monotonic()
            return self.shown

    def _read(self, known: Shown | None) -> Shown:
        episodes = tuple(summary.episode for summary in self._bot.episodes())
        return known if known and known.episodes == episodes else Shown(episodes, find_sounds(episodes, self._sound))
