"""Where the sound of an episode is: a remote address, or a local file that somebody named."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from bot.errors import SettingError
from bot.records import Episode


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


def find_sounds(episodes: Sequence[Episode], named: str | None) -> Sounds:
    """`named` is `--audio`: FILE_OR_URL, or EPISODE=FILE_OR_URL where there are several. Raises SettingError."""
    sources = {episode.id: episode.audio for episode in episodes if episode.audio}
    if named:
        episode, source = _split(named, episodes)
        if not is_remote(source) and not Path(source).is_file():
            raise SettingError.of("--audio", named, "no such file", "name a sound file, or an https:// address")
        sources[episode] = source
    remote = {episode: source for episode, source in sources.items() if is_remote(source)}
    local = {
        episode: Path(source).resolve()
        for episode, source in sources.items()
        if episode not in remote and Path(source).is_file() and _is_sound(source)
    }
    if named and not (remote.keys() | local.keys()) & {_split(named, episodes)[0]}:
        raise SettingError.of(
            "--audio", named, "not a sound file by its name", "use .mp3, .m4a, .ogg, .opus, .wav or .flac"
        )
    return Sounds(remote, local)


def is_remote(source: str) -> bool:
    """Whether it is an http(s) address that can stand in a security policy."""
    parts = urlsplit(source)
    return parts.scheme in ("https", "http") and bool(parts.hostname) and not set(source) & set(" \t\r\n;,'\"")


def _is_sound(source: str) -> bool:
    kind = mimetypes.guess_type(source)[0] or ""
    return kind.startswith("audio/") or kind in ("video/mp4", "video/webm", "video/ogg")


def _split(named: str, episodes: Sequence[Episode]) -> tuple[str, str]:
    episode, equals, source = named.partition("=")
    if equals and episode in {known.id for known in episodes}:
        return episode, source
    if len(episodes) == 1:
        return episodes[0].id, named
    ids = ", ".join(known.id for known in episodes[:5])
    raise SettingError.of("--audio", named, "the store holds several episodes", f"write EPISODE=FILE, one of {ids}")
