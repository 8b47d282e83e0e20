"""Links that lead to a form: filled from the query, leading back, and to a list to choose from."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.web.conftest import Page
from wger_flask.domain.measurements.models import Measurement
from wger_flask.domain.nutrition.models import LogItem
from wger_flask.domain.routines.models import Day, Routine, Slot, SlotEntry
from wger_flask.testing.rows import make
from wger_flask.web.form_state import MOST, packed, unpacked

BACK = "/api/v2/routine/?name=x#day-1"


def value_of(page: Page, name: str) -> str:
    """Return what the control of a form (not of a filter) holds."""
    (control,) = [found for found in page.controls[name] if not found["id"].startswith("filter-")]
    return control.get("value", "")


def selected(page: Page, name: str) -> list[str]:
    """Return the chosen options of the drop-downs called ``name``."""
    options = page.text.split(f'name="{name}"')[1].split("</select>")[0].split('value="')[1:]
    return [option.split('"')[0] for option in options if " selected" in option.split(">")[0]]


@pytest.fixture
def day(people):
    """A day of ada's."""
    return make(Day, people["ada"], ("routine", "user"), name="Push")


# -- filled from the query ---------------------------------------------------------------------------
def test_a_form_is_filled_from_the_query(visitor, day):
    page = visitor("ada").see(f"slot/?day={day.id}&order=7&comment=slow&_next={BACK}")
    assert selected(page, "day") == [str(day.id)]
    assert value_of(page, "order") == "7"
    assert value_of(page, "comment") == "slow"


def test_the_form_below_a_filtered_list_is_filled_too(visitor):
    assert value_of(visitor("ada").see("weightentry/?weight=80"), "weight") == "80"


def test_ticks_are_filled_from_the_query(visitor):
    page = visitor("ada").see("exercise/?muscles=2&muscles=4&_next=/")
    ticked = {found["value"] for found in page.controls["muscles"] if "checked" in found}
    assert ticked == {"2", "4"}


def test_what_the_query_says_is_escaped(visitor):
    text = visitor("ada").see('slot/?comment="><script>alert(1)</script>&_next=/"><script>alert(2)</script>').text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


# -- leading back ---------------------------------------------------------------------------------------
def test_a_form_leads_back_to_where_it_was_opened(visitor, day):
    ada = visitor("ada")
    page = ada.see(f"slot/?{urlencode({'day': day.id, '_next': BACK})}")
    assert page.controls["_next"][0]["value"] == BACK
    assert page.link("Cancel") == BACK
    assert "As a table" not in page.words and "<table" not in page.text, "the form is all there is"
    made = ada.send("slot/", day=str(day.id), _next=BACK)
    assert (made.status_code, made.location) == (303, BACK)
    slot = Slot.get(Slot.day == day.id)
    form = ada.see(f"slot/{slot.id}/?{urlencode({'_next': BACK})}")
    assert {found["value"] for found in form.controls["_next"]} == {BACK}
    assert {found["value"] for found in form.controls["_method"]} == {"PATCH"}
    removal = ada.see(form.link("Delete…"))
    assert [found["value"] for found in removal.controls["_method"]] == ["DELETE"]
    assert [found["value"] for found in removal.controls["_next"]] == [BACK]
    assert removal.link("Cancel") == BACK
    assert ada.send(f"slot/{slot.id}/", "PATCH", comment="x", _next=BACK).location == BACK
    assert ada.send(f"slot/{slot.id}/", "DELETE", _next=BACK).location == BACK


def test_a_refused_form_still_knows_its_way_back(visitor):
    page = Page(visitor("ada").send("weightentry/", date="2025-03-01T07:30", weight="7", _next=BACK))
    assert page.status == 400
    assert page.controls["_next"][0]["value"] == BACK
    assert page.link("Cancel") == BACK


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"])
def test_nobody_is_led_elsewhere(visitor, elsewhere):
    ada = visitor("ada")
    page = ada.see(f"weightentry/?{urlencode({'_next': elsewhere})}")
    assert "_next" not in page.controls
    assert elsewhere not in [url for url, _ in page.links]
    made = ada.send("weightentry/", date="2025-03-01T07:30", weight="80", _next=elsewhere)
    assert made.location == f"/api/v2/weightentry/#row-{Measurement.get().id}"


