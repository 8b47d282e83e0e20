"""Taking out everything: what is in the zip, whose it is, and that memory does not grow with it."""

from __future__ import annotations

import csv
import io
import zipfile

from tests.takeout.conftest import document, token, unpacked
from wger_flask.domain.gallery.models import Image
from wger_flask.domain.routines.models import Routine, WorkoutLog
from wger_flask.storage.columns import Json
from wger_flask.storage.model import columns_of, json_references
from wger_flask.storage.query import Selection
from wger_flask.takeout.archive import Archive
from wger_flask.testing.rows import make


def table(archive: zipfile.ZipFile, name: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(archive.read(f"tables/{name}.csv").decode(), newline="")))


def test_all_that_belongs_to_a_user_follows_from_the_declarations(registry):
    names = [owned.name for owned in registry.owned]
    writable = {one.name for one in registry if one.owner and "POST" in one.methods and not one.only and not one.secret}
    assert writable - set(names) <= {"workout"} and "water" in names  # the old name of routines; a plugin's table
    assert {"userprofile", "label", "user-trophy", "gallery"} <= set(names) and "webhook" not in names
    place = {owned.model: number for number, owned in enumerate(registry.owned)}
    for owned in registry.owned:
        for target in owned.references.values():
            assert target not in place or place[target] <= place[owned.model], owned.name
    assert not {owned.name for owned in registry.owned if not owned.returns} - {"user-statistics"}


def test_every_table_of_a_user_can_be_taken_out(registry):
    """A table whose rows go with their user belongs to the user: either a declaration says so, or it is listed here."""
    from wger_flask.auth.models import User
    from wger_flask.storage.model import references_to, table_of

    known = {owned.model for owned in registry.owned}
    ours, waiting = set(), [User]
    while waiting:
        for reference, owner in references_to(waiting.pop()).items():
            if owner not in ours and getattr(reference, "cascade", "delete") == "delete" and owner in registry.models:
                ours.add(owner)
                waiting.append(owner)
    left_out = {
        "authtoken_token",
        "account_emailaddress",
        "mfa_authenticator",
        "core_usercache",
        "wger_flask_webhook",
        "wger_flask_webhook_delivery",
    }
    shown = {resource.model for resource in registry}
    notes = {model for model in ours - shown if table_of(model).startswith("wger_flask_")}  # the server's own
    assert {table_of(model) for model in ours - known - notes} <= left_out


def test_the_zip_has_a_document_tables_and_pictures_of_ones_own(everything, api, registry, people):
    response = api("grace").get("export/")
    assert response.mimetype == "application/zip" and "no-store" in response.headers["Cache-Control"]
    assert "attachment; filename=wger-grace-" in response.headers["Content-Disposition"]
    archive = unpacked(response)
    assert archive.testzip() is None
    told = document(archive)
    assert told["format"] == "wger_flask take-out" and told["account"]["username"] == "grace"
    assert list(told["tables"]) == [owned.name for owned in registry.owned] and all(told["tables"].values())
    for owned in registry.owned:
        own = owned.owner.clause(owned.model, everything.id)
        keys = {str(key) for key in Selection(owned.model, (own,)).keys()}
        name = owned.model._meta.primary_key.name
        assert {str(row[name]) for row in told["tables"][owned.name]} == keys, owned.name
        assert {row[name] for row in table(archive, owned.name)} == keys, owned.name
    assert "password" not in archive.read("data.json").decode() and "grace@example.org" in told["account"]["email"]
    shown = {row["image"] for row in told["tables"]["gallery"] if row["description"] == "=me"}
    assert shown <= set(archive.namelist()) and archive.read(shown.pop()).startswith(b"\x89PNG")


