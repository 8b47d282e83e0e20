"""Decide which page answers a request, and gather what it shows.

:func:`page` is given what JSON would have said.  A list, a row, the root and any other answer
have a page each; what was refused has one too, and a form that was refused is shown again.
"""

from __future__ import annotations

from flask import Response, make_response, redirect

from ..rest.call import Call
from ..rest.errors import ApiError
from ..rest.renderers import spelled
from ..rest.services import services
from . import index
from .access_notes import adding, barred, would_add
from .cells import Cells, guess, label, label_of
from .deletion_page import deletion_url
from .display_names import heading
from .filter_form import filter_form
from .form_state import typed
from .forms import form_for, is_from_page, may, query_form, would
from .headings import form_title, frame_of, heading_of, name_of
from .layout import respond
from .redirects import done, gone_on, makes_a_row
from .refusals import refused
from .related import related_lists
from .row_picker import choosing, list_wanted
from .stale_forms import COMES_BACK, lost, shown_again
from .tables import files_of, key_field, pager_of, table_of
from .urls import address, here, way_back
from .views import picture

ENVELOPE = ("count", "next", "previous", "results")


def page(call: Call | None, payload, status: int) -> Response | None:
    """Return the page for an answer, None where there is nothing to see."""
    if call is None:
        return refused(None, payload, status)
    if status in COMES_BACK and is_from_page(call) and (again := shown_again(call, payload, status)):
        return again
    if status == 405 and (missing := lost(call)):  # no form for a row that is not there
        return refused(call, missing.body, missing.status)
    if call.method == "GET" and is_from_page(call) and status in (200, 405) and (wanted := list_wanted(call.request)):
        return make_response(redirect(wanted, 303))
    if status >= 400:
        return not_done(call, payload, status)
    if call.method not in ("GET", "HEAD", "OPTIONS"):
        if is_from_page(call):
            if call.target.kind in ("list", "detail"):
                return done(call, payload)
            if status == 201 and call.target.makes:
                return gone_on(call, address(call.target.makes, payload["id"]), away=True)
            if status == 201 and makes_a_row(call):
                made = call.required_resource
                return gone_on(call, address(made.name, payload[key_field(made)]), away=True)
            if way_back() or call.method in ("PUT", "PATCH") and "GET" in call.target.handlers:
                return gone_on(call, here())
        if status == 204:
            return None
    if call.method in ("GET", "HEAD") and call.target.kind in _PAGES:
        return _PAGES[call.target.kind](call, payload)
    return plain(call, payload, status)


# -- what was asked for --------------------------------------------------------------------------
def listing(call: Call, payload: dict, errors: dict | None = None, status: int = 200) -> Response:
    """Return the page of a list."""
    rows = payload.get("results", [])
    registry, resource = services().registry, call.required_resource
    form = adding(call)
    if form and form.back and not errors:
        return respond("form.html", **frame_of(call, None, form_title(call, "POST")), form=form)
    parameters = resource.filter_set.describe()
    asked = choosing(call.args, parameters)
    shown = picture(registry, call, rows, "rows") if not errors and not asked else None
    filters = filter_form(parameters, call.args, errors or {}, call.user, _labels(resource))
    table = table_of(call, rows, bool(asked))  # after what offers rows, whose names are known then
    return respond(
        "list.html", status, **frame_of(call, payload, heading(resource)), table=table,
        pager=pager_of(call, payload) if not errors else None, picture=shown,
        folded=bool(shown) and registry.views[resource.view.split(":")[0]].instead,
        filters=filters, filter_errors=errors or {}, form=form, choosing=asked, files=[] if asked else files_of(call),
        actions=[] if asked else [_action(call, action) for action in resource.actions if not action.detail],
        may_log_in=would(call, "POST") or would_add(call), why=None if asked else barred(call),
    )  # fmt: skip


def detail(call: Call, payload: dict) -> Response:
    """Return the page of a row."""
    resource = call.required_resource
    method = "PATCH" if "PATCH" in call.target.handlers else "PUT"
    form = form_for(call, method, here(), payload) if _may_touch(call, method) else None
    removal = form_for(call, "DELETE", here()) if _may_touch(call, "DELETE") else None
    title, asks = name_of(call, payload), deletion_url(call)
    if form and form.back:
        frame = frame_of(call, None, form_title(call, method), title)
        return respond("form.html", **frame, form=form, removal=removal, removed=title, deletion_url=asks)
    return respond(
        "detail.html", **frame_of(call, payload, title, title),
        facts=_facts(resource.schema, payload, call, resource.model),
        picture=picture(services().registry, call, [payload], "row"),
        form=form, removal=removal, deletion_url=asks,
        actions=[_action(call, action) for action in resource.actions if action.detail],
        related=related_lists(resource, call.key, call.user), may_log_in=would(call, method), why=barred(call),
    )  # fmt: skip


