"""A turn of the conversation -> HTML. Every word from outside goes through `escape`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote as percent

from bot.page.marked_moments import MarkedMoments, joined_moments
from bot.page.prose import escape, prose_html, seconds_of
from bot.page.turn_markdown import turn_markdown
from bot.page.turns import Turn
from bot.records import Citation, Claim, Reply, format_stamp

Titles = Mapping[str, str]
"""Titles of the episodes by id; links name the episode only where there is more than one."""

KIND_NAMES: Mapping[str, str] = {
    "talk": "Conversation",
    "sponsor": "Sponsor",
    "promo": "Promotion",
    "intro": "Intro",
    "outro": "Outro",
}
STATUS_WORDS: Mapping[str, str] = {
    "unsupported": "the episode does not support it",
    "miscited": "the moment that it named says something else",
    "uncited": "it names no moment",
}

GLANCE: Final = 3  # of the nearest moments; the others on request


def moment_query(start: float, episode: str | None) -> str:
    """The address of a moment on this page: `?t=148.2`, with `&episode=ID` where one is named."""
    return f"?t={round(start, 2):g}" + (f"&episode={percent(episode, safe='')}" if episode else "")


def time_link(start: float, end: float | None, episode: str, titles: Titles, stamp: str = "") -> str:
    """A time as a link; the script takes its `data-` values, without the script it is a deep link to this page.

    `stamp` is what is shown, where that is not the time of `start`.
    """
    named = episode if len(titles) > 1 else None
    until = "" if end is None else f' data-end="{end:.2f}"'
    stamp = stamp or format_stamp(start)
    where = f" of {titles.get(episode, episode)}" if named else ""
    hint = f' title="{escape(titles.get(episode, episode))}"' if named else ""
    return (
        f'<a class="time" href="{escape(moment_query(start, named))}" data-t="{start:.2f}"{until}{hint} '
        f'data-episode="{escape(episode)}" aria-label="{stamp}{escape(where)}, show in the transcript">{stamp}</a>'
    )


def moment_link(moment: Citation, titles: Titles) -> str:
    return time_link(moment.start, moment.end, moment.episode, titles, moment.stamp)


def turn_html(turn: Turn, titles: Titles, *, feedback: bool = False) -> str:
    """One question with its answer so far."""
    reply = turn.reply
    plain = reply.text if reply else ""
    return (
        f'<article class="turn" data-number="{turn.number}" data-state="{turn.state}" '
        f'data-question="{escape(turn.question)}" data-answer="{escape(plain)}" '
        f'data-token="{escape(turn.token)}" data-markdown="{escape(turn_markdown(turn, titles))}">'
        f'<h2 class="question" dir="auto">{escape(turn.question)}</h2>'
        f'<div class="answer">{_searched_for(turn)}{_badges(reply)}'
        f'<div class="prose{" quoted" if reply and _quoted(reply) else ""}" dir="auto">{_prose(turn, titles)}</div>'
        f"{_note(turn)}"
        f"{_doubts(reply)}{_evidence(reply, titles)}{_actions(turn, feedback=feedback)}</div></article>"
    )


def _searched_for(turn: Turn) -> str:
    searched = turn.searched_for
    if not searched or searched.strip().casefold() == turn.question.strip().casefold():
        return ""
    return f'<p class="searched" dir="auto">Searched for: {escape(searched)}</p>'


def _badges(reply: Reply | None) -> str:
    if reply is None:
        return ""
    badges = []
    kinds = {citation.kind for citation in reply.citations}
    if reply.verdict == "not_in_episode":
        badges.append('<p class="badge refusal">Not found in the episode</p>')
    elif kinds and kinds <= {"sponsor", "promo"}:
        badges.append('<p class="badge sponsor">Sponsor</p>')
    if reply.degraded:
        why = escape(in_sentences(reply.degraded))
        badges.append(f'<p class="degraded"><strong>A simpler answer than usual.</strong> {why}</p>')
    return "".join(badges)


def in_sentences(error: str) -> str:
    """`what is wrong -> what to do`, as errors are written, in two sentences."""
    problem, _, advice = error.strip().partition(" -> ")
    if "://" not in problem.partition(" ")[0]:
        problem = f"{problem[:1].upper()}{problem[1:]}"
    parts = [problem, f"What helps: {advice}"] if advice else [problem]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def _prose(turn: Turn, titles: Titles) -> str:
    if turn.reply is not None:
        moments = MarkedMoments(turn.reply)
        doubtful = [claim.text for claim in _doubtful(turn.reply)]

        def cited(stamp: str, number: str | None) -> str:
            moment = moments.behind(stamp)
            return moment_link(moment, titles) if moment else f'<span class="time">{escape(stamp)}</span>'

        return prose_html(turn.reply.text, cited, doubtful, verbatim=_quoted(turn.reply))
    only = next(iter(titles), "")

    def mark_html(stamp: str, number: str | None) -> str:
        seconds = seconds_of(stamp)
        if number is None and len(titles) <= 1 and seconds is not None:
            return time_link(seconds, None, only, titles)
        return f'<span class="time">{escape(stamp)}</span>'

    return prose_html(turn.text, mark_html)


def _quoted(reply: Reply) -> bool:
    """Whether the text is quotes of the episode, not a model's prose."""
    return reply.model == "quotes"


