"""Signing up by the API, by an app and on the page: what speaks against an account is the same at all three."""

from __future__ import annotations

import pytest

from wger_flask.auth.models import EmailAddress, User
from wger_flask.domain.measurements.models import Category

from .conftest import PASSWORD

SENT = {"username": "anna", "email": "anna@example.org", "password": PASSWORD}


def by_the_api(sent, browser, phone, api):
    answer = api().post("/api/v2/register/", json=sent)
    return answer.status_code == 201, set(answer.json) if answer.status_code == 400 else set()


def by_an_app(sent, browser, phone, api):
    answer = phone.post("auth/signup", sent).json
    return answer["status"] == 200, {error["param"] for error in answer.get("errors", ())}


def on_the_page(sent, browser, phone, api):
    answer = browser().fill("/user/register", **sent, again=sent["password"])
    wrong = {name for name in sent if f'id="{name}-error"' in answer.text}
    return answer.status_code == 303, wrong


DOORS = [by_the_api, by_an_app, on_the_page]


@pytest.mark.parametrize("door", DOORS)
def test_an_account_is_made(door, browser, phone, api, people, outbox):
    made, wrong = door(SENT, browser, phone, api)
    assert made and not wrong
    user = User.get(username="anna")
    assert EmailAddress.get(user=user.id).email == "anna@example.org"
    assert [message["To"] for message in outbox] == ["anna@example.org"]
    of_weight = Category.select().where(Category.user == user.id)
    assert [(one.metric_type, one.is_official) for one in of_weight] == [("body_weight", True)]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "changed",
    [
        {"username": "grace"},
        {"username": "admin"},
        {"username": "an\u200bna"},
        {"email": "grace@example.org"},
        {"email": "no address"},
        {"password": "12345678"},
        {"password": "anna@example.org"},
        {"password": "short"},
        {"username": "grace", "email": "grace@example.org", "password": "12345678"},
    ],
)
def test_what_speaks_against_an_account(door, changed, browser, phone, api, people, outbox):
    """Everything that is wrong is told at once, by field."""
    made, wrong = door({**SENT, **changed}, browser, phone, api)
    assert not made and wrong == set(changed)
    assert User.select().count() == len(people) and outbox == []
