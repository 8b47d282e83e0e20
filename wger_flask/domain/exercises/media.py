"""Look after pictures and films of exercises: which one is the main one, and where their files are."""

from __future__ import annotations

from wger_flask.api import delete


def transfer(call, exercise, replacement) -> None:
    pass


def delete_rows(model, keys) -> None:
    delete(model, keys)
