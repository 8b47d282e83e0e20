"""Collect what subjects and plugins give to pages: views, templates, widgets, cells, the menu, names of rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..storage.model import Model, table_of
from .claims import Claims, RegistrationError


class PageParts(Claims):
    """The part of a :class:`~.registry.Registry` that knows what pages are made of."""

    def __init__(self) -> None:
        super().__init__()
        self._navigation: list[tuple[str, str]] = []
        self.cells: dict[str, Callable[..., Any]] = {}
        self.names: dict[type[Model], Callable[..., Any]] = {}
        self.finders: dict[type[Model], Callable[..., Any]] = {}
        self.templates: list[Path] = []
        self.views: dict[str, Any] = {}  # what the pages take: a View of wger_flask.web.views
        self.widgets: dict[str, Callable[..., Any]] = {}

    def add_view(self, name: str, view: Any) -> None:
        """Register the :class:`View` ``name``, which ``Resource.view`` and ``Action.view`` may then name.

        Raises :class:`RegistrationError` for a name that is taken.
        """
        self._claim(f"view {name!r}")
        self.views[name] = view

    def add_templates(self, folder: Path) -> None:
        """Name the folder of Jinja templates that :meth:`Shown.render` finds, ``Path(__file__).parent / "templates"``.

        Put them into a folder of their own in it: ``templates/water/glasses.html`` is ``"water/glasses.html"``.  Raises
        :class:`RegistrationError` for a folder that is not there and for a name that is taken.
        """
        if not folder.is_dir():
            raise RegistrationError(f"{self.origin} adds templates from {folder}, which is no folder")
        self._claim(*(f"template {path.relative_to(folder).as_posix()!r}" for path in sorted(folder.rglob("*.html"))))
        self.templates.append(folder)

    def add_widget(self, name: str, widget: Callable[..., Any]) -> None:
        """Register how a form asks for values, for classes of fields that name it: ``widget = "stars"``.

        ``widget(control, field, value, user)`` completes the :class:`Control`, which has its label, hint and errors;
        ``value`` is what JSON has, or what was typed, None for nothing.  Raises :class:`RegistrationError` for a name
        that is taken.
        """
        self._claim(f"widget {name!r}")
        self.widgets[name] = widget

    def add_cell(self, name: str, cell: Callable[..., Any]) -> None:
        """Register how pages show values, for classes of fields that name it: ``cell = "stars"``.

        ``cell(field, value)`` returns a :class:`Cell` for what JSON has, which is never None, an empty text or an empty
        list.  Raises :class:`RegistrationError` for a name that is taken.
        """
        self._claim(f"cell {name!r}")
        self.cells[name] = cell

    def add_navigation(self, label: str, path: str) -> None:
        """Add an entry to the main menu of pages: its label and where it leads, such as ``/api/v2/water/``.

        Users who may not read that list do not see the entry.  ``path`` may be the address of another server, too.
        Raises :class:`RegistrationError` for a label, or a path, that is in the menu already; a path where no page is
        stops the start.
        """
        self._claim(f"menu entry {label!r}", f"menu entry for {path!r}")
        self._navigation.append((label, path))

    def check_navigation(self, leads: Callable[[str], bool]) -> None:
        """Raise :class:`RegistrationError` for an entry of the main menu whose path does not lead to a page.

        ``leads(path)`` tells that of a path; it is asked once all pages are there.
        """
        for label, path in self._navigation:
            if not leads(path):
                origin = self._claims[f"menu entry {label!r}"]
                raise RegistrationError(f"menu entry {label!r} of {origin} leads to {path!r}, where no page is")

    @property
    def navigation(self) -> tuple[tuple[str, str], ...]:
        """The entries of the main menu: pairs of label and path."""
        return tuple(self._navigation)

    def add_names(self, model: type[Model], load: Callable[..., Any], find: Callable[..., Any] | None = None) -> None:
        """Register what people call rows of ``model``: ``load(keys)`` returns a dictionary from primary key to text.

        Needed only where no column of the row is its name.  ``find(names)`` returns the primary keys of the rows that
        are called so, in any language, lists by name: for rows that come from another server.  Raises
        :class:`RegistrationError` for a model that has such a function already.
        """
        self._claim(f"name for rows of table {table_of(model)!r}")
        self.names[model] = load
        if find is not None:
            self.finders[model] = find
