"""The pages on which people log in, register, and look after their account.

Plain forms that work without any script; each answers itself with its errors, or sends the
browser on.
"""

from __future__ import annotations

from flask import Response, flash, g, request, url_for
from werkzeug.exceptions import NotFound

from ..rest.errors import Invalid, Throttled
from ..rest.permissions import logged_in
from ..rest.services import services
from ..storage.database import transaction
from ..web.durations import for_people
from ..web.urls import local_path
from . import (
    accounts,
    audit,
    cookies,
    credential_stamps,
    credentials,
    email_addresses,
    forms,
    limits,
    messages,
    page_login,
    password_rules,
    sign_up,
)
from .models import Token
from .page_parts import on, page, read, row_of_user, show, show_again, to_login
from .second_factors.authenticators import SecondFactorNeeded

NOT_YOURS = "This is not your password."
TAKEN = "Another account has this one already."


def _judge(password: str, about: dict[str, str]) -> None:
    wrong = password_rules.problems(password, about)
    if wrong:
        raise Invalid({"password": [sentence for _, sentence in wrong]})


def _refuse(against: sign_up.Objections) -> None:
    wrong = {
        "username": [sentence for _, sentence in against.username],
        "password": [sentence for _, sentence in against.password],
    } | {name: [TAKEN] for name in against.taken}
    if wrong := {name: sentences for name, sentences in wrong.items() if sentences}:
        raise Invalid(wrong)


# -- in and out ----------------------------------------------------------------------------------
@page("/user/login", alias="/login")
def login() -> Response:
    """Log in."""
    onward = local_path(request.values.get("next"))
    if request.method != "POST":
        return on(onward) if g.user else show("login")
    try:
        data = read(forms.LoginForm)
        page_login.enter(data["username"], data["password"], request.remote_addr)
    except (Invalid, Throttled) as wrong:
        return show_again("login", wrong)
    except page_login.LoginFailed as wrong:
        return show("login", {"form": [wrong.body["detail"]]})
    except SecondFactorNeeded:
        return on(url_for("account.second_step", next=onward))
    return on(onward)


@page("/user/logout", alias="/logout", methods=("POST",))
def logout() -> Response:
    """Log out."""
    with transaction():
        if g.user is not None:
            audit.note(audit.LOGOUT, g.user.username)
        cookies.log_out()
    return on(url_for("home.home"))


@page("/user/register", alias="/register")
def register() -> Response:
    """Make an account and log in."""
    if not sign_up.is_open():
        raise NotFound()
    if request.method != "POST":
        return on(url_for("home.home")) if g.user else show("register")
    try:
        limits.registration()
        data = read(forms.RegisterForm)
        email = data.get("email", "")
        _refuse(sign_up.objections(data["username"], email, data["password"]))
        user = sign_up.sign_up(data["username"], email, data["password"], request)
    except accounts.Taken as clash:
        return show("register", {name: [TAKEN] for name in clash.fields})
    except (Invalid, Throttled) as wrong:
        return show_again("register", wrong)
    accounts.note_login(user)
    cookies.log_in(user)
    flash(f"Welcome, {user.username}!" + (" An e-mail is on its way to confirm your address." if email else ""))
    return on(local_path(request.form.get("next")))


# -- the account -----------------------------------------------------------------------------------
@page("/user/api-key", access=logged_in)
def api_key() -> Response:
    """Make, see once, and revoke the permanent token."""
    fresh = None
    if request.method == "POST":
        action = request.form.get("action")
        if action not in ("make", "revoke"):  # the key goes with either: for nothing else
            wrong = {"form": ["Choose whether to make a key or to revoke it."]}
            return show("api_key", wrong, known=Token.get_or_none(Token.user == g.user.id), user=row_of_user())
        with transaction():
            credential_stamps.advisory_lock(g.user.id)
            cookies.forget()
            if cookies.logged_in() is None:  # the session has ended by now, with the password it came from
                return to_login()
            accounts.revoke_token(g.user.id)
            if action == "make":
                fresh = accounts.permanent_token(row_of_user())
        if fresh is None:
            flash("Your API key is revoked.")
            return on(url_for("account.api_key"))
    return show("api_key", fresh=fresh, known=Token.get_or_none(Token.user == g.user.id), user=row_of_user())


@page("/user/password", access=logged_in)
def password() -> Response:
    """Change the password; it ends every other session and every token, the API key unless it is to stay."""
    has_key = Token.select(Token.key).where(Token.user == g.user.id).exists()
    if request.method != "POST":
        return show("password", has_key=has_key)
    user = row_of_user()
    try:
        data = read(forms.ChangeForm)
        if credentials.verify([user], data["current"], request.remote_addr) is None:
            raise Invalid({"current": [NOT_YOURS]})
        _judge(data["password"], password_rules.known_of(user))
        keep_key = "revoke_key" not in request.form
        accounts.change_password(user, data["password"], session=cookies.session_id(), keep_key=keep_key)
    except (Invalid, Throttled) as wrong:
        return show_again("password", wrong, has_key=has_key)
    except credential_stamps.PasswordChanged:
        return show("password", {"current": [NOT_YOURS]}, has_key=has_key)
    cookies.change_tokens()
    flash("Your password is changed." if keep_key or not has_key else "Your password is changed, your API key revoked.")
    return on(url_for("account.api_key"))


@page("/user/password/reset")
def request_reset() -> Response:
    """Ask for a letter with which to choose a new password."""
    if request.method != "POST":
        return show("reset_request", done=False)
    try:
        limits.sender()
        accounts.request_reset(read(forms.AddressForm)["email"])
    except (Invalid, Throttled) as wrong:
        return show_again("reset_request", wrong, done=False)
    return show("reset_request", done=True)


@page("/user/password/reset/<key>")
def reset(key: str) -> Response:
    """Choose a new password with the key of a letter."""
    allowed = messages.read_reset(key)
    if allowed is None:
        return show("reset", status=400, user=None)
    if request.method != "POST":
        return show("reset", user=allowed.user)
    try:
        data = read(forms.PasswordForm)
        _judge(data["password"], password_rules.known_of(allowed.user))
    except Invalid as wrong:
        return show("reset", wrong.body, user=allowed.user)
    if not accounts.reset_password(allowed, data["password"]):
        return show("reset", status=400, user=None)
    flash("Your password is changed: log in with the new one. Everything else that was logged in is logged out.")
    return on(url_for("account.login"))


@page("/user/email/confirm/<key>")
def confirm_email(key: str) -> Response:
    """Confirm an address; a button does it, since programs that read mail open every link."""
    row = messages.read_verification(key)
    if row is None:
        return show("confirm_email", status=400, address=None)
    if request.method == "POST" and not email_addresses.mark_verified(row.id, row.email):
        return show("confirm_email", status=400, address=None)
    return show("confirm_email", address=row.email, done=request.method == "POST" or row.verified)


@page("/user/email/verify", methods=("POST",))
def send_verification() -> Response:
    """Send the letter that confirms the address of the account again."""
    if g.user is None:
        return on(url_for("account.login"))
    try:
        services().throttle.demand("mail", f"user-{g.user.id}")
        row = accounts.request_verification(g.user.id)
        flash(f"An e-mail is on its way to {row.email}." if row else "No address of yours is known.")
    except Throttled as wrong:
        flash(for_people(wrong.body["detail"]))
    return on(url_for("account.email_addresses"))
