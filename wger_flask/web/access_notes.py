"""Say on what it depends whether a user may write, where they may not.

An access rule that has such words (``Access.why``) has them shown in place of a form, and in place
of a bare refusal.  Where a row is added by an endpoint of its own (``Resource.added_by``), that
one's rule counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..rest.call import Call
from ..rest.services import services
from ..rest.target import Target
from .forms import Form, form_for, may
from .index import targets_of
from .urls import address, here


@dataclass(frozen=True, slots=True)
class Bar:
    """Why a user may not write, in sentences; ``asks`` whether they should log in first."""

    sentences: list[str]
    asks: bool


def barred(call: Call) -> Bar | None:
    """Return why the user may not write to what they look at; None where they may, or no reason is declared."""
    target = _adder(call) or call.target
    if target.access.why is None or any(may(call, method, target) for method in ("POST", "PUT", "PATCH", "DELETE")):
        return None
    return Bar(target.access.why(call.user), call.user is None) if set(target.handlers) - {"GET"} else None


def adding(call: Call) -> Form | None:
    """Return the form that adds a row to a list, with what belongs to it; None for a user who may not."""
    target = _adder(call)
    if target is None:
        return form_for(call, "POST", here()) if may(call, "POST") else None
    if not may(call, "POST", target):
        return None
    made = Call(target, call.request, None, "")
    made.user = call.user
    return form_for(made, "POST", address(target.name))


def would_add(call: Call) -> bool:
    """Tell whether logging in might help to add a row with what belongs to it."""
    return call.user is None and _adder(call) is not None


def _adder(call: Call) -> Target | None:
    wanted = call.resource.added_by if call.resource is not None else ""
    return next((target for _, target in targets_of(services().registry) if target.name == wanted), None)
