"""Limit how often something is asked: sliding windows, shared by all workers of a host.

A scope has a rate (``120/min``); whoever is over it waits.  Refused calls are not counted.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from ..storage.counters import Counters
from .errors import Throttled
from .permissions import Rule

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in so many seconds."""

    calls: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read ``120/min``, ``20/hour`` ...; raises ValueError."""
        calls, _, unit = text.partition("/")
        if not unit or unit[0] not in _SECONDS:
            raise ValueError(f"{text!r} is no rate such as 20/hour")
        return cls(int(calls), _SECONDS[unit[0]])


@dataclass(frozen=True, slots=True)
class Limit:
    """A scope that counts for everybody except those whom the rule ``unless`` lets pass."""

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
            raise Throttled(max(1, math.ceil(oldest + rate.seconds - now)))
