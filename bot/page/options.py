"""The page's options: one frozen record, and the arguments of `python app.py` and `earmark chat` that fill it."""

from __future__ import annotations

import argparse
import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingError

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class PageOptions:
    """`auth` is (user, password); `models` are offered to choose from, none means the configured one.

    `at_once` answers are worked on at a time, `waiting` more may stand in line, the next is told to come back later.
    `per_minute` limits the questions of one client, 0 does not; this machine itself is not limited.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    store: str | None = None
    models: tuple[str, ...] = ()
    auth: tuple[str, str] | None = None
    no_auth: bool = False
    allowed_hosts: tuple[str, ...] = ()
    audio: str | None = None
    feedback: Path | None = None
    at_once: int = 200
    waiting: int = 400
    per_minute: int = 30

    def checked(self) -> PageOptions:
        """The same options; raises SettingError where they would be unsafe or cannot work."""
        if not 0 <= self.port <= 65535:
            raise SettingError.of("--port", self.port, "not a port", "use 1 to 65535, or 0 for any free one")
        if self.at_once < 1:
            raise SettingError.of("--at-once", self.at_once, "too small", "use 1 or more")
        if self.waiting < 0:
            raise SettingError.of("--waiting", self.waiting, "too small", "use 0 or more")
        if self.per_minute < 0:
            raise SettingError.of("--per-minute", self.per_minute, "too small", "use 0 or more")
        if not is_loopback(self.host) and not (self.auth or self.no_auth):
            raise SettingError.of(
                "--host",
                self.host,
                "others could use this page, and the model's key behind it",
                "add --auth USER:PASSWORD, or --no-auth if everyone may",
            )
        return self


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def hosts_of(options: PageOptions) -> frozenset[str]:
    """The names under which the page may be called; addresses in digits are always allowed."""
    own = () if is_loopback(options.host) else (socket.gethostname(), socket.getfqdn())
    return frozenset(name.lower() for name in (*LOOPBACK_NAMES, options.host, *own, *options.allowed_hosts))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Everything but `--store` and `--debug`, which all commands have. What is not given, a setting says."""
    parser.add_argument("--host", help="address to listen on (EARMARK_HOST; this machine only)")
    parser.add_argument("--port", type=int, help="port to listen on (EARMARK_PORT; 7860)")
    parser.add_argument(
        "--model", action="append", metavar="PROVIDER:NAME", help="chat model, or `quotes`; several to choose from"
    )
    parser.add_argument("--auth", metavar="USER:PASSWORD", help="ask for a name and a password (EARMARK_AUTH)")
    parser.add_argument(
        "--no-auth", action="store_true", default=None, help="let everyone in who can reach it (EARMARK_NO_AUTH)"
    )
    parser.add_argument(
        "--allow-host", action="append", metavar="NAME", help="another name the page is called by (EARMARK_ALLOW_HOST)"
    )
    parser.add_argument(
        "--audio", metavar="FILE_OR_URL", help="the episode's sound, played beside the transcript (EARMARK_AUDIO)"
    )
    parser.add_argument(
        "--feedback",
        metavar="FILE",
        help="append thumbs to FILE as question cases, said on the page (EARMARK_FEEDBACK)",
    )
    parser.add_argument("--at-once", type=int, metavar="N", help="answers at a time (EARMARK_AT_ONCE; 200)")
    parser.add_argument("--waiting", type=int, metavar="N", help="more that may wait (EARMARK_WAITING; 400)")
    parser.add_argument(
        "--per-minute", type=int, metavar="N", help="questions of one client, 0 for any (EARMARK_PER_MINUTE; 30)"
    )


def options_from(arguments: argparse.Namespace) -> PageOptions:
    """Checked options, those of the command line before the settings; raises SettingError."""
    from bot.settings import read_settings  # here, so that `--help` need not load pydantic

    if arguments.auth:
        _read_auth("--auth", arguments.auth)
    settings = read_settings(
        host=arguments.host,
        port=arguments.port,
        auth=arguments.auth,
        no_auth=arguments.no_auth,
        allow_host=",".join(arguments.allow_host) if arguments.allow_host else None,
        audio=arguments.audio,
        feedback=arguments.feedback,
        at_once=arguments.at_once,
        waiting=arguments.waiting,
        per_minute=arguments.per_minute,
    )
    return PageOptions(
        host=settings.host,
        port=settings.port,
        store=arguments.store,
        models=tuple(dict.fromkeys(arguments.model or ())),
        auth=_read_auth("EARMARK_AUTH", settings.auth.get_secret_value()) if settings.auth else None,
        no_auth=settings.no_auth,
        allowed_hosts=tuple(name for part in settings.allow_host.split(",") if (name := part.strip())),
        audio=settings.audio,
        feedback=Path(settings.feedback) if settings.feedback else None,
        at_once=settings.at_once,
        waiting=settings.waiting,
        per_minute=settings.per_minute,
    ).checked()


def _read_auth(name: str, text: str) -> tuple[str, str]:
    user, colon, password = text.partition(":")
    if not (colon and user and password):
        raise SettingError(f"setting {name}: not a name and a password", "write USER:PASSWORD")
    return user, password
