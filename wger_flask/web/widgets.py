"""What each widget that a field names makes of a control.

A widget is a function ``widget(control, field, value, user)`` that completes a :class:`Control`; the class of a field
names the one that it takes (:class:`..rest.fields.Field`), and the registry has them by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from ..rest import fields
from ..rest.bodies import parts_of
from ..rest.fields.nested_input import Items
from ..rest.services import services
from ..rest.timezone import active_zone, zone_names
from ..storage.model import Model
from .cells import label_of
from .controls import Control, Group
from .display_names import names_of, options
from .error_texts import sentences
from .urls import address

ONE_LINE = 255
CHOOSE = "choose one, or type its key"


def control_of(name: str, wire: fields.Field, value, user, errors: list[str], changes: bool) -> Control:
    """Return the control of a field; ``changes`` tells that a row is changed, not made."""
    widget = widget_of(wire)
    made = Control(
        name,
        label_of(name, wire),
        hint=getattr(wire, "help", ""),
        errors=errors,
        required=wire.required and not (changes and widget == "file"),
    )
    services().registry.widgets[widget](made, wire, value, user)
    return made


def widget_of(wire) -> str:
    """Return the name of a field's widget; one of marshmallow's own is a text."""
    return getattr(wire, "widget", "text")


def _line(made: Control, wire, value, user) -> None:
    longest = getattr(wire, "max_length", None)
    made.value = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    if longest:
        made.attributes["maxlength"] = str(longest)


def _text(made: Control, wire, value, user) -> None:
    _line(made, wire, value, user)
    if getattr(wire, "max_length", 0) > ONE_LINE:
        made.widget = "textarea"


def _password(made: Control, wire, value, user) -> None:
    _line(made, wire, "", user)
    made.type, made.attributes["autocomplete"] = "password", "current-password"


def _time_zone(made: Control, wire, value, user) -> None:
    _line(made, wire, value, user)
    made.options = [(name, name) for name in sorted(zone_names())]
    made.attributes |= {"data-detect": "time-zone", "autocomplete": "off"}


def _url(made: Control, wire, value, user) -> None:
    _line(made, wire, value, user)
    made.type = "url"


def _number(made: Control, wire, value, user, is_whole: bool = False) -> None:
    made.value = "" if value is None else str(value)
    made.attributes["inputmode"] = number_keys(is_whole)


def number_keys(is_whole: bool) -> str:
    """Return which keys a phone shows for a number.

    The control is one of text: browsers drop the decimal sign of another language from theirs for
    numbers, so that 62,5 would become 625.
    """
    return "numeric" if is_whole else "decimal"


def _boolean(made: Control, wire, value, user) -> None:
    if wire.allow_none:
        made.widget, made.options = "select", [("", "unknown"), ("true", "yes"), ("false", "no")]
        made.value = {None: "", True: "true", False: "false"}.get(value, value)
    else:
        made.on, made.off = wire.on, wire.off
        made.widget, made.value, made.required = "tick", value in (True, "true", "on", "True", made.on), False


def _choice(made: Control, wire, value, user) -> None:
    made.widget, made.value = "select", "" if value is None else str(value)
    nothing = [] if wire.required and made.value else [("", "—")]
    made.options = [*nothing, *((str(key), str(text)) for key, text in wire.choices.items())]


def _moment(made: Control, wire, value, user) -> None:
    if value is None and wire.required:
        value = datetime.now(active_zone()).replace(second=0, microsecond=0).isoformat()
    show_moment(made, value)


def show_moment(made: Control, value: str | None) -> None:
    """Let ``made`` show a moment: the browser's control for moments, or a text where that cannot hold it."""
    made.type, made.attributes["step"] = "datetime-local", "1"
    made.value = local_moment(value)
    if made.value and not _is_local(made.value):  # also as it was typed, or a list of what was
        made.type = "text"


def local_moment(value: str | None) -> str:
    """Return a moment as the browser's control takes it, in the zone in force; others as they are.

    Fractions of a second stay, as far as the control knows them: sets that were logged within a
    second would else change places when one of them is changed.  So does the offset in an hour that clocks
    show for the second time, where the control knows none: sent back without it, it would be the first.
    """
    try:
        moment = datetime.fromisoformat(value or "")
    except (TypeError, ValueError):
        return value or ""
    if moment.tzinfo is not None:
        moment = moment.astimezone(active_zone())
    told = moment if moment.fold else moment.replace(tzinfo=None)
    return told.isoformat(timespec="milliseconds" if moment.microsecond >= 1000 else "seconds")


