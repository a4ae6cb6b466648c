"""A turn -> Markdown, to copy or to export: the answer, its times as links, and the sentences behind it.

Links are written `](?t=148.2)`; the browser puts its own address before the question mark when it copies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote as percent

from bot.page.marked_moments import MarkedMoments, joined_moments
from bot.page.prose import MARK
from bot.page.turns import Turn
from bot.records import Citation, Reply

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~!])")


def plain_markdown(text: str) -> str:
    """`text` with the characters that Markdown would read as markup escaped, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def turn_markdown(turn: Turn, titles: Mapping[str, str]) -> str:
    """Question, answer and evidence; empty while the answer is not finished."""
    reply = turn.reply
    if reply is None:
        return ""
    lines = [f"## {plain_markdown(turn.question)}", "", _with_links(reply, titles), ""]
    heading, moments = "Evidence", list(reply.citations)
    if reply.nearest:
        heading, moments = "Nearest moments", joined_moments(reply.nearest)
    if moments:
        lines += [f"{heading}:", "", *(_moment_line(moment, titles) for moment in moments), ""]
    if reply.degraded:
        lines += [f"A simpler answer than usual: {plain_markdown(reply.degraded)}", ""]
    return "\n".join(lines)


def _with_links(reply: Reply, titles: Mapping[str, str]) -> str:
    """The reply's own Markdown; only its marks become links, and no other link or picture can come to life."""
    moments = MarkedMoments(reply)

    def link(found: re.Match[str]) -> str:
        moment = moments.behind(found["stamp"])
        return _link(moment, titles) if moment else f"\\[{found['stamp']}\\]"

    pieces, position = [], 0
    for found in MARK.finditer(reply.text):
        pieces += [_disarmed(reply.text[position : found.start()]), link(found)]
        position = found.end()
    return "".join([*pieces, _disarmed(reply.text[position:])]).strip()


def _disarmed(text: str) -> str:
    return re.sub(r"([\[\]<])", r"\\\1", text)


def _link(moment: Citation, titles: Mapping[str, str]) -> str:
    named = f"&episode={percent(moment.episode, safe='')}" if len(titles) > 1 else ""
    return f"[{moment.stamp}](?t={round(moment.start, 2):g}{named})"


def _moment_line(moment: Citation, titles: Mapping[str, str]) -> str:
    kind = "" if moment.kind == "talk" else f" ({moment.kind})"
    kind += f" {plain_markdown(moment.speaker)}:" if moment.speaker else ""
    kind += f" *{plain_markdown(titles.get(moment.episode, moment.episode))}*" if len(titles) > 1 else ""
    return f"- {_link(moment, titles)}{kind} “{plain_markdown(moment.quote)}”"
