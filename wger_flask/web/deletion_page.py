"""Ask before something goes on which other rows hang: the page of ``deletion/``.

It says how many rows of what go and stay, and holds the form that deletes; what the deletion can
be told (``Resource.deletion``) is asked there.  Rows that stand alone are deleted by the form on
their own page.
"""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup

from ..rest.call import Call
from ..rest.deletion import action_of, counted
from ..rest.resource import DELETION, HISTORY
from ..rest.services import services
from ..storage.cascade import takes_history
from .display_names import plural
from .forms import form_for
from .urls import BACK, address, way_back
from .views import Shown, View


def deletion_url(call: Call) -> str:
    """Return the address of the page that asks, nothing where the row's own page holds the form."""
    if action_of(call.required_resource) is None:
        return ""
    back = way_back()
    asks = f"{address(call.required_resource.name, call.key)}{DELETION}/"
    return asks + (f"?{urlencode({BACK: back})}" if back else "")


def _ask(shown: Shown) -> Markup:
    call, resource = shown.call, shown.resource
    [told] = shown.rows
    goes, stays, with_it = told["goes"], told["stays"], {}
    if resource.deletion and HISTORY in resource.deletion().load_fields:
        goes, stays = (counted(call, False)[name] for name in ("goes", "stays"))
        everything = counted(call, True)["goes"]
        with_it = {name: everything[name] - goes.get(name, 0) for name in (*stays, *everything)}
    form = form_for(call, "DELETE", address(resource.name, call.key), {HISTORY: takes_history()})
    return shown.render(
        "deletion.html", form=form, goes=_words(goes), stays=_words(stays), with_history=_words(with_it)
    )


def _words(numbers: dict[str, int]) -> list[str]:
    """Return numbers of rows as people say them: ``["1 day", "3 slots"]``."""
    registry = services().registry
    said = []
    for name, number in numbers.items():
        title = registry.get(name).title if name in registry else name
        words = title if number == 1 else plural(title)
        said += [f"{number:,} {words[:1].lower() + words[1:] if words[1:2].islower() else words}"] if number else []
    return said


DELETING = View(row=_ask)
