"""What people call a row: the text of a link, the heading of a page, an option to choose.

A row is called by the column that is its name; where it has none (an exercise is named by its
translations), its subject registers how to find one.  Only rows that the user may see are
named: a reference to anything else stays a bare key.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable
from datetime import date, datetime

from flask import g
from marshmallow import ValidationError

from ..rest import fields
from ..rest.fields.references import parse_reference
from ..rest.resource import Resource
from ..rest.services import services
from ..rest.timezone import active_zone
from ..storage.keys import storable
from ..storage.model import Model, columns_of, key_of
from ..storage.predicates import any_of
from ..storage.query import Selection

MOST_OPTIONS = 50
_USUAL = ("name", "title", "full_name", "username")
_DAY = "date"


def naming_column(resource: Resource) -> str | None:
    """Return the column that names rows: a usual one, else the first text that every row has, else its date."""
    columns = columns_of(resource.model)
    for name in _USUAL:
        if name in columns:
            return name
    for name, field in resource.schema().load_fields.items():
        if isinstance(field, fields.String) and field.required and (field.attribute or name) in columns:
            return field.attribute or name
    return _DAY if _DAY in columns else None


class _Known:
    """What a page has learned of what rows are called: nothing is asked for twice."""

    def __init__(self) -> None:
        self.seen: dict[tuple, dict[str, str | None]] = {}  # by model and user; None: not a row that they see
        self.loaded: dict[type[Model], dict] = {}
        self.options: dict[tuple, list[tuple[str, str]] | None] = {}


def names_of(model: type[Model], keys: Iterable, user) -> dict[str, str]:
    """Return names of rows by key, both as texts, with a constant number of queries.

    Keys of rows that ``user`` may not see, and of models without a resource, are left out.
    """
    resource = services().registry.of_model(model)
    wanted = [key for key in map(lambda key: _parsed(model, key), dict.fromkeys(keys)) if key is not None]
    if resource is None or not wanted or not resource.rules.read(user):
        return {}
    seen, visible = _seen(model, user), resource.visible_to(user)
    missing = [key for key in wanted if str(key) not in seen]
    if missing and not visible.clauses and model in services().registry.names:  # everybody sees them all
        names = loaded_names(model, missing)
        seen |= {str(key): names.get(key) or plain_name(resource, key) for key in missing}
    elif missing:
        visible_names = _named(resource, visible.where(any_of(key_of(model), missing)))
        seen |= {str(key): None for key in missing}
        seen |= visible_names or {}
    return {str(key): name for key in wanted if (name := seen[str(key)]) is not None}


def names_of_shown(model: type[Model], keys: Iterable) -> dict[str, str]:
    """Return names by key, both as texts, of rows that the page shows anyway: whose they are need not be asked."""
    wanted = [key for key in map(lambda key: _parsed(model, key), keys) if key is not None]
    return {str(key): name for key, name in loaded_names(model, wanted).items()}


def names_apart(model: type[Model], keys: Iterable, user) -> dict[str, str]:
    """Return what :func:`names_of` does, and keep nothing of it: a table has more rows than are to be in memory."""
    try:
        return names_of(model, keys, user)
    finally:
        g.pop("known_names", None)


def name_shown(resource: Resource, row: dict) -> str | None:
    """Return what a row is called as its JSON ``row`` says it, None where that does not."""
    if resource.model in services().registry.names:
        return None
    wanted = naming_column(resource)
    for name, field in resource.schema().dump_fields.items():
        if (field.attribute or name) == wanted and isinstance(value := row.get(field.data_key or name), str):
            if isinstance(field, fields.String):
                return value or None
            if isinstance(field, fields.Date | fields.DateTime):
                return _of_day(resource, value[:10])  # in the zone in force already
    return None


def know_names(model: type[Model], names: dict) -> None:
    """Keep the ``names`` of rows of ``model``, by primary key, for the rest of the request: no function is asked."""
    _known().loaded.setdefault(model, {}).update(names)


def loaded_names(model: type[Model], keys: Iterable) -> dict:
    """Return what rows of ``model`` are called, by primary key, from the function given to ``add_names``.

    Rows without a name are left out.  It does not check whose rows they are: that is for functions which name their
    rows by other rows.  A key is asked for once a request.
    """
    known, wanted = _known().loaded.setdefault(model, {}), list(dict.fromkeys(keys))
    if missing := [key for key in wanted if key not in known]:
        known |= dict.fromkeys(missing) | services().registry.names[model](missing)
    return {key: known[key] for key in wanted if known[key] is not None}


def options(model: type[Model], user) -> list[tuple[str, str]] | None:
    """Return keys and names of the rows that ``user`` may choose from; None if they are too many."""
    resource = services().registry.of_model(model)
    if resource is None or not resource.rules.read(user):
        return None
    known, asked = _known().options, (model, user and user.id)
    if asked not in known:
        offered = _named(resource, resource.visible_to(user).order_by(*resource.order.default), MOST_OPTIONS)
        known[asked] = None if offered is None else list(offered.items())
        _seen(model, user).update(offered or {})
    return known[asked]


def _known() -> _Known:
    if "known_names" not in g:
        g.known_names = _Known()
    return g.known_names


def _seen(model: type[Model], user) -> dict[str, str | None]:
    return _known().seen.setdefault((model, user and user.id), {})


def plain_name(resource: Resource, key) -> str:
    """Return what a row is called that has no name: its kind and its key."""
    text = str(key)
    return f"{begun(resource.title)} {text[:8] if len(text) == 36 else text}"


def heading(resource: Resource) -> str:
    """Return what people call the list of a resource."""
    return resource.label or plural(resource.title)


def plural(title: str) -> str:
    """Return the heading of many: "weight entry" becomes "Weight entries"."""
    thing, of, kind = title.partition(" of ")  # glasses of water
    if of:
        return f"{plural(thing)}{of}{kind}"
    if title.endswith("ics"):  # statistics are many already
        return begun(title)
    if title.endswith("y") and title[-2:-1] not in tuple("aeiou"):
        title = f"{title[:-1]}ie"
    elif title.endswith(("s", "x", "ch", "sh")):
        title = f"{title}e"
    return f"{begun(title)}s"


def begun(title: str) -> str:
    """Return ``title`` with a capital in front."""
    return f"{title[:1].upper()}{title[1:]}"


def _named(resource: Resource, selection: Selection, most: int | None = None) -> dict[str, str] | None:
    """Return the names of rows by key, None where they are more than ``most``."""
    registry, key = services().registry, key_of(resource.model)
    column = naming_column(resource)
    rows = selection.rows((key.name, column or key.name), most and most + 1)
    if most and len(rows) > most:
        return None
    if resource.model in registry.names:
        given = loaded_names(resource.model, [key for key, _ in rows])
        return {str(key): given.get(key) or plain_name(resource, key) for key, _ in rows}
    return {str(key): _text(resource, key, value if column else None) for key, value in rows}


def _text(resource: Resource, key, value) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(active_zone()).date()
    if isinstance(value, date):
        return _of_day(resource, value.isoformat())
    return str(value) if value else plain_name(resource, key)


def _of_day(resource: Resource, day: str) -> str:
    return f"{begun(resource.title)} of {day}"


def _parsed(model: type[Model], key) -> int | str | uuids.UUID | None:
    try:
        parsed = parse_reference(model, str(key))
    except ValidationError:
        return None
    return parsed if storable(parsed) else None
