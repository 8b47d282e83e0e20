"""What a plugin adds to a resource of the core: fields, actions with a query of their own, references to its rows."""

from __future__ import annotations

import pytest

from tests.conftest import Client
from tests.web.conftest import HTML, Page
from wger_flask import api
from wger_flask.rest.registry import RegistrationError
from wger_flask.storage.database import database

PLUGIN = """
    from datetime import UTC, date, datetime, time
    from decimal import Decimal
    from uuid import UUID

    from wger_flask.api import (
        WRITE, Action, Batch, Computed, Key, Model, Resource, Schema, User, columns, fields, fn, models, owned_by,
    )

    class Like(Model):
        id = columns.Auto()
        user = columns.ForeignKey(User)
        exercise = columns.ForeignKey(models.Exercise)
        class Meta:
            table_name = "plugin_mine_like"

    class LikeSchema(Schema):
        id = fields.Integer(dump_only=True)
        exercise = Key(models.Exercise)

    def likes(keys, context):
        query = Like.select(Like.exercise, fn.COUNT(Like.id)).where(Like.exercise.in_(keys)).group_by(Like.exercise)
        return dict(query.tuples())

    class TopQuery(Schema):
        most = fields.Integer(min=1, max=50, load_default=3, help="how many")
        since = fields.Date(required=True)
        whole = fields.Boolean(load_default=False)
        kind = fields.Choice({"a": "all", "o": "own"}, load_default="a", label="Whose")
        exercise = Key(models.Exercise, required=False)

    def top(call):
        asked = call.query()
        return {**asked, "since": asked["since"].isoformat()}

    class SpanSchema(Schema):
        start = fields.DateTime()
        day = fields.Date()
        share = fields.Decimal(4, 2)

    def spans(call):
        row = {"start": datetime(2026, 1, 2, 8, tzinfo=UTC), "day": date(2026, 1, 2), "share": Decimal("0.50")}
        return [{**row, "time": time(8, 30), "key": UUID(int=7)}]

    like = Resource("like", Like, LikeSchema, methods=WRITE, owner=owned_by("user"), actions=(
        Action("top/", top, detail=False, query=TopQuery, label="Favourites", about="What is liked most."),
        Action("spans/", spans, detail=False, schema=SpanSchema, many=True),
        Action("bare/", spans, detail=False),
        Action("forget/", lambda call: None, detail=False, methods=("POST",), label="Forget all"),
    ))

    def register(registry):
        registry.add_models(Like)
        registry.add(like)
        registry.extend("exercise", fields={
            "likes": Batch(likes, otherwise=int, describes=fields.Integer(), label="Liked by"),
            "initial": Computed(lambda context, uuid: str(uuid)[0], of=("uuid",), describes=fields.String()),
        })
"""


@pytest.fixture
def app(served):
    return served(PLUGIN)


@pytest.fixture
def grace(app):
    return Client(app, "grace")


def test_an_action_may_give_moments_days_and_decimals(grace):
    row = {
        "start": "2026-01-02T09:00:00+01:00",
        "day": "2026-01-02",
        "share": "0.50",
        "time": "08:30:00",
        "key": "00000000-0000-0000-0000-000000000007",
    }
    for name in ("spans", "bare"):
        assert grace.get(f"like/{name}/").json == [row]
        assert grace.get(f"like/{name}/", headers={"Accept": "application/json; indent=2"}).json == [row]
        page = grace.get(f"like/{name}/", headers=HTML)
        assert page.status_code == 200 and "0.50" in page.text and "2026-01-02" in page.text


# -- fields ----------------------------------------------------------------------------------------------
def test_an_added_field_is_in_the_json_behind_the_resources_own(grace):
    assert [grace.post("like/", {"exercise": 1}).status_code for _ in range(2)] == [201, 201]
    row = grace.get("exercise/1/").json
    assert list(row)[-2:] == ["likes", "initial"] and row["likes"] == 2 and row["initial"] == row["uuid"][0]
    assert grace.get("exercise/2/").json["likes"] == 0
    assert grace.get("exercise/?limit=1&ordering=id").json["results"] == [row]


def test_it_takes_one_query_a_page(grace):
    seen: list[str] = []

    def counts(limit: int) -> int:
        grace.get(f"exercise/?limit={limit}")
        del seen[:]
        grace.get(f"exercise/?limit={limit}")
        return len([sql for sql in seen if "plugin_mine_like" in sql])

    database.obj.query_hooks.append(lambda event: seen.append(event.sql))
    assert [counts(limit) for limit in (1, 50)] == [1, 1]


