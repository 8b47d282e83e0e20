"""One application at a time works in a process, and nothing that it set at its start stays when it is closed."""

from __future__ import annotations

import pytest

from tests.conftest import Client, settings_for
from wger_flask.app import close_app, create_app, open_app
from wger_flask.auth import accounts
from wger_flask.auth.models import User
from wger_flask.domain.core.models import UserProfile
from wger_flask.open_application import ApplicationOpen, opened_app
from wger_flask.options import SettingsError
from wger_flask.rest.registry import RegistrationError
from wger_flask.storage import signals
from wger_flask.storage.database import database
from wger_flask.storage.server_zone import server_zone
from wger_flask.testing.server import put_aside, with_app

OTHER = {"WGER_MAX_PAGE_SIZE": 2, "WGER_BOOLEAN_FILTERS": "any-spelling", "TIME_ZONE": "Asia/Tokyo", "WGER_PLUGINS": ()}
COUNTING = """
def register(registry):
    registry.on_user_created(lambda user, language: met.append(user))
    registry.distrust(lambda user: True, "Nobody is.")
    registry.listen("language", created=lambda row: met.append(row))


met = []
"""


@pytest.fixture
def other(template, tmp_path):
    """Settings that differ, on a database of their own."""
    folder = tmp_path / "other"
    folder.mkdir()
    copy = template.copy(folder)
    yield settings_for(copy.url, folder, **OTHER)
    copy.drop()


def test_a_second_one_is_refused_in_one_line_that_says_what_to_do(app, other):
    with pytest.raises(ApplicationOpen) as refused:
        create_app(other)
    assert "\n" not in str(refused.value) and "wger_flask.app.close_app(app)" in str(refused.value)
    assert opened_app() is app and Client(app, "grace").get("userprofile/").status_code == 200
    with pytest.raises(ApplicationOpen), put_aside():
        made = create_app(other)
        open_app(app)
    assert opened_app() is app
    with pytest.raises(ApplicationOpen):
        open_app(made)


def test_one_after_the_other_has_its_own_database_and_settings(app, other):
    ours = Client(app, "grace")
    ours.patch("userprofile/", {"gender": "2"})
    wanted = "exercise/?limit=5&needs_nothing=true", "exercise/?limit=5"
    before = [ours.get(path).json for path in wanted]
    assert len(before[1]["results"]) == 5 and str(server_zone()) == "Europe/Berlin"
    with with_app(other) as second:
        theirs = Client(second, "grace")
        assert len(theirs.get("exercise/?limit=5").json["results"]) == 2
        assert str(server_zone()) == "Asia/Tokyo"
        assert UserProfile.get(UserProfile.user == User.get(User.username == "grace").id).gender != "2"
        theirs.patch("userprofile/", {"gender": "1"})
    assert [ours.get(path).json for path in wanted] == before
    assert str(server_zone()) == "Europe/Berlin"
    assert UserProfile.get(UserProfile.user == User.get(User.username == "grace").id).gender == "2"


def test_a_closed_one_answers_nothing_from_the_database_of_another(app, other):
    with put_aside():
        second = create_app(other)
        answer = app.test_client().get("/api/v2/language/")
        assert answer.status_code == 500 and "results" not in answer.json
        assert second.test_client().get("/api/v2/language/").status_code == 200
        close_app(app)  # which is closed: nothing happens
        assert opened_app() is second
    assert opened_app() is app and app.test_client().get("/api/v2/language/").status_code == 200


@pytest.mark.parametrize("wrong", [{"WGER_WEB_UI": "/nowhere"}, {"WGER_PLUGINS": ("nonsense",)}])
def test_one_that_cannot_be_made_is_not_open(template, tmp_path, wrong):
    with put_aside():
        with pytest.raises((SettingsError, RegistrationError), match="nowhere|nonsense"):
            create_app(settings_for(template.url, tmp_path, **wrong))
        assert opened_app() is None
        create_app(settings_for(template.url, tmp_path))


def test_what_a_plugin_listens_to_goes_with_its_application(app, other, tmp_path, monkeypatch):
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "counting.py").write_text(COUNTING)
    with monkeypatch.context() as changed:
        changed.setattr("wger_flask.app.shipped", lambda what: folder)
        with with_app(settings_for(other.WGER_DATABASE_URL, tmp_path)) as first:
            accounts.create_user("anna", "Tangled.Vines.42")
            [met] = [hook.__globals__["met"] for hook in accounts._new_user_hooks if "met" in hook.__globals__]
            assert len(met) == 1
            assert Client(first, "grace").get("userprofile/").json["is_trustworthy"] is False
    with with_app(other):
        accounts.create_user("berta", "Tangled.Vines.42")
        assert len(met) == 1
    assert opened_app() is app and signals._listeners
    close_app(app)
    assert not signals._listeners and database.obj.is_closed()
