"""Forms that make, change and delete rows, for users who may.

A browser can only post: a hidden ``_method`` says what is meant, and the kit's steps read it.
What was refused is shown again as it was typed, with each complaint beside its field.

A query fills the form of a new row: ``/api/v2/slot/?day=5`` offers to add a slot to that day.
With ``_next`` in it too, the form is all that is shown, and leads back to that address.  ``_ask``
names the fields that matter there; the others are folded away, unless something is wrong with
them, and ``_tell`` names those of them whose values are said all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..rest.bodies import FORM_TYPES
from ..rest.call import Call
from ..rest.resource import DELETION, Resource
from ..rest.target import Target
from ..storage.model import columns_of
from .cells import label_of
from .controls import Control
from .error_texts import sentences
from .form_state import MARK, TYPED, unpacked
from .row_picker import chosen, kept
from .tables import key_field
from .urls import ASK, LAND, TELL, address, here, listed, way_back
from .widgets import CHOOSE, controls_of, widget_of

_VERBS = {"PUT": "Save", "PATCH": "Save", "DELETE": "Delete"}


@dataclass(slots=True)
class Form:
    """A form: where it is sent and leads back to, what it holds, and what was wrong with all of it."""

    action: str
    method: str
    controls: list[Control]
    submit: str
    errors: list[str] = field(default_factory=list)
    is_begun: bool = False  # its user left it to choose something, and is back
    usual: tuple[str, ...] = ()  # what is asked where nothing else is said
    back: str = field(default_factory=way_back)
    ask: list[str] = field(default_factory=lambda: listed(ASK))
    tell: list[str] = field(default_factory=lambda: listed(TELL))
    land: list[str] = field(default_factory=lambda: listed(LAND))
    chosen_for: list[tuple[str, str]] = field(default_factory=kept)  # a new row is chosen for this form

    @property
    def asked(self) -> list[Control]:
        """The controls to show: those that were asked for, and those that something is wrong with or missing."""
        wanted = self.ask or self.usual
        if not {control.name for control in self.controls}.intersection(wanted):
            return self.controls
        urgent = [control for control in self.controls if control.name not in wanted and _is_urgent(control)]
        return urgent + sorted(
            (control for control in self.controls if control.name in wanted),
            key=lambda control: wanted.index(control.name),
        )

    @property
    def folded(self) -> list[Control]:
        """The other controls."""
        shown = {control.name for control in self.asked}
        return [control for control in self.controls if control.name not in shown]

    @property
    def told(self) -> list[Control]:
        """Those of the other controls whose values say what the form is about."""
        return [control for control in self.folded if control.name in self.tell and control.words]

    @property
    def has_file(self) -> bool:
        """Whether a file can be sent, which needs another encoding."""
        return any(control.type == "file" for control in self._all)

    @property
    def chooses(self) -> bool:
        """Whether a button of it leads to a list to choose from."""
        return any(control.chooses for control in self._all)

    @property
    def wrong(self) -> list[Control]:
        """The controls that were complained about."""
        return [control for control in self._all if control.errors]

    @property
    def _all(self) -> list[Control]:
        return [inner for control in self.controls for inner in control.nested_controls]


def _is_urgent(control: Control) -> bool:
    return any(inner.errors for inner in control.nested_controls) or control.required and not control.value


def may(call: Call, method: str, target: Target | None = None) -> bool:
    """Tell whether the user may use ``method`` here, or at another ``target``."""
    target = target or call.target
    return method in target.handlers and bool(target.access.rule(method)(call.user))


def would(call: Call, method: str) -> bool:
    """Tell whether logging in might help: no user is logged in, and ``method`` is there for some."""
    return call.user is None and method in call.target.handlers and not may(call, method)


def form_for(call: Call, method: str, action: str, values: Mapping | None = None, errors=None) -> Form:
    """Return the form of ``method``, filled with ``values`` and marked with ``errors``."""
    deletes = method == "DELETE"
    schema = call.required_resource.deletion if deletes else call.target.schema("request", method)
    resource = call.resource if call.action is None else None
    if method == "POST" and values is None and schema:
        values = (defaults_of(resource) if resource else {}) | asked_for(call, schema)
    begun = carried(call, schema) | chosen(call.args) if schema else {}
    values = {**(values or {}), **begun}
    complaints = dict(errors) if isinstance(errors, Mapping) else {}
    general = [] if isinstance(errors, Mapping) or not errors else sentences(errors)
    changes, key = method in ("PUT", "PATCH"), key_field(resource) if resource else ""
    controls = controls_of(schema, values, complaints, call.user, changes, key or "") if schema else []
    if deletes:
        for control in controls:
            control.form = f"{address(call.required_resource.name, call.key)}{DELETION}/"
    known = {control.name for control in controls}
    for name, wrong in complaints.items():
        if name not in known:
            general += sentences(wrong)
    named = label_of(call.action.path, call.action) if call.action else "Send"
    usual = "Add" if resource or call.target.makes else named
    return Form(action, method, controls, _VERBS.get(method, usual), general, bool(begun), call.target.asks)


def query_form(call: Call, errors: Mapping | None = None) -> Form:
    """Return the form of the declared query parameters, as they are in the query; ``errors`` are by parameter."""
    schema = call.target.query
    if schema is None:
        raise LookupError(f"{call.target.name} declares no query")
    defaults = {
        wire.data_key or name: wire.load_default
        for name, wire in schema().load_fields.items()
        if isinstance(wire.load_default, str | int | float)
    }
    controls = controls_of(schema, defaults | asked_for(call, schema), errors or {}, call.user, False)
    for control in controls:
        if control.chooses:  # a row is chosen for what is sent, and this is only looked at
            control.chooses, control.adds, control.hint = False, "", control.hint.replace(CHOOSE, "its key")
            control.widget = "input" if control.widget == "select" else control.widget
    return Form(here(), "GET", controls, "Show", back="")


def defaults_of(resource: Resource) -> dict:
    """Return what a new row's fields hold unless they are given, as far as that is constant."""
    columns, defaults = columns_of(resource.model), {}
    for name, wire in resource.schema().load_fields.items():
        column = columns.get(wire.attribute or name)
        default = getattr(column, "default", None)
        if default is not None and not callable(default):
            defaults[wire.data_key or name] = default
    return defaults


def asked_for(call: Call, schema) -> dict:
    """Return what the query says a new row should begin with."""
    asked = {}
    for name, wire in schema().load_fields.items():
        key = wire.data_key or name
        if key in call.args and widget_of(wire) != "file":
            values = call.args.getlist(key)
            asked[key] = values if _takes_several(wire) else values[-1]
    return asked


def carried(call: Call, schema) -> dict:
    """Return what had been typed into a form before its user left it to choose something."""
    wires = {wire.data_key or name: wire for name, wire in schema().load_fields.items()}
    values = unpacked(call.args.get(TYPED, ""))
    return {name: value for name, value in values.items() if _takes(wires.get(name.partition(".")[0]), value)}


def _takes(wire, value) -> bool:
    """Tell whether a control can show ``value``: a file cannot be chosen beforehand."""
    if wire is None:
        return False
    return widget_of(wire) != "file" and (isinstance(value, str) or _takes_several(wire))


def _takes_several(wire) -> bool:
    return getattr(wire, "takes_several", False)


def is_from_page(call: Call) -> bool:
    """Tell whether a page's form was sent, not a program's request that asks for HTML."""
    request = call.request
    return (
        request.method == "POST"
        and request.mimetype in FORM_TYPES
        and (MARK in request.form or "_method" in request.form)
    )
