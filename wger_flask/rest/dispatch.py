"""Dispatch a request to a target: the one way that every request of every resource goes.

:func:`dispatch` is the whole of it: the steps in their order, then the handler, in one
transaction where it writes.  What can be asked is a :class:`Target`, who asks for what a
:class:`Call`; the handlers of resources are in :mod:`.views`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from flask import Request, Response, g, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.http import http_date

from ..media.store import Changes
from ..storage.database import DatabaseError, IntegrityError, accompanied, advisory_lock, is_retryable, transaction
from ..storage.model import Model
from ..storage.query import Selection
from . import body_limits
from .bodies import FORM_TYPES, FormData, NotAnObject, read_body
from .context import Context, current_context
from .errors import ApiError, MethodNotAllowed, NotAuthenticated
from .fields.computed import File
from .mount import mount_of
from .negotiation import JSON, negotiate
from .openapi import options
from .ownership import NotADictionary
from .permissions import METHODS, SAFE_METHODS, Access, User
from .renderers import render
from .resource import Action, Resource
from .schema import Schema, checked, load, look_up, parse
from .services import services
from .throttling import Limit
from .uploads import look_at_files

# What a page sends on which a user logs in to go on with a form: their name and password, and the form.
AGAIN, NAME, PASSWORD = "_again", "_name", "_password"


@dataclass(frozen=True)
class Target:
    """Something that can be asked: its handlers by HTTP method, and the rules for who may use them.

    * ``kind``: ``"list"``, ``"detail"``, ``"action"`` or ``"plain"``.
    * ``authenticates=False``: credentials are not read, as where they are given out.
    * ``transactional=False``: handlers open their own transactions, since they compute for long before they write.
    * ``head=False``: HEAD is refused, as few recorded endpoints do.
    * ``bulk``: many rows are sent at once, in larger bodies.
    * ``creates``: it may answer 201; ``counts``: it may answer 429 for what it counts itself.
    * ``request``, ``response``: schemas of the body and of the answer, or mappings from methods to them, for the
      OpenAPI document and the forms of pages.
    * ``makes``: the name of the resource whose row a POST makes, and whose page follows.
    * ``asks``: names of the fields that its form shows, in this order; the others are folded away.
    * ``deprecated``: methods that only older clients still use.
    """

    name: str
    handlers: Mapping[str, Callable[[Call], Any]]
    access: Access
    kind: str = "plain"
    resource: Resource | None = None
    action: Action | None = None
    throttle: Mapping[str, str | Limit] = field(default_factory=dict)
    authenticates: bool = True
    slash: bool = True
    transactional: bool = True
    head: bool = True
    bulk: bool = False
    creates: bool = False
    counts: bool = False
    about: str = ""
    request: object = None
    response: object = None
    makes: str = ""
    asks: tuple[str, ...] = ()
    deprecated: tuple[str, ...] = ()

    def schema(self, role: str, method: str) -> Any:
        """Return the schema of a method's ``"request"`` or ``"response"`` (``role``), None where none is declared."""
        if self.action is not None and (role == "response") == (method in SAFE_METHODS):
            return self.action.schema
        if self.resource is not None and self.action is None:
            return self.resource.schema
        found = getattr(self, role)
        return found.get(method) if isinstance(found, Mapping) else found

    @property
    def required_resource(self) -> Resource:
        """The resource, for what is never asked of an endpoint; raises LookupError there."""
        if self.resource is None:
            raise LookupError(f"{self.name} is no resource")
        return self.resource

    @cached_property
    def takes_files(self) -> bool:
        """Whether a body may carry a file."""
        sent = {self.schema("request", method) for method in self.handlers if method not in SAFE_METHODS}
        return any(
            isinstance(field, File)
            for schema in sent
            if isinstance(schema, type) and issubclass(schema, Schema)
            for field in schema().load_fields.values()
        )

    @cached_property
    def allow(self) -> tuple[str, ...]:
        """The methods, as the ``Allow`` header lists them."""
        known = set(self.handlers) | {"OPTIONS"} | ({"HEAD"} if self.head and "GET" in self.handlers else set())
        return tuple(method for method in METHODS if method in known)

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers of every answer, by name."""
        found = {
            "Allow": ", ".join(self.allow),
            "Vary": "Accept, Accept-Language, Cookie, origin",
            "Content-Language": "en",
            "X-Frame-Options": "DENY",
        }
        if self.resource is not None and self.resource.deprecated:
            found |= self.resource.deprecated.headers
        return found


class Call:
    """One request to a target, as its handler sees it.

    * ``user``: the :class:`User` who is logged in, or None.
    * ``method``, ``args`` (the query parameters, a ``MultiDict``), ``key`` (the key in the address, as text),
      ``request``.
    * ``resource``, ``action``, ``target``: what was declared; ``resource`` is None for endpoints.
    * ``again``: True where a page's form is only to be shown again as it was typed, and nothing is to be done.
    * ``loaded``: the rows, as the database's driver gave them, from which the answer was made, for pages.
    * ``refusal``: the :class:`~.errors.ApiError` with which it was refused, or None.
    """

    __slots__ = (
        "action", "again", "args", "files", "format", "key", "loaded", "method", "refusal", "request", "resource",
        "suffix", "target", "user", "_body", "_parsed", "_row",
    )  # fmt: skip

    def __init__(self, target: Target, request: Request, key: str | None, suffix: str):
        self.target, self.request, self.key, self.suffix = target, request, key, suffix
        self.resource, self.action = target.resource, target.action
        self.method, self.format = request.method, JSON
        self.user: User | None = None
        self.args: MultiDict[str, str] = request.args  # the query parameters
        self.again = False
        self.loaded: list[tuple[Any, ...]] = []
        self.refusal: ApiError | None = None
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
        made = Call(target, self.request, key, "")
        made.method, made.format, made.user, made.files, made._body = method, self.format, self.user, self.files, body
        made.args = MultiDict()
        for step in ADMISSION:
            step(made)
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
    def body(self) -> dict[str, Any]:
        """The request's body, a dictionary, read once; raises the errors of :func:`~.bodies.read_body`."""
        if self._body is None:
            takes_files = self.resource is not None and self.action is None and self.resource.takes_files
            try:
                self._body = read_body(self.request, forms_only=takes_files and self.method != "PATCH")
            except NotAnObject:
                if self.resource is not None and self.resource.checks_owners:
                    raise NotADictionary() from None
                raise
            if isinstance(self._body, FormData):
                self._body.is_typed = services().is_own_form(self.request)
        return self._body

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
        """Return the query parameters of an action as its schema ``Action.query`` reads them: a dictionary by name.

        A parameter that is empty counts as absent.  Raises :class:`~.errors.Invalid` (400) with all errors.
        """
        if self.action is None or self.action.query is None:
            raise LookupError(f"{self.target.name} declares no query")
        return load(self.action.query, FormData.of_texts(self.args, self.format.is_html))

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


