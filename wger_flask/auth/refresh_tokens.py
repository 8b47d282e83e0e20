"""Remember refresh tokens of ``/api/v2/token``, so that each is used once.

Only where ``WGER_ROTATE_REFRESH_TOKENS`` is on.  What makes it safe against two uses at the
same moment is the database's own rule that a token is blacklisted at most once: the second
insertion fails.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..storage import columns
from ..storage.cascade import delete
from ..storage.database import IntegrityError, transaction
from . import credential_stamps, tokens
from .models import BlacklistedToken, OutstandingToken, User
from .policy import policy
from .tokens import REFRESH, BadToken, Made


def pair(user: User) -> dict[str, str]:
    """Return a refresh and an access token, in the order of the answer.

    Raises :class:`~.credential_stamps.PasswordChanged` when the password of ``user`` was changed since they were read.
    """
    stamp = credential_stamps.current(user)
    return {"refresh": new_refresh(user.id, stamp), "access": tokens.make(user.id, tokens.ACCESS, stamp).text}


def new_refresh(user: int, stamp: str) -> str:
    """Return a refresh token, remembered where tokens are rotated."""
    made = tokens.make(user, REFRESH, stamp)
    if policy().settings.WGER_ROTATE_REFRESH_TOKENS:
        with transaction():
            _forget_expired(user)
            _remember(user, made)
    return made.text


def renewed(user: int, claims: dict[str, Any]) -> dict[str, str]:
    """Return what the refresh token with these claims is good for; raises :class:`BadToken` if it was used.

    Always an access token; where tokens are rotated also a new refresh token.
    """
    if is_blacklisted(claims["jti"]):
        raise BadToken(BadToken.BLACKLISTED)
    stamp = tokens.stamp_of(claims)
    answer = {"access": tokens.make(user, tokens.ACCESS, stamp).text}
    if policy().settings.WGER_ROTATE_REFRESH_TOKENS:
        made = tokens.make(user, REFRESH, stamp)
        try:
            with transaction():
                _blacklist(user, claims)
                _forget_expired(user)
                _remember(user, made)
        except IntegrityError:
            raise BadToken(BadToken.BLACKLISTED) from None
        answer["refresh"] = made.text
    return answer


def is_blacklisted(jti: str) -> bool:
    """Tell whether the token with this id is refused before its time."""
    query = BlacklistedToken.select(BlacklistedToken.id).join(OutstandingToken).where(OutstandingToken.jti == jti)
    return query.exists()


def revoke(user: int) -> None:
    """Blacklist every refresh token that is remembered of ``user``, inside the caller's transaction."""
    used = BlacklistedToken.select(BlacklistedToken.token)
    query = OutstandingToken.select(OutstandingToken.id).where(
        OutstandingToken.user == user, OutstandingToken.id.not_in(used)
    )
    for key in list(query.scalars()):
        BlacklistedToken.create(token=key)


# The column ``token`` stays empty: to read the database gives no token that is good for anything.
def _remember(user: int, made: Made) -> None:
    OutstandingToken.create(user=user, jti=made.jti, token="", created_at=columns.now(), expires_at=made.expires)


def _blacklist(user: int, claims: dict[str, Any]) -> None:
    known = OutstandingToken.get_or_none(OutstandingToken.jti == claims["jti"])
    if known is None:  # given out while tokens were not rotated
        known = OutstandingToken.create(
            user=user,
            jti=claims["jti"],
            token="",
            created_at=datetime.fromtimestamp(claims["iat"], UTC),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )
    BlacklistedToken.create(token=known.id)


def _forget_expired(user: int) -> None:
    query = OutstandingToken.select(OutstandingToken.id).where(
        OutstandingToken.user == user, OutstandingToken.expires_at < columns.now()
    )
    if keys := list(query.scalars()):
        delete(OutstandingToken, keys)