def _note(turn: Turn) -> str:
    if not turn.note:
        return ""
    role = ' role="alert"' if turn.state == "failed" else ""
    return f'<p class="note {turn.state}"{role}>{escape(turn.note)}</p>'


def _doubtful(reply: Reply) -> list[Claim]:
    """Unsupported claims that the text shows; what was held back is not told here either."""
    shown = _bare(reply.text)
    return [claim for claim in reply.claims if claim.status != "supported" and _bare(claim.text) in shown]


def _bare(text: str) -> str:
    """Without emphasis and line breaks, which a claim's text has not."""
    return " ".join(re.sub(r"[*_`]", "", text).split())


def _doubts(reply: Reply | None) -> str:
    if reply is None or not _doubtful(reply):
        return ""
    items = "".join(
        f'<li dir="auto"><q>{escape(claim.text)}</q> {escape(claim.reason or STATUS_WORDS[claim.status])}</li>'
        for claim in _doubtful(reply)
    )
    return f'<div class="doubts"><h3>Not confirmed by the episode</h3><ul>{items}</ul></div>'


def _evidence(reply: Reply | None, titles: Titles) -> str:
    if reply is None:
        return ""
    refused = reply.verdict == "not_in_episode"
    heading, cited = ("Nearest moments", reply.nearest) if refused else ("Evidence", reply.citations)
    if not cited:
        return ""
    told = _quoted(reply) and all(f"[{moment.stamp}]" in reply.text for moment in cited)
    moments = joined_moments(cited) if refused else cited
    shown = GLANCE if refused else len(moments)
    return (
        f'<details class="evidence"{"" if told else " open"}><summary>{escape(heading)} '
        f'<span class="count">{len(moments)}</span></summary>{_moments_html(moments[:shown], titles)}'
        f"{_further_html(moments[shown:], titles)}</details>"
    )


def _further_html(moments: Sequence[Citation], titles: Titles) -> str:
    if not moments:
        return ""
    listed = _moments_html(moments, titles)
    return f'<details class="further"><summary>{len(moments)} more</summary>{listed}</details>'


def _moments_html(moments: Sequence[Citation], titles: Titles) -> str:
    items = "".join(f"<li>{_moment_html(moment, titles)}</li>" for moment in moments)
    return f"<ol>{items}</ol>"


def _moment_html(moment: Citation, titles: Titles) -> str:
    where = titles.get(moment.episode, moment.episode) if len(titles) > 1 else ""
    facts = [escape(fact) for fact in (f"{moment.speaker}, {moment.stamp}" if moment.speaker else "", where) if fact]
    kind = "" if moment.kind == "talk" else f'<span class="kind {moment.kind}">{KIND_NAMES[moment.kind]}</span>'
    source = f'<cite dir="auto">{" · ".join(facts)}</cite>' if facts else ""
    link = moment_link(moment, titles)
    return f'{link}<div class="said">{kind}<q dir="auto">{escape(moment.quote)}</q>{source}</div>'


def _actions(turn: Turn, *, feedback: bool) -> str:
    if turn.state in ("waiting", "working"):
        return ""
    buttons = [
        _button("copy", "Copy with times") if turn.reply else "",
        _button("retry", "Ask again"),
        _button("edit", "Edit question"),
    ]
    if feedback and turn.token:
        buttons += [_button("up", "Helpful", pressed=True), _button("down", "Not helpful", pressed=True)]
    return f'<div class="actions">{"".join(buttons)}{_meter(turn.reply)}</div>'


def _button(name: str, words: str, *, pressed: bool = False) -> str:
    state = ' aria-pressed="false"' if pressed else ""
    return f'<button type="button" class="action" data-do="{name}"{state}>{words}</button>'


def _meter(reply: Reply | None) -> str:
    if reply is None:
        return ""
    meter = reply.meter
    facts = [f"{meter.seconds:.1f} s" if meter.seconds >= 0.1 else f"{meter.seconds * 1000:.0f} ms"]
    if meter.prompt_tokens or meter.completion_tokens:
        facts.append(f"{meter.prompt_tokens:,} + {meter.completion_tokens:,} tokens")
    if meter.claims_checked:
        facts.append(f"{meter.claims_checked} checked, {meter.claims_dropped} dropped")
    facts.append("quotes, no model" if reply.model == "quotes" else escape(reply.model))
    return f'<p class="meter">{" · ".join(facts)}</p>'
