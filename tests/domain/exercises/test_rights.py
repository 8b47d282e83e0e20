"""Who may contribute to the catalogue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from wger_flask.auth.models import ContentType, EmailAddress, Permission, User, user_permissions
from wger_flask.domain.exercises.models import Alias, Exercise, Translation
from wger_flask.rest.throttling import Rate, Throttle
from wger_flask.storage import columns
from wger_flask.storage.counters import FileCounters
from wger_flask.storage.database import transaction

REFUSED = {"detail": "You do not have permission to perform this action."}
ANONYMOUS = {"detail": "Authentication credentials were not provided."}
OPEN = ("exercise", "exercise-translation", "exercisealias", "exercisecomment", "exerciseimage", "video")


def allow(user: User, codename: str) -> None:
    with transaction():
        kind, _ = ContentType.get_or_create(app_label="exercises", model="exercise")
        permission, _ = Permission.get_or_create(content_type=kind, codename=codename, defaults={"name": codename})
        user_permissions.through.create(user=user, permission=permission)


def become_trustworthy(user: User) -> None:
    with transaction():
        user.date_joined = columns.now() - timedelta(days=22)
        user.save()
        EmailAddress.delete().where(EmailAddress.user == user).execute()
        EmailAddress.create(user=user, email=user.email, verified=True, primary=True)


@pytest.mark.parametrize("name", OPEN)
def test_everybody_reads(api, name):
    assert api().get(f"{name}/").status_code == 200


@pytest.mark.parametrize("name", (*OPEN, "exercise-submission"))
def test_newcomers_do_not_write(api, name):
    assert (api().post(f"{name}/", {}).status_code, api().post(f"{name}/", {}).json) == (403, ANONYMOUS)
    assert (api("grace").post(f"{name}/", {}).status_code, api("grace").post(f"{name}/", {}).json) == (403, REFUSED)


@pytest.mark.parametrize("name", OPEN)
def test_newcomers_do_not_delete_what_may_not_even_exist(api, name):
    assert api("grace").delete(f"{name}/1/").json == REFUSED


def test_trusted_people_write_and_do_not_delete(api, people):
    become_trustworthy(people["grace"])
    answer = api("grace").post("exercisealias/", {"translation": 1, "alias": "Board Press"})
    assert answer.status_code == 201
    assert api("grace").delete(f"exercisealias/{answer.json['id']}/").json == REFUSED
    assert Alias.get_by_id(answer.json["id"]).alias == "Board Press"


def test_a_permission_is_enough_to_write(api, people):
    allow(people["grace"], "add_exercise")
    assert api("grace").patch("exercise/1/", {"license_author": "grace"}).status_code == 200
    assert Exercise.get_by_id(1).license_author == "grace"


def test_another_permission_is_needed_to_delete(api, people):
    allow(people["grace"], "delete_exercise")
    assert api("grace").post("exercisealias/", {}).json == REFUSED
    assert api("grace").delete("exercise-translation/1/").status_code == 204
    assert Translation.get_or_none(Translation.id == 1) is None


@pytest.mark.parametrize("name", ["exerciseinfo", "equipment", "muscle", "exercisecategory", "deletion-log"])
def test_the_rest_is_read_only(api, name):
    answer = api("ada").post(f"{name}/", {"name": "x"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.fixture
def limited(app, monkeypatch, tmp_path):
    """The application with its limits on."""
    limits = Throttle(FileCounters(tmp_path / "counters.sqlite"), {"exercise_create": Rate(20, 3600)})
    monkeypatch.setattr(app.extensions["wger_flask"], "throttle", limits)


def test_contributions_are_limited_together(api, people, limited):
    become_trustworthy(people["grace"])
    client = api("grace")
    for number in range(20):
        name = ("exercise", "exercise-translation", "exercise-submission")[number % 3]
        assert client.post(f"{name}/", {}).status_code == 400
    for name in ("exercise", "exercise-translation", "exercise-submission"):
        answer = client.post(f"{name}/", {})
        assert answer.status_code == 429
        assert answer.json["detail"].startswith("Request was throttled. Expected available in ")
        assert int(answer.headers["Retry-After"]) > 3000
    assert client.post("exercisealias/", {}).status_code == 400
    assert client.patch("exercise/1/", {"license_author": "grace"}).status_code == 200
    assert client.options("exercise/").status_code == 200


def test_whoever_has_the_permission_is_not_limited(api, limited):
    client = api("ada")
    assert {client.post("exercise/", {}).status_code for _ in range(22)} == {400}
