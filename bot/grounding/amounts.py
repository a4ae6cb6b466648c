"""An amount as it was said, and whether two are the same."""

from __future__ import annotations

from dataclasses import dataclass

_TIMES = (1.0, 60.0, 3600.0)  # seconds


@dataclass(frozen=True, slots=True)
class Number:
    """`value` in units of its dimension (seconds, bytes, metres, grams, parts of one); `bare` as it was said.

    `nouns` are stems of the words behind it. `implied` is an article that stands for one ("a year"): it can support
    a number, but claims nothing itself. A magnitude is a power of ten that is meant loosely ("hundreds").
    """

    value: float
    dimension: str
    text: str
    nouns: frozenset[str]
    rough: bool = False
    implied: bool = False
    bare: float = 0.0

    def agrees(self, other: Number) -> bool:
        """The same amount, as far as the units say; what is said roughly may be 10 % off, and converted times 2 %."""
        if {self.dimension, other.dimension} & {"magnitude", "decade", "century"}:
            return _loosely_equal(self, other) or _loosely_equal(other, self)
        if self.dimension == other.dimension:
            return _close(self.value, other.value, self._slack)
        left_out = not (self.nouns if not self.dimension else other.nouns)
        units = {self.dimension, other.dimension}
        if "" not in units or "share" in units or not left_out:
            return False
        timed, bare = (self, other) if self.dimension else (other, self)
        said = [timed.value / size for size in _TIMES] if timed.dimension == "time" else []  # "ninety" for 1.5 hours
        return any(_close(amount, bare.bare, self._slack) for amount in (timed.bare, *said))

    @property
    def _slack(self) -> float:
        if not self.dimension and 1000 <= self.value <= 2100:
            return 0.002 if self.rough else 0.0
        timed = self.dimension == "time"
        return 0.1 if self.rough and (self.bare >= 10 or timed) else 0.02 if timed else 0.0


def _close(ours: float, theirs: float, slack: float) -> bool:
    return abs(ours - theirs) <= slack * max(abs(ours), abs(theirs)) + 1e-9


def _loosely_equal(loose: Number, other: Number) -> bool:
    if loose.dimension == other.dimension != "magnitude":
        return loose.value == other.value
    year = other.value if not other.dimension else -1
    if loose.dimension == "magnitude":
        return loose.value <= (other.bare or other.value) < (10 if loose.value < 1000 else 1000) * loose.value
    if loose.dimension == "decade" and loose.value <= year < loose.value + 10:
        return True  # of an age
    if loose.dimension == "decade":
        return 1000 <= year <= 2100 and -3 <= year % 100 - loose.value <= 12 - (0 if other.rough else 3)
    return loose.dimension == "century" and 1000 <= year <= 2100 and year // 100 + 1 == loose.value