def test_it_is_documented_and_on_pages_and_bodies_cannot_set_it(grace, app):
    document = grace.get("schema?format=json").json["components"]["schemas"]
    assert document["Exercise"]["properties"]["likes"] == {"type": "integer", "readOnly": True, "title": "Liked by"}
    assert "likes" not in document["ExerciseRequest"]["properties"]
    for path in ("exercise/", "exercise/1/"):
        assert "Liked by" in Page(grace.get(path, headers=HTML)).words
    assert Client(app, "ada").patch("exercise/1/", {"likes": 7}).json["likes"] == 0


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ('{"category": Batch(list)}', "field 'category' of resource 'exercise' is registered twice"),
        ('{"n": fields.Integer()}', "field 'n' must be read-only"),
        ('{"n": fields.Integer(dump_only=True, data_key="uuid")}', "field 'n' exists already"),
        (
            '{"n": fields.Integer(dump_only=True)}',
            "resource 'exercise' of wger_flask (with fields of file plugins/mine.py) cannot be shown: "
            "Exercise has no column 'n' to show",
        ),
        ('{"n": Computed(str, of=("nonsense",))}', "Exercise has no column 'nonsense' to show"),
        ('{"n": 5}', "field 'n' is 5, which is no field"),
    ],
)
def test_what_makes_no_sense_stops_the_start(served, fields, told):
    source = f"""
        from wger_flask.api import Batch, Computed, fields
        def register(registry): registry.extend("exercise", fields={fields})
    """
    with pytest.raises(RegistrationError) as refused:
        served(source)
    assert told in str(refused.value) and "file plugins/mine.py" in str(refused.value)


# -- the query of an action -----------------------------------------------------------------------------------
def test_query_parameters_are_read_in_their_types(grace):
    assert grace.get("like/top/?since=2024-05-01").json == {
        "most": 3,
        "since": "2024-05-01",
        "whole": False,
        "kind": "a",
    }
    assert grace.get("like/top/?since=2024-05-01&most=&whole=true&kind=o&exercise=2&other=x").json == {
        "since": "2024-05-01",
        "most": 3,
        "whole": True,
        "kind": "o",
        "exercise": 2,
    }


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", {"since"}),
        ("since=", {"since"}),
        ("since=yesterday&most=0", {"since", "most"}),
        ("since=2024-05-01&most=51&kind=x&whole=maybe&exercise=99999", {"most", "kind", "whole", "exercise"}),
    ],
)
def test_wrong_ones_are_all_named(grace, query, wrong):
    answer = grace.get(f"like/top/?{query}")
    assert (answer.status_code, set(answer.json)) == (400, wrong)


def test_they_are_documented(grace):
    described = grace.get("schema?format=json").json["paths"]["/api/v2/like/top/"]["get"]["parameters"]
    found = {item["name"]: item for item in described}
    assert found["most"] == {
        "name": "most",
        "in": "query",
        "allowEmptyValue": True,
        "description": "how many",
        "schema": {"type": "integer", "minimum": 1, "maximum": 50, "default": 3},
    }
    assert found["since"]["required"] is True and found["since"]["schema"] == {"type": "string", "format": "date"}
    assert found["kind"]["schema"] == {"type": "string", "enum": ["a", "o"], "default": "a"}
    assert (found["exercise"]["schema"], found["whole"]["schema"]["type"]) == ({"type": "integer"}, "boolean")


def test_they_are_a_form_on_the_page(grace):
    first = Page(grace.get("like/top/", headers=HTML))
    assert {"most", "since", "whole", "kind", "exercise"} <= set(
        first.controls
    ) and "cannot be answered" not in first.words
    assert first.controls["most"][0]["value"] == "3"
    assert "its key (look it up)" in first.words and "choose one" not in first.words
    page = Page(grace.get("like/top/?since=2024-05-01&most=7&whole=true", headers=HTML))
    assert page.status == 200 and page.controls["most"][0]["value"] == "7" and "2024-05-01" in page.words
    assert "checked" in page.controls["whole"][0]
    wrong = Page(grace.get("like/top/?since=2024-05-01&most=99", headers=HTML))
    assert wrong.status == 400 and wrong.controls["most"][0]["value"] == "99" and "cannot be answered" in wrong.words


def test_format_is_no_name_for_a_parameter(served):
    taken = PLUGIN.replace("        most = fields", "        format = fields")
    with pytest.raises(RegistrationError, match="action 'top/': the query parameter 'format' is the server's own"):
        served(taken)


def is_history(model) -> bool:
    return model.__name__.startswith("Historical")


# -- actions of the collection, and models of the core -----------------------------------------------------------
def test_actions_of_a_collection_are_linked_from_its_page(grace, app):
    page = Page(grace.get("like/", headers=HTML))
    assert page.link("Favourites") == "/api/v2/like/top/" and "What is liked most." in page.words
    assert any(form.action == "/api/v2/like/forget/" for form in page.forms)
    assert "Favourites" not in Page(grace.get("like/?_for=/api/v2/like/&_field=exercise", headers=HTML)).words


def test_every_model_of_the_core_can_be_referred_to(app):
    registered = app.extensions["wger_flask"].registry.models
    known = {model for model in registered if model.__module__.startswith("wger_flask.") and not is_history(model)}
    assert known <= {getattr(api.models, name) for name in dir(api.models)}
    assert set(dir(api.models)) >= {"Exercise", "Routine", "Ingredient", "User", "GalleryImage", "NutritionImage"}
    with pytest.raises(AttributeError, match="the core has no model 'Nonsense'; it has: "):
        api.models.Nonsense  # noqa: B018
