"""The pages on which people log in, register, and look after their account.

Plain forms that work without any script; each answers itself with its errors, or sends the
browser on.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, flash, g, redirect, request, url_for
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import NotFound

from ..rest.bodies import FormData
from ..rest.errors import CsrfFailed, Invalid, Throttled
from ..rest.explorer.frame import respond
from ..rest.explorer.paths import local_path
from ..rest.explorer.waiting import for_people
from ..rest.schema import Schema, load
from ..rest.services import services
from ..storage.database import transaction
from . import accounts, cookies, credentials, emails, entering, forms, letters, limits, names, password_rules, stamps
from .languages import preferred_language
from .models import Token, User
from .policy import policy

pages = Blueprint("account", __name__)
STALE = "This page was older than your session. Nothing was done yet: look through it, and press the button again."
_HIDDEN = ("again", "current", "csrfmiddlewaretoken")  # passwords by other names, and what is of a session
NOT_YOURS = "This is not your password."


@pages.before_request
def recognise() -> Response | None:
    """Find out who asks, refuse forms that another site sent, and show those again that came too late."""
    g.user = cookies.logged_in()
    try:
        cookies.demand_csrf(request)
    except CsrfFailed:
        if cookies.is_foreign(request):
            raise
        if "GET" not in request.url_rule.methods:
            return _show("press", about=current_app.view_functions[request.endpoint].__doc__, status=403)
        g.is_stale, request.method = True, "GET"  # the view shows its form, and does nothing
    return None


@pages.after_request
def protect(response: Response) -> Response:
    """Keep the pages out of caches; what a form that came too late leads on to is for its sender to follow."""
    if g.get("is_stale") and response.location:
        response = _show("onward", onward=local_path(response.location), login=g.user is None)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(path: str, alias: str = "", methods: tuple[str, ...] = ("GET", "POST")):
    """Register a page, and the shorter address that people guess."""

    def add(view):
        pages.add_url_rule(path, view.__name__, view, methods=methods)
        if alias:
            pages.add_url_rule(alias, view.__name__, view, methods=methods, alias=True)
        return view

    return add


# -- parts ---------------------------------------------------------------------------------------
def _show(template: str, errors: dict | None = None, status: int = 0, **values) -> Response:
    if g.get("is_stale"):
        errors, status = {"form": [STALE]}, 403
    return respond(
        f"auth/{template}.html", status or (400 if errors else 200), errors=errors or {}, sent=_typed(),
        settings=policy().settings, next=local_path(_sent().get("next"), ""), **values,
    )  # fmt: skip


def _sent() -> CombinedMultiDict:
    return CombinedMultiDict([request.form, request.args])


def _typed() -> dict[str, str]:
    """Return what was typed and may be shown again; the query brings what was typed before logging in."""
    return {name: value for name, value in _sent().items() if "password" not in name and name not in _HIDDEN}


def _read(schema: type[Schema]) -> dict:
    """Return what the form holds; raises :class:`Invalid`."""
    return load(schema, FormData(request))


def _on(path: str) -> Response:
    return redirect(path, 303)


def _judge(password: str, about: dict[str, str]) -> None:
    wrong = password_rules.problems(password, about)
    if wrong:
        raise Invalid({"password": [sentence for _, sentence in wrong]})


def _judge_name(username: str) -> None:
    if wrong := names.problems(username):
        raise Invalid({"username": [sentence for _, sentence in wrong]})


def _to_login() -> Response:
    typed = {name: value for name, value in _typed().items() if name != "next"}
    return _on(url_for("account.login", next=request.path + (f"?{urlencode(typed)}" if typed else "")))


def _row() -> User:
    return User.get(User.id == g.user.id)


# -- in and out ----------------------------------------------------------------------------------
@_page("/user/login", alias="/login")
def login() -> Response:
    """Log in."""
    onward = local_path(request.values.get("next"))
    if request.method != "POST":
        return _on(onward) if g.user else _show("login")
    try:
        data = _read(forms.LoginForm)
        entering.enter(data["username"], data["password"], request.remote_addr)
    except Invalid as wrong:
        return _show("login", wrong.body)
    except entering.LoginFailed as wrong:
        return _show("login", {"form": [wrong.body["detail"]]})
    except Throttled as wrong:
        return _throttled("login", wrong)
    return _on(onward)


@_page("/user/logout", alias="/logout", methods=("POST",))
def logout() -> Response:
    """Log out."""
    cookies.log_out()
    return _on("/")


@_page("/user/register", alias="/register")
def register() -> Response:
    """Make an account and log in."""
    if not policy().settings.ALLOW_REGISTRATION:
        raise NotFound()
    if request.method != "POST":
        return _on("/") if g.user else _show("register")
    try:
        limits.registration()
        data = _read(forms.RegisterForm)
        email = data.get("email", "")
        _judge_name(data["username"])
        _judge(data["password"], {"username": data["username"], "email address": email})
        if email:
            limits.recipient(email)
        user = accounts.register(data["username"], data["password"], email, language=preferred_language(request))
    except accounts.Taken as clash:
        return _show("register", {name: ["Somebody has this one already."] for name in clash.fields})
    except Invalid as wrong:
        return _show("register", wrong.body)
    except Throttled as wrong:
        return _throttled("register", wrong)
    accounts.note_login(user)
    cookies.log_in(user)
    flash(f"Welcome, {user.username}!" + (" An e-mail is on its way to confirm your address." if email else ""))
    return _on(local_path(request.form.get("next")))


def _throttled(template: str, wrong: Throttled, **values) -> Response:
    response = _show(template, {"form": [for_people(wrong.body["detail"])]}, status=429, **values)
    response.headers.extend(wrong.headers)
    return response


# -- the account -----------------------------------------------------------------------------------
@_page("/user/api-key")
def api_key() -> Response:
    """Make, see once, and revoke the permanent token."""
    if g.user is None:
        return _to_login()
    fresh = None
    if request.method == "POST":
        action = request.form.get("action")
        if action not in ("make", "revoke"):  # the key goes with either: for nothing else
            wrong = {"form": ["Choose whether to make a key or to revoke it."]}
            return _show("api_key", wrong, known=Token.get_or_none(Token.user == g.user.id), user=_row())
        with transaction():
            stamps.one_at_a_time(g.user.id)
            cookies.forget()
            if cookies.logged_in() is None:  # the session has ended by now, with the password it came from
                return _to_login()
            accounts.revoke_token(g.user.id)
            if action == "make":
                fresh = accounts.permanent_token(_row())
        if fresh is None:
            flash("Your API key is revoked.")
            return _on(url_for("account.api_key"))
    return _show("api_key", fresh=fresh, known=Token.get_or_none(Token.user == g.user.id), user=_row())


@_page("/user/password")
def password() -> Response:
    """Change the password; it ends every other session and every token, the API key unless it is to stay."""
    if g.user is None:
        return _to_login()
    has_key = Token.select(Token.key).where(Token.user == g.user.id).exists()
    if request.method != "POST":
        return _show("password", has_key=has_key)
    user = _row()
    try:
        data = _read(forms.ChangeForm)
        if credentials.verify([user], data["current"], request.remote_addr) is None:
            raise Invalid({"current": [NOT_YOURS]})
        _judge(data["password"], password_rules.known_of(user))
        keep_key = "revoke_key" not in request.form
        accounts.change_password(user, data["password"], session=cookies.session_id(), keep_key=keep_key)
    except Invalid as wrong:
        return _show("password", wrong.body, has_key=has_key)
    except stamps.PasswordChanged:
        return _show("password", {"current": [NOT_YOURS]}, has_key=has_key)
    except Throttled as wrong:
        return _throttled("password", wrong, has_key=has_key)
    cookies.change_tokens()
    flash("Your password is changed." if keep_key or not has_key else "Your password is changed, your API key revoked.")
    return _on(url_for("account.api_key"))


@_page("/user/password/reset")
def request_reset() -> Response:
    """Ask for a letter with which to choose a new password."""
    if request.method != "POST":
        return _show("reset_request", done=False)
    try:
        limits.sender()
        accounts.request_reset(_read(forms.AddressForm)["email"])
    except Invalid as wrong:
        return _show("reset_request", wrong.body, done=False)
    except Throttled as wrong:
        return _throttled("reset_request", wrong, done=False)
    return _show("reset_request", done=True)


@_page("/user/password/reset/<key>")
def reset(key: str) -> Response:
    """Choose a new password with the key of a letter."""
    found = letters.read_reset(key)
    if found is None:
        return _show("reset", status=400, user=None)
    if request.method != "POST":
        return _show("reset", user=found.user)
    try:
        data = _read(forms.PasswordForm)
        _judge(data["password"], password_rules.known_of(found.user))
    except Invalid as wrong:
        return _show("reset", wrong.body, user=found.user)
    if not accounts.reset_password(found, data["password"]):
        return _show("reset", status=400, user=None)
    flash("Your password is changed: log in with the new one. Everything else that was logged in is logged out.")
    return _on(url_for("account.login"))


@_page("/user/email/confirm/<key>")
def confirm_email(key: str) -> Response:
    """Confirm an address; a button does it, since programs that read mail open every link."""
    row = letters.read_verification(key)
    if row is None:
        return _show("confirm_email", status=400, address=None)
    if request.method == "POST" and not emails.mark_verified(row.id, row.email):
        return _show("confirm_email", status=400, address=None)
    return _show("confirm_email", address=row.email, done=request.method == "POST" or row.verified)


@_page("/user/email/verify", methods=("POST",))
def send_verification() -> Response:
    """Send the letter that confirms the address of the account again."""
    if g.user is None:
        return _on(url_for("account.login"))
    try:
        services().throttle.demand("mail", f"user-{g.user.id}")
        row = accounts.request_verification(g.user.id)
        flash(f"An e-mail is on its way to {row.email}." if row else "No address of yours is known.")
    except Throttled as wrong:
        flash(for_people(wrong.body["detail"]))
    return _on(url_for("account.email_addresses"))
