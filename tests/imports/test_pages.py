"""The pages on which people import files of other apps."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from wger_flask.domain.nutrition.models import LogItem
from wger_flask.domain.routines.models import WorkoutLog
from wger_flask.imports import drafts, pages
from wger_flask.imports.models import DRAFT, ImportChoice, ImportRun
from wger_flask.rest.errors import Throttled
from wger_flask.storage import columns

from .reading import sample, zipped

PAGE = "/user/import"


class Visitor:
    """Somebody before the pages."""

    def __init__(self, app, name: str):
        self.client = app.test_client()
        self.post("/user/login", username=name, password=f"{name[::-1]}-pass")

    def token(self) -> str:
        text = self.client.get(PAGE, follow_redirects=True).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        assert found
        return found[1]

    def post(self, path: str, **form):
        return self.client.post(path, data={"csrfmiddlewaretoken": self.token(), **form})

    def upload(self, content: bytes, **form):
        return self.post(PAGE, file=(io.BytesIO(content), "file.csv"), **form)


@pytest.fixture
def grace(app):
    return Visitor(app, "grace")


def test_what_is_not_read_of_an_archive_is_told_and_what_is_wrong_with_its_file(grace):
    packed = zipped(
        {
            "a/weight.csv": sample("withings.csv"),
            "a/bp.csv": b"Date,Systolic,Diastolic\n2024-03-01,999,80\n",
            "a/sleep.csv": b"from,to\n",
        }
    )
    plan = grace.client.get(grace.upload(packed).location).text
    assert "Not read, of the files in the archive: a/sleep.csv." in plan
    assert "<li>bp.csv, line 2: systolic blood pressure is not between 50 and 250</li>" in plan


def test_a_file_is_looked_through_then_imported_then_taken_back(grace):
    sent = grace.upload(sample("hevy.csv").replace(b"Bench Press", b"Odd Thing"))
    assert sent.status_code == 303
    plan = grace.client.get(sent.location).text
    assert "Nothing is imported yet" in plan and WorkoutLog.select().count() == 0
    place = re.search(r'name="target-(\d+)" aria-label="What Odd Thing is here"', plan)[1]
    looked = grace.post(sent.location, action="look", **{f"search-{place}": "bench press"}).text
    assert '<option value="1">Bench Press</option>' in looked and WorkoutLog.select().count() == 0
    done = grace.post(sent.location, action="import", **{f"target-{place}": "1"})
    assert done.status_code == 303 and "sets were imported" in grace.client.get(done.location).text
    assert WorkoutLog.get(WorkoutLog.weight == 80).exercise_id == 1
    assert ImportChoice.get().target == "1"
    assert grace.client.get(sent.location).status_code == 404, "the draft is gone"
    run = ImportRun.get()
    undone = grace.post(f"{PAGE}/undo", run=run.id)
    assert "The import is taken back" in grace.client.get(undone.location).text
    assert WorkoutLog.select().count() == 0
    assert grace.post(f"{PAGE}/undo", run=run.id).status_code == 303


def test_what_was_imported_before_or_is_left_out_is_told_by_number(grace):
    grace.post(grace.upload(sample("strong.csv")).location, action="import")
    rows = "".join(f"2024-01-09 10:00:00,Odd,1h,{name},1,1,1,0,0,,,\n" for name in ("Odd Thing", "Plank"))
    sent = grace.upload(sample("strong.csv") + rows.encode())
    assert "1 sets are new; imported before: 3; left out for their names: 1." in grace.client.get(sent.location).text
    done = grace.post(sent.location, action="import")
    told = "1 sets were imported; imported before: 3; left out for their names: 1."
    assert told in grace.client.get(done.location).text


def test_foods_that_nothing_is_chosen_for_are_noted_as_what_they_contained(grace):
    sent = grace.upload(sample("cronometer.csv"))
    plan = grace.client.get(sent.location).text
    assert "What you choose nothing for is noted as protein, carbohydrates, fiber and fat." in plan
    place = re.search(r'name="target-(\d+)" aria-label="What Lentil stew is here"', plan)[1]
    done = grace.post(sent.location, action="import", **{f"target-{place}": "leave-out"})
    assert "3 entries of the food diary were imported" in grace.client.get(done.location).text
    assert {item.datetime.day for item in LogItem.select()} == {1, 2}
    for name in ("apple-health.xml", "withings.csv", "fatsecret.csv", "myfitnesspal.csv"):
        sent = grace.upload(sample(name))
        assert grace.post(sent.location, action="import").status_code == 303, name


def test_what_was_changed_since_is_asked_about(grace):
    grace.post(grace.upload(sample("fitnotes.csv")).location, action="import")
    WorkoutLog.update(weight=1).where(WorkoutLog.weight == 100).execute()
    run = ImportRun.get()
    asked = grace.post(f"{PAGE}/undo", run=run.id)
    assert asked.status_code == 409 and ": 1 changed since</li>" in asked.text
    grace.post(f"{PAGE}/undo", run=run.id, changed="keep")
    assert WorkoutLog.select().count() == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "this file is of no app that is known here"),
        (b"PK\x03\x04", "this file is of no app"),
        (sample("hevy.csv").replace(b"28 Mar", b"28 Foo"), "line 5, column start_time"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_kept(grace, content, told):
    sent = grace.upload(content)
    assert sent.status_code == 400 and told in sent.text
    assert not ImportRun.select().count()


def test_a_form_without_a_file_or_with_nonsense_is_refused(grace):
    assert "Choose a file." in grace.post(PAGE).text
    assert "there is no format nothing" in grace.upload(sample("hevy.csv"), format="nothing").text
    assert grace.upload(sample("hevy.csv"), weight_unit="st", day_first="x").status_code == 303


def test_choices_that_mean_nothing_change_nothing(grace):
    location = grace.upload(sample("hevy.csv")).location
    wrong = {f"target-{place}": text for place, text in enumerate(("999999", "x", "\0", "9" * 41, "-1", "٣"))}
    assert grace.post(location, action="import", **wrong).status_code == 303
    assert not ImportChoice.select().count()


def test_a_draft_is_its_owners(app, grace):
    location = grace.upload(sample("hevy.csv")).location
    linus = Visitor(app, "linus")
    assert linus.client.get(location).status_code == 404
    assert linus.post(location, action="import").status_code == 404
    assert app.test_client().get(location).status_code == 303
    assert grace.client.get(f"{PAGE}/{'9' * 30}").status_code == 404


def test_everybody_has_one_draft_and_old_ones_are_dropped(app, grace):
    grace.upload(sample("hevy.csv"))
    grace.upload(sample("strong.csv"))
    assert [run.format for run in ImportRun.select()] == ["strong"]
    assert drafts.drop_old() == 0
    ImportRun.update(created=columns.now() - timedelta(days=3)).where(ImportRun.state == DRAFT).execute()
    assert drafts.drop_old() == 1


def test_a_page_takes_no_more_than_it_may(grace, monkeypatch):
    monkeypatch.setattr(pages, "MOST_RECORDS", 3)
    assert "the file holds more than 3 records" in grace.upload(sample("hevy.csv")).text


def test_names_beyond_measure_are_not_all_shown(grace, monkeypatch):
    monkeypatch.setattr(pages, "_NAMES", 2)
    text = grace.client.get(grace.upload(sample("hevy.csv")).location).text
    assert "And 2 more names" in text


def test_files_are_not_sent_without_end(app, grace, monkeypatch):
    def refuse(scope, who):
        raise Throttled(30)

    monkeypatch.setattr(app.extensions["wger_flask"].throttle, "demand", refuse)
    refused = grace.upload(sample("hevy.csv"))
    assert refused.status_code == 429 and "Retry-After" in refused.headers
    assert "Where apps keep their files" in refused.text and not ImportRun.select().count()
