"""The routes of the sync: who is let in, what they take, what they answer."""

from __future__ import annotations

import base64
import hmac
import json
import threading

import jwt
import pytest

from tests.conftest import key_of, settings_for
from wger_flask.app import close_app, open_app
from wger_flask.auth.models import User
from wger_flask.sync import log, routes
from wger_flask.sync.log import Batch, Snapshot
from wger_flask.sync.open_streams import OpenStreams
from wger_flask.testing.server import with_app

STREAM, WRITE, REQUESTED = "/ps/sync/stream", "/ps/write-checkpoint2.json?client_id=p", "/ps/sync/checkpoint-request"
PHONE = {"client_id": "p", "buckets": []}
WATCH = OpenStreams._watch


@pytest.fixture(autouse=True)
def short_log(monkeypatch):
    """A log without anything in it."""
    monkeypatch.setattr(log, "take_snapshot", lambda user, client: Snapshot(1, 0, 0, ()))
    monkeypatch.setattr(log, "read_batch", lambda *_: Batch([], 0, False))
    monkeypatch.setattr(log, "generation", lambda: 0)
    monkeypatch.setattr(OpenStreams, "_watch", lambda self: None)
    monkeypatch.setattr(log, "begin_stream", lambda user, client, position: 1)
    monkeypatch.setattr(log, "raise_number", lambda user, client: 3)
    monkeypatch.setattr(log, "keep_number", lambda user, client, number: number)


@pytest.fixture
def web(app):
    """A client that sends nothing of its own accord."""
    return app.test_client()


@pytest.fixture
def token(api):
    return api("grace").get("powersync-token").json["token"]


def asked(web, credentials: str | None) -> list:
    """Return how each route answers to an Authorization header."""
    headers = {} if credentials is None else {"Authorization": credentials}
    return [
        web.post(STREAM, json=PHONE, headers=headers),
        web.get(WRITE, headers=headers),
        web.post(REQUESTED, json={"client_id": "p", "checkpoint_request_id": "5"}, headers=headers),
    ]


