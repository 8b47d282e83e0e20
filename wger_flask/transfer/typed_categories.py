"""Let the categories of a dump take the place of those that accounts have here already.

A user has one category of each type, and one of body weight from the moment of registration: what makes an account
and then imports what it was elsewhere has two.
"""

from __future__ import annotations

from ..storage.database import database

LABEL = "measurements.category"


def make_way(wanted: dict[str, object]) -> None:
    """Give what the user's category of the type of ``wanted`` has to ``wanted``, and delete it.

    ``wanted`` are the values of a row that is to be written, as they are stored, by field.
    """
    held = database.obj
    given = held.param
    found = held.execute_sql(
        f"""SELECT id FROM measurements_category
        WHERE user_id = {given} AND metric_type = {given} AND metric_type <> 'custom' AND id <> {given}""",
        (wanted["user"], wanted["metric_type"], wanted["id"]),
    )
    for (old,) in found.fetchall():
        held.execute_sql(  # of entries that both have, the dump's stay
            f"""DELETE FROM measurements_measurement
            WHERE category_id = {given} AND external_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM measurements_measurement n WHERE n.category_id = {given}
            AND n.source = measurements_measurement.source AND n.external_id = measurements_measurement.external_id)""",
            (old, wanted["id"]),
        )
        for table, column in (("measurements_measurement", "category_id"), ("measurements_category", "parent_id")):
            held.execute_sql(f"UPDATE {table} SET {column} = {given} WHERE {column} = {given}", (wanted["id"], old))
        held.execute_sql(f"DELETE FROM measurements_category WHERE id = {given}", (old,))
