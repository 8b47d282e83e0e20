"""Spell values, pages and answers as the API does, and tell whose token was sent."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import orjson
from flask import Response, abort, request

from .connection import rows

ZONE = ZoneInfo(os.environ.get("TIME_ZONE", "Europe/Berlin"))


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(ZONE).isoformat()


def stored(moment):
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def today():
    return datetime.now(ZONE).date().isoformat()


def dashed(text):
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}" if text else None


def places(value, number=2):
    return None if value is None else f"{value:.{number}f}"


def answer(value, status=200):
    return Response(orjson.dumps(value), status, content_type="application/json")


def page(path, count, results, offset=0):
    link = f"{request.host_url[:-1]}{path}limit=20"
    following = f"{link}&offset={offset + 20}" if count > offset + 20 else None
    previous = None
    if offset:
        previous = f"{link}&offset={offset - 20}" if offset > 20 else link
    return answer({"count": count, "next": following, "previous": previous, "results": results})


def user():
    key = request.headers["Authorization"].removeprefix("Token ")
    found = rows("SELECT user_id FROM authtoken_token WHERE key = ?", key)
    return found[0][0] if found else abort(403)
