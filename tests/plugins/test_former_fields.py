"""Fields that a resource had in an earlier release, taken until the clients that send them are gone."""

from __future__ import annotations

import pytest

from tests.conftest import Client
from tests.plugins.test_declarations import WHERE, source
from tests.plugins.test_loading import refusal

PLUGIN = """
    from wger_flask.api import (
        WRITE, FormerFields, Hooks, Invalid, Model, Resource, Schema, User, columns, fields, owned_by,
    )

    class Nap(Model):
        id = columns.UUID(primary_key=True, default=columns.uuid7)
        user = columns.ForeignKey(User)
        minutes = columns.Integer()
        note = columns.Char(max_length=9, default="")
        class Meta:
            table_name = "plugin_mine_nap"

    class NapSchema(Schema):
        id = fields.UUID()
        minutes = fields.Integer(required=True, min=0)
        note = fields.String(blank=True)

    class OlderSchema(Schema):
        hours = fields.Integer(allow_none=True)
        rest = fields.Integer(allow_none=True)

    def minutes(call, given, row):
        before = divmod(row.minutes, 60) if row else (0, 0)
        hours, rest = (given.get(name, old) or 0 for name, old in zip(("hours", "rest"), before))
        return {"minutes": 60 * hours + rest}

    def check(call, data, row):
        if data.get("minutes", 0) > 600:
            raise Invalid({"minutes": ["Wake up."]})

    def register(registry):
        registry.add_models(Nap)
        registry.add(Resource(
            "nap", Nap, NapSchema, methods=WRITE, owner=owned_by("user"), hooks=Hooks(prepare=check),
            former=FormerFields(OlderSchema, minutes),
        ))
"""
NUMBER = ["A valid integer is required."]
KEY = "11111111-2222-4333-8444-000000000011"


@pytest.fixture
def grace(served):
    return Client(served(PLUGIN), "grace")


def test_they_become_fields_of_today(grace):
    row = grace.post("nap/", {"hours": 1, "rest": "5"}).json
    assert row == {"id": row["id"], "minutes": 65, "note": ""}
    for method, body, minutes in (
        ("patch", {"hours": 2}, 125),
        ("patch", {"rest": None}, 120),
        ("put", {"rest": 3}, 123),
        ("patch", {"hours": "", "note": "deep"}, 3),
        ("patch", {"hours": 1, "minutes": 7}, 7),
        ("put", {"minutes": 8}, 8),
    ):
        answer = getattr(grace, method)(f"nap/{row['id']}/", body)
        assert (answer.status_code, answer.json["minutes"]) == (200, minutes), body
    form = grace.http.post("/api/v2/nap/", data={"hours": "1", "rest": ""}, headers=grace.headers)
    assert (form.status_code, form.json["minutes"]) == (201, 60)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"hours": "x"}, {"hours": NUMBER}),
        ({"rest": [], "hours": {}}, {"hours": NUMBER}),
        ({"rest": "x"}, {"rest": NUMBER}),
        ({"hours": 1, "note": None}, {"note": ["This field may not be null."]}),
        ({"hours": 11}, {"minutes": ["Wake up."]}),
        ({}, {"minutes": ["This field is required."]}),
        ({"hours": 1, "minutes": "x"}, {"minutes": NUMBER}),
    ],
)
def test_what_is_wrong_has_the_name_that_was_sent(grace, body, errors):
    answer = grace.post("nap/", body)
    assert (answer.status_code, answer.json) == (400, errors)
    assert grace.get("nap/").json["count"] == 0


def test_uploads_have_them_too_and_no_document_does(grace):
    upload = {"table": "plugin_mine_nap", "data": {"id": KEY, "hours": 1}}
    assert grace.put("upload-powersync-data", upload).json == {"status": "ok!"}
    assert grace.patch("upload-powersync-data", {**upload, "data": {"id": KEY, "rest": 1}}).json == {"status": "ok!"}
    assert grace.get(f"nap/{KEY}/").json["minutes"] == 61
    wrong = grace.patch("upload-powersync-data", {**upload, "data": {"id": KEY, "rest": "x"}}).json
    assert wrong == {"error": "Validation failed", "details": {"rest": NUMBER}}
    assert '"hours":' not in grace.get("schema?format=json").text and '"hours"' not in grace.options("nap/").text


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("size = fields.Integer(allow_none=True)", "former field 'size' is one of its schema, too"),
        ("old = fields.Integer()", "former field 'old' must take null (allow_none=True), and not be required"),
    ],
)
def test_what_could_not_be_told_apart_stops_the_start(prepare, register, write, field, told):
    made = f"type('Old', (Schema,), {{'{field.split()[0]}': {field.split(' = ')[1]}}})"
    plugin = source(f"former=FormerFields({made}, print)").replace("owned_by,", "owned_by, FormerFields,")
    write("mine.py", plugin)
    register()
    assert refusal(prepare) == WHERE + told
