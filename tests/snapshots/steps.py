"""Requests to every resource, one after the other on one database, and what the server answers.

A step is ``{"method", "path", "as", "body", "status", "type", "json"}``; where an answer differs from run to run (a
moment, a random key), the kept one holds ``<<str>>``, ``<<int>>`` and so on.  Paths and bodies may name what was
answered before: ``{weight}`` is the id of the row that the step with ``"name": "weight"`` made.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest import mock
from zoneinfo import ZoneInfo

from wger_flask.api import Cursor
from wger_flask.domain.routines import sessions
from wger_flask.storage import columns
from wger_flask.storage.keys import parse_uuid

ADMIN, GRACE, LINUS = "ada", "grace", "linus"


def of_every_resource(registry) -> list[dict]:
    """Return what is asked of every resource: pages, a row, a format, and what has to be refused."""
    steps = []
    for resource in registry:
        name, user = resource.name, GRACE
        one = "page_size=1" if isinstance(resource.pagination, Cursor) else "limit=1"
        steps += [
            _get(f"{name}/?{one}", user),
            _get(f"{name}/?{one}&offset=1&ordering=-id", user),
            _get(f"{name}.json?{one}", None),
            _get(f"{name}/987654321/", user),
            _get(f"{name}/no-key/", user),
            _get(f"{name}/?{one}", user, headers={"Accept": "application/xml"}),
        ]
        for param in sorted(resource.filter_set.by_param)[:12]:
            steps.append(_get(f"{name}/?{one}&{param}=1", user))
            steps.append(_get(f"{name}/?{one}&{param}=%FF%00x", user))
        for body in ({}, [], {"id": 1, "no_such_field": 1}):
            steps.append(_send("POST", f"{name}/", user, body))
        steps += [_send("POST", f"{name}/", None, {}), _send("DELETE", f"{name}/1/", None)]
    return steps


def _get(path: str, user: str | None, **more) -> dict:
    return {"method": "GET", "path": path, "as": user, **more}


def _send(method: str, path: str, user: str | None, body=None, **more) -> dict:
    return {"method": method, "path": path, "as": user, "body": body, **more}


def _life(name: str, first: dict, change: dict, wrong: dict, path: str, user: str = GRACE) -> list[dict]:
    """Return the life of a row of a user's own: made, read by others, changed, refused, deleted."""
    return [
        _send("POST", f"{path}/", user, first, name=name),
        _get(f"{path}/{{{name}}}/", user),
        _get(f"{path}/{{{name}}}/", LINUS),
        _get(f"{path}/?limit=3", user),
        _send("PATCH", f"{path}/{{{name}}}/", user, change),
        _send("PATCH", f"{path}/{{{name}}}/", user, wrong),
        _send("PUT", f"{path}/{{{name}}}/", user, {**first, **change}),
        _send("PUT", f"{path}/{{{name}}}/", user, {}),
        _send("PATCH", f"{path}/{{{name}}}/", LINUS, change),
        _send("DELETE", f"{path}/{{{name}}}/", LINUS),
    ]


