"""Who may contribute to the catalogue, and how often.

The catalogue is shared: a user who may contribute may change any row of it.  Deleting
takes more than that, because it reaches into the routines of others.
"""

from __future__ import annotations

from wger_flask.api import Access, Limit, having, services

_may_add = having("exercises.add_exercise")


def may_contribute(user) -> bool:
    """Allow users who are trustworthy or have the permission exercises.add_exercise."""
    return user is not None and (_may_add(user) or user.is_trustworthy)


def why_not(user) -> list[str]:
    """The rule for contributing, and what a refused user lacks."""
    days = services().settings.MIN_ACCOUNT_AGE_TO_TRUST
    rule = (
        "Exercises are shared by all users. To add or change them takes a confirmed e-mail address and an account "
        f"that is more than {days} days old, or a permission that an administrator gives."
    )
    return [rule, *(user.lacks if user is not None else ())]


may_delete = having("exercises.delete_exercise")
contributors = Access(write=may_contribute, delete=may_delete, why=why_not)
CONTRIBUTIONS = {"POST": Limit("exercise_create", unless=_may_add)}
