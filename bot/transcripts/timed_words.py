"""Words with times of their own, as recognisers give them, put together as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_LONGEST_SOUND_WORDS = 6


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A time is None where the recogniser gave none."""

    start: float | None
    end: float | None
    text: str
    line: int
    speaker: str | None = None

    def followed_by(self, other: TimedWord, space: str) -> TimedWord:
        return replace(self, end=other.end or self.end, text=self.text + space + other.text)


def join_to_text(words: Sequence[TimedWord], text: str) -> list[TimedWord]:
    """Tokens that stand without a space in the text made into one word; the words as they are if they are not it."""
    joined: list[TimedWord] = []
    place = 0
    for word in words:
        begins = place
        while begins < len(text) and text[begins].isspace():
            begins += 1
        if not text.startswith(word.text, begins):
            return list(words)
        if joined and begins == place and joined[-1].start is not None:
            joined[-1] = joined[-1].followed_by(word, "")
        else:
            joined.append(word)
        place = begins + len(word.text)
    return joined


def joined_sounds(words: Sequence[TimedWord]) -> Iterator[TimedWord]:
    """`[upbeat` and `music]` as one: a sound in brackets is recognised only whole."""
    number = 0
    while number < len(words):
        word = words[number]
        last = number
        if word.text.startswith(("[", "(")):
            closing = "]" if word.text[0] == "[" else ")"
            ahead = range(number, min(len(words), number + _LONGEST_SOUND_WORDS))
            last = next((n for n in ahead if words[n].text.endswith(closing)), number)
        for other in words[number + 1 : last + 1]:
            word = word.followed_by(other, " ")
        yield word
        number = last + 1
