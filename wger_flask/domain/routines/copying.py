"""Copy a routine: a template to train by, one's own routine to go on with it.

Everything that is planned comes along, row by row; what was trained does not.
"""

from __future__ import annotations

from collections.abc import Iterable

from wger_flask.api import (
    Access,
    Action,
    Call,
    Model,
    Schema,
    Selection,
    along,
    equals,
    fields,
    insert,
    logged_in,
    today,
)

from . import models
from .schemas import RoutineSchema

# Every table below a routine, parents before children: its parent, and the way from a row of it to the routine.
_BELOW: tuple[tuple[type[Model], type[Model], tuple[str, ...]], ...] = (
    (models.Label, models.Routine, ("routine",)),
    (models.Day, models.Routine, ("routine",)),
    (models.Slot, models.Day, ("day", "routine")),
    (models.SlotEntry, models.Slot, ("slot", "day", "routine")),
    *((model, models.SlotEntry, ("slot_entry", "slot", "day", "routine")) for model in models.CONFIGS),
)


class CopySchema(RoutineSchema):
    """What the copy is called, and when it begins."""

    name = fields.String(max_length=25, blank=True, help="that of the original unless given")
    start = fields.Date(help="today unless given; the copy is as long as the original")

    class Meta(Schema.Meta):
        fields = ("name", "start")


def copy_routine(call: Call) -> tuple[dict, int]:
    """Make a routine of one's own of one that can be read."""
    original, data = call.row(), call.load(CopySchema)
    start = data.get("start") or today()
    made = insert(models.Routine(
        user=call.required_user.id, name=data.get("name") or original.name, description=original.description,
        start=start, end=start + (original.end - original.start), fit_in_week=original.fit_in_week,
    ))  # fmt: skip
    copies: dict[type[Model], dict[int, int]] = {models.Routine: {original.id: made.id}}
    for model, parent, path in _BELOW:
        copies[model] = dict(_copied(model, path[0], copies[parent], along(model, path, original.id)))
    copy = Selection(models.Routine, (equals(models.Routine.id, made.id),))
    return call.required_resource.show(copy, call.context), 201


def _copied(model: type[Model], parent: str, parents: dict[int, int], clause) -> Iterable[tuple[int, int]]:
    """Copy the rows of ``model``, each to the copy of its parent; yields their keys and those of the copies."""
    for row in list(Selection(model, (clause,), ("id",)).instances()):
        values = {**row.__data__, parent: parents[row.__data__[parent]]}
        key = values.pop("id")
        yield key, insert(model(**values)).id


COPY = Action(
    "copy", copy_routine, methods=("POST",), schema=CopySchema, creates=True,
    access=Access(read=logged_in, write=logged_in),
    about="Make a routine of your own of it.",
)  # fmt: skip
