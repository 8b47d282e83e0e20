"""What was typed comes back when the session of its page is over: nothing is done until somebody presses the button."""

from __future__ import annotations

import io
import re

import pytest

from tests.web.conftest import HTML, Page
from tests.web.test_form_safety import ACTIONS, rows, state  # noqa: F401
from tests.web.test_forms import PIXEL
from wger_flask.auth.models import Token, User
from wger_flask.domain.gallery.models import Image
from wger_flask.domain.measurements.models import Category, Measurement
from wger_flask.storage.counters import FileCounters

TYPED = {"date": "2025-03-01T07:30", "weight": "81,5"}


def post(visitor, path: str, token: str | None = None, **fields) -> Page:
    """Send a form with the token of a page that was opened in time, or with another."""
    url = path if path.startswith("/") else f"/api/v2/{path}"
    data = {**fields, "csrfmiddlewaretoken": token or visitor.token}
    return Page(visitor.http.post(url, data=data, headers=HTML))


def renewed(visitor, name: str = "ada"):
    """Return somebody who opened a page, and then logged out and in again elsewhere (as ``name``)."""
    found = visitor("ada")
    found.token = found.http.get_cookie("csrftoken").value
    found.send("/user/logout")
    found.send("/user/login", username=name, password=f"{name[::-1]}-pass")
    assert found.http.get_cookie("csrftoken").value != found.token
    return found


def ended(visitor):
    """Return somebody whose session ended after they had opened a page."""
    found = visitor("ada")
    found.token = found.http.get_cookie("csrftoken").value
    found.http.delete_cookie("sessionid")
    return found


def form_of(page: Page, button: str) -> tuple[str, dict]:
    """Return where the form with this button goes, and what it would send."""
    form = next(form for form in page.forms if any(words == button for _, words in form.buttons))
    held = {
        name: [
            control.get("value", "")
            for control in controls
            if control.get("type") != "checkbox" or "checked" in control
        ]
        for name, controls in page.controls.items()
    }
    for name, value in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?(.*?)</textarea>', page.text, re.S):
        held[name] = [value]
    return form.action, held


def press(visitor, page: Page, button: str, **typed) -> Page:
    """Press a button of a page."""
    action, held = form_of(page, button)
    return Page(visitor.http.post(action, data=held | typed, headers=HTML))


def log_in_again(visitor, page: Page, name: str = "ada") -> Page:
    """Log in on the page that carries a form along."""
    return press(visitor, page, "Log in", _name=name, _password=f"{name[::-1]}-pass")


def test_a_form_comes_back_filled_after_the_session_was_renewed(visitor):
    ada = renewed(visitor)
    page = post(ada, "weightentry/", **TYPED, _next="/api/v2/weightentry/?limit=5")
    assert page.status == 403 and "Nothing was saved yet" in page.words and "CSRF Failed" in page.words
    assert page.controls["weight"][0]["value"] == "81,5"
    assert page.controls["date"][0]["value"].startswith("2025-03-01T07:30")
    assert Measurement.select().count() == 0, "nothing is done before somebody presses the button"
    done = press(ada, page, "Add")
    assert (done.status, done.response.location) == (303, "/api/v2/weightentry/?limit=5")
    assert f"{Measurement.get().value:f}" == "81.50"


def test_a_form_comes_back_filled_after_logging_in(visitor):
    ada = ended(visitor)
    page = post(ada, "weightentry/", **TYPED)
    assert page.status == 403 and "not logged in any more" in page.words
    wrong = press(ada, page, "Log in", _name="ada", _password="a guess")
    assert wrong.status == 403 and "do not belong together" in wrong.words and "a guess" not in wrong.text
    back = log_in_again(ada, wrong)
    assert back.status == 200 and back.controls["weight"][0]["value"] == "81,5"
    assert Measurement.select().count() == 0
    assert press(ada, back, "Add").status == 303
    assert Measurement.select().count() == 1


def test_long_texts_ticks_and_lines_come_back_whole(visitor):
    text = "First line\r\n" + "word " * 180 + "\r\n<b>&amp; \"quoted\" 'text'"
    ada = ended(visitor)
    page = post(
        ada,
        "routine/",
        name="Legs",
        start="2025-01-01",
        end="2025-02-01",
        description=text,
        fit_in_week=["true", "false"],
        is_public=["false"],
    )
    back = log_in_again(ada, page)
    done = press(ada, back, "Add", description=text)
    assert done.status == 303
    row = ada.http.get("/api/v2/routine/").json["results"][0]
    assert (row["fit_in_week"], row["name"], row["is_public"]) == (True, "Legs", False)
    assert "&lt;b&gt;&amp;amp; &#34;quoted&#34;" in back.text and text.split("\r\n")[1].strip() in back.text


