"""How much of a claim's words its evidence bears out: weighted by rarity, aligned by stem or by meaning."""

from __future__ import annotations

import json
import math
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol, runtime_checkable

import numpy as np

from bot.embedding import TOKENIZER_FILE
from bot.index import TokenVectors, Vectors
from bot.search.keywords import CLITIC, STOP_WORDS, WORD, stem

# Words with which answers report what was said; they say nothing of what it was.
REPORTING_WORDS = frozenset(
    """according account add added adds admit admits admitted advise advises advice agree agrees announce announces
    answer answers argue argued argues ask asked asks assert asserts believe believed believes call called calls
    caution cautions claim claimed claims comment comments compare compares complain complains conclude
    concludes confess confesses confirm confirms consider considers describe described describes emphasise
    emphasises emphasize emphasizes expect expects express expresses feel feels find finds give gives guest
    guests highlight highlights hint hints host hosts illustrate insist insists interview introduce introduces
    joke jokes let liken likens list lists listener listeners make makes name names note noted notes observe
    observes opinion point points predict predicts put puts question quip quips quote quotes recall recalled
    recalls reckon reckons recommend recommends recount recounts reflect refer refers remark remarks remember
    remembers report reports respond responds reveal reveals see sees share shares show shows speak speaker
    speakers speaks stand state stated states story stress stresses suggest suggests summarise summarises
    summarize summarizes sum sums tell tells think thinks thought told view views viewpoint warn warned warns
    way ways wonder wonders words word well also still even though instead whereas however example instance
    general overall specifically particular""".split()
)
_PLAIN_WORDS = frozenset(  # too light to be missed
    "thing things lot kind kinds sort people person someone somebody anybody use used uses using like want wants "
    "become becomes became come comes came go goes went take takes took work works one ones time way ways bit "
    "part".split()
)
FIRST_RANK = 1_990  # BERT's vocabulary lists words by falling frequency from here
LAST_RANK = 30_500
HEAD = 60  # the most usual words, which differ little
CACHED_TEXTS = 2_000


@runtime_checkable
class TokenEmbedder(Protocol):
    """An embedder that also gives the vectors of the tokens."""

    def embed_both(self, texts: Sequence[str], /) -> tuple[Vectors, list[TokenVectors]]: ...


@dataclass(frozen=True, slots=True)
class Term:
    """A content word at `start` to `end` of its text; `rarity` from 0.05 (everyday) to 1."""

    word: str
    stem: str
    start: int
    end: int
    rarity: float


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, int]:
    tokenizer = json.loads(TOKENIZER_FILE.read_bytes())
    ranks: dict[str, int] = tokenizer["model"]["vocab"]
    return ranks


@lru_cache(maxsize=50_000)
def rarity(word: str) -> float:
    """0.05 for the most usual words to 1: the logarithm of the rank in the vocabulary of the embedding model."""
    rank = _vocabulary().get(word, LAST_RANK) - FIRST_RANK
    return max(0.05, math.log((max(rank, 0) + HEAD) / HEAD) / math.log((LAST_RANK - FIRST_RANK + HEAD) / HEAD))


@lru_cache(maxsize=4096)
def read_terms(text: str) -> tuple[Term, ...]:
    """The content words of a text in order; words of reporting and very light words weigh little."""
    terms = []
    for match in WORD.finditer(text):
        word = CLITIC.sub("", match.group().lower())
        if word in STOP_WORDS:
            continue
        light = 0.1 if word in REPORTING_WORDS else 0.3 if word in _PLAIN_WORDS else 1.0
        terms.append(Term(word, stem(word), match.start(), match.end(), light * rarity(word)))
    return tuple(terms)


