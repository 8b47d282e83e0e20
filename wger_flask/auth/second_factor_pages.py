"""The pages of the second factor: the step after the password, and the one on which it is set up and removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, g, request, url_for

from ..rest.errors import Invalid, Throttled
from ..rest.permissions import logged_in
from ..web.urls import local_path
from . import cookies, credential_stamps, credentials, forms, page_login, sessions
from .models import Token, User
from .page_parts import on, page, read, row_of_user, show, show_again, to_login
from .pages import NOT_YOURS
from .second_factors import authenticators, changes, passkeys, recovery_codes, totp

WRONG_CODE = "This is not a code that is good now. Each is good once, those of the app for half a minute."


@page("/user/login/code")
def second_step() -> Response:
    """Log in with a code, after the password."""
    onward = local_path(request.values.get("next"))
    if g.user:
        return on(onward)
    if (half := cookies.logged_in_half()) is None:
        return on(url_for("account.login", next=onward))
    types = authenticators.needed(half.user.id)
    if request.method != "POST":
        return show("second_step", types=types)
    try:
        if not page_login.enter_code(read(forms.CodeForm)["code"], request.remote_addr):
            raise Invalid({"code": [WRONG_CODE]})
    except (Invalid, Throttled) as wrong:
        return show_again("second_step", wrong, types=types)
    except page_login.LoginFailed as wrong:
        return show("login", {"form": [wrong.body["detail"]]})
    return on(onward)


@page("/user/second-factor", access=logged_in)
def second_factor() -> Response:
    """Set up an authenticator app or passkeys, remove them, make new recovery codes."""
    user = row_of_user()
    if request.method != "POST":
        return show("second_factor", **_state(user))
    try:
        action = request.form.get("action", "")
        if action not in _ACTIONS:
            raise Invalid({"form": ["Choose what to do."]})
        codes = _ACTIONS[action](user)
    except (Invalid, Throttled) as wrong:
        return show_again("second_factor", wrong, **_state(user))
    except credential_stamps.PasswordChanged:
        return to_login()
    except changes.NotDone as wrong:
        told = {"code": [WRONG_CODE]} if wrong.code == "incorrect_code" else {"form": [str(wrong)]}
        return show("second_factor", told, **_state(user))
    return show("second_factor", codes=codes, **_state(user)) if codes else on(url_for("account.second_factor"))


def _state(user: User) -> dict[str, Any]:
    """Return what the page shows: the second factors that there are, or how to set one up."""
    rows = authenticators.of(user.id)
    known = {row.type: row for row in rows}
    state: dict[str, Any] = {
        "known": known,
        "is_on": bool(authenticators.needed(user.id)),
        "passkeys": [(row, passkeys.name_of(row.data)) for row in rows if row.type == passkeys.TYPE],
        "left": 0,
        "sent_action": request.form.get("action", ""),
        "has_key": Token.select(Token.key).where(Token.user == user.id).exists(),
    }
    if (row := known.get(recovery_codes.TYPE)) is not None:
        state["left"] = len(authenticators.codes_of(row))
    session = cookies.held()
    if totp.TYPE not in known and session is not None:
        secret = changes.offered_secret(session)
        state["secret"] = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        state["address"] = changes.offered_address(user, secret)
        state["picture"] = totp.picture(state["address"])
    return state


def _demand_password(user: User, password: str) -> None:
    if credentials.verify([user], password, request.remote_addr) is None:
        raise Invalid({"current": [NOT_YOURS]})


def _session() -> sessions.Open:
    cookies.forget()
    if (session := cookies.held()) is None:  # it has ended by now
        raise credential_stamps.PasswordChanged()
    return session


def _turn_on(user: User) -> list[str]:
    data = read(forms.TurnOnForm)
    _demand_password(user, data["current"])
    codes = changes.turn_on(user, _session(), data["code"], keep_key="revoke_key" not in request.form)
    cookies.change_tokens()
    return codes


def _turn_off(user: User) -> list[str]:
    _demand_password(user, read(forms.CurrentForm)["current"])
    changes.turn_off(user, _session().id)
    cookies.change_tokens()
    flash(
        "The authenticator app is removed. Passkeys stay."
        if authenticators.needed(user.id)
        else "The second factor is removed: your password is enough to log in."
    )
    return []


def _renew_codes(user: User) -> list[str]:
    _demand_password(user, read(forms.CurrentForm)["current"])
    _session()
    return changes.renew_codes(user)


def _add_passkey(user: User) -> list[str]:
    challenge = cookies.take_challenge("register")
    data = read(forms.AddPasskeyForm)
    _demand_password(user, data["current"])
    session = _session()
    try:
        if challenge is None:
            raise passkeys.Refused("too late")
        sent, name = passkeys.read(data["credential"]), data["passkey_name"]
        made = passkeys.registered(sent, name, cookies.place_of(request), challenge)
    except passkeys.Refused:
        raise Invalid({"form": ["The passkey was not taken. Try again."]}) from None
    codes = changes.add_passkey(user, made, session, keep_key="revoke_key" not in request.form)
    flash("The passkey is added: you can log in with it alone.")
    if codes:
        cookies.change_tokens()
    return codes


def _remove_passkey(user: User) -> list[str]:
    data = read(forms.RemovePasskeyForm)
    _demand_password(user, data["current"])
    if not changes.remove_passkey(user, data["key"], _session().id):
        raise Invalid({"form": ["This is none of your passkeys."]})
    cookies.change_tokens()
    flash("The passkey is removed.")
    return []


_ACTIONS: dict[str, Callable[[User], list[str]]] = {
    "on": _turn_on,
    "off": _turn_off,
    "codes": _renew_codes,
    "add-passkey": _add_passkey,
    "remove-passkey": _remove_passkey,
}
