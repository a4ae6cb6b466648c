"""A model's draft -> the text that is shown, sentence by sentence: each is checked before any of it appears.

A sentence that the check does not support is shown without its time and said to be unconfirmed, but only beside others
that are supported. Where none is, the model has answered from elsewhere, or obeyed somebody: the text is a refusal, or
nothing where no sentence cites a time, since such a model may still be right. It is a refusal too where the sentences
are in other words than the episode's, that is, in another language, and nothing in them can be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from bot.drafts.citations import REFUSAL, CitationStream, DraftClaim
from bot.drafts.episode_marks import cited_episodes, mark_of
from bot.drafts.labels import Label, Labels
from bot.drafts.statements import is_marked_refusal
from bot.grounding.grounding import INSTRUCTED, GroundingCheck
from bot.grounding.signals import Context
from bot.records import Citation, Claim
from bot.search.keywords import STOP_WORDS, split_words

SHARED_WORDS = 1 / 3  # of an English sentence half are function words; of a German one, "in" and "was" are words here
FEW_WORDS, FEW_LETTERS = 4, 6  # of fewer words, or letters beyond ASCII, the language cannot be told
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
        self._sentence = ""  # the one at hand, which is not shown yet
        self._unconfirmed: list[str] = []  # they wait for a sentence that is supported
        self._stream = CitationStream(labels)
        self._refused = False

    @cached_property
    def _context(self) -> Context:
        return self._check.context(self._labels, self._question)

    def prepare(self) -> None:
        """Does beforehand what the first claim would wait for."""
        self._check.prepare(self._context)

    @property
    def supported(self) -> bool:
        return any(claim.status == "supported" for claim in self.claims)

    @property
    def uncited(self) -> bool:
        """Whether the model has made claims, and cited nothing for any, but did not refuse."""
        return not self._refused and bool(self.claims) and all(claim.status == "uncited" for claim in self.claims)

    @property
    def dropped(self) -> int:
        """Claims whose times are not shown because they are not supported."""
        return sum(claim.status != "supported" for claim in self.claims)

    def feed(self, piece: str) -> Iterator[str]:
        """The sentences that the draft's next piece completes."""
        yield from self._show(self._stream.feed(piece))

    def finish(self) -> Iterator[str]:
        """What is left, or the refusal where nothing that was claimed could be shown."""
        yield from self._show(self._stream.finish())
        if self.uncited and self._in_other_words():
            self._refused = True
        if self._unconfirmed and not self.uncited and REFUSAL not in self.text:
            yield self._shown(f" {REFUSAL}" if self.text else REFUSAL)
        elif self.text and self._sentence:
            yield self._shown(self._sentence)

    def _show(self, items: list[str | DraftClaim]) -> Iterator[str]:
        for item in items:
            if isinstance(item, str):
                self._sentence += item
            else:
                sentence, self._sentence = self._sentence, ""
                if is_marked_refusal(item.text):
                    gap = sentence[: -len(sentence.lstrip())]
                    self._refused, sentence = True, "" if REFUSAL in self.text else gap + REFUSAL
                text = self._judged(item, sentence) if item.is_claim else sentence
                if text:
                    yield self._shown(text)

    def _judged(self, claim: DraftClaim, sentence: str) -> str:
        """The sentence with its marks, behind those that waited for it; nothing where it is to wait itself."""
        marks = self._marks(claim)
        if marks:
            waited, self._unconfirmed = "".join(self._unconfirmed), []
            return waited + sentence + marks
        if self.claims[-1].reason == INSTRUCTED:
            return ""
        sentence += NOT_CONFIRMED if claim.complete else ""
        if self.supported:
            return sentence
        self._unconfirmed.append(sentence)
        return ""

    def _in_other_words(self) -> bool:
        """Whether few of the claims' words occur in any line that was offered, as in another language."""
        said = [word for claim in self.claims for word in split_words(claim.text)]
        letters = sum(not c.isascii() for word in said for c in word)
        if len(said) < FEW_WORDS and letters < FEW_LETTERS:
            return False
        spoken = STOP_WORDS.union(*(split_words(sentence.text) for sentence in self._labels.sentences))
        return sum(word in spoken for word in said) < SHARED_WORDS * len(said)

    def _shown(self, text: str) -> str:
        text = text if self.text else text.lstrip()
        self.text += text
        return text

    def _marks(self, claim: DraftClaim) -> str:
        """Checks the claim. Its marks as they are shown, or nothing where it is not supported."""
        grounding = self._check.check(claim, self._context, before=self._before)
        self._before.append(claim)
        cited = tuple(self._place(label) for label in claim.labels) if grounding.status == "supported" else ()
        self.claims.append(Claim(claim.text, grounding.status, cited, grounding.score, grounding.reason))
        numbered = cited_episodes(self.citations) if self._labels.numbered else ()
        marks = dict.fromkeys(mark_of(self.citations[place], numbered) for place in cited)
        return "".join(f" {mark}" for mark in marks)

    def _place(self, label: Label) -> int:
        """The citation's index; each moment is listed once."""
        citation = Citation.of(label.episode, label.sentence, label.part)
        if citation not in self.citations:
            self.citations.append(citation)
        return self.citations.index(citation)
