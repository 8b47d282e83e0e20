"""What pages ask of passkeys: the options for the browser's script, and logging in with one."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from werkzeug.exceptions import NotFound

from ..rest.errors import Invalid, Throttled
from ..web.urls import local_path
from . import cookies, forms, page_login
from .page_parts import on, page, read, row_of_user, show, show_again
from .second_factors import authenticators, passkeys

WRONG = "This passkey was not taken. Try again, or log in another way."


@page("/user/login/passkey/options", methods=("GET",))
def login_options() -> Response:
    """Tell a script what it needs to log in with a passkey."""
    half = cookies.logged_in_half()
    known = [row.data for row in authenticators.passkeys_of(half.user.id)] if half else None
    text, challenge = passkeys.options_to_log_in(cookies.place_of(request), known)
    cookies.hold_challenge("second" if half else "login", challenge)
    return Response(text, mimetype="application/json")


@page("/user/login/passkey", methods=("POST",))
def log_in_by_passkey() -> Response:
    """Log in with a passkey."""
    onward = local_path(request.form.get("next"))
    if g.user:
        return on(onward)
    template = "login"
    values: dict[str, Any] = {}
    if (half := cookies.logged_in_half()) is not None:
        template, values = "second_step", {"types": authenticators.needed(half.user.id)}
    try:
        if not page_login.enter_by_passkey(read(forms.PasskeyForm)["credential"], request):
            return show(template, {"form": [WRONG]}, **values)
    except Invalid:
        return show(template, {"form": [WRONG]}, **values)
    except Throttled as wrong:
        return show_again(template, wrong, **values)
    return on(onward)


@page("/user/second-factor/passkey/options", methods=("GET",))
def passkey_options() -> Response:
    """Tell a script what it needs to make a passkey."""
    if g.user is None:
        raise NotFound()
    user = row_of_user()
    known = [row.data for row in authenticators.passkeys_of(user.id)]
    place, name = cookies.place_of(request), user.email or user.username
    text, challenge = passkeys.options_to_register(place, user.id, name, user.username, known)
    cookies.hold_challenge("register", challenge)
    return Response(text, mimetype="application/json")
