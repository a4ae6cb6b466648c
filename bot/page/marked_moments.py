"""Which citation stands behind which mark of a finished reply, and which sentences are one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.page.prose import seconds_of
from bot.records import Citation, Reply

NEIGHBOUR_SECONDS: Final = 10.0  # a citation may begin within its sentence


class MarkedMoments:
    """Marks are looked up in the order of the text: they follow one another as the claims' citations do.

    So a stamp that occurs in two episodes leads to the right one, whether or not the mark carries a number.
    """

    def __init__(self, reply: Reply) -> None:
        self._coming = [reply.citations[place] for claim in reply.claims for place in claim.citations]
        self._all = [*reply.citations, *reply.nearest]

    def behind(self, stamp: str) -> Citation | None:
        """The moment of the next mark with that stamp; None for one that the reply does not cite."""
        for place, moment in enumerate(self._coming):
            if _bears(moment, stamp):
                self._coming = self._coming[place + 1 :]
                return moment
        return next((moment for moment in self._all if _bears(moment, stamp)), None)


def joined_moments(citations: Sequence[Citation]) -> list[Citation]:
    """Sentences that follow one another as one citation, which begins where the first does."""
    joined: list[Citation] = []
    for citation in citations:
        last = joined[-1] if joined else None
        if last is not None and _follows(citation, last):
            joined[-1] = replace(last, end=citation.end, quote=f"{last.quote} {citation.quote}")
        else:
            joined.append(citation)
    return joined


def _follows(citation: Citation, last: Citation) -> bool:
    same = (citation.episode, citation.kind, citation.speaker) == (last.episode, last.kind, last.speaker)
    return same and 0 <= citation.start - last.end <= NEIGHBOUR_SECONDS


def _bears(moment: Citation, stamp: str) -> bool:
    return moment.stamp == stamp or (moment.line is None and int(moment.start) == seconds_of(stamp))
