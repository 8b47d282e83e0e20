"""What every headless call has in common: who calls, what they send, how they are answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn, cast

from flask import Response, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.views import MethodView
from werkzeug.exceptions import RequestEntityTooLarge

from ...rest.errors import ParseError, Throttled, TooLarge
from ...rest.permissions import METHODS
from ...rest.request import Request
from ...rest.url_rules import LateRule
from .. import credential_stamps, passwords, sessions, sign_up, tokens
from ..models import User
from ..second_factors import authenticators
from . import described

PREFIX = "/allauth/app/v1"
WRITING = ("POST", "PUT", "PATCH", "DELETE")
HEADERS = {"Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private"}

blueprint = described.Headless(
    "headless", __name__, url_prefix=PREFIX, description="Log in and manage an account, as apps do it."
)


class Refused(Exception):
    """Carry an answer that ends a call."""

    def __init__(self, response: Response):
        super().__init__(response.status)
        self.response = response


# -- answers ---------------------------------------------------------------------------------------
def answer(
    status: int, data: object = None, meta: dict[str, Any] | None = None, errors: list[dict[str, str]] | None = None
) -> Response:
    """Return a JSON answer; what is None is left out."""
    body = {"status": status, "data": data, "meta": meta, "errors": errors}
    text = json.dumps({name: value for name, value in body.items() if value is not None})
    return Response(text, status, HEADERS, content_type="application/json")


def error(code: str, message: str, param: str | None = None) -> dict[str, str]:
    """Return one entry of a list of errors."""
    return {"message": message, "code": code, **({"param": param} if param else {})}


def unauthenticated(token: bool = True) -> Response:
    """Return the answer to a client without a login: how to log in."""
    meta = {"is_authenticated": False} | ({"session_token": sessions.anonymous_token()} if token else {})
    return answer(401, {"flows": _flows()}, meta)


def half_logged_in(types: list[str], **meta: str) -> Response:
    """Return the answer to a user who has shown their password and owes a second factor, one of ``types``."""
    owed = {"id": "mfa_authenticate", "is_pending": True, "types": types}
    return answer(401, {"flows": [*_flows(), owed]}, {"is_authenticated": False, **meta})


def must_prove(user: User, session: sessions.Open, types: list[str]) -> Response:
    """Return the answer to a user who is logged in and must show again who they are."""
    flows: list[dict[str, Any]] = [{"id": "reauthenticate"}] if passwords.is_usable(user.password) else []
    if types:
        flows.append({"id": "mfa_reauthenticate", "types": types})
    data = {"user": shown(user), "methods": session.methods, "flows": flows}
    return answer(401, data, {"is_authenticated": True})


def gone() -> Response:
    """Return what the holder of a session token is told that is no longer good for anything."""
    return answer(410, {"flows": _flows()}, {"is_authenticated": None, "session_token": sessions.anonymous_token()})


def shown(user: User) -> dict[str, Any]:
    """Return what an app shows of a user."""
    shown: dict[str, Any] = {"id": user.id, "display": user.username}
    if user.email:
        shown["email"] = user.email
    return shown | {"has_usable_password": passwords.is_usable(user.password), "username": user.username}


def logged_in(user: User, methods: list[dict[str, Any]], **meta: str) -> Response:
    """Return the answer to a user who is logged in."""
    return answer(200, {"user": shown(user), "methods": methods}, {"is_authenticated": True, **meta})


def _flows() -> list[dict[str, Any]]:
    names = ["login", "signup", "mfa_login_webauthn"]
    if not sign_up.is_open():
        names.remove("signup")
    return [{"id": name} for name in names]


# -- calls -----------------------------------------------------------------------------------------
@dataclass
class Visit:
    """One call: its request, and who makes it."""

    request: Request

    @cached_property
    def session(self) -> sessions.Open | None:
        """The open session of the client; raises :class:`~..sessions.Gone` for one that has ended."""
        if token := self.request.headers.get("X-Session-Token"):
            try:
                return sessions.by_token(token)
            except sessions.Gone:
                if self.pending is None:
                    raise
                return None
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not token.strip():
            return None
        try:
            claims = tokens.read_headless(token.strip(), tokens.ACCESS)
        except tokens.BadToken:
            return None
        return sessions.by_id(claims["sid"])

    @cached_property
    def pending(self) -> sessions.Open | None:
        """The session of a user who has shown their password and owes a second factor; None otherwise."""
        return sessions.found(self.request.headers.get("X-Session-Token"), sessions.PENDING)

    @property
    def known(self) -> sessions.Open:
        """The open session; raises :class:`Refused` without a login."""
        if self.session is None:
            half = self.pending
            raise Refused(half_logged_in(authenticators.needed(half.user.id)) if half else unauthenticated())
        return self.session

    @property
    def is_logged_in(self) -> bool:
        """Whether a user is logged in; a session that has ended counts as none."""
        try:
            return self.session is not None
        except sessions.Gone:
            return False

    @cached_property
    def user(self) -> User:
        """The row of the user who is logged in; raises :class:`Refused`."""
        row = User.get_or_none(User.id == self.known.user.id)
        if row is None:
            raise Refused(gone())
        return row

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; raises :class:`Refused` for anything else."""
        sent = None
        try:
            if self.request.mimetype == "application/json":
                data = self.request.json_bytes
                sent = json.loads(data) if data else {}
        except (ValueError, RecursionError, ParseError):
            pass
        if not isinstance(sent, dict):
            raise Refused(Response(b"", 400, HEADERS, content_type="text/html; charset=utf-8"))
        return sent

    def text(self, name: str) -> str:
        """Return a value of the body as text without blanks around it; empty for none, and for lists and objects."""
        value = self.body.get(name)
        return "" if value is None or isinstance(value, list | dict) else str(value).strip()

    def refuse(self, errors: list[dict[str, str]] | None) -> Response:
        """Return a 400; a client without a login gets a token with it."""
        meta = None if self.is_logged_in else {"session_token": sessions.anonymous_token()}
        return answer(400, meta=meta, errors=errors or None)


