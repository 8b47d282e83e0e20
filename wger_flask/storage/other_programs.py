"""Delete rows that other programs keep in the same database: a wger has tables that no model here describes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .chunks import chunks
from .database import database


class OtherTables:
    """The tables that none of ``known`` is, and how their rows refer to others."""

    def __init__(self, known: Iterable[str]):
        here = set(known)
        self._references: dict[str, list[tuple[str, str]]] = {}
        for table, column, to, action in database.obj.dialect.references(database.obj):
            if table not in here and action not in ("CASCADE", "SET NULL"):  # those the database sees to
                self._references.setdefault(to, []).append((table, column))

    def delete_referring(self, table: str, keys: Sequence[object]) -> dict[str, int]:
        """Delete the rows of these tables that refer to rows of ``table`` with the primary ``keys``, and so on.

        Runs in the caller's transaction, before those rows go.  Returns the number of deleted rows by table.
        """
        gone: dict[str, int] = {}
        waiting = [(table, list(keys))]
        seen: dict[str, set[object]] = {}
        doomed: list[tuple[str, str, list[object]]] = []
        while waiting:
            target, going = waiting.pop()
            for owner, column in self._references.get(target, ()):
                key = _key_of(owner)
                for chunk in chunks(going):
                    pointing = [row[0] for row in _run(f'SELECT "{key}" FROM "{owner}" WHERE "{column}" IN', chunk)]
                    fresh = [one for one in pointing if one not in seen.setdefault(owner, set())]
                    if fresh:
                        seen[owner].update(fresh)
                        doomed.append((owner, key, fresh))
                        waiting.append((owner, fresh))
        for owner, key, pointing in reversed(doomed):  # what refers to a row was found after it
            for chunk in chunks(pointing):
                _run(f'DELETE FROM "{owner}" WHERE "{key}" IN', chunk)
            gone[owner] = gone.get(owner, 0) + len(pointing)
        return gone


def _key_of(table: str) -> str:
    keys: list[str] = database.obj.get_primary_keys(table)
    return keys[0] if keys else "id"


def _run(statement: str, values: list[object]) -> list[tuple[object, ...]]:
    places = ", ".join([database.obj.param] * len(values))
    cursor = database.obj.execute_sql(f"{statement} ({places})", values)
    return list(cursor.fetchall()) if statement.startswith("SELECT") else []
