"""Numbers are typed as people write them, with a comma or a point; programs go on writing points."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from tests.conftest import key_of
from tests.web.conftest import Page
from wger_flask.domain.measurements.models import Measurement
from wger_flask.domain.routines.models import WeightConfig, WorkoutLog
from wger_flask.rest import fields
from wger_flask.rest.bodies import FormData
from wger_flask.rest.fields.numbers import GROUPED, MANY_SIGNS
from wger_flask.web.filter_form import filter_form
from wger_flask.web.index import targets_of
from wger_flask.web.widgets import controls_of

NUMBERS = ("integer", "number", "decimal")
MOMENT = "2025-03-01T07:30"


def schemas(registry) -> dict:
    """Return every schema that a page may make a form of, by its name."""
    found = {resource.name: resource.schema for resource in registry}
    for _, target in targets_of(registry):
        found |= {f"{target.name} {method}": target.schema("request", method) for method in target.handlers}
    for resource in registry:
        found |= {f"{resource.name} {action.path}": action.schema for action in resource.actions}
    return {name: schema for name, schema in found.items() if schema}


def test_every_number_of_every_form_is_typed_as_text(app):
    registry, seen = app.extensions["wger_flask"].registry, 0
    with app.test_request_context():
        for name, schema in schemas(registry).items():
            wires = {wire.data_key or key: wire for key, wire in schema().load_fields.items()}
            for control in controls_of(schema, {}, {}, None, False):
                wire, keys = wires[control.name], control.attributes.get("inputmode")
                assert control.type != "number", f"{name}: {control.name}"
                if getattr(wire, "kind", "") in NUMBERS:
                    seen += 1
                    wanted = "numeric" if wire.kind == "integer" else "decimal"
                    assert (control.type, control.widget, keys) == ("text", "input", wanted), f"{name}: {control.name}"
                    assert isinstance(wire, fields.Integer | fields.Float | fields.Decimal), "another reads no commas"
        for resource in registry:
            parameters = resource.filter_set.describe()
            for group in filter_form(parameters, app.test_request_context().request.args, {}, None).groups:
                assert all(control.type != "number" for control in group.controls), resource.name
    assert seen > 80


@pytest.mark.parametrize("field", [fields.Decimal(6, 2), fields.Float(), fields.Integer()])
def test_each_kind_of_number_reads_one_sign_of_either_kind(app, field):
    form = FormData(app.test_request_context(method="POST").request, is_typed=True)
    assert field.deserialize("62,0", "x", form) == field.deserialize("62.0", "x", form) == 62
    assert field.deserialize("-3,", "x", form) == -3
    for text in ("1.234,5", "1,234.5", "1,2,3", "1.2.3", "6..5", "1.234.567", "1,234,567"):
        with pytest.raises(ValidationError) as wrong:
            field.deserialize(text, "x", form)
        assert wrong.value.messages in ([MANY_SIGNS], [GROUPED])
    with pytest.raises(ValidationError):
        field.deserialize("62,5", "x", {"x": "62,5"})
    if not isinstance(field, fields.Integer):
        assert field.deserialize("62,5", "x", form) == 62.5


@pytest.mark.parametrize("text", ["2,000", "2.000"])
def test_a_sign_for_thousands_makes_no_small_number(app, text):
    form = FormData(app.test_request_context(method="POST").request, is_typed=True)
    for field in (fields.Integer(), fields.Decimal(6, 2)):
        with pytest.raises(ValidationError):
            field.deserialize(text, "x", form)


@pytest.mark.parametrize(("text", "stored"), [("62,5", "62.50"), ("62.5", "62.50"), ("81", "81.00"), ("81,", "81.00")])
def test_a_weight_is_stored_as_it_was_meant(visitor, people, text, stored):
    made = visitor("ada").send("weightentry/", date=MOMENT, weight=text)
    assert made.status_code == 303, made.text
    assert f"{Measurement.get().value:f}" == stored


@pytest.mark.parametrize("text", ["1.062,5", "6,2,5", "6.2.5", "62;5", "62 5"])
def test_what_could_mean_two_things_is_refused_and_kept(visitor, text):
    page = Page(visitor("ada").send("weightentry/", date=MOMENT, weight=text))
    (weight,) = page.controls["weight"]
    assert (page.status, weight["value"], weight.get("aria-invalid")) == (400, text, "true")
    assert Measurement.select().count() == 0


def test_other_forms_read_commas_too(visitor, person, people):
    ada, browser = person("ada"), visitor("ada")
    session = ada.add("workoutsession", datetime_start="2025-03-01")["id"]
    assert browser.send("workoutlog/", session=session, exercise=1, repetitions="8", weight="62,5").status_code == 303
    assert f"{WorkoutLog.get().weight:f}" == "62.50"
    routine = ada.add("routine", name="A", start="2025-03-01", end="2025-04-01")["id"]
    day = ada.add("day", routine=routine, name="D", order=1)["id"]
    assert browser.send(f"day/{day}/add-exercise/", exercise="1", sets="3", weight="42,5").status_code == 201
    assert f"{WeightConfig.get().value:f}" == "42.50"
    assert browser.send("userprofile/", "PATCH", weight_rounding="1,25").status_code == 303
    assert browser.http.get("/api/v2/userprofile/").json["weight_rounding"] == "1.25"


def test_the_api_takes_points_alone(app, visitor):
    client, headers = app.test_client(), {"Authorization": f"Token {key_of('ada')}"}
    for body in ({"json": {"date": MOMENT, "weight": "62,5"}}, {"data": {"date": MOMENT, "weight": "62,5"}}):
        refused = client.post("/api/v2/weightentry/", headers=headers, **body)
        assert (refused.status_code, refused.json) == (400, {"weight": ["A valid number is required."]})
    forged = {"date": MOMENT, "weight": "62,5", "csrfmiddlewaretoken": "x" * 32}
    assert client.post("/api/v2/weightentry/", headers=headers, data=forged).status_code == 400
    script = visitor("ada").http
    script.get("/user/login")
    token = {"X-CSRFToken": script.get_cookie("csrftoken").value}
    refused = script.post("/api/v2/weightentry/", json={"date": MOMENT, "weight": "62,5"}, headers=token)
    assert refused.status_code == 400


def test_a_filter_takes_a_comma_on_its_page(visitor, person):
    for weight in ("61", "62.5", "63"):
        person("ada").add("weightentry", date=f"2025-03-0{weight[1]}T08:00", weight=weight)
    ada = visitor("ada")
    page = ada.see("weightentry/?weight__gte=62,5")
    assert page.status == 200 and page.words.count("62.50") and not page.words.count("61.00")
    assert "weight__gte=62.5" in page.link("JSON")
    wrong = ada.see("weightentry/?weight__gte=1.062,5")
    assert (wrong.status, wrong.controls["weight__gte"][0]["value"]) == (400, "1.062,5")
    assert ada.http.get("/api/v2/weightentry/?weight__gte=62,5").status_code == 400, "a program's is as recorded"
    assert ada.see("workoutlog/?rir__in=1,2").status == 200, "a list is no number"
