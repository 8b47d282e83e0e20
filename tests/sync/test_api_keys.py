"""What an API key opens of the sync: tokens and uploads of its own account, and nothing below /ps/."""

from __future__ import annotations

import uuid

import jwt
import pytest

from tests.conftest import key_of
from wger_flask.auth import accounts
from wger_flask.auth.models import Token
from wger_flask.domain.measurements.models import Category
from wger_flask.storage.database import transaction

DOOR, ASK = "/api/v2/upload-powersync-data", "/api/v2/powersync-token"
WRITE = "/ps/write-checkpoint2.json?client_id=p"


@pytest.fixture
def ask(app):
    """Return a function that asks with a permanent token, or a sync token, and gives the answer."""

    def ask(method: str, path: str, key: str, **sent):
        return app.test_client().open(path, method=method, headers={"Authorization": f"Token {key}"}, **sent)

    return ask


def category(name: str) -> dict:
    return {"table": "measurements_category", "data": {"id": str(uuid.uuid4()), "name": name, "unit": "cm"}}


def test_it_gets_tokens_of_its_own_account_alone(ask, people):
    for name in ("grace", "ada"):
        token = ask("GET", f"{ASK}?user={people['linus'].id}&sub={people['linus'].id}", key_of(name)).json["token"]
        assert jwt.decode(token, options={"verify_signature": False})["sub"] == str(people[name].id)


def test_it_uploads_to_its_own_account_alone(ask, people):
    mine = category("arm")
    mine["data"]["user_id"] = people["linus"].id  # whatever a phone claims
    assert ask("PUT", DOOR, key_of("grace"), json=mine).status_code == 200
    owners = [row.user_id for row in Category.select().where(Category.id == mine["data"]["id"])]
    assert owners in ([people["grace"].id], [])
    fresh = category("leg")
    assert ask("PUT", DOOR, key_of("grace"), json=fresh).json == {"status": "ok!"}
    for method in ("PATCH", "DELETE"):
        change = {"table": fresh["table"], "data": {"id": fresh["data"]["id"], "name": "stolen"}}
        ask(method, DOOR, key_of("linus"), json=change)
        ask(method, DOOR, key_of("ada"), json=change)  # an administrator's key is one account's, too
    (held,) = Category.select().where(Category.id == fresh["data"]["id"])
    assert (held.name, held.user_id) == ("leg", people["grace"].id)


def test_it_opens_nothing_below_ps(ask):
    assert ask("GET", WRITE, key_of("grace")).status_code == 401
    assert ask("POST", "/ps/sync/stream", key_of("grace"), json={"client_id": "p", "buckets": []}).status_code == 401


def test_one_that_was_revoked_gets_no_more_and_what_it_got_ends_by_itself(ask, people):
    """A sync token is not the key's but the account's: it lasts its minutes, and ends at once with the password."""
    token = ask("GET", ASK, key_of("grace")).json["token"]
    with transaction():
        Token.delete().where(Token.user == people["grace"].id).execute()
    assert ask("GET", ASK, key_of("grace")).status_code in (401, 403)
    assert ask("PUT", DOOR, key_of("grace"), json=category("arm")).status_code in (401, 403)
    assert ask("GET", WRITE, token).status_code == 200
    accounts.set_password("grace", "another-long-password")
    assert ask("GET", WRITE, token).status_code == 401
