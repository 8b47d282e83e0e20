"""Log in with a second factor, show again who one is, set up an authenticator app and remove it."""

from __future__ import annotations

from typing import Any

from flask import Response

from .. import accounts, credentials, sessions
from ..models import Authenticator, User
from ..second_factors import authenticators, changes, passkeys, recovery_codes, totp
from .login import begun
from .protocol import Form, Refused, Visit, answer, gone, logged_in, must_prove, route, unauthenticated

RECENT = 300  # seconds for which a user who has shown who they are need not do it again


def log_in(visit: Visit) -> Response:
    """Log in with a code, after the password."""
    if visit.session is not None:
        return answer(409)
    pending = visit.pending
    if pending is None:
        return unauthenticated()
    how = _proved(visit, pending.user.id)
    user = User.get_or_none(User.id == pending.user.id)
    if user is None or not sessions.end(pending.id):
        return gone()
    accounts.note_login(user)
    return begun(user, [*pending.methods, how])


def prove_password(visit: Visit) -> Response:
    """Show again who one is, with the password."""
    session, user, form = visit.known, visit.user, Form(visit)
    password = form.read("password")
    if password and credentials.verify([user], password, visit.request.remote_addr) is None:
        form.add("incorrect_password", "Incorrect password.", "password")
    form.check()
    return _again(user, session, sessions.method())


def prove_code(visit: Visit) -> Response:
    """Show again who one is, with a code."""
    session, user = visit.known, visit.user
    return _again(user, session, _proved(visit, user.id))


def list_all(visit: Visit) -> Response:
    """List the second factors of the account."""
    return answer(200, [_shown(row) for row in authenticators.of(visit.known.user.id)])


def show_app(visit: Visit) -> Response:
    """Show the authenticator app; where there is none (404), what one needs to be set up."""
    row = authenticators.find(visit.known.user.id, totp.TYPE)
    if row is not None:
        return answer(200, _shown(row))
    secret = changes.offered_secret(visit.known)
    return answer(404, meta={"secret": secret, "totp_url": changes.offered_address(visit.user, secret)})


def turn_on(visit: Visit) -> Response:
    """Set up an authenticator app, with a code that it shows; every other session ends."""
    user, form = visit.user, Form(visit)
    code = form.read("code", most=authenticators.LONGEST)
    form.check()
    _demand_recent(visit)
    try:
        changes.turn_on(user, visit.known, code)
    except changes.NotDone as wrong:
        form.fail(wrong.code, str(wrong), "code")
    row = authenticators.find(user.id, totp.TYPE)
    return answer(404) if row is None else answer(200, _shown(row))


def turn_off(visit: Visit) -> Response:
    """Remove the authenticator app, and with the last second factor the recovery codes; every other session ends."""
    user = visit.user
    if authenticators.find(user.id, totp.TYPE) is not None:
        _demand_recent(visit)
        changes.turn_off(user, visit.known.id)
    return answer(200)


def show_codes(visit: Visit) -> Response:
    """Show the recovery codes that are still good."""
    row = authenticators.find(visit.known.user.id, recovery_codes.TYPE)
    if row is None:
        return answer(404)
    _demand_recent(visit)
    return answer(200, _shown(row) | {"unused_codes": authenticators.codes_of(row)})


def renew_codes(visit: Visit) -> Response:
    """Make new recovery codes; the old ones are worthless."""
    user = visit.user
    if authenticators.needed(user.id):
        _demand_recent(visit)
    try:
        changes.renew_codes(user)
    except changes.NotDone as wrong:
        Form(visit).fail(wrong.code, str(wrong))
    return show_codes(visit)


def _proved(visit: Visit, user: int) -> dict[str, Any]:
    """Use up the code that was sent; raises :class:`Refused` for a wrong one."""
    form = Form(visit)
    code = form.read("code", most=authenticators.LONGEST)
    form.check()
    how = authenticators.prove(user, code, visit.request.remote_addr)
    if how is None:
        form.fail("incorrect_code", "Incorrect code.", "code")
    return how


def _again(user: User, session: sessions.Open, how: dict[str, Any]) -> Response:
    sessions.add_method(session, {**how, "reauthenticated": True})
    return logged_in(user, session.methods)


def _demand_recent(visit: Visit) -> None:
    if not sessions.proved_within(visit.known, RECENT):
        raise Refused(must_prove(visit.user, visit.known, authenticators.needed(visit.user.id)))


def _shown(row: Authenticator) -> dict[str, Any]:
    used = row.last_used_at and row.last_used_at.timestamp()
    shown = {"type": row.type, "created_at": row.created_at.timestamp(), "last_used_at": used}
    if row.type == passkeys.TYPE:
        resident = passkeys.is_resident(row.data)
        return shown | {"id": row.id, "name": passkeys.name_of(row.data), "is_passwordless": resident}
    if row.type == recovery_codes.TYPE:
        return shown | {
            "total_code_count": authenticators.code_count(row),
            "unused_code_count": len(authenticators.codes_of(row)),
        }
    return shown


route("auth/2fa/authenticate", sends={"code": True}, post=log_in)
route("auth/reauthenticate", sends={"password": True}, private=True, post=prove_password)
route("auth/2fa/reauthenticate", sends={"code": True}, private=True, post=prove_code)
route("account/authenticators", private=True, get=list_all)
route("account/authenticators/totp", sends={"code": True}, private=True, get=show_app, post=turn_on, delete=turn_off)
route("account/authenticators/recovery-codes", private=True, get=show_codes, post=renew_codes)
