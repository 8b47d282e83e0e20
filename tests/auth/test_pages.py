"""The pages of an account, as a person with a browser uses them."""

from __future__ import annotations

import re

import pytest

from tests.conftest import key_of
from wger_flask.auth import email_addresses, messages, passwords
from wger_flask.auth.models import EmailAddress, Token, User
from wger_flask.auth.pages import local_path

from .conftest import PASSWORD

PAGES = ["/user/login", "/user/register", "/user/password/reset"]
OWN = ["/user/api-key", "/user/password", "/user/email"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_a_form_that_works_without_scripts(browser, path):
    answer = browser().get(path)
    assert answer.status_code == 200 and answer.mimetype == "text/html"
    assert "<form" in answer.text and 'method="post"' in answer.text
    assert set(re.findall(r'<label for="(\w+)"', answer.text)) == set(
        re.findall(r'<input type="(?:text|password|email)" id="(\w+)"', answer.text)
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(("short", "path"), [("/login", "/user/login"), ("/register", "/user/register")])
def test_addresses_that_people_guess(browser, short, path):
    answer = browser().get(f"{short}?next=/api/v2/")
    assert answer.status_code == 308 and answer.headers["Location"].endswith(f"{path}?next=/api/v2/")


@pytest.mark.parametrize("path", [*OWN, "/user/"])
def test_pages_for_whoever_is_logged_in(browser, path):
    answer = browser().get(path)
    assert answer.status_code == 303 and answer.headers["Location"] == f"/user/login?next={path}"


@pytest.mark.parametrize("path", [*PAGES, *OWN, "/user/logout", "/user/email/verify", "/user/email/confirm/x"])
def test_a_form_of_another_site_is_refused(browser, path):
    held = browser().log_in("grace")
    assert held.http.post(path, data={}).status_code == 403
    assert browser().http.post(path, data={}).status_code == 403


# -- log in and out ----------------------------------------------------------------------------------
def test_logging_in_and_out(browser):
    held = browser()
    answer = held.fill("/user/login?next=/api/v2/weightentry/", username="grace", password="ecarg-pass")
    assert answer.status_code == 303
    assert held.get("/user/login").headers["Location"] == "/"
    assert "grace" in held.get("/user/api-key").text
    token = held.token("/user/api-key")
    assert held.http.post("/user/logout", data={"csrfmiddlewaretoken": token}).headers["Location"] == "/"
    assert held.http.get_cookie("sessionid") is None
    assert held.get("/user/api-key").status_code == 303


def test_where_logging_in_leads(browser):
    page = browser().get("/user/login?next=/api/v2/weightentry/?limit=5").text
    assert 'name="next" value="/api/v2/weightentry/?limit=5"' in page
    sent = {"username": "grace", "password": "ecarg-pass", "next": "/api/v2/"}
    assert browser().fill("/user/login", **sent).headers["Location"] == "/api/v2/"
    sent["next"] = "//evil.example/"
    assert browser().fill("/user/login", **sent).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/api/v2/", "/api/v2/"),
        ("/a?b=c&d=/e", "/a?b=c&d=/e"),
        (None, "/"),
        ("", "/"),
        ("api", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\tevil", "/"),
        ("/\n/evil.example", "/"),
        ("\\\\evil", "/"),
        (" //evil", "/"),
    ],
)
def test_nobody_is_sent_elsewhere(wanted, path, app):
    with app.test_request_context("/"):
        assert local_path(wanted) == path


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/wger", "/wger"),
        ("/wger/", "/wger/"),
        ("/wger/api/v2/?a=../b#..", "/wger/api/v2/?a=../b#.."),
        ("/", "/wger/"),
        ("/other/", "/wger/"),
        ("/wgers/", "/wger/"),
        ("/wger/../other/", "/wger/"),
        ("/wger/a/%2e%2E/../other/", "/wger/"),
        ("/wger/..\\other/", "/wger/"),
        ("//wger/", "/wger/"),
        ("/wger/.%2e/other", "/wger/"),
        (None, "/wger/"),
    ],
)
def test_nobody_is_sent_to_what_else_the_host_serves(wanted, path, app):
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/wger"}):
        assert local_path(wanted) == path


