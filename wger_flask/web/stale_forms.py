"""Show a form again that came too late: the session had ended meanwhile, or had begun anew in another tab.

Nothing is done with such a form.  It comes back as it was typed, with the token of the present
session.  A user who is not logged in any more logs in on a page that carries the form along; what that
page sends is shown, not done: the button of the form is pressed by a person, always.  A form that
another site sent is refused and nothing of it is shown.
"""

from __future__ import annotations

from flask import Response, g

from ..rest.call import Call
from ..rest.dispatch import AGAIN, NAME, PASSWORD
from ..rest.errors import ApiError, CsrfFailed, NotAuthenticated
from ..rest.fields import Password
from ..rest.services import services
from .deletion_page import deletion_url
from .form_state import MARK, typed
from .forms import form_for, may
from .headings import form_title, frame_of, name_of
from .layout import respond
from .refusals import refused
from .urls import here

COMES_BACK = (200, 403, 429)  # a body that could not be read has another status
_STALE = "This page was older than your session: you have logged in again since it was opened."
_NOTHING = "Nothing was saved yet. What you typed is here: look through it, and press the button again."
_STAYS = "Nothing was deleted yet: press the button again."
_FILES = "Files have to be chosen again."


def shown_again(call: Call, payload, status: int) -> Response | None:
    """Return the page for a form that came too late; None for any other, and for those of other sites."""
    refusal = call.refusal
    if services().is_foreign(call.request):
        return None
    if isinstance(refusal, CsrfFailed) and refusal.user is not None:
        call.user = g.user = refusal.user
        return _filled(call, f"{_STALE} You are {call.user.username} now.", status, payload)
    if call.again and refusal is None:
        return _filled(call, "You are logged in again.", status, None)
    if call.user is None and (call.again or isinstance(refusal, NotAuthenticated)):
        return _login(call, payload, status)
    return None


def lost(call: Call) -> ApiError | None:
    """Return why the row that the address names cannot be seen, None where it can or there is none."""
    if call.resource is not None and call.key is not None:
        try:
            call.row(filtered=False)
        except ApiError as error:
            return error
    return None


def _filled(call: Call, said: str, status: int, payload) -> Response | None:
    """Return the page with the form as it was typed, None where it is not the user's to send."""
    method = _meant(call)
    if missing := lost(call):
        return refused(call, missing.body, missing.status)
    if not may(call, method):
        return None
    form = form_for(call, method, here(), typed(call.request.form))
    removes = method == "DELETE"
    notes = [said, _STAYS if removes else _NOTHING, *([_FILES] if form.has_file else [])]
    return respond(
        "form.html", status, **frame_of(call, None, form_title(call, method)), form=None if removes else form,
        removal=form if removes else None, removed=name_of(call), notes=notes,
        deletion_url=deletion_url(call) if removes else "", refusal=(payload or {}).get("detail"),
    )  # fmt: skip


def _login(call: Call, payload, status: int) -> Response:
    """Return the page on which a user logs in to go on with their form."""
    secret = {MARK, AGAIN, NAME, PASSWORD, *_passwords(call)}
    kept = [(name, value) for name, value in call.request.form.items(multi=True) if name not in secret]
    failed = payload.get("detail") if call.again and isinstance(payload, dict) else ""
    return respond(
        "again.html", status, **frame_of(call, None, "Please log in"), kept=kept, failed=failed,
        username=call.request.form.get(NAME, ""), action=here(), fields={"name": NAME, "password": PASSWORD},
        again=AGAIN, loses_files=any(upload.filename for upload in call.request.files.values()),
    )  # fmt: skip


def _passwords(call: Call) -> set[str]:
    schema = call.target.schema("request", _meant(call))
    fields = schema().load_fields.items() if schema else ()
    return {wire.data_key or name for name, wire in fields if isinstance(wire, Password)}


def _meant(call: Call) -> str:
    """Return the method that the form means by its own button, not by one that leads to a list."""
    return next((method for method in reversed(call.request.form.getlist("_method")) if method != "GET"), "POST")
