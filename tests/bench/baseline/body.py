"""A page of somebody's weights, and a new one, with the body mass index that follows from it.

A new weight is checked as the API promises: its digits, its range in the unit of the profile, its moment.  Triggers of
the database mark what phones are to be told, here as there.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from decimal import Decimal, InvalidOperation

import orjson
from flask import Blueprint, abort, request

from .connection import rows, writing
from .wire import answer, dashed, moment, page, places, stored, today, user

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


LIMITS = {"kg": (20, 350), "lb": (44, 770)}


@endpoints.post("/api/v2/weightentry/")
def add_weight():
    who = user()
    try:
        body = orjson.loads(request.data)
        weight, when = Decimal(str(body["weight"])), datetime.fromisoformat(body["date"])
    except (orjson.JSONDecodeError, KeyError, InvalidOperation, TypeError, ValueError):
        abort(400)
    profile = rows("SELECT weight_unit, height FROM core_userprofile WHERE user_id = ?", who)
    unit, height = profile[0]
    low, high = LIMITS[unit]
    if not weight.is_finite() or weight.as_tuple().exponent < -2 or not low <= weight <= high:
        abort(400)
    key, begun = uuid.uuid4().hex, stored(when)
    with writing():
        category = rows(
            "SELECT id FROM measurements_category WHERE user_id = ? AND metric_type = 'body_weight' AND is_official",
            who,
        )[0][0]
        rows(
            """INSERT INTO measurements_measurement (id, category_id, date, value, notes, source, extra_data)
               VALUES (?, ?, ?, ?, '', 'user', ?)""",
            key,
            category,
            begun,
            float(weight),
            json.dumps({"unit": unit}),
        )
        for follower, kind, day in rows(
            """SELECT c.id, c.dynamic_type, k.day FROM measurements_category c
               LEFT JOIN wger_flask_calculation k ON k.category_id = c.id
               WHERE c.user_id = ? AND c.dynamic_type IN ('BMI', 'WHTR')""",
            who,
        ):
            assert kind == "BMI", "the yardstick knows no other measure"
            assert day == today(), "the yardstick calculates no history: the database is prepared each day"
            add_index(follower, key, begun, weight * (1 if unit == "kg" else FACTORS["kg"]), height)
    return answer({"id": dashed(key), "date": moment(begun), "weight": places(weight), "user": who}, 201)


def add_index(category, of, when, kilograms, height):
    if not height:
        return
    metres = Decimal(height) / 100
    index = (kilograms.quantize(Decimal("0.01")) / (metres * metres)).quantize(Decimal("0.01"))
    if not rows(
        "SELECT 1 FROM measurements_measurement WHERE category_id = ? AND source = 'calculated' AND external_id = ?",
        category,
        of,
    ):
        rows(
            """INSERT INTO measurements_measurement
               (id, external_id, date, value, category_id, source, notes, extra_data)
               VALUES (?, ?, ?, ?, ?, 'calculated', '', '{}')""",
            uuid.uuid4().hex,
            of,
            when,
            float(index),
            category,
        )
