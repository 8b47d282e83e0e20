"""A request has a name: in the answer, in what an answer says of a mistake, and in each line of the log."""

from __future__ import annotations

import io
import json
import logging
import re

import peewee
import pytest

from tests.operations.test_metrics import asked
from tests.serving.running import read_all, running
from wger_flask import logs
from wger_flask.rest import request_id
from wger_flask.rest.errors import Detailed
from wger_flask.rest.resource import Resource
from wger_flask.testing.server import Client

MADE = re.compile(r"[0-9a-f]{32}")
LONGEST = "a" * 128
WRONG = ["", " ", "a" * 129, "a b", 'a"b', "<b>", "ü", "a;b", "-a", "a\x7fb"]


@pytest.fixture
def anybody(app):
    return Client(app)


def failing(monkeypatch, wrong):
    def fail(*arguments):
        raise wrong

    monkeypatch.setattr(Resource, "by_key", fail)


@pytest.mark.parametrize(
    "sent", ["7", "req-1.2:3_4", "0190163d-8694-739b-aea5-966c26f8ad91", "Root=1-67/a+b=", LONGEST]
)
def test_an_id_that_is_well_formed_comes_back(anybody, sent):
    for path in ("/api/v2/exercise/?limit=1", "/api/v2/exercise/0/", "/", "/nowhere", "/healthz"):
        assert anybody.get(path, headers={"X-Request-ID": sent}).headers["X-Request-ID"] == sent


@pytest.mark.parametrize("sent", WRONG)
def test_another_takes_the_place_of_one_that_is_not(anybody, sent):
    found = anybody.get("/api/v2/exercise/?limit=1", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
    assert MADE.fullmatch(found)


def test_an_answer_says_it_where_something_is_wrong_or_it_was_brought(anybody):
    assert "X-Request-ID" not in anybody.get("/api/v2/exercise/?limit=1").headers
    refused = anybody.get("/api/v2/exercise/0/")
    assert MADE.fullmatch(refused.headers["X-Request-ID"]) and "request_id" not in refused.json
    assert anybody.get("/api/v2/exercise/0/").headers["X-Request-ID"] != refused.headers["X-Request-ID"]


class Busy(Detailed):
    status, message = 503, "Later."


@pytest.mark.parametrize("wrong", [RuntimeError("of ours"), peewee.OperationalError("database is locked"), Busy()])
def test_a_mistake_and_a_trouble_of_the_servers_name_it_in_the_body(anybody, monkeypatch, wrong):
    failing(monkeypatch, wrong)
    answer = anybody.get("/api/v2/muscle/1/", headers={"X-Request-ID": "seven"})
    assert answer.status_code in (500, 503) and set(answer.json) == {"detail", "request_id"}
    assert answer.json["request_id"] == answer.headers["X-Request-ID"] == "seven"
    page = anybody.get("/api/v2/muscle/1/", headers={"X-Request-ID": "seven", "Accept": "text/html"})
    assert page.status_code == answer.status_code and "<code>seven</code>" in page.text


@pytest.fixture
def log():
    """Return the function that has the package log in a format, and returns what it has written so far."""
    written, names = io.StringIO(), ("wger_flask",)

    def begin(format):
        logs.configure("info", format, request_id.current)
        for name in names:
            for handler in logging.getLogger(name).handlers:
                handler.setStream(written)
        return lambda: written.getvalue().splitlines()

    yield begin
    logs.configure("info", logs.TEXT, request_id.current)


def test_a_line_of_json_has_the_id_and_the_traceback(anybody, log, monkeypatch):
    lines = log(logs.JSON)
    failing(monkeypatch, RuntimeError("a mistake\n{of ours}"))
    anybody.get("/api/v2/muscle/1/", headers={"X-Request-ID": "seven"})
    (line,) = [json.loads(line) for line in lines()]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert "RuntimeError: a mistake\n{of ours}" in line.pop("exception")
    assert line == {
        "level": "error",
        "logger": "wger_flask",
        "message": "GET /api/v2/muscle/1/ failed",
        "request_id": "seven",
    }
    logging.getLogger("wger_flask").info("outside of a request")
    assert "request_id" not in json.loads(lines()[-1])


def test_a_line_for_people_ends_in_the_id(anybody, log, monkeypatch):
    lines = log(logs.TEXT)
    failing(monkeypatch, RuntimeError("of ours"))
    anybody.get("/api/v2/muscle/1/", headers={"X-Request-ID": "seven"})
    assert lines()[0].endswith("GET /api/v2/muscle/1/ failed [seven]")


@pytest.mark.parametrize("format", [logs.TEXT, logs.JSON])
def test_what_is_refused_before_it_is_read_has_one_in_the_answer_and_in_the_log(template, tmp_path, format):
    sent = [b"nonsense\r\n\r\n", b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"]
    found = []
    with running(template.url, tmp_path, WGER_LOG_FORMAT=format, WGER_WORKERS="1") as server:
        for head in sent:
            with server.connect() as wire:
                wire.sendall(head)
                found.append(re.search(rb"\r\nX-Request-ID: ([0-9a-f]{32})\r\n", read_all(wire))[1].decode())
    lines = [line for line in server.log.read_text().splitlines() if "Invalid request" in line]
    if format == logs.JSON:
        assert [json.loads(line)["request_id"] for line in lines] == found
    else:
        assert [line.rpartition(" ")[2] for line in lines] == [f"[{name}]" for name in found]


def test_no_key_of_a_letter_gets_into_the_log(anybody, log, monkeypatch):
    from wger_flask.auth import messages

    def fail(key):
        raise RuntimeError("of ours")

    lines = log(logs.JSON)
    monkeypatch.setattr(messages, "read_reset", fail)
    assert anybody.get("/user/password/reset/s3cret-key").status_code == 500
    assert json.loads(lines()[0])["message"] == "GET /user/password/reset/<key> failed"


def test_the_servers_own_lines_are_json_and_tell_nothing_of_who_asked(template, tmp_path):
    with running(template.url, tmp_path, WGER_LOG_FORMAT="json", WGER_ACCESS_LOG="1", WGER_WORKERS="1") as server:
        asked(server.port, "/api/v2/exercise/?limit=1&name=grace", **{"X-Request-ID": "seven", "User-Agent": "Phone"})
        asked(server.port, "/user/password/reset/s3cret-key")
        asked(server.port, "/media/gallery/1/s3cret.jpg")
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    requests = [line for line in lines if line["logger"] == "gunicorn.access"]
    assert [(line["method"], line["route"], line["status"]) for line in requests] == [
        ("GET", "/api/v2/exercise/", 200),
        ("GET", "/user/password/reset/<key>", 400),
        ("GET", "/media/<path:name>", 404),
    ]
    assert requests[0]["request_id"] == "seven" and MADE.fullmatch(requests[1]["request_id"])
    assert requests[0]["bytes"] > 0 and requests[0]["ms"] > 0
    assert not any(word in server.log.read_text() for word in ("s3cret", "grace", "Phone", '127.0.0.1"'))
