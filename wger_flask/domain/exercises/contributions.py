"""Note in the edit history what people did to the catalogue.

The authors of an exercise or a text are read from there (:mod:`.authors`), so that every write
goes through here.
"""

from __future__ import annotations

from wger_flask.api import Hooks, Selection, any_of, delete_rows, history_of, key_of, record


def noted(call, row, created: bool) -> None:
    """Add a stored row to its history."""
    record(row, "created" if created else "changed", call.user.id)


def remove(call, row) -> None:
    """Delete a row, what depends on it and its files, and note each row that has a history."""
    remove_row(call.files, row, call.user.id)


def remove_row(files, row, user_id: int | None) -> None:
    """Do what :func:`remove` does; ``files`` are the changes of files of the transaction that runs."""

    def note(gone, keys: list) -> None:
        if history_of(gone):
            for doomed in Selection(gone, (any_of(key_of(gone), keys),), ("id",)).instances():
                record(doomed, "deleted", user_id)

    delete_rows(files, type(row), [row._pk], going=note)


HISTORY = Hooks(saved=noted, delete=remove)
