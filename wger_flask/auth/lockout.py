"""Slow guessing down: too many failed logins lock the address that they came from, or its IPv6 network.

Wrong codes of a second factor count for the address too, and lock the account that they were meant for besides:
their sender knows its password, and can have many addresses.

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
    _demand(_of_address(address))


def failed(address: str | None) -> None:
    """Count a failed login."""
    _count(_of_address(address))


def demand_of_account(user: int) -> None:
    """Raise :class:`~wger_flask.rest.errors.Throttled` while no code of ``user`` is looked at."""
    _demand(_of_account(user))


def failed_of_account(user: int) -> None:
    """Count a wrong code."""
    _count(_of_account(user))


def forget_account(user: int) -> None:
    """Forget the wrong codes of a user who has sent a right one."""
    if (counters := policy().counters) is not None:
        counters.forget(_of_account(user))


def _demand(name: str) -> None:
    rules = policy()
    if rules.counters is None or not rules.settings.AXES_ENABLED:
        return
    seconds = rules.settings.AXES_COOLOFF_TIME * 60
    if rules.counters.count_within(name, time.time(), seconds) >= rules.settings.AXES_FAILURE_LIMIT:
        raise Throttled(seconds)


def _count(name: str) -> None:
    rules = policy()
    if rules.counters is None or not rules.settings.AXES_ENABLED:
        return
    seconds = rules.settings.AXES_COOLOFF_TIME * 60
    rules.counters.add_within(name, time.time(), seconds, rules.settings.AXES_FAILURE_LIMIT)


def _of_address(address: str | None) -> str:
    return f"failed-login:{network_of(address)}"


def _of_account(user: int) -> str:
    return f"failed-code:{user}"
