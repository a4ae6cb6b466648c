"""Where the sound of an episode is: a remote address, or a local file that somebody named."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from bot.errors import SettingError
from bot.records import Episode


@dataclass(frozen=True, slots=True)
class NamedSound:
    """What `--audio` names: the sound of one episode, a file or an address."""

    episode: str
    source: str


class Sounds:
    """Only files named by an option or an episode file are served, under the episode's id."""

    def __init__(self, remote: Mapping[str, str], local: Mapping[str, Path]) -> None:
        self._remote = remote
        self._local = local

    def address(self, episode: str) -> str:
        """What the player loads; empty where there is no sound."""
        if episode in self._local:
            return f"audio/{percent(episode, safe='')}"
        return self._remote.get(episode, "")

    def file(self, episode: str) -> Path | None:
        return self._local.get(episode)

    @property
    def origins(self) -> frozenset[str]:
        """Scheme and host of the remote addresses, for the security policy."""
        parts = [urlsplit(address) for address in self._remote.values()]
        return frozenset(f"{part.scheme}://{part.netloc}" for part in parts)


def find_sounds(episodes: Sequence[Episode], named: NamedSound | None = None) -> Sounds:
    """The sounds of the episodes' own files, `named` before them."""
    sources = {episode.id: episode.audio for episode in episodes if episode.audio}
    if named:
        sources[named.episode] = named.source
    remote = {episode: source for episode, source in sources.items() if is_remote(source)}
    local = {
        episode: Path(source).resolve()
        for episode, source in sources.items()
        if episode not in remote and Path(source).is_file() and _is_sound(source)
    }
    return Sounds(remote, local)


def named_sound(named: str, episodes: Sequence[Episode]) -> NamedSound:
    """`--audio`: FILE_OR_URL, or EPISODE=FILE_OR_URL where there are several. Raises SettingError."""
    sound = _split(named, episodes)
    if is_remote(sound.source):
        return sound
    if not Path(sound.source).is_file():
        raise SettingError.of("--audio", named, "no such file", "name a sound file, or an https:// address")
    if not _is_sound(sound.source):
        problem = "not a sound file by its name"
        raise SettingError.of("--audio", named, problem, "use .mp3, .m4a, .ogg, .opus, .wav or .flac")
    return sound


def is_remote(source: str) -> bool:
    """Whether it is an http(s) address that can stand in a security policy."""
    parts = urlsplit(source)
    return parts.scheme in ("https", "http") and bool(parts.hostname) and not set(source) & set(" \t\r\n;,'\"")


def _is_sound(source: str) -> bool:
    kind = mimetypes.guess_type(source)[0] or ""
    return kind.startswith("audio/") or kind in ("video/mp4", "video/webm", "video/ogg")


def _split(named: str, episodes: Sequence[Episode]) -> NamedSound:
    episode, equals, source = named.partition("=")
    if equals and episode in {known.id for known in episodes}:
        return NamedSound(episode, source)
    if len(episodes) == 1:
        return NamedSound(episodes[0].id, named)
    ids = ", ".join(known.id for known in episodes[:5])
    raise SettingError.of("--audio", named, "the store holds several episodes", f"write EPISODE=FILE, one of {ids}")
