"""Write rows of the catalogue, with their edit history: who wrote a text is read from there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from ..storage.history import record
from ..storage.keys import parse_uuid
from ..storage.links import Link
from ..storage.model import Model, columns_of, history_of
from ..storage.predicates import equals
from ..storage.query import Selection
from ..storage.write_transaction import insert, update

M = TypeVar("M", bound=Model)


def with_uuid(model: type[M], uuid: object) -> M | None:
    """Return the row of ``model`` with a UUID, None where there is none or ``uuid`` is no UUID."""
    found = parse_uuid(str(uuid)) if uuid else None
    if found is None:
        return None
    row = Selection(model, (equals(columns_of(model)["uuid"], found),)).first()
    return row if isinstance(row, model) else None


def put(model: type[M], row: M | None, values: dict[str, Any], touches: bool = False) -> M:
    """Store ``values`` as a new row, or in ``row`` as far as they differ, and note it in the history; returns the row.

    ``touches`` says that what hangs on the row has changed.
    """
    if row is None:
        made = insert(model(**values))
        record(made, "created", None)
        return made
    changed = [name for name, value in values.items() if row.__data__.get(name) != value]
    if changed or touches:
        for name in changed:
            setattr(row, name, values[name])
        update(row, changed)
        record(row, "changed", None)
    return row


def credit(row: Model, authors: object) -> None:
    """Name ``authors``, as far as they are names, as those who had a part in a row."""
    made: Any = history_of(type(row))
    if made is None or not isinstance(authors, list):
        return
    known = set(made.select(made.license_author).where(made.id == row._pk).scalars())
    own = row.license_author  # type: ignore[attr-defined]  # of every model with authors
    for author in authors[:100]:
        if isinstance(author, str) and author and author not in known and len(author) <= 3500 and "\x00" not in author:
            row.license_author = author  # type: ignore[attr-defined]
            record(row, "changed", None)
    row.license_author = own  # type: ignore[attr-defined]


def links_to(link: Link, key: object, targets: Iterable[Any]) -> bool:
    """Link the row ``key`` to ``targets`` alone; tells whether anything has changed by that."""
    wanted = set(targets)
    found = Selection(link.through, (equals(link.source, key),)).rows((link.target.name,))
    if {target for (target,) in found} == wanted:
        return False
    link.replace(key, sorted(wanted))
    return True
