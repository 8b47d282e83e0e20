"""Write an answer in the format that was negotiated.

JSON is compact UTF-8; U+2028 and U+2029 are escaped, because scripts in old browsers choke on
them.  The page for people is made by the function that :func:`set_page` was given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from ..storage.dialects.values import wire_moment
from .application import Response
from .negotiation import Format
from .timezone import active_zone

if TYPE_CHECKING:
    from .call import Call


_page: Callable[..., Any] | None = None


def set_page(render: Callable[..., Any]) -> None:
    """Set ``render(call, payload, status)`` as the function that makes HTML pages; called once, at start.

    It returns a response, or None where there is nothing to show; ``call`` is None for a failure outside any target.
    """
    global _page
    _page = render


def to_json(payload: object, indent: int = 0) -> bytes:
    """Return ``payload`` as JSON, bytes in UTF-8, with ``indent`` blanks (0: compact)."""
    if indent:
        text = json.dumps(payload, ensure_ascii=False, indent=indent, default=_spell).encode("utf-8", "surrogatepass")
    else:
        try:
            text = _compact(payload)
        except TypeError:  # an integer beyond 64 bits, which a column of JSON may hold
            compact = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=_spell)
            text = compact.encode("utf-8", "replace")
    # Single bytes are looked for twenty times as fast as two in a row.
    if b"\xe2" in text and (b"\xa8" in text or b"\xa9" in text) and b"\xe2\x80" in text:
        text = text.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
    return text


def _compact(payload: object) -> bytes:
    try:
        return orjson.dumps(payload, _spell, orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:  # mostly a key that is no text: objects take twice as long where that is allowed for
        return orjson.dumps(payload, _spell, orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)


def _spell(value: object) -> str:
    """Return what an action may give and JSON does not know, as fields write it."""
    if isinstance(value, datetime):
        return wire_moment(value, active_zone())
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is nothing that becomes JSON")


def spelled(payload: object) -> object:
    """Return ``payload`` with moments, days, times, decimals and UUIDs as JSON has them."""
    if isinstance(payload, dict):
        return {name: spelled(value) for name, value in payload.items()}
    if isinstance(payload, list | tuple):
        return [spelled(value) for value in payload]
    return _spell(payload) if isinstance(payload, date | time | Decimal | UUID) else payload


def to_json_list(parts: Iterable[list[Any]]) -> orjson.Fragment:
    """Return the items of several lists as one JSON list, of which only one list is in memory as objects at a time.

    For JSON without indentation.
    """
    return orjson.Fragment(b"[%b]" % b",".join(to_json(part)[1:-1] for part in parts if part))


def part_encoder(wanted: Format) -> Callable[[Any], Any]:
    """Return a function for parts that an answer holds many times: it returns a part as JSON, or as it is.

    As JSON, which the answer takes in as it stands, where no page is made of it and nothing is indented.  A part may
    hold others; integers beyond 64 bits may stand in those alone that hold none.
    """
    if wanted.is_html or wanted.indent:
        return lambda part: part
    return lambda part: orjson.Fragment(to_json(part))


def render(call: Call | None, wanted: Format, payload: object, status: int, headers: dict[str, str]) -> Response:
    """Return the response with ``payload`` in the format ``wanted``; None is an empty body."""
    if wanted.is_html and _page is not None:
        made: Response | None = _page(call, payload, status)
        if made is not None:
            made.headers.extend(headers)
            return made
    if payload is None and status == 204:
        response = Response(status=status, headers=headers)
        del response.headers["Content-Type"]
        return response
    return Response.of(to_json(payload, wanted.indent), status, {**headers, "Content-Type": "application/json"})
