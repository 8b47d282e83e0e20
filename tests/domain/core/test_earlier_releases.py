"""What earlier releases answered besides lists."""

from __future__ import annotations

import json

import pytest

from wger_flask.domain.core.models import UserProfile

GONE = ("schedule", "schedulestep", "set", "setting", "daysofweek", "variation")


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", [*(f"{name}/" for name in GONE), "set/5/"])
def test_what_has_no_successor_is_gone_and_says_what_to_use(api, address, method):
    answer = getattr(api(), method)(address)
    assert answer.status_code == 410 and "/api/v2/" in answer.json["detail"]
    assert 'rel="successor-version"' in answer.headers["Link"]
    assert answer.headers["Deprecation"].startswith("@")


def test_what_is_gone_is_documented_as_gone(app):
    document = json.loads(app.test_client().get("/api/v2/schema?format=json").data)
    described = document["paths"]["/api/v2/schedule/{id}/"]["get"]
    assert described["deprecated"] and "410" in described["responses"] and "200" not in described["responses"]


def test_the_profile_has_an_id(api):
    client = api("grace")
    shown = client.get("userprofile/").json
    own = next(row.id for row in UserProfile.select() if row.user.username == "grace")
    answer = client.get(f"userprofile/{own}/")
    assert (answer.status_code, answer.json) == (200, shown)
    assert answer.headers["Link"] == '</api/v2/userprofile/>; rel="successor-version"'


@pytest.mark.parametrize("key", ["999999", "x", "0", "-1", "9" * 30, "²"])
def test_the_profile_of_another_is_not_found(api, key):
    client = api("grace")
    client.get("userprofile/")
    assert client.get(f"userprofile/{key}/").status_code == 404


def test_a_profile_by_its_id_needs_a_login(api):
    assert api().get("userprofile/1/").status_code == 403
