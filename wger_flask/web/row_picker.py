"""Choose a row for a form where there are too many of them for a drop-down.

A list is shown for a form (``_for``) in which a field asks (``_field``): there each row leads back
to the form, as what was chosen (``_chosen``).  A button of the form leads to the list.  It sends the
form, so that no script is needed to know what was typed so far, but as one that is to be shown, not
written; the answer is the way to the list (``_list``), which carries what was typed along.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Request, request
from werkzeug.datastructures import MultiDict

from ..rest.filtering.lookups import Parameter
from .cells import label
from .form_state import TYPED, packed, typed
from .urls import ASK, BACK, LAND, TELL, here, local_path, with_args

FOR, FIELD, CHOSEN = "_for", "_field", "_chosen"
LIST, ANCHOR = "_list", "_at"
KEPT = (FOR, FIELD)
_SEARCHES = "__search"


@dataclass(frozen=True, slots=True)
class Choosing:
    """The form that a list is shown for: where it is, and the field that asks.

    ``search`` is the parameter by which the list is searched, if it has one.
    """

    form: str
    field: str
    search: str = ""

    @property
    def label(self) -> str:
        """What the field is called."""
        return label(self.field)

    @property
    def list(self) -> str:
        """The address of the list without any filter."""
        return f"?{urlencode({FOR: self.form, FIELD: self.field})}"

    def url(self, key) -> str:
        """Return the address of the form with ``key`` as what was chosen."""
        parts = urlsplit(self.form)
        mark = f"{self.field}:"
        kept = [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if name != CHOSEN or not value.startswith(mark)
        ]
        return urlunsplit(parts._replace(query=urlencode([*kept, (CHOSEN, f"{mark}{key}")])))


def kept() -> list[tuple[str, str]]:
    """Return what a form has to send along that makes a row for another form, nothing where it makes one for itself."""
    asked = choosing(request.values, ())
    return [(FOR, asked.form), (FIELD, asked.field)] if asked else []


def chooser(url: str, field: str, anchor: str, form: str = "") -> str:
    """Return where the present form is sent to choose from the list ``url``.

    The row is for ``field``, whose control has the id ``anchor``.  ``form`` is where the form is
    shown, if not at the present address.
    """
    return (form or here()) + with_args(request.args, **{LIST: url, FIELD: field, ANCHOR: anchor})


def list_wanted(request: Request) -> str:
    """Return the address of the list that a form was sent to choose from, nothing where it was not."""
    args, sent = request.args, request.form
    wanted, field = local_path(args.get(LIST), ""), args.get(FIELD, "")
    if not wanted or not field:
        return ""
    kept = {name: sent[name] for name in (BACK, ASK, TELL, LAND) if name in sent}
    dropped = dict.fromkeys((LIST, FIELD, ANCHOR, CHOSEN))  # what was chosen before is a value of the form by now
    form = here() + with_args(args, **dropped, **kept, **{TYPED: packed(typed(sent))})
    return f"{wanted}?{urlencode({FOR: f'{form}#{args.get(ANCHOR, field)}', FIELD: field})}"


def choosing(args: MultiDict, parameters: Iterable[Parameter]) -> Choosing | None:
    """Return what a list with the filters ``parameters`` is shown for, None for one that is just looked at."""
    form, field = local_path(args.get(FOR), ""), args.get(FIELD, "")
    search = next((parameter.name for parameter in parameters if parameter.name.endswith(_SEARCHES)), "")
    return Choosing(form, field, search) if form and field else None


def chosen(args: MultiDict) -> dict[str, str]:
    """Return what was chosen for a form, by field."""
    pairs = (value.partition(":") for value in args.getlist(CHOSEN))
    return {field: key for field, _, key in pairs if field and key}
