"""Keep body weights as wger does since 2.7.0: as measurements of one official category a user.

Both steps are statements about all rows, on the tables as they are in the database: a migration runs them on tables of
earlier releases, an import on what a dump brought.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import alter
from .chunks import chunks
from .database import database, has_table
from .keys import uuid7
from .types import Cursor

WEIGHTS, CATEGORIES, MEASUREMENTS = "weight_weightentry", "measurements_category", "measurements_measurement"
NAME, UNIT = "Body weight", "kg"
_AT_ONCE, _MOVED_AT_ONCE = 500, 5000


def add_official_categories() -> int:
    """Make the official category of everybody who has a profile or weights and none; return how many were made.

    It has the unit of the profile.  Keys are UUIDs of version 7.
    """
    if not (has_table(CATEGORIES) and has_table("core_userprofile")):
        return 0
    lacks = f"NOT EXISTS (SELECT 1 FROM {CATEGORIES} c WHERE c.user_id = o.user_id AND c.metric_type = 'body_weight')"
    profiles = _run(f"SELECT o.user_id, o.weight_unit FROM core_userprofile o WHERE {lacks} ORDER BY o.user_id")
    units = dict(profiles.fetchall())
    if has_table(WEIGHTS):
        profiles = _run(f"SELECT DISTINCT o.user_id FROM {WEIGHTS} o WHERE {lacks} ORDER BY o.user_id")
        units = dict.fromkeys((user for (user,) in profiles.fetchall()), UNIT) | units
    _run(f"UPDATE {CATEGORIES} SET is_official = ? WHERE metric_type = 'body_weight' AND NOT is_official", True)
    rows = [(uuid7().hex, user, unit or UNIT) for user, unit in units.items()]
    for some in chunks(rows, _AT_ONCE):
        row = f"(?, ?, ?, '{NAME}', 'body_weight', NULL, '{{}}', NULL, 0, ?, 'NONE', '{{}}')"
        _run(
            f"""INSERT INTO {CATEGORIES} (id, user_id, unit, name, metric_type, chart_type, chart_config, parent_id,
                "order", is_official, dynamic_type, dynamic_params) VALUES {", ".join([row] * len(some))}""",
            *(value for one in some for value in (*one, True)),
        )
    return len(rows)


def move_weights() -> None:
    """Make measurements of the rows of the old table of weights, with their keys, and drop it; weights of zero go.

    Everybody who has weights needs an official category.
    """
    if not (has_table(WEIGHTS) and has_table(MEASUREMENTS)):
        return
    replacing = database.obj.dialect.replacing(("category_id", "date", "value", "extra_data"))
    for first, last in _ranges(WEIGHTS):
        for unit in ("kg", "lb"):
            theirs = "p.weight_unit = 'lb'" if unit == "lb" else "coalesce(p.weight_unit, 'kg') <> 'lb'"
            _run(
                f"""INSERT INTO {MEASUREMENTS} (id, category_id, date, value, notes, source, external_id, extra_data)
                    SELECT w.uuid, c.id, w.date, w.weight, '', 'user', NULL, '{{"unit": "{unit}"}}'
                    FROM {WEIGHTS} w JOIN {CATEGORIES} c ON c.user_id = w.user_id AND c.metric_type = 'body_weight'
                    LEFT JOIN core_userprofile p ON p.user_id = w.user_id
                    WHERE w.id BETWEEN ? AND ? AND w.weight <> 0 AND {theirs}
                    {replacing}""",
                first,
                last,
            )
        _run(f"DELETE FROM {WEIGHTS} WHERE id BETWEEN ? AND ?", first, last)
    alter.drop_table(WEIGHTS)


def _ranges(table: str) -> Iterator[tuple[int, int]]:
    """Yield the first and the last number of some thousand rows each.

    SQLite keeps in memory what one statement changes, DROP TABLE too: no table is to be moved, or go, at once.
    """
    following = f"SELECT id FROM {table} WHERE id > ? ORDER BY id LIMIT {_MOVED_AT_ONCE}"
    last = _run(f"SELECT min(id) - 1 FROM {table}").fetchone()[0]
    while last is not None:
        first, last = _run(f"SELECT min(id), max(id) FROM ({following}) AS following_rows", last).fetchone()
        if first is not None:
            yield first, last


def _run(statement: str, *values: object) -> Cursor:
    held = database.obj
    return held.execute_sql(statement.replace("?", held.param), values)
