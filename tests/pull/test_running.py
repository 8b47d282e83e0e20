"""Copying from a server of ours that really runs, on a database of wger 2.7.0's making."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from types import SimpleNamespace

import pytest
import requests

from tests.conftest import ROOT
from tests.media import samples
from tests.reference import needs_reference, reference_database
from tests.serving.running import running
from wger_flask.domain.core.profile import ProfileSchema
from wger_flask.domain.gallery.models import Image as Photo
from wger_flask.domain.measurements.models import Category

pytestmark = needs_reference
GRACE = "a11d459a2f978d8719999e3fa46d6753ec148cb4"
KEYS = set(
    (
        "id uuid user routine day slot slot_entry session exercise plan meal ingredient weight_unit category parent "
        "next_log dynamic_params image author_history"
    ).split()
)
CALCULATED = {"last_update", "last_updated", "created", "last_update_global"}
LISTS = tuple(
    (
        "measurement-category weightentry day slot slot-entry weight-config sets-config repetitions-config "
        "max-repetitions-config rest-config rir-config workoutsession workoutlog nutritionplan meal mealitem "
        "nutritiondiary gallery templates"
    ).split()
)


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """A server, and a client that is grace there."""
    folder = tmp_path_factory.mktemp("there")
    with reference_database(folder) as held:
        url = held.database if os.environ.get("WGER_TEST_DATABASE_URL") else f"sqlite:///{held.database}"
        held.close()
        env = dict(os.environ, WGER_DATABASE_URL=url, WGER_INSTANCE_PATH=str(folder), WGER_PROFILE="testing")
        command = [sys.executable, "-m", "wger_flask", "migrate"]
        subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
        with running(url, folder, WGER_RATELIMIT_ENABLED="0") as server:
            base = f"http://127.0.0.1:{server.port}"
            client = requests.Session()
            client.headers["Authorization"] = f"Token {GRACE}"
            photo = {"image": ("me.png", samples.picture(), "image/png")}
            sent = client.post(f"{base}/api/v2/gallery/", data={"date": "2026-01-02"}, files=photo)
            assert sent.status_code == 201, sent.text
            yield SimpleNamespace(base=base, get=lambda path: client.get(f"{base}/api/v2/{path}").json())
            client.close()


def rows(answer):
    """Return the rows of a list without what refers to others."""
    return Counter(
        json.dumps({name: row[name] for name in sorted(row.keys() - KEYS - CALCULATED)}) for row in answer["results"]
    )


def test_everything_of_ones_own_comes_and_a_second_time_nothing(there, run, api, people, everything):
    mine, profile = api("linus"), there.get("userprofile/")
    assert mine.patch("userprofile/", {name: profile[name] for name in ("height", "weight_unit")}).status_code == 200
    category = Category.get(Category.user == people["linus"].id, Category.is_official)
    Category.update(unit=profile["weight_unit"]).where(Category.id == category.id).execute()
    report = run(there, user="linus", token=GRACE)
    assert report.left_out == []
    for name in LISTS:
        assert rows(mine.get(f"{name}/?limit=900").json) == rows(there.get(f"{name}/?limit=900")), name
    _entries_are_the_same(there, mine)
    _routines_are_the_same(there, mine)
    [counted] = mine.get("user-statistics/").json["results"]
    assert counted["total_workouts"] == there.get("workoutsession/")["count"]
    with mine.get("/media/" + Photo.get().image) as answer:
        assert answer.status_code == 200
    here = mine.get("userprofile/").json
    assert {name: here[name] for name in ProfileSchema().load_fields} == {
        name: profile[name] for name in ProfileSchema().load_fields
    }
    first = everything()
    again = run(there, user="linus", token=GRACE)
    assert all(set(counts) <= {"unchanged", "kept"} for counts in again.counts.values()), again.counts
    assert everything() == first
    for category in Category.select().where(Category.user == people["linus"].id, Category.parent.is_null(False)):
        assert category.parent.user_id == people["linus"].id


def _entries_are_the_same(there, mine):
    """What was measured; what is calculated is calculated here, from what is the same."""

    def entries(answer, categories):
        names = {row["id"]: row["name"] for row in categories["results"]}
        return Counter((names[row["category"]], row["date"], row["value"]) for row in answer["results"])

    lists = "measurement/?limit=900", "measurement-category/?limit=900"
    ours = entries(*(mine.get(path).json for path in lists))
    theirs = entries(*(there.get(path) for path in lists))
    assert ours == theirs


def _routines_are_the_same(there, mine):
    def plans(get):
        return Counter(
            json.dumps(_without_keys(get(f"routine/{row['id']}/structure/")), sort_keys=True)
            for row in get("routine/?limit=900")["results"]
            if not row["is_public"]
        )

    assert plans(lambda path: mine.get(path).json) == plans(there.get)


def _without_keys(value):
    if isinstance(value, list):
        return [_without_keys(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_keys(one) for name, one in value.items() if name not in KEYS | CALCULATED}
    return value


def test_what_is_deleted_or_changed_here_stays_so(there, run, api):
    run(there, ["training", "gallery"], user="linus", token=GRACE)
    mine = api("linus")
    first, second = mine.get("workoutlog/?limit=2").json["results"]
    assert mine.delete(f"workoutlog/{first['id']}/").status_code == 204
    assert mine.patch(f"workoutlog/{second['id']}/", {"repetitions": 33}).status_code == 200
    number = mine.get("workoutlog/").json["count"]
    run(there, ["training"], user="linus", token=GRACE)
    assert mine.get("workoutlog/").json["count"] == number
    assert mine.get(f"workoutlog/{second['id']}/").json["repetitions"] == "33.00"
    run(there, ["training"], user="linus", token=GRACE, anew=True)
    assert mine.get("workoutlog/").json["count"] == number
    assert mine.get(f"workoutlog/{second['id']}/").json["repetitions"] == second["repetitions"]


def test_a_wrong_token_is_told_before_anything_is_copied(there, run, everything):
    before = everything()
    with pytest.raises(Exception, match="Invalid token"):
        run(there, user="linus", token="0" * 40)
    assert everything() == before
