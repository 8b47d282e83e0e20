"""Replay every worked routine case through HTTP: those that are kept, and the recorded ones where they are at hand."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest

from tests.conftest import SHARED
from tests.engine import pounds
from tests.engine.recorded import differences
from tests.snapshots import kept
from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.exercises.models import Exercise, ExerciseCategory, Muscle, muscles
from wger_flask.rest.filtering import booleans
from wger_flask.rest.timezone import today
from wger_flask.storage.database import database, transaction

PATH = SHARED / "spec" / "routine-vectors-2.7.0.json"
RECORDED = json.loads(PATH.read_text()) if PATH.exists() else {"header": {"fixtures": {}}, "vectors": []}
CASES = RECORDED["vectors"]
KEPT = kept("routines.json")  # what this server answered
BOTH = CASES + KEPT["vectors"]
FIXTURES = RECORDED["header"]["fixtures"] | KEPT["header"]["fixtures"]
ACTORS = {"A": "grace", "B": "linus", "ANON": None}
TOKENS = {
    "<<any>>": re.compile(""),
    "<<uuid>>": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "<<datetime>>": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
}

# Recorded where what is missing comes first in a list; other databases have it come last.
NULLS_FIRST = {"stats-excluded-units", "stats-null-weight-or-reps", "crud-log-filters"}


@pytest.fixture
def clients(app, api, monkeypatch, cascading):
    """The actors of the cases; the servers on which these were recorded take any spelling of booleans."""
    monkeypatch.setattr(booleans, "_booleans", booleans.ANY_BOOLEANS)
    with transaction():
        UserProfile.update(weight_rounding=None, repetitions_rounding=None).execute()
    return {actor: api(name) for actor, name in ACTORS.items()}


@pytest.fixture
def known(app):
    """What placeholders stand for: the exercises that the cases name."""
    found = {"BASE": "http://localhost/api/v2/"}
    with transaction():
        category = ExerciseCategory.select().first()
        for name, fixture in FIXTURES.items():
            found[name] = Exercise.create(category=category).id
            for muscle in fixture["primary_muscles"]:
                assert Muscle.get_or_none(Muscle.id == muscle), "the starter data has the muscles of the cases"
            muscles.replace(found[name], fixture["primary_muscles"])
    return found


def filled(value, known):
    """Put what is known into the placeholders of a recorded value."""
    if isinstance(value, dict):
        return {str(filled(key, known)): filled(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, known) for item in value]
    if not isinstance(value, str):
        return value
    if (whole := re.fullmatch(r"\{\{([A-Z0-9]+)\}\}", value)) and whole[1] in known:
        return known[whole[1]]
    text = re.sub(r"\{\{TODAY([+-]\d+)\}\}", lambda found: str(today() + timedelta(days=int(found[1]))), value)
    return re.sub(r"\{\{(?:MU:)?([A-Z0-9]+)\}\}", lambda found: str(known.get(found[1], found[1])), text)


def matches(expected, got) -> bool:
    """Tell whether ``expected`` is a token that allows ``got``."""
    token = TOKENS.get(expected) if isinstance(expected, str) else None
    return token is not None and bool(token.match(got if isinstance(got, str) else ""))


@pytest.mark.parametrize("case", BOTH, ids=[case["name"] for case in BOTH])
def test_worked_case(case, clients, known):
    if case["name"] in NULLS_FIRST and not database.obj.dialect.sorts_nulls_first:
        pytest.skip("this database lists what is missing last")
    for step in case["setup"] + case["expect"]:
        path, body = filled(step["path"], known), filled(step.get("body"), known)
        answer = clients[step["actor"]].open(step["method"], path, body)
        told = f"{step['method']} {step['path']} {body}: {answer.status_code} {answer.data[:300]}"
        if step.get("genuine_500"):
            assert answer.status_code == 400, told
            assert answer.json and all(isinstance(messages, list) for messages in answer.json.values()), told
            continue
        if step.get("quirk"):
            assert answer.status_code < 500, told
            continue
        assert answer.status_code == step["status"], told
        known.update({name: answer.json[key] for name, key in step.get("capture", {}).items()})
        if "body_response" in step:
            expected, got = filled(step["body_response"], known), answer.json if answer.data else None
            if case["name"] in pounds.CASES and step["path"].endswith("/stats/"):
                expected = with_pounds(clients[step["actor"]], path, known)
            wrong = [found for found in differences(expected, got) if not matches(found[1], found[2])]
            assert not wrong, f"{told}: {wrong[:5]}"


def with_pounds(client, path, known):
    """Return the statistics that are right where the recorded ones leave sets in pounds out."""
    sessions = client.get(path.replace("/stats/", "/logs/")).json
    sets = [
        log | {"day": date.fromisoformat(one["session"]["datetime_start"][:10])}
        for one in sessions
        for log in one["logs"]
    ]
    fixtures = RECORDED["header"]["fixtures"]
    return pounds.expected_statistics(sets, {known[name]: fixtures[name]["primary_muscles"] for name in fixtures})


@pytest.mark.skipif(not PATH.exists(), reason="without ../shared: the recorded cases")
def test_nothing_is_left_out():
    assert len(CASES) >= 130
    assert len({case["name"] for case in CASES}) == len(CASES)
