"""Remember people between pages: the signed cookie ``sessionid``, and the CSRF token beside it.

The cookie is Flask's own session.  It holds the token of a session in the database (see
:mod:`.sessions`), so that a copy of it is worth nothing after logging out, and the CSRF token, which
scripts read from the cookie ``csrftoken`` and send back as ``X-CSRFToken``, forms as
``csrfmiddlewaretoken``.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import string
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from ..rest.errors import CsrfFailed
from ..rest.mount import mount_of
from ..rest.permissions import SAFE_METHODS
from . import sessions
from .identity import Caller
from .models import User
from .policy import policy
from .second_factors.passkeys import Challenge, Place
from .signing import PatientSigner

SESSION_COOKIE, CSRF_COOKIE = "sessionid", "csrftoken"
SESSION_SECONDS, CSRF_SECONDS = 14 * 24 * 3600, 365 * 24 * 3600
_PENDING, _CHALLENGE = "pending", "challenge"  # in the cookie, beside "session" and "csrf"
_CHALLENGE_SECONDS = 300
_LETTERS = string.ascii_letters + string.digits


class CookieSessions(SecureCookieSessionInterface):
    """Flask's sessions, without the work where there is no cookie: most requests have none."""

    def get_cookie_path(self, app: Flask) -> str:
        return cookie_path()

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if SESSION_COOKIE not in request.environ.get("HTTP_COOKIE", ""):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed and "Cookie" not in response.headers.get("Vary", ""):  # most answers say so already
            response.vary.add("Cookie")

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        serializer = super().get_signing_serializer(app)
        if serializer is not None:
            serializer.signer = PatientSigner
        return serializer


def cookie_path() -> str:
    """Return the path below which browsers send the cookies back: that at which the server is reached."""
    return mount_of(request) or "/"


def register(app: Flask, secure: bool) -> None:
    """Set the application's sessions and CSRF tokens up; ``secure`` keeps the cookies to https."""
    app.session_interface = CookieSessions()
    app.secret_key = policy().key("session")
    app.config.update(
        SESSION_COOKIE_NAME=SESSION_COOKIE, SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure, PERMANENT_SESSION_LIFETIME=SESSION_SECONDS, SESSION_REFRESH_EACH_REQUEST=False,
    )  # fmt: skip
    app.jinja_env.globals["csrf_token"] = csrf_token

    @app.after_request
    def hand_out(response: Response) -> Response:
        known = vars(g._get_current_object())  # once: what stands for it takes a moment at each use
        if token := known.get("csrf_handed_out"):
            response.set_cookie(
                CSRF_COOKIE, token, max_age=CSRF_SECONDS, path=cookie_path(), secure=secure, samesite="Lax"
            )
        if "csrf_shown" in known and response.headers.get("Cache-Control", "no-cache") == "no-cache":
            response.headers["Cache-Control"] = "private, no-cache"
        return response


# -- who is logged in ---------------------------------------------------------------------------
def log_in(user: User, methods: Sequence[dict[str, Any]] = ()) -> None:
    """Begin a session of ``user`` with a CSRF token of its own, in the place of the one before.

    ``methods`` tells how they logged in.  Raises :class:`~.credential_stamps.PasswordChanged`.
    """
    token, _ = sessions.begin(user, [*methods], sessions.BROWSER, timedelta(seconds=SESSION_SECONDS))
    log_out()
    session.permanent = True
    _hold(token)


def log_in_half(user: User, methods: list[dict[str, Any]]) -> None:
    """Remember that the browser's owner has shown the password of ``user`` and owes a second factor.

    Raises :class:`~.credential_stamps.PasswordChanged`.
    """
    session[_PENDING] = sessions.begin_pending(user, methods)


def logged_in_half() -> sessions.Open | None:
    """Return the session of the user who owes a second factor; None without one, and when it was too long ago."""
    return sessions.found(session.get(_PENDING), sessions.PENDING)


def hold_challenge(purpose: str, text: bytes) -> None:
    """Remember in the browser what it has to sign with a passkey, and since when."""
    session[_CHALLENGE] = [purpose, base64.b64encode(text).decode(), time.time()]


def take_challenge(purpose: str) -> Challenge | None:
    """Return what the browser had to sign, and forget it; None where it is another or too old."""
    held = session.pop(_CHALLENGE, None)
    if held is None or held[0] != purpose or not 0 <= time.time() - held[2] <= _CHALLENGE_SECONDS:
        return None
    return Challenge(base64.b64decode(held[1]), held[2])


