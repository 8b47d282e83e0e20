"""What a deletion can be told, and what it takes along.

``Resource.deletion`` is a schema of what may stand in the query of a DELETE, or in its body.
Such a value decides what is lost, so none that is wrong is read as absent: it is refused, and
nothing is deleted.  That goes for a name that is nearly one of these, too.

Where other rows hang on a row, ``deletion/`` below it says beforehand how many of what go, and
how many stay.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from marshmallow import ValidationError
from marshmallow import fields as plain

from ..storage import cascade
from ..storage.links import is_link
from ..storage.model import Model, label_of, references_to
from . import fields
from .actions import Action
from .bodies import FormData
from .call import Call
from .errors import Invalid
from .filtering.values import BooleanKind
from .permissions import Access
from .resource import DELETION, HISTORY, Resource
from .schema import Schema, parse
from .services import services

_TWICE = "This is said twice, and differs."
_LIKENESS = 0.7  # of a name that was meant to be another


class Truth(fields.Boolean):
    """True or False in a deletion's query or body; texts are ``True`` and ``False`` alone.

    Other spellings are refused (400) and not guessed at: rows would be lost by a wrong guess.
    """

    on, off = "True", "False"
    parameter = {"type": "string", "enum": [on, off]}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, bool):
            return value
        if value not in (self.on, self.off):
            raise ValidationError(BooleanKind.neither)
        return value == self.on


class Presence(fields.Boolean):
    """A parameter of a deletion that is true where it is present, whatever its value; JSON's false is false."""

    on, off = "1", ""
    parameter = {"type": "string"}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return value is not False


class HistoryDeletionSchema(Schema):
    """What the deletion of a plan (a routine, a day, a slot) can be told."""

    with_history = Truth(label="Delete the history too", help="take along what was done with it, which stays otherwise")


class DeletionSchema(Schema):
    """How many rows a deletion deletes, and how many it only cuts a reference of, by their resource."""

    goes = plain.Dict(keys=plain.String(), values=plain.Integer())
    stays = plain.Dict(keys=plain.String(), values=plain.Integer())


def told(call: Call) -> dict[str, Any]:
    """Return the parameters of the deletion that ``call`` asks for, parsed by ``Resource.deletion``: a dictionary.

    They stand in the query or in the body.  Raises :class:`~.errors.Invalid` (400) for a value that cannot be read, two
    values that differ, and a name that is nearly one of the schema's: nothing is deleted then.
    """
    resource = call.required_resource
    schema, filters = resource.deletion, resource.filter_set
    consequences: dict[str, Any] = {}
    errors = filters.ignored(call.args)
    names, others = set(schema().load_fields) if schema else set(), {*filters.by_param, "format"}
    errors |= {name: [_TWICE] for name, texts in call.args.lists() if name in names and len(set(texts)) > 1}
    if schema is not None:
        for values in (call.args.to_dict(), _sent(call)):
            data, wrong = parse(schema, values)
            wrong |= {name: [_TWICE] for name, value in data.items() if value != consequences.get(name, value)}
            if not isinstance(values, FormData):
                wrong |= _misspelled(set(values) - names - others, names)
            consequences, errors = data | consequences, wrong | errors
    if errors:
        raise Invalid(errors)
    return consequences


def _sent(call: Call) -> dict[str, Any]:
    """Return the body; only a page's form, which sends all that it has, may say nothing by an empty value."""
    if call.method != "DELETE":
        return {}
    return call.body if call.request.method == "POST" else dict(call.body)


def _misspelled(unknown: set[str], meant: set[str]) -> dict[str, list[str]]:
    """Return what is wrong with the names ``unknown`` that are nearly one of ``meant``."""
    folded, wrong_names = {_folded(name): name for name in meant}, {}
    for name in sorted(unknown):
        for near in difflib.get_close_matches(_folded(name), folded, 1, _LIKENESS):
            wrong_names[name] = [f"There is no such parameter; the nearest is {folded[near]}."]
    return wrong_names


def _folded(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower())


# -- what goes and what stays --------------------------------------------------------------------------
@contextmanager
def told_why_not() -> Iterator[None]:
    """Turn :class:`~..storage.cascade.StillReferenced` into a 400 that says which rows still refer to the row."""
    try:
        yield
    except cascade.StillReferenced as held:
        raise Invalid({"non_field_errors": [f"This is {held}."]}) from None


def look_ahead(call: Call) -> dict[str, Any]:
    """Say how many rows of each resource a deletion deletes, and how many it keeps."""
    options = told(call)
    if others := options.keys() - {HISTORY}:
        raise Invalid({name: ["What is counted is a deletion without it."] for name in sorted(others)})
    return counted(call, options.get(HISTORY))


def counted(call: Call, with_history: bool | None) -> dict[str, dict[str, int]]:
    """Return ``{"goes": {...}, "stays": {...}}``: numbers of rows by the name of their resource."""
    resource, row = call.required_resource, call.row()
    with told_why_not():
        goes, stays = cascade.look_ahead(resource.model, [row._pk], with_history)
    return {"goes": _named(resource, goes), "stays": _named(resource, stays)}


def _named(resource: Resource, numbers: Mapping[type[Model], int]) -> dict[str, int]:
    named = {}
    for model, number in numbers.items():
        if number and not is_link(model):
            shown = resource if model is resource.model else services().registry.of_model(model)
            named[shown.name if shown else label_of(model).rpartition(".")[2]] = number
    return named


def action_of(resource: Resource) -> Action | None:
    """Return the action that says what a deletion deletes besides the row, None where no other row can."""
    if "DELETE" not in resource.methods or all(map(is_link, references_to(resource.model).values())):
        return None
    rules = resource.rules
    may = rules.row
    row = None if may is None else (lambda user, row, method: may(user, row, "DELETE"))
    access = Access(read=rules.rule("DELETE"), row=row)
    about = "How many rows of what are deleted along with this, and how many stay."
    return Action(
        DELETION, look_ahead, schema=DeletionSchema, access=access, label="Delete", view=DELETION, about=about
    )
