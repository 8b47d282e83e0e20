"""Replay the requests of a worked routine case into plain rows, without a server.

Only what the computed answers depend on is modelled: which rows exist and what their columns
hold.  Whether a write is accepted is taken from the recorded status.  The rules repeated here
(the session that a log without one falls into, what a deletion takes along) belong to the
routine resources and are tested there.
"""

from __future__ import annotations

import copy
import datetime
import math
import re
import zoneinfo
from decimal import Decimal

from wger_flask.engine import routine, statistics

SERVER_ZONE = zoneinfo.ZoneInfo("Europe/Berlin")
TODAY = datetime.date(2026, 6, 17)
LONGEST = datetime.timedelta(hours=5)

_CONFIGS = {f"{name.replace('_', '-')}-config": name for name in routine.FIELDS}
_DEFAULTS = {
    "routine": {"fit_in_week": False},
    "day": {
        "order": 1,
        "name": "",
        "description": "",
        "is_rest": False,
        "need_logs_to_advance": False,
        "type": "custom",
        "config": None,
    },
    "slot": {"order": 1, "comment": ""},
    "slot-entry": {
        "type": "normal",
        "comment": "",
        "repetition_unit": 1,
        "repetition_rounding": None,
        "weight_unit": 1,
        "weight_rounding": None,
    },
    "workoutsession": {"routine": None, "day": None},
    "workoutlog": {
        "session": None,
        "routine": None,
        "slot_entry": None,
        "next_log": None,
        "iteration": None,
        "repetitions_unit": 1,
        "repetitions": None,
        "weight_unit": 1,
        "weight": None,
        "rir": None,
        "rest": None,
    },
}
_CONFIG = {"operation": "r", "step": "abs", "repeat": False, "requirements": None}
_PARENTS = {  # resource -> the references whose target takes a row along
    "day": ("routine",),
    "slot": ("day",),
    "slot-entry": ("slot",),
    "workoutsession": ("routine", "day"),
    "workoutlog": ("routine", "session", "slot_entry", "next_log"),
}
_RESOURCE_OF = {
    "routine": "routine",
    "day": "day",
    "slot": "slot",
    "slot_entry": "slot-entry",
    "session": "workoutsession",
    "next_log": "workoutlog",
}


