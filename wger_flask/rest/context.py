"""What turning rows into JSON needs to know of the request: the server's address as it was asked, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import cached_property
from urllib.parse import quote

from flask import g, request

from .mount import root_url
from .timezone import zone_for


class Context:
    """What turning rows into JSON needs of the request: the server's URL, and the user or None.

    The URL has no slash at its end.  ``base`` may be a function that returns it: it takes a while to make, and most
    rows need none.  ``zone`` is that of the user unless given.
    """

    def __init__(self, base: str | Callable[[], str] = "", user: object | None = None, zone: tzinfo | None = None):
        self._base, self.user, self._zone = base, user, zone

    @cached_property
    def base(self) -> str:
        """The server's URL as text, with the path below which it is reached, without a slash at its end."""
        return self._base() if callable(self._base) else self._base

    @property
    def zone(self) -> tzinfo:
        """The time zone in which moments are written, a ``tzinfo``."""
        return self._zone or zone_for(self.user)

    def media(self, name: str) -> str:
        """Return the absolute URL of an uploaded file; ``name`` is what its column holds."""
        return f"{self.base}/media/{quote(name)}"

    def static(self, name: str) -> str:
        """Return the absolute URL of the file ``name`` in the server's ``static`` folder."""
        return f"{self.base}/static/{name}"


def leave_user_out() -> None:
    """Have the answer that is being made for everybody made without a user, in the time zone of who asks."""
    known = vars(g._get_current_object())  # once: what stands for it takes a moment at each use
    known["dump_context"] = Context(lambda: root_url(request), None, zone_for(known.get("user")))


def current_context() -> Context:
    """Return the context of the request that is being answered."""
    known = vars(g._get_current_object())
    found: Context | None = known.get("dump_context")
    if found is None:
        found = known["dump_context"] = Context(lambda: root_url(request), known.get("user"))
    return found
