"""What a resource has besides its rows: actions, hooks around writes, and a date since which it is old."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from .permissions import Access
from .schema import Schema


@dataclass(frozen=True, slots=True)
class Action:
    """A computed endpoint below a resource: ``handle(call)`` returns what becomes JSON, or a pair of that and a status.

    * ``path``: ``"summary/"`` is ``/nap/<key>/summary/``; with ``detail=False`` it is ``/nap/summary/``, below the
      collection.  There, ``call.row()`` cannot be used.
    * ``methods``: the HTTP methods that it answers.  A method that writes runs in a transaction: raising undoes it.
    * ``query``: a schema of the query parameters, for OpenAPI, and for the form on its page.  Read them with
      ``call.query()``.
    * ``filtered``: it is about the rows that the list's filters leave, and takes them in its query too.
    * ``schema``: what a GET answers and what a writing method is sent, for OpenAPI, and for the form on its page;
      ``many=True`` says that a GET answers a list of such objects.  Read the body with ``call.load(schema)``.
    * ``access``: access rules of its own; the resource's where it has none.
    * ``throttle``: the scope whose rate it counts against.
    * ``about``: a sentence for the documentation; ``label``: what people call it, where the path does not say.
    * ``view``: the view that pages show of the answer besides its values, see ``View``.
    * ``bulk``: many rows are sent at once, in larger bodies.
    * ``creates``: a POST answers 201 and what it made.
    * ``cache="private"``: what a GET answers depends on the database, the user and the day alone, and may be kept for
      that user until something is written.  Nothing is kept unless this is said.
    """

    path: str
    handle: Callable[..., Any]
    detail: bool = True
    methods: tuple[str, ...] = ("GET",)
    schema: type[Schema] | None = None
    many: bool = False
    access: Access | None = None
    throttle: str | None = None
    about: str = ""
    label: str = ""
    view: str = ""
    bulk: bool = False
    creates: bool = False
    query: type[Schema] | None = None
    filtered: bool = False
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What a resource does besides storing a row: four functions, each runs inside the write's transaction.

    What one of them raises undoes the write and is the answer: ``Invalid``, ``Forbidden`` or another ``ApiError``.

    * ``change(call, row)``: before a row that the user may see is changed or deleted.  Raise to refuse that; returns
      nothing.
    * ``check(call, data, row)``: once the body was parsed.  Returns what is wrong with single fields, a dictionary from
      name to messages that are told with all others; ``data`` has the fields that could be read.
    * ``prepare(call, data, row)``: before a row is stored.  ``data`` is the parsed body as a dictionary from attribute
      to Python value: check it, and change it in place to complete it.  ``row`` is the row as it was, None for a new
      one.  In a PATCH, ``data`` has only what was sent.  Returns nothing.
    * ``saved(call, row, created)``: after the row and its many-to-many relations are stored; ``created`` is True for a
      new one.  Returns nothing.
    * ``delete(call, row)``: in place of the plain cascading delete.  Returns nothing.

    They run for requests and for uploads of offline clients.  What must follow from a row however it is written belongs
    to ``Registry.listen``.
    """

    check: Callable[..., Any] | None = None
    prepare: Callable[..., Any] | None = None
    saved: Callable[..., Any] | None = None
    delete: Callable[..., Any] | None = None
    change: Callable[..., Any] | None = None


@dataclass(frozen=True, slots=True)
class Deprecation:
    """The date since which a resource should not be used any more, and the name of the resource to use instead."""

    since: date
    successor: str

    def headers(self, mount: str) -> dict[str, str]:
        """Return the headers that say so to a client (RFC 9745, and RFC 5829 for the link), by name.

        ``mount`` is the path below which the server is reached, see :func:`~.mount.mount_of`.
        """
        moment = datetime(self.since.year, self.since.month, self.since.day, tzinfo=UTC)
        return {
            "Deprecation": f"@{int(moment.timestamp())}",
            "Link": f'<{mount}/api/v2/{self.successor}/>; rel="successor-version"',
        }
