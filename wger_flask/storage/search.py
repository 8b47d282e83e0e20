"""Find rows by names as people type them.

How well that can be done differs much between databases, so the three questions are the
dialect's (:class:`~wger_flask.storage.dialects.base.Dialect`); here they are asked of the one
that is open.  ``typed`` are placeholders for the values of :func:`typed_values`.
"""

from __future__ import annotations

from .database import database


def typed_values(text: str) -> tuple[str, ...]:
    """Return the values that a typed ``text`` is compared by."""
    return database.obj.dialect.typed_values(text)


def name_matches(column, *typed):
    """Return the condition that the name in ``column`` is one that the text may mean."""
    return database.obj.dialect.name_matches(column, *typed)


def name_closeness(column, *typed):
    """Return a number for ordering: the higher, the nearer the name is to the text."""
    return database.obj.dialect.name_closeness(column, *typed)
