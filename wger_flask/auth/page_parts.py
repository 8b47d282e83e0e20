"""What the pages of accounts have in common: their blueprint, how they are shown, where they lead on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, make_response, redirect, request, url_for
from werkzeug.datastructures import CombinedMultiDict

from ..rest.bodies import FormData
from ..rest.body_limits import MEGABYTE, admit_files
from ..rest.errors import CsrfFailed, Forbidden, Invalid, Throttled
from ..rest.permissions import Rule, User, anyone
from ..rest.schema import Schema, load
from ..web.durations import for_people
from ..web.layout import respond
from ..web.urls import here, local_path
from . import cookies, models
from .identity import Caller
from .policy import policy

View = TypeVar("View", bound=Callable[..., Response])

pages = Blueprint("account", __name__)
STALE = "This page was older than your session. Nothing was done yet: look through it, and press the button again."
_HIDDEN = ("again", "current", "code", "csrfmiddlewaretoken")  # passwords by other names, and what is of a session


_takes_files: set[str] = set()
_rules: dict[str, Rule] = {}


def administrators(user: User | None) -> bool:
    """Let in who may do everything."""
    return isinstance(user, Caller) and user.is_superuser


@pages.before_request
def recognise() -> Response | None:
    """Find out who asks, refuse forms that another site sent, and show those again that came too late."""
    g.user = cookies.logged_in()
    if g.user is not None and request.endpoint in _takes_files:
        admit_files(request, policy().settings.WGER_MAX_BODY_SIZE * MEGABYTE)
    try:
        cookies.demand_csrf(request)
    except CsrfFailed:
        if cookies.is_foreign(request):
            raise
        rule = request.url_rule
        if rule is not None and "GET" not in (rule.methods or ()):
            return show("press", about=current_app.view_functions[rule.endpoint].__doc__, status=403)
        g.is_stale, request.method = True, "GET"  # the view shows its form, and does nothing
    if not _rules.get(request.endpoint or "", anyone)(g.user):
        if g.user is not None:
            raise Forbidden()
        return to_login()
    return None


@pages.after_request
def protect(response: Response) -> Response:
    """Keep the pages out of caches; what a form that came too late leads on to is for its sender to follow."""
    if g.get("is_stale") and response.location:
        response = show("onward", onward=local_path(response.location), login=g.user is None)
    response.headers["Cache-Control"] = "no-store"
    return response


def page(
    path: str,
    alias: str = "",
    methods: tuple[str, ...] = ("GET", "POST"),
    takes_files: bool = False,
    access: Rule = anyone,
) -> Callable[[View], View]:
    """Register a page, and the shorter address that people guess.

    ``takes_files`` says that its form may send files, ``access`` who sees it: others are sent to log in, and refused
    where they are (403).
    """

    def add(view: View) -> View:
        _rules[f"{pages.name}.{view.__name__}"] = access
        if takes_files:
            _takes_files.add(f"{pages.name}.{view.__name__}")
        pages.add_url_rule(path, view.__name__, view, methods=methods)
        if alias:
            pages.add_url_rule(alias, view.__name__, view, methods=methods, alias=True)
        return view

    return add


# -- parts ---------------------------------------------------------------------------------------
def show(template: str, errors: dict[str, Any] | None = None, status: int = 0, **values: Any) -> Response:
    """Return the page ``template`` with what was typed; a form that came too late says so."""
    if g.get("is_stale"):
        errors, status = {"form": [STALE]}, 403
    return respond(
        f"auth/{template}.html", status or (400 if errors else 200), errors=errors or {}, sent=_typed(),
        settings=policy().settings, next=local_path(_sent().get("next"), ""), **values,
    )  # fmt: skip


def _sent() -> CombinedMultiDict[str, str]:
    return CombinedMultiDict([request.form, request.args])


def _typed() -> dict[str, str]:
    """Return what was typed and may be shown again; the query brings what was typed before logging in."""
    return {name: value for name, value in _sent().items() if "password" not in name and name not in _HIDDEN}


def read(schema: type[Schema]) -> dict[str, Any]:
    """Return what the form holds; raises :class:`Invalid`."""
    return load(schema, FormData(request))


def on(path: str) -> Response:
    """Send the browser on to ``path``."""
    return make_response(redirect(path, 303))


def to_login() -> Response:
    """Send the browser to log in, and back to the present page with what was typed."""
    typed = {name: value for name, value in _typed().items() if name != "next"}
    return on(url_for("account.login", next=here() + (f"?{urlencode(typed)}" if typed else "")))


def row_of_user() -> models.User:
    """Return the row of the user who is logged in."""
    return models.User.get(models.User.id == g.user.id)


def show_again(template: str, wrong: Invalid | Throttled, **values: Any) -> Response:
    """Return the page ``template``, which says what is wrong with what was typed, or how long to wait."""
    if isinstance(wrong, Invalid):
        return show(template, wrong.body, **values)
    response = show(template, {"form": [for_people(wrong.body["detail"])]}, status=429, **values)
    response.headers.extend(wrong.headers)
    return response
