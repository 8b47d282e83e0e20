"""What a new account may be called, and how an account is found by its name, on every door."""

from __future__ import annotations

import pytest

from wger_flask.auth import accounts, credentials, email_addresses, usernames
from wger_flask.auth.confusables import skeleton
from wger_flask.auth.models import EmailAddress, User
from wger_flask.storage.database import transaction

from .conftest import PASSWORD, codes

COMPOSED, APART, WIDE = "jos\u00e9", "jose\u0301", "\uff4a\uff4f\uff53\u00e9"


def via_api(api, name, email):
    answer = api().post("register/", {"username": name, "password": PASSWORD} | ({"email": email} if email else {}))
    return answer.status_code == 201, answer.json


def via_app(phone, name, email):
    answer = phone.post("auth/signup", {"username": name, "password": PASSWORD} | ({"email": email} if email else {}))
    return answer.status_code == 200, answer.json


def via_page(browser, name, email):
    answer = browser().fill("/user/register", username=name, email=email, password=PASSWORD, again=PASSWORD)
    return answer.status_code == 303, answer.text


DOORS = {"api": via_api, "phone": via_app, "browser": via_page}


@pytest.fixture(params=sorted(DOORS))
def sign_up(request):
    """Register at one of the doors: ``sign_up(name, email="")`` tells whether it was done, and the answer."""
    return lambda name, email="": DOORS[request.param](request.getfixturevalue(request.param), name, email)


# -- one name however it is encoded ---------------------------------------------------------------
@pytest.mark.parametrize("typed", [COMPOSED, APART, WIDE])
def test_a_new_name_is_stored_in_one_form(sign_up, typed):
    assert sign_up(typed)[0]
    assert User.select().where(User.username == COMPOSED).count() == 1


@pytest.mark.parametrize(("first", "second"), [(COMPOSED, APART), (APART, WIDE), (APART, COMPOSED)])
def test_no_second_account_of_the_same_name(app, sign_up, first, second):
    accounts.create_user(first, PASSWORD)
    count = User.select().count()
    assert not sign_up(second)[0] and User.select().count() == count


@pytest.mark.parametrize("typed", [COMPOSED, APART, WIDE])
def test_logging_in_in_any_encoding(api, phone, browser, typed):
    accounts.create_user(APART, PASSWORD)
    sent = {"username": typed, "password": PASSWORD}
    assert api().post("token", sent).status_code == 200
    assert api().post("login/", sent).status_code == 200
    assert api().post("login/", {"email": typed, "password": PASSWORD}).status_code == 200
    assert phone.post("auth/login", sent).status_code == 200
    browser().log_in(typed, PASSWORD)
    browser().log_in(typed.upper(), PASSWORD)
    assert len(accounts.create_token(typed)) == 40
    accounts.set_password(typed, "Another.Vine.43")
    assert api().post("token", sent).status_code == 401


def test_names_that_collided_are_found_by_their_exact_spelling(app):
    for name in (COMPOSED, APART, WIDE):
        User.create(username=name, password="!")  # as older programs stored them
    for name in (COMPOSED, APART, WIDE):
        assert [user.username for user in credentials.named(name)] == [name]
        assert credentials.named(name, any_case=True)[0].username == name
    assert credentials.named("\uff4aose\u0301")[0].username == COMPOSED


# -- names and addresses --------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["grace@example.org", "GRACE@Example.org", "\uff47race@example.org"])
def test_a_name_is_no_address_of_somebody_else(sign_up, name):
    done, answer = sign_up(name)
    assert not done and "grace@example.org" not in str(answer).replace(name, "")


def test_nor_one_that_is_not_verified_or_not_primary(app, people, sign_up):
    with transaction():
        email_addresses.add(people["grace"].id, "second@example.org")
    assert not sign_up("second@example.org")[0]


@pytest.mark.parametrize("address", ["with@at.org", "WITH@at.org"])
def test_an_address_is_no_name_of_somebody_else(app, sign_up, address):
    accounts.create_user("with@at.org", PASSWORD)
    count = User.select().count()
    assert not sign_up("newcomer", address)[0] and User.select().count() == count


