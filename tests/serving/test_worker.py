"""The server behind real sockets: clients that send or read by halves cost nobody a thread."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import threading
from contextlib import ExitStack, closing

import pytest

from tests.conftest import key_of
from tests.reference import SERVER
from tests.serving.running import Running, read_all, running, statuses

TOKEN = f"Authorization: Token {key_of('grace')}"
NOTED = re.compile(r"Traceback|\bERROR\b")
FILM = 8_000_000


@pytest.fixture(scope="module")
def patient(server_database, tmp_path_factory):
    """A server of one process and four threads that gives everybody an hour."""
    folder = tmp_path_factory.mktemp("patient")
    (folder / "media").mkdir()
    (folder / "media" / "film.mp4").write_bytes(b"film" * (FILM // 4))
    env = {"WGER_WORKERS": "1", "WGER_THREADS": "4", "WGER_HEAD_TIMEOUT": "3600", "WGER_WRITE_WAIT": "600"}
    with running(server_database.url, folder, **env) as server:
        yield server


@pytest.fixture(scope="module")
def strict(server_database, tmp_path_factory):
    """A server that gives nobody more than three seconds: as long as we may stand still before we begin to send."""
    env = {"WGER_WORKERS": "1", "WGER_THREADS": "2", "WGER_HEAD_TIMEOUT": "3", "WGER_MIN_BODY_RATE": "1000000"}
    with running(server_database.url, tmp_path_factory.mktemp("strict"), **env) as server:
        yield server


@pytest.mark.parametrize(
    ("env", "sent"),
    [
        ({"SITE_URL": "https://example.org/wger"}, ("", "/wger")),
        ({"SCRIPT_NAME": "/wger"}, ("/wger",)),
    ],
)
def test_below_a_path(server_database, tmp_path, env, sent):
    with running(server_database.url, tmp_path, WGER_WORKERS="1", WGER_THREADS="2", **env) as server:
        for below in sent:
            for path, told in (
                ("/api/v2/exercise/?limit=1", b'"next":"http://localhost/wger/api/v2/exercise/?limit=1&offset=1"'),
                ("/user/login", b'<form class="card stack" method="post" action="/wger/user/login"'),
                ("/static/css/site.css", b"200 OK"),
                ("/api/v2/muscle", b"Location: /wger/api/v2/muscle/"),
            ):
                with server.connect() as wire:
                    wire.sendall(f"GET {below}{path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
                    assert told in read_all(wire), (below, path)


@pytest.fixture(autouse=True)
def quiet_logs(request):
    """What a server logs meanwhile must hold no mistake."""
    servers = [request.getfixturevalue(name) for name in ("patient", "strict") if name in request.fixturenames]
    before = [server.log.stat().st_size for server in servers]
    yield
    for server, size in zip(servers, before, strict=True):
        with server.log.open() as noted:
            noted.seek(size)
            assert not NOTED.search(noted.read())


def ask(server: Running, sent: bytes) -> bytes:
    """Send bytes, and return all that comes back until the server hangs up."""
    with server.connect() as wire:
        wire.sendall(sent)
        return read_all(wire)


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", TOKEN, *headers, "", ""]).encode()


def post(path: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"POST /api/v2/{path} HTTP/1.1", "Host: localhost", TOKEN, "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


CLOSE = "Connection: close"
VERSION = get("/api/v2/version/", CLOSE)
BODY = b'{"date": "2021-01-01", "weight": 5}'  # too light: it is read, and refused in words
REFUSAL = b'{"weight":["Weight must be between 20 and 350 kg"]}'
LENGTH = f"Content-Length: {len(BODY)}"
FORM = post("gallery/", "Content-Length: 900000").replace(b"application/json", b"multipart/form-data; boundary=b")
HALVES = {
    "nothing": b"",
    "half a line": b"GET /api",
    "half a head": VERSION[:-2],
    "half a body": post("weightentry/", LENGTH, body=BODY[:-1]),
    "no body": post("weightentry/", LENGTH),
    "half a login": post("token", "Content-Length: 90000", body=b'{"username": "' + b"a" * 9000),
    "half of chunks": post("weightentry/", "Transfer-Encoding: chunked", body=b"5\r\nhel"),
    "no end of chunks": post("weightentry/", "Transfer-Encoding: chunked", body=b"5\r\nhello\r\n"),
    "half a picture": FORM + b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n' * 2000,
}


# -- whoever stops half-way -----------------------------------------------------------------------
def test_two_hundred_of_them_stop_nobody(patient):
    """All of them still wait when all of the others have been answered."""
    kinds = [*HALVES, "an idle connection", "an answer that is not read"]
    with ExitStack() as open_ones:
        wires = []
        for number in range(200):
            wire, kind = open_ones.enter_context(patient.connect()), kinds[number % len(kinds)]
            if kind == "an answer that is not read":
                wire.sendall(get("/media/film.mp4"))
                continue
            if kind == "an idle connection":
                wire.sendall(get("/api/v2/version/"))
                assert statuses(wire.recv(65536)) == [200]
            else:
                wire.sendall(HALVES[kind])
            wires.append(wire)
        for _ in range(12):
            assert statuses(ask(patient, VERSION)) == [200]
            found = ask(patient, post("weightentry/", LENGTH, CLOSE, body=BODY))
            assert statuses(found) == [400] and found.endswith(REFUSAL)
        for wire in wires:
            wire.setblocking(False)
            with pytest.raises(BlockingIOError):
                wire.recv(1)


def test_their_time_runs_out(strict):
    with ExitStack() as open_ones:
        wires = {}
        for name, sent in HALVES.items():
            wires[name] = open_ones.enter_context(strict.connect())
            wires[name].sendall(sent)  # at once: who has sent nothing yet is hung up on, without an answer
        told = {name: read_all(wire) for name, wire in wires.items()}
    assert told.pop("nothing") == b""
    for name, found in told.items():
        assert statuses(found) == [408], name
        assert found.endswith(b'{"detail":"The request did not arrive in time."}'), name


@pytest.mark.parametrize("whole", [VERSION[:-2], post("weightentry/", "Content-Length: 100000")], ids=["head", "body"])
def test_a_byte_now_and_then_gains_no_time(strict, whole):
    with strict.connect() as wire:
        wire.sendall(whole)
        wire.settimeout(0.05)
        for _ in range(2000):
            try:
                found = wire.recv(65536)
                break
            except TimeoutError:
                wire.sendall(b"a")
        assert statuses(found) == [408]


def test_whoever_was_half_way_may_go_on(patient):
    for name, rest in (
        ("half a head", b"\r\n"),
        ("half a body", BODY[-1:]),
        ("no body", BODY),
        ("half of chunks", b"lo\r\n0\r\n\r\n"),
    ):
        with patient.connect() as wire:
            wire.sendall(HALVES[name])
            assert statuses(ask(patient, VERSION)) == [200]
            wire.sendall(rest)
            wire.shutdown(socket.SHUT_WR)
            assert statuses(read_all(wire))[0] in (200, 400)


# -- whoever does everything right ------------------------------------------------------------------
def test_a_connection_is_kept_and_requests_may_follow_at_once(patient):
    both = post("weightentry/", LENGTH, body=BODY) + get("/api/v2/version/")
    found = ask(patient, both * 20 + VERSION)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", found) == [b"400", b"200"] * 20 + [b"200"]


def test_byte_by_byte(patient):
    with patient.connect() as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in post(
            "weightentry/", "Transfer-Encoding: chunked", CLOSE, body=b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
        ):
            wire.sendall(bytes([byte]))
        assert read_all(wire).endswith(REFUSAL)


def test_whoever_asks_before_sending_a_body_is_told_to_go_ahead_once(patient):
    with patient.connect() as wire:
        wire.sendall(post("weightentry/", LENGTH, CLOSE, "Expect: 100-continue"))
        assert wire.recv(25, socket.MSG_WAITALL) == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.sendall(BODY)
        found = read_all(wire)
    assert statuses(found) == [400] and found.endswith(REFUSAL)


@pytest.mark.parametrize("also", [[], ["Expect: 100-continue"]], ids=["", "asks before"])
def test_a_body_that_is_too_large_is_refused_unread(patient, also):
    found = ask(patient, post("weightentry/", "Content-Length: 999999999", *also))
    assert statuses(found) == [413] and b"Connection: close" in found
    assert json.loads(found.partition(b"\r\n\r\n")[2]) == {"detail": "The request body is too large."}


def test_a_head_that_is_too_large_is_refused(patient):
    found = ask(patient, VERSION[:-2] + b"X: y\r\n" * 20_000)
    assert statuses(found) == [431] and told(found) == "The headers are too large."


@pytest.mark.parametrize(
    ("head", "status", "about"),
    [
        ("GET /api/v2/muscle/?" + "a" * 9_000 + " HTTP/1.1\r\nHost: a", 414, "too large"),
        ("GET /api/v2/muscle/ HTTP/1.1\r\nHost: a\r\nX-<b>: 1", 400, "X-<B>"),
        ("GET /api/v2/muscle/ HTTP/1.1\r\nHost: a\r\nX-A: \x01", 400, "X-A"),
        ("GET /api/v2/muscle/ HTTP/9.9\r\nHost: a", 400, "HTTP"),
        ("nonsense", 400, "nonsense"),
        ("POST /api/v2/muscle/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: odd", 501, "odd"),
        ("GET /api/v2/muscle/ HTTP/1.1\r\nHost: a" + "\r\nX: y" * 200, 431, "headers"),
    ],
)
def test_what_is_no_request_is_refused_in_json(patient, head, status, about):
    found = ask(patient, f"{head}\r\n\r\n".encode())
    assert statuses(found) == [status] and about.lower() in told(found).lower(), found
    assert b"\r\nContent-Type: application/json\r\n" in found


def told(found: bytes) -> str:
    return json.loads(found.partition(b"\r\n\r\n")[2])["detail"]


def test_a_large_body_arrives_whole(patient):
    weight = b'{"date": "2021-01-01", "notes": "' + b"x" * 700_000 + b'", "weight": 5}'
    found = ask(patient, post("weightentry/", f"Content-Length: {len(weight)}", CLOSE, body=weight))
    assert statuses(found) == [400] and found.endswith(REFUSAL)


@pytest.mark.parametrize("range_", [None, (0, FILM - 1), (1_000_001, 7_500_000)])
def test_a_film_that_is_read_slowly_arrives_whole(patient, range_):
    start, end = range_ or (0, FILM - 1)
    with patient.connect() as wire:
        wire.sendall(get("/media/film.mp4", CLOSE, *([f"Range: bytes={start}-{end}"] if range_ else [])))
        found = b""
        while b"\r\n\r\n" not in found:
            found += wire.recv(100)
        for _ in range(6):  # more than there are threads
            assert statuses(ask(patient, VERSION)) == [200]
        found += read_all(wire)
    assert statuses(found) == [206 if range_ else 200]
    assert found.partition(b"\r\n\r\n")[2] == (b"film" * (FILM // 4))[start : end + 1]


def test_nothing_follows_the_answer_to_head(patient):
    found = ask(patient, VERSION.replace(b"GET", b"HEAD", 1))
    assert statuses(found) == [200] and found.endswith(b"\r\n\r\n")


# -- behind a writer that is stuck ---------------------------------------------------------------------
@pytest.mark.skipif(bool(SERVER), reason="there is no lock on all of it")
def test_readers_are_answered_behind_a_writer_that_is_stuck(patient, server_database):
    """Ten writers wait, for ten minutes if need be, while some other program has the lock."""
    fine = b'{"date": "20%02d-01-01", "weight": 70}'
    told: list[bytes] = []

    def write(number: int) -> None:
        body = fine % (10 + number)
        told.append(ask(patient, post("weightentry/", f"Content-Length: {len(body)}", CLOSE, body=body)))

    with closing(sqlite3.connect(server_database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writers = [threading.Thread(target=write, args=(number,)) for number in range(10)]
        for writer in writers:
            writer.start()
        while len(told) < 8:  # half of the threads keep waiting
            assert statuses(ask(patient, get("/api/v2/weightentry/", CLOSE))) == [200]
        for _ in range(10):
            assert statuses(ask(patient, get("/api/v2/weightentry/", CLOSE))) == [200]
        assert len(told) == 8
        other.execute("ROLLBACK")
    for writer in writers:
        writer.join()
    assert sorted(statuses(one)[0] for one in told) == [201] * 2 + [503] * 8
    refused = next(one for one in told if statuses(one) == [503])
    assert b"Retry-After: 5\r\n" in refused
    with patient.log.open("r+") as noted:  # they were told there as well
        assert "others have been writing for too long" in noted.read()
        noted.truncate(0)


# -- stopping -----------------------------------------------------------------------------------------------
def test_a_server_stops_whoever_is_half_way_and_leaves_whole_files(template, tmp_path):
    copy = template.copy(tmp_path)
    with ExitStack() as open_ones:
        with running(copy.url, tmp_path, WGER_WORKERS="1", WGER_HEAD_TIMEOUT="3600") as server:
            weight = b'{"date": "2021-01-01", "weight": 70}'
            found = ask(server, post("weightentry/", f"Content-Length: {len(weight)}", CLOSE, body=weight))
            assert statuses(found) == [201]
            wires = [open_ones.enter_context(server.connect()) for _ in range(3)]
            wires[0].sendall(HALVES["half a head"])
            wires[1].sendall(get("/api/v2/version/"))
            assert statuses(wires[1].recv(65536)) == [200]
        assert [statuses(read_all(wire)) for wire in wires] == [[408], [], []]
    if not SERVER:  # nothing of the database lies elsewhere than in its file
        assert not copy.path.with_name(f"{copy.path.name}-wal").exists()
        with closing(sqlite3.connect(copy.path)) as held:
            assert held.execute("SELECT count(*) FROM measurements_measurement").fetchone() == (1,)
    copy.drop()