class World:
    """The rows of one case."""

    def __init__(self, fixtures):
        self.names = {name: str(9001 + n) for n, name in enumerate(fixtures)}
        self.muscles = {9001 + n: fixture["primary_muscles"] for n, fixture in enumerate(fixtures.values())}
        self.rows = {resource: {} for resource in (*_DEFAULTS, *_CONFIGS)}
        self.profiles = {}
        self.latest = 0

    # -- writing ---------------------------------------------------------------------------

    def write(self, step):
        """Apply a recorded write that was accepted."""
        body = {key: self.fill(value) for key, value in (step.get("body") or {}).items()}
        resource, key = (self.text(step["path"]).split("/") + [""])[:2]
        if resource == "userprofile":
            self.profiles.setdefault(step["actor"], {}).update(body)
        elif step["method"] == "POST":
            self.insert(resource, body, step)
        elif step["method"] == "DELETE":
            self.delete(resource, int(key))
        else:
            self.save(resource, self.rows[resource][int(key)] | body)
            if resource == "day" and self.rows["day"][int(key)]["is_rest"]:
                for slot in [row["id"] for row in self.rows["slot"].values() if row["day"] == int(key)]:
                    self.delete("slot", slot)

    def insert(self, resource, body, step):
        self.latest += 1
        row = copy.deepcopy(_CONFIG if resource in _CONFIGS else _DEFAULTS[resource]) | body
        row |= {"id": self.latest, "actor": step["actor"]}
        if resource == "slot-entry":
            siblings = [other["order"] for other in self.rows[resource].values() if other["slot"] == row["slot"]]
            row.setdefault("order", max(siblings, default=0) + 1)
            profile = self.profiles.get(step["actor"], {})
            row["weight_rounding"] = number(row["weight_rounding"]) or number(profile.get("weight_rounding"))
            row["repetition_rounding"] = number(row["repetition_rounding"]) or number(
                profile.get("repetitions_rounding")
            )
        self.save(resource, row)
        for name, key in step.get("capture", {}).items():
            self.names[name] = str(row[key])

    def save(self, resource, row):
        if resource in _CONFIGS:
            if row["iteration"] == 1:
                row["operation"] = "r"
            if row["operation"] == "r":
                row["step"] = "na"
        if resource == "workoutsession":
            row |= span(row)
        self.rows[resource][row["id"]] = row
        if resource == "workoutlog":
            self.find_session(row)

    def find_session(self, log):
        entry = self.rows["slot-entry"].get(log["slot_entry"])
        day = entry and self.rows["day"][self.rows["slot"][entry["slot"]]["day"]]
        if log["session"] is None:
            session = self.session_at(moment(log["date"]), log)
            if session is None:
                session = {"id": self.latest + 1, "actor": log["actor"], "routine": log["routine"]}
                session |= {"start": moment(log["date"]), "end": None}
                session["day"] = day["id"] if day and day["routine"] == log["routine"] else None
                self.latest += 1
                self.rows["workoutsession"][self.latest] = session
            log["session"] = session["id"]
        session = self.rows["workoutsession"][log["session"]]
        if day and session["day"] is None:
            entries = [
                other["slot_entry"]
                for other in self.rows["workoutlog"].values()
                if other["session"] == session["id"] and other["slot_entry"]
            ]
            days = {self.rows["slot"][self.rows["slot-entry"][entry]["slot"]]["day"] for entry in entries}
            if len(days) == 1 and self.rows["day"][min(days)]["routine"] == session["routine"]:
                session["day"] = min(days)

    def session_at(self, when, log):
        """Return the session of a log's routine that was going on, else the last one that was not ended."""
        near = [
            session
            for session in self.rows["workoutsession"].values()
            if (session["actor"], session["routine"]) == (log["actor"], log["routine"]) and session["start"] <= when
        ]
        going_on = [session for session in near if session["end"] is not None and when <= session["end"]]
        still_open = [session for session in near if session["end"] is None and when - session["start"] <= LONGEST]
        if going_on:
            return min(going_on, key=lambda session: session["start"])
        return max(still_open, key=lambda session: session["start"], default=None)

    def delete(self, resource, key):
        self.rows[resource].pop(key, None)
        for child, references in [*_PARENTS.items(), *((config, ("slot_entry",)) for config in _CONFIGS)]:
            for reference in references:
                if _RESOURCE_OF[reference] == resource:
                    for id in [row["id"] for row in self.rows[child].values() if row[reference] == key]:
                        self.delete(child, id)

    # -- reading ---------------------------------------------------------------------------

    def routine(self, key):
        """Build the engine's input from all rows, as the tables hold them."""
        rows = self.rows
        head = rows["routine"][key]
        return routine.assemble(
            date_of(head["start"]), date_of(head["end"]), head["fit_in_week"],
            days=[
                (day["id"], key, day["order"], day["name"], day["description"], day["is_rest"],
                 day["need_logs_to_advance"], day["type"], day["config"])
                for day in rows["day"].values() if day["routine"] == key
            ],
            slots=[(slot["id"], slot["day"], slot["order"], slot["comment"]) for slot in rows["slot"].values()],
            entries=[
                (entry["id"], entry["slot"], entry["order"], entry["exercise"], entry["type"], entry["comment"],
                 entry["repetition_unit"], number(entry["repetition_rounding"]),
                 entry["weight_unit"], number(entry["weight_rounding"]))
                for entry in rows["slot-entry"].values()
            ],
            rules=[
                (name, rule["slot_entry"], rule["iteration"], rule["value"], rule["operation"], rule["step"],
                 rule["repeat"], rule["requirements"])
                for resource, name in _CONFIGS.items() for rule in rows[resource].values()
            ],
            logs=[
                (log["slot_entry"], log["iteration"], number(log["weight"]), number(log["repetitions"]),
                 number(log["rir"]), log["rest"])
                for log in rows["workoutlog"].values()
            ],
            sessions=[(session["day"], session["start"].date()) for session in rows["workoutsession"].values()],
        )  # fmt: skip

    def sets(self, key):
        """Return the logs of a routine's sessions in order, each with the day on which its session began."""
        sessions = {id: row for id, row in self.rows["workoutsession"].items() if row["routine"] == key}
        logs = [
            log | {"day": (start := sessions[log["session"]]["start"]).date(), "start": start}
            for log in self.rows["workoutlog"].values()
            if log["session"] in sessions
        ]
        return sorted(logs, key=lambda log: (log["start"], moment(log["date"])))

    def statistics(self, key):
        performed = [
            statistics.PerformedSet(
                log["day"],
                log["iteration"],
                log["exercise"],
                number(log["weight"]),
                number(log["repetitions"]),
                log["weight_unit"],
                log["repetitions_unit"],
            )
            for log in self.sets(key)
        ]
        return statistics.routine_statistics(performed, self.muscles)

    # -- placeholders ----------------------------------------------------------------------

    def text(self, value):
        value = re.sub(r"\{\{TODAY([+-]\d+)\}\}", lambda m: str(TODAY + datetime.timedelta(days=int(m[1]))), value)
        return re.sub(r"\{\{(?:MU:)?([A-Z0-9]+)\}\}", lambda m: self.names.get(m[1], m[1]), value)

    def fill(self, value):
        if isinstance(value, dict):
            return {self.text(key): self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, str):
            filled = self.text(value)
            return int(filled) if value.startswith("{{") and filled.isdigit() else filled
        return value


