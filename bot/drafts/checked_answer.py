"""A model's draft -> the text that is shown, while it streams: a time appears only behind a claim that was checked."""

from __future__ import annotations

from collections.abc import Iterator

from bot.drafts.citations import CitationStream, DraftClaim
from bot.drafts.labels import Label, Labels
from bot.grounding.grounding import GroundingCheck
from bot.records import Citation, Claim

NOT_CONFIRMED = " (not confirmed by the episode)"


class CheckedAnswer:
    """Collects one answer; `claims` index `citations`, and `text` is what the pieces joined are."""

    def __init__(self, question: str, labels: Labels, check: GroundingCheck) -> None:
        self.text = ""
        self.claims: list[Claim] = []
        self.citations: list[Citation] = []
        self._question = question
        self._labels = labels
        self._check = check
        self._before: list[DraftClaim] = []
        self._stream = CitationStream(labels)

    @property
    def supported(self) -> bool:
        return any(claim.status == "supported" for claim in self.claims)

    @property
    def dropped(self) -> int:
        """Claims whose times are not shown because they are not supported."""
        return sum(claim.status != "supported" for claim in self.claims)

    def feed(self, piece: str) -> Iterator[str]:
        """What can be shown now of the draft's next piece."""
        yield from self._show(self._stream.feed(piece))

    def finish(self) -> Iterator[str]:
        yield from self._show(self._stream.finish())

    def _show(self, items: list[str | DraftClaim]) -> Iterator[str]:
        for item in items:
            shown = item if isinstance(item, str) else self._judged(item)
            if shown:
                self.text += shown
                yield shown

    def _judged(self, claim: DraftClaim) -> str:
        """The marks to show behind the claim, or that it is not confirmed."""
        if not claim.is_claim:
            return ""
        grounding = self._check.check(claim, self._labels, question=self._question, before=self._before)
        self._before.append(claim)
        cited = tuple(self._place(label) for label in claim.labels) if grounding.status == "supported" else ()
        self.claims.append(Claim(claim.text, grounding.status, cited, grounding.score, grounding.reason))
        if not cited:
            return NOT_CONFIRMED if claim.complete else ""
        stamps = dict.fromkeys(self.citations[place].stamp for place in cited)
        return "".join(f" [{stamp}]" for stamp in stamps)

    def _place(self, label: Label) -> int:
        """The citation's index; each moment is listed once."""
        sentence = label.sentence
        citation = Citation(
            label.episode, label.part.start, sentence.end, sentence.text, sentence.kind, sentence.speaker
        )
        if citation not in self.citations:
            self.citations.append(citation)
        return self.citations.index(citation)
