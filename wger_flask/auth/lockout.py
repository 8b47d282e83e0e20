"""Slow guessing down: too many failed logins lock the address that they came from, or its IPv6 network.

Failures count for the name that was typed as well, whether or not an account has it: who has a thousand addresses
guesses at one account no faster than ten of them do.  A user who has logged in by that name within a day, from the
same network, is not held up by the failures of others.

Wrong codes of a second factor count for the address too, and lock the account that they were meant for besides:
their sender knows its password, and can have many addresses.

The failures are counted in the small file that the rate limits use, shared by the workers of a
host, so ``WGER_RATELIMIT_ENABLED=0`` lifts this limit too.  An address is locked while it has
``AXES_FAILURE_LIMIT`` failures within the last ``AXES_COOLOFF_TIME`` minutes.
"""

from __future__ import annotations

import hashlib
import time

from ..rest.errors import Throttled
from ..rest.throttling import network_of
from ..storage.unicode_names import normalized
from .policy import policy

_EVERYWHERE = 10
"""How many addresses' failures lock a name."""
_DAY = 86400.0  # counters keep nothing longer


def demand(address: str | None) -> None:
    """Raise :class:`~wger_flask.rest.errors.Throttled` while ``address`` is locked out."""
    _demand(_of_address(address))


def failed(address: str | None) -> None:
    """Count a failed login."""
    _count(_of_address(address))


def demand_of_name(name: str, address: str | None) -> None:
    """Raise :class:`~wger_flask.rest.errors.Throttled` while too many, from anywhere, failed to log in as ``name``."""
    rules = policy()
    if rules.counters is not None and not rules.counters.count_within(_of_login(name, address), time.time(), _DAY):
        _demand(_of_name(name), _EVERYWHERE)


def failed_of_name(name: str) -> None:
    """Count a failed login as ``name``."""
    _count(_of_name(name), _EVERYWHERE)


def note_login(name: str, address: str | None) -> None:
    """Note a login as ``name`` from ``address``."""
    rules = policy()
    if rules.counters is not None and rules.settings.AXES_ENABLED:
        rules.counters.add_within(_of_login(name, address), time.time(), _DAY, 1)


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


def _demand(name: str, times: int = 1) -> None:
    rules = policy()
    if rules.counters is None or not rules.settings.AXES_ENABLED:
        return
    seconds = rules.settings.AXES_COOLOFF_TIME * 60
    if rules.counters.count_within(name, time.time(), seconds) >= rules.settings.AXES_FAILURE_LIMIT * times:
        raise Throttled(seconds)


def _count(name: str, times: int = 1) -> None:
    rules = policy()
    if rules.counters is None or not rules.settings.AXES_ENABLED:
        return
    seconds = rules.settings.AXES_COOLOFF_TIME * 60
    rules.counters.add_within(name, time.time(), seconds, rules.settings.AXES_FAILURE_LIMIT * times)


def _of_address(address: str | None) -> str:
    return f"failed-login:{network_of(address)}"


def _of_name(name: str) -> str:
    return f"failed-name:{_digest(name)}"


def _of_login(name: str, address: str | None) -> str:
    return f"login:{_digest(name)}:{network_of(address)}"


def _digest(name: str) -> str:
    """Return what stands for a name in the counters: people type passwords into the wrong field."""
    plain = normalized(name).casefold().strip()
    return hashlib.blake2b(plain.encode(errors="replace"), digest_size=16, key=policy().key("lockout")[:64]).hexdigest()


def _of_account(user: int) -> str:
    return f"failed-code:{user}"
