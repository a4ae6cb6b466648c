"""How often one client may ask: so many questions a minute, saved up for a burst."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import Final

KEPT: Final = 10_000  # clients; those that were away the longest are forgotten first


class Rates:
    """`per_minute` 0 means as often as one likes. All calls come from one event loop."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._saved: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client -> (when, what it may do at once)

    def wait(self, address: str) -> int:
        """0 if a client may ask now, which is counted; else the seconds after which it may."""
        if not self._per_minute:
            return 0
        client, now = client_of(address), self._clock()
        when, left = self._saved.pop(client, (now, float(self._per_minute)))
        left = min(float(self._per_minute), left + (now - when) * self._per_minute / 60)
        allowed = left >= 1
        self._saved[client] = (now, left - 1 if allowed else left)
        if len(self._saved) > KEPT:
            self._saved.popitem(last=False)
        return 0 if allowed else ceil((1 - left) * 60 / self._per_minute)


def client_of(address: str) -> str:
    """The address; of IPv6 the network of 64 bits, which one household has as a whole."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
