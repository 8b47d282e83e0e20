"""Tell whether what was given out for a password still holds.

Every account has a stamp, which follows from its password hash.  Sessions and signed tokens carry the stamp
that the account had when they began, and end when it has another one: whenever the password is changed
(a wger on the same database may do it), and when a second factor is set up or removed here.  A hash
that is only renewed, of the same password, keeps its stamp: a row says so, and beside it lies the mark of the
hash that it holds for.

The row is stored for every account that gave something out, so that it and the user are one query; where it
could not be stored (the disk is full), the stamp follows from the hash all the same.
"""

from __future__ import annotations

import hmac
import secrets

from ..storage import database
from ..storage.database import write_if_able
from ..storage.predicates import equals
from ..storage.query import Selection
from .models import SecurityStamp, User
from .policy import policy


class PasswordChanged(Exception):
    """Say that the password that was just proved was changed meanwhile."""


def mark_of(password_hash: str) -> str:
    """Return what is kept of a password hash: enough to notice that it was changed."""
    return _digest("session-mark", password_hash)


def holds(sent: str, stamp: str, mark: str, password_hash: str) -> bool:
    """Tell whether what carries the stamp ``sent`` is still good, by what is stored of the account now.

    ``stamp`` and ``mark`` are those of its row, empty where there is none.
    """
    is_known = hmac.compare_digest(mark, mark_of(password_hash))
    return hmac.compare_digest(sent.encode(), (stamp if is_known else _first(password_hash)).encode())


def current(user: User) -> str:
    """Return the stamp of ``user``, storing it where that was not done yet.

    Raises :class:`PasswordChanged` unless their password is still the one that ``user`` was read with.
    """
    rows = Selection(SecurityStamp, (equals(SecurityStamp.user, user.id),)).rows(("stamp", "mark", "user.password"))
    stamp: str
    for stamp, mark, password in rows:
        if password != user.password:
            raise PasswordChanged()
        if mark == mark_of(password):
            return stamp

    def write() -> None:
        advisory_lock(user.id)
        demand_unchanged(user)
        renew(user.id, user.password)

    write_if_able(f"the stamp of user {user.id}", write)
    return _first(user.password)


def renew(user: int, password_hash: str) -> str:
    """Store the stamp of an account with another password, inside the caller's transaction; returns it."""
    stamp = _first(password_hash)
    _store(user, stamp, password_hash)
    return stamp


def replace(user: int) -> str:
    """Store another stamp of an account whose password stays, inside the caller's transaction; returns it."""
    stamp = secrets.token_hex(16)
    _store(user, stamp, User.select(User.password).where(User.id == user).scalar())
    return stamp


def keep(user: int, before: str, after: str) -> None:
    """Keep the stamp where the hash ``before`` is replaced by ``after`` of the same password.

    Runs in the caller's transaction.
    """
    same = (SecurityStamp.user == user) & (SecurityStamp.mark == mark_of(before))
    if not SecurityStamp.update(mark=mark_of(after)).where(same).execute():
        _store(user, _first(before), after)


def advisory_lock(user: int) -> None:
    """Keep other transactions from the password of ``user`` and what depends on it, until the open one ends."""
    database.advisory_lock(f"credentials {user}")


def demand_unchanged(user: User) -> None:
    """Raise :class:`PasswordChanged` unless the password of ``user`` is still the one they were read with."""
    if User.select(User.password).where(User.id == user.id).scalar() != user.password:
        raise PasswordChanged()


def _store(user: int, stamp: str, password_hash: str) -> None:
    values = {"stamp": stamp, "mark": mark_of(password_hash)}
    if not SecurityStamp.update(**values).where(SecurityStamp.user == user).execute():
        SecurityStamp.create(user=user, **values)


def _first(password_hash: str) -> str:
    """Return the stamp that an account has from a new password on; hashes are salted, so no other has it."""
    return _digest("security-stamp", password_hash)


def _digest(purpose: str, password_hash: str) -> str:
    return hmac.digest(policy().key(purpose), password_hash.encode(), "sha256").hex()[:32]
