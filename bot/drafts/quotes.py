"""An answer without a model: the episode's own words, each sentence with its time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.drafts.episode_marks import cited_episodes, mark_of
from bot.drafts.evidence_strength import ANSWERED_FROM, ANSWERED_FROM_ASIDE, STRONG_FROM, evidence_strength
from bot.drafts.links import inert
from bot.drafts.right_names import names_behind
from bot.records import Citation, Claim, Kind, Verdict
from bot.search.advertising import asks_which_is_advertised, asks_who_advertises
from bot.search.library import Library
from bot.search.spellings import misheard
from bot.search.sponsors import naming_windows
from bot.search.windows import Found, Window, choose_windows

INTRODUCTIONS: dict[Verdict, str] = {
    "answered": "In the episode's words:",
    "not_in_episode": "The episode does not seem to answer that. The nearest moments:",
}
WEAK = "This may be what you are looking for, in the episode's words:"
NOTHING = "The episode does not answer that."
SOURCES: dict[Kind, str] = {
    "sponsor": "From a sponsor's message, not from the conversation:",
    "promo": "From a promotion in the episode, not from the conversation:",
    "intro": "From the opening of the show:",
    "outro": "From the closing of the show:",
}
# Places that a refusal names: they are for a glance.
NEAREST = 5


@dataclass(frozen=True, slots=True)
class QuotedAnswer:
    """Text with a `[m:ss]` mark behind every quote; the claims are the quotes and index the citations."""

    verdict: Verdict
    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]


def quote_answer(found: Found, library: Library, words: int, cited: Sequence[str] = ()) -> QuotedAnswer:
    """The best windows within `words` words; where the evidence is weak, a refusal with the nearest moments.

    Marks are numbered where they are in several episodes; `cited` are those that the text before cites.
    """
    naming = naming_windows(found, library, words) if asks_who_advertises(found.query.text) else []
    windows = naming or choose_windows(found.windows, words)
    aside = bool(windows) and windows[0].kind != "talk"
    named = naming or (aside and asks_which_is_advertised(found.query.text))
    strength = 1.0 if named else evidence_strength(found, library)
    needed = ANSWERED_FROM_ASIDE if aside else ANSWERED_FROM
    verdict: Verdict = "answered" if strength >= needed and windows else "not_in_episode"
    places = merged(windows)[: NEAREST if verdict == "not_in_episode" else None]
    groups = [list(quoted_sentences(place, library)) for place in places]
    citations = tuple(citation for group in groups for citation, _ in group)
    lines = [_introduction(verdict, strength, citations)]
    episodes = tuple(dict.fromkeys([*cited, *cited_episodes(citations)]))
    numbered = episodes if len(episodes) > 1 else ()
    heard = {known.id: misheard([known]) for known in library.episodes if known.id in episodes}
    lines += [_line(group, numbered, heard) for group in groups]
    quotes = [quote for group in groups for _, quote in group]
    claims = tuple(Claim(quote, "supported", (place,), 1.0, "quoted") for place, quote in enumerate(quotes))
    return QuotedAnswer(verdict, "\n".join(lines), claims if verdict == "answered" else (), citations)


def _line(
    group: Sequence[tuple[Citation, str]], numbered: Sequence[str], heard: Mapping[str, Mapping[str, str]]
) -> str:
    """Each quote with the names that were misheard in it, by episode, and its mark."""
    return "- " + " ".join(
        f'"{inert(quote)}"{names_behind(quote, heard[citation.episode])} {mark_of(citation, numbered)}'
        for citation, quote in group
    )


def nearest_moments(found: Found, library: Library, words: int) -> tuple[Citation, ...]:
    """The best windows' sentences, the best place first."""
    places = merged(choose_windows(found.windows, words))[:NEAREST]
    return tuple(citation for place in places for citation, _ in quoted_sentences(place, library))


def merged(windows: Sequence[Window]) -> list[list[Window]]:
    """Windows that touch become one, in the place of the better one; each list is in the order of time."""
    chosen: list[list[Window]] = []
    for window in windows:
        touching = [group for group in chosen if any(_touch(window, other) for other in group)]
        joined = sorted([window, *(other for group in touching for other in group)], key=lambda one: one.first)
        if not touching:
            chosen.append(joined)
            continue
        chosen[chosen.index(touching[0])] = joined
        chosen = [group for group in chosen if group not in touching[1:]]
    return chosen


def _touch(one: Window, other: Window) -> bool:
    return one.place == other.place and (one.last == other.first or other.last == one.first)


def quoted_sentences(windows: Window | Iterable[Window], library: Library) -> Iterator[tuple[Citation, str]]:
    """Each sentence of the windows with the words that are quoted of it; `…` stands for parts that are left out.

    The citation starts at the part that matches the question best: the sentence's own quote is whole.
    """
    windows = [windows] if isinstance(windows, Window) else list(windows)
    episode = library.shelves[windows[0].place].index.episode.id
    scored = [
        (sentence, part, score)
        for window in windows
        for (sentence, part), score in zip(window.parts, window.part_scores, strict=True)
    ]
    for _, group in groupby(scored, key=lambda item: id(item[0])):
        items = list(group)
        sentence = items[0][0]
        _, best, _ = max(items, key=lambda item: item[2])
        words = " ".join(part.text for _, part, _ in items)
        before = "…" if items[0][1] is not sentence.parts[0] else ""
        after = "…" if items[-1][1] is not sentence.parts[-1] else ""
        yield Citation.of(episode, sentence, best), f"{before}{words}{after}"


def _introduction(verdict: Verdict, strength: float, citations: Sequence[Citation]) -> str:
    if not citations:
        return NOTHING
    kinds = {citation.kind for citation in citations}
    if verdict == "answered" and "talk" not in kinds:
        return SOURCES[citations[0].kind] + "\n"
    if verdict == "answered" and strength < STRONG_FROM:
        return WEAK + "\n"
    return INTRODUCTIONS[verdict] + "\n"
