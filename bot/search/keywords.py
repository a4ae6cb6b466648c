"""Keyword search: BM25 over texts, and how rare a word is among them."""

from __future__ import annotations

import math
import re
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from bot.index import Vectors
from bot.search.postings import Postings

WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*")
CLITIC = re.compile(r"['’](?:s|re|ve|ll|d|m|t)$")

# Function words, and the words with which people frame a question about an episode.
STOP_WORDS = frozenset(
    """a about above after again against ain all also am an and any anyone anything are aren as at be because been
    before being below between both but by can could couldn did didn do does doesn doing don down during each either
    else ever every few for from further get gets got had hadn has hasn have haven having he her here hers herself him
    himself his how i if in into is isn it its itself just let ll may me might mightn more most much must mustn my
    myself need needn no nor not now of off on once one only or other our ours ourselves out over own please quite
    rather really same shall shan she should shouldn since so some something such than that the their theirs them
    themselves then there these they thing things this those though through to too under until up upon us very was
    wasn we were weren what whatever when where whether which while who whom whose why will with within without won
    would wouldn yes yet you your yours yourself yourselves episode podcast tell say says said talk talks talked talking
    mention mentions mentioned explain discuss discussed""".split()
)

# One stemmer shared by threads would mix up their words.
_local = threading.local()


def split_words(text: str) -> list[str]:
    """The words of a text in lower case, as they stand, without `'s` and the like."""
    return [CLITIC.sub("", word) for word in WORD.findall(text.lower())]


def terms(text: str) -> list[str]:
    """What keyword search compares: Snowball stems of the words that are not stop words, repeats kept."""
    return [stem(word) for word in split_words(text) if word not in STOP_WORDS]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        import Stemmer

        # Our own cache stands before it; the stemmer's would only take memory.
        stemmer = _local.stemmer = Stemmer.Stemmer("english", 0)
    return str(stemmer.stemWord(word))


class KeywordIndex:
    """BM25 (Robertson and others 1994, in Lucene's form: k1 1.5, b 0.75) over texts given once."""

    def __init__(self, texts: Iterable[str] | Postings) -> None:
        """The texts, or the postings that were made of them."""
        self._postings = texts if isinstance(texts, Postings) else Postings.of(terms(text) for text in texts)
        self.size = len(self._postings.lengths)

    def scores(self, question_terms: Sequence[str]) -> Vectors:
        """Raw BM25 of every text, shape (texts,), zeros where no term is known."""
        scores = np.zeros(self.size, dtype=np.float32)
        for term, count in Counter(question_terms).items():
            self._postings.add_scores(scores, term, count * self.rarity(term))
        return scores

    def rarity(self, term: str) -> float:
        """Lucene's idf, ln(1 + (N - n + 0.5) / (n + 0.5)); highest for a term that no text holds."""
        holders = self._postings.holders(term)
        return math.log(1 + (self.size - holders + 0.5) / (holders + 0.5))

    def knows(self, term: str) -> bool:
        return self._postings.holders(term) > 0
