"""Where one goes after a form was taken, and what is said there."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect

from ..recipe import Call
from .headings import made_by, title_of
from .names import begun
from .paths import LAND, address, listed, way_back
from .tables import key_field

_DONE = {"POST": "{} was added.", "PUT": "The changes were saved.", "PATCH": "The changes were saved.",
         "DELETE": "{} was deleted."}  # fmt: skip


def done(call: Call, payload) -> Response:
    """Go on after a form was taken: to the row if there is one to see, else to the list."""
    resource, where = call.resource, address(call.resource.name)
    key = key_field(resource)
    if call.method != "DELETE" and key and payload:
        selection = resource.by_key(resource.visible_to(call.user), str(payload[key]))
        if selection.exists():
            return gone_on(call, address(resource.name, payload[key]), away=bool(listed(LAND)))
    return gone_on(call, where)


def gone_on(call: Call, where: str, away: bool = False) -> Response:
    """Go to where the form was opened from, else (or if it leads ``away``) to ``where``; say there what was done."""
    if current_app.secret_key:
        made = made_by(call) or call.resource
        is_row = made is not None and (call.action is None or away)
        flash(_DONE[call.method].format(begun(made.title)) if is_row else f"{title_of(call)}: done.")
    return redirect(where if away else way_back() or where, 303)


def makes_a_row(call: Call) -> bool:
    """Tell whether an action makes another row of its resource: it is sent a part of one."""
    sent = call.action and call.action.schema
    return bool(sent and issubclass(sent, call.resource.schema))
