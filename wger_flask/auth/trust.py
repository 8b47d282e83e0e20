"""Decide who may contribute to the shared catalogue without having been given a permission.

A superuser may, and whoever has been here for more than ``MIN_ACCOUNT_AGE_TO_TRUST`` days with
a verified e-mail address.  What else speaks against somebody is for the subjects to say, with
:func:`distrust`.
"""

from __future__ import annotations

from collections.abc import Callable

from ..rest.clock import server_zone, today
from ..storage.clauses import equals
from ..storage.selection import Selection
from .models import EmailAddress, User
from .policy import policy

_doubts: list[Callable[[int], bool]] = []


def distrust(doubt: Callable[[int], bool]) -> Callable[[int], bool]:
    """Add a reason not to trust: ``doubt(user_id)`` is true of somebody who is not to be trusted.

    A decorator.
    """
    if doubt not in _doubts:
        _doubts.append(doubt)
    return doubt


def is_trustworthy(user: int) -> bool:
    """Tell whether the user with this primary key is trusted."""
    found = User.get_or_none(User.id == user)
    if found is None or not found.is_active:
        return False
    if found.is_superuser:
        return True
    joined = found.date_joined.astimezone(server_zone()).date()
    if (today() - joined).days <= policy().settings.MIN_ACCOUNT_AGE_TO_TRUST:
        return False
    return has_verified(user, found.email) and not any(doubt(user) for doubt in _doubts)


def has_verified(user: int, email: str) -> bool:
    """Tell whether the user has proved that ``email`` is theirs."""
    if not email:
        return False
    wanted = equals(EmailAddress.user, user), equals(EmailAddress.email, email), equals(EmailAddress.verified, True)
    return Selection(EmailAddress, wanted).exists()
