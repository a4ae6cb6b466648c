"""An episode -> HTML: a header, a player where there is audio, and the transcript, a row a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from bot.page.prose import escape
from bot.page.rendering import KIND_NAMES, moment_query
from bot.page.turn_markdown import plain_markdown
from bot.records import Episode, Sentence, format_stamp

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def transcript_html(episode: Episode, sentences: Sequence[Sentence], *, audio: str = "", named: bool = False) -> str:
    """`audio` is the address of the sound, empty for none; `named` puts the episode's id into the links.

    Without times there is no player: it could not be told where in the sound a sentence is.
    """
    timed = all(sentence.timed for sentence in sentences)
    rows = "".join(
        _stretch_html(list(stretch), episode.id if named else None)
        for _, stretch in groupby(sentences, key=lambda sentence: sentence.kind)
    )
    return (
        f'<section class="episode" data-episode="{escape(episode.id)}" '
        f'data-heading="{escape(plain_markdown(episode.title or episode.id))}" aria-label="Episode">'
        f"{_header_html(episode)}{_player_html(audio if timed else '')}"
        f'<div class="rows" role="region" aria-label="Transcript" tabindex="0">{rows}</div></section>'
    )


def _header_html(episode: Episode) -> str:
    facts = [escape(fact) for fact in (episode.show, date_in_words(episode.date)) if fact]
    people = ", ".join(f"{person.name} ({person.role})" if person.role else person.name for person in episode.people)
    source = ""
    if episode.source.startswith(("https://", "http://")):
        source = f'<a href="{escape(episode.source)}" target="_blank" rel="noopener noreferrer">Source</a>'
    line = " · ".join([*facts, *([escape(people)] if people else []), *([source] if source else [])])
    title = escape(episode.title or episode.id)
    return f'<header class="about"><h2 dir="auto">{title}</h2><p dir="auto">{line}</p></header>'


def date_in_words(date: str) -> str:
    """`2024-03-12` -> `12 March 2024`; anything else as it is."""
    try:
        day = datetime.strptime(date, "%Y-%m-%d")
    except ValueError:
        return date
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _player_html(audio: str) -> str:
    if not audio:
        return ""
    return (
        '<div class="player">'
        f'<audio id="player" controls preload="metadata" src="{escape(audio)}" aria-label="Episode audio"></audio>'
        '<div class="nudge" role="group" aria-label="Shift between transcript and audio">'
        '<span class="nudge-label">Sync</span>'
        '<button type="button" data-do="earlier" aria-label="Audio half a second earlier">−</button>'
        '<output id="nudge" aria-live="polite">0.0 s</output>'
        '<button type="button" data-do="later" aria-label="Audio half a second later">+</button>'
        '<button type="button" data-do="follow" aria-pressed="true">Follow</button>'
        "</div></div>"
    )


def _stretch_html(sentences: Sequence[Sentence], episode: str | None) -> str:
    kind = sentences[0].kind
    rows = "".join(_row_html(sentence, before, episode) for before, sentence in _with_speaker_before(sentences))
    if kind == "talk":
        return f'<div class="stretch talk">{rows}</div>'
    first, last = sentences[0], sentences[-1]
    span = f"{first.stamp}–{format_stamp(last.end) if last.timed else last.line}"
    return (
        f'<details class="stretch {kind}"><summary><span class="kind {kind}">{KIND_NAMES[kind]}</span> '
        f'<span class="span">{span}</span></summary>{rows}</details>'
    )


def _with_speaker_before(sentences: Sequence[Sentence]) -> list[tuple[str | None, Sentence]]:
    speakers = [None, *(sentence.speaker for sentence in sentences[:-1])]
    return list(zip(speakers, sentences, strict=True))


def _row_html(sentence: Sentence, speaker_before: str | None, episode: str | None) -> str:
    parts = " ".join(f'<span data-t="{part.start:.2f}">{escape(part.text)}</span>' for part in sentence.parts)
    speaker = ""
    if sentence.speaker and sentence.speaker != speaker_before:
        speaker = f'<b class="speaker">{escape(sentence.speaker)}</b> '
    return (
        f'<p class="row" data-start="{sentence.start:.2f}" data-end="{sentence.end:.2f}">'
        f'<a class="at" href="{escape(moment_query(sentence.start, episode))}" data-t="{sentence.start:.2f}" '
        f'data-end="{sentence.end:.2f}">{sentence.stamp}</a><span class="words" dir="auto">{speaker}{parts}</span></p>'
    )
