"""Which citation stands behind which mark of a finished reply."""

from __future__ import annotations

from bot.page.prose import seconds_of
from bot.records import Citation, Reply


class MarkedMoments:
    """Marks are looked up in the order of the text: they follow one another as the claims' citations do.

    So a stamp that occurs in two episodes leads to the right one, whether or not the mark carries a number.
    """

    def __init__(self, reply: Reply) -> None:
        self._coming = [reply.citations[place] for claim in reply.claims for place in claim.citations]
        self._all = [*reply.citations, *reply.nearest]

    def behind(self, stamp: str) -> Citation | None:
        """The moment of the next mark with that stamp; None for one that the reply does not cite."""
        second = seconds_of(stamp)
        for place, moment in enumerate(self._coming):
            if int(moment.start) == second:
                self._coming = self._coming[place + 1 :]
                return moment
        return next((moment for moment in self._all if int(moment.start) == second), None)
