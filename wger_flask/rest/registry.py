"""Know every resource, and where each came from.

Core subjects and plugins register through the same calls; a name that is taken twice stops the start, and the message
names both origins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from flask import Blueprint

from ..storage.database import can_keep_log
from ..storage.links import let_database_delete
from ..storage.migrations import PluginTables, numbered
from ..storage.model import Model, table_of
from ..storage.sync_log.nodes import Node, nodes_of
from .actions import Action
from .claims import RegistrationError, names_in
from .declaration_checks import mistakes, unknown_scopes
from .extending import extended
from .fields.base import Field
from .filtering.filter_set import Declared, build_filters
from .import_formats import ImportFormats
from .jobs import Job
from .listeners import Listeners
from .owned import OwnedTables
from .page_parts import PageParts
from .resource import DELETION, Resource
from .throttling import Rate

__all__ = ["RegistrationError", "Registry"]

Setting = TypeVar("Setting", bool, int, str, Path, tuple[Any, ...])


class Registry(Listeners, PageParts, ImportFormats, OwnedTables):
    """The resources, endpoints and models of one application: what ``register(registry)`` of a plugin gets.

    ``declare_setting(plugin, name, default, help, **rest)`` reads a setting; without it, the default holds.
    """

    def __init__(self, declare_setting: Callable[..., Any] | None = None):
        super().__init__()
        self._declare_setting = declare_setting or (lambda plugin, name, default, help, **rest: default)
        self._resources: dict[str, Resource] = {}
        self.rates: dict[str, Rate] = {}
        self.models: list[type[Model]] = []
        self.plugins: dict[str, PluginTables] = {}
        self.blueprints: list[Any] = []
        self.uploads: dict[str, dict[str, Callable[..., Any]]] = {}
        self.nodes: tuple[Node, ...] = ()
        self.jobs: list[Job] = []
        self._extended_by: dict[str, list[str]] = {}
        self._plugin = ""

    @contextmanager
    def registering(self, origin: str, plugin: str = "") -> Iterator[None]:
        """Attribute what a block registers to ``origin``; the tables of a plugin begin with its name."""
        before = self.origin, self._plugin
        self.origin, self._plugin = origin, plugin
        if plugin:
            self.plugins[plugin] = PluginTables()
        try:
            yield
        finally:
            self.origin, self._plugin = before

    def add(self, *resources: Resource) -> None:
        """Register resources.

        Raises :class:`RegistrationError` for the name of a resource, filter, action or field that is taken.
        """
        for resource in resources:
            self._claim(f"resource {resource.name!r}", f"blueprint {resource.name!r}")
            fields = resource.schema()._declared_fields
            self._claim(*names_in(resource.name, resource.filter_set.by_param, resource.actions, fields))
            if "DELETE" in resource.methods:  # the kit's own action, where something can hang on its rows
                self._claim(f"action {DELETION!r} of resource {resource.name!r}")
            self._resources[resource.name] = resource

    def add_models(self, *models: type[Model]) -> None:
        """Register models: :command:`wger-flask migrate` makes their tables.

        Raises :class:`RegistrationError` for a table that another model has, and for a plugin's table whose name does
        not begin with ``plugin_<name>_``.
        """
        tables = {table_of(model): model for model in self.models}
        prefix = f"plugin_{self._plugin}_" if self._plugin else ""
        for model in models:
            if not table_of(model).startswith(prefix):
                raise RegistrationError(f"table {table_of(model)!r} of {self.origin} must begin with {prefix!r}")
            other = tables.get(table_of(model))
            if other is not None and other is not model:
                raise RegistrationError(
                    f"table {table_of(model)!r} is declared twice: by {other.__module__} and by {model.__module__}"
                )
            if other is None:
                self.models.append(model)
                if self._plugin:
                    let_database_delete(model)
                    self.plugins[self._plugin].models.append(model)

    def add_migrations(self, package: str | ModuleType) -> None:
        """Name the package of the plugin's numbered steps: modules ``m0001_….py`` with a function ``apply(database)``.

        :command:`wger-flask migrate` applies each once, in order; where it has just made all tables of the plugin, they
        count as applied.  Raises :class:`RegistrationError` for a package that cannot be imported or is a module, and
        where no plugin is registering.
        """
        if not self._plugin:
            raise RegistrationError(f"{self.origin} adds migrations and is no plugin")
        name = package if isinstance(package, str) else package.__name__
        try:
            numbered(name)
        except (ImportError, AttributeError) as wrong:
            told = f"{self.origin} adds migrations from {name!r}, which is no package: {wrong}"
            raise RegistrationError(told) from wrong
        self.plugins[self._plugin].steps = name

    def add_upload(self, table: str, **handlers: Callable[..., Any]) -> None:
        """Register how offline clients write to a table that belongs to no resource.

        ``handlers`` are functions by method (``PUT=``, ``PATCH=``, ``DELETE=``): ``handle(call, data)``, where ``data``
        is the uploaded row as a dictionary.  Raises :class:`RegistrationError` for a table that has such handlers
        already, and for another method.
        """
        if unknown := set(handlers) - {"PUT", "PATCH", "DELETE"}:
            raise RegistrationError(f"upload to table {table!r} of {self.origin}: no client sends {min(unknown)}")
        self._claim(f"upload to table {table!r}")
        self.uploads[table] = handlers

    def add_blueprint(self, blueprint: Blueprint) -> None:
        """Register an :class:`Endpoints` or another flask-smorest blueprint, for what is no table.

        Raises :class:`RegistrationError` for a name that is taken.
        """
        self._claim(f"blueprint {blueprint.name!r}")
        self.blueprints.append(blueprint)

    def add_rate(self, scope: str, rate: str) -> None:
        """Give a throttle scope a rate such as ``"20/hour"``, so that resources, actions and endpoints can name it.

        The units are ``s``, ``min``, ``hour`` and ``day``.  Raises :class:`RegistrationError` for a scope that has a
        rate already, and for a text that is no rate.
        """
        self._claim(f"rate of scope {scope!r}")
        try:
            self.rates[scope] = Rate.parse(rate)
        except ValueError as wrong:
            raise RegistrationError(f"scope {scope!r} of {self.origin}: {wrong}") from wrong

    def add_job(self, name: str, run: Callable[[], object], every: timedelta) -> None:
        """Have ``run()`` called once ``every`` so often, by one process of all hosts, beside requests.

        It opens its own transactions, and must bear to be called again where a process ended in between.  Raises
        :class:`RegistrationError` for a name that is taken, and for a time that is none.
        """
        if every <= timedelta():
            raise RegistrationError(f"job {name!r} of {self.origin}: {every} is no time between two runs")
        self._claim(f"job {name!r}")
        self.jobs.append(Job(name, every, run))

    def add_setting(self, name: str, default: Setting, help: str, **rest: Any) -> Setting:
        """Declare a setting of the plugin, and return its value: from the environment, the profile, or ``default``.

        ``name`` begins with ``WGER_<PLUGIN>_``.  Its type is that of ``default``: text, a whole number, True or False,
        a ``Path``, or a tuple of texts.  ``help`` is one sentence.  ``rest`` may be ``choices=``, a tuple of texts;
        ``least=`` and ``most=``, the bounds of a number; ``check=``, a function of the value that raises ValueError
        with the end of a sentence ("must be even"); ``secret=True``, which keeps the value out of messages.

        Later, ``services().settings`` has it as an attribute.  Raises :class:`RegistrationError` for a name that is
        taken or not the plugin's; a wrong value stops the start with one line that names the setting.
        """
        self._claim(f"setting {name!r}")
        try:
            value: Setting = self._declare_setting(self._plugin, name, default, help, **rest)
            return value
        except TypeError as wrong:
            raise RegistrationError(f"{self.origin}: {wrong}") from wrong

    def extend(
        self,
        name: str,
        filters: Mapping[str, Declared] | None = None,
        actions: tuple[Action, ...] = (),
        fields: Mapping[str, Field] | None = None,
        cacheable: bool = False,
    ) -> None:
        """Add ``filters``, ``actions`` and read-only ``fields`` to a resource that is registered already.

        ``fields`` are those of a schema, by name: :class:`Computed` and :class:`Batch`, also :class:`Child`,
        :class:`Children` or a plain field with ``dump_only=True``.  They stand behind the resource's own in its JSON,
        in the OpenAPI document and on pages, and take one query a page at most.  ``cacheable`` says that functions of
        yours in ``filters`` and ``fields`` depend on the database alone: where they may depend on more, the resource's
        answers are not kept any more.

        Raises :class:`RegistrationError` for an unknown resource, an unknown column, what exists already, and a field
        that is not read-only.
        """
        if name not in self._resources:
            raise RegistrationError(f"{self.origin} extends resource {name!r}, which does not exist")
        resource = self._resources[name]
        try:
            self._claim(*names_in(name, build_filters(resource.model, filters or {}).by_param, actions, fields or ()))
            self._resources[name] = extended(resource, filters, actions, fields, cacheable)
            if fields:
                self._extended_by.setdefault(name, []).append(self.origin)
        except ValueError as wrong:
            raise RegistrationError(
                f"{self.origin} extends resource {name!r} of {self.origin_of(name)}: {wrong}"
            ) from wrong

    def prepare(self, settings: object) -> None:
        """Check all declarations, and build what answers are written with, before the first request.

        Raises :class:`RegistrationError` for a schema that does not fit its model, and for names that do not exist: see
        :mod:`.declaration_checks`.
        """
        for blueprint in self.blueprints:
            for _, target in getattr(blueprint, "targets", ()):
                for wrong in unknown_scopes(target.throttle, self.rates):
                    origin = self._claims[f"blueprint {blueprint.name!r}"]
                    raise RegistrationError(f"endpoint {target.name!r} of {origin}: {wrong}")
        for resource in self:
            for wrong in mistakes(resource, self.models, self.rates, settings):
                raise RegistrationError(f"{self._told(resource.name)}: {wrong}")
            try:
                resource.dump  # noqa: B018
            except ValueError as wrong:
                raise RegistrationError(f"{self._told(resource.name)} cannot be shown: {wrong}") from wrong
            if table_of(resource.model) in self.uploads and resource.takes_uploads:
                origin = self._claims[f"upload to table {table_of(resource.model)!r}"]
                raise RegistrationError(f"{self._told(resource.name)} takes uploads itself, and {origin} does, too")
        self._check_owned(self.models)
        if getattr(settings, "serves_sync", False) and can_keep_log():
            self.nodes = self._synced()

    def _synced(self) -> tuple[Node, ...]:
        added = []
        for resource in self:
            try:
                if resource.sync:
                    added.append(resource.synced)
                    nodes_of(self.models, (resource.synced,))
            except ValueError as wrong:
                raise RegistrationError(f"{self._told(resource.name)} cannot be synced: {wrong}") from wrong
        return nodes_of(self.models, added)

    @cached_property
    def names_of_synced(self) -> dict[str, str]:
        """The names of the resources whose rows, those of users, are synced, by table.

        Of a table that is none, such as that of the profile, it is the name without the subject in front.
        """
        owned: dict[str, str] = {}
        for resource in sorted(self, key=lambda resource: "POST" not in resource.methods):
            if resource.owner and not resource.only:
                owned.setdefault(table_of(resource.model), resource.name)
        tables = (node.table for node in self.nodes if node.synced is not None and node.synced.owner)
        return {table: owned.get(table) or table.partition("_")[2] for table in tables}

    def _told(self, name: str) -> str:
        """Return what a message calls a resource: with who registered it, and who added fields to it."""
        others = "".join(f" (with fields of {origin})" for origin in self._extended_by.get(name, ()))
        return f"resource {name!r} of {self.origin_of(name)}{others}"

    def get(self, name: str) -> Resource:
        """Return the :class:`Resource` ``name``; raises KeyError where there is none."""
        return self._resources[name]

    def origin_of(self, name: str) -> str:
        """Return who registered the resource ``name``, such as ``"file plugins/water.py"``; raises KeyError."""
        return self._claims[f"resource {name!r}"]

    def of_model(self, model: type[Model]) -> Resource | None:
        """Return the resource that references to rows of ``model`` link to, None where there is none.

        It is the first that has all rows of the model.
        """
        return next((resource for resource in self if resource.model is model and not resource.only), None)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources.values())

    def __len__(self) -> int:
        return len(self._resources)

    def __contains__(self, name: str) -> bool:
        return name in self._resources
