"""Carry what was typed into a form over other pages, in their addresses.

Who leaves a form to choose a row finds on return what they had typed: nothing is kept on the
server for it, and no script is needed.  Addresses have a limit (gunicorn's is about four thousand
characters), so values are compressed, and the longest are left behind where that is not enough.
What comes back is as untrusted as any query: it fills controls, and is checked when it is sent.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib

from werkzeug.datastructures import MultiDict

TYPED = "_typed"
MARK = "csrfmiddlewaretoken"  # a secret: it is in no address
MOST = 2000
_MOST_UNPACKED = 50_000


def typed(form: MultiDict) -> dict:
    """Return what was typed into a form, lists where something was ticked twice."""
    return {
        name: values if len(values) > 1 and "" in values else values[0]
        for name, values in form.lists()
        if name != MARK and not name.startswith("_")
    }


def packed(values: dict) -> str:
    """Return ``values`` as a short text for an address."""
    text = _pack(values)
    while len(text) > MOST:
        longest = max(values, key=lambda name: len(json.dumps(values[name])))
        values = {name: value for name, value in values.items() if name != longest}
        text = _pack(values)
    return text


def _pack(values: dict) -> str:
    data = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")


def unpacked(text: str) -> dict[str, str | list[str]]:
    """Return the values in a text of :func:`packed`, none where it is no such text."""
    try:
        data = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        values = json.loads(zlib.decompressobj().decompress(data, _MOST_UNPACKED))
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {name: value for name, value in values.items() if isinstance(value, str) or _is_texts(value)}


def _is_texts(value) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
