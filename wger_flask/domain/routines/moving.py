"""Move what is in an order one place up or down: days of a routine, slots of a day, entries of a slot.

Places may be equal, or have gaps: clients choose them.  So the rows are put into the order in
which they are shown, two neighbours change places, and only those rows are written whose place
has to change for that order to be the only one.
"""

from __future__ import annotations

from collections.abc import Sequence

from wger_flask.api import Action, Call, Model, Schema, Selection, equals, fields, update

from . import models
from .schemas import LARGEST

STEPS = {"earlier": -1, "later": 1}
# What is moved, and among which rows.
_WITHIN = (("day", models.Day, "routine"), ("slot", models.Slot, "day"), ("slot-entry", models.SlotEntry, "slot"))


class MoveSchema(Schema):
    """Where to."""

    direction = fields.Choice(dict(zip(STEPS, ("Earlier", "Later"), strict=True)), required=True)


def places(present: Sequence[int]) -> list[int]:
    """Return places that grow from each to the next, the present ones as far as they do.

    ``present`` are the places of rows in the order in which they are shown.
    """
    found: list[int] = []
    for place in present:
        found.append(max(place, found[-1] + 1) if found else place)
    return found if not found or found[-1] <= LARGEST else list(range(1, len(found) + 1))


def move(call: Call, model: type[Model], parent: str) -> dict:
    """Let the row that is asked for and its neighbour change places; at an end nothing happens."""
    row, step = call.row(), STEPS[call.load(MoveSchema)["direction"]]
    among = equals(model._meta.fields[parent], row.__data__[parent])
    rows = list(Selection(model, (among,), ("order", "id")).instances())
    free = places([found.order for found in rows])
    index = next(index for index, found in enumerate(rows) if found.id == row.id)
    if 0 <= index + step < len(rows):
        rows[index], rows[index + step] = rows[index + step], rows[index]
        for found, place in zip(rows, free, strict=True):
            if found.order != place:
                found.order = place
                update(found, ("order",))
    return call.resource.show(call.selection(), call.context)


def _action(model: type[Model], parent: str) -> Action:
    def handle(call: Call) -> dict:
        return move(call, model, parent)

    return Action(
        "move", handle, methods=("POST",), schema=MoveSchema,
        about=f"Put it before or behind its neighbour in the {parent}.",
    )  # fmt: skip


def register(registry) -> None:
    """Add the action to what has an order."""
    for name, model, parent in _WITHIN:
        registry.extend(name, actions=(_action(model, parent),))
