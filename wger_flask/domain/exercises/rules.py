"""Who may contribute to the catalogue, and how often.

The catalogue belongs to everybody: whoever may contribute may change any row of it.  Deleting
takes more than that, because it reaches into the routines of others.
"""

from __future__ import annotations

from wger_flask.api import Access, Limit, having

_may_add = having("exercises.add_exercise")


def may_contribute(user) -> bool:
    """Whoever is trustworthy or has the permission exercises.add_exercise."""
    return user is not None and (_may_add(user) or user.is_trustworthy)


contributors = Access(write=may_contribute, delete=having("exercises.delete_exercise"))
CONTRIBUTIONS = {"POST": Limit("exercise_create", unless=_may_add)}