# -- the steps, outermost first: the only place where their order is decided -----------------
def negotiate_format(call: Call) -> None:
    """Choose the format first, so that every later error is given in it."""
    call.format = negotiate(call.request.headers.get("Accept", ""), call.suffix, call.args.get("format", ""))


def method_override(call: Call) -> None:
    """Take the method that a page's form names in ``_method``, and numbers with a decimal comma in a page's filters.

    A form can only be posted.  GET is what a button says that leads on and writes nothing.
    """
    if call.format.is_html and call.method == "POST" and call.request.mimetype in FORM_TYPES:
        wanted = ["POST", *call.request.form.getlist("_method")][-1]
        call.method = wanted if wanted in ("GET", "PUT", "PATCH", "DELETE") else "POST"
        call.again = AGAIN in call.request.form
    if call.format.is_html and call.resource is not None and call.args:
        call.args = call.resource.filter_set.typed(call.args)


def authenticate(call: Call) -> None:
    """Read who the user is; broken credentials are refused, even where none are needed."""
    if call.target.authenticates:
        call.user = g.user = services().authenticate(call.request)


def authorize(call: Call) -> None:
    """Refuse a user whom the access rules do not allow the method."""
    call.target.access.demand(call.user, call.method)


def throttle(call: Call) -> None:
    """Refuse a call beyond the rate of its scope."""
    limits = call.target.throttle
    if limits:
        scope = limits.get(call.method) or limits.get(call.target.kind)
        if scope and not call.method == "OPTIONS":
            services().limit(scope, call)


