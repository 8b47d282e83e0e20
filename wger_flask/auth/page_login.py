"""Log somebody in who typed a name and a password into a page."""

from __future__ import annotations

from flask import Request

from ..rest.dispatch import AGAIN, NAME, PASSWORD
from ..rest.errors import Forbidden
from . import accounts, cookies, credential_stamps, credentials, email_addresses, passwords
from .identity import Caller
from .models import User

WRONG = "This name and this password do not belong together."


class LoginFailed(Forbidden):
    """403: the name and the password do not belong together, or the account is closed."""

    message = WRONG


def enter(name: str, password: str, address: str | None) -> User:
    """Begin a session of whoever goes by ``name``, or has it as an address; returns them.

    ``address`` is where the attempt comes from.  Raises :class:`LoginFailed`, and
    :class:`~wger_flask.rest.errors.Throttled` when too many failed from there.
    """
    found = credentials.known_as(name, any_case=True)
    user = credentials.verify(found, password, address)
    if user is None or not user.is_active:
        raise LoginFailed()
    try:
        cookies.log_in(user)
    except credential_stamps.PasswordChanged:
        raise LoginFailed() from None
    accounts.note_login(user)
    return user


def by_form(request: Request) -> Caller | None:
    """Log in whoever sends their name and password along with a form that they want to go on with; None for any other.

    Raises the errors of :func:`enter`, and :class:`~wger_flask.rest.errors.CsrfFailed`.
    """
    form = request.form
    if request.method != "POST" or AGAIN not in form or PASSWORD not in form:
        return None
    cookies.demand_csrf(request)
    name, password = form.get(NAME, "").strip(), form[PASSWORD]
    if not name or not password or len(name) > email_addresses.LONGEST or len(password) > passwords.LONGEST:
        raise LoginFailed()
    enter(name, password, request.remote_addr)
    return cookies.logged_in()
