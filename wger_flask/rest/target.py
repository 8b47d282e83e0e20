"""What can be asked: handlers by HTTP method, and what is declared of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .actions import Action, Deprecation
from .caching import NEVER
from .fields.computed import File
from .permissions import METHODS, SAFE_METHODS, Access
from .resource import Resource
from .schema import Schema
from .throttling import Limit

if TYPE_CHECKING:
    from .call import Call


@dataclass(frozen=True)
class Target:
    """Something that can be asked: its handlers by HTTP method, and the rules for who may use them.

    * ``kind``: ``"list"``, ``"detail"``, ``"action"`` or ``"plain"``; ``"gone"`` for what is refused whatever is asked.
    * ``authenticates=False``: credentials are not read, as where they are given out.
    * ``transactional=False``: handlers open their own transactions, since they compute for long before they write.
    * ``head=False``: HEAD is refused, as few recorded endpoints do.
    * ``bulk``: many rows are sent at once, in larger bodies.
    * ``creates``: it may answer 201; ``counts``: it may answer 429 for what it counts itself.
    * ``request``, ``response``: schemas of the body and of the answer, or mappings from methods to them, for the
      OpenAPI document and the forms of pages.
    * ``makes``: the name of the resource whose row a POST makes, and whose page follows.
    * ``asks``: names of the fields that its form shows, in this order; the others are folded away.
    * ``deprecated``: methods that only older clients still use; ``replaced``: since when all of it is old, and what to
      use instead.
    * ``query``: the schema of the query parameters of a GET, which :meth:`.call.Call.query` reads.
    * ``streams``: it also answers ``text/event-stream`` where a client asks for just that; its handler sees to it.
    * ``gives``: the media type of the file that a GET answers in a response of its own, in place of JSON and a page.
    * ``cache``: for whom what a GET answers may be kept, see :mod:`.caching`; ``secret``: no cache may keep it.
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
    replaced: Deprecation | None = None
    query: type[Schema] | None = None
    streams: bool = False
    gives: str = ""
    cache: str = NEVER
    secret: bool = False

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
        """The headers of every answer, by name, without those that lead to a successor."""
        return {
            "Allow": ", ".join(self.allow),
            "Vary": "Accept, Authorization, Cookie, Origin" if self.authenticates else "Accept, Origin",
            "Content-Language": "en",
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
        }

    @cached_property
    def deprecation(self) -> Deprecation | None:
        """Since when all of it is old, or its resource is; None where it is not."""
        return self.replaced or (self.resource.deprecated if self.resource else None)
