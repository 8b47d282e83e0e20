"""Tell who sends a request: the session cookie, a page on which they log in again, a permanent token, a signed one.

A valid session cookie wins over an ``Authorization`` header, and with it comes the demand for a
CSRF token.  A header that names a scheme we know and is wrong is refused even where no login
is needed; one of another scheme is as good as none.  The words are those that clients know.
"""

from __future__ import annotations

from typing import Any

from flask import Request

from ..rest.errors import Forbidden
from . import cookies, identity, page_login, sessions, tokens
from .identity import Caller


def authenticate(request: Request) -> Caller | None:
    """Return the user who sends ``request``, None without a login; raises :class:`Forbidden` for broken credentials."""
    user = cookies.logged_in()
    if user is not None:
        cookies.demand_csrf(request)
        return user
    if user := page_login.by_form(request):
        return user
    parts = _sent(request)
    if not parts:
        return None
    if parts[0] == "Bearer":
        return _bearer(parts)
    if parts[0].lower() == "token":
        return _token(parts)
    return None


def authenticate_again(request: Request) -> Caller | None:
    """Return who sends ``request`` by what is stored now, as :func:`authenticate` does.

    For giving out what a password would have to end: what gave the right to it may have ended meanwhile.
    """
    cookies.forget()
    return authenticate(request)


def _sent(request: Request) -> list[str]:
    """Return the words of the header: apart at ASCII blanks alone, letters beyond ASCII sent as UTF-8."""
    sent = request.environ.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace")
    return [word.decode("utf-8", "replace") for word in sent.split()]


def _token(parts: list[str]) -> Caller:
    if len(parts) == 1:
        raise Forbidden("Invalid token header. No credentials provided.")
    if len(parts) > 2:
        raise Forbidden("Invalid token header. Token string should not contain spaces.")
    user = identity.by_token(parts[1])  # whatever its form: dumps bring tokens that others have made
    if user is None:
        raise Forbidden("Invalid token.")
    if not user.is_active:
        raise Forbidden("User inactive or deleted.")
    return user


def _bearer(parts: list[str]) -> Caller:
    if len(parts) != 2:
        told = "Authorization header must contain two space-delimited values"
        raise Forbidden(told, code="bad_authorization_header")
    try:
        claims = tokens.read_access(parts[1])
    except tokens.BadToken as wrong:
        raise _no_access(str(wrong)) from None
    number = tokens.user_of(claims)
    if number is None:
        raise Forbidden("Token contained no recognizable user identification", code="token_not_valid")
    if "token_use" in claims:
        of_session = _of_session(claims)
        of_session.ends = min(of_session.ends, claims["exp"])
        return of_session
    holder = identity.by_stamp(number, tokens.stamp_of(claims))
    user = holder or identity.by_id(number)
    if user is None:
        raise Forbidden("User not found", code="user_not_found")
    if not user.is_active:
        raise Forbidden("User is inactive", code="user_inactive")
    if holder is None:  # it ended with the password
        raise _no_access(tokens.BadToken.INVALID)
    user.ends = claims["exp"]
    return user


def _of_session(claims: dict[str, Any]) -> Caller:
    user = sessions.user_of(tokens.session_of(claims))
    if user is None or not user.is_active:
        # A headless token that is good for nothing is asked what a token of the other family says.
        raise _no_access(tokens.BadToken.NO_TYPE)
    return user


def _no_access(reason: str) -> Forbidden:
    message = {"token_class": "AccessToken", "token_type": "access", "message": reason}
    return Forbidden("Given token not valid for any token type", code="token_not_valid", messages=[message])
