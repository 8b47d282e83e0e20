"""Compare databases table by table, whatever server they are on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from wger_flask.storage.model import Model

Rows = dict[str, list[dict]]


def everything(models: Iterable[type[Model]]) -> Rows:
    """Return all rows of the tables of ``models`` in the open database, as Python's values by field."""
    return {model._meta.table_name: list(model.select().dicts()) for model in models}


def differences(one: Rows, other: Rows, known: Callable[[str, dict], dict] = lambda table, row: row) -> dict:
    """Return, by table, the rows that only ``one`` has and those that only ``other`` has.

    ``known(table, row)`` gives rows of ``one`` as they are to be in ``other``.
    """
    found = {}
    for table in one.keys() | other.keys():
        left = {repr(sorted(known(table, row).items())) for row in one.get(table, ())}
        right = {repr(sorted(row.items())) for row in other.get(table, ())}
        if left != right or len(one.get(table, ())) != len(other.get(table, ())):
            found[table] = (sorted(left - right)[:3], sorted(right - left)[:3])
    return found


def renamed(names: dict[object, object]) -> Callable[[str, dict], dict]:
    """Return a function that gives rows with other keys, wherever these stand in a row."""

    def rename(table: str, row: dict) -> dict:
        return {name: names.get(value, value) if isinstance(value, _HASHED) else value for name, value in row.items()}

    return rename


_HASHED = (str, int, UUID)
