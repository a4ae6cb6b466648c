"""What a person says of an episode when giving its transcript: it goes before what the files say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.errors import SettingError
from bot.records import Episode, KindSpan, Person
from bot.sources.episode_file import checked_id
from bot.terminal.printing import printable

_PERSON = re.compile(r"\s*([^(),;]+?)\s*(?:\(([^()]*)\))?\s*")
_BETWEEN = re.compile(r"[,;](?![^(]*\))")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Description:
    """Empty fields say nothing; `id` names the episode."""

    id: str = ""
    title: str = ""
    show: str = ""
    date: str = ""
    people: tuple[Person, ...] = ()
    kinds: tuple[KindSpan, ...] = ()

    @property
    def of_one_episode(self) -> list[str]:
        """The fields given that can describe one episode only."""
        return [name for name in ("id", "title", "date", "kinds") if getattr(self, name)]

    def applied_to(self, episode: Episode) -> Episode:
        fields = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        return replace(episode, **fields)


def describe(
    *,
    id: str = "",  # noqa: A002 the field's name, as in episode.toml
    title: str = "",
    show: str = "",
    date: str = "",
    people: str | Iterable[Person] = (),
    kinds: Iterable[KindSpan] = (),
) -> Description:
    """Checks what was given; raises SettingError."""
    for name, text in (("id", id), ("title", title), ("show", show), ("date", date)):
        if not isinstance(text, str) or len(text) > _LONGEST:
            raise SettingError.of(name, str(text)[:60], "is not a short text", "give a string")
    if id:
        checked_id(id, lambda problem, advice: SettingError(f"id: {problem}", advice))
    listed = read_people(people) if isinstance(people, str) else tuple(people)
    return Description(id, one_line(title), one_line(show), one_line(date), listed, tuple(kinds))


def one_line(text: str) -> str:
    return " ".join(printable(text).split())


def read_people(text: str) -> tuple[Person, ...]:
    """`Chris Benson (host), Anna Ek (guest, founder of Lake)` -> people with role and what else is said of them."""
    people = []
    for entry in filter(str.strip, _BETWEEN.split(text)):
        person = _PERSON.fullmatch(entry)
        if person is None:
            raise SettingError(f"people: {entry.strip()[:60]!r} is not a person", 'write "Name (role), Name (role)"')
        role, _, about = (person[2] or "").partition(",")
        people.append(Person(person[1], role.strip(), about.strip()))
    return tuple(people)