def test_names_that_log_in(browser):
    for name in ("GRACE", "Grace@example.org"):
        assert browser().fill("/user/login", username=name, password="ecarg-pass").status_code == 303


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"username": "grace", "password": "mistaken"}, "This name and this password do not belong together."),
        ({"username": "nobody", "password": "mistaken"}, "This name and this password do not belong together."),
        ({"username": "", "password": "mistaken"}, "This field may not be blank."),
        ({"username": "grace"}, "This field is required."),
    ],
)
def test_logins_that_fail(browser, sent, told):
    answer = browser().fill("/user/login", **sent)
    assert answer.status_code == 400 and told in answer.text
    assert f'value="{sent["username"]}"' in answer.text and "mistaken" not in answer.text
    assert re.search(r'<p class="error"[^>]*>[^<]*' + re.escape(told), answer.text)


def test_what_is_typed_is_shown_as_text(browser):
    answer = browser().fill("/user/login", username='"><script>', password="x")
    assert "<script>" not in answer.text.partition("<main")[2]


def test_locked_out(browser, counted, bend):
    bend(AXES_ENABLED=True, AXES_FAILURE_LIMIT=1)
    held = browser()
    held.fill("/user/login", username="grace", password="wrong")
    answer = held.fill("/user/login", username="grace", password="ecarg-pass")
    assert answer.status_code == 429 and "Retry-After" in answer.headers
    shown = re.sub('value="[^"]*"', "", answer.text)  # what a form carries is made at random
    assert "Please try again in 30 minutes." in shown and "1800" not in shown


# -- register ----------------------------------------------------------------------------------------
def test_registering(browser, outbox):
    held = browser()
    answer = held.fill("/user/register", username="anna", email="", password=PASSWORD, again=PASSWORD, next="/api/v2/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/api/v2/")
    assert "Welcome, anna!" in held.get("/user/api-key").text
    assert outbox == [] and User.get(username="anna").email == ""


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"again": "Other.Words.77"}, "The two passwords are not the same."),
        ({"password": "short", "again": "short"}, "This password is too short."),
        ({"username": "grace"}, "Another account has this one already."),
        ({"email": "Grace@example.org"}, "Another account has this one already."),
        ({"email": "x"}, "Enter a valid email address."),
    ],
)
def test_registrations_that_fail(browser, changed, told):
    sent = {"username": "anna", "email": "", "password": PASSWORD, "again": PASSWORD, **changed}
    answer = browser().fill("/user/register", **sent)
    assert answer.status_code == 400 and told in answer.text and PASSWORD not in answer.text
    assert User.select().count() == 3


def test_registration_can_be_closed(browser, bend):
    bend(ALLOW_REGISTRATION=False)
    held = browser()
    assert held.get("/user/register").status_code == 404
    assert "Make an account" not in held.get("/user/login").text.partition("<main")[2]


# -- the API key -------------------------------------------------------------------------------------
def test_making_seeing_once_and_revoking_the_key(browser, api, people):
    held = browser().log_in("grace")
    assert key_of("grace") not in held.get("/user/api-key").text
    made = held.fill("/user/api-key", action="make")
    key = Token.get(Token.user == people["grace"]).key
    assert key != key_of("grace") and key in made.text
    assert key not in held.get("/user/api-key").text
    assert api("grace").get("userprofile/").status_code == 403
    assert api().get("userprofile/", headers={"Authorization": f"Token {key}"}).json["username"] == "grace"
    for wrong in ("", "Revoke", "remove", "mak"):
        assert held.fill("/user/api-key", action=wrong).status_code == 400
    assert Token.get(Token.user == people["grace"]).key == key, "it goes for nothing that is not asked for"
    held.fill("/user/api-key", action="revoke")
    assert api().get("userprofile/", headers={"Authorization": f"Token {key}"}).status_code == 403
    assert "You have no key." in held.get("/user/api-key").text


