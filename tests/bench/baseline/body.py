"""A page of somebody's weights."""

from __future__ import annotations

import json
from decimal import Decimal

from flask import Blueprint

from .connection import rows
from .wire import dashed, moment, page, places, user

endpoints = Blueprint("body", __name__)

THEIRS = """FROM measurements_measurement m JOIN measurements_category c ON c.id = m.category_id
            WHERE c.user_id = ? AND c.is_official"""
FACTORS = {"lb": Decimal("2.20462262"), "kg": Decimal("0.45359237")}


@endpoints.get("/api/v2/weightentry/")
def weights():
    who = user()
    wanted = rows("SELECT weight_unit FROM core_userprofile WHERE user_id = ?", who)[0][0]
    count = rows(f"SELECT count(*) {THEIRS}", who)[0][0]
    found = rows(f"SELECT m.id, m.date, m.value, m.extra_data, c.unit {THEIRS} ORDER BY m.date, m.id LIMIT 20", who)
    results = []
    for key, date, value, extra, unit in found:
        factor = 1 if (json.loads(extra).get("unit") or unit) == wanted else FACTORS[wanted]
        weight = places(Decimal(str(value)) * factor)
        results.append({"id": dashed(key), "date": moment(date), "weight": weight, "user": who})
    return page("/api/v2/weightentry/?", count, results)
