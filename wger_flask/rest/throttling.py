"""Limit how often something is asked: sliding windows, shared by all workers of a host.

A scope has a rate (``120/min``); whoever is over it waits.  Refused calls are not counted.
Who is not known is counted by the network that they call from, see :func:`network_of`.
"""

from __future__ import annotations

import ipaddress
import math
import time
from dataclasses import dataclass

from ..storage.counters import Counters
from .errors import Throttled
from .permissions import Rule

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: IPv4 addresses behind a translator


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in so many seconds."""

    calls: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read ``120/min``, ``20/hour`` ...; raises ValueError."""
        calls, _, unit = text.partition("/")
        if not unit or unit[0] not in _SECONDS or not (calls.isascii() and calls.isdecimal() and int(calls)):
            raise ValueError(f"{text!r} is no rate such as 20/hour")
        return cls(int(calls), _SECONDS[unit[0]])


@dataclass(frozen=True, slots=True)
class Limit:
    """A ``scope``, whose rate is a setting, that does not count for users of whom the rule ``unless`` is true."""

    scope: str
    unless: Rule


class Throttle:
    """The rates by scope, and who has called when."""

    def __init__(self, counters: Counters | None, rates: dict[str, Rate]):
        self.counters, self.rates = counters, rates

    def demand(self, scope: str, caller: str) -> None:
        """Count a call; raises :class:`Throttled` when ``caller`` is over the rate of ``scope``."""
        rate = self.rates.get(scope)
        if self.counters is None or rate is None:
            return
        now = time.time()
        oldest = self.counters.add_within(f"{scope}:{caller}", now, rate.seconds, rate.calls)
        if oldest is not None:
            raise Throttled(min(rate.seconds, max(1, math.ceil(oldest + rate.seconds - now))))

    def demand_from(self, scope: str, address: str | None) -> None:
        """Count a call of somebody who is known by their address alone; raises :class:`Throttled`."""
        self.demand(scope, f"address-{network_of(address)}")


def network_of(address: str | None) -> str:
    """Return whom an address stands for: an IPv4 address for itself, an IPv6 address for its /64.

    A /64 is what one household gets: whoever has one address in it has them all.  IPv4 addresses in
    IPv6 notation are the IPv4 addresses; what is no address at all (a socket's path) stays as it is.
    """
    try:
        read = ipaddress.ip_address(address or "")
    except ValueError:
        return str(address)
    if read.version == 4:
        return str(read)
    if read.ipv4_mapped or read in _TRANSLATED:
        return str(ipaddress.IPv4Address(int(read) & 0xFFFFFFFF))
    return str(ipaddress.IPv6Network((int(read) >> 64 << 64, 64)))
