"""Is a claim supported by what it cites? Offline, the same twice, with a reason in words.

First what needs no judgement: marks, quotes, sponsors' words. Then signs of other numbers and names, of contradiction
and exaggeration, each strong enough to decide alone, unless reading claim and evidence together overrules it. What is
left, a small logistic regression weighs (`eval/training/fit_grounding.py` makes it), and what that leaves open is read.
A claim that what it cites does not support, but another moment does, is cited wrongly and not wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from bot.drafts.citations import DraftClaim, Labels
from bot.drafts.statements import is_refusal
from bot.embedding.cross_encoder import CLAIMS, cross_encoder
from bot.grounding.cast import Cast, bundled_episodes
from bot.grounding.entailment import is_foreign, read
from bot.grounding.instructions import instructs_a_program, reports_an_instruction
from bot.grounding.names import find_names
from bot.grounding.polarity import Finding
from bot.grounding.quoted_words import find_quotes, spoken_words, without_quotes
from bot.grounding.signals import ADVERTISING, SIGNALS, Cited, Context, Signals, measure
from bot.grounding.word_support import TextVectors, TokenEmbedder, align, read_terms
from bot.index import Embedder
from bot.records import Episode, Status

WEIGHTS_FILE = Path(__file__).parent / "grounding_weights.json"
# A sign this strong decides alone; some only where the reading does not overrule them.
DECIDES = {
    "number": 0.5, "quote": 0.5, "denied_there": 0.65, "denied_clause": 0.3, "denied_here": 0.75, "opposite": 0.54,
    "turned": 0.25, "whole": 0.54, "only": 0.5, "most": 0.75, "sure": 0.6,
    "unknown": 0.9, "elsewhere": 0.7, "exchanged": 0.6, "relative": 0.9, "role": 0.5,
    "added": 0.68,
}  # fmt: skip
OVERRULED = frozenset(
    ("number", "denied_there", "opposite", "whole", "most", "sure", "unknown", "elsewhere", "exchanged", "added")
)
CLEARLY_BETTER = 0.2  # by so much another moment must support a claim better, to say that the wrong one is cited
# A claim that passes is asked about other moments only if it passes narrowly and another one is nearer in meaning.
DOUBTFUL, BEHIND, SURE = 0.65, -0.05, 0.93
READ_BELOW = 0.9  # a claim that scores less, as half of the true ones do, is read beside what it cites, for 5 to 10 ms
LIKELY = 0.6  # a moment must support a claim this well to be called the right one
CANDIDATES = 3
INSTRUCTED = "what it cites tells a program what to answer; nobody says it"
SHORTEST_CLAIM = 2  # content words; a claim with fewer says nothing that could be looked for
_AS_ADVERTISING = re.compile(
    r"\b(?:sponsor\w*|advert\w*|ads?\b|commercials?|promo\w*|partners?|brought\s+to\s+(?:you|us|listeners)|supported\s+by|"
    r"spots?\b|segments?\b|supporters?|backers?\b|made\s+possible|underwrit\w*|messages?\b|plug(?:s|ged)?\b|mid-?roll)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:it|they|he|she|the\s+\w+)\s+also\b", re.IGNORECASE)
_AFTER_REFUSAL = re.compile(
    r"(?:[,;:—–]\s*|\s)\b(?:but|however|although|though|only|instead|rather)\b|;", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Grounding:
    """`score` is 0 to 1, the higher the better supported; the reason is one clause in words."""

    status: Status
    score: float
    reason: str


@dataclass(frozen=True)
class Combiner:
    """Logistic regression over the signals; none for a claim has a weight below 0, none against it one above."""

    means: tuple[float, ...]
    deviations: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    threshold: float

    def score(self, signals: Signals) -> float:
        scaled = (signals.values - np.array(self.means)) / np.array(self.deviations)
        return float(1 / (1 + np.exp(-(scaled @ np.array(self.weights) + self.bias))))


@lru_cache(maxsize=2)
def load_combiner(kind: str) -> Combiner:
    """`with_vectors`, or `without_vectors` where there is no embedding model."""
    stored = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    if tuple(stored["signals"]) != SIGNALS:
        raise ValueError(f"{WEIGHTS_FILE.name} was made for other signals -> python -m eval.training.fit_grounding")
    own = stored[kind]
    return Combiner(tuple(own["means"]), tuple(own["deviations"]), tuple(own["weights"]), own["bias"], own["threshold"])


class GroundingCheck:
    """Thread-safe; vectors of sentences are remembered from claim to claim."""

    def __init__(self, embedder: Embedder | None, episodes: Callable[[], Iterable[Episode]] = bundled_episodes) -> None:
        """`episodes` gives those whose people, firms and misheard names are known, by their ids."""
        self._vectors = TextVectors(embedder) if isinstance(embedder, TokenEmbedder) else None
        self._episodes = episodes

    def context(self, labels: Labels, question: str = "") -> Context:
        """What all claims of an answer are checked in: the sentences that it may cite, and who takes part."""
        pairs = dict.fromkeys((label.number, label.sentence) for label in labels.offered)
        offered = {label.episode for label in labels.offered}
        cast = Cast.of(episode for episode in self._episodes() if episode.id in offered)
        return Context(tuple(sentence for _, sentence in pairs), tuple(number for number, _ in pairs), question, cast)

    def load(self) -> None:
        """Loads the models that read claims now; raises EmbeddingUnavailable."""
        if self._vectors is not None:
            self._vectors.load()
            cross_encoder(CLAIMS).load()

    def prepare(self, context: Context) -> None:
        """Does beforehand what the first claim would wait for: the vectors of all sentences offered."""
        if self._vectors is not None:
            self._vectors.of(context.texts)

    def check(self, claim: DraftClaim, context: Context, *, before: Sequence[DraftClaim] = ()) -> Grounding:
        """The verdict on a claim. What the answer's earlier claims, `before`, present as a sponsor's words stays so."""
        if not claim.is_claim:
            return Grounding("supported", 1.0, "states nothing about the episode")
        text = _after_refusal(claim.text)
        if not text:
            return Grounding("supported", 1.0, "says that the episode does not answer")
        places = _cited_places(claim, context)
        if claim.faults:
            return self._faulty(text, context, claim.faults[0])
        if not places:
            return Grounding("uncited", 0.0, "cites no time")
        return self._judge(text, context, places, _presented(claim, context.asked, before))

    def _faulty(self, text: str, context: Context, fault: str) -> Grounding:
        found = self._elsewhere(text, context, ())
        if found is None or found[1] < LIKELY:
            return Grounding("unsupported", 0.0, f"{fault}, and the words are not in the sentences offered")
        return Grounding("miscited", 0.0, f"{fault}; the words are at {found[0]}")

    def _judge(self, text: str, context: Context, places: list[int], presented: bool) -> Grounding:
        if not reports_an_instruction(text):
            places = [n for n in places if not instructs_a_program(context.texts[n])]
            if not places:
                return Grounding("unsupported", 0.0, INSTRUCTED)
        if not presented:
            places = [n for n in places if context.sentences[n].kind not in ADVERTISING]
            if not places:
                return Grounding("unsupported", 0.0, "only a sponsor's words say this, and the claim does not say so")
        cited = context.cited(places)
        verdict, lead = self._weigh(text, cited)
        supported = verdict.status == "supported"
        if supported and (verdict.score > DOUBTFUL or lead > BEHIND):
            return verdict
        found = self._elsewhere(text, context, cited.moment, talk_only=not presented)
        if found is None or found[1] < max(verdict.score + CLEARLY_BETTER, SURE if supported else LIKELY):
            return verdict
        reason = verdict.reason or "what it cites says little of this"
        return Grounding(
            "miscited", min(verdict.score, found[1] - CLEARLY_BETTER), f"{reason}; the words are at {found[0]}"
        )

    def _weigh(self, text: str, cited: Cited, *, reads: bool = True) -> tuple[Grounding, float]:
        """Supported or not by these sentences and their neighbours, and how far they lead the other moments.

        Without `reads` by the score alone, as other moments are, of which there are several for each claim.
        """
        if _verbatim(text, " ".join(cited.said)):
            return Grounding("supported", 1.0, "the very words"), 1.0
        signals = measure(text, cited, self._vectors)
        combiner = load_combiner("with_vectors" if self._vectors else "without_vectors")
        score = combiner.score(signals)
        lead = float(signals.values[SIGNALS.index("lead")])
        quoted, foreign = _mostly_quoted(text), is_foreign(text, signals)
        decisive, reading = deciding(signals.findings), None
        doubtful = decisive or not (quoted or foreign or score >= READ_BELOW)
        if self._vectors and reads and doubtful and not deciding(signals.findings, overruled=True):
            reading = read(text, cited, signals)
            decisive = None if reading.overrules else decisive
        if decisive:
            return Grounding("unsupported", min(score, 0.9 * combiner.threshold), decisive.reason), lead
        if quoted:
            score = max(score, combiner.threshold)
        elif foreign:
            score = min(score, 0.9 * combiner.threshold)
        elif reading:
            score = max(score, combiner.threshold) if reading.supports else min(score, 0.9 * combiner.threshold)
        if score >= combiner.threshold:
            return Grounding("supported", score, ""), lead
        return Grounding("unsupported", score, self._missing(text, cited, signals)), lead

    def _missing(self, text: str, cited: Cited, signals: Signals) -> str:
        strongest = max(signals.findings.values(), key=lambda finding: finding.strength, default=Finding())
        if strongest.strength > 0.4:
            return strongest.reason
        alignment = align(text, cited.evidence, self._vectors).without({name.start for name in find_names(text)})
        missing = sorted(
            zip(alignment.weights * (1 - alignment.best), alignment.claim, strict=True), key=lambda x: -x[0]
        )
        words = ", ".join(f'"{term.word}"' for _, term in missing[:3])
        return f"what it cites says nothing of {words}"

    def _elsewhere(
        self, text: str, context: Context, inside: Sequence[int], *, talk_only: bool = False
    ) -> tuple[str, float] | None:
        """Stamp and score of the moment outside `inside` that supports a claim best, if one does."""
        allowed = [
            n for n, s in enumerate(context.sentences) if n not in inside and not (talk_only and s.kind in ADVERTISING)
        ]
        best: tuple[str, float] | None = None
        for place in self._likeliest(text, context, allowed):
            verdict, _ = self._weigh(text, context.cited([place]), reads=False)
            if verdict.status == "supported" and (best is None or verdict.score > best[1]):
                best = (context.sentences[place].stamp, verdict.score)
        return best

    def _likeliest(self, text: str, context: Context, allowed: list[int]) -> list[int]:
        if self._vectors is not None:
            cosines, _ = self._vectors.window_cosines(text, context.texts)
            return sorted(allowed, key=lambda n: -cosines[n])[:CANDIDATES]
        stems = {term.stem for term in read_terms(text)}
        shared = {n: sum(t.rarity for t in read_terms(context.texts[n]) if t.stem in stems) for n in allowed}
        return sorted((n for n in allowed if shared[n]), key=lambda n: -shared[n])[:CANDIDATES]


def _after_refusal(text: str) -> str:
    """The claim; of "The episode does not say X, but Y" only Y, and nothing where there is no Y."""
    if not is_refusal(text):
        return text
    parts = _AFTER_REFUSAL.split(text, maxsplit=1)
    rest = parts[1].strip(" ,.;") if len(parts) > 1 else ""
    return rest if len(read_terms(rest)) > SHORTEST_CLAIM and not is_refusal(rest) else ""


def _cited_places(claim: DraftClaim, context: Context) -> list[int]:
    return sorted({context.places[label.number, label.sentence] for label in claim.labels})


def _presented(claim: DraftClaim, question: str, before: Sequence[DraftClaim]) -> bool:
    """Whether a sponsor's words are given as such: in this claim, in the question, or just before in the answer."""
    if _AS_ADVERTISING.search(claim.text) or _AS_ADVERTISING.search(question):
        return True
    if before and _GOES_ON.match(claim.text) and _AS_ADVERTISING.search(before[-1].text):
        return True
    starts = [label.sentence.start for label in claim.labels]
    return any(
        _AS_ADVERTISING.search(earlier.text)
        and any(abs(label.sentence.start - start) < 60 for label in earlier.labels for start in starts)
        for earlier in before
    )


def deciding(findings: Mapping[str, Finding], *, overruled: bool = False) -> Finding | None:
    """The sign that decides alone, if there is one; with `overruled` none that reading may overrule."""
    found = [
        findings[name]
        for name, enough in DECIDES.items()
        if findings[name].strength >= enough and not (overruled and name in OVERRULED)
    ]
    return found[0] if found else None


def _verbatim(text: str, said: str) -> bool:
    words = spoken_words(text)
    return len(words) > 2 and f" {' '.join(words)} " in f" {' '.join(spoken_words(said))} "


def _mostly_quoted(text: str) -> bool:
    """Quotes that were found (else they would have decided) and little beside them."""
    rest = sum(term.rarity for term in read_terms(without_quotes(text)))
    quoted = sum(term.rarity for quote in find_quotes(text) for term in read_terms(quote))
    return bool(quoted) and quoted >= rest
