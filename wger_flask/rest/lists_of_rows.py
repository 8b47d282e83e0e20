"""Where a body may be a list of rows, and how its errors are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import Invalid
from .target import Target

if TYPE_CHECKING:
    from .call import Call

MOST_ROWS = 1000
_TOO_MANY = f"A list has at most {MOST_ROWS} rows."


def takes_rows(target: Target, method: str) -> bool:
    """Tell whether a body may be a list of rows: where they belong to who sends them, and no file comes with one."""
    resource = target.resource
    return (
        method == "POST"
        and target.kind == "list"
        and resource is not None
        and (resource.owner is not None and not resource.takes_files)
    )


def rows_in(call: Call, value: object) -> list[dict[str, Any]]:
    """Return the rows in a body that is no object; none where it is no list of objects alone.

    Raises :class:`~.errors.Invalid` (400) for too many.
    """
    if not takes_rows(call.target, call.method) or not isinstance(value, list):
        return []
    if not all(isinstance(row, dict) for row in value):
        return []
    if len(value) > MOST_ROWS:
        raise Invalid({"non_field_errors": [_TOO_MANY]})
    return value


def at_place(call: Call, place: int, errors: Any) -> list[Any]:
    """Return the errors of the row at ``place`` of ``call``'s, as those of all rows: a list with an item for each."""
    return [errors if number == place else {} for number in range(len(call.rows))]
