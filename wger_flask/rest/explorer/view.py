"""What a page shows of rows besides their table, named by ``Resource.view``.

``view="chart:date:weight"`` means: the view that is registered as ``chart``, with the
arguments ``date`` and ``weight``.  A subject or a plugin registers its own::

    def glasses(shown):
        return shown.render_text("<p>{{ total }} ml</p>", total=sum(row["amount"] for row in shown.rows))

    registry.add_view("glasses", View(rows=glasses))

What a view returns is HTML: :meth:`Shown.render` and :meth:`Shown.render_text` escape whatever
the template does not declare safe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template, render_template_string
from markupsafe import Markup

from ..resource import Resource

MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Shown:
    """Rows that a page shows, as they are in the JSON, and the call that asked for them."""

    call: object
    resource: Resource
    rows: list[dict]
    args: tuple[str, ...]

    def render(self, template: str, **context) -> Markup:
        """Return what a template in a templates folder makes of ``context``."""
        return Markup(render_template(template, shown=self, **context))

    def render_text(self, source: str, **context) -> Markup:
        """Return what ``source``, a template itself, makes of ``context``; values are escaped."""
        return Markup(render_template_string(source, shown=self, **context))

    def everything(self, *order: str) -> list[dict]:
        """Return the rows of the whole list, not just of its page: those that the filters leave.

        At most :data:`MOST_ROWS`, the first in ``order``.
        """
        resource, call = self.resource, self.call
        selection = resource.filter_set.apply(resource.visible_to(call.user), call.args)
        rows = selection.order_by(*order).rows(resource.dump.columns, MOST_ROWS)
        return resource.dump(rows, call.context)


Picture = Callable[[Shown], Markup | None]


def _anything(resource: Resource, *args: str) -> None:
    """Accept any arguments."""


@dataclass(frozen=True, slots=True)
class View:
    """How rows are shown: ``rows`` above the table of a list, ``row`` above a single row's fields.

    With ``instead`` the table is folded away.  ``check(resource, *args)`` raises ValueError
    for arguments that make no sense, when the application starts.
    """

    rows: Picture | None = None
    row: Picture | None = None
    instead: bool = False
    check: Callable[..., None] = _anything


def picture(registry, call, rows: list[dict], part: str) -> Markup | None:
    """Return what the resource's view shows of ``rows``; ``part`` is ``"rows"`` or ``"row"``."""
    name, *args = call.resource.view.split(":")
    draw = getattr(registry.views[name], part) if name else None
    return draw(Shown(call, call.resource, rows, tuple(args))) if draw else None
