"""Keep the numbers by which the writes of phones are acknowledged.

They belong to a user and a phone together: the name of a phone alone proves nothing.
"""

from __future__ import annotations

from ..database import database, transaction
from ..dialects.sync_log import CLIENT


def raise_number(user_id: int, client_id: str) -> int:
    """Raise a phone's number by one, and return it once it is committed."""
    return _write("number = {table}.number + 1", user_id, client_id, 1)


def keep_number(user_id: int, client_id: str, number: int) -> int:
    """Keep the greater of a phone's number and ``number``; returns it once it is committed."""
    greater = "CASE WHEN excluded.number > {table}.number THEN excluded.number ELSE {table}.number END"
    return _write(f"number = {greater}", user_id, client_id, number)


def _write(change: str, user_id: int, client_id: str, number: int) -> int:
    held = database.obj
    given = held.param
    with transaction():
        held.execute_sql(
            f"""INSERT INTO {CLIENT} (user_id, client_id, number) VALUES ({given}, {given}, {given})
                ON CONFLICT (user_id, client_id) DO UPDATE SET {change.format(table=CLIENT)}""",
            (user_id, client_id, number),
        )
        query = f"SELECT number FROM {CLIENT} WHERE user_id = {given} AND client_id = {given}"
        kept = int(held.execute_sql(query, (user_id, client_id)).fetchone()[0])
        held.dialect.sync_log.notify(held)
    return kept
