"""Who may do what, before any row is looked at.

A rule is a function of the user, None where no user is logged in. Which *rows* a user sees is no question of permission
but of the query: see :mod:`.ownership`. A row rule refuses a user who may see a row and may not change it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ..storage.model import Model
from .errors import Forbidden, NotAuthenticated

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")  # in the order of the Allow header


class User(Protocol):
    """What the kit needs to know of a user who is logged in."""

    id: int
    username: str
    is_staff: bool

    def may(self, permission: str) -> bool:
        """Return whether the user has a permission such as ``exercises.add_exercise``."""


Rule = Callable[[User | None], bool]
RowRule = Callable[[User | None, Any, str], bool]  # of a row of the resource's model, and the method


def anyone(user: User | None) -> bool:
    """Allow all, logged in or not."""
    return True


def logged_in(user: User | None) -> bool:
    """Allow every user who is logged in."""
    return user is not None


def having(permission: str) -> Rule:
    """Return the rule that allows users with a permission such as ``exercises.add_exercise``."""

    def rule(user: User | None) -> bool:
        return user is not None and user.may(permission)

    rule.__doc__ = f"users with the permission {permission}"
    return rule


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of a resource, an action or an endpoint.

    * ``read``, ``write``, ``delete``: functions of the user (None where no user is logged in) that return True or
      False: ``anyone``, ``logged_in``, ``having("exercises.add_exercise")`` or your own.  Without ``delete``, the
      rule for writing holds.  False is a 403.
    * ``row``: ``row(user, row, method)``, asked for a row that the user can see; False is a 403.
    * ``why``: ``why(user)`` returns sentences that a page shows to a user who may not write: on what it depends.
    """

    read: Rule = anyone
    write: Rule = anyone
    delete: Rule | None = None
    row: RowRule | None = None
    why: Callable[[User | None], list[str]] | None = None

    def rule(self, method: str) -> Rule:
        """Return the rule for an HTTP method, a function of the user."""
        if method in SAFE_METHODS:
            return self.read
        return self.delete if method == "DELETE" and self.delete else self.write

    def demand(self, user: User | None, method: str) -> None:
        """Raise :class:`NotAuthenticated` or :class:`Forbidden` unless the rule is met."""
        if not self.rule(method)(user):
            raise NotAuthenticated() if user is None else Forbidden()

    def demand_row(self, user: User | None, row: Model, method: str) -> None:
        """Raise :class:`Forbidden` unless the row rule allows ``user`` to use ``method`` on ``row``."""
        if self.row is not None and not self.row(user, row, method):
            raise Forbidden()


public = Access()
private = Access(read=logged_in, write=logged_in)