def test_somebody_else_is_told_who_they_are_now(visitor):
    page = post(renewed(visitor, "grace"), "weightentry/", **TYPED)
    assert page.status == 403 and "You are grace now." in page.words
    assert page.controls["weight"][0]["value"] == "81,5"


@pytest.mark.parametrize("how", [renewed, ended])
def test_a_deletion_is_asked_again(visitor, person, how):
    key = person("ada").add("weightentry", date="2025-03-01", weight="80")["id"]
    ada = how(visitor)
    page = post(ada, f"weightentry/{key}/", _method="DELETE")
    if how is ended:
        page = log_in_again(ada, page)
    assert Measurement.select().count() == 1 and "cannot be taken back" in page.words
    assert press(ada, page, "Delete").status == 303
    assert Measurement.select().count() == 0


@pytest.mark.parametrize("how", [renewed, ended])
@pytest.mark.parametrize(("path", "method", "fields"), ACTIONS)
def test_every_action_comes_back_and_waits(visitor, rows, path, method, fields, how):  # noqa: F811
    ada, before, url = how(visitor), state(), path.format(**rows)
    page = post(ada, url, _method=method or "POST", _next="/", **fields)
    if how is ended:
        page = log_in_again(ada, page)
    assert state() == before
    for name, value in fields.items():
        assert value in (page.controls[name][0].get("value"), *page.options.get(name, ()))
    button = next(words for found, words in page.forms[-1].buttons if not found.get("formaction"))
    assert press(ada, page, button).status == 303
    assert state() != before


@pytest.mark.parametrize("how", [renewed, ended])
def test_an_action_without_fields_is_pressed_again(visitor, how):
    ada = how(visitor)
    page = post(ada, "userprofile/verify-email/")
    if how is ended:
        page = log_in_again(ada, page)
    assert page.status in (200, 403) and page.forms[-1].action == "/api/v2/userprofile/verify-email/"
    assert press(ada, page, page.forms[-1].buttons[-1][1]).status == 200


def test_a_button_that_leads_to_a_list_brings_the_form_back_too(visitor, person):
    session = person("ada").add("workoutsession", datetime_start="2025-03-01")["id"]
    ada = ended(visitor)
    page = post(
        ada,
        "workoutlog/?_list=/api/v2/exerciseinfo/&_field=exercise&_at=new-exercise",
        session=session,
        weight="60",
        _method="GET",
    )
    back = log_in_again(ada, page)
    assert back.controls["weight"][0]["value"] == "60"
    assert press(ada, back, "Add").status == 400, "the exercise is missing still"


def test_a_file_has_to_be_chosen_again_and_is_said_so(visitor):
    for how in (renewed, ended):
        ada = how(visitor)
        data = {
            "date": "2025-03-01",
            "description": "front",
            "csrfmiddlewaretoken": ada.token,
            "image": (io.BytesIO(PIXEL), "a.png"),
        }
        page = Page(ada.http.post("/api/v2/gallery/", data=data, headers=HTML))
        assert "Files have to be chosen again" in page.words
        if how is ended:
            page = log_in_again(ada, page)
        assert "Files have to be chosen again" in page.words and page.controls["description"]
        assert 'enctype="multipart/form-data"' in page.text
        assert Image.select().count() == 0


def test_what_is_not_theirs_does_not_come_back(visitor, person):
    key = person("ada").add("weightentry", date="2025-03-01", weight="80")["id"]
    assert post(renewed(visitor, "grace"), f"weightentry/{key}/", _method="DELETE").status == 404
    ada = ended(visitor)
    page = post(ada, f"weightentry/{key}/", _method="PATCH", weight="90")
    assert log_in_again(ada, page, "grace").status == 404
    assert post(renewed(visitor, "linus"), "exercise/", category="1").status == 403


@pytest.mark.parametrize("how", [renewed, ended])
def test_nothing_of_a_form_of_another_site_is_shown(visitor, how):
    ada = how(visitor)
    data = {**TYPED, "csrfmiddlewaretoken": "x" * 32, "weight": "66.6"}
    for extra in ({}, {"_again": "1", "_name": "ada", "_password": "ada-pass"}):
        refused = ada.http.post(
            "/api/v2/weightentry/", data=data | extra, headers={**HTML, "Origin": "https://evil.example"}
        )
        assert refused.status_code == 403 and "66.6" not in refused.text
        assert not refused.headers.getlist("Set-Cookie") or "sessionid" not in str(refused.headers)
    assert Measurement.select().count() == 0


def test_logging_in_on_the_way_needs_the_token_of_the_page(visitor):
    nobody = visitor()
    nobody.http.get("/user/login")
    form = {**TYPED, "_again": "1", "_name": "ada", "_password": "ada-pass", "csrfmiddlewaretoken": "x" * 32}
    page = Page(nobody.http.post("/api/v2/weightentry/", data=form, headers=HTML))
    assert page.status == 403 and nobody.http.get_cookie("sessionid") is None


