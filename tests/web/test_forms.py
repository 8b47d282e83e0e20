"""Forms make, change and delete what the API makes, changes and deletes."""

from __future__ import annotations

import io
import re

import pytest

from tests.conftest import key_of
from tests.web.conftest import Page
from wger_flask.domain.exercises.models import Exercise, ExerciseImage, muscles
from wger_flask.domain.measurements.models import Measurement
from wger_flask.web.widgets import local_moment

# The smallest picture there is: one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8ffff3f0005fe02fea7359d9b0000000049454e44ae426082"
)


def test_a_row_is_made_changed_and_deleted(visitor, people):
    ada = visitor("ada")
    made = ada.send("weightentry/", date="2025-03-01T07:30", weight="81.5")
    assert made.status_code == 303
    row = Measurement.get()
    assert made.location == f"/api/v2/weightentry/#row-{row.id}"
    page = ada.see(made.location)
    assert "Weight entry was added." in page.words and f"row-{row.id}" in page.ids
    assert "Weight entry was added." not in ada.see(made.location).words

    url = f"/api/v2/weightentry/{row.id}/"
    changed = ada.send(url, "PATCH", date="2025-03-01T07:30", weight="80")
    assert (changed.status_code, changed.location) == (303, url)
    assert ada.see(url).words.count("80.00") >= 1

    gone = ada.send(url, "DELETE")
    assert (gone.status_code, gone.location) == (303, "/api/v2/weightentry/")
    assert Measurement.select().where(Measurement.id == row.id).count() == 0
    assert "was deleted" in ada.see(gone.location).words


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_moment_that_was_sent_twice_is_refused(visitor, method):
    page = Page(visitor("ada").send("routine/", method, name="Legs", start=["", ""], end="2025-02-01"))
    assert page.status in (400, 405)


def test_errors_stand_beside_their_fields_and_values_are_kept(visitor):
    ada = visitor("ada")
    page = Page(ada.send("weightentry/", date="2025-03-01T07:30", weight="7"))
    assert page.status == 400
    assert page.title.startswith("Error: ")
    assert "Weight must be between 20 and 350 kg" in page.words
    (weight,) = page.controls["weight"]
    assert (weight["value"], weight["aria-invalid"]) == ("7", "true")
    assert all(identity in page.ids for identity in weight["aria-describedby"].split())
    assert page.controls["date"][0]["value"] == "2025-03-01T07:30:00"
    assert Measurement.select().count() == 0


def test_a_form_from_another_site_is_refused(visitor):
    ada = visitor("ada")
    refused = ada.send("weightentry/", token="x" * 32, date="2025-03-01T07:30", weight="80")
    assert refused.status_code == 403
    assert "CSRF Failed" in refused.text


def test_forms_are_for_whoever_may(visitor):
    assert "new-category" in visitor("ada").see("exercise/").ids
    page = visitor("linus").see("exercise/")
    assert "new-category" not in page.ids
    guest = visitor().see("exercise/1/")
    assert "change-category" not in guest.ids
    assert "Log in to change" in [words for _, words in guest.links]


def test_read_only_resources_have_no_forms(visitor):
    page = visitor("ada").see("muscle/2/")
    assert "_method" not in page.controls


def test_the_form_is_filled_with_the_row(visitor):
    page = visitor("ada").see("exercise/1/")
    ticked = [control["value"] for control in page.controls["muscles"] if "checked" in control]
    row = Exercise.get_by_id(1)
    assert ticked == [str(link.muscle_id) for link in muscles.through.select().where(muscles.source == row.id)]
    assert f'<option value="{row.category_id}" selected' in page.text


def test_relations_can_be_emptied(visitor):
    ada = visitor("ada")
    category = Exercise.get_by_id(1).category_id
    ada.send("exercise/1/", "PATCH", category=category, muscles=["", "1", "2"], muscles_secondary="", equipment="")
    assert _muscles(1) == {1, 2}
    ada.send("exercise/1/", "PATCH", category=category, muscles="")
    assert _muscles(1) == set()


def _muscles(key: int) -> set[int]:
    return {row.muscle_id for row in muscles.through.select().where(muscles.source == key)}