def test_who_may_not_add_sees_the_list(visitor):
    page = visitor("linus").see("exercise/?_next=/")
    assert page.status == 200 and "<table" in page.text
    assert visitor("grace").see("muscle/2/?_next=/").status == 200


# -- choosing -------------------------------------------------------------------------------------------
def test_a_row_is_chosen_from_its_list(visitor, people, day):
    slot = make(Slot, people["ada"], day=day)
    ada = visitor("ada")
    form = ada.see(f"slot-entry/?{urlencode({'slot': slot.id, '_next': BACK})}")
    listed = ada.choose(form, "Choose… Exercise")
    assert "Choose one for “Exercise”" in listed.words
    args = {name: values[0] for name, values in parse_qs(urlsplit(listed.response.request.url).query).items()}
    searched = ada.see(f"exerciseinfo/?{urlencode({**args, 'name__search': 'overhead press'})}")
    url = next(url for url, words in searched.links if words == "Choose Overhead Press")
    filled = ada.see(url)
    assert value_of(filled, "exercise") == "22"
    assert "Overhead Press" in filled.words
    assert selected(filled, "slot") == [str(slot.id)]
    assert filled.controls["_next"][0]["value"] == BACK
    again = ada.choose(filled, "Choose another… Exercise")
    url = next(url for url, words in again.links if words == "Choose Bench Press")
    assert value_of(ada.see(url), "exercise") == "1"


def test_a_row_is_chosen_for_a_form_that_changes(visitor, people, day):
    entry = make(SlotEntry, people["ada"], slot=make(Slot, people["ada"], day=day), exercise=1)
    page = visitor("ada").see(f"slot-entry/{entry.id}/?_chosen=exercise:9&_next=/")
    assert value_of(page, "exercise") == "9"
    assert "Dumbbell Pullover" in page.words


def test_what_was_typed_is_there_again_after_choosing(visitor, people, day):
    """The words, what was ticked and unticked, what was emptied, and where the form leads back to."""
    ada = visitor("ada")
    asked = {"_ask": "exercise,sets,weight,when_reached", "_chosen": "exercise:1", "_next": BACK, "sets": "3"}
    form = ada.see(f"day/{day.id}/add-exercise/?{urlencode(asked)}")
    typed = {"sets": "", "weight": "62.5", "when_reached": ["true", "false"], "comment": 'slow "&+%é', "type": "myo"}
    listed = ada.choose(form, "Choose another… Exercise", **typed)
    args = {name: values[0] for name, values in parse_qs(urlsplit(listed.response.request.url).query).items()}
    searched = ada.see(f"exerciseinfo/?{urlencode({**args, 'name__search': 'overhead press'})}")
    back = ada.see(next(url for url, words in searched.links if words == "Choose Overhead Press"))
    assert {name: back.held()[name] for name in ("exercise", "_next", "_ask", "_tell", *typed)} == {
        "exercise": ["22"],
        "_next": [BACK],
        "_ask": [asked["_ask"]],
        "_tell": [""],
        **{name: value if isinstance(value, list) else [value] for name, value in typed.items()},
    }
    without = ada.see(listed.link("Go back without"))
    assert (without.held()["exercise"], without.held()["weight"]) == (["1"], ["62.5"])
    assert SlotEntry.select().count() == 0
    token = ada.http.get_cookie("csrftoken").value
    assert token not in listed.response.request.url and token not in back.response.request.url


def test_choosing_for_a_row_that_exists_keeps_what_was_typed_over_it(visitor, people, day):
    entry = make(SlotEntry, people["ada"], slot=make(Slot, people["ada"], day=day), exercise=1, comment="fast")
    ada = visitor("ada")
    form = ada.see(f"slot-entry/{entry.id}/?_next=/&_ask=exercise,comment")
    listed = ada.choose(form, "Choose another… Exercise", comment="", type="dropset")
    back = ada.see(next(url for url, words in listed.links if words == "Choose Bench Press"))
    assert (back.held()["comment"], back.held()["type"], back.held()["exercise"]) == ([""], ["dropset"], ["1"])
    assert SlotEntry.get_by_id(entry.id).comment == "fast", "nothing is written on the way"


