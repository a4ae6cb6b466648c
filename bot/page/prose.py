"""An answer's text -> HTML: the few forms of Markdown that answers use, everything else as the characters they are.

There are no links, images or raw HTML in this Markdown. Every stretch of text is escaped at the leaf, so that no
character of it can become markup, at any prefix of a streamed answer.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from typing import Final

OPEN_DOUBT: Final = "\ue000"
CLOSE_DOUBT: Final = "\ue001"
DOUBT_PHRASE: Final = "(not confirmed by the episode)"

MARK: Final = re.compile(r"\[(?:(?P<number>\d{1,4}) )?(?P<stamp>(?:\d{1,3}:)?\d{1,2}:\d{2}|line \d{1,7})\]")
_BULLET: Final = re.compile(r"\s{0,3}[-*•] +(?P<text>.*)")
_NUMBERED: Final = re.compile(r"\s{0,3}\d{1,3}[.)] +(?P<text>.*)")
_HEADING: Final = re.compile(r"#{1,6} +(?P<text>.*?)#* *$")
_QUOTE: Final = re.compile(r" {0,3}> ?(?P<text>.*)")
_DOUBT: Final = rf"|(?P<doubt>{re.escape(DOUBT_PHRASE)})"
_MARKS_ONLY: Final = re.compile(rf"(?P<mark>{MARK.pattern}){_DOUBT}")
_INLINE: Final = re.compile(
    rf"(?P<mark>{MARK.pattern})"
    r"|`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<bold>(?=\S)(?:(?!\*\*)[^\n])+(?<=\S))\*\*"
    r"|(?<![\w*])\*(?P<italic>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])" + _DOUBT
)
_TAGS: Final = {"code": "code", "bold": "strong", "italic": "em"}

MarkHtml = Callable[[str, str | None], str]
"""Turns a mark into HTML: its stamp, and the number of its episode where the answer spans several."""


def escape(text: str) -> str:
    """Characters for HTML text and double-quoted attributes; a NUL, which HTML cannot hold, becomes U+FFFD."""
    return html.escape(text.replace("\0", "\ufffd"), quote=True)


def seconds_of(stamp: str) -> int | None:
    """`1:02:03` and `62:03` -> 3723; None for a line, which stands for a time where a transcript has none."""
    if stamp.startswith("line"):
        return None
    seconds = 0
    for field in stamp.split(":"):
        seconds = seconds * 60 + int(field)
    return seconds


def prose_html(text: str, mark_html: MarkHtml, doubtful: Sequence[str] = (), *, verbatim: bool = False) -> str:
    """Paragraphs, lists, quotes, headings, bold, italics, code and `[m:ss]` marks of `text` as HTML.

    Sentences in `doubtful` are wrapped in `<span class="unconfirmed">` where they stand. In a `verbatim` text stars and
    backticks are characters that somebody said, and only marks and lists have a meaning.
    """
    lines = _point_out(text, doubtful).replace("\r\n", "\n").split("\n")
    inline = _Inline(_MARKS_ONLY if verbatim else _INLINE, mark_html)
    return "".join(_block_html(kind, [inline.html(line.strip()) for line in block]) for kind, block in _blocks(lines))


def _point_out(text: str, doubtful: Sequence[str]) -> str:
    text = text.replace(OPEN_DOUBT, "").replace(CLOSE_DOUBT, "")
    position = 0
    for sentence in doubtful:
        words = [re.escape(word) for word in sentence.split()]
        found = re.compile(r"[*_`]{0,3}[^\S\n]+[*_`]{0,3}".join(words)).search(text, position) if words else None
        if found:
            text = f"{text[: found.start()]}{OPEN_DOUBT}{found[0]}{CLOSE_DOUBT}{text[found.end() :]}"
            position = found.end() + 2
    return text


def _blocks(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Neighbouring lines of one kind together: ("p" | "ul" | "ol" | "h" | "blockquote", their texts)."""
    blocks: list[tuple[str, list[str]]] = []
    ended = True
    for line in lines:
        kind, content = _line_kind(line)
        if not content.strip() and kind == "p":
            ended = True
            continue
        if blocks and blocks[-1][0] == kind != "h" and (kind in ("ul", "ol") or not ended):
            blocks[-1][1].append(content)
        else:
            blocks.append((kind, [content]))
        ended = False
    return blocks


def _line_kind(line: str) -> tuple[str, str]:
    plain = line.lstrip(OPEN_DOUBT)
    opened = line[: len(line) - len(plain)]
    for kind, form in (("ul", _BULLET), ("ol", _NUMBERED), ("h", _HEADING), ("blockquote", _QUOTE)):
        found = form.fullmatch(plain)
        if found:
            return kind, opened + found["text"]
    return "p", line


def _block_html(kind: str, lines: Sequence[str]) -> str:
    if kind in ("ul", "ol"):
        return f"<{kind}>{''.join(f'<li>{item}</li>' for item in lines)}</{kind}>"
    if kind == "h":
        return f'<p class="heading">{lines[0]}</p>'
    if kind == "blockquote":
        return f"<blockquote><p>{'<br>'.join(lines)}</p></blockquote>"
    return f"<p>{'<br>'.join(lines)}</p>"


class _Inline:
    """Turns one line into HTML; `forms` finds what has a meaning in it."""

    def __init__(self, forms: re.Pattern[str], mark_html: MarkHtml) -> None:
        self._forms = forms
        self._mark_html = mark_html

    def html(self, text: str) -> str:
        pieces = []
        position = 0
        for found in self._forms.finditer(text):
            pieces += [_leaf(text[position : found.start()]), self._form_html(found)]
            position = found.end()
        return "".join([*pieces, _leaf(text[position:])])

    def _form_html(self, found: re.Match[str]) -> str:
        if found["mark"]:
            return self._mark_html(found["stamp"], found["number"])
        if found["doubt"]:
            return f'<span class="doubt">{escape(DOUBT_PHRASE[1:-1])}</span>'
        forms = found.groupdict()
        tag, content = next((tag, forms[form]) for form, tag in _TAGS.items() if forms[form])
        if content.count(OPEN_DOUBT) != content.count(CLOSE_DOUBT):
            return _leaf(found[0])
        inner = _leaf(content) if tag == "code" else self.html(content)
        return f"<{tag}>{inner}</{tag}>"


def _leaf(text: str) -> str:
    return escape(text).replace(OPEN_DOUBT, '<span class="unconfirmed">').replace(CLOSE_DOUBT, "</span>")
