"""Decide which page answers a request, and gather what it shows.

:func:`page` is given what JSON would have said.  A list, a row, the root and any other answer
have a page each; what was refused has one too, and a form that was refused is shown again.
"""

from __future__ import annotations

from flask import Response, current_app, flash, redirect

from ..errors import ApiError
from ..recipe import Call
from ..services import services
from . import index
from .cells import Cells, guess, label, label_of, pretty
from .choosing import choosing, list_wanted
from .deleting import deletion_url
from .filtering import filter_form
from .forms import form_for, is_from_page, may, typed, would
from .frame import respond
from .names import begun, heading, names_of, plain_name
from .paths import LAND, address, as_json, here, listed, way_back
from .related import related_lists
from .tables import key_field, pager_of, table_of
from .view import picture

_TITLES = {
    400: "This cannot be done", 403: "This is not open to you", 404: "There is nothing here",
    405: "This address does something else", 406: "No such format", 413: "That is too large",
    415: "No such format", 429: "Too many requests", 500: "Something went wrong",
    503: "The database does not answer",
}  # fmt: skip
_BEGUN = {"POST": "Add", "DELETE": "Delete"}
_DONE = {"POST": "{} was added.", "PUT": "The changes were saved.", "PATCH": "The changes were saved.",
         "DELETE": "{} was deleted."}  # fmt: skip


def page(call: Call | None, payload, status: int) -> Response | None:
    """Return the page for an answer, None where there is nothing to see."""
    if call is None:
        return refused(None, payload, status)
    if status == 405 and (lost := _lost(call)):  # no form for a row that is not there
        return refused(call, lost.body, lost.status)
    if call.method == "GET" and is_from_page(call) and status in (200, 405) and (wanted := list_wanted(call.request)):
        return redirect(wanted, 303)
    if status >= 400:
        return not_done(call, payload, status)
    if call.method not in ("GET", "HEAD", "OPTIONS"):
        if is_from_page(call):
            if call.target.kind in ("list", "detail"):
                return done(call, payload)
            if status == 201 and _makes_a_row(call):
                return gone_on(call, address(call.resource.name, payload[key_field(call.resource)]), away=True)
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
    registry, resource = services().registry, call.resource
    form = form_for(call, "POST", here()) if may(call, "POST") else None
    if form and form.back and not errors:
        return respond("form.html", **_frame(call, None, _form_title(call, "POST")), form=form)
    parameters = resource.filter_set.describe()
    asked = choosing(call.args, parameters)
    shown = picture(registry, call, rows, "rows") if not errors and not asked else None
    return respond(
        "list.html", status, **_frame(call, payload, heading(resource)), table=table_of(call, rows, bool(asked)),
        pager=pager_of(call, payload) if not errors else None, picture=shown,
        folded=bool(shown) and registry.views[resource.view.split(":")[0]].instead,
        filters=filter_form(parameters, call.args, errors or {}, call.user, _labels(resource)),
        filter_errors=errors or {}, form=None if asked else form, may_log_in=would(call, "POST"), choosing=asked,
    )  # fmt: skip


def detail(call: Call, payload: dict) -> Response:
    """Return the page of a row."""
    resource = call.resource
    method = "PATCH" if "PATCH" in call.target.handlers else "PUT"
    form = form_for(call, method, here(), payload) if _may_touch(call, method) else None
    removal = form_for(call, "DELETE", here()) if _may_touch(call, "DELETE") else None
    title, asks = _name(call), deletion_url(call)
    if form and form.back:
        frame = _frame(call, None, _form_title(call, method), title)
        return respond("form.html", **frame, form=form, removal=removal, removed=title, deletion_url=asks)
    return respond(
        "detail.html", **_frame(call, payload, title, title),
        facts=_facts(resource.schema, payload, call, resource.model),
        picture=picture(services().registry, call, [payload], "row"),
        form=form, removal=removal, deletion_url=asks,
        actions=[_action(call, action) for action in resource.actions if action.detail],
        related=related_lists(resource, call.key, call.user), may_log_in=would(call, method),
    )  # fmt: skip


def plain(call: Call, payload, status: int = 200) -> Response:
    """Return the page of an answer that is neither a list nor a row of a resource."""
    schema = call.target.schema("response", call.method)
    rows = payload.get("results", payload) if isinstance(payload, dict) else payload
    frame = _frame(call, payload, **_heading(call)) | {"forms": _forms(call, payload)}
    if way_back() and frame["forms"]:
        return respond("form.html", **frame, form=frame["forms"][0])
    if call.action is not None and call.action.view and status == 200 and call.method != "OPTIONS":
        shown = ("rows", rows) if call.action.many else ("row", [payload])
        if drawn := picture(services().registry, call, shown[1], shown[0]):
            return respond("plain.html", status, **frame, picture=drawn)
    if isinstance(payload, dict) and rows is payload:
        facts = _facts(schema, payload, call) if schema else [(label(key), guess(item)) for key, item in rows.items()]
        return respond("plain.html", status, **frame, facts=facts)
    if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
        names = list(dict.fromkeys(name for row in rows for name in row))
        cells = Cells(schema, rows, call.user) if schema else None
        known = cells.fields if cells else {}
        made = [
            [cells.cell(name, row.get(name)) if name in known else guess(row.get(name)) for name in names]
            for row in rows
        ]
        return respond("plain.html", status, **frame, heads=[label(name) for name in names], rows=made)
    return respond("plain.html", status, **frame, value=guess(payload))


def root(call: Call, payload: dict) -> Response:
    """Return the page of the API root."""
    return respond("index.html", **_frame(call, payload, "Explore the API"), groups=index.groups(services().registry),
                   endpoints=index.endpoints(services().registry))  # fmt: skip