# -- passwords ---------------------------------------------------------------------------------------
def test_changing_the_password(browser):
    held, other = browser().log_in("grace"), browser().log_in("grace")
    answer = held.fill("/user/password", current="ecarg-pass", password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 303
    assert "Your password is changed." in held.get("/user/api-key").text
    assert other.get("/user/api-key").status_code == 303
    browser().log_in("grace", PASSWORD)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"current": "wrong"}, "This is not your password."),
        ({"password": "short", "again": "short"}, "This password is too short."),
        ({"again": "x"}, "The two passwords are not the same."),
    ],
)
def test_changes_that_fail(browser, changed, told):
    sent = {"current": "ecarg-pass", "password": PASSWORD, "again": PASSWORD, **changed}
    answer = browser().log_in("grace").fill("/user/password", **sent)
    assert answer.status_code == 400 and told in answer.text
    assert passwords.matches("ecarg-pass", User.get(username="grace").password)


@pytest.mark.parametrize(
    ("site", "below", "begin"),
    [
        ("https://example.org", "", "https://example.org/user/"),
        ("https://example.org/", "", "https://example.org/user/"),
        ("https://example.org", "/wger", "https://example.org/wger/user/"),
        ("https://example.org/wger", "/wger", "https://example.org/wger/user/"),
        ("https://example.org/wger/", "", "https://example.org/wger/user/"),
    ],
)
def test_links_in_letters_begin_where_the_server_is_reached(app, outbox, bend, site, below, begin):
    bend(SITE_URL=site)
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": below}):
        messages.send_reset(User.get(username="grace"), "grace@example.org")
    messages.send_reset(User.get(username="grace"), "grace@example.org")  # by a command
    assert f"{begin}password/reset/" in outbox[0].get_content()
    assert f"{site.rstrip('/')}/user/password/reset/" in outbox[1].get_content()


def test_a_forgotten_password(browser, outbox, link_in):
    held = browser()
    for email in ("grace@example.org", "nobody@example.org"):
        assert "an e-mail is on its way" in held.fill("/user/password/reset", email=email).text
    assert [message["To"] for message in outbox] == ["grace@example.org"]
    link = link_in(outbox[0])
    assert "grace" in held.get(link).text
    assert held.fill(link, password="short", again="short").status_code == 400
    assert held.fill(link, password=PASSWORD, again=PASSWORD).headers["Location"] == "/user/login"
    assert held.get(link).status_code == 400
    browser().log_in("grace", PASSWORD)


# -- the address -------------------------------------------------------------------------------------
def test_confirming_an_address(browser, outbox, link_in, people):
    held = browser().log_in("grace")
    held.fill("/user/api-key")
    token = held.token("/user/api-key")
    assert held.http.post("/user/email/verify", data={"csrfmiddlewaretoken": token}).status_code == 303
    link = link_in(outbox[-1])
    stranger = browser()
    assert "Is <strong>grace@example.org</strong> yours?" in stranger.get(link).text
    assert not EmailAddress.get(user=people["grace"]).verified  # opening the link alone does nothing
    assert "is confirmed" in stranger.fill(link).text
    assert EmailAddress.get(user=people["grace"]).verified
    assert "is confirmed" in stranger.get(link).text
    assert stranger.get("/user/email/confirm/nonsense").status_code == 400


# -- the account -------------------------------------------------------------------------------------
def test_everything_about_the_account_is_reachable_from_its_name(browser):
    held = browser().log_in("grace")
    assert 'href="/user/"' in held.get("/").text
    page = held.get("/user/").text
    for path in ("/api/v2/userprofile/", "/user/email", "/user/password", "/user/api-key"):
        assert f'href="{path}"' in page
        assert held.get(path).status_code == 200
    for path in ("/user/email", "/user/api-key"):
        assert 'href="/user/"' in held.get(path).text.partition("<main")[2]


@pytest.mark.parametrize("action", ["make", "revoke"])
def test_nothing_ends_a_key_before_it_says_so(browser, action):
    """The button is in a box that tells what it does, and is closed at first."""
    page = browser().log_in("grace").get("/user/api-key").text
    before, _, after = page.partition(f'value="{action}"')
    box = before[before.rfind("<details") :]
    assert "</details>" not in box and "It cannot be taken back." in box
    assert "<details open" not in page and after


def emails_of(user) -> list[tuple]:
    return [(row.email, bool(row.primary), bool(row.verified)) for row in email_addresses.of(user.id)]