def test_adding_an_address_that_is_somebody_elses_name(app, grace):
    accounts.create_user("with@at.org", PASSWORD)
    assert codes(grace.post("account/email", {"email": "With@at.org"})) == [("email_taken", "email")]
    accounts.create_user("own@at.org", PASSWORD)


def test_other_names_with_at_and_ones_own_address(sign_up):
    assert sign_up("with@at.org")[0]
    assert sign_up("own@example.net", "own@example.net")[0]


def test_a_verified_address_wins_over_an_equal_name(api, phone, browser, people):
    with transaction():
        EmailAddress.update(verified=True).where(EmailAddress.user == people["grace"].id).execute()
        User.update(username="grace@example.org").where(User.username == "linus").execute()
    sent = {"username": "grace@example.org", "password": "ecarg-pass"}
    assert [user.id for user in credentials.known_as("grace@example.org")] == [people["grace"].id, people["linus"].id]
    assert api().post("login/", sent).json == api().post("login/", {**sent, "username": "grace"}).json
    assert api().post("token", sent).status_code == 200
    assert phone.post("auth/login", sent).json["data"]["user"]["username"] == "grace"
    browser().log_in("grace@example.org", "ecarg-pass")


def test_an_address_that_nobody_verified_does_not(app, people):
    with transaction():
        User.update(username="grace@example.org").where(User.username == "linus").execute()
    assert [user.id for user in credentials.known_as("grace@example.org")] == [people["linus"].id]


# -- what is in a name ----------------------------------------------------------------------------
@pytest.mark.parametrize("name", [
    "gr\nace", "gr\race", "gr\tace", "gr\u2028ace", "gr\u0085ace", "gr\x07ace", "gr\u202eace", "gr\u200bace",
    "gr\ufe0face", "gr\u3164ace", "gr\U000e0041ace", "gr\x00ace",
])  # fmt: skip
def test_control_and_invisible_characters(app, sign_up, name):
    count = User.select().count()
    assert not sign_up(name)[0] and User.select().count() == count


@pytest.mark.parametrize(
    "name", ["a b", "semi;colon", "n\u00e4me", "\u05d0\u05d1", "\u5c71\u7530", "\U0001f4aa", "x" * 150]
)
def test_other_characters(api, name):
    assert via_api(api, name, "")[0]


@pytest.mark.parametrize(
    "name",
    (
        "root admin administrator \u0430dmin adm\u0131n adrnin r\u043e\u043et \uff41dmin "
        "\u0430\u0501\u217f\u0456\u0578 ad\u0430 \u0251da"
    ).split(),
)
def test_names_that_look_like_those_of_administrators(sign_up, name):
    done, answer = sign_up(name)
    assert not done and usernames.LIKE_STAFF in str(answer)


@pytest.mark.parametrize("name", ["Admin", "ROOT", "Ada", "admins", "adamin", "grac\u0435", "rn", "groot"])
def test_letter_case_and_other_letters_tell_names_apart(api, name):
    assert via_api(api, name, "")[0]


def test_the_codes_of_apps(phone):
    sent = {"password": PASSWORD}
    assert codes(phone.post("auth/signup", {**sent, "username": "root"})) == [("username_blacklisted", "username")]


def test_an_operator_may_choose_any_name_but_an_address(app):
    for name in ("root", "admin", "r\u043eot"):
        accounts.create_user(name, PASSWORD)
    for name in ("a\nb", "a\u200bb", "grace@example.org"):
        with pytest.raises(ValueError):
            accounts.create_user(name, PASSWORD)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("paypal", "\u0440\u0430\u0443\u0440\u0430l", True),
        ("modern", "modem", True),
        ("Il1|", "llll", True),
        ("O0", "OO", True),
        ("o0", "oo", False),
        ("Anna", "anna", False),
        ("jos\u00e9", "jose\u0301", True),
        ("jos\u00e9", "jose", False),
    ],
)
def test_skeletons(one, other, same):
    assert (skeleton(one) == skeleton(other)) is same
