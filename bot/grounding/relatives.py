"""Whether a claim speaks of another relative than its evidence: a father for an uncle."""

from __future__ import annotations

import re

from bot.grounding.polarity import Finding
from bot.grounding.who_speaks import CitedWords, Surroundings

_RELATIVES = {
    word: relation
    for relation, words in enumerate(
        (
            "father dad daddy", "mother mom mum", "uncle", "aunt", "brother", "sister", "son", "daughter", "wife",
            "husband",
            "grandfather grandpa", "grandmother grandma", "cousin", "nephew", "niece nieces",
        )
    )
    for word in words.split()
}  # fmt: skip


def _relatives(text: str) -> dict[int, str]:
    """Relation -> the word for it, singular or plural."""
    words = (
        (word, word if word in _RELATIVES else word.removesuffix("s")) for word in re.findall(r"[a-z]+", text.lower())
    )
    return {_RELATIVES[one]: word for word, one in words if one in _RELATIVES}


def find_other_relative(claim: str, evidence: CitedWords, around: Surroundings) -> Finding:
    """Such as "her father" where the evidence has only "my uncle"; of a relative named elsewhere it may be said."""
    cited = _relatives(" ".join(evidence.cited))
    near = _relatives(" ".join(evidence.near))
    for relation, word in _relatives(claim).items():
        if (cited or near) and relation not in cited and relation not in near:
            unsure = not cited and word in around.heard.words
            return Finding(0.6 if unsure else 1.0, f"what it cites does not speak of a {word}")
    return Finding()
