"""What a sentence of a draft does: states something about the episode, or only talks about the answer."""

from __future__ import annotations

import re

REFUSAL = "The episode does not say."  # what is shown
NOT_IN_EPISODE = "NOT_IN_EPISODE"  # what the prompt asks for when the lines do not answer: no model translates it
_MARKED_REFUSAL = re.compile(r"\W*not[_ ]in[_ ]episode(?![^\W_])", re.IGNORECASE)
READ_CHARACTERS = 400  # a refusal shows early; a bound on the searches below

_SOURCE = (
    r"(?:(?:the|this|that|these|those|any|your|both|all)\s+(?:of\s+the\s+)?)?"
    r"(?:(?:provided|given|available|offered|labell?ed|retrieved|quoted|supplied|cited|above|podcast|episode'?s?)\s+)*"
    r"(?:episode|podcast|transcript|excerpt|conversation|interview|sentence|passage|context|text|discussion|material|"
    r"recording|information|source|segment)s?"
)
_PERSON = r"(?:he|she|they|(?:the\s+)?(?:guest|host|speaker)s?)"
_NOT = (
    r"(?:(?:does|do|did|is|are|was|were|can|could|has|have)(?:\s*not|n't|n’t)|cannot|never)"
    r"(?:\s+(?:seem|appear)s?\s+to)?(?:\s+(?:actually|directly|explicitly|specifically|clearly|really|even|ever))*"
)
_TELL = (
    r"(?:sa(?:y|id)|mention|stat|specif|discuss|address|answer|tell|told|talk|cover|contain|includ|provid|giv|reveal|"
    r"explain|nam|describ|indicat|clarif|touch|offer|go\s+into|elaborat|refer|not|identif|list|disclos|shar)"
    r"(?:y|ies|ied|ed|e|es|en|s)?"
)
_MISSING = r"(?:who|what|when|where|why|which|whether|how|if|any|anything|more|details?)"
_SORRY = r"^(?:\W*(?:unfortunately|sorry|i['’]m sorry|i apologi[sz]e|apologies|however|but|so)\b)*\W*"
_REFUSALS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_SOURCE}(?:\s+(?:offered|provided|given|here|above|themselves|itself))*\s+{_NOT}\s+{_TELL}\b",
        r"\b(?:is|are|was|were)(?:\s+not|n't|n’t)\s+(?:\w+\s+)?"
        rf"{_TELL}\s+(?:\w+\s+)?(?:(?:in|by|during|anywhere)\b.*\b(?:{_SOURCE}|them|these|those|here)\b|here\b)",
        r"\b(?:is|are|was|were)(?:\s+not|n't|n’t)\s+(?:said|mentioned|stated|specified|discussed|explained)\W*$",
        rf"\b{_PERSON}\s+{_NOT}\s+(?:say|mention|specify|state|name|give|tell)\s+(?:us\s+)?{_MISSING}\b",
        rf"\b{_PERSON}\s+{_NOT}\s+(?:say|mention|claim|tell)s?\s+(?:so|that|it|this)\W*$",
        rf"\b{_PERSON}\s+{_NOT}\s+(?:mention|discuss|address|cover|talk\s+about|bring\s+up|go\s+into|say\s+anything)\b.*"
        rf"\b(?:here|in\s+{_SOURCE})\W*$",
        rf"\bnothing\s+(?:(?:is\s+)?said\s+)?(?:in|about|on)\b.*\b{_SOURCE}\b",
        rf"\b(?:nobody|no one|neither\s+of\s+them)\s+(?:says?|said|mentions?|mentioned|specifie[sd])\s+{_MISSING}\b",
        r"\bthere(?:\s+is|\s+was|['’]s)\s+(?:no|nothing|not\s+any)\b.*\b"
        r"(?:mention|mentioned|information|said|reference|indication|details?|discussion|answer)\b",
        rf"\b{_SOURCE}\s+(?:contain|include|provide|offer|give|make|ha|say)(?:s|ve|es)?\s+(?:no|nothing)\b",
        rf"\bno\s+(?:mention|information|details?|reference|answer)\b.*\b(?:{_SOURCE}|here|found|given)\b",
        rf"{_SORRY}(?:i|we)\s+(?:(?:could|can|do|did|was|am|were|are|have)(?:\s*not|n't|n’t|\s+unable\s+to)|cannot|am\s+not)"
        r"\s+(?:find|found|know|answer|tell|say|see|have|locate|determine|able|sure|help|comply|provide|give|do)\b",
        rf"{_SORRY}(?:based\s+on|from|according\s+to)\s+{_SOURCE}[^,]*,\s*(?:i|we|it\s+is|it['’]s|there)\b"
        r".*(?:\bnot\b|n't|n’t|cannot|unable|unclear|\bno\b)",
        r"\b(?:it\s+is|it['’]s|that\s+is|that['’]s)\s+"
        r"(?:not\s+(?:clear|stated|said|mentioned|specified|known)|unclear)\b",
        r"^not\s+(?:mentioned|stated|said|discussed|specified|in\s+the)\b",
    )
]
_ABOUT_THE_ANSWER = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:yes|no|yeah|yep|nope|sure|correct|exactly|right|indeed|certainly|absolutely|of course|definitely|okay|ok|"
        r"hello|hi|hey|hello there|hi there|thanks|thank you|great question|good question|not exactly|not quite|partly)"
        r"\W*$",
        r"^(?:(?:sure|certainly|of course|okay|ok|yes)\W+)?"
        r"(?:here(?:\s+(?:is|are)|['’]s)\s+(?:what|the|a|an|some|how|my|three|two|several)|below\s+(?:is|are)|let me\b|"
        r"i['’]ll\b|i will\b|i hope\b|i can help|i['’]d be happy|feel free|thanks for|thank you for|happy to help)",
        r"^(?:in\s+(?:short|summary)|to\s+sum(?:marise|marize|\s+up)|note|sources?|references?|citations?|answer|summary)"
        r"\W*$",
        r"^(?:as\s+an?\s+(?:ai|language|assistant)|my\s+(?:answer|instructions))\b",
    )
]


def is_marked_refusal(text: str) -> bool:
    """Whether a sentence begins with the word that the prompt asks for, whatever stands behind it."""
    return _MARKED_REFUSAL.match(text) is not None


def is_refusal(text: str) -> bool:
    """Whether a sentence says that the episode does not answer, in the words asked for or in English ones."""
    plain = " ".join(text.split())[:READ_CHARACTERS]
    fixed = plain.rstrip(".! ").lower() == REFUSAL.rstrip(".").lower()
    return fixed or is_marked_refusal(plain) or any(pattern.search(plain) for pattern in _REFUSALS)


def is_claim(text: str) -> bool:
    """Whether a sentence without marks states something that the episode would have to bear out.

    Headings, greetings, refusals, announcements ("Here is what they said:") and questions back do not.
    """
    plain = " ".join(text.split())
    if not re.search(r"[^\W_]", plain) or plain.endswith((":", "?", "？", "：")):
        return False
    return not is_refusal(plain) and not any(pattern.match(plain[:READ_CHARACTERS]) for pattern in _ABOUT_THE_ANSWER)
