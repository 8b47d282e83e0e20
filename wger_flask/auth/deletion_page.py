"""``/user/delete``: delete one's own account, once everything that is in it could be taken out."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request, url_for

from ..rest.errors import Invalid, Throttled
from ..rest.permissions import logged_in
from . import account_deletion, cookies, credentials, forms
from .models import User
from .page_parts import on, page, read, row_of_user, show, show_again
from .pages import NOT_YOURS

ADMIN = "This account may do everything here: an operator of the server deletes it (wger-flask delete-user)."


@page("/user/delete", access=logged_in)
def delete() -> Response:
    """Delete your account with everything that is yours."""
    user = row_of_user()
    if request.method != "POST":
        return show("delete", **_told(user))
    try:
        data = read(forms.CurrentForm)
        if user.is_superuser:
            raise Invalid({"form": [ADMIN]})
        if credentials.verify([user], data["current"], request.remote_addr) is None:
            raise Invalid({"current": [NOT_YOURS]})
    except (Invalid, Throttled) as wrong:
        return show_again("delete", wrong, **_told(user))
    account_deletion.delete_account(user)
    cookies.forget()
    cookies.log_out()
    flash("Your account is deleted, with everything that was yours.")
    return on(url_for("home.home"))


def _told(user: User) -> dict[str, Any]:
    return {"user": user, "rows": sum(account_deletion.belongings(user).values()), "admin": ADMIN}
