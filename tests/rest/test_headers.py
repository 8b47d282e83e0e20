"""What answers of every kind say about themselves: of which type they are, and who may keep them."""

from __future__ import annotations

import pytest

PAGE = {"Accept": "text/html"}
NO_STORE, MAX_AGE, ASK_FIRST, OWN = "no-store", "public, max-age=3600", "no-cache", "private, no-cache"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "muscle/"),
        ("GET", "weightentry/"),
        ("OPTIONS", "muscle/"),
        ("POST", "token"),
        ("GET", "nonsense/"),
        ("DELETE", "muscle/"),
        ("GET", "schema"),
        ("GET", "schema?format=json"),
        ("GET", "powersync-keys"),
        ("GET", "/"),
        ("GET", "/allauth/app/v1/config"),
        ("POST", "/allauth/app/v1/auth/login"),
        ("GET", "/user/login"),
        ("GET", "/static/style.css"),
        ("GET", "/static/nonsense"),
        ("GET", "/media/nonsense"),
    ],
)
def test_nobody_guesses_at_types(api, method, path):
    for name in ("grace", None):
        for accept in ({}, PAGE):
            with api(name).open(method, path, headers=accept) as answer:
                assert answer.headers["X-Content-Type-Options"] == "nosniff"


def kept(answer) -> str | None:
    return answer.headers.get("Cache-Control")


def test_what_is_somebodys_is_kept_by_nobody_else(api, resource_name):
    page, answer = api("grace").get(f"{resource_name}/", headers=PAGE), api("grace").get(f"{resource_name}/")
    assert kept(page) == NO_STORE and "ETag" not in page.headers
    if kept(answer) not in (OWN, NO_STORE):
        assert kept(answer) == kept(api().get(f"{resource_name}/")) and kept(answer) in (MAX_AGE, ASK_FIRST)


def test_what_is_everybodys_may_be_kept(api):
    assert kept(api().get("muscle/")) == kept(api("grace").get("muscle/")) == MAX_AGE
    assert kept(api().get("exercise/")) == kept(api("grace").get("exercise/")) == ASK_FIRST
    assert kept(api().get("/")) is None


@pytest.mark.parametrize("path", ["/", "muscle/", "routine/", "userprofile/", "nonsense/", "/user/login"])
def test_pages_with_somebodys_name_on_them(api, path):
    assert kept(api("grace").get(path, headers=PAGE)) == NO_STORE


def test_tokens(api):
    right = {"username": "grace", "password": "ecarg-pass"}
    for path, body in (("token", right), ("token", {**right, "password": "wrong"}), ("login/", right)):
        answer = api().post(path, body)
        assert kept(answer) == NO_STORE, answer.json
    refresh = api().post("token", right).json["refresh"]
    assert kept(api().post("token/refresh", {"refresh": refresh})) == NO_STORE
    assert kept(api("grace").get("powersync-token")) == NO_STORE
    assert "no-store" in kept(api().post("/allauth/app/v1/auth/login", right))
