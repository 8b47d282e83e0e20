"""What letters say, and how many anybody can have sent to somebody."""

from __future__ import annotations

import pytest

from wger_flask.auth.models import User

from .conftest import PASSWORD

ELSEWHERE = [{"REMOTE_ADDR": f"192.0.2.{number}"} for number in range(20)]


def bodies(outbox) -> list[str]:
    return [message.get_content() for message in outbox]


@pytest.mark.parametrize("name", ["Win money", "https://evil.example/x", "evil.example"])
def test_a_letter_holds_nothing_that_a_stranger_chose(api, phone, outbox, link_in, name):
    api().post("register/", {"username": name, "password": PASSWORD, "email": "victim@example.net"})
    phone.post("auth/password/request", {"email": "victim@example.net"})
    assert len(outbox) == 2
    for message in outbox:
        text = message.get_content()
        path = link_in(message)
        rest = text.replace(f"http://localhost:8000{path}", "")
        assert text.count("http") == 1 and "@" not in rest and "localhost" not in rest
        assert name not in rest and name not in message["Subject"] and "victim" not in rest


def register(api, number: int, email: str, place: int = 0):
    sent = {"username": f"newcomer{number}", "password": PASSWORD, "email": email}
    return api().post("register/", sent, environ_base=ELSEWHERE[place]).status_code


def test_registration_is_limited_by_network_whoever_is_logged_in(api, counted):
    def send(name, number):
        sent = {"username": f"newcomer{number}", "password": PASSWORD}
        return api(name).post("register/", sent).status_code

    assert [send("grace", number) for number in range(4)] == [201] * 4
    assert send("linus", 4) == 201 and send("ada", 5) == 429 and send(None, 6) == 429


def test_letters_are_limited_by_recipient(api, phone, browser, counted, outbox, app):
    assert [register(api, 0, "victim@example.net", 0), register(api, 1, "other@example.net", 1)] == [201, 201]
    ask = {"email": "VICTIM@example.net"}
    for place in range(4):
        answer = phone.http.post("/allauth/app/v1/auth/password/request", json=ask, environ_base=ELSEWHERE[place])
        assert answer.status_code == 200
    answer = phone.http.post("/allauth/app/v1/auth/password/request", json=ask, environ_base=ELSEWHERE[9])
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 3600
    page = browser().fill("/user/password/reset", email="victim@example.net")
    assert page.status_code == 429 and "Retry-After" in page.headers
    assert [message["To"] for message in outbox].count("victim@example.net") == 5
    # A stranger's address is counted too, and counting tells nothing of who is there.
    for place in range(5):
        assert register(api, 10 + place, "taken@example.net" if place == 0 else f"e{place}@example.net", place) == 201


def test_a_limit_does_not_tell_whether_anybody_is_there(phone, counted, app):
    for address in ("nobody@example.net", "grace@example.org"):
        statuses = [
            phone.http.post(
                "/allauth/app/v1/auth/password/request", json={"email": address}, environ_base=place
            ).status_code
            for place in ELSEWHERE[:6]
        ]
        assert statuses == [200] * 5 + [429]


def test_registrations_do_not_flood_a_mailbox_either(api, counted, outbox):
    """The first one takes the address; what is refused sends nothing and counts for nothing."""
    statuses = [register(api, number, "victim@example.net", number) for number in range(7)]
    assert statuses == [201] + [400] * 6 and len(outbox) == 1
    assert User.select().where(User.email == "victim@example.net").count() == 1


def test_somebody_who_is_logged_in_floods_nobody(api, grace, counted, outbox):
    first = grace.send("POST", "account/email", {"email": "victim@example.net"})
    again = [
        grace.http.put(
            "/allauth/app/v1/account/email",
            json={"email": "victim@example.net"},
            environ_base=place,
            headers=grace.headers,
        ).status_code
        for place in ELSEWHERE[:4]
    ]
    assert (first.status_code, again) == (200, [200] * 4)
    answer = api("grace").post("userprofile/verify-email/")  # by the account, from wherever
    assert answer.status_code == 429 and len(outbox) == 5


def test_the_letter_that_verifies_is_limited_by_network_too(api, counted, outbox):
    def ask(name):
        return api(name).post("userprofile/verify-email/").status_code

    assert [ask(name) for name in ("grace", "grace", "linus", "linus", "linus", "ada")] == [200] * 5 + [429]
    assert len(outbox) == 5
