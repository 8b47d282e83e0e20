"""What answers of every kind say about themselves: their type, what tells them from others, and who may keep them."""

from __future__ import annotations

import gzip

import pytest

from wger_flask.rest import representations

PAGE, PACKED = {"Accept": "text/html"}, {"Accept-Encoding": "gzip"}
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
    for path in (
        "/",
        "version/",
        "trophy/",
        "exercise/search/?term=a",
        "schema",
        "nonsense/",
        "muscle/9999/",
        "/nonsense",
    ):
        for more in ({}, PAGE):
            assert kept(api().get(path, headers=more)) == ASK_FIRST, path


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


@pytest.mark.parametrize("path", ["/", "muscle/", "exercise/1/", "routine/", "token", "check-language/", "/user/login"])
def test_a_page_says_what_it_depends_on(api, path):
    for name in ("grace", None):
        vary = api(name).get(path, headers=PAGE).headers["Vary"]
        assert {"Accept-Language", "Authorization", "Cookie"} <= set(vary.replace(" ", "").split(","))


@pytest.mark.parametrize("path", ["token", "check-language/", "/api/v2/schema/ui"])
def test_a_page_with_a_token_against_forged_forms_is_kept_by_no_proxy(api, path):
    client = api()
    first, again = (client.get(path, headers=PAGE | PACKED) for _ in range(2))
    assert "Set-Cookie" in first.headers and "Set-Cookie" not in again.headers
    assert kept(first) == kept(again) == "private, no-cache"
    assert "Content-Encoding" not in first.headers and "Content-Encoding" not in again.headers
    assert client.get(path, headers=PAGE | {"If-None-Match": again.headers["ETag"]}).status_code == 304


# -- what is neither a user's JSON nor the catalogue's --------------------------------------------------
def entity(client, path: str, **headers: str) -> tuple[str, bytes]:
    """Return the entity tag and the body of an answer; with its tag it is a 304, without it the same again."""
    first = client.get(path, headers=headers)
    tag = first.headers["ETag"]
    known = client.get(path, headers={**headers, "If-None-Match": tag})
    assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", tag)
    assert client.get(path, headers={**headers, "If-None-Match": '"other"'}).data == first.data
    return tag, first.data


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("muscle/", "text/html"),
        ("exercise/1/", "text/html"),
        ("/", "text/html"),
        ("schema", "*/*"),
        ("schema", "application/json"),
        ("schema", "application/vnd.oai.openapi+json"),
        ("muscle.csv/", "*/*"),
        ("muscle.ndjson/", "*/*"),
    ],
)
def test_what_everybody_is_given_is_known_again_and_compressed(api, path, accept):
    tag, plain = entity(api(), path, Accept=accept)
    packed_tag, packed = entity(api(), path, Accept=accept, **PACKED)
    assert packed_tag != tag and gzip.decompress(packed) == plain and len(packed) < len(plain) // 2
    assert "Accept-Encoding" in api().get(path, headers={"Accept": accept}).headers["Vary"]


def test_the_document_is_compressed_once(api, monkeypatch):
    answers = []
    for _ in range(3):
        answers.append(api().get("schema", headers=PACKED).data)
        monkeypatch.setattr(representations, "compressed", None)
    assert answers == answers[:1] * 3
    assert len(api("grace").get("schema").data) > 10 * len(answers[0])


def test_a_workbook_is_known_again(api):
    entity(api(), "muscle.xlsx/")
    assert "Content-Encoding" not in api().get("muscle.xlsx/", headers=PACKED).headers


def test_a_table_of_ones_own_is_known_until_something_is_written(api):
    client = api("grace")
    tag, _ = entity(client, "weightentry.csv/")
    answer = client.get("weightentry.csv/", headers={"If-None-Match": tag})
    assert (answer.status_code, kept(answer)) == (304, OWN)
    assert client.post("weightentry/", {"date": "2026-01-02T00:00:00Z", "weight": 80}).status_code == 201
    assert client.get("weightentry.csv/", headers={"If-None-Match": tag}).status_code == 200


def test_a_page_for_who_may_have_a_secret_is_not_compressed(app, api):
    assert "Content-Encoding" in api().get("exercise/", headers=PAGE | PACKED).headers
    for name in ("csrftoken", "sessionid"):
        client = api()
        client.http.set_cookie(name, "x")
        assert "Content-Encoding" not in client.get("exercise/", headers=PAGE | PACKED).headers
    assert "Content-Encoding" not in api("grace").get("exercise/", headers=PAGE | PACKED).headers
    browser = app.test_client()
    browser.post("/api/v2/login/", json={"username": "grace", "password": "ecarg-pass"})
    for path, is_packed in (("schema", True), ("workoutlog.csv/", False)):
        answer = browser.get(f"/api/v2/{path}", headers=PACKED)
        assert ("Content-Encoding" in answer.headers) == is_packed, path


# -- what pages of other origins, and caches between, are told --------------------------------------------
def test_a_script_of_another_origin_reads_the_tag_and_writes_with_it(api):
    client, origin = api("grace"), {"Origin": "https://app.example"}
    for _ in range(2):
        answer = client.get("weightentry/", headers=origin)
        assert {"ETag", "X-Request-ID"} <= set(answer.headers["access-control-expose-headers"].split(", "))
    asked = origin | {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match"}
    allowed = client.open("OPTIONS", "weightentry/1/", headers=asked).headers["access-control-allow-headers"]
    assert {"if-match", "if-none-match", "idempotency-key"} <= set(allowed.split(", "))
    assert "access-control-expose-headers" not in client.get("weightentry/").headers


@pytest.mark.parametrize("path", ["nonsense/", "/nonsense", "/media/nonsense", "muscle/9999/", "daysofweek/", "schema"])
def test_what_can_be_kept_says_that_it_depends_on_the_origin_and_the_format(api, path):
    for accept in ("application/json", "text/html"):
        vary = api().get(path, headers={"Accept": accept}).headers["Vary"].replace(" ", "").split(",")
        assert {"Accept", "Origin"} <= set(vary), accept
        assert path == "schema" or {"Authorization", "Cookie"} <= set(vary), accept