def test_programs_do_not_log_in_this_way(app):
    body = {**TYPED, "_again": "1", "_name": "ada", "_password": "ada-pass"}
    for sent in ({"json": body}, {"data": body}):
        answer = app.test_client().post("/api/v2/weightentry/", **sent)
        assert answer.status_code == 403 and answer.is_json and "sessionid" not in str(answer.headers)


def test_no_password_is_shown_again(visitor):
    for path in ("login/", "register/", "/token"):
        page = post(renewed(visitor), path if path != "/token" else "/api/v2/token", username="x", password="secret-1")
        assert "secret-1" not in page.text, path
    page = post(ended(visitor), "weightentry/", weight="7", _again="1", _name="ada", _password="secret-2")
    assert "secret-2" not in page.text


def test_nothing_typed_becomes_markup(visitor):
    evil = '"><script>alert(1)</script>'
    page = post(ended(visitor), "measurement-category/", name=evil, unit=evil, _next=evil, **{evil: evil})
    assert "<script>alert" not in page.text
    assert not Category.select().where(~Category.is_official).exists()


# -- the pages of accounts ----------------------------------------------------------------------------
SECRETS = {"password": "n3w-Secret-word", "again": "n3w-Secret-word", "current": "ada-pass"}


def account_pages(app) -> list[str]:
    """Return the address of every page of accounts that takes a form."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("account.") and not rule.alias]
    return [rule.rule.replace("<key>", "some-key") for rule in rules if "POST" in rule.methods]


def test_every_form_of_an_account_comes_back_and_waits(app, visitor, people):
    paths = account_pages(app)
    assert len(paths) >= 8
    for path in paths:
        for somebody in (renewed(visitor), visitor()):
            before = [(row.id, row.password, row.email) for row in User.select()], Token.select().count()
            page = post(somebody, path, "x" * 32, username="Typed", email="typed@example.org", action="make", **SECRETS)
            assert page.status == 403, path
            assert all(secret not in page.text for secret in SECRETS.values()), path
            assert before == ([(row.id, row.password, row.email) for row in User.select()], Token.select().count())
            if "some-key" not in path:
                assert "older than your session" in page.words, path
                onward = {"Go on", "Log in"} & {words for _, words in page.links}
                assert onward or any(form.buttons for form in page.forms), path


def test_the_forms_to_log_in_and_to_register_keep_what_was_typed(visitor):
    nobody = visitor()
    page = post(nobody, "/user/register", "x" * 32, username="hedy", email="hedy@example.org", **SECRETS)
    assert (page.controls["username"][0]["value"], page.controls["email"][0]["value"]) == ("hedy", "hedy@example.org")
    done = press(nobody, page, "Make an account", password=SECRETS["password"], again=SECRETS["password"])
    assert done.status == 303
    other = visitor()
    page = post(other, "/user/login", "x" * 32, username="ada", password="ada-pass", next="/api/v2/routine/")
    assert page.controls["username"][0]["value"] == "ada" and "ada-pass" not in page.text
    done = press(other, page, "Log in", password="ada-pass")
    assert (done.status, done.response.location) == (303, "/api/v2/routine/")


def test_a_button_alone_is_pressed_again(visitor):
    ada = renewed(visitor)
    page = post(ada, "/user/logout")
    assert page.status == 403 and ada.see("/user/api-key").status == 200
    assert press(ada, page, "Yes, do this").status == 303
    assert ada.http.get("/user/api-key").status_code == 303


def test_a_form_that_comes_too_often_keeps_what_was_typed(app, visitor, tmp_path, monkeypatch):
    monkeypatch.setattr(app.extensions["wger_flask"].throttle, "counters", FileCounters(tmp_path))
    somebody = visitor()
    somebody.http.get("/user/login")
    somebody.token = somebody.http.get_cookie("csrftoken").value
    for _ in range(30):
        page = post(somebody, "login/", username="nobody-at-all", password="12345678")
        if page.status == 429:
            break
    assert page.status == 429 and "nobody-at-all" in page.text
    assert "12345678" not in page.text


@pytest.mark.parametrize("how", [renewed, ended])
def test_what_a_deletion_was_told_comes_back(visitor, person, how):
    routine = person("ada").add("routine", start="2025-01-01", end="2025-02-01")["id"]
    person("ada").add("workoutsession", datetime_start="2025-01-02", routine=routine)
    for told in ({}, {"with_history": "True"}):
        ada = how(visitor)
        page = post(ada, f"routine/{routine}/", _method="DELETE", **told)
        if how is ended:
            page = log_in_again(ada, page)
        ticks = [found for found in page.controls["with_history"] if found.get("type") == "checkbox"]
        assert ["checked" in found for found in ticks] == [bool(told)]
        assert page.link("See what goes with it") == f"/api/v2/routine/{routine}/deletion/"
