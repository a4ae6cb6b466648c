"""Names in a text, and whether one was said, perhaps as a recogniser misheard it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.grounding.word_support import rarity
from bot.search.keywords import STOP_WORDS, stem

_NAME_WORD = re.compile(r"[^\W\d_][\w’'&-]*(?:\.[A-Za-z]\w*)?")
_CLITIC = re.compile(r"['’]s?$")
_NOT_NAMES = frozenset(
    """i i'm i've i'd i'll mr mrs ms dr prof monday tuesday wednesday thursday friday saturday sunday january february
    march april june july august september october november december english internet kb mb gb ai ml nlp llm
    llms gpu gpus cpu cpus ceo cto cfo phd ph.d u.s us tv api apis pc pcs ok okay the a an""".split()
)
_NAME_FOLLOWS = re.compile(r" [A-Z][a-z]")
# A verb behind the first word of a sentence, which tells "Intel supplies the chips" from "Patient records never leave".
_ACTS = re.compile(
    r" (?:is|was|has|had|will|did|does|would|could|can|[a-z]+ed|"
    r"[a-z]+s (?:a|an|the|its|it|their|them|his|her|to|that|for|on|in))\b"
)
_ENDING = re.compile(r"(?:ing|ings|ers|er|ed|ly|y|s|ies|ness|tion|tions|isation|ization|ments?|ships?|less|ful|ics)$")
_ODD_WORD = 0.8  # a rarer word may be a name that was misheard, as may one with a capital
_COMMON = 0.62  # a word at the start of a sentence that is more usual than this is no name by its capital alone
_OPENERS = frozenset(
    "inside luckily today yesterday tomorrow somebody everybody nobody someone everyone anyone anybody nothing "
    "everything something neither none both urban rural afterwards besides unlike despite contrary whoever".split()
)
_NATIONS = {
    word: nation
    for nation, words in {
        "al": "american america usa", "uk": "british britain english england uk scotland scottish",
        "de": "german germany", "fr": "french france", "nl": "dutch netherlands holland", "se": "swedish sweden",
        "fi": "finnish finland", "dk": "danish denmark", "no": "norwegian norway", "es": "spanish spain",
        "it": "italian italy", "pt": "portuguese portugal", "pl": "polish poland", "cz": "czech czechia",
        "at": "austrian austria", "ch": "swiss switzerland", "be": "belgian belgium", "gr": "greek greece",
        "ru": "russian russia", "ua": "ukrainian ukraine", "tr": "turkish turkey", "il": "israeli israel",
        "in": "indian india", "cn": "chinese china", "jp": "japanese japan", "kr": "korean korea",
        "tw": "taiwanese taiwan",
        "br": "brazilian brazil", "mx": "mexican mexico", "ca": "canadian canada", "au": "australian australia",
        "ie": "irish ireland", "za": "african africa", "eu": "european europe", "cl": "chilean chile",
        "ar": "argentinian argentina", "ee": "estonian estonia", "ge": "georgian georgia", "ke": "kenyan kenya",
        "ng": "nigerian nigeria", "vn": "vietnamese vietnam", "sg": "singapore singaporean", "nz": "zealand",
    }.items()
    for word in words.split()
}  # fmt: skip

_CONTINENTS = frozenset("asia asian europe european africa african america american australia oceania".split())


@dataclass(frozen=True, slots=True)
class Name:
    """A capitalised word that names something, at its place in the text; `word` is in lower case without `'s`."""

    word: str
    start: int
    shown: str


def find_names(text: str, known: frozenset[str] = frozenset()) -> tuple[Name, ...]:
    """Words with a capital, in order; the first of a sentence only if it looks like a name by itself or is `known`."""
    return _find_names(text, known & frozenset(_words_in(text)) if known else known)


@lru_cache(maxsize=4096)
def _words_in(text: str) -> tuple[str, ...]:
    """Its words in lower case, without `'s`."""
    return tuple(_CLITIC.sub("", word).lower() for word in _NAME_WORD.findall(text))


@lru_cache(maxsize=4096)
def _find_names(text: str, known: frozenset[str]) -> tuple[Name, ...]:
    names = []
    for match in _NAME_WORD.finditer(text):
        shown = _CLITIC.sub("", match.group())
        word = shown.lower()
        if not any(c.isupper() for c in shown) or {word, re.split(r"['’]", word)[0]} & (_NOT_NAMES | STOP_WORDS):
            continue
        mixed = any(c.isupper() for c in shown[1:])
        before = text[: match.start()].rstrip(" \"'“‘(")
        opens = not before or before[-1] in ".!?:"
        owns = match.group() != shown and word not in _OPENERS
        if opens and not mixed and word not in known and not owns and not _opens_as_name(word, text[match.end() :]):
            continue
        names.append(Name(word, match.start(), shown))
    return tuple(names)


def _opens_as_name(word: str, after: str) -> bool:
    """Whether the first word of a sentence, which has a capital anyhow, is a name nevertheless."""
    if word in _OPENERS:
        return False
    if _NAME_FOLLOWS.match(after):
        return True
    derived = _ENDING.sub("", word)
    ordinary = derived != word and (rarity(word) == 1 or min(rarity(derived), rarity(derived + "e")) < 1)
    return not ordinary and rarity(word) >= _COMMON and (rarity(word) == 1 or bool(_ACTS.match(after)))


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """A key that is equal for words that sound alike: consonants in classes, vowels only at the start."""
    key = re.sub(r"[^a-z]", "", word.lower())
    for letters, one in zip("sch ph ck ch sh th wh gh kn".split(), "sfkkstwgn", strict=True):
        key = key.replace(letters, one)
    key = re.sub(r"(.)\1+", r"\1", key.translate(str.maketrans("cqgjzxvbd", "kkkkssfpt")))
    first = "a" if key[:1] in set("aeiou") else key[:1]
    return first + re.sub(r"[aeiouhwy]", "", key[1:])


@lru_cache(maxsize=100_000)
def sounds_alike(ours: str, theirs: str) -> bool:
    """Such as "Germanidis" and "Dramenidis", "Puter" and "pewter": equal keys, or long words with few letters apart."""
    if ours == theirs or stem(ours) == stem(theirs):
        return True
    letters = set(ours) & set(theirs)  # most pairs of words end here, cheaply
    if abs(len(ours) - len(theirs)) > 4 or 2 * len(letters) < min(len(set(ours)), len(set(theirs))):
        return False
    if min(len(ours), len(theirs)) >= 4 and sound(ours) == sound(theirs) and len(sound(ours)) >= 3:
        return _edits(ours, theirs) <= max(len(ours), len(theirs)) / 2
    if min(len(sound(ours)), len(sound(theirs))) >= 5 and abs(len(ours) - len(theirs)) <= 2:
        return _edits(sound(ours), sound(theirs)) <= 1
    longer = max(len(ours), len(theirs))
    return min(len(ours), len(theirs)) >= 6 and _edits(ours, theirs) <= (0.34 if longer >= 8 else 0.2) * longer


def _edits(ours: str, theirs: str) -> int:
    row = list(range(len(theirs) + 1))
    for i, a in enumerate(ours, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(theirs, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


@dataclass(frozen=True)
class Heard:
    """The words of some sentences, for looking up names as they may have been heard."""

    words: frozenset[str]
    odd: frozenset[str]
    initials: str

    @classmethod
    def of(cls, sentences: Sequence[str]) -> Heard:
        words = [word for text in sentences for word in _words_in(text)]
        joined = [a + b for a, b in pairwise(words)]
        capital = {name.word for text in sentences for name in find_names(text)}
        odd = capital | {word for word in words if rarity(word) > _ODD_WORD}
        return cls(frozenset([*words, *joined, *map(stem, words)]), frozenset(odd), "".join(word[0] for word in words))

    def has(self, name: Name) -> bool:
        word = name.word
        pieces = [piece for piece in re.split(r"[-.&]", word) if len(piece) > 1]
        if {word, stem(word), word.replace("-", "").replace(".", "")} & self.words or (
            pieces != [word] and set(pieces) <= self.words  # the 1 of Gen-1 is a number, and judged as such
        ):
            return True
        if name.shown.rstrip("s").isupper() and 2 <= len(word.rstrip("s")) <= 5 and word.rstrip("s") in self.initials:
            return True
        if word in _NATIONS and any(_NATIONS.get(heard) == _NATIONS[word] for heard in self.words):
            return True
        return len(word) >= 4 and any(sounds_alike(word, heard) for heard in self.odd)

    def nations(self) -> set[str]:
        return {_NATIONS[word] for word in self.words if word in _NATIONS}


def is_nation(word: str) -> bool:
    """A country, or the adjective of one."""
    return word in _NATIONS


def is_continent(word: str) -> bool:
    return word in _CONTINENTS
