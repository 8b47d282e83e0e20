"""The pages on which people look after their account: its overview and its e-mail addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, request, url_for

from ..rest.errors import Invalid, Throttled
from ..rest.permissions import logged_in
from . import email_addresses as emails
from . import email_management, forms, limits, messages
from .models import EmailAddress, User
from .page_parts import on, page, read, row_of_user, show, show_again
from .second_factors import authenticators
from .trust import has_verified


@page("/user/", alias="/account", methods=("GET",), access=logged_in)
def home() -> Response:
    """Lead to everything about the account."""
    user = row_of_user()
    confirmed, factors = has_verified(user.id, user.email), authenticators.needed(user.id)
    return show("account", user=user, is_confirmed=confirmed, has_second_factor=bool(factors))


@page("/user/email", access=logged_in)
def email_addresses() -> Response:
    """Add, confirm, choose and remove e-mail addresses."""
    user = row_of_user()
    if request.method != "POST":
        return show("addresses", **_addresses(user))
    emails.of_account(user)
    action = request.form.get("action", "")
    try:
        if action not in _ACTIONS:
            raise Invalid({"form": ["Choose what to do with the address."]})
        flash(_ACTIONS[action](user))
    except (Invalid, Throttled) as wrong:
        return show_again("addresses", wrong, **_addresses(user))
    except email_management.Refused as wrong:
        return show("addresses", {"email" if action == "add" else "form": [str(wrong)]}, **_addresses(user))
    return on(url_for("account.email_addresses"))


def _addresses(user: User) -> dict[str, Any]:
    rows = emails.of(user.id)
    if user.email and user.email.lower() not in [row.email.lower() for row in rows]:  # wger left no row of it
        rows.insert(0, EmailAddress(user=user.id, email=user.email, primary=True, verified=False))
    return {"rows": rows, "any_verified": any(row.verified for row in rows)}


def _chosen(user: User) -> EmailAddress:
    row = emails.find(user.id, request.form.get("email", ""))
    if row is None:
        raise Invalid({"form": ["This is none of your addresses."]})
    return row


def _add(user: User) -> str:
    email = read(forms.AddressForm)["email"]
    limits.sender(user.id)
    limits.recipient(email)
    email_management.add(user, email)
    return f"An e-mail is on its way to {email}: open the link in it to confirm the address."


def _verify(user: User) -> str:
    row = _chosen(user)
    if row.verified:
        return f"{row.email} is confirmed already."
    limits.sender(user.id)
    limits.recipient(row.email)
    messages.send_verification(row)
    return f"An e-mail is on its way to {row.email}."


def _choose(user: User) -> str:
    row = _chosen(user)
    email_management.choose(row)
    return f"{row.email} is your main address."


def _remove(user: User) -> str:
    row = _chosen(user)
    email_management.remove_any(row)
    return f"{row.email} is removed."


_ACTIONS: dict[str, Callable[[User], str]] = {"add": _add, "verify": _verify, "primary": _choose, "remove": _remove}
