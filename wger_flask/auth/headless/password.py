"""Change a password, or choose a new one by mail."""

from __future__ import annotations

from flask import Response

from .. import accounts, credentials, email_addresses, limits, messages, password_rules, passwords, sessions
from ..models import User
from .protocol import Form, Visit, answer, logged_in, route, shown, unauthenticated

_BAD_KEY = ("invalid_password_reset", "The password reset token was invalid.", "key")


def change(visit: Visit) -> Response:
    """Change the password; every other session, token and the API key end, and this session gets another token."""
    session, user = visit.known, visit.user
    form = Form(visit)
    must_prove = passwords.is_usable(user.password)
    current = form.read("current_password", required=must_prove)
    fresh = form.read("new_password")
    if must_prove and current and credentials.verify([user], current, visit.request.remote_addr) is None:
        form.add("enter_current_password", "Please type your current password.", "current_password")
    if fresh:
        _judge(form, fresh, "new_password", user)
    form.check()
    accounts.change_password(user, fresh, session=session.id)
    return logged_in(user, session.methods, session_token=sessions.change_token(session.id))


def request_reset(visit: Visit) -> Response:
    """Send a letter with which to choose a new password; the answer does not tell whether it is known."""
    limits.sender()
    form = Form(visit)
    email = form.read("email", most=email_addresses.LONGEST)
    if email and not email_addresses.is_valid(email):
        form.add("invalid", email_addresses.NOT_VALID, "email")
    form.check()
    accounts.request_reset(email)
    return answer(200, meta={"session_token": sessions.anonymous_token()})


def show_reset(visit: Visit) -> Response:
    """Tell whose password the key in ``X-Password-Reset-Key`` resets."""
    allowed = messages.read_reset(visit.request.headers.get("X-Password-Reset-Key", ""))
    if allowed is None:
        Form(visit).fail(*_BAD_KEY)
    return answer(200, {"user": shown(allowed.user)}, {"is_authenticated": visit.is_logged_in})


def reset(visit: Visit) -> Response:
    """Choose a new password with the key of a letter; logging in is the next step."""
    form = Form(visit)
    key, fresh = form.read("key"), form.read("password")
    allowed = messages.read_reset(key) if key else None
    if key and allowed is None:
        form.add(*_BAD_KEY)
    if allowed is not None and fresh:
        _judge(form, fresh, "password", allowed.user)
    form.check()
    if allowed is None or not accounts.reset_password(allowed, fresh):
        form.fail(*_BAD_KEY)
    return unauthenticated()


def _judge(form: Form, password: str, param: str, user: User) -> None:
    form.add_all(password_rules.problems(password, password_rules.known_of(user)), param)


route("account/password/change", sends={"current_password": False, "new_password": True}, private=True, post=change)
route("auth/password/request", sends={"email": True}, post=request_reset)
route(
    "auth/password/reset",
    sends={"key": True, "password": True},
    header="X-Password-Reset-Key",
    get=show_reset,
    post=reset,
)
