"""Set up a second factor and remove it.

An intruder is logged out then: every other session ends, and every access, refresh and sync token,
since they were given for less, or to a device that may be lost.  The API key stays, unless it is to go.
"""

from __future__ import annotations

import hmac
import time
from typing import Any
from urllib.parse import urlsplit

from ...storage.database import IntegrityError, after_commit, transaction
from .. import audit, credential_stamps, messages, refresh_tokens, sessions
from ..models import Authenticator, Token, User
from ..policy import policy
from . import authenticators, passkeys, recovery_codes, totp

MOST_PASSKEYS = 20


class NotDone(ValueError):
    """Say to a person why nothing was changed; ``code`` is the word for it in the headless protocol."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def offered_secret(session: sessions.Open) -> str:
    """Return the secret that is offered to a user for their app: another one in each session, after each change.

    It is not stored: it follows from the session.
    """
    text = f"{session.id} {session.stamp}"
    return totp.secret_of(hmac.digest(policy().key("totp-offer"), text.encode(), "sha1"))


def offered_address(user: User, secret: str) -> str:
    """Return the address by which an app takes the secret over."""
    issuer = urlsplit(policy().settings.SITE_URL).hostname or "wger"
    return totp.address(secret, user.email or user.username, issuer)


def turn_on(user: User, session: sessions.Open, code: str, *, keep_key: bool = True) -> list[str]:
    """Set up the app that has the secret offered in ``session``, proved by a code of it; returns recovery codes.

    Raises :class:`NotDone`, and :class:`~..credential_stamps.PasswordChanged` when the session's end came first.
    """
    secret = offered_secret(session)
    step = totp.matching_step(secret, "".join(code.split()), time.time())
    if step is None:
        raise NotDone("incorrect_code", "Incorrect code.")
    try:
        with transaction():
            _lock(user)
            codes = _codes_beside_others(user.id)
            Authenticator.create(user=user.id, type=totp.TYPE, data=totp.begun(secret, step))
            if codes is None:
                codes = _new_codes(user.id)
            _end_others(user, session.id, keep_key)
            audit.note(audit.FACTOR_SET, user, "an authenticator app")
            _tell(user, messages.FACTOR_ON)
    except IntegrityError:
        raise NotDone("already_on", "There is an authenticator app already.") from None
    return codes


def turn_off(user: User, session: str | None, *, keep_key: bool = True) -> bool:
    """Remove the app of ``user``; with nothing left that they stand in for, recovery codes go too.

    The session with the id ``session`` goes on.  False where there is no app.  Raises
    :class:`~..credential_stamps.PasswordChanged`.
    """
    with transaction():
        _lock(user)
        if not _remove(user.id, totp.TYPE):
            return False
        if not authenticators.needed(user.id):
            _remove(user.id, recovery_codes.TYPE)
        _end_others(user, session, keep_key)
        audit.note(audit.FACTOR_REMOVED, user, "the authenticator app")
        _tell(user, messages.FACTOR_OFF)
    return True


def add_passkey(user: User, data: dict[str, Any], session: sessions.Open, *, keep_key: bool = True) -> list[str]:
    """Store a passkey of ``user``; returns recovery codes where it is their first second factor.

    Then everything else that was logged in ends, as when an app is set up.  Raises :class:`NotDone` and
    :class:`~..credential_stamps.PasswordChanged`.
    """
    with transaction():
        _lock(user)
        known = authenticators.passkeys_of(user.id)
        if passkeys.id_of(data) in {passkeys.id_of(row.data) for row in known}:
            raise NotDone("known", "This passkey is there already.")
        if len(known) >= MOST_PASSKEYS:
            raise NotDone("too_many", f"You cannot have more than {MOST_PASSKEYS} passkeys.")
        is_first = not authenticators.needed(user.id)
        Authenticator.create(user=user.id, type=passkeys.TYPE, data=data)
        codes = _new_codes(user.id) if is_first else []
        if is_first:
            _end_others(user, session.id, keep_key)
        audit.note(audit.FACTOR_SET, user, "a passkey")
        _tell(user, messages.PASSKEY_ON)
    return codes


def remove_passkey(user: User, key: int, session: str | None) -> bool:
    """Remove a passkey of ``user``, which may be lost: every other session ends.  False where there is none."""
    with transaction():
        _lock(user)
        own = (Authenticator.user == user.id) & (Authenticator.type == passkeys.TYPE) & (Authenticator.id == key)
        if not Authenticator.delete().where(own).execute():
            return False
        if not authenticators.needed(user.id):
            _remove(user.id, recovery_codes.TYPE)
        _end_others(user, session, keep_key=True)
        audit.note(audit.FACTOR_REMOVED, user, "a passkey")
        _tell(user, messages.PASSKEY_OFF)
    return True


def renew_codes(user: User) -> list[str]:
    """Make new recovery codes, the old ones are worthless; returns them.

    Raises :class:`NotDone` and :class:`~..credential_stamps.PasswordChanged`.
    """
    with transaction():
        _lock(user)
        if not authenticators.needed(user.id):
            told = "You cannot generate recovery codes without having two-factor authentication enabled."
            raise NotDone("cannot_generate_recovery_codes", told)
        codes = _new_codes(user.id)
        audit.note(audit.CODES_RENEWED, user)
        _tell(user, messages.NEW_CODES)
    return codes


def types_to_remove(user: User) -> list[str]:
    """Return the types of second factors of ``user``; raises ValueError with a sentence for a person where none is."""
    types = sorted({row.type for row in authenticators.of(user.id)})
    if not types:
        raise ValueError(f"{user.username!r} has no second factor")
    return types


def remove_all(user: User) -> None:
    """Remove every second factor of ``user``, who has lost them; every session and token ends but the API key."""
    with transaction():
        credential_stamps.advisory_lock(user.id)
        Authenticator.delete().where(Authenticator.user == user.id).execute()
        _end_others(user, None, keep_key=True)
        audit.note(audit.FACTOR_REMOVED, user, "all of them")
        _tell(user, messages.FACTOR_OFF)


def _lock(user: User) -> None:
    credential_stamps.advisory_lock(user.id)
    credential_stamps.demand_unchanged(user)


def _codes_beside_others(user: int) -> list[str] | None:
    """Return the recovery codes that stand in for another second factor already."""
    known = authenticators.needed(user) and authenticators.find(user, recovery_codes.TYPE)
    return recovery_codes.unused(known.data) if known else None


def _new_codes(user: int) -> list[str]:
    data = recovery_codes.begun()
    _remove(user, recovery_codes.TYPE)
    Authenticator.create(user=user, type=recovery_codes.TYPE, data=data)
    return recovery_codes.unused(data)


def _remove(user: int, kind: str) -> int:
    removed: int = Authenticator.delete().where(Authenticator.user == user, Authenticator.type == kind).execute()
    return removed


def _end_others(user: User, session: str | None, keep_key: bool) -> None:
    stamp = credential_stamps.replace(user.id)
    sessions.end_others(user.id, stamp, session)
    refresh_tokens.revoke(user.id)
    if not keep_key:
        Token.delete().where(Token.user == user.id).execute()


def _tell(user: User, notice: messages.Notice) -> None:
    after_commit(lambda: messages.send_notice(user, notice))
