"""Give workout sessions a start and an end in place of a date and two times of day."""

from __future__ import annotations

from .. import alter, columns
from ..dialects.base import Database
from ..session_times import spans

_TABLE = "manager_workoutsession"


def apply(database: Database) -> None:
    """Work on tables as wger's own 2.5 to 2.7 alphas have them, and leave alone those that know a start already."""
    if not {"date", "time_start", "time_end"} <= database.dialect.columns_by_table(database).get(_TABLE, set()):
        return
    alter.add_column(_TABLE, "datetime_start", columns.DateTime(default=columns.now))
    end = columns.DateTime(null=True, constraints=[columns.Check("datetime_end >= datetime_start")])
    alter.add_column(_TABLE, "datetime_end", end)
    update = f'UPDATE "{_TABLE}" SET datetime_start = ?, datetime_end = ? WHERE id = ?'.replace("?", database.param)
    write = database.dialect.write_moment
    for some in spans(database, _TABLE):
        moments = [(write(start), None if end is None else write(end), key) for key, start, end in some]
        database.cursor().executemany(update, moments)
    database.dialect.settle_references(database)
    for name in ("date", "time_start", "time_end"):
        alter.drop_column(_TABLE, name)
    alter.add_index(_TABLE, "routine_id", "datetime_start", name="manager_wor_routine_46e75a_idx")