def plain(call: Call, payload, status: int = 200) -> Response:
    """Return the page of an answer that is neither a list nor a row of a resource."""
    payload = spelled(payload)
    schema = call.target.schema("response", call.method)
    schema = schema if isinstance(schema, type) else None  # a piece of OpenAPI says nothing for people
    rows = payload.get("results", payload) if isinstance(payload, dict) else payload
    frame = frame_of(call, payload, **heading_of(call)) | {"forms": _forms(call, payload), "asked": _asked(call)}
    frame |= _narrowed(call)
    if way_back() and frame["forms"]:
        return respond("form.html", **frame, form=frame["forms"][0])
    if call.action is not None and call.action.view and status == 200 and call.method != "OPTIONS":
        shown = ("rows", rows) if call.action.many else ("row", [payload])
        if drawn := picture(services().registry, call, shown[1], shown[0]):
            return respond("plain.html", status, **frame, picture=drawn)
    if isinstance(payload, dict) and rows is payload:
        facts = _facts(schema, payload, call) if schema else [(label(key), guess(item)) for key, item in rows.items()]
        return respond("plain.html", status, **frame, facts=facts)
    if isinstance(payload, dict) and isinstance(rows, list):  # what stands beside the rows, such as where they end
        frame["facts"] = [(label(key), guess(item)) for key, item in payload.items() if key not in ENVELOPE]
        if not rows:
            return respond("plain.html", status, **frame)
    if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
        names = list(dict.fromkeys(name for row in rows for name in row))
        cells = Cells(schema, rows, call.user) if schema else None
        known = cells.fields if cells else {}
        made = [
            [cells.cell(name, row.get(name)) if cells and name in known else guess(row.get(name)) for name in names]
            for row in rows
        ]
        return respond("plain.html", status, **frame, heads=[label(name) for name in names], rows=made)
    return respond("plain.html", status, **frame, value=guess(payload))


def root(call: Call, payload: dict) -> Response:
    """Return the page of the API root."""
    groups, endpoints = index.groups(services().registry), index.endpoints(services().registry)
    return respond("index.html", **frame_of(call, payload, "Explore the API"), groups=groups, endpoints=endpoints)


_PAGES = {"list": listing, "detail": detail, "root": root}


# -- what was done or refused ----------------------------------------------------------------------
def not_done(call: Call, payload, status: int) -> Response:
    """Return the page that says why something was refused, with the form that it was about."""
    if status == 400 and call.method == "GET" and call.target.kind == "list" and isinstance(payload, dict):
        return listing(call, {}, payload, status)
    if status == 400 and _asked(call) and isinstance(payload, dict):
        wrong = payload if set(call.args) - {"format"} else {}  # nothing was asked yet
        return respond("plain.html", status, **frame_of(call, None, **heading_of(call)), asked=query_form(call, wrong))
    if status in (400, 429) and is_from_page(call) and call.target.schema("request", call.method):
        form = form_for(call, call.method, here(), typed(call.request.form), payload)
        return respond("form.html", status, **frame_of(call, None, form_title(call, call.method)), form=form)
    if status in (403, 405) and (why := barred(call)):
        return refused(call, None, 403, why)
    if status == 405 and call.target.kind in ("plain", "action"):
        if forms := _forms(call, None):
            if way_back() or call.target.makes:  # the form is what was asked for
                return respond("form.html", **frame_of(call, None, **heading_of(call)), form=forms[0])
            return respond("plain.html", **frame_of(call, None, **heading_of(call)), forms=forms)
    return refused(call, payload, status)


# -- what pages share -------------------------------------------------------------------------------
def _labels(resource) -> dict[str, str]:
    return {field.data_key or name: label_of(name, field) for name, field in resource.schema().fields.items()}


def _forms(call: Call, payload) -> list:
    """Return the form that a plain endpoint offers: one to change what it shows, else one to send something."""
    method = next((method for method in ("PATCH", "PUT", "POST") if may(call, method)), None)
    if method is None:
        return []
    values = payload if isinstance(payload, dict) and method != "POST" else None
    return [form_for(call, method, here(), values)]


def _asked(call: Call):
    """Return the form of the query parameters that are declared, None for none."""
    declares = call.target.query is not None and call.method in ("GET", "HEAD")
    return query_form(call) if declares else None


def _narrowed(call: Call) -> dict:
    """Return the form of the list's filters, by its name in templates, where an action takes them."""
    if call.action is None or not call.action.filtered or call.method == "OPTIONS":
        return {}
    parameters = call.required_resource.filter_set.describe()
    kept = call.target.query().load_fields if call.target.query else ()
    return {"filters": filter_form(parameters, call.args, {}, call.user, _labels(call.resource), kept)}


def _facts(schema, payload: dict, call: Call, model=None) -> list[tuple[str, object]]:
    cells = Cells(schema, [payload], call.user, model)
    known = {key: label_of(name, field) for key, (name, field) in cells.fields.items()}
    return [
        (known[key], cells.cell(key, value)) if key in known else (label(key), guess(value))
        for key, value in payload.items()
    ]


def _may_touch(call: Call, method: str) -> bool:
    """Tell whether the user may change this very row, as far as the rules can say beforehand."""
    return may(call, method) and _allows(call, call.target.access, method)


def _allows(call: Call, rules, method: str) -> bool:
    """Tell whether ``rules`` let the user at the very row that is shown."""
    if rules.row is None:
        return True
    try:
        return rules.row(call.user, call.row(), method)
    except ApiError:
        return False


def _action(call: Call, action) -> dict:
    path = action.path.strip("/")
    posts = [method for method in action.methods if method != "GET"]
    access = action.access or call.required_resource.rules
    url = address(call.required_resource.name, *([call.key] if action.detail else [])) + f"{path}/"
    presses = posts == ["POST"] and "GET" not in action.methods and action.schema is None
    return {
        "url": url,
        "label": label_of(path, action),
        "about": action.about,
        "presses": presses,
        "may": bool(access.rule(action.methods[0])(call.user))
        and (not action.detail or _allows(call, access, action.methods[0])),
    }
