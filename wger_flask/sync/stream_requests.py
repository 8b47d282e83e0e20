"""Read what phones send to the sync routes; whatever a phone would not send is refused with a 400."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ..rest.errors import ParseError

MOST_BUCKETS = 10_000
MOST_BYTES = 2**20
CLIENT_LETTERS = 100

_NUMBER = re.compile("[0-9]{1,18}")  # so that it fits a column of eight bytes


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """A phone that opens a stream: its own name, and its position in each bucket that it holds."""

    client_id: str
    positions: dict[str, int]


def read_stream_request(body: bytes) -> StreamRequest:
    """Read the body of a request for a stream; keys that this server does not use are ignored.

    Raises :class:`~..rest.errors.ParseError`.
    """
    sent = _object(body)
    buckets = sent.get("buckets", [])
    if not isinstance(buckets, list) or len(buckets) > MOST_BUCKETS:
        raise ParseError(f"buckets is a list of at most {MOST_BUCKETS}.")
    positions: dict[str, int] = {}
    for bucket in buckets:
        name = bucket.get("name") if isinstance(bucket, dict) else None
        if not isinstance(name, str):
            raise ParseError("Each of the buckets is an object with a name.")
        positions[name] = number_of(bucket.get("after", "0"), "after")
    return StreamRequest(client_of(sent.get("client_id")), positions)


def read_checkpoint_request(body: bytes) -> tuple[str, int]:
    """Read whose upload is done, and its number; raises :class:`~..rest.errors.ParseError`."""
    sent = _object(body)
    number = number_of(sent.get("checkpoint_request_id"), "checkpoint_request_id")
    return client_of(sent.get("client_id")), number


def client_of(value: Any) -> str:
    """Return the name that a phone gave itself; raises :class:`~..rest.errors.ParseError` where it is none."""
    if not isinstance(value, str) or not 1 <= len(value) <= CLIENT_LETTERS or not value.isprintable():
        raise ParseError(f"client_id is a text of 1 to {CLIENT_LETTERS} letters.")
    return value


def number_of(value: Any, name: str) -> int:
    """Return a number that is spelt as digits; raises :class:`~..rest.errors.ParseError` that names it."""
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise ParseError(f"{name} is a number of at most 18 digits.")
    return int(text)


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > MOST_BYTES:
        raise ParseError("The body is too large.")
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise ParseError("The body is a JSON object.")
    return sent
