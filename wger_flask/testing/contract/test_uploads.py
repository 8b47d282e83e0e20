"""What offline clients write goes through every door that a request goes through."""

from __future__ import annotations

import uuid

import pytest

from ...rest.actions import Deprecation
from ...rest.permissions import Access, having
from ...storage import columns
from ...storage.model import columns_of, key_of, table_of

DOOR = "/api/v2/upload-powersync-data"
MAY_NOT = "You do not have permission to perform this action."


@pytest.fixture
def uploaded(resource):
    """The resource, when offline clients write its rows."""
    if resource.owner is None or "POST" not in resource.methods or isinstance(resource.deprecated, Deprecation):
        pytest.skip("offline clients do not write these")
    if resource.only:  # another resource is about all rows of the table
        pytest.skip("offline clients do not write these")
    return resource


@pytest.fixture
def door(api):
    """Send rows as grace; returns what was answered."""
    return lambda method, resource, data: api("grace").open(
        method, DOOR, {"table": table_of(resource.model), "data": data}
    )


@pytest.fixture
def ruled(monkeypatch):
    """Change what a resource declares, for one test."""
    return lambda resource, name, value: monkeypatch.setitem(resource.__dict__, name, value)


def named(resource, row) -> dict:
    """Return the id by which an offline client knows a row."""
    column = key_of(resource.model)
    if not isinstance(column, columns.UUID) and "uuid" in columns_of(resource.model):
        return {"id": str(resource.model.get_by_id(row).uuid)}
    return {"id": str(row) if isinstance(row, uuid.UUID) else row}


def count(resource) -> int:
    return resource.model.select().count()


def test_whoever_may_not_write_may_not_upload(api, door, uploaded, rows, ruled):
    client, name = api("grace"), uploaded.name
    shown = client.get(f"{name}/{rows[0]}/").json
    ruled(uploaded, "rules", Access(write=having("no.such"), delete=having("no.such")))
    before = count(uploaded)
    for method, data in (
        ("PUT", {**shown, "id": str(uuid.uuid4())}),
        ("PATCH", {**shown, **named(uploaded, rows[0])}),
        ("DELETE", named(uploaded, rows[0])),
    ):
        answer = door(method, uploaded, data)
        assert answer.status_code == 200
        refusals = {"Forbidden"} if method in uploaded.methods else {"Method not allowed"}
        if method == "PUT":
            refusals = {"Forbidden", "Method not allowed"}  # of those whose key no client can choose
        assert answer.json["error"] in refusals, (method, answer.json)
        if answer.json["error"] == "Forbidden":
            assert answer.json["details"] == MAY_NOT
    assert count(uploaded) == before
    assert client.get(f"{name}/{rows[0]}/").json == shown


def test_writing_and_deleting_are_told_apart(door, uploaded, rows, ruled):
    ruled(uploaded, "rules", Access(delete=having("no.such")))
    assert door("DELETE", uploaded, named(uploaded, rows[0])).json["error"] in ("Forbidden", "Method not allowed")
    assert uploaded.model.get_or_none(key_of(uploaded.model) == rows[0]) is not None


def test_a_rule_about_rows_holds_too(door, uploaded, rows, ruled):
    ruled(uploaded, "rules", Access(row=lambda user, row, method: method == "GET"))
    for method in ("PATCH", "DELETE"):
        if method in uploaded.methods:
            answer = door(method, uploaded, named(uploaded, rows[0])).json
            assert answer == {"error": "Forbidden", "details": MAY_NOT}
    assert uploaded.model.get_or_none(key_of(uploaded.model) == rows[0]) is not None


def test_methods_that_a_resource_lacks_are_not_uploaded_either(door, uploaded, rows, monkeypatch):
    monkeypatch.setitem(uploaded.__dict__, "methods", ("GET", "POST"))
    model = uploaded.model.__name__
    for method, words in (("PATCH", f"{model} cannot be changed"), ("DELETE", f"{model} cannot be deleted")):
        answer = door(method, uploaded, named(uploaded, rows[0])).json
        assert answer == {"error": "Method not allowed", "details": words}
    assert uploaded.model.get_or_none(key_of(uploaded.model) == rows[0]) is not None


def test_uploads_count_against_the_limits_and_are_to_be_sent_again(app, door, uploaded, rows, ruled, monkeypatch):
    from ...rest.errors import Throttled

    asked = []

    def demand(scope, caller):
        asked.append((scope, caller))
        raise Throttled(7)

    monkeypatch.setattr(app.extensions["wger_flask"].throttle, "demand", demand)
    ruled(uploaded, "throttle", {"POST": "made", "PATCH": "changed", "DELETE": "gone"})
    for method, scope in (("PATCH", "changed"), ("DELETE", "gone")):
        if method not in uploaded.methods:
            continue
        answer = door(method, uploaded, named(uploaded, rows[0]))
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
        assert asked.pop()[0] == scope
    assert uploaded.model.get_or_none(key_of(uploaded.model) == rows[0]) is not None


def test_the_query_of_the_upload_is_nobodys_business(api, uploaded, rows):
    if "DELETE" not in uploaded.methods:
        pytest.skip("nothing is deleted here")
    body = {"table": table_of(uploaded.model), "data": named(uploaded, rows[0])}
    query = "&".join(f"{param}=zz" for param in uploaded.filter_set.by_param)
    assert api("grace").delete(f"{DOOR}?{query}", body).json == {"status": "ok!"}
    assert uploaded.model.get_or_none(key_of(uploaded.model) == rows[0]) is None