LIVES = [
    *_life(
        "weight",
        {"date": "2024-05-01T07:00:00Z", "weight": "71.5"},
        {"weight": "71.25"},
        {"weight": "1234567.891", "date": "yesterday"},
        "weightentry",
    ),
    *_life(
        "plan",
        {"description": "Cutting", "start": "2024-05-01"},
        {"only_logging": False},
        {"start": "2024-13-01", "goal_energy": "much"},
        "nutritionplan",
    ),
    *_life(
        "meal",
        {"plan": "{plan}", "name": "Breakfast", "time": "07:30"},
        {"order": 3},
        {"time": "late", "plan": 0},
        "meal",
    ),
    *_life(
        "item",
        {"meal": "{meal}", "ingredient": 1, "amount": "120.00"},
        {"amount": "80"},
        {"amount": "-1", "ingredient": 987654321},
        "mealitem",
    ),
    *_life(
        "eaten",
        {"plan": "{plan}", "ingredient": 2, "amount": 55, "datetime": "2024-05-02T12:00:00+02:00"},
        {"amount": "60.5"},
        {"datetime": 5},
        "nutritiondiary",
    ),
    *_life(
        "measure",
        {"name": "Biceps", "unit": "cm"},
        {"name": "Left biceps"},
        {"name": "", "unit": None},
        "measurement-category",
    ),
    *_life(
        "measured",
        {"category": "{measure}", "date": "2024-05-03", "value": 38.5, "notes": ""},
        {"value": 39},
        {"value": "thick", "category": "none"},
        "measurement",
    ),
    *_life(
        "routine",
        {"name": "Strength", "start": "2024-05-06", "end": "2024-05-19"},
        {"description": "Twice a week"},
        {"end": "2024-01-01"},
        "routine",
    ),
    *_life(
        "day", {"routine": "{routine}", "name": "Legs", "order": 1}, {"is_rest": False}, {"routine": 987654321}, "day"
    ),
    *_life("slot", {"day": "{day}", "order": 1, "comment": "slowly"}, {"comment": ""}, {"day": None}, "slot"),
    *_life(
        "entry", {"slot": "{slot}", "exercise": 1, "order": 1}, {"type": "dropset"}, {"type": "other"}, "slot-entry"
    ),
    *_life(
        "sets", {"slot_entry": "{entry}", "iteration": 1, "value": 3}, {"value": 4}, {"operation": "*"}, "sets-config"
    ),
    *_life(
        "load",
        {"slot_entry": "{entry}", "iteration": 1, "value": "62.5"},
        {"repeat": True},
        {"step": "far"},
        "weight-config",
    ),
    *_life(
        "session",
        {"routine": "{routine}", "date": "2024-05-07", "impression": "3"},
        {"notes": "fine"},
        {"impression": "7", "date": ""},
        "workoutsession",
    ),
    *_life(
        "log",
        {
            "exercise": 1,
            "routine": "{routine}",
            "slot_entry": "{entry}",
            "iteration": 1,
            "weight": "62.5",
            "repetitions": 8,
            "date": "2024-05-07T18:00:00Z",
        },
        {"repetitions": "9"},
        {"exercise": "squat"},
        "workoutlog",
    ),
    *_life("water", {"amount": 250, "date": "2024-05-01T09:00:00Z"}, {"amount": 300}, {"amount": 9000}, "water"),
]

AROUND = [
    _get("", GRACE),
    _get("", None),
    _get("version/", None),
    _get("min-app-version/", None),
    _get("userprofile/", None),
    _get("userprofile/", GRACE),
    _send("POST", "userprofile/", GRACE, {"weight_unit": "lb", "height": 12}),
    _send("POST", "token", None, {"username": GRACE, "password": "wrong"}),
    _send("POST", "token", None, {"username": GRACE, "password": f"{GRACE[::-1]}-pass"}, name="tokens"),
    _send("POST", "token/verify", None, {"token": "abc"}),
    _send("POST", "token/refresh", None, {}),
    _send("POST", "login/", None, {"username": GRACE}),
    _get("weightentry/", None, headers={"Authorization": "Token x"}),
    _get("nothing-of-the-kind/", GRACE),
    _send("PATCH", "muscle/", GRACE, {}),
    _send("POST", "muscle/", ADMIN, {}),
    _get("exerciseinfo/1/", None),
    _get("exerciseinfo/?limit=1&category=10", None),
    _get("ingredientinfo/1/", None),
    _get("exerciseinfo/?limit=2&name__search=squat&language__code=en", None),
    _get("ingredient/?limit=2&name__search=milk&language__code=en", None),
    _get("routine/{routine}/structure/", GRACE),
    _get("routine/{routine}/date-sequence-display/", GRACE),
    _get("routine/{routine}/date-sequence-gym/", GRACE),
    _get("routine/{routine}/stats/", GRACE),
    _get("routine/{routine}/logs/", GRACE),
    _get("routine/{routine}/structure/", LINUS),
    _get("nutritionplaninfo/{plan}/", GRACE),
    _get("nutritionplan/{plan}/nutritional_values/", GRACE),
    _get("meal/{meal}/nutritional_values/", GRACE),
    _get("mealitem/{item}/nutritional_values/", GRACE),
    _get("weightentry/?date__gte=2024-01-01&weight__lt=80&ordering=-date", GRACE),
    _get("weightentry/?date__gte=soon&weight__lt=heavy", GRACE),
    _get("weightentry/?limit=x&offset=-3", GRACE),
]
ENDS = [
    _send("DELETE", f"{path}/{{{name}}}/", GRACE)
    for name, path in (
        ("weight", "weightentry"),
        ("eaten", "nutritiondiary"),
        ("item", "mealitem"),
        ("meal", "meal"),
        ("plan", "nutritionplan"),
        ("measured", "measurement"),
        ("measure", "measurement-category"),
        ("routine", "routine"),
        ("water", "water"),
    )
]


