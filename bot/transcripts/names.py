"""`Ada Obi: text` -> who speaks. A colon is common in speech, so a name counts only where it recurs in the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_LONGEST_NAME = 60
_PREFIX = re.compile(r"(?:>>\s*)?\*{0,2}\[?([^\W_][^:*\[\]\n]{0,58}?)\]?\*{0,2}\s?:\*{0,2}(?:\s+(?=\S)|$)")
_PARTICLES = frozenset("van von der den de da di du del la le bin al ibn dos ter of the".split())


def is_name(text: str) -> bool:
    """Up to five words with capitals, or of a script without them; numbers and `van` may stand among them."""
    words = text.split()
    return (
        0 < len(words) <= 5
        and len(text) <= _LONGEST_NAME
        and not words[0][0].isdigit()
        and _begins_like_a_name(words[0])
        and all(_begins_like_a_name(word) or word in _PARTICLES for word in words[1:])
        and text[-1] not in "!?,;"
    )


def _begins_like_a_name(word: str) -> bool:
    first = word.lstrip("\"'“‘(")[:1]
    return first.isdigit() or (first.isalpha() and not first.islower())


def split_name(text: str) -> tuple[str | None, str]:
    """The name before the colon and what is said; (None, text) where no name stands there."""
    match = _PREFIX.match(text)
    name = " ".join(match[1].split()) if match else ""
    return (name, text[match.end() :]) if match and is_name(name) else (None, text)


def recurring_names(texts: Iterable[str]) -> frozenset[str]:
    """Names that stand before a colon more than once."""
    counts = Counter(name for text in texts if (name := split_name(text)[0]))
    return frozenset(name for name, times in counts.items() if times > 1)


def leading_names(texts: Sequence[str], others: Iterable[str]) -> frozenset[str]:
    """Names that recur; if half of the texts begin with one, also those that stand there once."""
    found = [name for text in texts if (name := split_name(text)[0])]
    everywhere = frozenset(found) if len(found) > 1 and 2 * len(found) >= len(texts) else frozenset()
    return everywhere | recurring_names([*texts, *others])