def test_a_phone_is_told_where_to_sync(api, web):
    assert api("grace").get("powersync-token").json["powersync_url"] == "http://localhost/ps/"
    for path in ("/ps/probes/liveness", "/ps/"):
        assert web.get(path).status_code == 200


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "token"])
def test_a_sync_token_opens_the_routes(web, token, scheme):
    stream, write, requested = asked(web, f"{scheme} {token}")
    assert stream.status_code == 200 and stream.mimetype == "application/x-ndjson"
    assert (stream.headers["Cache-Control"], stream.headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert "Content-Encoding" not in stream.headers
    lines = [json.loads(line) for line in stream.data.splitlines()]  # without threads to spare it ends once it is whole
    assert [next(iter(line)) for line in lines] == ["checkpoint", "checkpoint_complete"]
    assert write.json == {"data": {"write_checkpoint": "3"}}
    assert requested.json == {"data": {"checkpoint_request_id": "5"}}


def test_nothing_else_does(api, web, token):
    head, body, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    forged = _signed(claims, api().get("powersync-keys").data)
    none = jwt.encode(claims, None, "none")
    for text in (
        None,
        "",
        "Token",
        "Token ",
        "Token x",
        "Bearer x.y.z",
        f"Token {head}.{body}.",
        f"Basic {token}",
        token,
        f"Token {token[:-4]}",
        f"Token {token}.x",
        f"Token {forged}",
        f"Bearer {none}",
        f"Token {key_of('grace')}",
        f"Bearer {key_of('ada')}",
        f"Token {token} x",
    ):
        for answer in asked(web, text):
            assert answer.status_code == 401 and answer.is_json, text


def _signed(claims: dict, secret: bytes) -> str:
    """Return a token that is signed with a secret, be it a public key."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256"}, claims)]
    mark = hmac.digest(secret, b".".join(parts), "sha256")
    return b".".join([*parts, base64.urlsafe_b64encode(mark).rstrip(b"=")]).decode()


def test_nor_does_a_session(app, api, web):
    web.post("/user/login", data={"username": "grace", "password": "x"})
    assert [answer.status_code for answer in asked(web, None)] == [401] * 3


def test_a_sync_token_opens_nothing_else(web, token):
    for scheme in ("Token", "Bearer"):
        headers = {"Authorization": f"{scheme} {token}"}
        for path in ("userprofile/", "powersync-token"):
            assert web.get(f"/api/v2/{path}", headers=headers).status_code == 403
        assert web.put("/api/v2/upload-powersync-data", json={}, headers=headers).status_code == 403


def test_it_ends_with_its_account(web, token, people):
    User.update(is_active=False).where(User.id == people["grace"].id).execute()
    assert [answer.status_code for answer in asked(web, f"Token {token}")] == [401] * 3


def test_what_no_phone_sends(web, token):
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    long = "x" * 101
    for body in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff",
        b'{"client_id":5}',
        b'{"client_id":""}',
        b'{"client_id":null}',
        b'{"client_id":"p","buckets":[{"name":{}}]}',
        b'{"client_id":"p","buckets":"y"}',
        b'{"client_id":"p","buckets":[1]}',
        b'{"client_id":"a\\u0000"}',
        b'{"client_id":"p","buckets":[{"name":"a","after":"-"}]}',
        b'{"client_id":"p","buckets":[{"name":"a","after":[]}]}',
        f'{{"client_id":"{long}"}}'.encode(),
        b'{"client_id":"p","buckets":[{"name":"a","after":"1234567890123456789"}]}',
        b"[" * 100_000,
        json.dumps({"client_id": "p", "buckets": [{"name": str(n)} for n in range(10_001)]}).encode(),
        b'{"client_id":"\\ud800"}',
        '{"client_id":"p","buckets":[{"name":"a","after":"٣"}]}'.encode(),
    ):
        answer = web.post(STREAM, data=body, headers=headers)
        assert answer.status_code == 400 and answer.is_json, body[:80]
    for query in ("", "?client_id=", "?client_id=" + long, "?client_id=%00"):
        assert web.get("/ps/write-checkpoint2.json" + query, headers=headers).status_code == 400, query
    for sent in (
        {},
        [],
        {"client_id": "p"},
        *({"client_id": "p", "checkpoint_request_id": wrong} for wrong in (5.5, "-1", "9" * 19, None, True, "")),
    ):
        assert web.post(REQUESTED, json=sent, headers=headers).status_code == 400, sent
    assert web.get(STREAM, headers=headers).status_code == 405


def test_a_body_that_is_too_large(web, token):
    headers = {"Authorization": f"Token {token}"}
    assert web.post(STREAM, data=b" " * (2**20 + 1), headers=headers).status_code in (400, 413)


def test_too_many(app, web, token, monkeypatch):
    monkeypatch.setattr(app.extensions["wger_flask.sync"], "most", 0)
    answer = web.post(STREAM, json=PHONE, headers={"Authorization": f"Token {token}"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(routes.RETRY_SECONDS))


@pytest.mark.parametrize(
    ("environ", "most"),
    [
        ({"wsgi.multithread": True, "SERVER_SOFTWARE": "gunicorn/23"}, 2),  # half of four threads
        ({"wsgi.multithread": False, "SERVER_SOFTWARE": "gunicorn/23"}, 0),
        ({"wsgi.multithread": True, "SERVER_SOFTWARE": "Werkzeug/3"}, 99),  # a thread for each request
        ({routes.WRAPPER: list}, 99),  # our worker drives streams itself
    ],
)
def test_streams_leave_threads_to_requests(app, monkeypatch, environ, most):
    """A phone beyond them gets one checkpoint a connection, and comes back for the next."""
    for number in (0, 1, 2, 3, 50):
        with monkeypatch.context() as patched, app.test_request_context(STREAM, environ_overrides=environ):
            patched.setitem(app.extensions["wger_flask"].settings.__dict__, "WGER_THREADS", 4)
            patched.setitem(app.extensions, routes.EXTENSION, range(number))
            assert routes.may_last(app) is (number < most), number


def test_gzip_where_it_is_wanted(app, web, token, monkeypatch):
    headers = {"Authorization": f"Token {token}", "Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in web.post(STREAM, json=PHONE, headers=headers).headers


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"WGER_SYNC": False}, ""),
        ({"POWERSYNC_URL": "https://service.example.org"}, "https://service.example.org"),
    ],
)
def test_where_phones_sync_elsewhere_or_not_at_all(template, tmp_path, setting, told):
    held = template.copy(tmp_path)
    with with_app(settings_for(held.url, tmp_path, **setting)) as app:
        client = app.test_client()
        headers = {"Authorization": f"Token {key_of('grace')}"}
        assert client.get("/api/v2/powersync-token", headers=headers).json["powersync_url"] == told
        assert client.get("/ps/probes/liveness").status_code == 404
        assert client.post(STREAM, json=PHONE, headers=headers).status_code == 404
        for address in ("events", "webhook", "webhook-delivery"):  # which are told of the same log
            assert client.get(f"/api/v2/{address}/", headers=headers).status_code == 404, address
    held.drop()


def test_closing_the_application_ends_its_streams_and_their_watcher(app, web, token, monkeypatch):
    """The next one of the process has another database, which nothing of this one may look at."""
    watched = threading.Event()
    monkeypatch.setattr(OpenStreams, "_watch", WATCH)
    monkeypatch.setattr(OpenStreams, "_tell", lambda self, follower: watched.set())
    answer = web.post(STREAM, json=PHONE, headers={"Authorization": f"Token {token}"})
    assert next(answer.iter_encoded()) and watched.wait(600)
    streams = app.extensions[routes.EXTENSION]
    [watcher] = [thread for thread in threading.enumerate() if thread.name == "sync watcher"]
    close_app(app)
    assert not watcher.is_alive() and len(streams) == 0
    open_app(app)
    answer.close()
    assert streams._watcher is None  # a stream that ends late has nothing to note any more
