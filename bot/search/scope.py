"""Which kinds of speech a question is about: the conversation, or sponsors, promos, opening and closing.

Decided by where the question finds its best window (late interaction), and by words that people use for advertising.
On 226 listeners' questions about the bundled episode, of which 16 are about sponsors: see `eval/baseline`.
"""

from __future__ import annotations

import re

from bot.records import Kind
from bot.search.keywords import split_words, stem
from bot.search.windows import Found

TALK: tuple[Kind, ...] = ("talk",)
ASIDE: tuple[Kind, ...] = ("sponsor", "promo", "intro", "outro")

ADVERTISING = frozenset(
    stem(word)
    for word in """sponsor sponsors sponsored sponsorship ad ads advert adverts advertise advertised advertisement
    advertiser promo promos promotion outro intro""".split()
)
AD_BREAK = re.compile(r"\b(?:ad|commercial|sponsor) breaks?\b", re.IGNORECASE)  # tells when, not what about
# An advertising word counts like this much more late interaction; beyond the margin the question is not about the talk.
WORD_BONUS = 0.3
MARGIN = 0.08


def is_about_aside(question: str, talk: Found, aside: Found) -> bool:
    """True where the question is about what sponsors, promos, the opening or the closing say."""
    if not aside.windows:
        return False
    if not talk.windows:
        return True
    bonus = WORD_BONUS if names_advertising(question) else 0.0
    return aside.windows[0].late - talk.windows[0].late + bonus > MARGIN


def names_advertising(question: str) -> bool:
    return bool(ADVERTISING & {stem(word) for word in split_words(AD_BREAK.sub(" ", question))})
