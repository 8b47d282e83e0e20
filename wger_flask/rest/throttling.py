"""Limit how often something is asked: sliding windows, shared by all workers of a host.

A scope has a rate (``120/min``); calls beyond it are refused and not counted. Callers who are not logged in are counted
by their network, see :func:`network_of`.
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
    """A number of calls in a number of seconds."""

    calls: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Return the rate of a text such as ``120/min`` or ``20/hour``; raises ValueError for another text."""
        calls, _, unit = text.partition("/")
        if not unit or unit[0] not in _SECONDS or not (calls.isascii() and calls.isdecimal() and int(calls)):
            raise ValueError(f"{text!r} is no rate such as 20/hour")
        return cls(int(calls), _SECONDS[unit[0]])


@dataclass(frozen=True, slots=True)
class Limit:
    """A throttle scope that does not count for users of whom the rule ``unless(user)`` is True."""

    scope: str
    unless: Rule


class Throttle:
    """The rates by scope, and the times of the latest calls."""

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
        """Count a call from an address, where no user is logged in; raises :class:`Throttled` beyond the rate."""
        self.demand(scope, f"address-{network_of(address)}")


def network_of(address: str | None) -> str:
    """Return the network that an address is counted as: an IPv4 address itself, the /64 of an IPv6 address.

    A household gets a /64, and each of its devices has all addresses in it.  IPv4 addresses in IPv6 notation are the
    IPv4 addresses; a text that is no address (a socket's path) is returned as it is.
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
