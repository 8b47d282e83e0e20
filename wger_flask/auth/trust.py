"""Decide who may contribute to the shared catalogue without having been given a permission.

A superuser may, and a user who has had an account for more than ``MIN_ACCOUNT_AGE_TO_TRUST`` days with
a verified e-mail address.  What else speaks against a user is for the subjects to say, with
``registry.distrust``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import cast

import peewee

from ..rest.timezone import active_zone, today
from ..storage.predicates import Clause, equals
from ..storage.query import Selection
from .models import EmailAddress, User
from .policy import policy

_doubts: Mapping[Callable[[int], bool], str] = {}


def set_doubts(doubts: Mapping[Callable[[int], bool], str]) -> None:
    """Make ``doubts`` what speaks against users in this process, each with the sentence that such a user is told."""
    global _doubts
    _doubts = doubts


def account_of(user: int) -> tuple[User | None, bool]:
    """Return the account with a key, and whether its e-mail address is confirmed: one query for both."""
    found, also = Selection(User, (equals(User.id, user),)).first_with(Clause(_verified))
    return cast(User | None, found), bool(also and also[0])


def is_trustworthy(user: User | None, verified: bool) -> bool:
    """Tell whether a user is trusted whose address is ``verified`` or not.

    None, for one who is not there any more, is not.
    """
    if user is None or not user.is_active:
        return False
    if user.is_superuser:
        return True
    if today() < _old_enough(user):
        return False
    return verified and not any(doubt(user.id) for doubt in _doubts)


def lacking(user: User | None, verified: bool) -> list[str]:
    """Return what a user lacks to be trusted, a sentence each, in words to them; see :func:`is_trustworthy`."""
    if user is None or user.is_active and user.is_superuser:
        return []
    lacks = []
    if today() < (day := _old_enough(user)):
        lacks.append(f"Your account is not old enough: it will be on {day.day} {day:%B %Y}.")
    if not user.email:
        lacks.append("Your account has no e-mail address.")
    elif not verified:
        lacks.append(f"Your e-mail address, {user.email}, is not confirmed.")
    return lacks + [said for doubt, said in _doubts.items() if doubt(user.id)]


def _old_enough(user: User) -> date:
    """Return the first day on which an account is old enough."""
    joined: date = user.date_joined.astimezone(active_zone()).date()
    return joined + timedelta(days=policy().settings.MIN_ACCOUNT_AGE_TO_TRUST + 1)


def has_verified(user: int, email: str) -> bool:
    """Return whether the user has verified that ``email`` is theirs."""
    if not email:
        return False
    wanted = equals(EmailAddress.user, user), equals(EmailAddress.email, email), equals(EmailAddress.verified, True)
    return Selection(EmailAddress, wanted).exists()


def _verified() -> peewee.Expression:
    of_user = (EmailAddress.user == User.id) & (EmailAddress.email == User.email) & EmailAddress.verified
    return (User.email != "") & peewee.fn.EXISTS(EmailAddress.select(peewee.SQL("1")).where(of_user))
