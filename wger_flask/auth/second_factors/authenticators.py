"""Know who has a second factor, and whether a code is one of theirs."""

from __future__ import annotations

import logging
import time
from typing import Any

from ...storage import columns
from ...storage.database import transaction
from ...storage.predicates import equals
from ...storage.query import Selection
from .. import audit, credential_stamps, lockout
from ..models import Authenticator, User
from ..tokens import LEEWAY
from . import passkeys, recovery_codes, totp

LONGEST = 64  # characters of a code that is looked at

logger = logging.getLogger(__name__)


class SecondFactorNeeded(Exception):
    """Say that the password of ``user`` was right, and that it is not enough; ``types`` are those they have."""

    def __init__(self, user: User, types: list[str]):
        super().__init__("a second factor is needed")
        self.user, self.types = user, types


def needed(user: int) -> list[str]:
    """Return the types of second factors that a login is asked for, in order; none where the password is enough.

    Recovery codes alone ask for nothing: they stand in for another factor.
    """
    rows = Selection(Authenticator, (equals(Authenticator.user, user),)).rows((Authenticator.type,))
    types = sorted({name for (name,) in rows})
    return [] if types == [recovery_codes.TYPE] else types


def of(user: int) -> list[Authenticator]:
    """Return the second factors of an account, the oldest first."""
    return list(Authenticator.select().where(Authenticator.user == user).order_by(Authenticator.id))


def find(user: int, kind: str) -> Authenticator | None:
    """Return the second factor of a type."""
    return Authenticator.get_or_none((Authenticator.user == user) & (Authenticator.type == kind))


def codes_of(row: Authenticator) -> list[str]:
    """Return the recovery codes of ``row`` that are still good."""
    try:
        return recovery_codes.unused(row.data) if isinstance(row.data, dict) else []
    except ValueError:
        return []


def code_count(row: Authenticator) -> int:
    """Return how many recovery codes ``row`` has, used ones too."""
    try:
        return recovery_codes.count(row.data) if isinstance(row.data, dict) else 0
    except ValueError:
        return 0


def prove(user: int, code: str, address: str | None) -> dict[str, Any] | None:
    """Use a code up; returns how they proved who they are, for the list of a session, None for a wrong code.

    ``address`` is where the attempt comes from.  Raises :class:`~wger_flask.rest.errors.Throttled` when too many
    failed from there, or for the account.
    """
    lockout.demand(address)
    lockout.demand_of_account(user)
    sent = "".join(code.split())
    with transaction():
        credential_stamps.advisory_lock(user)  # of two uses of one code at the same moment, one is the first
        for row in of(user):
            data = _used(row, sent)
            if data is not None:
                changes = {"data": data, "last_used_at": columns.now()}
                Authenticator.update(**changes).where(Authenticator.id == row.id).execute()
                lockout.forget_account(user)
                return {"method": "mfa", "at": time.time(), "id": row.id, "type": row.type}
    lockout.failed(address)
    lockout.failed_of_account(user)
    audit.note_if_able(audit.FACTOR_FAILED, User.get_or_none(User.id == user))
    return None


def passkeys_of(user: int) -> list[Authenticator]:
    """Return the passkeys of an account."""
    return [row for row in of(user) if row.type == passkeys.TYPE]


def prove_by_passkey(
    user: int | None, text: str, place: passkeys.Place, challenge: passkeys.Challenge, address: str | None
) -> tuple[int, dict[str, Any]] | None:
    """Return whose passkey was used and how, for the list of a session; None for what is wrong.

    ``user`` has shown their password, None where the passkey is all.  ``text`` is what the browser sent,
    ``address`` where from.  A challenge that was issued before the last use is too old: none is good twice.  Raises
    :class:`~wger_flask.rest.errors.Throttled` when too many failed from there.
    """
    lockout.demand(address)
    try:
        sent = passkeys.read(text)
        owner = passkeys.user_of(sent) if user is None else user
        if owner is None:
            raise passkeys.Refused("of no user")
        with transaction():
            credential_stamps.advisory_lock(owner)
            for row in passkeys_of(owner):
                if passkeys.id_of(row.data) != sent["id"]:
                    continue
                if row.last_used_at and challenge.issued <= row.last_used_at.timestamp() <= time.time() + LEEWAY:
                    continue  # what is later was noted by a clock that was wrong
                data = passkeys.used(row.data, sent, place, challenge, alone=user is None)
                changes = {"data": data, "last_used_at": columns.now()}
                Authenticator.update(**changes).where(Authenticator.id == row.id).execute()
                how = {"method": "mfa", "at": time.time(), "id": row.id, "type": row.type}
                return owner, how | ({"passwordless": True} if user is None else {})
    except passkeys.Refused:
        pass
    lockout.failed(address)
    audit.note_if_able(audit.FACTOR_FAILED, User.get_or_none(User.id == user) if user else None, "a passkey")
    return None


def _used(row: Authenticator, code: str) -> dict[str, Any] | None:
    if not code or len(code) > LONGEST or not isinstance(row.data, dict):
        return None
    try:
        if row.type == totp.TYPE:
            return totp.used(row.data, code, time.time())
        if row.type == recovery_codes.TYPE:
            return recovery_codes.used(row.data, code)
    except (ValueError, TypeError):
        logger.error("authenticator %s of user %s cannot be read: no code of it is taken", row.id, row.user_id)
    return None
