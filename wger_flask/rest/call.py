"""A request as its handler sees it."""

from __future__ import annotations

from typing import Any

from flask import Request
from werkzeug.datastructures import MultiDict

from ..media.changes import Changes
from ..storage.model import Model
from ..storage.query import Selection
from .admission import ADMISSION
from .bodies import FormData, NotAnObject, read_body
from .context import Context, current_context
from .errors import ApiError, NotAuthenticated
from .field_choice import dumper_for
from .lists_of_rows import rows_in
from .negotiation import JSON
from .ownership import NotADictionary
from .permissions import SAFE_METHODS, User
from .resource import Resource
from .schema import Schema, checked, load, look_up, parse
from .serialization import Dumper
from .services import Services, services
from .target import Target

EVENT_STREAM = "text/event-stream"


class Call:
    """One request to a target, as its handler sees it.

    * ``user``: the :class:`User` who is logged in, or None.
    * ``method``, ``args`` (the query parameters, a ``MultiDict``), ``key`` (the key in the address, as text),
      ``request``.
    * ``resource``, ``action``, ``target``: what was declared; ``resource`` is None for endpoints.
    * ``again``: True where a page's form is only to be shown again as it was typed, and nothing is to be done.
    * ``loaded``: the rows, as the database's driver gave them, from which the answer was made, for pages.
    * ``services``: the :class:`~.services.Services` of the application.
    * ``rows``: a call for each row, where the body is a list of them; it is known once the body was read.
    * ``refusal``: the :class:`~.errors.ApiError` with which it was refused, or None.
    """

    __slots__ = (
        "action", "again", "args", "files", "format", "is_repeated", "key", "loaded", "method", "refusal",
        "request", "resource", "rows", "place", "services", "suffix", "target", "user", "_body", "_parsed", "_row",
    )  # fmt: skip

    def __init__(self, target: Target, request: Request, key: str | None, suffix: str, known: Services | None = None):
        self.target, self.request, self.key, self.suffix = target, request, key, suffix
        self.services = known or services()
        self.resource, self.action = target.resource, target.action
        self.method, self.format = request.method, JSON
        self.user: User | None = None
        self.args: MultiDict[str, str] = request.args  # the query parameters
        self.again = False
        self.loaded: list[tuple[Any, ...]] = []
        self.refusal: ApiError | None = None
        self.rows: list[Call] = []
        self.is_repeated = False  # whether the answer is that of an earlier request
        self.place = -1  # of the row that a unique index refused
        self.files: Changes | None = None  # of the open transaction
        self._body: dict[str, Any] | None = None
        self._parsed: tuple[dict[str, Any], dict[str, Any]] | None = None
        self._row: Model | None = None

    def on(self, target: Target, method: str, body: dict[str, Any], key: str | None = None) -> Call:
        """Return a call of the same user to ``target``, in the same transaction, with ``body`` and without a query.

        The rules for access, throttling and methods are those of a request of its own.  Raises
        :class:`~.errors.Forbidden`, :class:`~.errors.NotAuthenticated`, :class:`~.errors.Throttled` and
        :class:`~.errors.MethodNotAllowed`.
        """
        made = Call(target, self.request, key, "", self.services)
        made.method, made.format, made.user, made.files, made._body = method, self.format, self.user, self.files, body
        made.args = MultiDict()
        for step in ADMISSION:
            step(made)
        return made

    def _of_row(self, body: dict[str, Any]) -> Call:
        made = Call(self.target, self.request, None, "", self.services)
        made.method, made.format, made.user, made.args, made._body = self.method, JSON, self.user, self.args, body
        return made

    @property
    def required_resource(self) -> Resource:
        """The resource, for what is never asked of an endpoint; raises LookupError there."""
        return self.target.required_resource

    @property
    def required_user(self) -> User:
        """The user who is logged in; raises :class:`~.errors.NotAuthenticated` (403) where there is none."""
        if self.user is None:
            raise NotAuthenticated()
        return self.user

    @property
    def required_files(self) -> Changes:
        """The changes of files that belong to the open transaction; raises LookupError outside of a write."""
        if self.files is None:
            raise LookupError("files change in a write alone")
        return self.files

    @property
    def context(self) -> Context:
        """The :class:`Context` for dumping rows: the server's URL, the user, the time zone."""
        return current_context()

    @property
    def dump(self) -> Dumper:
        """The :class:`~.serialization.Dumper` for the answer: of all fields, or of those that ``?fields=`` names.

        Pages show all.  Raises :class:`~.errors.Invalid` (400) for names of no field.
        """
        every = self.required_resource.dump
        if not self.args:
            return every
        chosen = dumper_for(self.required_resource, self.args)
        return every if self.format.is_html else chosen

    @property
    def body(self) -> dict[str, Any]:
        """The request's body, a dictionary, read once; raises the errors of :func:`~.bodies.read_body`."""
        if self._body is None:
            takes_files = self.resource is not None and self.action is None and self.resource.takes_files
            try:
                self._body = read_body(self.request, forms_only=takes_files and self.method != "PATCH")
            except NotAnObject as wrong:
                if rows := rows_in(self, wrong.value):
                    self.rows, self.format = [self._of_row(row) for row in rows], JSON
                    self._body = {}
                    return self._body
                if self.resource is not None and self.resource.checks_owners:
                    raise NotADictionary() from None
                raise
            if isinstance(self._body, FormData):
                self._body.is_typed = self.services.is_own_form(self.request)
        return self._body

    @property
    def wants_stream(self) -> bool:
        """Whether the client asks for ``text/event-stream``, where the target answers that."""
        return self.target.streams and EVENT_STREAM in self.request.headers.get("Accept", "").lower()

    @property
    def wants_file(self) -> bool:
        """Whether the client asks for the file that the target gives, by its media type."""
        return bool(self.target.gives) and self.target.gives in self.request.headers.get("Accept", "").lower()

    @property
    def by_page(self) -> bool:
        """Whether the body is a form of a page of this server: the user can then be told what else to do."""
        return isinstance(self.body, FormData) and self.body.is_typed

    @property
    def sends_a_row(self) -> bool:
        """Whether the body is a row of the resource, or a part of one."""
        return self.resource is not None and self.action is None and self.method in ("POST", "PUT", "PATCH")

    def parse(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the body as the resource's schema reads it, and the error messages by field; the body is read once."""
        if self._parsed is None:
            self._parsed = parse(self.required_resource.schema, self.body, partial=self.method == "PATCH")
        data, errors = self._parsed
        return dict(data), dict(errors)  # the reader may change both, and may have to begin anew

    def load(self, schema: type[Schema], *, partial: bool = False) -> dict[str, Any]:
        """Return the body as ``schema`` reads it: a dictionary from attribute to Python value.

        ``partial`` lets required fields be absent.  Raises :class:`~.errors.Invalid` (400) with all errors.
        """
        return load(schema, self.body, partial=partial)

    def query(self) -> dict[str, Any]:
        """Return the query parameters as the schema ``query`` of the action or endpoint reads them, by name.

        A parameter that is empty counts as absent.  Raises :class:`~.errors.Invalid` (400) with all errors.
        """
        if self.target.query is None:
            raise LookupError(f"{self.target.name} declares no query")
        return load(self.target.query, FormData.of_texts(self.args, self.format.is_html))

    def look_up(self) -> dict[str, Any]:
        """Return the error messages of references in the body that lead to no row, by field.

        Raises :class:`~.errors.NotYours` (403) for a reference to a row of another user.
        """
        return look_up(self.required_resource, self.body, self.parse()[0], self.user)

    def load_row(self, row: Model | None, invalid_references: dict[str, Any]) -> dict[str, Any]:
        """Return the body as the resource reads it, for a new row (``row`` is None) or for a change of ``row``.

        ``invalid_references`` is what :meth:`look_up` returned.  Raises :class:`~.errors.Invalid` (400) with all
        errors.
        """
        resource = self.required_resource
        model, own, former = resource.model, row and row._pk, resource.former
        earlier = former.read(self, row) if former else {}
        data, errors = self.parse()
        for name in earlier.keys() - self.body.keys():
            errors.pop(name, None)  # it is not missing
        if resource.hooks.check:
            errors = resource.hooks.check(self, data, row) | errors
        return earlier | checked(resource.schema, data, errors, invalid_references, model=model, own=own)

    def selection(self, *, filtered: bool = True) -> Selection:
        """Return a :class:`Selection` of the row that the URL names, if the user may see it.

        ``filtered=False`` leaves the filters in the query out.
        """
        resource = self.required_resource
        found = resource.visible_to(self.user)
        if filtered:
            found = resource.filter_set.apply(found, self.args)
        return resource.by_key(found, str(self.key))

    def row(self, *, filtered: bool = True) -> Any:
        """Return the row that the URL names, an instance of the resource's model; a reading request reads it once.

        ``filtered=False`` leaves the filters in the query out.  Raises :class:`~.errors.NotFound` (404) where there is
        no such row or the user may not see it, and :class:`~.errors.Forbidden` (403) where ``Access.row`` says no.
        """
        if self._row is not None:
            return self._row
        found = self.required_resource.fetch(self.selection(filtered=filtered))
        self.target.access.demand_row(self.user, found, self.method)
        if self.method in SAFE_METHODS and filtered:
            self._row = found
        return found
