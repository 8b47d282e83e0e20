"""What no target answers: unknown paths, bodies that are too large, mistakes of ours; and whom others may be."""

from __future__ import annotations

import dataclasses

import pytest

from tests.conftest import key_of
from wger_flask.app import create_app
from wger_flask.storage.database import database
from wger_flask.testing.server import put_aside

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FOUND_NOTHING = {"detail": "Not found."}


@pytest.fixture
def variant(app):
    """Return a function that makes the application with other settings, on the same database."""
    settings = app.extensions["wger_flask"].settings

    def variant(**changes):
        return create_app(dataclasses.replace(settings, WGER_DATABASE_URL=url, **changes))

    url = f"sqlite:///{database.obj.database}" if database.obj.dialect.name == "sqlite" else None
    if url is None:
        pytest.skip("what is tested does not depend on the database")
    with put_aside():
        yield variant


# -- nothing there ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", ["/api/v2/nonsense/", "/api/v2/nonsense", "/api/", "/api/v3/exercise/", "/api/v2/exercise/1/x/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_an_unknown_path_of_the_api(api, path, method):
    for accept in ("application/json", "*/*", "", "application/xml", "garbage"):
        answer = api("ada").open(method, path, headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype, answer.json) == (404, "application/json", FOUND_NOTHING)
    page = api().open(method, path, headers={"Accept": BROWSER})
    assert (page.status_code, page.mimetype) == (404, "text/html")


def test_an_unknown_path_has_nothing_to_do_with_credentials(api):
    answer = api().get("nonsense/", headers={"Authorization": "Token nonsense"})
    assert (answer.status_code, answer.json) == (404, FOUND_NOTHING)


@pytest.mark.parametrize("path", ["/nonsense", "/static/nonsense.css", "/media/nonsense.png", "/favicon.nonsense"])
def test_an_unknown_page(api, path):
    page = api().get(path, headers={"Accept": BROWSER})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "<html" in page.get_data(as_text=True)
    assert api().get(path, headers={"Accept": "application/json"}).json == FOUND_NOTHING


@pytest.mark.parametrize(
    "path",
    (
        "/media/../wger.sqlite /media/gallery/../../secret.key /media//etc/passwd /media/. /media/gallery "
        "/static/../app.py /static/..%2f..%2fsecret.key /media/a\x00.png /media/..\\secret.key"
    ).split(),
)
def test_no_way_out_of_a_folder(api, path):
    # two slashes are one: those are sent to the address that is meant
    answer = api().get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == (308 if "//" in path else 404)


# -- too much -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
def test_a_body_that_is_too_large(variant, kind):
    client = variant(WGER_MAX_BODY_SIZE=1).test_client()
    headers = {"Authorization": f"Token {key_of('grace')}"}
    large = b'{"weight": "' + b"1" * 2**20 + b'"}'
    if kind.startswith("multipart"):
        large = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + large + b"\r\n--b--\r\n"
    for path in ("/api/v2/weightentry/", "/api/v2/token", "/api/v2/userprofile/"):
        answer = client.post(path, data=large, content_type=kind, headers=headers)
        assert (answer.status_code, answer.json) == (413, {"detail": "The request body is too large."}), path
    page = client.post("/api/v2/weightentry/", data=large, content_type=kind, headers={**headers, "Accept": BROWSER})
    assert (page.status_code, page.mimetype) == (413, "text/html")


def test_a_form_of_many_fields(api):
    answer = api("grace").post(
        "weightentry/",
        data="&".join(f"a{number}=1" for number in range(5000)),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 413
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="a{number}"\r\n\r\n1\r\n' for number in range(1500))
    answer = api("grace").post("weightentry/", data=f"{parts}--b--\r\n", content_type="multipart/form-data; boundary=b")
    assert answer.status_code in (400, 413) and answer.json


@pytest.mark.parametrize("depth", [10, 900, 100_000])
def test_deep_json(api, depth):
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        body = '{"weight":' + opening * depth + "1" + closing * depth + "}"
        answer = api("grace").post("weightentry/", data=body, content_type="application/json")
        assert answer.status_code == 400 and answer.json


@pytest.mark.parametrize(
    "number", ["9" * 4000, "9" * 5000, "1e9999", "-1e-9999", "9223372036854775808", "0." + "3" * 5000]
)
def test_large_numbers(api, number):
    for body in (f'{{"weight":{number},"date":"2024-01-01"}}', f'{{"weight":"{number}","date":"2024-01-01"}}'):
        answer = api("grace").post("weightentry/", data=body, content_type="application/json")
        assert answer.status_code == 400 and answer.json
    assert api().get(f"muscle/{number}/").status_code == 404
    assert api().get(f"muscle/?limit={number}&offset={number}").status_code == 200
    assert api().get(f"muscle/?id={number}").status_code in (200, 400)


# -- mistakes of ours -----------------------------------------------------------------------------------
@pytest.fixture
def broken(app, monkeypatch):
    """A resource that always fails."""
    from wger_flask.rest.pagination import LimitOffset

    def fail(*arguments):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(LimitOffset, "slice", fail)


def test_a_mistake_is_told_in_one_sentence(api, broken, caplog):
    answer = api().get("muscle/")
    assert (answer.status_code, answer.mimetype) == (500, "application/json")
    assert answer.json == {
        "detail": "The server made a mistake. It was noted in the log.",
        "request_id": answer.headers["X-Request-ID"],
    }
    assert "secret detail" in caplog.text
    page = api().get("muscle/", headers={"Accept": BROWSER})
    assert (page.status_code, page.mimetype) == (500, "text/html")
    assert "secret detail" not in page.get_data(as_text=True)


def test_nothing_of_a_failed_write_stays(api, monkeypatch):
    from wger_flask.rest.serialization import Dumper

    grace = api("grace")
    assert grace.get("weightentry/").json["count"] == 0
    with monkeypatch.context() as patched:
        patched.setattr(Dumper, "__call__", lambda *arguments: 1 / 0)
        assert grace.post("weightentry/", {"date": "2024-01-01", "weight": 70}).status_code == 500
    assert grace.get("weightentry/").json["count"] == 0
    assert grace.post("weightentry/", {"date": "2024-01-01", "weight": 70}).status_code == 201


# -- other origins -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("allowed", "origin", "granted"),
    [
        (("*",), "https://a.example", "*"),
        (("https://a.example",), "https://a.example", "https://a.example"),
        (("https://a.example",), "https://b.example", None),
        (("https://a.example",), "null", None),
        ((), "https://a.example", None),
    ],
)
def test_origins(variant, allowed, origin, granted):
    client = variant(WGER_CORS_ORIGINS=allowed).test_client()
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answers = [
        client.get("/api/v2/muscle/", headers={"Origin": origin}),
        client.get("/api/v2/nonsense/", headers={"Origin": origin}),
        client.post("/api/v2/weightentry/", json={}, headers={"Origin": origin}),
        client.options("/api/v2/weightentry/", headers=asked),
    ]
    for answer in answers:
        assert answer.headers.get("access-control-allow-origin") == granted
        assert "access-control-allow-credentials" not in answer.headers
    assert (answers[-1].status_code == 200) == (granted is not None)
    for path in ("/", "/allauth/app/v1/config", "/user/login"):
        assert "access-control-allow-origin" not in client.get(path, headers={"Origin": origin}).headers


