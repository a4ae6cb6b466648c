"""How people ask about a show's advertisements: the one list of their words, and what a question does with them."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.search.keywords import STOP_WORDS, split_words, stem

CACHED_TEXTS = 4_000

# Words for advertising. They make it likelier that a question is about the show's own advertisements, no more: guests
# speak of advertising too.
ADVERTISING = frozenset(
    stem(word)
    for word in """sponsor sponsors sponsored sponsorship ad ads advert adverts advertise advertised advertisement
    advertiser advertising commercials midroll preroll plug plugged pitch promo promos promotion promote partner
    shoutout outro intro""".split()
)

_NOUN = r"(?:ads?|adverts?|advertisements?|advertisers?|promos?|(?:mid|pre|post)-?rolls?|paid promotions?)"
# Before these "ad" describes something ("ad agencies"); "commercial" does before all but what may follow a noun.
_NOT_DESCRIBING = (
    r"(?!-|\s+(?:agenc|block|budget|business|buy|campaign|compan|copy|creative|director|film|industr|maker|market|model"
    r"|network|people|platform|revenue|sales|space|spend|targeting|team|tech|video|work|world))"
)
_COMMERCIAL = (
    r"commercials?(?=\W*$|[,.;:?!)]|['’]s\b|\s+(?:about|and|are|as|at|be|breaks?|by|claims?|did|do|does|during|for|from"
    r"|here|how|in|is|mentions?|messages?|of|on|or|over|promises?|reads?|said|say|says|spots?|talks?|that|there|they|to"
    r"|was|were|what|when|where|which|who|why|with)\b)"
)
_AD = rf"(?:{_NOUN}\b{_NOT_DESCRIBING}|{_COMMERCIAL})"
_SHOW = r"(?:(?:this|the) (?:\w+ )?(?:show|podcast|episode|series|program(?:me)?|recording)|this one)\b"

# Phrases that point at the show's own advertisements.
POINTING = re.compile(
    r"\b(?:the|this|that|these|those|both|all|any|many|(?:in|from|during|per) an"
    rf"|(?:there (?:is|are)|(?:is|are) there)(?: an?| any)?)\s+(?:[\w-]+\s+)?{_AD}"
    rf"|^\W*{_AD}"
    r"|\bsponsor|\badvertised\b|\bmid-?rolls?\b|\bpre-?rolls?\b|\bpaid promotions?\b|\bsales pitch\b"
    rf"|\badvertis\w+ (?:\w+ ){{0,2}}(?:here|in it|{_SHOW})"
    r"|\b(?:who|which|what)(?: \w+){0,3} (?:advertises?|(?:is|are) advertising)\b"
    r"|\bbrought to (?:you|us|me|listeners)\b|\b(?:promo|discount|offer|voucher) codes?\b|\bcoupons?\b"
    r"|\b(?:brands?|compan(?:y|ies)|firms?|products?)\b.{0,25}"
    r"\b(?:plug(?:s|ged)?|promoted?|pitch(?:ed)?|shout(?:ed)?-?outs?)\b"
    r"|\b(?:in|during|on) the (?:\w+ )?breaks?\b"
    r"|\b(?:pa(?:y|ys|id|ying)(?: the bills)? for|fund(?:s|ed|ing)?|bankroll\w*|financ\w+|back(?:s|ed|ing)?|underwr\w+"
    r"|g[ai]ve(?:s|n)? money (?:for|to|so that)|support(?:s|ed|ing)?|supporters? of|partners? (?:of|on|for|behind)"
    rf"|mak(?:es?|ing) possible) {_SHOW}"
    r"|\b(?:show|podcast|episode)['’]s (?:partners?|backers?|supporters?)\b"
    r"|\b(?:sell|selling|plugging|pitching|hawking|flogging)(?: something)?(?: to)? (?:me|us|listeners)\b",
    re.IGNORECASE,
)
# What is asked for is what is advertised, of a kind that the question names: "which database is advertised?"
ASKS_WHICH = re.compile(
    r"\b(?:which|what)(?: [\w-]+){1,5}?"
    r" (?:(?:is|are|was|were|gets?|got)(?: \w+)? (?:advertised|promoted|plugged|pitched)"
    rf"|advertises?|(?:is|are|was|were) advertising|sponsor(?:s|ed) {_SHOW})",
    re.IGNORECASE,
)
# Here an advertisement tells when, not what about.
TELLS_WHEN = re.compile(
    r"\b(?:before|after|since|until|following|back from)\s+(?:the |an? |that |this )?(?:\w+ )?"
    r"(?:ads?|adverts?|advertis\w+|commercials?|sponsors?|promos?)\b(?:['’]s?)?"
    r"(?: (?:breaks?|reads?|messages?|spots?))?",
    re.IGNORECASE,
)
# With these alone, who advertises is asked: nothing that one of the advertisements answers better than another.
UNSPECIFIC = frozenset(
    stem(word)
    for word in """company companies firm firms business brand brands product products service services name names
    called list show episode podcast program programme series recording one middle halfway half way beginning start end
    break breaks mid pre post roll rolls hear heard play played read reading announce announced place run spot spots
    message messages kind sort type people website site sites page web link links url address addresses find buy get
    order paid pay pays paying bills fund funds funded funding bankroll bankrolling bankrolled finance finances financed
    back backs backed support supports supported supporter supporting underwrite brought possible make makes selling
    sell plugging pitching hawking flogging commercial whats who's give gives shout want code codes discount coupon
    voucher offer paid promotion promotions sales money gave given made""".split()
)


@lru_cache(maxsize=CACHED_TEXTS)
def stems_of(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in split_words(text))


def names_advertising(question: str) -> bool:
    """Whether a word for advertising is in the question."""
    asked = TELLS_WHEN.sub(" ", question)
    return bool(ADVERTISING & stems_of(asked)) or bool(POINTING.search(asked))


def points_to_advertising(question: str) -> bool:
    """Whether the show's own advertisements are meant."""
    return bool(POINTING.search(TELLS_WHEN.sub(" ", question)))


def asks_who_advertises(question: str) -> bool:
    """Whether the show's advertisements are meant, and nothing is asked of what they say."""
    return points_to_advertising(question) and not _content(question)


def asks_which_is_advertised(question: str) -> bool:
    """Whether the show's advertisements are meant, and what of a kind is advertised: they answer that."""
    return points_to_advertising(question) and bool(ASKS_WHICH.search(TELLS_WHEN.sub(" ", question)))


def _content(question: str) -> set[str]:
    words = {stem(word) for word in split_words(question) if word not in STOP_WORDS}
    return words - ADVERTISING - UNSPECIFIC