class Form:
    """Read the fields of a body one by one, collecting every error."""

    def __init__(self, visit: Visit):
        self.visit = visit
        self.errors: list[dict[str, str]] = []

    def read(self, name: str, required: bool = True, most: int = passwords.LONGEST) -> str:
        """Return a field's text; notes an error where it is missing or cannot be text."""
        value = self.visit.text(name)
        if required and not value:
            self.add("required", "This field is required.", name)
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            self.add("null_characters_not_allowed", "Null characters are not allowed.", name)
            return ""
        if len(value) > most:
            self.add("max_length", f"Ensure this value has at most {most} characters (it has {len(value)}).", name)
            return ""
        return value

    def add(self, code: str, message: str, param: str | None = None) -> None:
        """Note an error."""
        self.errors.append(error(code, message, param))

    def add_all(self, problems: list[tuple[str, str]], param: str) -> None:
        """Note an error for each pair of a code and a message."""
        for code, message in problems:
            self.add(code, message, param)

    def check(self) -> None:
        """Raise :class:`Refused` with the errors, if there are any."""
        if self.errors:
            raise Refused(self.visit.refuse(self.errors))

    def fail(self, code: str, message: str, param: str | None = None) -> NoReturn:
        """Raise :class:`Refused` with one more error."""
        self.add(code, message, param)
        raise Refused(self.visit.refuse(self.errors))


# -- routes ----------------------------------------------------------------------------------------
def route(
    path: str,
    *,
    sends: dict[str, bool] | None = None,
    private: bool = False,
    header: str = "",
    **handlers: Callable[[Visit], Response],
) -> None:
    """Serve ``path`` (below the prefix, without slashes around it) by functions of a visit.

    ``handlers`` are by method in lower case.  A call that can only be posted takes every other
    writing method for POST, as apps may rely on.  The rest is for the OpenAPI document: see
    :class:`~.described.Call`.
    """
    by_method = {name.upper(): handle for name, handle in handlers.items()}
    posted = by_method.get("POST") if set(by_method) == {"POST"} else None
    known = {*by_method, "OPTIONS"} | ({"HEAD"} if "GET" in by_method else set())
    allow = ", ".join(method for method in METHODS if method in known)
    served = ", ".join(method for method in METHODS if method in known or posted and method in WRITING)

    def serve() -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        handle = by_method.get(method) or (posted if method in WRITING else None)
        if handle is None:
            told = (405, allow) if method != "OPTIONS" else (200, served)
            return Response(b"", told[0], {"Allow": told[1]}, content_type="text/html; charset=utf-8")
        try:
            return handle(Visit(cast(Request, request)))  # the class of requests that the application has
        except Refused as refused:
            return refused.response
        except (sessions.Gone, credential_stamps.PasswordChanged):
            return gone()
        except (TooLarge, RequestEntityTooLarge):
            return answer(413, errors=[error("too_large", TooLarge.message)])
        except Throttled as throttled:
            response = answer(429)
            response.headers.extend(throttled.headers)
            return response

    def documented(handle: Callable[[Visit], Response]) -> Callable[[MethodView], Response]:
        def view(self: MethodView) -> Response:
            return serve()

        view.__doc__ = handle.__doc__
        return view

    name = path.replace("/", "-")
    members: dict[str, Any] = {method.lower(): documented(handle) for method, handle in by_method.items()}
    members |= {"init_every_request": False, "provide_automatic_options": False}
    blueprint.add_url_rule(f"/{path}", name, type(name.title().replace("-", ""), (MethodView,), members))

    def add_others(state: BlueprintSetupState) -> None:
        endpoint = f"{blueprint.name}.{name}:any"
        state.app.view_functions[endpoint] = serve
        state.app.url_map.add(LateRule(f"{PREFIX}/{path}", endpoint=endpoint, methods=None))

    blueprint.record(add_others)
    blueprint.calls.append(described.Call(path, by_method, sends or {}, private, header))
