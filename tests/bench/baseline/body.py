"""A page of somebody's weights."""

from __future__ import annotations

from flask import Blueprint

from .connection import rows
from .wire import moment, page, places, user

endpoints = Blueprint("body", __name__)


@endpoints.get("/api/v2/weightentry/")
def weights():
    who = user()
    count = rows("SELECT count(*) FROM weight_weightentry WHERE user_id = ?", who)[0][0]
    found = rows(
        "SELECT id, date, weight, user_id FROM weight_weightentry WHERE user_id = ? ORDER BY date LIMIT 20", who
    )
    results = [{"id": r[0], "date": moment(r[1]), "weight": places(r[2]), "user": r[3]} for r in found]
    return page("/api/v2/weightentry/?", count, results)
