"""uvicorn, made to give up on clients that are slow to ask, and to end growing answers with words when it ends."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEAD_SECONDS: Final = 10.0  # for the first line and headers of a request; uvicorn alone waits for ever
STALL_SECONDS: Final = 30.0  # for a client that takes nothing of its response
GRACE_SECONDS: Final = 3
# For how long a thread that computes keeps the threads of the connections waiting, which have little to do each time.
SWITCH_SECONDS: Final = 0.001


class PunctualProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """Cuts off a client that is too slow: to send the head of a request, or to take what it asked for."""

    head_seconds = HEAD_SECONDS
    stall_seconds = STALL_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._head_due = Alarm(self.loop, self.head_seconds, transport.abort)
        self._stalled = Alarm(self.loop, self.stall_seconds, transport.abort)
        self._head_due.start()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_due.stop()
        self._stalled.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        if before is None or before.response_complete:
            self._head_due.start()
        super().data_received(data)
        if self.cycle is not before:
            self._head_due.stop()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled.start()

    def resume_writing(self) -> None:
        self._stalled.stop()
        super().resume_writing()


class Alarm:
    """Calls `ring` once, some seconds after it was started, unless it was stopped before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Starting what runs already changes nothing."""
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._ring)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class EndingServer(uvicorn.Server):
    """`ending` is called in the event loop before connections are closed."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets)


def run_server(app: Any, listener: socket.socket, ending: Callable[[], None]) -> None:
    """Serves until SIGINT or SIGTERM."""
    _allow_many_connections()
    sys.setswitchinterval(SWITCH_SECONDS)
    config = uvicorn.Config(
        app,
        http=PunctualProtocol,
        ws="none",
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    EndingServer(config, ending).run(sockets=[listener])


def _allow_many_connections() -> None:
    """Each connection is an open file, of which many systems allow 1,024 until a program asks for more."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
