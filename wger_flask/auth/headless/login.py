"""Log in, sign up, stay logged in, log out."""

from __future__ import annotations

import re
from typing import Any

from flask import Response

from ...storage.database import transaction
from .. import accounts, audit, credentials, email_addresses, limits, sessions, sign_up, tokens, usernames
from ..models import User
from ..second_factors import authenticators, recovery_codes, totp
from .protocol import Form, Visit, answer, half_logged_in, logged_in, route, unauthenticated

_USERNAME = re.compile(r"[\w.@+-]+")
_WRONG = {
    "username": "The username and/or password you specified are not correct.",
    "email": "The email address and/or password you specified are not correct.",
}


def config(visit: Visit) -> Response:
    """Tell what this server offers."""
    account = {
        "login_methods": ["username", "email"],
        "is_open_for_signup": sign_up.is_open(),
        "email_verification_by_code_enabled": False,
        "login_by_code_enabled": False,
        "password_reset_by_code_enabled": False,
        "authentication_method": "username_email",
    }
    mfa = {"supported_types": [totp.TYPE, recovery_codes.TYPE], "passkey_login_enabled": False}
    data = {"account": account, "socialaccount": {"providers": []}, "mfa": mfa}
    return answer(200, data, {"session_token": sessions.anonymous_token()})


def login(visit: Visit) -> Response:
    """Log in with a name or an e-mail address."""
    if visit.is_logged_in:
        return answer(409)
    form = Form(visit)
    sent = [name for name in ("username", "email") if name in visit.body]
    values = {name: form.read(name, required=False) for name in sent}
    password = form.read("password")
    if (email := values.get("email")) and not credentials.reached_at(email) and not email_addresses.is_valid(email):
        form.add("invalid", email_addresses.NOT_VALID, "email")
    if not form.errors and len(sent) != 1:
        form.add("invalid_login", "Invalid login.")
    form.check()
    how, name = sent[0], values[sent[0]]
    candidates = credentials.known_as(name, any_case=True) if how == "username" else credentials.reached_at(name)
    method = sessions.method(**{how: name})
    try:
        user = credentials.verify_for_login(candidates, password, visit.request.remote_addr, name)
    except authenticators.SecondFactorNeeded as half:
        return half_logged_in(half.types, session_token=sessions.begin_pending(half.user, [method]))
    if user is None:
        form.fail(f"{how}_password_mismatch", _WRONG[how], "password")
    if not user.is_active:
        return unauthenticated()
    accounts.note_login(user)
    return begun(user, [method])


def signup(visit: Visit) -> Response:
    """Make an account and log in."""
    if visit.is_logged_in:
        return answer(409)
    if not sign_up.is_open():
        return answer(403)
    limits.registration()
    form = Form(visit)
    username = usernames.normalized(form.read("username", most=usernames.LONGEST))
    email = form.read("email", required=False, most=email_addresses.LONGEST)
    password = form.read("password")
    against = sign_up.objections(username, email, password, any_case=True)
    if username and not _USERNAME.fullmatch(username):
        told = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
        form.add("invalid", told, "username")
    else:
        form.add_all(against.username, "username")
    is_no_text = isinstance(visit.body.get("email"), list | dict)
    if is_no_text or email and not email_addresses.is_valid(email):
        form.add("invalid", email_addresses.NOT_VALID, "email")
    form.add_all(against.password, "password")
    _note_taken(form, against.taken)
    form.check()
    try:
        user = sign_up.sign_up(username, email, password, visit.request)
    except accounts.Taken as clash:
        _note_taken(form, clash.fields)
        form.check()
    accounts.note_login(user)
    return begun(user, [])


def show_session(visit: Visit) -> Response:
    """Tell who is logged in."""
    return logged_in(visit.user, visit.known.methods)


def end_session(visit: Visit) -> Response:
    """Log out; the access tokens that came from the session end with it."""
    if (held := visit.session or visit.pending) is not None:
        with transaction():
            if sessions.end(held.id) and visit.session is not None:
                audit.note(audit.LOGOUT, held.user.username)
    return unauthenticated(token=False)


def refresh(visit: Visit) -> Response:
    """Give new tokens for a refresh token, which is good for that once."""
    form = Form(visit)
    text = form.read("refresh_token")
    meta = {"session_token": sessions.anonymous_token()}
    if form.errors:
        return answer(400, meta=meta, errors=form.errors)
    try:
        return answer(200, sessions.refreshed(text), meta)
    except (sessions.Gone, tokens.BadToken):
        return answer(400, meta=meta)


def begun(user: User, methods: list[dict[str, Any]]) -> Response:
    """Begin a session, and answer with all that it is good for."""
    token, key = sessions.begin(user, methods)
    return logged_in(user, methods, session_token=token, **sessions.give_tokens(sessions.by_id(key)))


def _note_taken(form: Form, fields: tuple[str, ...]) -> None:
    if "username" in fields:
        form.add("username_taken", "A user with that username already exists.", "username")
    if "email" in fields:
        form.add("email_taken", "A user is already registered with this email address.", "email")


route("config", get=config)
route("auth/login", sends={"username": False, "email": False, "password": True}, post=login)
route("auth/signup", sends={"username": True, "email": False, "password": True}, post=signup)
route("auth/session", private=True, get=show_session, delete=end_session)
route("tokens/refresh", sends={"refresh_token": True}, post=refresh)
