"""The page that says why something was refused."""

from __future__ import annotations

from flask import Response

from ..rest.call import Call
from .access_notes import Bar
from .cells import guess, label
from .durations import for_people
from .headings import frame_of
from .layout import respond

_TITLES = {
    400: "This cannot be done", 403: "This is not open to you", 404: "There is nothing here",
    405: "This address does something else", 406: "No such format", 413: "That is too large",
    415: "No such format", 429: "Too many requests", 500: "Something went wrong",
    503: "The database does not answer",
}  # fmt: skip


def refused(call: Call | None, payload, status: int, why: Bar | None = None) -> Response:
    """Return the page of an error, with ``why`` the user may not do what they wanted."""
    detail = payload.get("detail") if isinstance(payload, dict) else None
    facts = [] if detail or not isinstance(payload, dict) else [(label(key), guess(v)) for key, v in payload.items()]
    title = _TITLES.get(status, "This cannot be done")
    frame = frame_of(call, payload, title) if call else {"crumbs": [], "title": title}
    asks = status == 403 and (call is None or call.user is None)
    frame["title"] = "Please log in" if asks else title
    sentence = "" if why else for_people(str(detail or ("" if facts else guess(payload).text)))
    request_id = payload.get("request_id") if isinstance(payload, dict) else None
    return respond(
        "error.html", status, **frame, status=status, sentence=sentence, facts=facts, asks=asks, why=why,
        request_id=request_id,
    )  # fmt: skip