def test_rows_that_are_referred_to_are_named(everything, api):
    archive = unpacked(api("grace").get("export/"))
    told = document(archive)
    log = next(row for row in told["tables"]["workoutlog"] if row["weight"] == "82.50")
    exercise = next(one for one in told["catalogue"]["exercises.exercise"] if one["key"] == log["exercise"])
    assert exercise["uuid"] and exercise["name"]
    shown = next(row for row in table(archive, "workoutlog") if row["weight"] == "82.50")
    assert shown["exercise"] == str(log["exercise"]) and shown["exercise_name"] == exercise["name"]
    assert shown["weight_unit_name"] == "kg" and shown["repetitions"] == "5.00"
    assert {row["notes"] for row in table(archive, "workoutsession")} >= {"'=1+1"}
    assert "=1+1" in {row["notes"] for row in told["tables"]["workoutsession"]}


def test_what_is_called_with_names_outside_is_in_the_catalogue_too(everything, api):
    told = document(unpacked(api("grace").get("export/")))
    for food in told["catalogue"]["nutrition.ingredient"]:
        assert food["language"] in {one["key"] for one in told["catalogue"]["core.language"]}


def test_only_users_take_out_and_only_by_get(api):
    assert api().get("export/").status_code in (401, 403)
    assert api("grace").post("export/", {}).status_code == 405
    assert "export" not in api().get("").json
    assert api("grace").get("export/", headers={"Accept": "application/zip"}).status_code == 200
    refused = api().get("export/", headers={"Accept": "application/zip"})
    assert refused.status_code in (401, 403) and refused.mimetype == "application/json"
    told = api().get("schema?format=json").json["paths"]["/api/v2/export/"]["get"]["responses"]["200"]["content"]
    assert list(told) == ["application/zip"]


def test_a_name_of_a_file_that_is_gone_hinders_nothing(everything, api, media):
    Image.update(image="gallery/../../etc/passwd").where(Image.description != "=me").execute()
    media.delete(Image.get(Image.description == "=me").image)
    archive = unpacked(api("grace").get("export/"))
    assert archive.testzip() is None and not [name for name in archive.namelist() if name.startswith("pictures/")]


def test_the_page_offers_the_download(everything, api, app):
    client = app.test_client()
    assert client.get("/user/data").status_code == 303
    client.post("/user/login", data={"username": "grace", "password": "ecarg-pass", **token(client, "/user/login")})
    page = client.get("/user/data")
    assert page.status_code == 200 and "Download everything" in page.text and "workoutlog: " in page.text
    assert "/user/data" in client.get("/user/").text
    response = client.post("/user/data", data={"action": "export", **token(client, "/user/data")})
    assert document(unpacked(response))["account"]["username"] == "grace"


def test_rows_are_read_some_at_a_time(app, people, registry, media, monkeypatch):
    """As many rows as there may be: no more than some hundreds are there at once."""
    grace = people["grace"]
    make(Routine, grace, ("user",))
    exercise = make(WorkoutLog, grace, ("user",)).exercise_id
    WorkoutLog.insert_many([{"user": grace.id, "exercise": exercise} for _ in range(3000)]).execute()
    seen = []
    whole = Selection.stream

    def stream(self, columns, at_once=1000):
        for rows in whole(self, columns, at_once):
            seen.append(len(rows))
            yield rows

    monkeypatch.setattr(Selection, "stream", stream)
    with app.app_context():
        sizes = [len(piece) for piece in Archive(grace, registry, media, "http://localhost")]
    assert max(seen) == 1000 and seen.count(1000) >= 6 and max(sizes) < 1_000_000 and len(sizes) > 1


def test_json_that_holds_keys_says_so():
    """What a column of JSON refers to is mapped to another server's keys: a new one with keys in it must say so."""
    from wger_flask.domain.measurements.models import Category
    from wger_flask.domain.trophies.models import UserTrophy

    assert json_references(columns_of(Category)["dynamic_params"])["category_id"] is Category
    assert set(json_references(columns_of(UserTrophy)["context_data"])) >= {"log_id", "exercise_id"}
    assert isinstance(columns_of(UserTrophy)["context_data"], Json)