def check_method(call: Call) -> None:
    """Refuse methods that the target does not have."""
    if call.method not in call.target.allow:
        raise MethodNotAllowed(call.method)


LARGE_PAGE = 100  # rows
_one_large_answer = threading.Lock()

ADMISSION = (authorize, throttle, check_method)  # for every user, and every way of asking
STEPS = (negotiate_format, method_override, authenticate, *ADMISSION)


def dispatch(target: Target, key: str | None = None, suffix: str = "") -> Response:
    """Run the steps and the handler for the current request; returns the response in the negotiated format."""
    if target.slash and not suffix and request.method in ("GET", "HEAD") and not request.path.endswith("/"):
        return _with_slash()
    call = g.call = Call(target, request, key, suffix)
    headers = target.headers
    if call.method not in SAFE_METHODS:
        _admit(call)
    elif is_large(call):
        with _one_large_answer:
            return _answered(call, headers)
    return _answered(call, headers)


def _answered(call: Call, headers: dict[str, str]) -> Response:
    target = call.target
    try:
        for step in STEPS:
            step(call)
        if call.again:
            payload, status = None, 200
        elif call.method == "OPTIONS":
            payload, status = options.describe(call), 200
        elif call.method in SAFE_METHODS:
            payload, status = _result(target.handlers["GET"](call))
            headers = headers | _cache_headers(call)
        elif not target.transactional:
            payload, status = _result(target.handlers[call.method](call))
        else:
            payload, status = _written(target, call)
    except ApiError as error:
        call.refusal = error
        payload, status, headers = error.body, error.status, {**headers, **error.headers}
    except IntegrityError as clash:
        payload, status = {"non_field_errors": [services().explain(clash)]}, 400
    if isinstance(payload, Response):
        payload.headers.extend({name: value for name, value in headers.items() if name not in payload.headers})
        return payload
    return render(call, call.format, payload, status, headers)


def is_large(call: Call) -> bool:
    """Return whether the answer may take so much memory that a process makes one such answer at a time."""
    if call.target.kind != "list" or not call.args:
        return False
    resource = call.required_resource
    return resource.dump.is_large and resource.pagination.window(call.args)[0] > LARGE_PAGE


def _admit(call: Call) -> None:
    """Let larger bodies in than usual where a target takes them."""
    settings = services().settings
    if call.target.takes_files and call.request.mimetype == "multipart/form-data":
        body_limits.admit_files(call.request, settings.WGER_MAX_BODY_SIZE * body_limits.MEGABYTE)
    elif call.target.bulk:
        call.request.max_content_length = settings.WGER_MAX_BULK_SIZE * body_limits.MEGABYTE


def _written(target: Target, call: Call) -> tuple[Any, int]:
    """Run a handler that writes, once more where another write got in between.

    What one user sends at the same time is done one after the other: rows of theirs do not go
    while others are hung on them, and no two wait for each other.
    """
    if call.sends_a_row:
        look_at_files(call)
        call.parse()  # before other writers have to wait for it
    for again in (True, False):
        try:
            with services().media.changes() as call.files, accompanied(call.files), transaction():
                if call.user is not None:
                    advisory_lock(f"writes of user {call.user.id}")
                return _result(target.handlers[call.method](call))
        except DatabaseError as failed:
            if not (again and is_retryable(failed)):
                raise
    raise AssertionError  # the second time returns or raises


def _cache_headers(call: Call) -> dict[str, str]:
    """Return the headers that let a client keep the answer; pages show who is logged in and are not kept."""
    if call.resource is None or not call.resource.max_age or call.format.is_html:
        return {}
    seconds = getattr(services().settings, call.resource.max_age)
    return {"Cache-Control": f"max-age={seconds}", "Expires": http_date(time.time() + seconds)}


def _result(made: Any) -> tuple[Any, int]:
    return made if isinstance(made, tuple) else (made, 200)


def _with_slash() -> Response:
    query = request.query_string.decode("ascii", "replace")
    location = f"{mount_of(request)}{request.path}/" + (f"?{query}" if query else "")
    response = cast(Response, redirect(location, 301))  # of the class that the application answers with
    response.set_data(b"")
    response.autocorrect_location_header = False
    return response
