"""Find out whether a name and a password belong together.

Wherever somebody logs in, it is through :func:`verify`: there failed attempts are counted, old
hashes are replaced, and an unknown name takes as long as a wrong password.
"""

from __future__ import annotations

from collections.abc import Sequence

from peewee import fn

from ..storage.database import transaction
from . import lockout, passwords
from .models import EmailAddress, User
from .policy import policy


def named(username: str) -> list[User]:
    """Return the user with exactly this name, if any."""
    return _users(User.username == username)


def named_anyhow(username: str) -> list[User]:
    """Return the users with this name whatever its case, the exact one first."""
    found = _users((User.username == username) | (fn.LOWER(User.username) == username.lower()))
    return sorted(found, key=lambda user: user.username != username)


def reached_at(email: str) -> list[User]:
    """Return the users whose address this is: the one they gave, or one that they verified."""
    if "@" not in email:
        return []
    verified = EmailAddress.select(EmailAddress.user).where(
        fn.LOWER(EmailAddress.email) == email.lower(), EmailAddress.verified
    )
    return _users((fn.LOWER(User.email) == email.lower()) | User.id.in_(verified))


def named_or_reached_at(text: str) -> list[User]:
    """Return the user with exactly this name, else those whose address this is."""
    return named(text) or reached_at(text)


def verify(candidates: Sequence[User], password: str, address: str | None) -> User | None:
    """Return the one of ``candidates`` whose password this is, active or not, else None.

    ``address`` is where the attempt comes from.  Raises
    :class:`~wger_flask.rest.errors.Throttled` when too many failed from there.  Call it outside
    of any transaction: hashing takes long.
    """
    lockout.demand(address)
    for user in candidates:
        if passwords.matches(password, user.password):
            _renew(user, password)
            return user
    passwords.spend(password, candidates[-1].password if candidates else None, policy().iterations)
    lockout.failed(address)
    return None


def _renew(user: User, password: str) -> None:
    """Replace the hash of an old format or strength by a current one."""
    if passwords.is_current(user.password, policy().iterations):
        return
    fresh = passwords.hash_password(password, policy().iterations)
    with transaction():
        unchanged = (User.id == user.id) & (User.password == user.password)
        if User.update(password=fresh).where(unchanged).execute():
            user.password = fresh


def _users(condition) -> list[User]:
    return list(User.select().where(condition).order_by(User.id))
