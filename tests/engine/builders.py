"""Short ways to write routines down in tests."""

import datetime
from decimal import Decimal

from wger_flask.engine.rounding import exact
from wger_flask.engine.routine import Day, LoggedSet, Routine, Rule, Slot, SlotEntry

PAST = datetime.date(2026, 6, 1)
"""A "today" later than every date of the tables."""

_COLUMNS = ("type", "comment", "repetition_unit", "weight_unit")
_FIELDS = ("iteration", "value", "operation", "step", "repeat", "requirements")


def date(text):
    return datetime.date.fromisoformat(text)


def rules(**fields):
    """Write rules as tuples (iteration, value, operation, step, repeat, requirements); a number is iteration 1."""
    return {
        name: tuple(_rule(row) for row in (rows if isinstance(rows, list) else [(1, rows)]))
        for name, rows in fields.items()
    }


def _rule(row):
    given = dict(zip(_FIELDS, row, strict=False))
    if given["iteration"] == 1 or given.get("operation", "r") == "r":
        given |= {"operation": "r", "step": "na"}
    return Rule(**given)


def entry(id=1, exercise=1, logs=(), weight_rounding=None, repetition_rounding=None, **fields):
    """Build an entry; keywords that are no columns are rules of that field."""
    columns = {name: fields.pop(name) for name in _COLUMNS if name in fields}
    return SlotEntry(
        id,
        exercise,
        logs=tuple(logs),
        rules=rules(**fields),
        weight_rounding=None if weight_rounding is None else exact(weight_rounding, 2),
        repetition_rounding=None if repetition_rounding is None else exact(repetition_rounding, 2),
        **columns,
    )


def log(iteration, repetitions=None, weight=None, rir=None, rest=None):
    return LoggedSet(
        iteration,
        None if weight is None else Decimal(str(weight)),
        None if repetitions is None else Decimal(str(repetitions)),
        None if rir is None else Decimal(str(rir)),
        rest,
    )


def one_day(*slots, start="2024-01-01", days=1):
    """Build a routine of one day whose slots are tuples of entries."""
    first = date(start)
    day = Day(1, slots=tuple(Slot(tuple(entries), f"slot {n}") for n, entries in enumerate(slots, 1)))
    return Routine(first, first + datetime.timedelta(days=days - 1), (day,))
