"""What a rule waits for is ticked in its form, and is the same JSON on the wire as ever."""

from __future__ import annotations

import pytest

from tests.web.conftest import Page
from tests.web.test_routine_views import plan
from wger_flask.domain.routines.models import SlotEntry, WeightConfig


@pytest.fixture
def entry(person) -> int:
    """An exercise of ada's with rules."""
    plan(person("ada"), days=("Push",), exercises=(1,))
    return SlotEntry.get().id


def ticked(page: Page) -> list[str]:
    """Return which boxes are ticked."""
    return [found["value"] for found in page.controls["requirements"] if "checked" in found]


def test_what_a_rule_waits_for_is_ticked(visitor, person, entry):
    ada = visitor("ada")
    page = ada.see(f"weight-config/?slot_entry={entry}&iteration=3&value=5&_next=/&_ask=value,requirements")
    boxes = [found["value"] for found in page.controls["requirements"] if found.get("type") == "checkbox"]
    assert boxes == ["weight", "repetitions", "rir", "rest"] and not ticked(page)
    assert "{" not in page.words.partition("For programs")[0], "nobody has to read JSON"
    made = ada.send("weight-config/", **page.held() | {"operation": "+", "requirements": ["", "repetitions", "rir"]})
    assert made.status_code == 303, made.text
    row = WeightConfig.get(WeightConfig.iteration == 3)
    assert person("ada").get(f"weight-config/{row.id}/")["requirements"] == {"rules": ["repetitions", "rir"]}
    form = ada.see(f"weight-config/{row.id}/?_next=/")
    assert ticked(form) == ["repetitions", "rir"]
    ada.send(f"weight-config/{row.id}/", "PATCH", **{**form.held(), "_method": "PATCH", "requirements": ["", "rest"]})
    assert person("ada").get(f"weight-config/{row.id}/")["requirements"] == {"rules": ["rest"]}
    ada.send(f"weight-config/{row.id}/", "PATCH", value="5")
    stored = person("ada").get(f"weight-config/{row.id}/")["requirements"]
    assert stored == {"rules": ["rest"]}, "what is not sent stays"
    ada.send(f"weight-config/{row.id}/", "PATCH", requirements="")
    assert person("ada").get(f"weight-config/{row.id}/")["requirements"] is None


def test_ticks_stay_when_a_form_is_refused(visitor, entry):
    ada = visitor("ada")
    sent = {"slot_entry": str(entry), "iteration": "3", "requirements": ["", "rest", "weight"]}
    refused = Page(ada.send("weight-config/", **sent))
    assert refused.status == 400 and ticked(refused) == ["weight", "rest"]


def test_what_is_no_choice_is_shown_to_be_taken_away(visitor, entry):
    ada = visitor("ada")
    row = WeightConfig.get(WeightConfig.iteration == 2)
    WeightConfig.update(requirements={"rules": ["weight", "tempo", 7]}).where(WeightConfig.id == row.id).execute()
    form = ada.see(f"weight-config/{row.id}/?_next=/")
    assert ticked(form) == ["weight", "tempo"]
    refused = Page(ada.send(f"weight-config/{row.id}/", "PATCH", requirements=["", "weight", "tempo"]))
    assert refused.status == 400 and "Invalid rule: tempo" in refused.words
    assert ada.send(f"weight-config/{row.id}/", "PATCH", requirements=["", "weight"]).status_code == 303


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ('{"rules": ["weight", "rest"]}', {"rules": ["weight", "rest"]}),
        ('{"rules": []}', {"rules": []}),
        ("rir", {"rules": ["rir"]}),
        ("", None),
    ],
)
def test_programs_that_send_forms_send_json_as_before(app, person, entry, sent, stored):
    client = person("ada")
    body = {"slot_entry": entry, "iteration": 9, "value": 1, "requirements": sent}
    answer = client.http.post("/api/v2/weight-config/", data=body, headers=client.headers)
    assert answer.status_code == 201, answer.text
    assert answer.json["requirements"] == stored


@pytest.mark.parametrize("sent", ["{", "[1", "null", '["weight"]', '{"rules": ["x"]}', "7"])
def test_other_json_is_refused_as_before(app, person, entry, sent):
    client = person("ada")
    body = {"slot_entry": entry, "iteration": 9, "value": 1, "requirements": sent}
    answer = client.http.post("/api/v2/weight-config/", data=body, headers=client.headers)
    assert answer.status_code == 400 and set(answer.json) == {"requirements"}
