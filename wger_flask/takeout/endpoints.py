"""``/api/v2/export/``: everything of the user who asks, as a zip."""

from __future__ import annotations

from flask import Response, stream_with_context

from ..auth.models import User
from ..rest.blueprint import Endpoints
from ..rest.call import Call
from ..rest.permissions import private
from ..rest.services import services
from .archive import Archive

TYPE = "application/zip"
RATE = "20/hour"
SCOPE = "export"

export = Endpoints("export", "Everything that is yours.")


@export.endpoint("export", access=private, throttle=SCOPE, head=False, secret=True, gives=TYPE)
def take_out(call: Call) -> Response:
    """Download everything that is yours: one zip with a JSON document, a CSV file a table, and your pictures."""
    return download(call.required_user.id, call.context.base)


def download(user_id: int, server: str) -> Response:
    """Return the response with everything of a user, which is made while it is sent."""
    held = services()
    archive = Archive(User.get_by_id(user_id), held.registry, held.media, server)

    response = Response(stream_with_context(iter(archive)), mimetype=TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=archive.file_name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
