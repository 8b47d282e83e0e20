"""Rows that dumps of earlier releases have in another shape: loaded as they were, then made what they became.

Their table exists for the length of an import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..auth.models import User
from ..domain.routines.models import Day, Routine
from ..storage import alter, columns
from ..storage.body_weights import WEIGHTS, move_weights
from ..storage.database import database
from ..storage.model import Model, abstract, label_of, table_of
from ..storage.numbered_keys import uuid_of
from ..storage.session_times import spans

_SHORTEST_UUID = 32


class WeightEntry(Model):
    """A body weight, in the unit of its user's profile."""

    id = columns.Auto()
    uuid = columns.UUID(default=columns.uuid7)
    date = columns.DateTime()
    weight = columns.Decimals(5, 2)
    user = columns.ForeignKey(User, backref="+")

    class Meta:
        table_name = WEIGHTS
        label = "weight.weightentry"


def _with_uuid(key: object, fields: dict) -> dict:
    """Return the fields with the UUID that the row has from now on; 2.5 only numbered weights."""
    key = fields.get("id") if key is None else key
    number = int(key) if type(key) is str and key.isdecimal() and len(key) < _SHORTEST_UUID else key
    if "uuid" in fields or type(number) is not int:
        return fields
    return {**fields, "uuid": str(uuid_of(label_of(WeightEntry), number))}


@abstract
class WorkoutSession(Model):
    """A session of a date, with times of day that did not have to be given."""

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    user = columns.ForeignKey(User, backref="+")
    routine = columns.ForeignKey(Routine, null=True, backref="+")
    day = columns.ForeignKey(Day, null=True, backref="+")
    date = columns.Date()
    notes = columns.Text(null=True)
    impression = columns.Char(max_length=2, default="2")
    time_start = columns.Time(null=True)
    time_end = columns.Time(null=True)

    class Meta:
        table_name = "wger_flask_former_session"
        label = "manager.workoutsession"


def _move_sessions() -> None:
    held, table = database.obj, table_of(WorkoutSession)
    kept = ("id", "user_id", "routine_id", "day_id", "notes", "impression")
    replacing = held.dialect.replacing((*kept[1:], "datetime_start", "datetime_end"))
    statement = f"""INSERT INTO manager_workoutsession ({", ".join(kept)}, datetime_start, datetime_end)
        SELECT {", ".join(kept)}, ?, ? FROM {table} WHERE id = ?
        {replacing}""".replace("?", held.param)
    write = held.dialect.write_moment
    for some in spans(held, table):
        moments = [(write(start), None if end is None else write(end), key) for key, start, end in some]
        held.cursor().executemany(statement, moments)
        # SQLite keeps in memory what DROP TABLE takes away.
        held.cursor().executemany(f"DELETE FROM {table} WHERE id = {held.param}", [(key,) for key, _, _ in some])


@dataclass(frozen=True, slots=True)
class Former:
    """A model that was.

    ``told_by`` is a field that only its rows have, "" where there is no model of the name any more.
    ``complete(key, fields)`` adds what rows lack.  ``move()`` is called when all rows of the dump are written, before
    it is checked what they refer to, and ``finish()`` after that: between them they move the rows to their new table,
    and drop theirs.
    """

    model: type[Model]
    told_by: str
    complete: Callable[[object, dict], dict] = lambda key, fields: fields
    move: Callable[[], None] = lambda: None
    finish: Callable[[], None] = lambda: None

    def is_of(self, fields: dict) -> bool:
        """Tell whether a row with these fields is of the former model."""
        return not self.told_by or self.told_by in fields

    def prepare(self) -> None:
        """Make the table, where the database has none of that name any more."""
        self.model.create_table(safe=True)
        database.obj.__dict__.pop("known_tables", None)


FORMER = {
    "weight.weightentry": Former(WeightEntry, "", complete=_with_uuid, finish=move_weights),
    "manager.workoutsession": Former(
        WorkoutSession, "date", move=_move_sessions, finish=lambda: alter.drop_table(table_of(WorkoutSession))
    ),
}
