"""What turning rows into JSON needs to know of the request: the host that was asked, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import g, request


@dataclass(frozen=True, slots=True)
class Context:
    """The host's URL (without a slash behind it) and the user, None for nobody."""

    base: str = ""
    user: object | None = None

    def media(self, name: str) -> str:
        """Return the absolute URL of an uploaded file."""
        return f"{self.base}/media/{quote(name)}"

    def static(self, name: str) -> str:
        """Return the absolute URL of a file that ships with the server."""
        return f"{self.base}/static/{name}"


def current_context() -> Context:
    """Return the context of the request that is being answered."""
    found = g.get("dump_context")
    if found is None:
        found = g.dump_context = Context(request.host_url[:-1], g.get("user"))
    return found