class TextVectors:
    """Vectors of texts and of their tokens, remembered; thread-safe."""

    def __init__(self, embedder: TokenEmbedder) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, tuple[Vectors, TokenVectors]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, texts: Sequence[str]) -> list[tuple[Vectors, TokenVectors]]:
        """For each text its unit vector and its tokens' vectors."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        missing = list(dict.fromkeys(text for text in texts if text not in found))
        if missing:
            vectors, tokens = self._embedder.embed_both(missing)
            found |= dict(zip(missing, zip(vectors, tokens, strict=True), strict=True))
            with self._lock:
                self._known |= {text: found[text] for text in missing}
                while len(self._known) > CACHED_TEXTS:
                    self._known.popitem(last=False)
        return [found[text] for text in texts]


@dataclass(frozen=True)
class Alignment:
    """Claim terms against evidence terms; `similarity` has shape (claim terms, evidence terms), 1 for equal stems.

    `sentence` says in which evidence sentence each evidence term stands.
    """

    claim: tuple[Term, ...]
    evidence: tuple[Term, ...]
    sentence: tuple[int, ...]
    similarity: Vectors

    @cached_property
    def best(self) -> Vectors:
        """For each claim term the similarity of its best match; 0 where there is no evidence."""
        if not self.evidence or not self.claim:
            return np.zeros(len(self.claim), dtype=np.float32)
        return np.asarray(self.similarity.max(axis=1), dtype=np.float32)

    @cached_property
    def weights(self) -> Vectors:
        return np.array([term.rarity for term in self.claim], dtype=np.float32)

    def without(self, starts: Collection[int]) -> Alignment:
        """Less the claim terms at these places of its text; all are kept where nothing else would be left."""
        rows = [row for row, term in enumerate(self.claim) if term.start not in starts]
        if not rows or len(rows) == len(self.claim):
            return self
        return Alignment(tuple(self.claim[row] for row in rows), self.evidence, self.sentence, self.similarity[rows])

    def support(self, claim: Sequence[int] | None = None, evidence: Sequence[int] | None = None) -> float:
        """Weighted mean of the best matches, of some claim terms in some evidence terms where given."""
        rows = list(range(len(self.claim)) if claim is None else claim)
        columns = list(range(len(self.evidence)) if evidence is None else evidence)
        if not rows or not columns:
            return 0.0
        weights = self.weights[rows]
        return float(weights @ self.similarity[np.ix_(rows, columns)].max(axis=1) / max(float(weights.sum()), 1e-9))


def align(claim: str, evidence: Sequence[str], vectors: TextVectors | None) -> Alignment:
    """The claim's terms against those of the evidence sentences; without vectors, equal stems alone match."""
    ours = read_terms(claim)
    theirs = [(term, place) for place, text in enumerate(evidence) for term in read_terms(text)]
    table = np.array([[a.stem == b.stem for b, _ in theirs] for a in ours], dtype=np.float32)
    table = table.reshape(len(ours), len(theirs))
    if vectors is not None and ours and theirs:
        (_, claim_tokens), *found = vectors.of([claim, *evidence])
        meanings = [
            _term_cosines(claim_tokens, ours, tokens, read_terms(t))
            for t, (_, tokens) in zip(evidence, found, strict=True)
        ]
        table = np.maximum(table, np.concatenate(meanings, axis=1))
    return Alignment(ours, tuple(term for term, _ in theirs), tuple(place for _, place in theirs), table)


def _term_cosines(
    ours: TokenVectors, our_terms: Sequence[Term], theirs: TokenVectors, their_terms: Sequence[Term]
) -> Vectors:
    cosines = np.asarray(ours.vectors @ theirs.vectors.T, dtype=np.float32)
    rows = _pooled(cosines, ours, our_terms)
    return _pooled(rows.T, theirs, their_terms, best=True).T


def _pooled(rows: Vectors, tokens: TokenVectors, terms: Sequence[Term], *, best: bool = False) -> Vectors:
    """Rows of tokens -> rows of terms: the mean of a term's pieces, or the best of them."""
    pooled = np.zeros((len(terms), rows.shape[1]), dtype=np.float32)
    for place, term in enumerate(terms):
        inside = (tokens.spans[:, 0] >= term.start) & (tokens.spans[:, 1] <= term.end)
        if inside.any():
            pooled[place] = rows[inside].max(axis=0) if best else rows[inside].mean(axis=0)
    return pooled
