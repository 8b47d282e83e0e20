"""Move what is in an order one place up or down: days of a routine, slots of a day, entries of a slot.

Places may be equal, or have gaps: clients choose them.  So the rows are put into the order in
which they are shown, two neighbours change places, and only those rows are written whose place
has to change for that order to be the only one.
"""

from __future__ import annotations

from collections.abc import Sequence

from wger_flask.api import Action, Call, Model, Schema, Selection, columns_of, equals, fields, update

from .schemas import LARGEST

STEPS = {"earlier": -1, "later": 1}


class MoveSchema(Schema):
    """Where to."""

    direction = fields.Choice(dict(zip(STEPS, ("Earlier", "Later"), strict=True)), required=True)


def places(present: Sequence[int]) -> list[int]:
    """Return places that grow from each to the next, the present ones as far as they do.

    ``present`` are the places of rows in the order in which they are shown.
    """
    free: list[int] = []
    for place in present:
        free.append(max(place, free[-1] + 1) if free else place)
    return free if not free or free[-1] <= LARGEST else list(range(1, len(free) + 1))


def move_action(parent: str) -> Action:
    """Return the action that moves a row among those of the same ``parent``."""

    def move(call: Call) -> dict:
        row, step = call.row(), STEPS[call.load(MoveSchema)["direction"]]
        _exchange(type(row), parent, row, step)
        return call.required_resource.show(call.selection(), call.context)

    return Action(
        "move",
        move,
        methods=("POST",),
        schema=MoveSchema,
        about=f"Put it before or behind its neighbour in the {parent}.",
    )


def _exchange(model: type[Model], parent: str, row: Model, step: int) -> None:
    """Let ``row`` and its neighbour change places; at an end nothing happens."""
    among = equals(columns_of(model)[parent], row.__data__[parent])
    rows = list(Selection(model, (among,), ("order", "id")).instances())
    free = places([other.order for other in rows])
    index = next(index for index, other in enumerate(rows) if other.id == row.id)
    if not 0 <= index + step < len(rows):
        return
    rows[index], rows[index + step] = rows[index + step], rows[index]
    for other, place in zip(rows, free, strict=True):
        if other.order != place:
            other.order = place
            update(other, ("order",))
