"""Know the time zones that users have told in their profiles.

The zone of the user who asks is read along with their row (:data:`ZONE_NAME`), so that it costs no query.
"""

from __future__ import annotations

from datetime import tzinfo

import peewee
from flask import g, has_app_context

from ..rest.timezone import server_zone, zone_named
from ..storage.predicates import Clause, equals
from ..storage.query import Selection
from .models import User

_profiles = peewee.Table("core_userprofile")  # its model is a subject's, which builds on this


def profile_value(column: str, path: str) -> Clause:
    """Return the column for :meth:`Selection.rows` with what a user's profile has in ``column``, null without one.

    ``path`` leads to the user's key.
    """
    return Clause(_of_profile, (), (column,), path)


def zone_of(user: int) -> tzinfo:
    """Return the time zone in the profile of the user with a key, the server's where it has none that is known.

    It is one query, and none where that user sent the current request.
    """
    asking = g.get("user") if has_app_context() else None
    if asking is not None and asking.id == user:
        return asking.zone or server_zone()
    rows = Selection(User, (equals(User.id, user),)).rows((profile_value("time_zone", "id"),))
    return (zone_named(rows[0][0] or "") if rows else None) or server_zone()


def _of_profile(column: str, user: peewee.Field[int]) -> peewee.Select:
    return _profiles.select(getattr(_profiles.c, column)).where(_profiles.c.user_id == user)
