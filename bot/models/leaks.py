"""What the model or its endpoint must not say: the program's instructions, the fences' nonce, the key.

Letters and digits count alone, so that neither spaces nor markup hide a recital. Translations and codes are not seen.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.models.model_errors import EndpointFailure


class LeakGuard:
    """Passes text on, and raises EndpointFailure where `most` letters of `secret` follow each other.

    Of such a run only the first `shown` letters have been passed on by then.
    """

    def __init__(self, secret: str, *, shown: int, most: int) -> None:
        self._secret = _plain_text(secret)
        self._shown = shown
        self._most = most
        self._run = ""  # what was passed on or held last, as far as it stands in the secret
        self._held: deque[tuple[str, int]] = deque()  # characters, and how many letters of the run each is

    def feed(self, piece: str) -> str:
        """What can be shown now."""
        passed: list[str] = []
        run, secret = self._run, self._secret
        held = sum(letters for _, letters in self._held)
        for character in piece:
            plain = _plain(character)
            run += plain
            while run not in secret:
                run = run[1:]
            if len(run) >= self._most:
                raise EndpointFailure("the model began to recite its instructions", "put the question differently")
            if not self._held and len(run) <= self._shown:
                passed.append(character)  # by far the most
                continue
            self._held.append((character, len(plain)))
            held += len(plain)
            while self._held and (held == 0 or held > len(run) - self._shown):
                passed.append(self._held[0][0])
                held -= self._held.popleft()[1]
        self._run = run
        return "".join(passed)

    def finish(self) -> str:
        """The rest, when the text is over."""
        rest = "".join(character for character, _ in self._held)
        self._held.clear()
        return rest


def guarded(pieces: Iterator[str], guards: Sequence[LeakGuard]) -> Iterator[str]:
    """The pieces as the guards pass them on; what came before a failure of the pieces goes out before it."""
    coming = _until_failure(pieces)
    while not isinstance(piece := next(coming), EndpointFailure | None):
        for guard in guards:
            piece = guard.feed(piece)
        if piece:
            yield piece
    failure, rest = piece, ""
    for guard in guards:
        rest = guard.feed(rest) + guard.finish()
    if rest:
        yield rest
    if failure is not None:
        raise failure


def _until_failure(pieces: Iterator[str]) -> Iterator[str | EndpointFailure | None]:
    """The pieces, then their failure or None."""
    try:
        yield from pieces
    except EndpointFailure as failure:
        yield failure
    yield None


@lru_cache(maxsize=8)
def _plain_text(secret: str) -> str:
    return "".join(map(_plain, secret))


@lru_cache(maxsize=1024)
def _plain(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    return "".join(c for c in unicodedata.normalize("NFKC", character).casefold() if c.isalnum())
