"""Keep who is logged in: browsers by their cookie, apps by ``X-Session-Token`` and the tokens that come from it.

The holder of a session has a random token; the database holds its digest, so that to read the database
is not enough to log in.  A session ends by logging out, by its time, and with the password: see
:mod:`.credential_stamps`.  Access tokens name their session and end with it.

A user who has shown their password and owes a second factor has a session that is pending: its token opens nothing,
it is for going on with logging in, within a quarter of an hour.

A client without a login gets a token too, because the protocol of apps wants one in every answer.
Nothing is stored for it: it carries its own signature, so that strangers cannot fill the table.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import string
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..storage import columns
from ..storage.database import transaction
from ..storage.predicates import Clause, equals
from ..storage.query import Selection
from . import credential_stamps, tokens
from .identity import Caller, columns_of
from .models import LoginSession, User
from .policy import policy

APP, BROWSER, PENDING = "app", "browser", "pending"
_PENDING_LIFETIME = timedelta(minutes=15)
_LETTERS = string.ascii_lowercase + string.digits
_RANDOM, _SIGNED = 20, 12  # characters of a token: 103 random bits, and 60 of signature where nothing is stored
_READ = (
    *columns_of("account.user"),
    "id", "methods", "refresh", "expires", "stamp", "account.stamp", "account.mark", "account.user.password",
)  # fmt: skip


class Gone(Exception):
    """Say that a session token is not, or no longer, good for anything."""


@dataclass(slots=True)
class Open:
    """A session that is open: its ``id``, its user, how they logged in, its refresh token's id, and its stamp."""

    id: str
    user: Caller
    methods: list[dict[str, Any]]
    refresh: str
    stamp: str


def anonymous_token() -> str:
    """Return a token for a client without a login."""
    start = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
    return start + _signature(start)


def method(**how: str) -> dict[str, Any]:
    """Describe a login with a password just now, by ``username`` or ``email``."""
    return {"method": "password", "at": time.time(), **how}


def begin(
    user: User, methods: list[dict[str, Any]], kind: str = APP, lifetime: timedelta | None = None
) -> tuple[str, str]:
    """Begin a session; returns its token, for its holder alone, and its id.  Forgets those that have expired.

    Raises :class:`~.credential_stamps.PasswordChanged` when the password of ``user`` is no longer the one they were
    read with.
    """
    token, key = _random_token(), secrets.token_hex(16)
    now = columns.now()
    with transaction():
        stamp = credential_stamps.current(user)
        LoginSession.delete().where(LoginSession.expires < now).execute()
        ends = now + (lifetime or policy().headless_refresh_lifetime)
        LoginSession.create(
            id=key, key=_digest(token, kind), account=user.id, stamp=stamp, methods=json.dumps(methods), expires=ends
        )
    return token, key


def begin_pending(user: User, methods: list[dict[str, Any]]) -> str:
    """Begin to log a user in who owes a second factor; returns the token with which they go on.

    Raises :class:`~.credential_stamps.PasswordChanged`.
    """
    token, _ = begin(user, methods, PENDING, _PENDING_LIFETIME)
    return token


def add_method(session: Open, method: dict[str, Any]) -> None:
    """Note that the holder of ``session`` has proved again who they are."""
    session.methods = [*session.methods, method]
    with transaction():
        LoginSession.update(methods=json.dumps(session.methods)).where(LoginSession.id == session.id).execute()


def proved_within(session: Open, seconds: float) -> bool:
    """Tell whether the holder of ``session`` has proved who they are that recently."""
    now = time.time()
    return any(now - seconds <= entry.get("at", 0) <= now + tokens.LEEWAY for entry in session.methods)


def by_token(token: str, kind: str = APP) -> Open | None:
    """Return the session of a token, None for that of a client without a login; raises :class:`Gone`."""
    start, signature = token[:_RANDOM], token[_RANDOM:]
    if token.isascii() and hmac.compare_digest(signature, _signature(start)):
        return None
    return _active(_fetch(equals(LoginSession.key, _digest(token, kind))))