def differences(expected, got, path=""):
    """Yield where ``got`` is not what was recorded; objects compare by keys, floats nearly."""
    if isinstance(expected, dict) and isinstance(got, dict) and set(expected) == set(got):
        for key, item in expected.items():
            yield from differences(item, got[key], f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        if path.endswith(".exercises"):
            expected, got = sorted(expected), sorted(got)
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif isinstance(expected, float) and isinstance(got, float):
        if not math.isclose(expected, got, rel_tol=1e-9, abs_tol=1e-12):
            yield path, expected, got
    elif expected != got or type(expected) is not type(got):
        yield path, expected, got


def number(value):
    return None if value is None else Decimal(str(value))


def span(session):
    """Return start and end of a session as it is given: a date and times of day, or moments."""
    start, end = session.get("start"), session.get("end")
    if {"date", "time_start", "time_end"} & session.keys():
        day = date_of(session.pop("date", None) or (start.date() if start else TODAY))
        times = session.pop("time_start", start and start.time()), session.pop("time_end", end and end.time())
        times = [datetime.time.fromisoformat(time) if isinstance(time, str) else time for time in times]
        start, end = datetime.datetime.combine(day, times[0] or datetime.time(), SERVER_ZONE), None
        if times[1] is not None:
            end = datetime.datetime.combine(day, times[1], SERVER_ZONE)
    if session.get("datetime_start"):
        start = moment(session.pop("datetime_start"))
    if "datetime_end" in session:
        end = (given := session.pop("datetime_end")) and moment(given)
    return {"start": start or datetime.datetime.combine(TODAY, datetime.time(12), SERVER_ZONE), "end": end}


def date_of(value):
    return value if isinstance(value, datetime.date) else datetime.datetime.strptime(value, "%Y-%m-%d").date()


def moment(value):
    parsed = datetime.datetime.fromisoformat(value)
    return parsed.astimezone(SERVER_ZONE) if parsed.tzinfo else parsed.replace(tzinfo=SERVER_ZONE)
