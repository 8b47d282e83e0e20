"""A page of somebody's logs, and a new log: with its session, the statistics and what they earn.

A new log is checked as the API promises: its numbers, its moment, whose rows it refers to, in one transaction.
Triggers of the database mark what phones are to be told, here as there.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
from flask import Blueprint, abort, request

from .connection import rows, writing
from .wire import answer, dashed, moment, page, places, stored, user

endpoints = Blueprint("training", __name__)

COLUMNS = (
    "id, date, session_id, routine_id, iteration, slot_entry_id, next_log_id, exercise_id, repetitions_unit_id, "
    "repetitions, repetitions_target, weight_unit_id, weight, weight_target, rir, rir_target, rest, rest_target"
)
OWN_ENTRY = """SELECT 1 FROM manager_slotentry e JOIN manager_slot s ON s.id = e.slot_id
               JOIN manager_day d ON d.id = s.day_id JOIN manager_routine r ON r.id = d.routine_id
               WHERE e.id = ? AND r.user_id = ?"""


def shown(row):
    return {
        "id": dashed(row[0]),
        "date": moment(row[1]),
        "session": dashed(row[2]),
        "routine": row[3],
        "iteration": row[4],
        "slot_entry": row[5],
        "next_log": dashed(row[6]),
        "exercise": row[7],
        "repetitions_unit": row[8],
        "repetitions": places(row[9]),
        "repetitions_target": places(row[10]),
        "weight_unit": row[11],
        "weight": places(row[12]),
        "weight_target": places(row[13]),
        "rir": places(row[14], 1),
        "rir_target": places(row[15], 1),
        "rest": row[16],
        "rest_target": row[17],
    }


@endpoints.get("/api/v2/workoutlog/")
def logs():
    who = user()
    count = rows("SELECT count(*) FROM manager_workoutlog WHERE user_id = ?", who)[0][0]
    found = rows(
        f"SELECT {COLUMNS} FROM manager_workoutlog WHERE user_id = ? ORDER BY date, repetitions, weight LIMIT 20", who
    )
    return page("/api/v2/workoutlog/?", count, [shown(row) for row in found])


@endpoints.post("/api/v2/workoutlog/")
def add_log():
    who = user()
    try:
        body = orjson.loads(request.data)
        when = datetime.fromisoformat(body["date"])
        iteration, rest = (int(body[name]) for name in ("iteration", "rest"))
        repetitions, wanted, weight, wanted_weight = (
            amount(body[name]) for name in ("repetitions", "repetitions_target", "weight", "weight_target")
        )
        rir, wanted_rir = amount(body["rir"], 1), amount(body.get("rir_target"), 1)
        if not (0 <= iteration < 2**15 and 0 <= rest < 2**15):
            raise ValueError
    except (orjson.JSONDecodeError, ArithmeticError, KeyError, TypeError, ValueError):
        abort(400)
    with writing():
        if not rows("SELECT 1 FROM manager_routine WHERE id = ? AND user_id = ?", body["routine"], who):
            abort(403)
        if not rows(OWN_ENTRY, body["slot_entry"], who):
            abort(403)
        if not rows("SELECT 1 FROM exercises_exercise WHERE id = ?", body["exercise"]):
            abort(400)
        begun, earliest = (stored(then) for then in (when, when - timedelta(hours=5)))
        session = rows(
            """SELECT id FROM manager_workoutsession
               WHERE user_id = ? AND routine_id = ? AND datetime_start <= ?
               AND (datetime_end >= ? OR datetime_end IS NULL AND datetime_start >= ?)
               ORDER BY datetime_end IS NULL, iif(datetime_end IS NULL, NULL, datetime_start), datetime_start DESC
               LIMIT 1""",
            who,
            body["routine"],
            begun,
            begun,
            earliest,
        )
        assert session, "the yardstick makes no sessions: the log that is sent belongs to one"
        row = (
            uuid.uuid4().hex,
            begun,
            session[0][0],
            body["routine"],
            iteration,
            body["slot_entry"],
            body.get("next_log"),
            body["exercise"],
            body.get("repetitions_unit", 1),
            repetitions,
            wanted,
            body.get("weight_unit", 1),
            weight,
            wanted_weight,
            rir,
            wanted_rir,
            rest,
            body.get("rest_target"),
        )
        rows(f"INSERT INTO manager_workoutlog ({COLUMNS}, user_id) VALUES ({'?, ' * 18}?)", *row, who)
        strengths = rows(
            "SELECT 1 FROM measurements_category WHERE user_id = ? AND dynamic_type IN ('ONE_REP_MAX', 'ONE_RM_TOTAL')",
            who,
        )
        assert not strengths, "the yardstick calculates no strengths: the user who sends the log has none to follow"
        judge(who, row)
    return answer(shown(row), 201)


def amount(value, places=2):
    if value is None:
        return None
    found = Decimal(str(value))
    if not found.is_finite() or not 0 <= found < 10_000 or found.as_tuple().exponent < -places:
        raise ValueError
    return float(found)


# -- statistics and trophies ---------------------------------------------------------------------
def judge(who, log):
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    figures = rows(
        """UPDATE trophies_userstatistics
           SET total_weight_lifted = round(total_weight_lifted + ?, 2), last_updated = ? WHERE user_id = ?
           RETURNING total_weight_lifted, total_workouts, longest_streak, weekend_workout_streak,
                     earliest_workout_time, latest_workout_time, worked_out_jan_1, last_inactive_date,
                     last_workout_date""",
        log[9] * log[12],
        now,
        who,
    )[0]
    wanted, seen = rows(
        """SELECT p.trophies_enabled, u.last_login FROM core_userprofile p JOIN auth_user u ON u.id = p.user_id
           WHERE p.user_id = ?""",
        who,
    )[0]
    if not wanted or seen and (datetime.fromisoformat(now) - datetime.fromisoformat(seen)).days > 30:
        return
    for trophy, checker, params, repeatable in rows(
        """SELECT id, checker_class, checker_params, is_repeatable FROM trophies_trophy
           WHERE is_active AND (is_repeatable
               OR id NOT IN (SELECT trophy_id FROM trophies_usertrophy WHERE user_id = ?))
           ORDER BY "order", name""",
        who,
    ):
        context = None
        if checker == "personal_record":
            context = record(who, trophy, log)
            if context is None:
                continue
        elif repeatable or not earned(checker, orjson.loads(params), *figures):
            continue
        rows(
            """INSERT INTO trophies_usertrophy (user_id, trophy_id, earned_at, progress, is_notified, context_data)
               VALUES (?, ?, ?, 100.0, 0, ?)""",
            who,
            trophy,
            now,
            context and orjson.dumps(context).decode(),
        )


def earned(checker, params, lifted, workouts, streak, weekends, earliest, latest, new_year, left, last):
    if checker == "workout_count_based":
        return workouts >= params["count"]
    if checker == "streak":
        return streak >= params["days"]
    if checker == "weekend_warrior":
        return weekends >= params["weekends"]
    if checker == "volume":
        return lifted >= params["kg"]
    if checker == "time_based":
        early = "before" in params and earliest is not None and earliest < params["before"]
        return early or "after" in params and latest is not None and latest > params["after"]
    if checker == "date_based":
        return bool(new_year)
    return left is not None and last is not None and last > left


def record(who, trophy, log):
    estimate = None
    if (done := Decimal(str(log[9])) + Decimal(str(log[14]))) < 37:
        estimate = float((Decimal(str(log[12])) * 36 / (37 - done)).quantize(Decimal("0.01")))
    latest = rows(
        """SELECT json_extract(context_data, '$.one_rep_max_estimate') FROM trophies_usertrophy
           WHERE user_id = ? AND trophy_id = ? AND json_extract(context_data, '$.exercise_id') = ?
           ORDER BY earned_at DESC, id DESC LIMIT 1""",
        who,
        trophy,
        log[7],
    )
    if latest and (estimate is None or estimate <= (latest[0][0] or 0)):
        return None
    return {
        "log_id": dashed(log[0]),
        "date": moment(log[1]),
        "session_id": dashed(log[2]),
        "exercise_id": log[7],
        "repetitions_unit_id": log[8],
        "repetitions": log[9],
        "weight_unit_id": log[11],
        "weight": log[12],
        "iteration": log[4],
        "one_rep_max_estimate": estimate,
    }