def found(token: str | None, kind: str) -> Open | None:
    """Return the session of a token as :func:`by_token` does, and None for no token and for one that is gone."""
    try:
        return by_token(token, kind) if token else None
    except Gone:
        return None


def by_id(key: str) -> Open:
    """Return the open session with an id; raises :class:`Gone`."""
    return _active(_fetch(equals(LoginSession.id, key)))


def user_of(key: str) -> Caller | None:
    """Return the user of the session with an id, active or not; None for one that has ended."""
    session = _fetch(equals(LoginSession.id, key))
    return None if session is None else session.user


def end(key: str) -> bool:
    """End a session, and the tokens that came from it with it; False where it had ended already."""
    with transaction():
        return bool(LoginSession.delete().where(LoginSession.id == key).execute())


def end_others(user: int, stamp: str, but: str | None) -> None:
    """End the sessions of ``user``, who has another stamp now, inside the caller's transaction; ``but`` goes on."""
    own = LoginSession.account == user
    LoginSession.delete().where(own & (LoginSession.id != but) if but else own).execute()
    if but:
        LoginSession.update(stamp=stamp).where(own & (LoginSession.id == but)).execute()


def end_of_password(user: int, stamp: str, but: str | None) -> None:
    """End the sessions of ``user``, whose password was changed, inside the caller's transaction.

    The session with the id ``but`` goes on, and the access tokens that came from it; its refresh token does not.
    """
    end_others(user, stamp, but)
    if but:
        LoginSession.update(refresh="").where((LoginSession.account == user) & (LoginSession.id == but)).execute()


def change_token(key: str, kind: str = APP) -> str:
    """Give the session with an id another token, and return it: copies of the old one are worthless."""
    token = _random_token()
    with transaction():
        LoginSession.update(key=_digest(token, kind)).where(LoginSession.id == key).execute()
    return token


def give_tokens(session: Open) -> dict[str, str]:
    """Return a new access and a new refresh token of ``session``; the refresh token before is refused from now on.

    Raises :class:`Gone` when the session changed meanwhile: of two uses of one refresh token at
    the same moment, one wins.
    """
    access = tokens.make_headless(session.user.id, tokens.ACCESS, session.id)
    refresh = tokens.make_headless(session.user.id, tokens.REFRESH, session.id)
    with transaction():
        changed = (
            LoginSession.update(refresh=refresh.jti, expires=refresh.expires)
            .where(LoginSession.id == session.id, LoginSession.refresh == session.refresh)
            .execute()
        )
    if not changed:
        raise Gone()
    return {"access_token": access.text, "refresh_token": refresh.text}


def refreshed(text: str) -> dict[str, str]:
    """Return new tokens for a refresh token; raises :class:`Gone` or :class:`~.tokens.BadToken`."""
    claims = tokens.read_headless(text, tokens.REFRESH)
    session = by_id(claims["sid"])
    if not session.refresh or session.refresh != claims.get("jti"):
        raise Gone()
    return give_tokens(session)


def _fetch(which: Clause) -> Open | None:
    for *user, key, methods, refresh, expires, sent, stamp, mark, password in Selection(LoginSession, (which,)).rows(
        _READ
    ):
        if expires >= columns.now() and credential_stamps.holds(sent, stamp, mark, password):
            caller = Caller(*user)
            caller.ends = expires.timestamp()
            return Open(key, caller, json.loads(methods), refresh, sent)
    return None


def _active(session: Open | None) -> Open:
    if session is None or not session.user.is_active:
        raise Gone()
    return session


def _random_token() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM + _SIGNED))


def _digest(token: str, kind: str) -> str:
    """Return what is stored of a token: of a browser's another text than of an app's, so that none is the other."""
    return hashlib.sha256(f"{kind} {token}".encode("utf-8", "replace")).hexdigest()


def _signature(start: str) -> str:
    digest = hmac.digest(policy().key("anonymous-session"), start.encode("utf-8", "replace"), "sha256")
    number = int.from_bytes(digest, "big")
    return "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(_SIGNED))
