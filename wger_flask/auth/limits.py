"""Limit what strangers can make this server do: accounts and letters.

Accounts are counted by the network that asks, letters by that, by the account that asks, and by
recipient: however many ask, no mailbox is flooded.  Whether an account has the address does not
count, so that a limit tells nothing about it.
"""

from __future__ import annotations

from flask import request

from ..rest.services import services
from . import email_addresses


def registration() -> None:
    """Count an attempt to register; raises :class:`~wger_flask.rest.errors.Throttled`."""
    services().throttle.demand_from("registration", request.remote_addr)


def sender(user: int | None = None) -> None:
    """Count a wish for a letter, by ``user`` where one is logged in; raises ``Throttled``."""
    services().throttle.demand_from("mail", request.remote_addr)
    if user is not None:
        services().throttle.demand("mail", f"user-{user}")


def recipient(email: str) -> None:
    """Count a letter to ``email``; raises ``Throttled``."""
    services().throttle.demand("recipient", email_addresses.as_stored(email))
