"""Deleting an account: what goes with it, what stays, and that it is all or nothing."""

from __future__ import annotations

import pytest

from wger_flask.api import Invalid
from wger_flask.auth.account_deletion import belongings, delete_account
from wger_flask.auth.models import LoginSession, Token, User
from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.gallery.models import Image
from wger_flask.storage import signals
from wger_flask.storage.database import database, has_table, transaction
from wger_flask.storage.model import references_to, table_of
from wger_flask.storage.predicates import equals
from wger_flask.storage.query import Selection
from wger_flask.testing.rows import make


def owned(registry):
    """The resources whose rows belong to somebody."""
    return [resource for resource in registry if resource.owner]


def count(resource, user: int) -> int:
    return Selection(resource.model, (resource.owner.clause(resource.model, user),)).count()


@pytest.fixture
def furnished(app, registry, people):
    """Give grace and linus a row of every resource that has owners, and grace a photo with its file."""
    store = app.extensions["wger_flask"].media
    with transaction():
        for name in ("grace", "linus"):
            for resource in owned(registry):
                if not count(resource, people[name].id):
                    make(resource.model, people[name], resource.owner.path)
        photo = make(Image, people["grace"], ("user",), image=store.save(b"picture", "gallery/1/a.png"))
    with app.app_context():
        yield store.path(photo.image)


def test_all_rows_files_and_credentials_of_one_go_and_those_of_others_stay(furnished, api, registry, people):
    grace, linus = people["grace"].id, people["linus"].id
    before = {resource.name: count(resource, linus) for resource in owned(registry)}
    assert all(before.values()) and all(count(resource, grace) for resource in owned(registry))
    assert belongings(people["grace"])["gallery_image"] >= 2 and "auth_user" not in belongings(people["grace"])
    delete_account(people["grace"])
    assert User.get_or_none(User.id == grace) is None
    assert {resource.name: count(resource, grace) for resource in owned(registry)} == dict.fromkeys(before, 0)
    assert {resource.name: count(resource, linus) for resource in owned(registry)} == before
    for reference, owner in references_to(User).items():
        if has_table(table_of(owner)):  # the models of earlier releases have none
            assert not Selection(owner, (equals(reference, grace),)).exists(), table_of(owner)
    assert not furnished.exists()
    assert api("grace").get("weightentry/").status_code == 403
    assert api("linus").get("weightentry/").status_code == 200
    assert not Token.select().where(Token.user == grace).exists() and not LoginSession.select().exists()


def test_who_made_an_account_does_not_take_its_profile_along(app, people):
    with transaction():
        UserProfile.update(added_by=people["ada"]).where(UserProfile.user == people["linus"]).execute()
    with app.app_context():
        delete_account(people["ada"])
    assert UserProfile.get(UserProfile.user == people["linus"]).added_by_id is None


def test_what_other_programs_keep_of_an_account_goes_too(app, people):
    grace, linus = people["grace"].id, people["linus"].id
    held = database.obj
    with transaction():
        held.execute_sql(
            "CREATE TABLE gym_contract (id integer PRIMARY KEY, member_id integer NOT NULL REFERENCES auth_user (id))"
        )
        held.execute_sql(
            "CREATE TABLE gym_option (id integer PRIMARY KEY, contract_id integer REFERENCES gym_contract (id))"
        )
        held.execute_sql(f"INSERT INTO gym_contract VALUES (1, {grace}), (2, {linus}), (3, {grace})")
        held.execute_sql("INSERT INTO gym_option VALUES (1, 1), (2, 2), (3, 3)")
    with app.app_context():
        delete_account(people["grace"])
    assert held.execute_sql("SELECT id FROM gym_contract").fetchall() == [(2,)]
    assert held.execute_sql("SELECT id FROM gym_option").fetchall() == [(2,)]


def test_it_is_all_or_nothing(furnished, app, registry, people):
    def refuse(rows):
        raise Invalid({"image": ["It is needed."]})

    before = {resource.name: count(resource, people["grace"].id) for resource in owned(registry)}
    signals.set_listeners({Image: (signals.Listener(deleted=refuse),)})
    with pytest.raises(Invalid):
        delete_account(people["grace"])
    assert {resource.name: count(resource, people["grace"].id) for resource in owned(registry)} == before
    assert furnished.read_bytes() == b"picture"


def test_the_page_offers_the_take_out_and_asks_for_the_password(furnished, app, people):
    client = app.test_client()

    def send(path, **form):
        found = client.get(path).text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        return client.post(path, data={**form, "csrfmiddlewaretoken": found})

    assert client.get("/user/delete").status_code == 303
    send("/user/login", username="grace", password="ecarg-pass")
    assert "/user/delete" in client.get("/user/").text
    page = client.get("/user/delete").text
    assert "Download everything" in page and 'action="/user/data"' in page
    assert send("/user/delete", current="wrong").status_code == 400 and User.get_or_none(User.username == "grace")
    assert send("/user/delete", current="ecarg-pass").status_code == 303
    assert User.get_or_none(User.username == "grace") is None and not furnished.exists()
    assert client.get("/user/").status_code == 303 and "Your account is deleted" in client.get("/user/login").text


def test_an_administrator_is_not_deleted_by_the_page(app, people):
    client = app.test_client()

    def token(path):
        return client.get(path).text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    sent = {"username": "ada", "password": "ada-pass", "csrfmiddlewaretoken": token("/user/login")}
    client.post("/user/login", data=sent)
    sent = {"current": "ada-pass", "csrfmiddlewaretoken": token("/user/delete")}
    refused = client.post("/user/delete", data=sent)
    assert refused.status_code == 400 and "wger-flask delete-user" in refused.text
    assert User.get_or_none(User.username == "ada") is not None