def all_steps(registry) -> list[dict]:
    """Return every step, without answers."""
    return [*of_every_resource(registry), *LIVES, *AROUND, *ENDS]


# -- asking ------------------------------------------------------------------------------------------
def ask(client, step: dict, names: dict) -> tuple[int, str, object]:
    """Send the request of ``step`` with ``client(user)``; return status, content type and what was answered."""
    path, body = _filled(step["path"], names), _filled(step.get("body"), names)
    answer = client(step["as"]).open(step["method"], path, body, headers=step.get("headers", {}))
    got = answer.get_json(silent=True)
    if "name" in step and answer.status_code < 300 and isinstance(got, dict):
        names[step["name"]] = got.get("id")
    return answer.status_code, answer.headers.get("Content-Type", ""), got


def _filled(value, names: dict):
    if isinstance(value, dict):
        return {key: _filled(item, names) for key, item in value.items()}
    if isinstance(value, str):
        if (whole := re.fullmatch(r"\{(\w+)\}", value)) and whole[1] in names:
            return names[whole[1]]
        return re.sub(r"\{(\w+)\}", lambda found: str(names.get(found[1], found[0])), value)
    return value


def answers(client, steps: list[dict]) -> list[tuple[int, str, object]]:
    """Return what the server answers to each step in turn, as on any day but the first of a year."""
    names: dict = {}
    with mock.patch.object(sessions, "columns", SimpleNamespace(now=_ordinary_now)):
        return [ask(client, step, names) for step in steps]


def _ordinary_now() -> datetime:
    """Return now, or a day before: training on New Year's Day earns a trophy that is not to be had on others."""
    now, day = columns.now(), datetime.now(ZoneInfo("Europe/Berlin"))
    return now - timedelta(days=1) if day.month == day.day == 1 else now


# -- recording ---------------------------------------------------------------------------------------
def record(fresh, registry) -> dict:
    """Return all steps with their answers; what differs between two runs, or is of today, becomes a token."""
    steps, runs = all_steps(registry), []
    for _ in range(2):
        with fresh() as client:
            runs.append(answers(client, steps))
    kept = []
    for step, (status, kind, one), (*_, two) in zip(steps, *runs, strict=True):
        kept.append({**step, "status": status, "type": kind, "json": _steady(one, two)})
    return {"steps": kept}


def _steady(one, two):
    if isinstance(one, dict) and isinstance(two, dict) and set(one) == set(two):
        return {key: _steady(item, two[key]) for key, item in one.items()}
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return [_steady(*pair) for pair in zip(one, two, strict=True)]
    return one if one == two and not _is_of_today(one) else f"<<{type(one).__name__}>>"


def _is_of_today(value) -> bool:
    if not isinstance(value, str):
        return False
    key, now = parse_uuid(value), datetime.now(UTC)
    if key is not None and key.version == 7:  # its first digits tell when it was made
        return abs((key.int >> 80) / 1000 - now.timestamp()) < timedelta(days=1).total_seconds()
    return value.startswith(tuple(str(now.date() + timedelta(days=days)) for days in (-1, 0, 1)))


def differences(expected, got, path: str = ""):
    """Yield where ``got`` is not what is kept: the place, what is kept, and what came."""
    if isinstance(expected, dict) and isinstance(got, dict) and list(expected) == list(got):
        for key, item in expected.items():
            yield from differences(item, got[key], f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for place, pair in enumerate(zip(expected, got, strict=True)):
            yield from differences(*pair, f"{path}[{place}]")
    elif expected != f"<<{type(got).__name__}>>" and (expected != got or type(expected) is not type(got)):
        yield path, expected, got
