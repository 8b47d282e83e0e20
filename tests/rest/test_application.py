"""What Flask does for a request, done with less: the answers stay the same."""

from __future__ import annotations

import pytest

from wger_flask.rest import application
from wger_flask.rest.application import Application, Response


@pytest.fixture
def app():
    app = Application("test")

    @app.get("/rows/<key>/")
    def row(key):
        return Response.of(key.encode(), 200, {"Content-Type": "text/plain"})

    @app.route("/rows/", methods=["GET", "POST"])
    def rows():
        return Response.of(b"[]", 201, {"Content-Type": "application/json", "Location": "/rows/ä/"})

    return app


def test_a_path_that_was_found_before_is_found_again_with_values_of_its_own(app):
    client = app.test_client()
    assert [client.get(f"/rows/{key}/").text for key in ("1", "2", "1")] == ["1", "2", "1"]
    assert client.post("/rows/").text == client.get("/rows/").text == "[]"
    assert [client.post("/rows/1/").status_code for _ in range(2)] == [405, 405]
    assert [client.get("/others/").status_code for _ in range(2)] == [404, 404]
    assert [client.get("/rows").headers["Location"] for _ in range(2)] == ["http://localhost/rows/"] * 2


def test_paths_are_not_remembered_without_end(app, monkeypatch):
    monkeypatch.setattr(application, "_MOST_PATHS", 3)
    client = app.test_client()
    for key in range(10):
        assert client.get(f"/rows/{key}/").text == str(key)
    client.get(f"/rows/{'x' * 400}/")
    assert len(app.matches) <= 3 and all(len(path) < 400 for _, path in app.matches)


def test_bytes_go_out_with_their_length_and_head_without_them(app):
    client = app.test_client()
    answer = client.get("/rows/abc/")
    assert (answer.headers["Content-Length"], answer.headers["Content-Type"]) == ("3", "text/plain")
    head = client.head("/rows/abc/")
    assert (head.data, head.headers["Content-Length"], head.status) == (b"", "3", answer.status)


def test_a_location_is_spelled_as_an_address(app):
    assert app.test_client().get("/rows/").headers["Location"] == "/rows/%C3%A4/"


def test_what_is_to_be_done_at_the_end_of_an_answer_is_done(app):
    done = []

    @app.get("/ending/")
    def ending():
        made = Response.of(b"x", 200, {})
        made.call_on_close(lambda: done.append(True))
        return made

    app.test_client().get("/ending/").close()
    assert done == [True]


def test_a_host_that_can_be_no_name_is_refused(app):
    assert app.test_client().get("/rows/1/", headers={"Host": f"{'a' * 70}.example"}).status_code == 400
