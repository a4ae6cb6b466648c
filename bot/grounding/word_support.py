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
from numpy.typing import NDArray

from bot.embedding.model_files import TOKENIZER_FILE
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
# Of a claim with a text, of a claim with all that was offered, of all that was offered.
CACHED_PAIRS, CACHED_CLAIMS, CACHED_CONTEXTS = 4_000, 32, 4


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


@dataclass(frozen=True, slots=True)
class TermTokens:
    """Which of a text's tokens its terms are made of; `terms` are those that have any, of `count`.

    The tokens of `terms[i]` are `tokens[starts[i]:starts[i + 1]]`, `sizes[i]` in number.
    """

    count: int
    terms: NDArray[np.int64]
    tokens: NDArray[np.int64]
    starts: NDArray[np.int64]
    sizes: Vectors

    @classmethod
    def of(cls, spans: NDArray[np.int32], terms: Sequence[Term]) -> TermTokens:
        firsts = np.array([term.start for term in terms], dtype=np.int64)[:, None]
        lasts = np.array([term.end for term in terms], dtype=np.int64)[:, None]
        owners, tokens = np.nonzero((spans[:, 0] >= firsts) & (spans[:, 1] <= lasts))
        found, starts, sizes = np.unique(owners, return_index=True, return_counts=True)
        return cls(len(terms), found, tokens, starts, sizes.astype(np.float32)[:, None])

    def mean(self, rows: Vectors) -> Vectors:
        """Rows of tokens -> rows of terms: the mean of a term's pieces, zeros where it has none."""
        pooled = np.zeros((self.count, rows.shape[1]), dtype=np.float32)
        if len(self.terms):
            pooled[self.terms] = np.add.reduceat(rows[self.tokens], self.starts, axis=0) / self.sizes
        return pooled

    def best(self, columns: Vectors) -> Vectors:
        """Columns of tokens -> columns of terms: the best of a term's pieces, zeros where it has none."""
        pooled = np.zeros((len(columns), self.count), dtype=np.float32)
        if len(self.terms):
            pooled[:, self.terms] = np.maximum.reduceat(columns[:, self.tokens], self.starts, axis=1)
        return pooled


@dataclass(frozen=True, slots=True)
class Embedded:
    """A text's unit vector, its tokens' vectors, and which of these are its terms (see `read_terms`)."""

    vector: Vectors
    tokens: TokenVectors
    terms: TermTokens


