"""Where one goes after a form was taken, and what is said there."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, current_app, flash, make_response, redirect

from ..rest.call import Call
from ..rest.services import services
from ..storage.model import key_of
from .display_names import begun
from .headings import made_by, title_of
from .row_picker import choosing
from .tables import key_field
from .urls import LAND, address, listed, way_back

MOST = 2000  # rows that are looked through for a new one
_SAVED = "The changes were saved."
_DONE = {"POST": "{} was added.", "PUT": _SAVED, "PATCH": _SAVED, "DELETE": "{} was deleted."}


def done(call: Call, payload) -> Response:
    """Go on after a form was taken: to the list with one's new row in it, to a row that was changed."""
    resource = call.required_resource
    where, key = address(resource.name), key_field(resource)
    if call.method == "DELETE" or not key or not payload:
        return gone_on(call, where)
    selection, new = resource.visible_to(call.user), payload[key]
    if call.method == "POST" and (asked := choosing(call.request.form, ())):
        return gone_on(call, asked.url(new), away=True)
    view = services().registry.views.get(resource.view.split(":")[0])
    if call.method != "POST" or resource.owner is None or listed(LAND) or view is not None and view.lands:
        if resource.by_key(selection, str(new)).exists():
            return gone_on(call, address(resource.name, new), away=bool(listed(LAND)))
        return gone_on(call, where)
    return gone_on(call, where + _place(resource, selection, new))


def _place(resource, selection, new) -> str:
    """Return the query of the page of the list on which the row ``new`` is, nothing where it is not among the first."""
    column, size = key_of(resource.model), resource.pagination.default
    keys = [str(key) for (key,) in selection.order_by(*resource.for_people).rows((column.name,), MOST)]
    if str(new) not in keys:
        return ""
    before = keys.index(str(new)) // size * size
    return (f"?{urlencode({'offset': before})}" if before else "") + f"#row-{new}"


def gone_on(call: Call, where: str, away: bool = False) -> Response:
    """Go to where the form was opened from, else (or if it leads ``away``) to ``where``; say there what was done."""
    if current_app.secret_key:
        made = made_by(call) or call.resource
        is_row = made is not None and (call.action is None or away)
        flash(_DONE[call.method].format(begun(made.title)) if made and is_row else f"{title_of(call)}: done.")
    return make_response(redirect(where if away else way_back() or where, 303))


def makes_a_row(call: Call) -> bool:
    """Tell whether an action makes another row of its resource: it is sent a part of one."""
    sent = call.action and call.action.schema
    return bool(sent and issubclass(sent, call.required_resource.schema))
