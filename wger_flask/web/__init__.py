"""Pages for people: every URL of the API, the home page, and the API's documentation.

Nothing here knows a resource.  Tables, filter forms, edit forms and links are read off the
declarations that answer the machines, so a plugin's resource has its pages the moment it is
registered.  A subject adds two things where a table does not say enough: a picture of its
rows (:mod:`.views`) and names for rows that have none in a column of their own.

:mod:`.renderer` decides which page answers a request; :mod:`.tables`, :mod:`.cells`,
:mod:`.forms`, :mod:`.filter_form`, :mod:`.headings` and :mod:`.display_names` prepare what its template shows.
:mod:`.redirects` says where a form leads that was taken, :mod:`.stale_forms` what becomes of one that came too late.
"""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Flask
from flask_smorest import Api
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from ..rest.fields import Field
from ..rest.registry import RegistrationError, Registry
from ..rest.renderers import set_page
from ..rest.resource import DELETION, Resource
from ..rest.tables import set_names
from . import api_docs, docs_site, home, layout, renderer, web_ui
from .cells import CELLS, REFERENCES, kind_of_cell
from .charts.line import CHART
from .deletion_page import DELETING
from .display_names import names_apart
from .index import targets_of
from .web_ui import NoWebUi
from .widgets import OBJECTS, WIDGETS

__all__ = ["NoWebUi", "check_menu", "register"]


def register(app: Flask, registry: Registry, api: Api) -> None:
    """Make HTML a format of every target, and serve the home page and the documentation.

    Raises :class:`~..rest.registry.RegistrationError` as :func:`prepare` does, and :class:`~.web_ui.NoWebUi`.
    """
    prepare(registry)
    layout.register(app)
    set_page(renderer.page)
    set_names(names_apart)
    registry.add_templates(Path(app.root_path) / "templates")
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in registry.templates])
    app.register_blueprint(home.pages)
    app.register_blueprint(api_docs.pages_for(api))
    app.register_blueprint(docs_site.pages)
    if ui := web_ui.pages_for(app.extensions["wger_flask"].settings):
        app.register_blueprint(ui)


def check_menu(app: Flask, registry: Registry) -> None:
    """Raise RegistrationError for an entry of the main menu that leads to no page, once ``app`` has all of them."""
    routes = app.url_map.bind("")

    def leads(address: str) -> bool:
        parts = urlsplit(address)
        if parts.scheme:  # another server's
            return True
        try:
            routes.match(unquote(parts.path), "GET")
        except RequestRedirect:
            return True
        except (NotFound, MethodNotAllowed):
            return False
        return True

    registry.check_navigation(leads)


def prepare(registry: Registry) -> None:
    """Add the views, widgets and cells that every registry has.

    Raises RegistrationError for a view, a widget, a cell or an endpoint that does not exist.
    """
    registry.add_view("chart", CHART)
    registry.add_view(DELETION, DELETING)
    for name, widget in WIDGETS.items():
        registry.add_widget(name, widget)
    for name, cell in CELLS.items():
        registry.add_cell(name, cell)
    for resource in registry:
        _check_fields(registry, resource)
        for view in (resource.view, *(action.view for action in resource.actions)):
            _check(registry, resource, view)
    _check_endpoints(registry)


def _check_fields(registry: Registry, resource: Resource) -> None:
    ours = {name: field for name, field in resource.schema().fields.items() if isinstance(field, Field)}
    for name, field in ours.items():
        for kind, wanted, known in (
            ("widget", field.widget, {"", OBJECTS, *registry.widgets}),
            ("cell", kind_of_cell(field.shown), {*REFERENCES, *registry.cells}),
        ):
            if wanted not in known:
                where = f"resource {resource.name!r} of {registry.origin_of(resource.name)}"
                raise RegistrationError(f"{where}: field {name!r}: there is no {kind} {wanted!r}")


def _check_endpoints(registry: Registry) -> None:
    targets = {target.name: target for _, target in targets_of(registry)}
    for resource in registry:
        where = f"resource {resource.name!r} of {registry.origin_of(resource.name)}"
        if resource.added_by and resource.added_by not in targets:
            raise RegistrationError(f"{where}: there is no endpoint {resource.added_by!r}")
        successor = resource.deprecated.successor if resource.deprecated else resource.name
        if successor not in registry and successor not in targets:
            raise RegistrationError(f"{where}: there is no successor {successor!r}")
    for target in targets.values():
        if target.makes and target.makes not in registry:
            raise RegistrationError(f"endpoint {target.name!r}: there is no resource {target.makes!r}")


def _check(registry: Registry, resource: Resource, view: str) -> None:
    name, *args = view.split(":")
    if not name:
        return
    where = f"resource {resource.name!r} of {registry.origin_of(resource.name)}"
    if name not in registry.views:
        raise RegistrationError(f"{where}: there is no view {name!r}")
    check = registry.views[name].check
    _, *takes = signature(check).parameters.values()
    try:
        signature(check).bind(resource, *args)
    except TypeError:
        spelled = ":".join([name, *(taken.name for taken in takes)])
        raise RegistrationError(f"{where}: view {view!r} must have the form {spelled!r}") from None
    try:
        check(resource, *args)
    except (TypeError, ValueError) as wrong:
        raise RegistrationError(f"{where}: view {name!r}: {wrong}") from wrong
