"""Declare a resource: a value from which everything else follows.

No Flask in here.  A declaration is checked when it is made, so a mistake stops the start with
the resource's name in the message.  See ``docs/adding-a-resource.md`` for a walk-through.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from ..storage import columns
from ..storage.database import database
from ..storage.dialects.base import AnyDialect
from ..storage.keys import storable
from ..storage.links import Link
from ..storage.model import Model, columns_of, key_of, ordering_of, table_of, title_of
from ..storage.predicates import Clause, along, equals
from ..storage.query import Selection
from ..storage.sync_log.specification import CORE, OF_USERS, Synced
from . import caching
from .actions import Action, Deprecation, Hooks
from .context import Context
from .cursor import Cursor
from .errors import NoMatch, NotFound
from .fields.computed import File
from .fields.references import Key, Keys
from .filtering.filter_set import Declared, FilterSet, build_filters
from .filtering.ordering import Ordering
from .former import FormerFields
from .ownership import Ownership
from .pagination import LimitOffset
from .permissions import Access, User, anyone, logged_in, private, public
from .schema import Schema
from .serialization import Dumper, dumper
from .throttling import Limit

READ = ("GET",)
WRITE = ("GET", "POST", "PUT", "PATCH", "DELETE")
DELETION = "deletion"  # the action below a row that says what its deletion takes along
HISTORY = "with_history"  # what a deletion is told to take along what was done with the row, too


@dataclass(frozen=True)
class Resource:
    """A collection of rows under ``/api/v2/<name>/``.

    * ``name``: lower-case letters, digits and hyphens; ``model``: the table; ``schema``: the shape of a row in JSON.
    * ``about``: a sentence for the documentation; ``group``: the heading that it is listed under; ``label``: what
      people call the list: those that have one are on the home page; ``row_title``: what they call one row, where it
      is not called as the rows of its model are.
    * ``methods``: ``READ`` or ``WRITE``, or some of the methods in it.
    * ``filters``: a dictionary from column, path or relation to its lookups, or to a :class:`Filter`.
    * ``ordering``: the order of the list, names of columns with ``-`` in front for descending; the model's unless
      given. ``orderable``: the columns that a client may order by; None allows all.
    * ``access``: the :class:`Access` rules; ``public`` unless given, ``private`` where there is an ``owner``.
    * ``owner``: how a row leads to its user, see :func:`owned_by`.
    * ``visible``: ``visible(user)`` returns the clauses of the rows that a user may see, in place of the owner's; a
      tuple of clauses where everybody sees the same rows.
    * ``only``: values that all its rows have, by dotted path, for a resource of some rows of its model:
      ``only={"category.is_official": True}``.  The other rows do not exist for it.
    * ``throttle``: a scope or a :class:`~.throttling.Limit` for ``"list"``, ``"detail"`` or an HTTP method.
    * ``pagination``: :class:`LimitOffset`, or a :class:`Cursor`.
    * ``actions``: computed endpoints below it; ``hooks``: functions that run when rows are written.
    * ``deletion``: a schema of what a DELETE may be told, see :func:`told`.
    * ``cache``: for whom answers may be kept until something is written: ``"public"``, ``"private"`` (for each user) or
      ``"never"``.  It follows from the rest where the kit knows all of it; where functions of the declaration's own
      decide what is read or shown, nothing is kept unless this says so.  Say it where they depend on the database, the
      user (not for ``"public"``) and the day alone.
    * ``secret=True``: it shows secrets: answers are kept nowhere and not compressed.
    * ``max_age``: the name of the setting with the seconds for which clients may keep what they read.
    * ``view``: the name and the arguments of what pages show besides the table, such as ``"chart:date:weight"``.
    * ``added_by``: the endpoint that adds a row with all that belongs to it; pages offer its form in place of that for
      the bare row.
    * ``former``: fields of an earlier release that bodies may still have.
    * ``deprecated``: marks a resource that only older clients still need.
    * ``sync``: the stream in which its rows go to phones: ``"user_profile"``, ``"user_planning"`` or
      ``"user_activity"`` for rows of one's own, ``"core"`` for rows that everybody may read.

    * ``listed=False``: it is not in the list of all resources, ``/api/v2/``; everything else has it.

    Raises ValueError for a name, a method, a column or a lookup that cannot be.
    """

    name: str
    model: type[Model]
    schema: type[Schema]
    about: str = ""
    group: str = ""
    methods: tuple[str, ...] = READ
    filters: Mapping[str, Declared] = field(default_factory=dict)
    ordering: tuple[str, ...] | None = None
    orderable: tuple[str, ...] | None = None
    access: Access | None = None
    owner: Ownership | None = None
    visible: Callable[..., Any] | tuple[Clause, ...] | None = None
    only: Mapping[str, object] = field(default_factory=dict)
    throttle: Mapping[str, str | Limit] = field(default_factory=dict)
    pagination: LimitOffset | Cursor = field(default_factory=LimitOffset)
    actions: tuple[Action, ...] = ()
    hooks: Hooks = field(default_factory=Hooks)
    deletion: type[Schema] | None = None
    max_age: str = ""
    cache: str = ""
    secret: bool = False
    view: str = ""
    label: str = ""
    row_title: str = ""
    added_by: str = ""
    former: FormerFields | None = None
    deprecated: Deprecation | None = None
    sync: str = ""
    listed: bool = True

    def __post_init__(self) -> None:
        if not self.name or not set(self.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_"):
            raise ValueError(f"resource {self.name!r}: a name has lower-case letters, digits and hyphens")
        if unknown := set(self.methods) - set(WRITE):
            raise ValueError(f"resource {self.name!r}: unknown methods {sorted(unknown)}")
        if not isinstance(self.throttle, Mapping):
            raise ValueError(f'resource {self.name!r}: throttle says what it limits: {{"POST": {self.throttle!r}}}')
        if not isinstance(self.actions, tuple | list):
            raise ValueError(f"resource {self.name!r}: actions is a tuple, with a comma behind a single one")
        try:
            self.filter_set, self.order  # noqa: B018  declared names are checked now, not at the first request
        except ValueError as wrong:
            raise ValueError(f"resource {self.name!r}: {wrong}") from wrong

    # -- what follows from the declaration -------------------------------------------------
    @cached_property
    def filter_set(self) -> FilterSet:
        """The filters, made from their declaration."""
        return build_filters(self.model, self.filters)

    @cached_property
    def order(self) -> Ordering:
        """The default order, and the columns that a client may order by."""
        default = ordering_of(self.model) if self.ordering is None else self.ordering
        return Ordering(self.model, default, self.orderable)

    @cached_property
    def for_people(self) -> tuple[str, ...]:
        """The order of a page where the user asks for none: of one's own rows, the newest come first."""
        first, *others = self.order.default or ("",)
        column = columns_of(self.model).get(first)
        if self.owner is None or not isinstance(column, columns.DateTime | columns.Date):
            return self.order.default
        return (f"-{first}", *others)

    @cached_property
    def rules(self) -> Access:
        """The access rules in force."""
        return self.access or (private if self.owner else public)

    @cached_property
    def cache_scope(self) -> str:
        """For whom answers are kept: ``"public"``, ``"private"`` or ``"never"``, see :mod:`.caching`."""
        return caching.scope_of(self)

    @property
    def dump(self) -> Dumper:
        """The :class:`Dumper` that turns raw rows into JSON objects."""
        return dumper(self.schema, self.model)

    @cached_property
    def links(self) -> dict[str, Link]:
        """The many-to-many relations that a body may set, by the attribute they load into."""
        fields = self.schema().load_fields.items()
        return {field.attribute or name: field.relation for name, field in fields if isinstance(field, Keys)}

    @property
    def takes_uploads(self) -> bool:
        """Whether users write their own rows of the table by it, so that uploads of offline clients go through it."""
        return self.owner is not None and not self.only and "POST" in self.methods

    @cached_property
    def takes_files(self) -> bool:
        """Whether a body has a file, so that a whole row can only be sent as a form."""
        return any(isinstance(field, File) for field in self.schema().load_fields.values())

    @property
    def checks_owners(self) -> bool:
        """Whether references in a body are checked to lead to the user's own rows before the body is validated."""
        return self.owner is not None and self.owner.checks is not None

    @property
    def subject(self) -> str:
        """The heading that the resource is listed under: ``group``, or the package of its model."""
        package = self.model.__module__.removesuffix(".models").rpartition(".")[2]
        return self.group or package.replace("_", " ").capitalize()

    @property
    def title(self) -> str:
        """What a person calls one row."""
        return self.row_title or title_of(self.model)

    @property
    def list_methods(self) -> tuple[str, ...]:
        """The methods of the collection."""
        return tuple(method for method in self.methods if method in ("GET", "POST"))

    @property
    def detail_methods(self) -> tuple[str, ...]:
        """The methods of a single row."""
        return tuple(method for method in self.methods if method != "POST")

    @property
    def synced(self) -> Synced:
        """What of its rows goes to phones: the columns that its JSON shows.

        Raises ValueError for a stream that its rows cannot be in.
        """
        if self.sync not in (CORE, *OF_USERS):
            raise ValueError(f"sync={self.sync!r} is none of the streams {', '.join((CORE, *OF_USERS))}")
        if self.sync == CORE and self.rules.read not in (anyone, logged_in):
            raise ValueError("not everybody may read it, so it cannot be in the stream core")
        if self.sync in OF_USERS and self.owner is None:
            raise ValueError(f"it has no owner, so it cannot be in the stream {self.sync}")
        if self.visible is not None or self.only:
            raise ValueError("with visible= or only= it has some rows of its table; all of a table are synced, or none")
        columns = columns_of(self.model)
        names = [field.attribute or name for name, field in self.schema().fields.items() if not field.load_only]
        owner = self.owner.path if self.owner else ()
        left_out = {key_of(self.model).name, *(owner if len(owner) == 1 else ())}
        told = [columns[name].column_name for name in dict.fromkeys(names) if name in columns and name not in left_out]
        return Synced(table_of(self.model), self.sync, tuple(told), ".".join(owner))

    # -- rows -------------------------------------------------------------------------------
    def visible_to(self, user: User | None) -> Selection:
        """Return a :class:`Selection` of the rows that ``user`` (None: not logged in) may see."""
        if self.visible is not None:
            shown = self.visible(user) if callable(self.visible) else self.visible
            return Selection(self.model, (*shown, *self._only))
        if self.owner is not None:
            own = self.owner.clause(self.model, None if user is None else user.id)
            return Selection(self.model, (own, *self._only))
        return Selection(self.model, self._only)

    @property
    def _only(self) -> tuple[Clause, ...]:
        return _of_some_rows(self.model, tuple(self.only.items()), database.obj.dialect) if self.only else ()

    def by_key(self, selection: Selection, text: str) -> Selection:
        """Return ``selection`` narrowed to the row whose primary key the URL spells ``text``.

        Raises :class:`NotFound` for a text that cannot be a key.
        """
        return selection.where(self._key_clause(text))

    def _key_clause(self, text: str) -> Clause:
        column = key_of(self.model)
        try:
            if isinstance(column, columns.UUID):
                return equals(column, uuids.UUID(text))
            if isinstance(column, columns.Integer):
                key = int(text)
                if not storable(key):
                    raise NoMatch(self.model)
                return equals(column, key)
        except ValueError:
            raise NotFound() from None
        if "\x00" in text:
            raise NotFound()
        return equals(column, text)

    def show(self, selection: Selection, context: Context) -> dict[str, Any]:
        """Return the one row of ``selection`` as a dictionary for JSON; raises :class:`NoMatch` (404)."""
        return self.dump(self.load(selection, self.dump), context)[0]

    def load(self, selection: Selection, dump: Dumper) -> list[tuple[Any, ...]]:
        """Return the one row of ``selection`` as ``dump`` takes it, in a list; raises :class:`NoMatch` (404)."""
        rows = selection.raw_rows(dump.columns, 1)
        if not rows:
            raise NoMatch(self.model)
        return rows

    def fetch(self, selection: Selection) -> Model:
        """Return the one row of ``selection`` as an instance of the model; raises :class:`NoMatch` (404)."""
        row = selection.first()
        if row is None:
            raise NoMatch(self.model)
        return row

    def references(self) -> dict[str, type[Model]]:
        """Return the model behind each reference in the resource's JSON, by key."""
        fields = self.schema().fields.items()
        return {field.data_key or name: field.model for name, field in fields if isinstance(field, Key | Keys)}


@lru_cache(64)
def _of_some_rows(model: type[Model], only: tuple[tuple[str, object], ...], dialect: AnyDialect) -> tuple[Clause, ...]:
    return tuple(along(model, tuple(path.split(".")), value) for path, value in only)
