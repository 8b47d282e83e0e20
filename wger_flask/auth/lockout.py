"""Slow guessing down: too many failed logins lock the address that they came from, or its IPv6 network.

The failures are counted in the small file that the rate limits use, shared by the workers of a
host, so ``WGER_RATELIMIT_ENABLED=0`` lifts this limit too.  An address is locked while it has
``AXES_FAILURE_LIMIT`` failures within the last ``AXES_COOLOFF_TIME`` minutes.
"""

from __future__ import annotations

import time

from ..rest.errors import Throttled
from ..rest.throttling import network_of
from .policy import policy


def demand(address: str | None) -> None:
    """Raise :class:`~wger_flask.rest.errors.Throttled` while ``address`` is locked out."""
    rules = policy()
    if rules.counters is None or not rules.settings.AXES_ENABLED:
        return
    seconds = rules.settings.AXES_COOLOFF_TIME * 60
    if rules.counters.count_within(_name(address), time.time(), seconds) >= rules.settings.AXES_FAILURE_LIMIT:
        raise Throttled(seconds)


def failed(address: str | None) -> None:
    """Count a failed login."""
    rules = policy()
    if rules.counters is None or not rules.settings.AXES_ENABLED:
        return
    seconds = rules.settings.AXES_COOLOFF_TIME * 60
    rules.counters.add_within(_name(address), time.time(), seconds, rules.settings.AXES_FAILURE_LIMIT)


def _name(address: str | None) -> str:
    return f"failed-login:{network_of(address)}"
