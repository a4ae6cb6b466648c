"""JSON text -> values, with the line of every object, within bounds; fields are fetched by path and checked.

What Python's `json` lets pass is held back here: depth, `NaN`, numbers of thousands of digits, keys that stand twice.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from bot.transcripts.clock import in_range, written_seconds
from bot.transcripts.notes import Notes
from bot.transcripts.reading import Lines, UnreadableError

DEEPEST = 64

# Strings are stepped over whole; an unfinished one reaches to the end. Never tries a character twice.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.?)*+(?:"|\Z)|[{}\[\]]', re.DOTALL)


class Node(dict[str, Any]):
    """A JSON object; `line` is that of its opening brace, `twice` are keys that stand in it with different values."""

    line = 0
    twice: frozenset[str] = frozenset()


class WrongFieldError(Exception):
    """A field cannot be used; `path` is as in `segments[3].start`."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(problem)
        self.path = path
        self.problem = problem


class LeftOut:
    """Counts what of a list cannot be used; each is noted with its line and path."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._faults: list[tuple[int, WrongFieldError]] = []

    def add(self, error: WrongFieldError, line: int) -> None:
        self._faults.append((line, error))
        self._notes.add(line, f"{{}} {error.problem}; it was left out", error.path)

    def refuse_if_most(self, entries: int) -> None:
        """A file most of whose entries are wrong was not understood; the first fault says why."""
        if self._faults and 2 * len(self._faults) > entries:
            line, error = self._faults[0]
            raise UnreadableError(line, f"{error.path} {error.problem}", "export it again, or give another format")


def load_json(lines: Lines) -> Any:
    """The value; objects are `Node`, all numbers floats (NaN and infinity occur). Raises UnreadableError."""
    text = "\n".join(lines)
    object_lines = iter(_lines_of_objects(text, lines))

    def node(pairs: list[tuple[str, Any]]) -> Node:
        made = Node(pairs)
        made.line = next(object_lines, 0)
        if len(made) < len(pairs):
            made.twice = frozenset(key for key, value in pairs if _differs(made[key], value))
        return made

    try:
        return json.loads(text, object_pairs_hook=node, parse_int=float, parse_constant=float, strict=False)
    except json.JSONDecodeError as error:
        problem = f"this is not whole JSON: {error.msg}"
        raise UnreadableError(error.lineno, problem, "export the transcript again, or mend the line") from None
    except RecursionError:
        raise _too_deep(1) from None


def seconds_field(node: Node, path: str, names: Sequence[str], unit: float = 1.0) -> float | None:
    """The first of these fields that is there, in seconds; None if none is. `unit`: seconds in 1 of the number."""
    name, value = _field(node, path, names)
    if value is None:
        return None
    if isinstance(value, str):
        seconds = written_seconds(value.strip())
    else:
        seconds = in_range(value * unit) if isinstance(value, float) else None
    if seconds is None:
        raise WrongFieldError(f"{path}.{name}", "is not a time in an episode")
    return seconds


def text_field(node: Node, path: str, names: Sequence[str]) -> str:
    """The first of these fields that is there, empty if none is."""
    name, value = _field(node, path, names)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WrongFieldError(f"{path}.{name}", "is not a text")
    return value


def speaker_field(node: Node) -> str | None:
    """A name, or `Speaker 2` for a number; None for anything else."""
    value = node.get("speaker")
    if isinstance(value, str):
        return " ".join(value.split()) or None
    return f"Speaker {value:.0f}" if isinstance(value, float) and in_range(value) is not None else None


def list_field(node: Node, path: str, name: str) -> list[Any]:
    """The list, empty if it is missing or null."""
    _, value = _field(node, path, [name])
    if value is None:
        return []
    if not isinstance(value, list):
        raise WrongFieldError(f"{path}.{name}" if path else name, "is not a list")
    return value


def usable_nodes(entries: Sequence[Any], path: str, left_out: LeftOut) -> Iterator[tuple[str, Node]]:
    """The entries that are objects, each with its path."""
    line = 1
    for number, entry in enumerate(entries):
        where = f"{path}[{number}]"
        if isinstance(entry, Node):
            line = entry.line
            yield where, entry
        else:
            left_out.add(WrongFieldError(where, "is not an object"), line)


def _field(node: Node, path: str, names: Sequence[str]) -> tuple[str, Any]:
    for name in names:
        if name in node.twice:
            raise WrongFieldError(f"{path}.{name}", "stands there twice, with different values")
        if node.get(name) is not None:
            return name, node[name]
    return names[0], None


def _differs(kept: object, value: object) -> bool:
    simple = (str, float, bool, type(None))
    return not (kept is value or (isinstance(kept, simple) and isinstance(value, simple) and kept == value))


def _lines_of_objects(text: str, lines: Lines) -> list[int]:
    """The line on which each object begins, in the order in which the objects end, as the parser makes them."""
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    ended: list[int] = []
    open_objects: list[int] = []
    for depth, token, place in _brackets(text):
        if depth > DEEPEST:
            raise _too_deep(bisect_right(starts, place))
        if token == "{":
            open_objects.append(bisect_right(starts, place))
        elif token == "}" and open_objects:
            ended.append(open_objects.pop())
    return ended


def _brackets(text: str) -> Iterator[tuple[int, str, int]]:
    depth = 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "{[":
            depth += 1
        elif token in "}]":
            depth -= 1
        else:
            continue
        yield depth, token, match.start()


def _too_deep(line: int) -> UnreadableError:
    return UnreadableError(line, f"this JSON is nested more than {DEEPEST} deep", "give the transcript alone")
