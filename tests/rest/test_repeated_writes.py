"""Writes with an Idempotency-Key: done once, answered again; other requests, other people, files, secrets, time."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from wger_flask.auth import first_answers
from wger_flask.auth.first_answers import FirstAnswer
from wger_flask.domain.gallery.models import Image as Photo
from wger_flask.domain.measurements.models import Measurement
from wger_flask.domain.nutrition.models import NutritionPlan
from wger_flask.rest import repeated_writes
from wger_flask.storage.columns import now

WEIGHT = {"date": "2024-01-01T10:00:00Z", "weight": 70}
KEY = {"Idempotency-Key": "b7e1-once"}


def test_a_write_that_is_sent_again_gets_its_first_answer(api):
    client = api("grace")
    first, again = (client.post("weightentry/", WEIGHT, headers=KEY) for _ in range(2))
    assert (again.status_code, again.data) == (first.status_code, first.data) == (201, first.data)
    assert "Idempotency-Replayed" not in first.headers and again.headers["Idempotency-Replayed"] == "true"
    assert Measurement.select().count() == 1
    assert client.post("weightentry/", WEIGHT, headers={"Idempotency-Key": "other"}).status_code == 201
    assert client.post("weightentry/", WEIGHT).status_code == 201
    assert Measurement.select().count() == 3


def test_every_method_can_be_sent_again(api):
    client = api("grace")
    made = client.post("weightentry/", [WEIGHT, WEIGHT], headers=KEY)
    assert client.post("weightentry/", [WEIGHT, WEIGHT], headers=KEY).json == made.json
    row = f"weightentry/{made.json[0]['id']}/"
    tag = client.get(row).headers["ETag"]
    once = {"Idempotency-Key": "patch", "If-Match": tag}
    assert [client.patch(row, {"weight": 71}, headers=once).status_code for _ in range(2)] == [200, 200]
    assert client.patch(row, {"weight": 72}, headers={"If-Match": tag}).status_code == 412
    gone = [client.delete(row, headers={"Idempotency-Key": "delete"}) for _ in range(2)]
    assert [(answer.status_code, answer.data) for answer in gone] == [(204, b"")] * 2
    assert client.delete(row).status_code == 404


def test_a_key_holds_for_one_request_of_one_user(api):
    client = api("grace")
    assert client.post("weightentry/", WEIGHT, headers=KEY).status_code == 201
    for answer in (
        client.post("weightentry/", {**WEIGHT, "weight": 71}, headers=KEY),
        client.post("weightentry/?fields=id", WEIGHT, headers=KEY),
        client.post("nutritionplan/", WEIGHT, headers=KEY),
    ):
        told = {"detail": "This Idempotency-Key was sent with another request."}
        assert (answer.status_code, answer.json) == (422, told)
    assert NutritionPlan.select().count() == 0
    assert api("linus").post("weightentry/", WEIGHT, headers=KEY).status_code == 201
    assert Measurement.select().count() == 2


def test_what_was_refused_is_tried_again(api):
    client = api("grace")
    wrong = {**WEIGHT, "weight": "much"}
    assert [client.post("weightentry/", wrong, headers=KEY).status_code for _ in range(2)] == [400, 400]
    assert not FirstAnswer.select().exists()
    assert client.post("weightentry/", WEIGHT, headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\u00e4"])
def test_what_is_no_key_is_refused(api, key):
    answer = api("grace").post("weightentry/", WEIGHT, headers={"Idempotency-Key": key})
    assert (answer.status_code, list(answer.json)) == (400, ["Idempotency-Key"])
    assert not Measurement.select().exists()


def test_what_is_no_key_is_refused_wherever_the_document_has_one(api):
    """In every format, before anything is done: what the document does not allow is never taken for nothing."""
    client, asked, taken = api("ada"), 0, []
    for path, item in client.get("schema?format=json").json["paths"].items():
        for method, told in item.items():
            ways = told.get("parameters", ()) if isinstance(told, dict) else ()
            if not any(str(one.get("$ref", "")).endswith("/IdempotencyKey") for one in ways):
                continue
            for shown in ("json", "api"):
                answer = client.open(
                    method.upper(),
                    f"{path.replace('{id}', '1')}?format={shown}",
                    {},
                    headers={"Idempotency-Key": "a b"},
                )
                asked += 1
                if not 400 <= answer.status_code < 500:
                    taken.append((method, path, shown, answer.status_code))
    assert not taken and asked > 100


def test_after_a_day_a_key_is_free_and_its_answer_goes(api):
    client = api("grace")
    assert client.post("weightentry/", WEIGHT, headers=KEY).status_code == 201
    assert first_answers.drop_old() == 0
    FirstAnswer.update(made=now() - timedelta(days=1, seconds=1)).execute()
    assert client.post("weightentry/", {**WEIGHT, "weight": 80}, headers=KEY).status_code == 201
    FirstAnswer.update(made=now() - timedelta(days=1, seconds=1)).execute()
    assert first_answers.drop_old() == 1
    assert Measurement.select().count() == 2


def test_who_is_not_logged_in_and_what_is_secret_has_no_key(api):
    for _ in range(2):
        assert api(None).post("check-language/", {"input": "x", "language": "en"}, headers=KEY).status_code != 422
        assert api(None).post("token", {"username": "grace", "password": "ecarg-pass"}, headers=KEY).status_code == 200
    assert api("grace").post("webhook/", {"url": "https://example.org/"}, headers=KEY).status_code in (201, 400)
    assert not FirstAnswer.select().exists()


def test_an_answer_that_is_too_large_to_keep_is_not_made_twice(api, monkeypatch):
    monkeypatch.setattr(repeated_writes, "_MOST_BYTES", 10)
    client = api("grace")
    assert [client.post("weightentry/", WEIGHT, headers=KEY).status_code for _ in range(2)] == [201, 409]
    assert Measurement.select().count() == 1


def test_a_form_with_a_file_is_known_again(api):
    def sent(colour: str):
        picture = BytesIO()
        Image.new("RGB", (8, 8), colour).save(picture, "PNG")
        picture.seek(0)
        return {"date": "2024-01-01", "image": (picture, "me.png")}

    client = api("grace")
    answers = [client.post("gallery/", data=sent(colour), headers=KEY) for colour in ("red", "red", "blue")]
    assert [answer.status_code for answer in answers] == [201, 201, 422], answers[0].data
    assert answers[0].json == answers[1].json
    assert Photo.select().count() == 1
