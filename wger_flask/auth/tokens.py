"""Make and read the two families of signed tokens.

Tokens of ``/api/v2/token`` say their ``token_type``, those of ``/allauth/app/v1`` (headless)
their ``token_use``; each is either an access or a refresh token.  All are HS256 with one key of
their own.  Those of the first family carry the stamp of their account, those of the second name
their session: whether they still hold is for the database to say, with the user's own row.

PyJWT brings all of ``cryptography`` with it, 8 MB: a process has it once it makes or reads such a token.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from .policy import policy

ACCESS, REFRESH = "access", "refresh"
ALGORITHM = "HS256"
LEEWAY = 5  # seconds by which the clocks of two hosts may differ


class BadToken(Exception):
    """Say why a token is refused, in the words of the answer."""

    INVALID = "Token is invalid"
    EXPIRED = "Token is expired"
    WRONG_TYPE = "Token has wrong type"
    NO_TYPE = "Token has no type"
    BLACKLISTED = "Token is blacklisted"


@dataclass(frozen=True, slots=True)
class Made:
    """A token that was made, and what the server remembers of it."""

    text: str
    jti: str
    expires: datetime


def make(user: int, kind: str, stamp: str) -> Made:
    """Return an access or refresh token of ``/api/v2/token``; it ends with the account's ``stamp``."""
    rules = policy()
    lifetime = rules.access_lifetime if kind == ACCESS else rules.refresh_lifetime
    last = {"user_id": str(user), "sub": str(user), "stamp": stamp}
    return _make(lifetime, uuid.uuid4().hex, {"token_type": kind}, last)


def make_headless(user: int, kind: str, session: str) -> Made:
    """Return an access or refresh token that belongs to a headless session, by the session's id."""
    rules = policy()
    lifetime = rules.headless_access_lifetime if kind == ACCESS else rules.headless_refresh_lifetime
    return _make(lifetime, str(uuid.uuid4()), {}, {"sid": session, "token_use": kind, "sub": str(user)})


def read(text: str) -> dict[str, Any]:
    """Return the claims of a token of either family; raises :class:`BadToken`."""
    import jwt

    try:
        return jwt.decode(
            text, policy().key("jwt"), algorithms=[ALGORITHM], options={"require": ["exp"]}, leeway=LEEWAY
        )
    except jwt.ExpiredSignatureError:
        raise BadToken(BadToken.EXPIRED) from None
    except (jwt.PyJWTError, ValueError):
        raise BadToken(BadToken.INVALID) from None


def read_refresh(text: str) -> dict[str, Any]:
    """Return the claims of a refresh token of ``/api/v2/token``; raises :class:`BadToken`."""
    claims = read(text)
    if "token_type" not in claims:
        raise BadToken(BadToken.NO_TYPE)
    if claims["token_type"] != REFRESH or "jti" not in claims:
        raise BadToken(BadToken.WRONG_TYPE)
    return claims


def read_access(text: str) -> dict[str, Any]:
    """Return the claims of an access token of either family; raises :class:`BadToken`."""
    claims = read(text)
    if claims.get("token_use") == ACCESS:
        return claims
    if "token_type" not in claims:
        raise BadToken(BadToken.NO_TYPE)
    if claims["token_type"] != ACCESS:
        raise BadToken(BadToken.WRONG_TYPE)
    return claims


def read_headless(text: str, kind: str) -> dict[str, Any]:
    """Return the claims of a headless token of one kind; raises :class:`BadToken`."""
    claims = read(text)
    if claims.get("token_use") != kind or not isinstance(claims.get("sid"), str):
        raise BadToken(BadToken.WRONG_TYPE)
    return claims


def stamp_of(claims: dict[str, Any]) -> str:
    """Return the stamp that a token carries, empty where it carries none."""
    stamp = claims.get("stamp")
    return stamp if isinstance(stamp, str) else ""


def session_of(claims: dict[str, Any]) -> str:
    """Return the id of the session that a headless token came from, empty where it names none."""
    session = claims.get("sid")
    return session if isinstance(session, str) else ""


def user_of(claims: dict[str, Any]) -> int | None:
    """Return the primary key that a token names, None where it names none."""
    named = claims.get("user_id", claims.get("sub"))
    try:
        return None if named is None else int(named)
    except (TypeError, ValueError):
        return None


def _make(lifetime: timedelta, jti: str, first: dict[str, Any], last: dict[str, Any]) -> Made:
    import jwt

    now = datetime.now(UTC)
    expires = now + lifetime
    claims = {**first, "exp": int(expires.timestamp()), "iat": int(now.timestamp()), "jti": jti, **last}
    return Made(jwt.encode(claims, policy().key("jwt"), algorithm=ALGORITHM), jti, expires)
