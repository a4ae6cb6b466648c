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

    def checked(self) -> PageOptions:
        """The same options; raises SettingError where they would be unsafe or cannot work."""
        if not 0 <= self.port <= 65535:
            raise SettingError.of("--port", self.port, "not a port", "use 1 to 65535, or 0 for any free one")
        if self.at_once < 1:
            raise SettingError.of("--at-once", self.at_once, "too small", "use 1 or more")
        if self.waiting < 0:
            raise SettingError.of("--waiting", self.waiting, "too small", "use 0 or more")
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
    """Everything but `--store` and `--debug`, which all commands have."""
    default = PageOptions()
    parser.add_argument("--host", default=default.host, help="address to listen on (%(default)s: this machine only)")
    parser.add_argument("--port", type=int, default=default.port, help="port to listen on (%(default)s)")
    parser.add_argument(
        "--model", action="append", metavar="PROVIDER:NAME", help="chat model, or `quotes`; several to choose from"
    )
    parser.add_argument("--auth", metavar="USER:PASSWORD", help="ask for a name and a password")
    parser.add_argument("--no-auth", action="store_true", help="let everyone in who can reach the address")
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="another name the page is called by"
    )
    parser.add_argument("--audio", metavar="FILE_OR_URL", help="the episode's sound, played beside the transcript")
    parser.add_argument("--feedback", metavar="FILE", help="append thumbs to FILE as question cases; said on the page")
    parser.add_argument("--at-once", type=int, default=default.at_once, help="answers at a time (%(default)s)")
    parser.add_argument("--waiting", type=int, default=default.waiting, help="more that may wait (%(default)s)")


def options_from(arguments: argparse.Namespace) -> PageOptions:
    """Checked options; raises SettingError."""
    return PageOptions(
        host=arguments.host,
        port=arguments.port,
        store=arguments.store,
        models=tuple(dict.fromkeys(arguments.model or ())),
        auth=_read_auth(arguments.auth) if arguments.auth else None,
        no_auth=arguments.no_auth,
        allowed_hosts=tuple(arguments.allow_host),
        audio=arguments.audio,
        feedback=Path(arguments.feedback) if arguments.feedback else None,
        at_once=arguments.at_once,
        waiting=arguments.waiting,
    ).checked()


def _read_auth(text: str) -> tuple[str, str]:
    user, colon, password = text.partition(":")
    if not (colon and user and password):
        raise SettingError("setting --auth: not a name and a password", "write --auth USER:PASSWORD")
    return user, password
