"""What stands before Gradio: allowed hosts and origins, size and pace of a body, closed doors, security headers, rates.

Gradio by itself reflects any Origin, accepts any Host, sends no security headers and takes uploads of any size.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from bot.page.rates import Rates

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES: Final = 256 * 1024
BODY_SECONDS: Final = 15.0  # for a whole body
ASKING: Final = (
    "/answer", "/mcp", "/gradio_api/call/", "/gradio_api/queue/join", "/gradio_api/run/", "/gradio_api/api/",
)  # fmt: skip
LOGINS_PER_MINUTE: Final = 20  # of one client
CLOSED: Final = (
    "upload", "upload_progress", "file=", "file/", "proxy=", "stream/", "stream-input", "deep_link", "run-history",
    "runs", "process_recording", "component_server", "custom_component", "vibe-", "undo-vibe", "profiling", "dev/",
)  # fmt: skip
FIXED_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
CLOSED_AT_ROOT: Final = ("/monitoring", "/docs", "/redoc", "/openapi.json", "/pwa_icon", "/svelte")


@lru_cache(maxsize=8)
def security_policy(media_origins: frozenset[str]) -> str:
    """Nothing from outside but sound from `media_origins`; Gradio needs inline and evaluated script and style."""
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            " ".join(["media-src 'self' blob:", *sorted(media_origins)]),
            "connect-src 'self'",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


class RequestGuard:
    """An ASGI application around another. `hosts` are allowed names in lower case; addresses in digits always are.

    `media_origins` tells from where sound may come now; `rates` how often a client may ask.
    """

    def __init__(
        self,
        app: App,
        hosts: Collection[str],
        media_origins: Callable[[], frozenset[str]] = frozenset,
        rates: Rates | None = None,
    ) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._media_origins = media_origins
        self._rates = rates or Rates(0)
        self._logins = Rates(LOGINS_PER_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope) or self._too_often(scope)
        if refusal:
            await self._refuse(send, *refusal)
            return
        await self._app(scope, _limited(receive), self._with_headers(send))

    def _headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"content-security-policy", security_policy(self._media_origins()).encode()), *FIXED_HEADERS]

    def _too_often(self, scope: Scope) -> tuple[int, str] | None:
        if scope["method"] != "POST" or not scope.get("client"):
            return None
        address = scope["client"][0]
        if scope["path"].startswith("/login"):
            seconds = self._logins.wait(address)
        elif scope["path"].startswith(ASKING) and not _is_loopback(address):
            seconds = self._rates.wait(address)
        else:
            return None
        return (429, f"That is a lot in a short time. Wait {seconds} s, then ask again.") if seconds else None

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if not self._host_allowed(host) or sum(name.lower() == b"host" for name, _ in scope["headers"]) > 1:
            return 400, "This page is not served under that name -> add --allow-host NAME"
        origin = headers.get(b"origin")
        if origin is not None and not _same_place(origin, host):
            return 403, "Requests from other pages are refused"
        if _closed(scope["path"]):
            return 404, "Not found"
        length = headers.get(b"content-length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            return 413, f"Larger than {MOST_BYTES // 1024} KB"
        return None

    def _host_allowed(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in self._hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    async def _refuse(self, send: Send, status: int, words: str) -> None:
        headers = [(b"content-type", b"text/plain; charset=utf-8"), *self._headers()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": words.encode()})

    def _with_headers(self, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if not pair[0].lower().startswith(b"access-control-")]
                message = {**message, "headers": [*kept, *self._headers()]}
            await send(message)

        return send_with_headers


def _same_place(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


def _closed(path: str) -> bool:
    inner = path.removeprefix("/gradio_api/")
    if inner != path and inner.startswith(CLOSED):
        return True
    return path.startswith(CLOSED_AT_ROOT)


def _is_loopback(address: str) -> bool:
    """The machine's own user, or a proxy on it that does not say for whom it asks."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _limited(receive: Receive) -> Receive:
    """Ends the connection where a body without a stated length grows too long, or comes too slowly."""
    received, whole = 0, False
    until = asyncio.get_running_loop().time() + BODY_SECONDS

    async def receive_limited() -> Message:
        nonlocal received, whole
        if whole:  # what follows is that the client has gone, whenever that is
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        whole = not message.get("more_body", False)
        received += len(message.get("body", b""))
        return message if received <= MOST_BYTES else {"type": "http.disconnect"}

    return receive_limited
