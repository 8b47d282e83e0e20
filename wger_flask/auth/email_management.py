"""Let people add e-mail addresses to their account, choose among them, and remove them: by app, page and command."""

from __future__ import annotations

from collections.abc import Iterable

from ..storage.cascade import delete
from ..storage.database import after_commit, transaction
from . import email_addresses, messages
from .models import EmailAddress, User

MOST = 10


class Refused(ValueError):
    """Say to a person why an address is not changed; ``code`` is the word for it in the headless protocol."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def add(user: User, email: str, *, verified: bool = False) -> EmailAddress:
    """Add an address that is valid; unless it is ``verified``, a letter to it asks whether it is theirs.

    The first address is primary.  Raises :class:`Refused`.
    """
    with transaction():
        email_addresses.advisory_lock(email)
        if email_addresses.find(user.id, email):
            raise Refused("duplicate_email", "This email address is already associated with this account.")
        if email_addresses.is_taken(email, but=user.id):
            raise Refused("email_taken", "A user is already registered with this email address.")
        if len(email_addresses.of(user.id)) >= MOST:
            raise Refused("max_email_addresses", f"You cannot add more than {MOST} email addresses.")
        row = email_addresses.add(user.id, email)
        if not verified:
            after_commit(lambda: messages.send_verification(row))
    if verified and not email_addresses.mark_verified(row.id, row.email):
        raise Refused("email_taken", "A user is already registered with this email address.")
    return row


def choose(row: EmailAddress) -> None:
    """Make ``row`` the primary address; raises :class:`Refused` for one that is not verified beside one that is."""
    if not row.verified and any(other.verified for other in email_addresses.of(row.user_id)):
        raise Refused("unverified_primary_email", "Your primary email address must be verified.")
    with transaction():
        email_addresses.make_primary(row)


def remove(row: EmailAddress) -> None:
    """Remove an address; raises :class:`Refused` for the primary one."""
    if row.primary:
        raise Refused("cannot_remove_primary_email", "You cannot remove your primary email address.")
    with transaction():
        delete(EmailAddress, [row.id])


def remove_any(row: EmailAddress) -> None:
    """Remove an address, the primary one too: the next one, a verified one if there is any, takes its place."""
    with transaction():
        delete(EmailAddress, [row.id])
        if row.primary:
            others = sorted(email_addresses.of(row.user_id), key=lambda other: not other.verified)
            if others:
                email_addresses.make_primary(others[0])
            else:
                User.update(email="").where(User.id == row.user_id).execute()


def changed(
    user: User,
    added: Iterable[str] = (),
    verified: Iterable[str] = (),
    primary: str | None = None,
    removed: Iterable[str] = (),
) -> list[EmailAddress]:
    """Change the addresses of ``user`` as an operator says, all or nothing; returns them, the primary one first.

    Addresses in ``verified`` need no letter, and are added if they are new; any may be
    ``primary``, and any ``removed``.  Raises ValueError with a sentence for a person.
    """
    with transaction():
        for email in added:
            add(user, _valid(email))
        for email in verified:
            row = email_addresses.find(user.id, email)
            if row is None:
                add(user, _valid(email), verified=True)
            elif not email_addresses.mark_verified(row.id, row.email):
                raise Refused("email_taken", "A user is already registered with this email address.")
        if primary is not None:
            email_addresses.make_primary(_one_of(user, primary))
        for email in removed:
            remove_any(_one_of(user, email))
    return email_addresses.of(user.id)


def _valid(email: str) -> str:
    if not email_addresses.is_valid(email):
        raise ValueError(f"{email!r} is not an e-mail address")
    return email


def _one_of(user: User, email: str) -> EmailAddress:
    row = email_addresses.find(user.id, email)
    if row is None:
        raise ValueError(f"{email!r} is no address of {user.username!r}")
    return row
