"""A database that turns read-only while it is served: reading goes on, writing is refused clearly, and comes back."""

from __future__ import annotations

import io
from contextlib import contextmanager

import pytest

from tests.conftest import key_of
from tests.media.samples import picture
from tests.reference import SERVER
from wger_flask.storage.database import database, disconnect
from wger_flask.testing.server import Client

pytestmark = pytest.mark.skipif(bool(SERVER), reason="a server that turns read-only has a successor: test_replicas")
TOLD = {"detail": "The database does not answer at the moment. Try again."}
WEIGHT = {"date": "2024-05-01T08:00:00Z", "weight": 70}
WRITES = [
    ("POST", "weightentry/", {"json": WEIGHT}),
    ("POST", "nutritionplan/", {"json": {"description": "a", "start": "2024-05-07"}}),
    ("PATCH", "userprofile/", {"json": {"height": 180}}),
    ("POST", "/allauth/app/v1/auth/signup", {"json": {"username": "new-one", "password": "long-enough-pass"}}),
    ("POST", "register/", {"json": {"username": "new-one", "password": "long-enough-pass"}}),
]


@contextmanager
def turned_read_only():
    """Have SQLite refuse every write, in the words that it has for a disk that is mounted so."""
    database.obj.execute_sql("PRAGMA query_only = 1")
    try:
        yield
    finally:
        database.obj.execute_sql("PRAGMA query_only = 0")


@pytest.fixture
def ask(app):
    def ask(method: str, path: str, name: str = "grace", **sent):
        headers = {"Authorization": f"Token {key_of(name)}", "Accept": sent.pop("accept", "application/json")}
        path = path if path.startswith("/") else f"/api/v2/{path}"
        return app.test_client().open(path, method=method, headers=headers, **sent)

    return ask


def test_reading_goes_on_and_writing_is_a_503_until_it_is_over(ask, caplog):
    with turned_read_only():
        for method, path, sent in WRITES:
            answer = ask(method, path, **sent)
            assert answer.status_code == 503, (path, answer.text)
            assert answer.json["detail"] == TOLD["detail"] and "Retry-After" in answer.headers
        assert ask("GET", "weightentry/").status_code == 200
        assert ask("GET", "exerciseinfo/?limit=2").status_code == 200
        assert "readonly database" in caplog.text and "Traceback" not in caplog.text
    for method, path, sent in WRITES[:3]:
        assert ask(method, path, **sent).status_code in (200, 201), path
    assert ask("GET", "weightentry/").json["count"] == 1


def test_a_page_says_so_to_people(ask):
    with turned_read_only():
        answer = ask("POST", "weightentry/", accept="text/html", data={"date": "2024-05-01", "weight": "70"})
        assert (answer.status_code, answer.mimetype) == (503, "text/html")


def test_no_file_is_left_of_an_upload(ask, app):
    media = app.extensions["wger_flask"].settings.WGER_MEDIA_ROOT
    with turned_read_only():
        form = {"date": "2024-05-01", "image": (io.BytesIO(picture()), "a.png")}
        assert ask("POST", "gallery/", data=form, content_type="multipart/form-data").status_code == 503
        assert not [path for path in media.rglob("*") if path.is_file()]


def test_who_logs_in_is_told_or_let_in_and_never_left_with_a_mistake(app):
    with turned_read_only():
        for path in ("token", "login/", "/allauth/app/v1/auth/login"):
            answer = Client(app).post(path, {"username": "grace", "password": "ecarg-pass"})
            assert answer.status_code in (200, 503), (path, answer.text)
    assert Client(app).post("token", {"username": "grace", "password": "ecarg-pass"}).status_code == 200
    disconnect()
