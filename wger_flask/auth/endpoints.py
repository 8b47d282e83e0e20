"""The endpoints below ``/api/v2/`` that give credentials out and renew them.

None of them waits inside a transaction while a password is hashed.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response

from ..rest.blueprint import Endpoints
from ..rest.call import Call
from ..rest.errors import Detailed, Invalid
from ..rest.renderers import render
from ..rest.schema import parse
from ..rest.services import services
from . import (
    accounts,
    audit,
    credential_stamps,
    credentials,
    identity,
    limits,
    refresh_tokens,
    schemas,
    sessions,
    sign_up,
    tokens,
)
from .second_factors.authenticators import SecondFactorNeeded

DEPRECATION = {"Deprecation": "Sat, 01 Oct 2022 23:59:59 GMT"}
UNIQUE = "This field must be unique."
NO_ACCOUNT = "No active account found with the given credentials"
UNKNOWN = "Username or password unknown"
SECOND_FACTOR = (
    "This account has a second factor, which is not asked for here: log in with an app or on the page, "
    "where API keys are made too."
)

endpoints = Endpoints("accounts", "Log in, register, and get tokens.")
_token_call = partial(endpoints.endpoint, methods=("POST",), authenticates=False, transactional=False, slash=False)


class Unauthorized(Detailed):
    """401: the only ones below ``/api/``, and the only ones that say how to log in."""

    status = 401

    def __init__(self, message: str, **more: object):
        super().__init__(message, {"WWW-Authenticate": 'Bearer realm="api"'}, **more)


def _refused(wrong: tokens.BadToken) -> Unauthorized:
    return Unauthorized(str(wrong), code="token_not_valid")


@_token_call("token", request=schemas.Credentials, response=schemas.TokenPair)
def token(call: Call) -> dict[str, Any]:
    """Give an access and a refresh token for a name and a password."""
    data = call.load(schemas.Credentials)
    candidates = credentials.known_as(data["username"])
    try:
        user = credentials.verify_for_login(candidates, data["password"], call.request.remote_addr, data["username"])
        if user is None or not user.is_active:
            raise Unauthorized(NO_ACCOUNT)
        made = refresh_tokens.pair(user)
    except SecondFactorNeeded:
        raise Unauthorized(SECOND_FACTOR, code="second_factor_needed") from None
    except credential_stamps.PasswordChanged:
        raise Unauthorized(NO_ACCOUNT) from None
    audit.note_if_able(audit.LOGIN, user, "for access tokens")
    return made


@_token_call("token/refresh", request=schemas.Refresh, response=schemas.Renewed)
def token_refresh(call: Call) -> dict[str, Any]:
    """Give a new access token for a refresh token; a new refresh token too where they are rotated."""
    data = call.load(schemas.Refresh)
    try:
        claims = tokens.read_refresh(data["refresh"])
        number = tokens.user_of(claims) or 0
        holds = identity.by_stamp(number, tokens.stamp_of(claims))
        user = holds or identity.by_id(number)
        if user is None or not user.is_active:
            raise Unauthorized("No active account found for the given token.")
        if not holds:
            raise tokens.BadToken(tokens.BadToken.BLACKLISTED)
        return refresh_tokens.renewed(user.id, claims)
    except tokens.BadToken as wrong:
        raise _refused(wrong) from None


@_token_call("token/verify", request=schemas.Verification)
def token_verify(call: Call) -> dict[str, Any]:
    """Tell whether an access or refresh token is valid: an empty object if so."""
    data = call.load(schemas.Verification)
    try:
        claims = tokens.read(data["token"])
    except tokens.BadToken:
        raise _refused(tokens.BadToken(tokens.BadToken.INVALID)) from None
    holds = _holds(claims)
    if claims.get("token_type") == tokens.REFRESH:
        if not holds or refresh_tokens.is_blacklisted(claims["jti"]):
            raise Invalid({"non_field_errors": [tokens.BadToken.BLACKLISTED]})
    elif not holds:
        raise _refused(tokens.BadToken(tokens.BadToken.INVALID))
    return {}


def _holds(claims: dict[str, Any]) -> bool:
    """Tell whether what a token came from, a session or a password, is still there."""
    if "token_use" in claims:
        return sessions.user_of(tokens.session_of(claims)) is not None
    return identity.by_stamp(tokens.user_of(claims) or 0, tokens.stamp_of(claims)) is not None


def show_login(call: Call) -> dict[str, Any]:
    """Say how to log in."""
    return {"message": "You must send a 'username' and 'password' via POST"}


def login(call: Call) -> Response:
    """Give the permanent token for a name (or e-mail address) and a password."""
    services().limit("login", call)
    data = call.load(schemas.Login)
    name = data.get("username") or data.get("email")
    if not name:
        raise Invalid({"non_field_errors": ['Please provide an "email" or a "username"']})
    candidates = credentials.known_as(name)
    try:
        user = credentials.verify_for_login(candidates, data["password"], call.request.remote_addr, name)
        if user is None or not user.is_active:
            raise Invalid({"non_field_errors": [UNKNOWN]})
        token = accounts.permanent_token(user)
    except SecondFactorNeeded:
        raise Invalid({"non_field_errors": [SECOND_FACTOR]}) from None
    except credential_stamps.PasswordChanged:
        raise Invalid({"non_field_errors": [UNKNOWN]}) from None
    audit.note_if_able(audit.LOGIN, user, "for the permanent token")
    return render(call, call.format, {"token": token}, 200, DEPRECATION)


endpoints.endpoint(
    "login", transactional=False, head=False, counts=True, request={"POST": schemas.Login},
    response={"GET": schemas.Message, "POST": schemas.PermanentToken},
)({"GET": show_login, "POST": login})  # fmt: skip


@endpoints.endpoint(
    "register", methods=("POST",), throttle="registration", transactional=False,
    creates=True, request=schemas.Registration, response=schemas.Registered,
)  # fmt: skip
def register(call: Call) -> dict[str, Any] | tuple[dict[str, Any], int]:
    """Make an account; its permanent token comes with the answer."""
    if not sign_up.is_open():
        return {"message": "Registration is not allowed on this instance"}
    if call.user is not None:  # the rate of the endpoint has counted the account alone
        limits.registration()
    username, email, password = _judged(call)
    try:
        user = sign_up.sign_up(username, email, password, call.request)
    except accounts.Taken as clash:
        raise Invalid({name: [UNIQUE] for name in clash.fields}) from None
    except accounts.TooLong as long:
        told = "Ensure this field has no more than {} characters."
        raise Invalid({name: [told.format(most)] for name, most in long.fields.items()}) from None
    token = accounts.permanent_token(user)
    return {"message": "api user successfully registered", "token": token}, 201


def _judged(call: Call) -> tuple[str, str, str]:
    """Return the name, the address (or nothing) and the password of a new account.

    Raises :class:`~wger_flask.rest.errors.Invalid` with everything that is wrong with any of them.
    """
    data, errors = parse(schemas.Registration, call.body)
    username, email, password = (data.get(name, "") for name in ("username", "email", "password"))
    against = sign_up.objections(username, email, password)
    wrong = {
        "username": [sentence for _, sentence in against.username],
        "password": [sentence for _, sentence in against.password],
    } | {name: [UNIQUE] for name in against.taken}
    if "\x00" in password:
        wrong["password"].append(schemas.NewPassword.NULL_CHARACTERS)
    errors |= {name: sentences for name, sentences in wrong.items() if sentences}
    if errors:
        raise Invalid({name: errors[name] for name in ("username", "email", "password") if name in errors})
    return username, email, password
