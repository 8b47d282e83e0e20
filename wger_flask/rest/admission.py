"""Whether a call is let in: for every user, and every way of asking, uploads of offline clients among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import MethodNotAllowed

if TYPE_CHECKING:
    from .call import Call


def authorize(call: Call) -> None:
    """Refuse a user whom the access rules do not allow the method."""
    call.target.access.demand(call.user, call.method)


def throttle(call: Call) -> None:
    """Refuse a call beyond the rate of its scope."""
    limits = call.target.throttle
    if limits:
        scope = limits.get(call.method) or limits.get(call.target.kind)
        if scope and not call.method == "OPTIONS":
            call.services.limit(scope, call)


def check_method(call: Call) -> None:
    """Refuse methods that the target does not have."""
    if call.method not in call.target.allow:
        raise MethodNotAllowed(call.method)


ADMISSION = (authorize, throttle, check_method)