def place_of(request: Request) -> Place:
    """Return where passkeys are used: the host, and the origins that are its own or trusted."""
    rules = policy().settings
    origins = [request.host_url[:-1], _origin(rules.SITE_URL), *map(_origin, rules.CSRF_TRUSTED_ORIGINS)]
    return Place(urlsplit(request.host_url).hostname or "", tuple(origins))


def held() -> sessions.Open | None:
    """Return the session that the cookie stands for; None without one that is good."""
    if "cookie_session" not in g:
        g.cookie_session = sessions.found(session.get("session"), sessions.BROWSER)
    opened: sessions.Open | None = g.cookie_session
    return opened


def log_out() -> None:
    """End the session of the request, that one alone."""
    if (opened := held()) is not None:
        sessions.end(opened.id)
    session.clear()
    forget()


def logged_in() -> Caller | None:
    """Return the user whom the session cookie names; None without a cookie, or with one that is no longer good."""
    if not session._get_current_object():  # type: ignore[attr-defined]
        return None  # no cookie was sent, or nothing is in it
    opened = held()
    return None if opened is None else opened.user


def session_id() -> str | None:
    """Return the id of the session that the cookie stands for; None without one that is good."""
    opened = held()
    return None if opened is None else opened.id


def change_tokens() -> None:
    """Go on with the session under other tokens: copies of the cookie are worthless from now on."""
    if (opened := held()) is not None:
        _hold(sessions.change_token(opened.id, sessions.BROWSER))


def forget() -> None:
    """Have the cookie looked up again when it is asked for."""
    g.pop("cookie_session", None)


def _hold(token: str) -> None:
    session["session"] = token
    session["csrf"] = g.csrf_handed_out = _new_token()
    forget()


# -- cross-site request forgery --------------------------------------------------------------------
def csrf_token() -> str:
    """Return the CSRF token for a form on the page that is being made."""
    g.csrf_shown = True
    token: str = session.get("csrf") or g.get("csrf_handed_out") or _sent_cookie(request) or _new_token()
    if request.cookies.get(CSRF_COOKIE) != token:
        g.csrf_handed_out = token
    return token


def demand_csrf(request: Request) -> None:
    """Raise :class:`~wger_flask.rest.errors.Forbidden` for a write that another site may have caused."""
    if request.method in SAFE_METHODS:
        return
    if is_foreign(request):
        origin = request.headers["Origin"]
        raise _failed(
            f"Origin checking failed - {origin} does not match any trusted origins. "
            "Have the proxy pass the Host header on, or name the origin in CSRF_TRUSTED_ORIGINS."
        )
    cookie = _sent_cookie(request)
    if cookie is None:
        raise _failed("CSRF cookie not set.")
    expected = session.get("csrf") or cookie
    if not hmac.compare_digest(cookie, expected):  # a cookie that another subdomain slipped in
        raise _failed("CSRF cookie incorrect.")
    sent, where = request.form.get("csrfmiddlewaretoken"), "POST"
    if not sent:
        sent, where = request.headers.get("X-CSRFToken"), "the 'X-Csrftoken' HTTP header"
    if not sent:
        raise _failed("CSRF token missing.")
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise _failed(f"CSRF token from {where} incorrect.")


def is_foreign(request: Request) -> bool:
    """Tell whether the page of another site sent a request, as far as the browser says."""
    origin = request.headers.get("Origin")
    return origin is not None and origin != "" and not _is_trusted(origin, request)


def carries_token(request: Request) -> bool:
    """Tell whether a form carries the CSRF token of a page that was made for its sender."""
    expected: str = session.get("csrf") or _sent_cookie(request) or ""
    sent = request.form.get("csrfmiddlewaretoken", "")
    return expected != "" and hmac.compare_digest(sent.encode("utf-8", "replace"), expected.encode())


def _failed(reason: str) -> CsrfFailed:
    return CsrfFailed(reason, logged_in())


def _is_trusted(origin: str, request: Request) -> bool:
    return origin == request.host_url[:-1] or any(
        _origin(trusted) == origin for trusted in policy().settings.CSRF_TRUSTED_ORIGINS
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _sent_cookie(request: Request) -> str | None:
    sent = request.cookies.get(CSRF_COOKIE, "")
    return sent if len(sent) == 32 and sent.isascii() and sent.isalnum() else None


def _new_token() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(32))
