"""What gunicorn could not read, or what failed outside of the application, is answered in JSON."""

from __future__ import annotations

import json
import logging
import re
import socket
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.http import errors
from gunicorn.workers.base import Worker

from tests.serving.running import read_all, running, statuses
from wger_flask.serving.refusing import refuse, status_of

CLIENT = ("192.0.2.7", 4711)
ODD = {"ParseException", "InvalidProxyHeader"}  # the class of all; and one that gunicorn takes for a fault of its own
UNREAD = [
    kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.ParseException) and name not in ODD
]


class Out:
    """A socket that does not block."""

    def __init__(self, is_gone: bool = False):
        self.sent, self.is_gone = b"", is_gone

    def gettimeout(self) -> float:
        return 0.0

    def sendall(self, data: bytes) -> None:
        if self.is_gone:
            raise BrokenPipeError
        self.sent += data


@pytest.fixture
def worker():
    return SimpleNamespace(log=logging.getLogger("refusing"), cfg=Config())


def made(kind: type[Exception]) -> Exception:
    return kind() if kind is errors.InvalidSchemeHeaders else kind("odd")


@pytest.mark.parametrize("kind", UNREAD)
def test_the_status_is_gunicorns(worker, kind):
    page = Out()
    Worker.handle_error(worker, None, page, CLIENT, made(kind))
    assert [status_of(made(kind))] == statuses(page.sent)


@pytest.mark.parametrize("address", [CLIENT, ""])
@pytest.mark.parametrize("wrong", [errors.InvalidHeaderName("<b>"), errors.LimitRequestHeaders("")])
def test_what_a_client_did_wrong_is_told_and_noted_under_one_id(worker, caplog, wrong, address):
    out = Out()
    refuse(worker, None, out, address, wrong)
    head, _, body = out.sent.decode().partition("\r\n\r\n")
    assert json.loads(body)["detail"] == (str(wrong) or "Request Header Fields Too Large")
    assert re.search(r"\r\nX-Request-ID: [0-9a-f]{32}\r\n", head) and "\r\nContent-Type: application/json\r\n" in head
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("wrong", [RuntimeError("a secret"), errors.InvalidHeader("fine"), OSError("a secret")])
def test_of_what_failed_here_a_client_is_told_nothing(worker, caplog, wrong):
    ours = not isinstance(wrong, errors.ParseException)
    out = Out()
    refuse(worker, None, out, CLIENT, wrong)
    assert statuses(out.sent) == [500 if ours else 400] and b"secret" not in out.sent
    assert [bool(record.exc_info) for record in caplog.records] == [ours]


def test_a_client_that_is_gone_is_no_error(worker, caplog):
    refuse(worker, None, Out(is_gone=True), CLIENT, errors.InvalidRequestLine("odd"))
    assert "Invalid HTTP request line" in caplog.text


def test_the_list_of_requests_has_what_was_read_in_part(server_database, tmp_path):
    env = {"WGER_WORKERS": "1", "WGER_LOG_FORMAT": "json", "WGER_ACCESS_LOG": "1"}
    with running(server_database.url, tmp_path, **env) as server, server.connect() as wire:
        wire.sendall(b"GET /api/v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: one\r\n\r\n")
        name = re.search(r"\r\nX-Request-ID: (\w+)\r\n", read_all(wire).decode())[1]
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    listed = [line for line in lines if line["logger"] == "gunicorn.access"]
    assert [(line["method"], line["status"], line["request_id"]) for line in listed] == [("GET", 400, name)]


def test_where_gunicorns_own_worker_serves_it_is_json_as_well(server_database, tmp_path):
    with running(server_database.url, tmp_path, WGER_WORKERS="1", options=("--proxy-protocol",)) as server:
        with server.connect() as wire:
            wire.sendall(b"PROXY TCP4 192.0.2.7 192.0.2.8 1 2\r\nnonsense\r\n\r\n")
            wire.shutdown(socket.SHUT_WR)
            found = read_all(wire)
    assert statuses(found) == [400] and "nonsense" in json.loads(found.partition(b"\r\n\r\n")[2])["detail"]
