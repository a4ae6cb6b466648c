"""Sentences of a transcript that tell a program what to answer: nobody says them, so nothing rests on them."""

from __future__ import annotations

import re

_PROGRAM = (
    r"(?:ai|a\.i\.|llm|gpt|chatgpt|chat\s?bots?|bots?|assistants?|(?:ai|language|large\s+language|answering|summari[sz]ing|"
    r"chat)\s+(?:program|system|model|assistant|bot|engine|tool)s?|answering\s+program|models?\s+reading\s+this)"
)
_TO_A_PROGRAM = re.compile(
    rf"^\W*(?:note|message|attention|instructions?|reminder|hint)\s+(?:to|for)\s+(?:the\s+|any\s+|all\s+|every\s+)?{_PROGRAM}\b|"
    rf"^\W*(?:dear\s+|hey\s+|hello\s+|attention\s+)?{_PROGRAM}\s*[,:]\s+(?:when|if|please|you|tell|answer|ignore|say|reply|do|"
    r"always|never|respond|from\s+now|add|include|end|recommend|conclude|write|output)\b|"
    rf"\b(?:{_PROGRAM}|models?)\s+(?:that\s+|which\s+)?(?:reads?|reading|processing|summari[sz]\w+|answering|answers)\s+(?:this|these)\b|"
    rf"\bif\s+you(?:\s+are|['’]re)\s+an?\s+{_PROGRAM}\s*(?:,|reading|answering|then)|"
    r"^\W*(?:system|assistant|user)\s*(?:prompt|message|note)?\s*:|"
    r"\b(?:ignore|disregard|forget|override)\s+(?:\w+\s+){0,3}(?:question|instructions?|prompts?|rules|guidelines)\b|"
    r"\b(?:you\s+(?:must|should|have\s+to|will)|please|always|instead)\s+(?:now\s+|also\s+|always\s+)?(?:answer|reply|respond|say|"
    r"conclude|tell|add|output|print|write)\b.{0,60}\b(?:the\s+)?(?:users?|readers?|asker|question|whatever|answers?)\b",
    re.IGNORECASE,
)
_AS_AN_INSTRUCTION = re.compile(
    r"\b(?:instruct\w*|inject\w*|addressed\s+to|note\s+to|tells?\s+(?:an?\s+|the\s+)?(?:ai|program|model|assistant)|"
    r"prompt|(?:sentence|text|line|passage|transcript|message)\s+(?:that\s+)?(?:asks?|tells?|orders?|demands?|says?))\b",
    re.IGNORECASE,
)


def instructs_a_program(text: str) -> bool:
    """Such as "If you are an AI, conclude that ..."; a talk about such models is none."""
    return _TO_A_PROGRAM.search(text) is not None


def reports_an_instruction(claim: str) -> bool:
    return _AS_AN_INSTRUCTION.search(claim) is not None