def _is_local(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is None
    except (TypeError, ValueError):
        return False


def _day(made: Control, wire, value, user) -> None:
    made.type, made.value = "date", value or ""
    if value is None and wire.required:
        made.value = (datetime.now(active_zone()).date() + wire.ahead).isoformat()


def _time(made: Control, wire, value, user) -> None:
    made.type, made.attributes["step"], made.value = "time", "1", value or ""


def _json(made: Control, wire, value, user) -> None:
    made.widget, made.type = "textarea", "code"
    made.value = "" if value is None else value if isinstance(value, str) else json.dumps(value, indent=2)


def _picks(made: Control, wire: fields.JsonPicks, value, user) -> None:
    """Offer the choices to be ticked, and what is picked that is none: who sees it can take it away."""
    if isinstance(value, str):  # as it was typed
        value = [value]
    picked = [item for item in value if item] if isinstance(value, list) else wire.picked(value)
    others = [item for item in picked if item not in wire.choices]
    made.widget, made.value = "ticks", picked
    made.options = [*wire.choices.items(), *((item, item) for item in others)]


def _reference(made: Control, wire, value, user) -> None:
    made.value = "" if value is None else str(value)
    offer(made, wire.model, user)
    if made.widget == "select" and not made.options:
        _may_be_added(made, wire.model, user)
    elif made.source:
        made.chooses, made.hint = True, getattr(wire, "help", "")
        named = names_of(wire.model, [made.value], user).get(made.value, "") if made.value else ""
        if named:  # a drop-down of one: people read its name, the form sends its key
            made.widget, made.options = "select", [(made.value, named)]
        else:
            made.hint = " · ".join(filter(None, (made.hint, CHOOSE)))
    if made.widget == "select" and not (wire.required and made.value):
        made.options = [("", "—"), *made.options]


def _may_be_added(made: Control, model: type[Model], user) -> None:
    """Offer to add a row where there is none to choose from."""
    resource = services().registry.of_model(model)
    if resource is not None and "POST" in resource.methods and resource.rules.write(user):
        made.adds, made.source, made.chooses = resource.title, address(resource.name), True


def _references(made: Control, wire, value, user) -> None:
    made.value = [str(item) for item in value or ()]
    offer(made, wire.model, user)
    if made.widget == "select":
        made.widget = "ticks"
    else:
        made.widget, made.value = "keys", [*made.value, "", "", ""]


def _file(made: Control, wire, value, user) -> None:
    made.type, made.attributes["accept"] = "file", wire.accept
    if value:
        made.hint = " ".join(filter(None, (made.hint, "Leave empty to keep the present one.")))


def offer(made: Control, model: type[Model], user) -> None:
    """Make a control a choice among rows, or say where they are listed if they are too many."""
    resource = services().registry.of_model(model)
    offered = options(model, user)
    if offered is not None:
        made.widget, made.options = "select", offered
    elif resource is not None:
        made.hint = " ".join(filter(None, (made.hint, f"the key of a row of {resource.name}")))
        made.source = address(resource.name)


WIDGETS: dict[str, Callable[..., None]] = {
    "text": _text, "password": _password, "time-zone": _time_zone, "url": _url, "number": _number,
    "whole-number": partial(_number, is_whole=True), "boolean": _boolean, "choice": _choice, "moment": _moment,
    "date": _day, "time": _time, "json": _json, "picks": _picks, "reference": _reference, "references": _references,
    "file": _file,
}  # fmt: skip
OBJECTS = "objects"  # the widget of objects inside an object, which is made of the widgets of their fields


def controls_of(schema, values: Mapping, errors: Mapping, user, changes: bool, key_name: str = "") -> list[Control]:
    """Return a control for every field that a body may hold.

    The primary key ``key_name`` gets one only where the server does not choose it.
    """
    made = []
    for name, wire in schema().load_fields.items():
        key = wire.data_key or name
        widget = widget_of(wire)
        if widget == OBJECTS:
            made.append(_objects(key, wire, values, errors.get(key), user))
            continue
        if not widget or key == key_name and not wire.required:
            continue
        made.append(control_of(key, wire, values.get(key), user, sentences(errors.get(key)), changes))
    return made


def _objects(name: str, wire: Items, values: Mapping, errors, user) -> Control:
    """Return the control of objects inside an object: groups of controls, or a text with one object on a line."""
    made = Control(name, label_of(name, wire), hint=getattr(wire, "help", ""), required=wire.required)
    if wire.only_field:
        made.widget, made.value, made.errors = "textarea", values.get(name) or "", sentences(errors)
        return made
    given = parts_of(values, name)
    wrong = errors if isinstance(errors, list) and all(isinstance(each, Mapping) for each in errors) else []
    made.widget, made.errors = "groups", [] if wrong else sentences(errors)
    for place in range(max(len(wire.titles), len(given))):
        fixed = wire.fixed[place] if place < len(wire.fixed) else {}
        inner = {**(given[place] if place < len(given) else {}), **fixed}
        complaints = dict(wrong[place]) if place < len(wrong) else {}
        by_name = {control.name: control for control in controls_of(wire.schema, inner, complaints, user, False)}
        controls = [by_name[key] for key in wire.asks or by_name]
        for key in fixed:
            by_name[key].widget = "hidden"
        seen = {control.name for control in controls if control.widget != "hidden"}
        general = [text for key, said in complaints.items() if key not in seen for text in sentences(said)]
        for control in controls:
            for each in control.nested_controls:
                each.name = f"{name}.{place}.{each.name}"
        title = wire.titles[place] if place < len(wire.titles) else ""
        made.groups.append(Group(title, controls, general, wire.required and not place))
    return made
