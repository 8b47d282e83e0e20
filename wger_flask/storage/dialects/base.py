"""The questions that databases answer differently."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo

import peewee

Reader = Callable[[object], object]


def wire_moment(value: datetime, zone: tzinfo) -> str:
    """Spell a moment as the API does: in ``zone``, microseconds only where there are any."""
    text = value.astimezone(zone).isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


class Dialect:
    """Answer for one database; the defaults suit those with types of their own.

    ``wire_*`` readers turn a raw column value (never None) into what goes into JSON; None in
    their place means that the raw value already is that.
    """

    name = "sql"
    key_suffix = ""
    sorts_nulls_first = False

    # -- Python values ------------------------------------------------------------------
    def write_moment(self, value: datetime):
        """Return what is stored for an aware moment in UTC."""
        return value

    def read_moment(self, value) -> datetime:
        """Return the aware moment, in UTC, of a stored value."""
        return value.astimezone(UTC)

    def decimal_modifiers(self, digits: int, places: int) -> list[int] | None:
        """Return the modifiers of a decimal column's type."""
        return [digits, places]

    # -- raw column values on the way to JSON --------------------------------------------
    wire_boolean: Reader | None = None
    wire_uuid: Reader | None = staticmethod(str)
    wire_json: Reader | None = None

    def wire_decimal(self, places: int) -> Reader:
        """Return the reader of decimals, which print all their ``places``."""
        return f"{{:.{places}f}}".format

    def wire_moment(self, zone: tzinfo) -> Reader:
        """Return the reader of moments, which print in ``zone``."""
        return lambda value: wire_moment(value, zone)

    wire_date: Reader | None = staticmethod(lambda value: value.isoformat())
    wire_time: Reader | None = staticmethod(lambda value: value.isoformat())

    # -- order ------------------------------------------------------------------------------
    def insertion_order(self, model):
        """Return the expression by which ties are broken: the order of insertion, or near it."""
        return model._meta.primary_key

    # -- names, as people type them ----------------------------------------------------------
    def typed_values(self, text: str) -> tuple[str, ...]:
        """Return the values that :meth:`name_matches` and :meth:`name_closeness` take for a typed ``text``."""
        plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return plain, f"{plain}%", f"%{plain}%"

    def name_matches(self, column, *typed):
        """Return the condition that a name is one that the typed text may mean."""
        return _like(column, typed[2])

    def name_closeness(self, column, *typed):
        """Return how near a name is to the typed text: 3 the same, 2 begins with it, 1 contains it, else 0."""
        equal, start, within = typed
        steps = ((_like(column, equal), 3), (_like(column, start), 2), (_like(column, within), 1))
        return peewee.Case(None, steps, 0)

    # -- what a refused write ran into --------------------------------------------------------
    def clash(self, error: Exception) -> tuple[str, frozenset[str]] | None:
        """Return the table and the columns of the unique index that ``error`` tells of, None for any other."""
        return None

    # -- transactions ---------------------------------------------------------------------
    @contextmanager
    def writing(self, database):
        """Run a block that writes in one transaction."""
        with database.atomic():
            yield

    @contextmanager
    def attempting(self, database):
        """Run statements of which one may fail: what they did before may stay, the transaction lives on."""
        with database.atomic():
            yield

    def one_at_a_time(self, database, what: str) -> None:
        """Let no other transaction that names ``what`` go on from here until this one has ended."""
        raise NotImplementedError

    # -- after rows were written with keys of their own -------------------------------------
    def reset_sequences(self, database, models) -> None:
        """Let the next generated key of each of ``models`` follow the largest one there is."""

    @contextmanager
    def bulk_loading(self, database):
        """Run a block that loads a great many rows in one transaction."""
        with self.writing(database):
            yield


def _like(column, pattern):
    return peewee.Expression(column, peewee.OP.ILIKE, peewee.NodeList((pattern, peewee.SQL("ESCAPE '\\'"))))


def load_json(value):
    """Read JSON that the driver hands over as text."""
    return json.loads(value) if isinstance(value, str | bytes) else value