def test_a_form_below_a_list_is_open_again_after_choosing(visitor):
    ada = visitor("ada")
    listed = ada.choose(ada.see("exercisecomment/?limit=20"), "Choose… Translation", comment="Mind the back")
    back = ada.see(next(url for url, words in listed.links if words.startswith("Choose ")))
    assert "limit=20" in back.response.request.url and value_of(back, "comment") == "Mind the back"
    assert '<details class="box" open>\n  <summary>Add' in back.text


def test_a_refused_form_goes_on_choosing_with_what_was_typed(visitor, people, day):
    ada = visitor("ada")
    refused = Page(ada.send(f"day/{day.id}/add-exercise/", exercise="1", sets="99", comment="x", _next=BACK))
    assert refused.status == 400
    listed = ada.choose(refused, "Choose another… Exercise")
    back = ada.see(next(url for url, words in listed.links if words == "Choose Deadlift"))
    assert (back.held()["sets"], back.held()["comment"], back.held()["_next"]) == (["99"], ["x"], [BACK])


def test_an_address_holds_what_it_can(app):
    endless = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyzäöü", k=9000))
    assert unpacked(packed({"a": "1", "b": ["", "2"], "c": ""})) == {"a": "1", "b": ["", "2"], "c": ""}
    text = packed({"short": "1", "long": endless, "words": "so many words " * 500})
    assert len(text) <= MOST and set(unpacked(text)) == {"short", "words"}


UNREADABLE = ("", "x", "%", "é", "====", "eJw", "A" * 5000, packed({"exercise": ["1"]}), packed({"exercise": {}}))


@pytest.mark.parametrize("odd", UNREADABLE)
def test_what_comes_back_in_an_address_may_be_anything(visitor, odd):
    page = visitor("ada").see(f"slot-entry/?{urlencode({'_typed': odd, '_next': '/'})}")
    assert page.status == 200 and page.held()["exercise"] == [""]


def test_the_list_to_choose_from_is_of_this_server(visitor):
    ada = visitor("ada")
    for elsewhere in ("//evil.example/", "/\\evil.example/", "https:evil.example", "https://evil.example/"):
        answer = ada.send(f"slot-entry/?{urlencode({'_list': elsewhere, '_field': 'exercise'})}", "GET")
        assert answer.status_code == 200 and "Location" not in answer.headers, elsewhere
    assert ada.send("slot-entry/?_list=/&_field=x", "GET", token="x" * 32).status_code == 403


def test_a_list_keeps_in_mind_what_it_is_shown_for(visitor):
    page = visitor("ada").see("ingredient/?limit=20&_for=/api/v2/mealitem/&_field=ingredient")
    assert "_for=%2Fapi%2Fv2%2Fmealitem%2F" in page.link("Next →")
    assert page.controls["_field"][0]["value"] == "ingredient"
    assert not any(words.startswith("Choose") for _, words in visitor().see("ingredient/?_for=//evil&_field=x").links)


ODD = tuple(
    (
        "_chosen= _chosen=: _chosen=exercise _chosen=nothing:1 _chosen=config:{ _chosen=exercise:%00 "
        "_for=/%5B&_field=x _for=/x&_field= _next=%0A"
    ).split()
)


@pytest.mark.parametrize("odd", ODD)
def test_odd_choices_do_no_harm(visitor, odd):
    assert visitor("ada").see(f"slot-entry/?{odd}").status == 200
    assert visitor("ada").see(f"exerciseinfo/?{odd}").status == 200


# -- names ----------------------------------------------------------------------------------------------
def test_rows_without_a_name_are_called_by_what_they_are(visitor, people, day):
    ada, owner = visitor("ada"), people["ada"]
    slot = make(Slot, owner, day=day, order=2)
    entry = make(SlotEntry, owner, slot=slot, exercise=1)
    assert ada.see(f"slot/{slot.id}/").title.startswith("Push, 2: Bench Press")
    assert ada.see(f"slot-entry/{entry.id}/").title.startswith("Bench Press")
    nameless = make(Day, owner, routine=make(Routine, owner), name="", order=3)
    assert ada.see(f"day/{nameless.id}/").title.startswith("Day 3")
    made = make(LogItem, owner, ("plan", "user"), ingredient=1, amount=80, datetime=datetime(2025, 1, 1, tzinfo=UTC))
    assert ada.see(f"nutritiondiary/{made.id}/").title.startswith("Rolled oats, 80 g")
