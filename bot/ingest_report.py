"""What `ingest` tells of each file that it was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bot.episode_summary import EpisodeSummary
from bot.records import MisheardName


@dataclass(frozen=True, slots=True)
class IngestedFile:
    """What became of one file; `summary` is None where it was rejected, and `problem` says why.

    A `duplicate` has the words of the episode in `summary`, which another file brought. `proposals` are names that may
    have been misheard; nothing is done about them.
    """

    path: str
    status: Literal["indexed", "unchanged", "duplicate", "rejected"]
    format: str = ""
    cues: int = 0
    summary: EpisodeSummary | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""
    proposals: tuple[MisheardName, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "status": self.status,
            "format": self.format,
            "cues": self.cues,
            "episode": self.summary.as_dict() if self.summary else None,
            "speakers": [{"name": one.name, "share": one.share} for one in self.summary.speakers]
            if self.summary
            else [],
            "notes": list(self.notes),
            "problem": self.problem,
            "names": [{"name": one.name, "heard": list(one.heard)} for one in self.proposals],
        }


@dataclass(frozen=True, slots=True)
class IngestReport:
    """`remarked` are episodes of which more turned out to be repeated in others, and so to be no conversation."""

    files: tuple[IngestedFile, ...]
    remarked: tuple[str, ...] = ()

    @property
    def rejected(self) -> tuple[IngestedFile, ...]:
        return tuple(file for file in self.files if file.status == "rejected")