def test_what_was_ticked_stays_ticked_when_a_form_is_refused(visitor):
    page = Page(visitor("ada").send("exercise/", category="", muscles=["", "2"]))
    assert page.status == 400
    assert [control["value"] for control in page.controls["muscles"] if "checked" in control] == ["2"]


def test_a_picture_is_uploaded(visitor):
    ada = visitor("ada")
    page = ada.see("exerciseimage/")
    assert page.controls["image"][0]["type"] == "file"
    assert 'enctype="multipart/form-data"' in page.text
    sent = ada.send("exerciseimage/", exercise="1", image=(io.BytesIO(PIXEL), "press.png"), is_main="true")
    assert sent.status_code == 303, sent.text
    row = ExerciseImage.get(ExerciseImage.exercise == 1)
    before = row.image
    changed = ada.send(sent.location, "PATCH", exercise="1", image=(io.BytesIO(b""), ""), license_title="Press")
    assert changed.status_code == 303, changed.text
    row = ExerciseImage.get_by_id(row.id)
    assert (row.image, row.license_title) == (before, "Press")


def test_a_missing_file_is_named(visitor):
    sent = visitor("ada").send("exerciseimage/", exercise="1", image=(io.BytesIO(b""), ""))
    assert sent.status_code == 400
    assert "No file was submitted." in sent.text


@pytest.mark.parametrize(("sent", "stored"), [(["true", "false"], True), (["false"], False)])
def test_a_box_that_is_not_ticked_says_no(visitor, sent, stored):
    ada = visitor("ada")
    made = ada.send("routine/", name="Legs", start="2025-01-01", end="2025-02-01", fit_in_week=sent)
    assert made.status_code == 303, made.text
    key = made.location.strip("/").rpartition("/")[2]
    client = ada.http.get(f"/api/v2/routine/{key}/")
    assert client.json["fit_in_week"] is stored


def test_many_rows_are_not_offered_but_looked_up(visitor):
    page = visitor("ada").see("exerciseimage/")
    (exercise,) = [control for control in page.controls["exercise"] if control["id"] == "new-exercise"]
    assert exercise["tag"] == "input"
    assert any(words == "look it up" for _, words in page.links)


def test_the_profile_is_changed_on_its_page(visitor):
    ada = visitor("ada")
    page = ada.see("userprofile/")
    assert "height" in page.controls
    sent = ada.send("userprofile/", "PATCH", height="180")
    assert (sent.status_code, sent.location) == (303, "/api/v2/userprofile/")
    assert ada.http.get("/api/v2/userprofile/").json["height"] == 180


def test_the_time_zone_is_chosen_from_a_list(visitor):
    grace = visitor("grace")
    page = grace.see("userprofile/")
    (control,) = page.controls["time_zone"]
    offered = re.search(rf'<datalist id="{control["list"]}">(.*?)</datalist>', page.text)[1]
    assert {"Europe/Berlin", "Asia/Kathmandu"} <= set(re.findall("<option>(.*?)</option>", offered))
    assert grace.send("userprofile/", "PATCH", time_zone="Asia/Kathmandu").status_code == 303
    assert "+05:45" in grace.http.get("/api/v2/userprofile/").json["date_joined"]
    wrong = grace.send("userprofile/", "PATCH", time_zone="Berlin")
    assert wrong.status_code == 400 and "is not a valid IANA timezone name" in wrong.text


def test_programs_that_ask_for_html_are_not_redirected(app):
    headers = {"Authorization": f"Token {key_of('ada')}", "Accept": "text/html"}
    client = app.test_client()
    made = client.post("/api/v2/weightentry/", json={"date": "2025-03-01", "weight": "80"}, headers=headers)
    assert made.status_code == 201
    key = Measurement.get().id
    gone = client.delete(f"/api/v2/weightentry/{key}/", headers=headers)
    assert (gone.status_code, gone.data) == (204, b"")


def test_a_moment_keeps_the_fraction_that_orders_it(app):
    with app.test_request_context():
        assert local_moment("2025-03-01T07:30:00+00:00").count(".") == 0
        assert local_moment("2025-03-01T07:30:15.123456+00:00").endswith(":15.123")
        assert local_moment("2025-03-01T07:30:15.000456+00:00").endswith(":15")
