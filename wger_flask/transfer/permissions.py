"""Name permissions as documents do: by what they allow, since each database numbers them for itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..auth.models import ContentType, Permission
from ..storage.query import Selection

_ACTIONS = ("add", "change", "delete", "view")
_FURTHER = {("manage_gym", "gym", "gym"), ("manage_gyms", "gym", "gym"), ("gym_trainer", "gym", "gym")}

Names = dict[Any, list[str]]
"""The natural keys of permissions, by their numbers."""


def permissions_by_key(labels: Iterable[str]) -> tuple[Names, Names]:
    """Return the permissions that a wger with models of these ``labels`` has, and others, which it would not find.

    Of models that it had, or that are another program's, permissions may be left in a database that is older.
    """
    known = set(labels)
    found: tuple[Names, Names] = {}, {}
    kinds = {key: (app, model) for key, app, model in Selection(ContentType).rows(("id", "app_label", "model"))}
    for key, codename, kind in Selection(Permission).rows(("id", "codename", "content_type")):
        app, model = kinds[kind]
        is_known = (codename, app, model) in _FURTHER or (
            f"{app}.{model}" in known and codename in {f"{action}_{model}" for action in _ACTIONS}
        )
        found[0 if is_known else 1][key] = [codename, app, model]
    return found