def test_no_origin_needs_no_grant(api):
    assert "access-control-allow-origin" not in api().get("muscle/").headers


# -- hosts and proxies ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("host", ["wger.example", "wger.example:8443", "127.0.0.1:1", "[::1]:8000", "localhost"])
def test_links_name_the_host_that_was_asked(api, host):
    body = api().get("muscle/?limit=1", headers={"Host": host}).json
    assert body["next"] == f"http://{host}/api/v2/muscle/?limit=1&offset=1"
    assert (
        api().get("muscle/", headers={"Host": host}).json["results"][0]["image_url_main"].startswith(f"http://{host}/")
    )


NO_HOSTS = [
    "", " ", "a b", "a/b", "a@b", "evil.example/path", "a\tb", '"><script>', "ä.example", "a:b:c", "%", "a_b", "a..b",
    ".a", "a,b", "a:", "a:0", "a:65536", "a:-1", "a:1e3", "[::1", "::1", "[::1]x", "[evil.example]", "a?b", "a#b",
    "a\\b",
]  # fmt: skip


@pytest.mark.parametrize("host", NO_HOSTS)
def test_hosts_that_are_none(api, host):
    told = {"detail": "The Host header is not valid."}
    for path in ("muscle/?limit=1", "exerciseinfo/", "nonsense/", "token", "/allauth/app/v1/config", "schema"):
        answer = api().get(path, headers={"Host": host, "Accept": "application/json"})
        assert (answer.status_code, answer.json) == (400, told), path
    for path in ("muscle/", "/", "/user/password/reset"):
        page = api().get(path, headers={"Host": host, "Accept": BROWSER})
        assert (page.status_code, page.mimetype) == (400, "text/html"), path
        assert not host.strip(" %.") or f"//{host}" not in page.text


def test_a_proxy_that_passes_on_what_is_no_host(variant):
    client = variant(NUMBER_OF_PROXIES=1, USE_X_FORWARDED_HOST=True).test_client()
    answer = client.get("/api/v2/muscle/", headers={"X-Forwarded-Host": "evil.example/path"})
    assert (answer.status_code, answer.json) == (400, {"detail": "The Host header is not valid."})


def test_http_1_0_names_no_host(api):
    answer = api().http.get("/api/v2/muscle/?limit=1", environ_overrides={"HTTP_HOST": None})
    assert answer.status_code == 200 and answer.json["next"].startswith("http://localhost/")


FORWARDED = {
    "X-Forwarded-For": "1.1.1.1, 2.2.2.2",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "99",
}


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        ({"NUMBER_OF_PROXIES": 0, "USE_X_FORWARDED_HOST": False}, "http://localhost"),
        ({"NUMBER_OF_PROXIES": 0, "USE_X_FORWARDED_HOST": True}, "http://localhost"),
        ({"NUMBER_OF_PROXIES": 1, "USE_X_FORWARDED_HOST": False}, "https://localhost"),
        ({"NUMBER_OF_PROXIES": 1, "USE_X_FORWARDED_HOST": True}, "https://evil.example"),
        ({"NUMBER_OF_PROXIES": 2, "USE_X_FORWARDED_HOST": False}, "http://localhost"),
    ],
)
def test_proxies_are_believed_as_far_as_they_are_counted(variant, settings, base):
    client = variant(**settings).test_client()
    assert client.get("/api/v2/muscle/?limit=1", headers=FORWARDED).json["next"].startswith(f"{base}/api/v2/muscle/?")


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "2.2.2.2"), (2, "1.1.1.1"), (3, "127.0.0.1")])
def test_the_address_that_limits_count_for(variant, proxies, address):
    app = variant(NUMBER_OF_PROXIES=proxies)
    seen = []

    @app.before_request
    def note():
        from flask import request

        seen.append(request.remote_addr)

    app.test_client().get("/api/v2/version/", headers=FORWARDED)
    assert seen == [address]