class TextVectors:
    """Vectors of texts and of their tokens, and what follows from them, remembered; thread-safe."""

    def __init__(self, embedder: TokenEmbedder) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, Embedded] = OrderedDict()
        self._lock = threading.Lock()
        self.similarity = lru_cache(maxsize=CACHED_PAIRS)(self._similarity)
        self.window_cosines = lru_cache(maxsize=CACHED_CLAIMS)(self._window_cosines)
        self._token_cosines = lru_cache(maxsize=CACHED_CLAIMS)(self._make_token_cosines)
        self._stacked = lru_cache(maxsize=CACHED_CONTEXTS)(self._stack)
        self._windows = lru_cache(maxsize=CACHED_CONTEXTS)(self._make_windows)

    def load(self) -> None:
        """Loads the model now; raises EmbeddingUnavailable."""
        self._embedder.embed_both(())

    def of(self, texts: Sequence[str]) -> list[Embedded]:
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
            for text in found:
                self._known.move_to_end(text)
        missing = list(dict.fromkeys(text for text in texts if text not in found))
        if missing:
            vectors, tokens = self._embedder.embed_both(missing)
            for text, vector, own in zip(missing, vectors, tokens, strict=True):
                found[text] = Embedded(vector, own, TermTokens.of(own.spans, read_terms(text)))
            with self._lock:
                self._known |= {text: found[text] for text in missing}
                while len(self._known) > CACHED_TEXTS:
                    self._known.popitem(last=False)
        return [found[text] for text in texts]

    def join(self, pieces: Sequence[str]) -> str:
        """The pieces as one text, whose vectors are those of the pieces: nothing is embedded again."""
        joined = " ".join(pieces)
        with self._lock:
            known = joined in self._known
        if len(pieces) > 1 and not known:
            found = self.of(pieces)
            starts = np.cumsum([0, *(len(piece) + 1 for piece in pieces[:-1])])
            tokens = TokenVectors(
                np.concatenate([piece.tokens.vectors for piece in found]),
                tuple(token for piece in found for token in piece.tokens.tokens),
                np.concatenate([piece.tokens.spans + start for piece, start in zip(found, starts, strict=True)]),
            )
            whole = np.sum([piece.vector * len(piece.tokens.tokens) for piece in found], axis=0)
            vector = whole / max(float(np.linalg.norm(whole)), 1e-9)
            with self._lock:
                self._known[joined] = Embedded(vector, tokens, TermTokens.of(tokens.spans, read_terms(joined)))
        return joined

    def best_in(self, claim: str, texts: tuple[str, ...], left_out: Collection[int]) -> Vectors:
        """For each term of the claim the best cosine with any token of the texts, less those at some places."""
        kept = np.ones(len(texts), dtype=np.bool_)
        kept[list(left_out)] = False
        cosines = self._token_cosines(claim, texts)[:, kept[self._stacked(texts)[1]]]
        [own] = self.of([claim])
        return own.terms.mean(cosines.max(axis=1, keepdims=True, initial=0.0))[:, 0]

    def _similarity(self, claim: str, text: str) -> Vectors:
        """Of each term of the claim with each of the text: 1 for equal stems, else the cosine of their tokens."""
        ours, theirs = self.of([claim, text])
        cosines = np.asarray(ours.tokens.vectors @ theirs.tokens.vectors.T, dtype=np.float32)
        return np.maximum(_equal_stems(claim, text), theirs.terms.best(ours.terms.mean(cosines)))

    def _window_cosines(self, claim: str, texts: tuple[str, ...]) -> tuple[Vectors, Vectors]:
        """The claim's cosine with every text, and with every two neighbouring ones (vectors added by length)."""
        [own] = self.of([claim])
        cosines = self._windows(texts) @ own.vector
        return cosines[: len(texts)], cosines[len(texts) :]

    def _make_windows(self, texts: tuple[str, ...]) -> Vectors:
        lengths = np.array([len(text.split()) for text in texts], dtype=np.float32)
        weighted = np.stack([text.vector for text in self.of(texts)]) * lengths[:, None]
        sums = np.concatenate([weighted, weighted[:-1] + weighted[1:]])
        return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    def _make_token_cosines(self, claim: str, texts: tuple[str, ...]) -> Vectors:
        [own] = self.of([claim])
        return np.asarray(own.tokens.vectors @ self._stacked(texts)[0].T, dtype=np.float32)

    def _stack(self, texts: tuple[str, ...]) -> tuple[Vectors, NDArray[np.int64]]:
        """The tokens' vectors of all texts as one table, and of which text each row is."""
        tokens = [text.tokens.vectors for text in self.of(texts)]
        return np.concatenate(tokens), np.repeat(np.arange(len(texts)), [len(own) for own in tokens])


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
        best = self.best[rows] if evidence is None else self.similarity[rows][:, columns].max(axis=1)
        return float(weights @ best / max(float(weights.sum()), 1e-9))


def align(claim: str, evidence: Sequence[str], vectors: TextVectors | None) -> Alignment:
    """The claim's terms against those of the evidence sentences; without vectors, equal stems alone match."""
    ours = read_terms(claim)
    theirs = [read_terms(text) for text in evidence]
    compared = vectors.similarity if vectors is not None and ours else _equal_stems
    tables = [compared(claim, text) for text, terms in zip(evidence, theirs, strict=True) if terms]
    return Alignment(
        ours,
        tuple(term for terms in theirs for term in terms),
        tuple(place for place, terms in enumerate(theirs) for _ in terms),
        np.concatenate(tables, axis=1) if tables else np.zeros((len(ours), 0), dtype=np.float32),
    )


def _equal_stems(claim: str, text: str) -> Vectors:
    ours, theirs = read_terms(claim), read_terms(text)
    equal = np.array([[a.stem == b.stem for b in theirs] for a in ours], dtype=np.float32)
    return equal.reshape(len(ours), len(theirs))
