"""``/user/data``: take everything out."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request

from ..auth.page_parts import page, row_of_user, show, throttled, to_login
from ..rest.errors import Throttled
from ..rest.mount import root_url
from ..rest.services import services
from . import endpoints
from .rows import selection_of


@page("/user/data")
def your_data() -> Response:
    """Take everything that is yours out of this server."""
    if g.user is None:
        return to_login()
    if request.method != "POST":
        return show("data", **_told())
    try:
        services().throttle.demand(endpoints.SCOPE, f"user-{g.user.id}")
    except Throttled as wrong:
        return throttled("data", wrong, **_told())
    return endpoints.download(g.user.id, root_url(request))


def _told() -> dict[str, Any]:
    counted = [(owned.name, selection_of(owned, g.user.id).count()) for owned in services().registry.owned]
    return {"user": row_of_user(), "tables": [(name, number) for name, number in counted if number]}