_PAGES = {"list": listing, "detail": detail, "root": root}


# -- what was done or refused ----------------------------------------------------------------------
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
        is_row = call.resource is not None and (call.action is None or away)
        flash(_DONE[call.method].format(begun(call.resource.title)) if is_row else f"{_title(call)}: done.")
    return redirect(where if away else way_back() or where, 303)


def _makes_a_row(call: Call) -> bool:
    """Tell whether an action makes another row of its resource: it is sent a part of one."""
    sent = call.action and call.action.schema
    return bool(sent and issubclass(sent, call.resource.schema))


def not_done(call: Call, payload, status: int) -> Response:
    """Return the page that says why something was refused, with the form that it was about."""
    if status == 400 and call.method == "GET" and call.target.kind == "list" and isinstance(payload, dict):
        return listing(call, {}, payload, status)
    if status == 400 and is_from_page(call) and call.target.schema("request", call.method):
        form = form_for(call, call.method, here(), typed(call), payload)
        return respond("form.html", status, **_frame(call, None, _form_title(call, call.method)), form=form)
    if status == 405 and call.target.kind in ("plain", "action"):
        if forms := _forms(call, None):
            if way_back():  # the form is what was asked for
                return respond("form.html", **_frame(call, None, **_heading(call)), form=forms[0])
            return respond("plain.html", status, **_frame(call, payload, **_heading(call)), forms=forms)
    return refused(call, payload, status)


def refused(call: Call | None, payload, status: int) -> Response:
    """Return the page of an error."""
    detail = payload.get("detail") if isinstance(payload, dict) else None
    facts = [] if detail or not isinstance(payload, dict) else [(label(key), guess(v)) for key, v in payload.items()]
    title = _TITLES.get(status, "This cannot be done")
    frame = _frame(call, payload, title) if call else {"crumbs": [], "title": title}
    asks = status == 403 and (call is None or call.user is None)
    frame["title"] = "Please log in" if asks else title
    sentence = str(detail or ("" if facts else guess(payload).text))
    return respond("error.html", status, **frame, status=status, sentence=sentence, facts=facts, asks=asks)


# -- what pages share -------------------------------------------------------------------------------
def _frame(call: Call, payload, title: str, name: str | None = None) -> dict:
    """Return what every page of a target shows around its content; ``name`` is that of the row, if it is known."""
    return {
        "call": call, "title": title, "crumbs": _crumbs(call, _name(call) if name is None else name),
        "about": index.plain_words(call.target.about),
        "resource": call.resource, "json_url": as_json(call.args, call.suffix),
        "json_text": pretty(payload) if payload is not None else "", "allow": call.target.headers["Allow"],
    }  # fmt: skip


def _crumbs(call: Call, name: str) -> list[tuple[str, str]]:
    made = [("API", address())]
    if call.target.kind == "root":
        return made
    if call.resource is None:
        return [*made, (_title(call), here())]
    made.append((heading(call.resource), address(call.resource.name)))
    if call.key is not None:
        made.append((name, address(call.resource.name, call.key)))
    if call.action is not None:
        made.append((_title(call), here()))
    return made


def _title(call: Call) -> str:
    return label_of(call.action.path, call.action) if call.action else label(call.target.name)


def _heading(call: Call) -> dict[str, str]:
    """Return the title of the page of what is no resource's list or row, and the name in it."""
    name = _name(call)
    return {"title": f"{_title(call)}: {name}" if name else _title(call), "name": name}


def _labels(resource) -> dict[str, str]:
    return {field.data_key or name: label_of(name, field) for name, field in resource.schema().fields.items()}


def _forms(call: Call, payload) -> list:
    """Return the form that a plain endpoint offers: one to change what it shows, else one to send something."""
    method = next((method for method in ("PATCH", "PUT", "POST") if may(call, method)), None)
    if method is None:
        return []
    values = payload if isinstance(payload, dict) and method != "POST" else None
    return [form_for(call, method, here(), values)]


def _form_title(call: Call, method: str) -> str:
    if call.resource is None or call.action is not None:
        return _heading(call)["title"]
    return f"{_BEGUN.get(method, 'Change')} {call.resource.title}"


def _name(call: Call) -> str:
    """Return what the row is called that the address names, nothing where it names none."""
    if call.resource is None or call.key is None:
        return ""
    found = names_of(call.resource.model, [call.key], call.user)
    return next(iter(found.values()), "") or plain_name(call.resource, call.key)


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


def _lost(call: Call) -> ApiError | None:
    """Return why the row that the address names cannot be seen, None where it can or there is none."""
    if call.resource is not None and call.key is not None:
        try:
            call.row(filtered=False)
        except ApiError as error:
            return error
    return None


def _allows(call: Call, rules, method: str) -> bool:
    """Tell whether ``rules`` let the user at the very row that is shown."""
    if rules.row is None:
        return True
    try:
        return rules.row(call.user, call.resource.fetch(call.selection()), method)
    except ApiError:
        return False


def _action(call: Call, action) -> dict:
    path = action.path.strip("/")
    posts = [method for method in action.methods if method != "GET"]
    access = action.access or call.resource.rules
    url = address(call.resource.name, call.key) + f"{path}/"
    presses = posts == ["POST"] and "GET" not in action.methods and action.schema is None
    return {
        "url": url, "label": label_of(path, action), "about": action.about, "presses": presses,
        "may": bool(access.rule(action.methods[0])(call.user)) and _allows(call, access, action.methods[0]),
    }  # fmt: skip
