"""Whether a claim says the opposite of its evidence: negations, opposites, and comparisons the wrong way round."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.grounding.opposites import Clause, Side, differ_by_prefix, read_clauses, sides_of, sounds_negative
from bot.grounding.word_support import Alignment

MATCH = 0.7  # cosine of two terms that name the same thing
SIMILAR = 0.55
CLEARLY = 0.12
LONG_SENTENCE = 18  # content words; in a longer one two words need not have to do with each other
_COMPARISON = re.compile(r"\b(?:than|beats?|outperforms?)\b", re.IGNORECASE)
_PUT_OFF = re.compile(r"\b(?:before|until|without|instead\s+of|rather\s+than|free\s+of)\b", re.IGNORECASE)
_PLAIN_NEGATION = re.compile(r"\b(?:not|never|no|cannot)\b|n['’]t\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """`strength` 0 to 1; the reason in words."""

    strength: float = 0.0
    reason: str = ""


def strongest(findings: Sequence[Finding]) -> Finding:
    return max(findings, key=lambda finding: finding.strength, default=Finding())


@dataclass(frozen=True)
class _Reading:
    """The claim's clauses and those of each evidence sentence.

    `clauses` has each evidence term's clause, `rows_in` and `columns_in` the terms of a clause by where it begins.
    """

    alignment: Alignment
    claim: tuple[Clause, ...]
    evidence: tuple[tuple[Clause, ...], ...]
    clauses: tuple[Clause | None, ...]
    rows_in: dict[int, list[int]]
    columns_in: dict[tuple[int, int], list[int]]
    denied: frozenset[int]
    in_scope: frozenset[int]

    @classmethod
    def of(cls, claim: str, evidence: Sequence[str], alignment: Alignment) -> _Reading:
        ours, theirs = read_clauses(claim), tuple(read_clauses(text) for text in evidence)
        rows_in = {c.start: [row for row, term in enumerate(alignment.claim) if c.holds(term)] for c in ours}
        firsts: dict[int, int] = {}
        clauses: list[Clause | None] = []
        columns_in: dict[tuple[int, int], list[int]] = {}
        denied, in_scope = [], []
        for column, (term, sentence) in enumerate(zip(alignment.evidence, alignment.sentence, strict=True)):
            place = column - firsts.setdefault(sentence, column)
            clause = next((clause for clause in theirs[sentence] if clause.holds(term)), None)
            clauses.append(clause)
            if clause is not None:
                columns_in.setdefault((sentence, clause.start), []).append(column)
                denied += [column] if place in clause.denied else []
                in_scope += [column] if place in clause.scope else []
        scopes = frozenset(denied), frozenset(in_scope)
        return cls(alignment, ours, theirs, tuple(clauses), rows_in, columns_in, *scopes)

    def rows(self, clause: Clause) -> list[int]:
        return self.rows_in[clause.start]

    def columns(self, clause: Clause, sentence: int) -> list[int]:
        return self.columns_in.get((sentence, clause.start), [])

    def columns_of_sentence(self, sentence: int) -> list[int]:
        return [n for n, place in enumerate(self.alignment.sentence) if place == sentence]


def find_contradictions(claim: str, evidence: Sequence[str], alignment: Alignment) -> dict[str, Finding]:
    """What speaks against a claim in the sentences that it cites, by kind of sign.

    `denied_there`: the evidence denies a word that the claim affirms; `denied_clause`: all of it. `denied_here`:
    the claim denies, and nothing like a denial is in the evidence. `opposite`: an opposite word in a clause that is
    otherwise alike. `turned`: a comparison with its sides exchanged.
    """
    reading = _Reading.of(claim, evidence, alignment)
    if not alignment.evidence or not alignment.claim:
        return {name: Finding() for name in ("denied_there", "denied_clause", "denied_here", "opposite", "turned")}
    return {
        "denied_there": strongest([_denied_there(reading, clause, claim) for clause in reading.claim]),
        "denied_clause": _denied_clause(reading, claim),
        "denied_here": strongest([_denied_here(reading, clause, claim) for clause in reading.claim]),
        "opposite": strongest([_opposite(reading, clause) for clause in reading.claim]),
        "turned": _turned(reading, claim, evidence),
    }


def _denied_there(reading: _Reading, clause: Clause, claim: str) -> Finding:
    if clause.has_negation or any(c.negative or c.has_negation for c in reading.claim):
        return Finding()
    words = [_denied_word(reading, clause, row, claim) for row in reading.rows(clause)]
    return strongest(words)


def _company(reading: _Reading, clause: Clause, row: int, column: int) -> float:
    """How like the words beside a word of the claim are to those beside a word of the evidence."""
    there = reading.clauses[column]
    rest = [other for other in reading.rows(clause) if other != row]
    beside = [n for n in reading.columns(there, reading.alignment.sentence[column]) if n != column] if there else []
    return reading.alignment.support(rest, beside) if rest and beside else 0.5


def _denied_word(reading: _Reading, clause: Clause, row: int, claim: str) -> Finding:
    """A word that the evidence denies and nowhere affirms in like company; the more alike, the stronger."""
    term, similar = reading.alignment.claim[row], reading.alignment.similarity[row]
    denied = [int(n) for n in np.flatnonzero(similar >= MATCH) if int(n) in reading.denied]
    if not denied or _PUT_OFF.search(claim, clause.start, term.start):
        return Finding()
    alike = {n: _company(reading, clause, row, n) for n in range(len(similar)) if similar[n] >= SIMILAR}
    best = max(denied, key=lambda n: float(similar[n]) + alike[n])
    affirmed = [n for n in alike if n not in reading.in_scope]
    if any(similar[n] + alike[n] >= similar[best] + alike[best] - 2 * CLEARLY for n in affirmed):
        return Finding()
    strength = float(similar[best]) * min(1.0, term.rarity + 0.5) * min(1.0, 0.3 + alike[best])
    strength *= 0.6 if clause.muted else 1.0
    return Finding(strength, f'what it cites denies "{term.word}"')


def _denied_clause(reading: _Reading, claim: str) -> Finding:
    """The evidence denies in one clause what the claim as a whole affirms, however their words are arranged.

    As strong as the claim is borne out by that clause (or by its sentence), and as what is denied is in the claim.
    """
    if sounds_negative(claim):
        return Finding()
    al = reading.alignment
    outside = al.support(None, [n for n in range(len(al.evidence)) if n not in reading.in_scope] or None)
    rarities = np.array([term.rarity for term in al.evidence])
    found = Finding()
    for sentence, clauses in enumerate(reading.evidence):
        for clause in clauses:
            inside = reading.columns(clause, sentence)
            behind = [n for n in inside if n in reading.in_scope] or inside
            if not clause.negated or not behind:
                continue
            likeness = al.similarity.max(axis=0)
            covered = float(rarities[behind] @ likeness[behind] / max(float(rarities[behind].sum()), 0.05))
            denied = max((float(likeness[n]) for n in inside if n in reading.denied), default=covered)
            own = al.support(None, inside)
            if denied < MATCH or own < outside - CLEARLY:
                continue
            borne_out = max(own, 0.8 * al.support(None, reading.columns_of_sentence(sentence)))
            strength = borne_out * min(1.0, 0.3 + own) * (covered + denied) / 2
            found = strongest([found, Finding(strength, "what it cites denies this")])
    return found


def _denied_here(reading: _Reading, clause: Clause, claim: str) -> Finding:
    """Weaker where another clause of the claim is well supported: "it was no baker: he drove a bus" corrects."""
    rows, words = reading.rows(clause), claim[clause.start : clause.end]
    if not clause.negated or not rows or not _PLAIN_NEGATION.search(words):
        return Finding()
    candidates = [
        (reading.alignment.support(rows, reading.columns(other, sentence)), other, sentence)
        for sentence, clauses in enumerate(reading.evidence)
        for other in clauses
    ]
    best, nearest, sentence = max(candidates, key=lambda candidate: candidate[0])
    theirs = [side for clauses in reading.evidence for other in clauses for side in other.sides]
    ours = [side for side in clause.sides if not _also_there(side, nearest.sides)]
    inside = reading.columns(nearest, sentence)
    deniers = [n for n in inside if n in reading.in_scope]
    if any(a.opposes(b) for a in ours for b in theirs) or nearest.muted - clause.muted:
        return Finding()
    if any(reading.alignment.similarity[row, n] > SIMILAR for row in rows for n in deniers):
        return Finding()
    if nearest.has_negation and not deniers:
        return Finding()
    denied = [float(reading.alignment.best[row]) for row in clause.denied if row < len(reading.alignment.best)]
    corrects = any(
        reading.alignment.support(reading.rows(c)) > 0.6
        for c in reading.claim
        if not c.has_negation and reading.rows(c)
    )
    corrects = corrects or any(other.has_negation for other in reading.evidence[sentence] if other is not nearest)
    said = " ".join(words.strip(" ,;:-").split())
    return Finding(min([best, *denied]) * (0.5 if corrects else 1.0), f'what it cites does not deny, as "{said}" does')


def _opposite(reading: _Reading, clause: Clause) -> Finding:
    return strongest(
        [
            _opposite_in(reading, clause, other, sentence)
            for sentence, clauses in enumerate(reading.evidence)
            for other in clauses
        ]
    )


def _opposite_in(reading: _Reading, clause: Clause, other: Clause, sentence: int) -> Finding:
    """An opposite counts as much as the rest of the claim's clause is like the evidence's."""
    our_sides = [side for c in reading.claim for side in c.sides]
    their_sides = [side for c in reading.evidence[sentence] for side in c.sides]
    pair = next(
        (
            (a.word, b.word)
            for a in clause.sides
            for b in other.sides
            if a.opposes(b) and not _also_there(a, their_sides) and not _also_there(b, our_sides)
            if not _without_its_prefix_there(a.word, reading)
            if clause.negated == other.negated or a.phrase or b.phrase
        ),
        None,
    ) or next(
        (
            (reading.alignment.claim[row].word, reading.alignment.evidence[n].word)
            for row in reading.rows(clause)
            for n in reading.columns(other, sentence)
            if (row in clause.scope) == (n in reading.in_scope)
            and differ_by_prefix(reading.alignment.claim[row].word, reading.alignment.evidence[n].word)
        ),
        None,
    )
    if pair is None:
        return Finding()
    rest = [row for row in reading.rows(clause) if reading.alignment.claim[row].word != pair[0]]
    near = [n for n in reading.columns(other, sentence) if reading.alignment.evidence[n].word != pair[1]]
    far = [n for n in reading.columns_of_sentence(sentence) if reading.alignment.evidence[n].word != pair[1]]
    alike = max(
        reading.alignment.support(rest, near),
        (0.85 if len(far) <= LONG_SENTENCE else 0.6) * reading.alignment.support(rest, far),
        0.75 * reading.alignment.support(rest) if any(side.phrase for side in other.sides) else 0.0,
    )
    return Finding(alike if rest else 0.3, f'the claim says "{pair[0]}", what it cites "{pair[1]}"')


def _without_its_prefix_there(word: str, reading: _Reading) -> bool:
    """Such as "undisclosed", where the evidence says "disclosed": only its own negation counts then."""
    return any(differ_by_prefix(word, term.word) for term in reading.alignment.evidence)


def _also_there(side: Side, sides: Sequence[Side]) -> bool:
    return any(other.axis == side.axis and other.side == side.side for other in sides)


def _turned(reading: _Reading, claim: str, evidence: Sequence[str]) -> Finding:
    """Left and right of "than" exchanged: what stands left in the claim stands right in the evidence, and back."""
    ours = _COMPARISON.search(claim)
    if not ours:
        return Finding()
    al = reading.alignment
    left = [r for r, t in enumerate(al.claim) if t.end <= ours.start()]
    right = [r for r, t in enumerate(al.claim) if t.start >= ours.end()]
    found = _wrong_of_two(reading, left, right)
    for sentence, text in enumerate(evidence):
        for theirs in _COMPARISON.finditer(text):
            if theirs.group()[:4].lower() != ours.group()[:4].lower():
                continue
            columns = reading.columns_of_sentence(sentence)
            there_left = [n for n in columns if al.evidence[n].end <= theirs.start()]
            there_right = [n for n in columns if al.evidence[n].start >= theirs.end()]
            straight = al.support(left, there_left) + al.support(right, there_right)
            crossed = al.support(left, there_right) + al.support(right, there_left)
            reason = f'the two sides of "{ours.group()}" are exchanged'
            found = strongest([found, Finding(max(0.0, crossed - straight), reason)])
    return found


def _wrong_of_two(reading: _Reading, left: list[int], right: list[int]) -> Finding:
    """Such as "Common tokens carry more than rare ones", where the evidence says it of the rare."""
    al = reading.alignment
    theirs = [side for clauses in reading.evidence for clause in clauses for side in clause.sides]
    for a in (side for row in left for side in sides_of(al.claim[row].word)):
        for b in (side for row in right for side in sides_of(al.claim[row].word)):
            if a.opposes(b) and _also_there(b, theirs) and not _also_there(a, theirs):
                return Finding(al.support(), f'what it cites says this of "{b.word}", not of "{a.word}"')
    return Finding()
