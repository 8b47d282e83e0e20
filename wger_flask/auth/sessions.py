"""Keep the sessions of apps: what ``X-Session-Token`` and headless refresh tokens stand for.

An app holds a random token; the database holds its digest, so that reading the database lets
nobody in.  A session depends on the password that was valid when it began and ends with it.

Somebody who is not logged in gets a token too, because the protocol wants one in every answer.
Nothing is stored for it: it carries its own signature, so that strangers cannot fill the table.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import string
import time
from dataclasses import dataclass, field

from ..storage import fields
from ..storage.database import transaction
from . import caller, tokens
from .caller import Caller
from .models import Session
from .policy import policy

_LETTERS = string.ascii_lowercase + string.digits
_RANDOM, _SIGNED = 20, 12  # characters of a token: 103 random bits, and 60 of signature where nothing is stored


class Gone(Exception):
    """Say that a session token is not, or no longer, good for anything."""


@dataclass(slots=True)
class Open:
    """A session that is open: its ``key`` in the database, its user, and how they logged in."""

    key: str
    user: Caller
    methods: list[dict]
    refresh: str | None = None
    stored: str = field(default="", repr=False)


def anonymous_token() -> str:
    """Return a token for somebody who is not logged in."""
    start = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
    return start + _signature(start)


def mark_of(password_hash: str) -> str:
    """Return what a session keeps of the password: enough to notice that it was changed."""
    return hmac.digest(policy().key("session-mark"), password_hash.encode(), "sha256").hex()[:32]


def method(**how: str) -> dict:
    """Describe a login with a password just now, by ``username`` or ``email``."""
    return {"method": "password", "at": time.time(), **how}


def begin(user: int, password_hash: str, methods: list[dict]) -> tuple[str, str]:
    """Begin a session; returns its token, for the app alone, and its key.  Forgets those that have expired."""
    token = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM + _SIGNED))
    key = _key(token)
    now = fields.now()
    data = {"user": user, "mark": mark_of(password_hash), "methods": methods}
    with transaction():
        Session.delete().where(Session.expire_date < now).execute()
        Session.create(
            session_key=key, session_data=_text(data), expire_date=now + policy().headless_refresh_lifetime
        )
    return token, key


def by_token(token: str) -> Open | None:
    """Return the session of a token, None for somebody who never logged in; raises :class:`Gone`."""
    start, signature = token[:_RANDOM], token[_RANDOM:]
    if token.isascii() and hmac.compare_digest(signature, _signature(start)):
        return None
    return by_key(_key(token))


def by_key(key: str) -> Open:
    """Return the open session with a key; raises :class:`Gone`."""
    row = Session.get_or_none(Session.session_key == key)
    if row is None or row.expire_date < fields.now():
        raise Gone()
    try:
        data = json.loads(row.session_data)
        found = caller.by_session(data["user"])
        same = found is not None and hmac.compare_digest(data["mark"], mark_of(found[1]))
        if not same or not found[0].is_active:
            raise Gone()
        return Open(key, found[0], data["methods"], data.get("refresh"), row.session_data)
    except (ValueError, KeyError, TypeError):  # somebody else's row: Django's sessions are in the same table
        raise Gone() from None


def end(key: str) -> None:
    """End a session; its refresh token ends with it."""
    with transaction():
        Session.delete().where(Session.session_key == key).execute()


def give_tokens(session: Open) -> dict[str, str]:
    """Return a new access and a new refresh token of ``session``; the refresh token before is refused from now on.

    Raises :class:`Gone` when the session changed meanwhile: of two uses of one refresh token at
    the same moment, one wins.
    """
    access = tokens.make_headless(session.user.id, tokens.ACCESS, session.key)
    refresh = tokens.make_headless(session.user.id, tokens.REFRESH, session.key)
    data = {**json.loads(session.stored), "refresh": refresh.jti}
    with transaction():
        changed = (
            Session.update(session_data=_text(data), expire_date=refresh.expires)
            .where(Session.session_key == session.key, Session.session_data == session.stored)
            .execute()
        )
    if not changed:
        raise Gone()
    return {"access_token": access.text, "refresh_token": refresh.text}


def refreshed(text: str) -> dict[str, str]:
    """Return new tokens for a refresh token; raises :class:`Gone` or :class:`~.tokens.BadToken`."""
    claims = tokens.read_headless(text, tokens.REFRESH)
    session = by_key(claims["sid"])
    if session.refresh is None or session.refresh != claims.get("jti"):
        raise Gone()
    return give_tokens(session)


def _key(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:40]


def _signature(start: str) -> str:
    digest = hmac.digest(policy().key("anonymous-session"), start.encode("utf-8", "replace"), "sha256")
    number = int.from_bytes(digest, "big")
    return "".join(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(_SIGNED))


def _text(data: dict) -> str:
    return json.dumps(data, separators=(",", ":"))