def test_an_address_after_registering(browser, outbox, link_in, app):
    held = browser()
    held.fill("/user/register", username="anna", email="", password=PASSWORD, again=PASSWORD)
    assert "You have none yet." in held.get("/user/email").text
    answer = held.fill("/user/email", action="add", email="Anna@Example.net")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/user/email")
    assert "not confirmed" in held.get("/user/email").text
    browser().fill(link_in(outbox[-1]))
    anna = User.get(username="anna")
    assert emails_of(anna) == [("anna@example.net", True, True)] and anna.email == "anna@example.net"
    assert "confirmed" in held.get("/user/").text
    browser().fill("/user/password/reset", email="anna@example.net")
    assert outbox[-1]["To"] == "anna@example.net" and "/user/password/reset/" in link_in(outbox[-1])


def test_choosing_and_removing_addresses(browser, outbox, link_in, people):
    held, grace = browser().log_in("grace"), people["grace"]
    held.fill("/user/email", action="add", email="second@example.org")
    held.fill("/user/email", action="verify", email="second@example.org")
    assert [message["To"] for message in outbox] == ["second@example.org"] * 2
    browser().fill(link_in(outbox[-1]))
    held.fill("/user/email", action="primary", email="second@example.org")
    assert emails_of(grace) == [("second@example.org", True, True), ("grace@example.org", False, False)]
    assert held.fill("/user/email", action="primary", email="grace@example.org").status_code == 400
    held.fill("/user/email", action="remove", email="second@example.org")
    assert emails_of(grace) == [("grace@example.org", True, False)]
    assert User.get_by_id(grace.id).email == "grace@example.org"
    held.fill("/user/email", action="remove", email="grace@example.org")
    assert emails_of(grace) == [] and User.get_by_id(grace.id).email == ""


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"action": "add", "email": "linus@example.org"}, "A user is already registered with this email address."),
        ({"action": "add", "email": "GRACE@example.org"}, "already associated"),
        ({"action": "add", "email": "x"}, "Enter a valid email address."),
        ({"action": "add", "email": ""}, "This field may not be blank."),
        ({"action": "remove", "email": "linus@example.org"}, "This is none of your addresses."),
        ({"action": "primary"}, "This is none of your addresses."),
        ({"action": "nonsense", "email": "grace@example.org"}, "Choose what to do"),
        ({}, "Choose what to do"),
    ],
)
def test_addresses_that_are_refused(browser, outbox, people, sent, told):
    held = browser().log_in("grace")
    answer = held.fill("/user/email", **sent)
    assert answer.status_code == 400 and told in answer.text and outbox == []
    assert emails_of(people["grace"]) == [("grace@example.org", True, False)]
    assert emails_of(people["linus"]) == [("linus@example.org", True, False)]


def test_an_address_of_which_there_is_no_row(browser, outbox, link_in, people):
    """As an older wger left accounts."""
    EmailAddress.delete().execute()
    held = browser().log_in("grace")
    assert "grace@example.org" in held.get("/user/email").text and emails_of(people["grace"]) == []
    held.fill("/user/email", action="verify", email="grace@example.org")
    browser().fill(link_in(outbox[-1]))
    assert emails_of(people["grace"]) == [("grace@example.org", True, True)]


def test_a_link_that_resets_dies_with_the_address(browser, outbox, link_in, people):
    held = browser().log_in("grace")
    held.fill("/user/email", action="add", email="second@example.org")
    held.fill("/user/password/reset", email="grace@example.org")
    link = link_in(outbox[-1])
    assert browser().get(link).status_code == 200
    held.fill("/user/email", action="remove", email="grace@example.org")
    assert browser().get(link).status_code == 400


def test_letters_too_many(browser, counted):
    held = browser().log_in("grace")
    statuses = [held.fill("/user/email", action="verify", email="grace@example.org").status_code for _ in range(6)]
    assert statuses == [303] * 5 + [429]


def test_an_address_that_was_typed_survives_logging_in(browser):
    held = browser().log_in("grace")
    token = held.token("/user/email")
    held.http.delete_cookie("sessionid")
    form = {"action": "add", "email": "second@example.org", "csrfmiddlewaretoken": token}
    where = held.http.post("/user/email", data=form).headers["Location"]
    assert where.startswith("/user/login?next=")
    onward = held.fill(where, username="grace", password="ecarg-pass").headers["Location"]
    assert 'value="second@example.org"' in held.get(onward).text
