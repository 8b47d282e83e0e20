"""What a page shows of rows besides their table, named by ``Resource.view``.

``view="chart:date:weight"`` means: the view that is registered as ``chart``, with the
arguments ``date`` and ``weight``.  A subject or a plugin registers its own::

    def glasses(shown):
        return shown.render_text("<p>{{ total }} ml</p>", total=sum(row["amount"] for row in shown.rows))

    registry.add_view("glasses", View(rows=glasses))

What a view returns is HTML: :meth:`Shown.render` and :meth:`Shown.render_text` escape whatever
the template does not declare safe.  ``Action(view=...)`` shows what an action answers in the
same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import render_template, render_template_string
from markupsafe import Markup

from ..rest.call import Call
from ..rest.resource import Resource
from ..storage.model import Model
from ..storage.query import Selection
from .display_names import names_of
from .form_state import TYPED, packed
from .row_picker import FIELD, FOR
from .urls import ASK, BACK, LAND, TELL, address, present, with_args

MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Shown:
    """What a view gets.

    * ``rows``: the rows of the page as in the JSON, a list of dictionaries; a view of a single row gets a list of one.
    * ``args``: the arguments in its declaration: of ``view="chart:date:amount"`` they are ``("date", "amount")``.
    * ``call``: the :class:`Call`; ``resource``: the :class:`Resource`.
    """

    call: Call
    resource: Resource
    rows: list[dict]
    args: tuple[str, ...]

    def render(self, template: str, **context) -> Markup:
        """Return the HTML of a template in a folder that ``registry.add_templates`` named, given ``context``."""
        return Markup(render_template(template, shown=self, **context))

    def render_text(self, source: str, **context) -> Markup:
        """Return the HTML of ``source``, a Jinja template itself, given ``context``; values are escaped."""
        return Markup(render_template_string(source, shown=self, **context))

    def selection(self) -> Selection:
        """Return the :class:`Selection` of all rows that the filters leave, not only those of the page."""
        return self.resource.filter_set.apply(self.resource.visible_to(self.call.user), self.call.args)

    def values(self, *columns: str) -> list[tuple]:
        """Return what was loaded for the rows of the page: a tuple of Python values for each row.

        They are columns of the resource's model that its schema shows; no query is made.
        """
        return self.resource.dump.values(self.call.loaded, columns)

    def everything(self, *order: str) -> list[dict]:
        """Return the rows of :meth:`selection` as JSON; at most :data:`MOST_ROWS`, the first in ``order``."""
        return self.resource.dump.of(self.selection().order_by(*order), self.call.context, MOST_ROWS)

    def latest(self, column: str) -> list[tuple[Any, dict]]:
        """Return the last :data:`MOST_ROWS` rows of :meth:`selection` by ``column``, the latest first.

        They are pairs of the Python value of that column, which the schema shows, and the row as JSON.
        """
        return self.resource.dump.beside(column, self.selection().order_by(f"-{column}"), self.call.context, MOST_ROWS)

    def names(self, model: type[Model], keys: Iterable) -> dict[str, str]:
        """Return what rows that the user may see are called, a dictionary from key (as text) to name."""
        return names_of(model, keys, self.call.user)

    def url(self, *parts, **query) -> str:
        """Return the address of something in the API: ``url("slot", 5)``, ``url("slot", day=5)``."""
        return address(*parts) + (f"?{urlencode(query)}" if query else "")

    def query(self, **changes) -> str:
        """Return the query of the present page with some values replaced, or removed by None."""
        return with_args(self.call.args, **changes)

    def form(
        self, *parts, at: str = "", ask: Iterable[str] = (), tell: Iterable[str] = (), lands: bool = False, **given
    ) -> str:
        """Return the address of the form of a new row, or of a row's, filled with ``given`` as if that had been typed.

        It leads back to the present page, to its element ``at``.  Where it is clear what matters,
        ``ask`` names the fields to show, and ``tell`` those whose values say what the form is
        about; the others are folded away.  A form that ``lands`` leads on to the row that it made.
        """
        wanted = {name: ",".join(names) for name, names in ((ASK, ask), (TELL, tell)) if names}
        wanted |= {LAND: "row"} if lands else {}
        is_of_row = len(parts) > 1  # there, the query narrows
        filled = {TYPED: packed(given)} if is_of_row and given else given
        return self.url(*parts, **filled, **wanted, **{BACK: self.back(at)})

    def back(self, at: str = "") -> str:
        """Return the address of the present page, at its element ``at``: where a form leads back to."""
        return present() + (f"#{at}" if at else "")

    def choice(self, name: str, field: str, form: str) -> str:
        """Return the address of the list ``name``, from which a row is chosen for ``field`` of ``form``."""
        return self.url(name, **{FOR: f"{form}#field-{field}", FIELD: field})


Picture = Callable[[Shown], Markup | None]


@dataclass(frozen=True, slots=True)
class View:
    """How rows are shown: ``rows`` above the table of a list, ``row`` above the fields of a single row.

    * ``rows``, ``row``: functions of a :class:`Shown` that return HTML (``shown.render_text(...)``), or None for
      nothing.
    * ``instead``: the table is folded away.
    * ``lands``: after adding a row a user goes on at the row's page, not at the list.
    * ``check(resource, *args)``: raises ValueError for arguments that make no sense, when the application starts.
    """

    rows: Picture | None = None
    row: Picture | None = None
    instead: bool = False
    lands: bool = False
    check: Callable[..., None] = lambda resource, *args: None  # any arguments make sense


def picture(registry, call, rows: list[dict], part: str) -> Markup | None:
    """Return what the view of a call's target shows of ``rows``; ``part`` is ``"rows"`` or ``"row"``."""
    target = call.resource if call.action is None else call.action
    name, *args = target.view.split(":")
    draw = getattr(registry.views[name], part) if name else None
    return draw(Shown(call, call.resource, rows, tuple(args))) if draw else None
