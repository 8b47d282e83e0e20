"""Choose a row for a form where there are too many of them for a drop-down.

The form leads to their list and says where it stands (``_for``) and which field asks (``_field``).
There each row leads back to the form, as what was chosen (``_chosen``).  It is all links, so that
it works without a script; what was typed into the form before is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from werkzeug.datastructures import MultiDict

from ..filters import Parameter
from .cells import label
from .paths import local_path, present

FOR, FIELD, CHOSEN = "_for", "_field", "_chosen"
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
            (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if name != CHOSEN or not value.startswith(mark)
        ]  # fmt: skip
        return urlunsplit(parts._replace(query=urlencode([*kept, (CHOSEN, f"{mark}{key}")])))


def chooser(url: str, field: str, anchor: str) -> str:
    """Return the address of the list ``url``, shown for the field of the present form whose control is ``anchor``."""
    return f"{url}?{urlencode({FOR: f'{present()}#{anchor}', FIELD: field})}"


def choosing(args: MultiDict, parameters: Iterable[Parameter]) -> Choosing | None:
    """Return what a list with the filters ``parameters`` is shown for, None for one that is just looked at."""
    form, field = local_path(args.get(FOR), ""), args.get(FIELD, "")
    search = next((parameter.name for parameter in parameters if parameter.name.endswith(_SEARCHES)), "")
    return Choosing(form, field, search) if form and field else None


def chosen(args: MultiDict) -> dict[str, str]:
    """Return what was chosen for a form, by field."""
    pairs = (value.partition(":") for value in args.getlist(CHOSEN))
    return {field: key for field, _, key in pairs if field and key}
