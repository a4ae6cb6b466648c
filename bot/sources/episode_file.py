"""An episode file says what is known of an episode beside its words. All keys but `id` may be left out.

    id = "practical-ai-260"                   # a-z, 0-9 and - . _ ; names the episode everywhere
    transcript = "practical-ai-260.txt"       # relative to this file
    sha256 = "0f83..."                        # of the transcript; if given, it is checked
    title = "Generating the future of art & entertainment"
    show = "Practical AI"
    date = 2024-03-12                         # a date, or a string
    source = "where the transcript is from"
    audio = "episode.mp3"                     # a file beside this one, or a URL; never fetched by itself
    questions = ["What is ...?"]              # examples on the page

    [[people]]                                # who speaks
    name = "Chris Benson"
    role = "host"
    about = "..."

    [[names]]                                 # names that the speech recogniser misheard
    name = "Puter"
    heard = ["pewter"]

    [[kinds]]                                 # where the guess was wrong; bot/sources/kind_overrides.py says more
    kind = "sponsor"
    start = "12:24"
    end = "13:15"

A question with either spelling of a name finds the passage; quotes keep the words as they were heard.
"""

from __future__ import annotations

import datetime
import difflib
import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import EarmarkError, TranscriptError
from bot.records import Episode, KindSpan, MisheardName, Person
from bot.sources.kind_overrides import BadKinds, kind_spans_from
from bot.transcripts.lines import LIMIT_BYTES, shown_path

_ID = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXTS = ("title", "show", "source", "audio")
_KEYS = ("id", "transcript", "sha256", *_TEXTS, "date", "people", "names", "kinds", "questions")
_LIMIT_FILE_BYTES = 1_000_000
_LIMIT_TEXT = 2000


@dataclass(frozen=True, slots=True)
class EpisodeFile:
    """`transcript` is the path of the episode's transcript, None if the file names none."""

    episode: Episode
    transcript: Path | None


def read_episode_file(path: Path) -> EpisodeFile:
    """What the file says; raises TranscriptError naming the file and the key that is wrong."""
    name = shown_path(path)
    table = _Table(name, "", _read_toml(path, name))
    table.refuse_unknown(_KEYS)
    episode_id = table.text("id", required=True)
    checked_id(episode_id, lambda problem, advice: TranscriptError(name, 0, f"id: {problem}", advice))
    transcript = table.text("transcript")
    episode = Episode(
        id=episode_id,
        **{key: table.text(key) for key in _TEXTS},
        date=table.date("date"),
        people=tuple(_person(entry) for entry in table.tables("people")),
        names=tuple(_misheard(entry) for entry in table.tables("names")),
        kinds=_kinds(table),
        questions=table.texts("questions"),
        sha256=table.text("sha256"),
    )
    file = path.parent / transcript if transcript else None
    _check_sha256(table, episode.sha256, file)
    return EpisodeFile(episode, file)


def checked_id(episode_id: str, error: Callable[[str, str], EarmarkError]) -> None:
    """Raises what `error` makes of problem and advice where this cannot name an episode."""
    if _ID.fullmatch(episode_id) is None:
        problem = f"{shown_path(Path(episode_id[:120]))!r} cannot name an episode"
        raise error(problem, "use a-z, 0-9, - . _ only, 100 characters at most")


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the file; `place` names it in messages, such as `people[2].`."""

    file: str
    place: str
    values: Mapping[str, Any]

    def fail(self, key: str, problem: str, advice: str) -> None:
        raise TranscriptError(self.file, 0, f"{self.place}{key}: {problem}", advice)

    def refuse_unknown(self, known: Sequence[str]) -> None:
        for key in self.values:
            if key not in known:
                near = difflib.get_close_matches(key[:100], known, n=1, cutoff=0.5)
                advice = f"did you mean {near[0]}?" if near else f"the keys here are {', '.join(known)}"
                self.fail(key[:100], "this key is not known", advice)

    def text(self, key: str, *, required: bool = False) -> str:
        value = self.values.get(key, "")
        if not isinstance(value, str):
            self.fail(key, f"this is {_type(value)}", "give a string in quotes")
        if required and not value.strip():
            self.fail(key, "it is missing", f'write {key} = "..."')
        if len(value) > _LIMIT_TEXT:
            self.fail(key, f"it is longer than {_LIMIT_TEXT} characters", "shorten it")
        return str(value).strip()

    def date(self, key: str) -> str:
        value = self.values.get(key, "")
        if isinstance(value, datetime.datetime | datetime.date):
            return value.isoformat()
        if not isinstance(value, str):
            self.fail(key, f"this is {_type(value)}", "give a date such as 2024-03-12")
        return str(value).strip()

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
            self.fail(key, "this is not a list of strings", f'write {key} = ["...", "..."]')
        return tuple(text.strip() for text in value)

    def tables(self, key: str) -> tuple[_Table, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.fail(key, "this is not a list of tables", f"write [[{key}]] above each entry")
        return tuple(_Table(self.file, f"{key}[{number}].", entry) for number, entry in enumerate(value, 1))


def _kinds(table: _Table) -> tuple[KindSpan, ...]:
    try:
        return kind_spans_from(table.values.get("kinds", []))
    except BadKinds as error:
        raise TranscriptError(table.file, 0, str(error), error.advice) from None


def _person(entry: _Table) -> Person:
    entry.refuse_unknown(("name", "role", "about"))
    return Person(entry.text("name", required=True), entry.text("role"), entry.text("about"))


def _misheard(entry: _Table) -> MisheardName:
    entry.refuse_unknown(("name", "heard"))
    heard = entry.texts("heard")
    if not heard:
        entry.fail("heard", "it is missing", 'write heard = ["..."], the spellings in the transcript')
    return MisheardName(entry.text("name", required=True), heard)


def _read_toml(path: Path, name: str) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise TranscriptError(name, 0, "there is no such file", "check the path")
        if path.stat().st_size > _LIMIT_FILE_BYTES:
            raise TranscriptError(
                name, 0, "an episode file is not that large", "give the transcript as a file of its own"
            )
        text = path.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text)
    except OSError as error:
        raise TranscriptError(name, 0, f"the file cannot be read: {error.strerror}", "check its rights") from None
    except UnicodeDecodeError:
        raise TranscriptError(name, 0, "this is not UTF-8", "save the file as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        where = re.search(r"at line (\d+)", str(error))
        line = int(where[1]) if where else 0
        problem = str(error).split(" (at ")[0] if not isinstance(error, RecursionError) else "it is nested too deeply"
        raise TranscriptError(
            name, line, f"this is not TOML: {problem}", "see the example in the documentation"
        ) from None


def _check_sha256(table: _Table, expected: str, file: Path | None) -> None:
    if file is None:
        return
    if not file.is_file():
        table.fail("transcript", f"there is no file {shown_path(file)}", "give its path relative to this file")
    if not expected:
        return
    if _SHA256.fullmatch(expected) is None:
        table.fail("sha256", "this is not a SHA-256", "give 64 digits 0-9 a-f, as sha256sum prints them")
    if file.stat().st_size > LIMIT_BYTES:
        table.fail("transcript", f"the file is larger than {LIMIT_BYTES // 1_000_000} MB", "give one episode a file")
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != expected:
        problem = f"{file.name} has {found[:12]}..., not {expected[:12]}...: the transcript was changed"
        raise TranscriptError(table.file, 0, f"sha256: {problem}", "restore the file, or write its new sha256 here")


def _type(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), type(value).__name__)
