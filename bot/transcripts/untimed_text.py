"""Plain text without times: the words, and who says them where the text tells. No time is made up for them.

`Ada Obi:` before the words names who speaks where it recurs, or where half of the lines begin with a name; a line
without a name continues the one before. Below a first line `# Words`, which is a title, the text is Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from bot.transcripts.clock import CLOCK
from bot.transcripts.kind_marks import take_kind_marks, with_kinds
from bot.transcripts.names import leading_names, split_name
from bot.transcripts.notes import Notes
from bot.transcripts.reading import NO_TIMES, Format, Lines, Reading
from bot.transcripts.timeline import Piece, make_untimed_cues

FEWEST_WORDS = 4
SHARE_OF_WORDS = 0.8
"""Of what stands between spaces; the rest are numbers, dashes, signs."""
MOST_CODE = 0.03
WORDS_A_CLOCK, FEWEST_WORDS_A_CLOCK = 200, 40
"""People say what time it is; a text with more times than that has times in a form that was not understood."""
WORDS_LOOKED_AT = 5000

_CLOCK = re.compile(rf"(?<![\w:]){CLOCK}(?![\w:])")
_WORD = re.compile(r"[\"'“”‘’(\[«¿¡*_—–-]*[^\W\d_](?:[-'’.·/&]?[^\W_])*[.,;:?!…\"'“”‘’)\]»*_—–-]*")
_ESCAPED = re.compile(r"\\([\\`*_<\[\]$~&#>+=|-])")
_CODE = re.compile(r"[{}<>=;|\\@#$^~]|\w[/_(]\w|\w,\w.*,\w")


def recognises_untimed_text(lines: Lines) -> bool:
    """Nearly all of it are words as people write them, and hardly a time stands among them."""
    tokens = list(islice((token for line in lines for token in line.split()), WORDS_LOOKED_AT))
    words = sum(_WORD.fullmatch(token[:80]) is not None for token in tokens)
    code = sum(_CODE.search(token[:80]) is not None for token in tokens)
    clocks = sum(_CLOCK.search(token[:80]) is not None for token in tokens)
    return (
        words >= FEWEST_WORDS
        and words >= SHARE_OF_WORDS * len(tokens)
        and code <= MOST_CODE * len(tokens)
        and clocks <= 1 + words / WORDS_A_CLOCK
        and clocks <= words / FEWEST_WORDS_A_CLOCK
    )


def read_untimed_text(lines: Lines) -> Reading:
    """The cues, one a line, in the order of the file."""
    notes = Notes()
    lines, kinds = take_kind_marks(lines)
    title, lines = _without_markdown(lines)
    for number, line in enumerate(lines, 1):
        for clock in _CLOCK.finditer(line):
            notes.add(number, "{} is in the words; it was not taken for a time of the sound", clock[0])
    cues = make_untimed_cues(with_kinds(_pieces(lines), kinds))
    return Reading(cues, title, (*notes.as_tuple(), NO_TIMES), timed=False)


def _without_markdown(lines: Lines) -> tuple[str | None, Lines]:
    """The title, and the lines with nothing in its place; without a title the lines as they are."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not lines[first].startswith("# "):
        return None, lines
    plain = [_ESCAPED.sub(r"\1", line) for line in lines]
    return plain[first][2:].strip(), ["" if number == first else line for number, line in enumerate(plain)]


def _pieces(lines: Sequence[str]) -> Iterator[Piece]:
    texts = [" ".join(line.split()) for line in lines]
    names = leading_names([text for text in texts if text], [])
    speaker: str | None = None
    for number, text in enumerate(texts, 1):
        name, said = split_name(text)
        if name in names:
            speaker, text = name, said  # noqa: PLW2901 - the line without the name
        if text:
            yield Piece(None, None, text, number, speaker)


UNTIMED_TEXT = Format("untimed", "plain text without times", recognises_untimed_text, read_untimed_text)
