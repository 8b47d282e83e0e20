"""Manage the e-mail addresses of an account."""

from __future__ import annotations

from typing import NoReturn

from flask import Response

from .. import email_addresses, email_management, limits, messages
from ..models import EmailAddress
from .protocol import Form, Visit, answer, logged_in, route, shown, unauthenticated


def list_addresses(visit: Visit) -> Response:
    """List the addresses of the account."""
    rows = email_addresses.of(visit.known.user.id)
    return answer(
        200, [{"email": row.email, "verified": bool(row.verified), "primary": bool(row.primary)} for row in rows]
    )


def add_address(visit: Visit) -> Response:
    """Add an address; a letter to it asks whether it is theirs."""
    user, form = visit.user, Form(visit)
    email = form.read("email", most=email_addresses.LONGEST)
    if email and not email_addresses.is_valid(email):
        form.add("invalid", email_addresses.NOT_VALID, "email")
    form.check()
    _limit(visit, email)
    try:
        email_management.add(user, email)
    except email_management.Refused as wrong:
        _refuse(visit, wrong)
    return list_addresses(visit)


def send_again(visit: Visit) -> Response:
    """Send the letter that asks whether an address is theirs again."""
    row = _chosen(visit)
    if row.verified:
        return answer(403)
    _limit(visit, row.email)
    messages.send_verification(row)
    return answer(200)


def choose_primary(visit: Visit) -> Response:
    """Make a verified address the primary one."""
    row, form = _chosen(visit), Form(visit)
    if visit.body.get("primary") is not True:
        form.add("required", "This field is required.", "primary")
    form.check()
    try:
        email_management.choose(row)
    except email_management.Refused as wrong:
        _refuse(visit, wrong)
    return list_addresses(visit)


def remove_address(visit: Visit) -> Response:
    """Remove an address other than the primary one."""
    try:
        email_management.remove(_chosen(visit))
    except email_management.Refused as wrong:
        _refuse(visit, wrong)
    return list_addresses(visit)


def show_verification(visit: Visit) -> Response:
    """Tell which address the key in ``X-Email-Verification-Key`` verifies."""
    row = _proved(visit, visit.request.headers.get("X-Email-Verification-Key", ""))
    return answer(200, {"email": row.email, "user": shown(row.user)}, {"is_authenticating": False})


def verify(visit: Visit) -> Response:
    """Verify an address with the key of a letter."""
    form = Form(visit)
    key = form.read("key")
    form.check()
    row = _proved(visit, key)
    if not email_addresses.mark_verified(row.id, row.email):
        _refuse_key(visit)
    if not visit.is_logged_in:
        return unauthenticated()
    return logged_in(visit.user, visit.known.methods)


def nothing(visit: Visit) -> Response:
    """List nothing: accounts elsewhere are not used here."""
    return answer(200, [] if visit.known else None)


def _chosen(visit: Visit) -> EmailAddress:
    user, form = visit.known.user, Form(visit)
    email = form.read("email", most=email_addresses.LONGEST)
    form.check()
    row = email_addresses.find(user.id, email)
    if row is None:
        form.fail("unknown_email", "Unknown email address.", "email")
    return row


def _proved(visit: Visit, key: str) -> EmailAddress:
    row = messages.read_verification(key)
    if row is None:
        _refuse_key(visit)
    return row


def _refuse(visit: Visit, wrong: email_management.Refused) -> NoReturn:
    Form(visit).fail(wrong.code, str(wrong), "email")


def _refuse_key(visit: Visit) -> NoReturn:
    Form(visit).fail("invalid_or_expired_key", "Invalid or expired key.", "key")


def _limit(visit: Visit, email: str) -> None:
    limits.sender(visit.known.user.id)
    limits.recipient(email)


route(
    "account/email", get=list_addresses, post=add_address, put=send_again, patch=choose_primary, delete=remove_address,
    sends={"email": True, "primary": False}, private=True,
)  # fmt: skip
route("account/providers", private=True, get=nothing)
route("auth/email/verify", sends={"key": True}, header="X-Email-Verification-Key", get=show_verification, post=verify)
