"""Keep the e-mail addresses of accounts: one primary, any number of others, each verified or not.

``User.email`` is always a copy of the primary address, for wger and for clients that know no
other.  New addresses are kept in lower case: letters that nobody tells apart must not make two
accounts of one.
"""

from __future__ import annotations

import re

from peewee import fn

from ..storage import database
from ..storage.database import IntegrityError, transaction
from .models import EmailAddress, User

LONGEST = 254
NOT_VALID = "Enter a valid email address."
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?:[A-Za-z]{{2,63}}|xn--[A-Za-z0-9-]{{1,59}})")


def is_valid(email: str) -> bool:
    """Tell whether a message could be sent to ``email``: the form of it, not whether anybody is there."""
    return _ADDRESS.fullmatch(email) is not None


def is_taken(email: str, but: int | None = None) -> bool:
    """Tell whether ``email`` belongs to an account, other than that of the user ``but``."""
    wanted = email.lower()
    users = User.select(User.id).where(fn.LOWER(User.email) == wanted)
    addresses = EmailAddress.select(EmailAddress.id).where(fn.LOWER(EmailAddress.email) == wanted)
    if but is not None:
        users, addresses = users.where(User.id != but), addresses.where(EmailAddress.user != but)
    return users.exists() or addresses.exists()


def one_at_a_time(email: str) -> None:
    """Let nobody else take ``email`` until the open transaction has ended: no index keeps two accounts from it."""
    database.one_at_a_time(f"address {email.lower()}")


def of(user: int) -> list[EmailAddress]:
    """Return the addresses of a user, the primary one first."""
    query = EmailAddress.select().where(EmailAddress.user == user)
    return sorted(query, key=lambda row: (not row.primary, row.id))


def find(user: int, email: str) -> EmailAddress | None:
    """Return an address of a user, whatever the case of its letters."""
    return EmailAddress.get_or_none((EmailAddress.user == user) & (fn.LOWER(EmailAddress.email) == email.lower()))


def add(user: int, email: str) -> EmailAddress:
    """Add an address, not verified; the first one of a user is primary.  Runs in the caller's transaction.

    An account that wger made may go by an address of which it has no row: that one stays primary.
    """
    email = email.lower()
    first = not EmailAddress.select(EmailAddress.id).where(EmailAddress.user == user).exists()
    before = User.get(User.id == user).email if first else ""
    if before and before.lower() != email:
        EmailAddress.create(user=user, email=before, primary=True, verified=False)
        first = False
    row = EmailAddress.create(user=user, email=email, primary=first, verified=False)
    if first:
        User.update(email=row.email).where(User.id == user).execute()
    return row


def mark_verified(key: int, email: str) -> bool:
    """Note that the user proved that the address row ``key`` is theirs.

    False when the row is gone or has become another address, or when somebody else was first
    to prove the same.
    """
    try:
        with transaction():
            unchanged = (EmailAddress.id == key) & (EmailAddress.email == email)
            return bool(EmailAddress.update(verified=True).where(unchanged).execute())
    except IntegrityError:
        return False


def make_primary(row: EmailAddress) -> None:
    """Make ``row`` the primary address of its user.  Runs in the caller's transaction."""
    EmailAddress.update(primary=False).where(EmailAddress.user == row.user_id, EmailAddress.id != row.id).execute()
    EmailAddress.update(primary=True).where(EmailAddress.id == row.id).execute()
    User.update(email=row.email).where(User.id == row.user_id).execute()
    row.primary = True
