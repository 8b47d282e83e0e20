"""Log a user in who typed a name and a password into a page."""

from __future__ import annotations

from flask import Request

from ..rest.bodies import FORM_TYPES
from ..rest.dispatch import AGAIN, NAME, PASSWORD
from ..rest.errors import Forbidden
from . import accounts, cookies, credential_stamps, credentials, email_addresses, passwords, sessions
from .identity import Caller
from .models import User
from .second_factors import authenticators
from .second_factors.authenticators import SecondFactorNeeded

WRONG = "This name and this password do not belong together."
ELSEWHERE = (
    "This account has a second factor. Log in on the login page, in another tab: what you typed here stays, "
    "and its button works again afterwards."
)


TOO_LATE = "That was too long ago: begin again with your name and password."


class LoginFailed(Forbidden):
    """403: the name and the password do not belong together, or the account is closed."""

    message = WRONG


def enter(name: str, password: str, address: str | None) -> User:
    """Begin a session of the user with the name or the address ``name``; returns the user.

    ``address`` is where the attempt comes from.  Raises :class:`LoginFailed`,
    :class:`~wger_flask.rest.errors.Throttled` when too many failed from there, and :class:`SecondFactorNeeded`, after
    which :func:`enter_code` is the next step.
    """
    candidates = credentials.known_as(name, any_case=True)
    try:
        user = credentials.verify_for_login(candidates, password, address, name)
        if user is None or not user.is_active:
            raise LoginFailed()
        cookies.log_in(user)
    except SecondFactorNeeded as half:
        try:
            cookies.log_in_half(half.user, [sessions.method(username=half.user.username)])
        except credential_stamps.PasswordChanged:
            raise LoginFailed() from None
        raise
    except credential_stamps.PasswordChanged:
        raise LoginFailed() from None
    accounts.note_login(user)
    return user


def enter_code(code: str, address: str | None) -> bool:
    """Begin a session of the user who has shown their password, by a code; False for a wrong one.

    Raises :class:`LoginFailed` where the first step is too long ago, or the password was changed meanwhile, and
    :class:`~wger_flask.rest.errors.Throttled`.
    """
    half = cookies.logged_in_half()
    user = None if half is None else User.get_or_none(User.id == half.user.id)
    if half is None or user is None:
        raise LoginFailed(TOO_LATE)
    how = authenticators.prove(user.id, code, address)
    if how is None:
        return False
    try:
        if not sessions.end(half.id):
            raise LoginFailed(TOO_LATE)
        cookies.log_in(user, [*half.methods, how])
    except credential_stamps.PasswordChanged:
        raise LoginFailed(TOO_LATE) from None
    accounts.note_login(user)
    return True


def enter_by_passkey(text: str, request: Request) -> bool:
    """Begin a session of the user of a passkey, after their password or without; False for a wrong one.

    ``text`` is what the browser sent.  Raises :class:`~wger_flask.rest.errors.Throttled`.
    """
    half = cookies.logged_in_half()
    challenge = cookies.take_challenge("second" if half else "login")
    if challenge is None:
        return False
    place, address = cookies.place_of(request), request.remote_addr
    proved = authenticators.prove_by_passkey(half.user.id if half else None, text, place, challenge, address)
    if proved is None:
        return False
    owner, how = proved
    user = User.get_or_none(User.id == owner)
    if user is None or not user.is_active or (half and not sessions.end(half.id)):
        return False
    try:
        cookies.log_in(user, [*(half.methods if half else ()), how])
    except credential_stamps.PasswordChanged:
        return False
    accounts.note_login(user)
    return True


def by_form(request: Request) -> Caller | None:
    """Log in the user whose name and password come along with a form that is to go on; None for another request.

    Raises the errors of :func:`enter`, and :class:`~wger_flask.rest.errors.CsrfFailed`.
    """
    if request.method != "POST" or request.mimetype not in FORM_TYPES:
        return None
    form = request.form
    if AGAIN not in form or PASSWORD not in form:
        return None
    cookies.demand_csrf(request)
    name, password = form.get(NAME, "").strip(), form[PASSWORD]
    if not name or not password or len(name) > email_addresses.LONGEST or len(password) > passwords.LONGEST:
        raise LoginFailed()
    try:
        enter(name, password, request.remote_addr)
    except SecondFactorNeeded:
        raise LoginFailed(ELSEWHERE) from None
    return cookies.logged_in()
