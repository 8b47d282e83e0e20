"""Odd forms and addresses of the pages for people."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import assert_sound
from tests.fuzz.odd import ANY_TEXT, examples

PAGES = tuple(
    (
        "/ /user/login /user/register /user/password /user/password/reset /user/password/reset/x /user/ /user/api-key "
        "/user/email /user/email/verify /user/email/confirm/x /user/logout"
    ).split()
)
NAMES = ("username", "password", "email", "again", "old_password", "new_password", "next", "_method", "action", "name")


@pytest.fixture(params=[None, "grace"], ids=["nobody", "somebody"])
def browser(request, app):
    """A browser, and the token that its forms carry."""
    http = app.test_client()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', http.get("/user/login").text)[1]
    if request.param:
        form = {"username": "grace", "password": "ecarg-pass", "csrfmiddlewaretoken": token}
        assert http.post("/user/login", data=form).status_code == 303
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', http.get("/").text)[1]
    return http, token


@pytest.mark.parametrize("path", PAGES)
def test_any_form(browser, path):
    http, token = browser

    @examples(20)
    @given(
        st.dictionaries(st.sampled_from(NAMES), ANY_TEXT, max_size=6), st.sampled_from(["GET", "POST", "PUT", "HEAD"])
    )
    def send(fields, method):
        where = {"query_string": fields} if method == "GET" else {"data": {"csrfmiddlewaretoken": token, **fields}}
        answer = http.open(path, method=method, headers={"Accept": "text/html"}, **where)
        assert_sound(answer, (method, fields))
        location = answer.headers.get("Location", "/")
        assert location.startswith("/") and not location.startswith("//"), location

    send()


@examples(60)
@given(key=ANY_TEXT)
def test_any_key(app, key):
    http = app.test_client()
    for path in ("/user/email/confirm/", "/user/password/reset/", "/media/", "/static/", "/schema/assets/swagger/"):
        raw = (path + key).encode("utf-8", "replace").decode("latin-1")
        assert_sound(http.get("/", environ_overrides={"PATH_INFO": raw}), path)


@examples(60)
@given(cookie=ANY_TEXT.filter(lambda text: text.isascii() and text.isprintable()))
def test_any_cookie(app, cookie):
    http = app.test_client(use_cookies=False)
    for name in ("sessionid", "csrftoken", "django_language"):
        for path in ("/", "/api/v2/weightentry/", "/user/login"):
            answer = http.get(path, headers={"Cookie": f"{name}={cookie}", "Accept": "text/html"})
            assert_sound(answer, (name, cookie))
        answer = http.post("/api/v2/weightentry/", json={}, headers={"Cookie": f"{name}={cookie}"})
        assert answer.status_code == 403
