"""The server as it is run, two workers behind a socket: many clients at once, and some that break the protocol."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest

from tests.conftest import key_of
from tests.reference import SERVER
from tests.serving.running import read_all, running, sent_until_taken, statuses
from wger_flask.domain.measurements.models import Measurement
from wger_flask.storage.database import database, open_database

CLIENTS, WEIGHTS = 20, 12
KEY = "018f3a52-2701-7f0a-9d3b-0a51c7f4e901"
TOKEN = f"Authorization: Token {key_of('grace')}"
NOTED = re.compile(r"Traceback|locked|deadlock", re.IGNORECASE)


@pytest.fixture(scope="module")
def server(server_database, tmp_path_factory):
    """The port of a server, and the file of what it logs."""
    folder = tmp_path_factory.mktemp("instance")
    with running(server_database.url, folder, WGER_WORKERS="2", WGER_THREADS="4", WGER_ACCESS_LOG="1") as server:
        yield server.port, server.log


@pytest.fixture
def port(server):
    """The port; what the server logs meanwhile must hold no mistake."""
    number, log = server
    before = log.stat().st_size
    yield number
    with log.open() as noted:
        noted.seek(before)
        assert not NOTED.search(noted.read())


class Client:
    """A client that keeps its connection, as apps do."""

    def __init__(self, port: int, name: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.headers = {"Authorization": f"Token {key_of(name)}", "Content-Type": "application/json"}
        self.seen: list[int] = []

    def __call__(self, method: str, path: str, body=None):
        answer, data = sent_until_taken(self.connection, method, path, body, self.headers)
        self.seen.append(answer.status)
        return answer.status, json.loads(data) if data else None


def at_once(port: int, work) -> list[Client]:
    """Let every client do its ``work(client, number)`` at once; returns them."""
    clients = [Client(port, ("ada", "grace", "linus")[number % 3]) for number in range(CLIENTS)]
    start = threading.Barrier(CLIENTS)

    def run(number: int) -> None:
        with closing(clients[number].connection):
            start.wait()
            work(clients[number], number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return clients


# -- many at once -----------------------------------------------------------------------------------
def test_twenty_clients_lose_no_weight(port, server_database):
    def work(client, number):
        for count in range(WEIGHTS):
            body = {"date": f"2024-01-{number + 1:02}T{count:02}:00:00Z", "weight": 70 + count}
            status, made = client("POST", "weightentry/", body)
            assert status == 201
            client("GET", "weightentry/?limit=5&ordering=-date")
            if count % 3 == 0:
                assert client("PATCH", f"weightentry/{made['id']}/", {"weight": 99})[1]["weight"] == "99.00"
            if count % 4 == 3:
                assert client("DELETE", f"weightentry/{made['id']}/")[0] == 204

    clients = at_once(port, work)
    assert {status for client in clients for status in client.seen} == {200, 201, 204}
    assert all(len(client.seen) == WEIGHTS * 2 + 4 + 3 for client in clients)
    open_database(server_database.url)
    january = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)  # other tests write at other times
    kept = [row.value for row in Measurement.select().where(Measurement.date.between(*january))]
    database.obj.close()
    assert len(kept) == CLIENTS * (WEIGHTS - 3)
    assert kept.count(99) == CLIENTS * (4 - 1)  # of the changed ones, the one at three was taken back


def test_an_external_id_that_all_want_is_given_once(port):
    def work(client, number):
        official = client("GET", "measurement-category/?is_official=true")[1]["results"][0]["id"]
        body = {"category": official, "value": 70, "source": "google", "external_id": KEY}
        client("POST", "measurement/", body)

    clients = at_once(port, work)
    for name in ("ada", "grace", "linus"):
        mine = [client.seen[1] for client in clients if client.headers["Authorization"].endswith(key_of(name))]
        assert sorted(mine) == [201] + [400] * (len(mine) - 1)


def test_sessions_that_go_while_logs_come(port):
    """Each has the other's rows in hand; neither waits for the other for ever, nor is refused for it."""

    def work(client, number):
        client.headers["Authorization"] = TOKEN.partition(" ")[2]
        for _ in range(4):
            body = {"exercise": 1, "repetitions": 5, "weight": 50, "date": "2021-05-07T10:00:00Z"}
            status, made = client("POST", "workoutlog/", body)
            assert status == 201
            if number % 3 == 0:
                client("DELETE", f"workoutsession/{made['session']}/")
            elif number % 3 == 1:
                client("PATCH", f"workoutlog/{made['id']}/", {"weight": number})
            else:
                client("PATCH", f"workoutsession/{made['session']}/", {"notes": "hurried"})

    clients = at_once(port, work)
    assert all(len(client.seen) == 8 for client in clients)
    assert all(set(client.seen[::2]) == {201} for client in clients)
    assert {status for client in clients for status in client.seen} <= {200, 201, 204, 404}


def test_a_plan_that_goes_while_meals_come(port):
    grace = Client(port, "grace")
    with closing(grace.connection):
        plan = grace("POST", "nutritionplan/", {"description": "a plan"})[1]["id"]

        def work(client, number):
            client.headers["Authorization"] = TOKEN.partition(" ")[2]
            for _ in range(4):
                client("POST", "meal/", {"plan": plan, "name": "breakfast"})
            if number == CLIENTS // 2:
                client("DELETE", f"nutritionplan/{plan}/")

        clients = at_once(port, work)
        assert {status for client in clients for status in client.seen} <= {201, 204, 403}
        left = grace("GET", "meal/?limit=1000")[1]["results"]
    assert plan not in {meal["plan"] for meal in left}


@pytest.mark.skipif(not SERVER, reason="a file does not hang up")
def test_a_database_that_was_restarted_costs_nobody_an_answer(port, server_database):
    import psycopg

    def work(client, number):
        body = {"date": f"2020-04-{number + 1:02}T10:00:00Z", "weight": 70}
        assert client("GET", "weightentry/?limit=1")[0] == 200
        start.wait()
        assert client("POST", "weightentry/", body)[0] == 201
        assert client("GET", "weightentry/?limit=1")[0] == 200

    def hang_up():
        with psycopg.connect(SERVER, autocommit=True) as other:
            query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
            assert other.execute(query, (server_database.name,)).fetchall()

    start = threading.Barrier(CLIENTS, action=hang_up)
    clients = at_once(port, work)
    assert all(len(client.seen) == 3 for client in clients)


def test_an_address_that_all_want_is_given_once(port):
    def work(client, number):
        del client.headers["Authorization"]
        body = {"username": f"wanting{number}", "password": "a-Long-0ne", "email": "wanted@example.org"}
        client("POST", "register/", body)

    assert sorted(client.seen[0] for client in at_once(port, work)) == [201] + [400] * (CLIENTS - 1)


def test_everything_at_once(port):
    """Different kinds of writes do not get in each other's way."""

    def work(client, number):
        day = f"2022-03-{number + 1:02}"
        _, plan = client("POST", "nutritionplan/", {"description": f"plan {number}", "start": day})
        _, meal = client("POST", "meal/", {"plan": plan["id"], "name": "breakfast"})
        client("POST", "mealitem/", {"meal": meal["id"], "ingredient": 1, "amount": 100})
        _, routine = client("POST", "routine/", {"name": f"routine {number}", "start": day, "end": "2022-05-01"})
        client("POST", "day/", {"routine": routine["id"], "name": "push", "order": 1})
        client("POST", "workoutlog/", {"exercise": 1, "repetitions": 5, "weight": 50, "date": f"{day}T10:00:00Z"})
        client("GET", f"nutritionplaninfo/{plan['id']}/")
        client("GET", f"routine/{routine['id']}/structure/")
        client("GET", "user-statistics/")
        client("PATCH", "userprofile/", {"height": 170 + number})
        client("DELETE", f"nutritionplan/{plan['id']}/")
        client("DELETE", f"routine/{routine['id']}/")

    for client in at_once(port, work):
        assert client.seen == [201] * 6 + [200] * 4 + [204] * 2


# -- on the wire --------------------------------------------------------------------------------------
def talk(port: int, *parts: bytes, finish: bool = True) -> bytes:
    """Send bytes as they are, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=600) as wire:
        try:
            for part in parts:
                wire.sendall(part)
            if finish:
                wire.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server has hung up already: what it said is still there
        return read_all(wire)


def post(path: str, *headers: str, body: bytes = b"", version: str = "1.1") -> bytes:
    lines = [f"POST /api/v2/{path} HTTP/{version}", "Host: localhost", TOKEN, "Content-Type: application/json"]
    return "\r\n".join([*lines, *headers, "", ""]).encode("latin-1") + body


BODY = b'{"date": "2021-01-01", "weight": 5}'  # too light: it is read, and refused in words
PARTS = (
    b'--b\r\nContent-Disposition: form-data; name="date"\r\n\r\n2020-02-02\r\n'
    b'--b\r\nContent-Disposition: form-data; name="weight"\r\n\r\n70\r\n--b--\r\n'
)
REFUSAL = b'{"weight":["Weight must be between 20 and 350 kg"]}'


@pytest.mark.parametrize(
    "request_",
    [
        post("weightentry/", f"Content-Length: {len(BODY)}", "Connection: close", body=BODY),
        post("weightentry/", f"Content-Length: {len(BODY)}", body=BODY, version="1.0"),
        post(
            "weightentry/",
            "Transfer-Encoding: chunked",
            "Connection: close",
            body=b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (10, BODY[:10], len(BODY) - 10, BODY[10:]),
        ),
        post("weightentry/", f"Content-Length: {len(BODY)}", "Expect: 100-continue", "Connection: close", body=BODY),
        post("weightentry", f"Content-Length: {len(BODY)}", "Connection: close", body=BODY),
    ],
    ids=["length", "http-1.0", "chunks", "expect", "no-slash"],
)
def test_bodies_as_clients_send_them(port, request_):
    found = talk(port, request_, finish=False)
    assert statuses(found)[-1] == 400
    assert found.endswith(REFUSAL)


BROKEN = {
    "shorter than told": [post("weightentry/", "Content-Length: 500", body=BODY)],
    "nothing of it": [post("weightentry/", "Content-Length: 500")],
    "longer than told": [post("weightentry/", "Content-Length: 5", body=BODY)],
    "negative length": [post("weightentry/", "Content-Length: -1", body=BODY)],
    "length of letters": [post("weightentry/", "Content-Length: many", body=BODY)],
    "two lengths": [post("weightentry/", "Content-Length: 5", "Content-Length: 6", body=BODY)],
    "length and chunks": [
        post("weightentry/", "Content-Length: 5", "Transfer-Encoding: chunked", body=b"5\r\nhello\r\n0\r\n\r\n")
    ],
    "broken chunks": [post("weightentry/", "Transfer-Encoding: chunked", body=b"zz\r\nhello\r\n")],
    "chunks that end early": [post("weightentry/", "Transfer-Encoding: chunked", body=b"ff\r\nhello")],
    "unknown encoding": [post("weightentry/", "Transfer-Encoding: gzip", body=BODY)],
    "form that ends early": [
        post("gallery/", "Content-Length: 900").replace(b"application/json", b"multipart/form-data; boundary=b"),
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n\x89PNG',
    ],
    "login that ends early": [
        post("token", "Content-Length: 90000").replace(b"application/json", b"application/x-www-form-urlencoded"),
        b"username=" + b"a" * 20000,
    ],
    "a huge header": [post("weightentry/", "X-Large: " + "a" * 20000)],
    "many headers": [post("weightentry/", *(f"X-{number}: 1" for number in range(500)))],
    "a huge address": [b"GET /api/v2/weightentry/?q=" + b"a" * 20000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    "a null character": [b"GET /api/v2/muscle/\x00 HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n"],
    "no version": [b"GET /api/v2/muscle/\r\n\r\n"],
    "another protocol": [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100)],
    "nothing": [b""],
    "half a line": [b"GET /api"],
    "a header without a name": [b"GET /api/v2/muscle/ HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n"],
    "a folded header": [b"GET /api/v2/muscle/ HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n"],
    "two hosts": [b"GET /api/v2/muscle/ HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"],
    "a host of nonsense": [b"GET /api/v2/muscle/ HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n"],
    "no host": [b"GET /api/v2/muscle/ HTTP/1.1\r\nConnection: close\r\n\r\n"],
    "star": [b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
    "a whole address": [b"GET http://evil.example/api/v2/muscle/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"],
    "connect": [b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
    "bytes that are no letters": [b"GET /api/v2/\xff\xfe?q=\xff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"],
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_the_protocol_breaks_nothing_else(port, name):
    found = talk(port, *BROKEN[name])
    assert not [code for code in statuses(found) if code >= 500], found[:300]
    assert statuses(talk(port, b"GET /api/v2/version/ HTTP/1.0\r\n\r\n")) == [200]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"date": "2020-02-02", "weight": 70}'),
        ("application/x-www-form-urlencoded", b"date=2020-02-02&weight=70"),
        ("multipart/form-data; boundary=b", PARTS),
    ],
    ids=["json", "form", "parts"],
)
def test_a_body_that_breaks_off_is_not_written(port, kind, body):
    """What came of it may look whole."""
    head = post("weightentry/", f"Content-Length: {len(body) + 1}").replace(b"application/json", kind.encode())
    found = talk(port, head + body)
    assert statuses(found) == [400]
    assert found.endswith(b'{"detail":"The request body did not arrive whole."}')
    client = Client(port, "grace")
    with closing(client.connection):
        assert client("GET", "weightentry/?date__gte=2020-02-01&date__lt=2020-02-04")[1]["count"] == 0


def test_requests_forge_no_lines_in_the_log(server):
    port, log = server
    before = log.stat().st_size
    for agent in (b"a\x85b", b"a\x1b[2Jb", b"a\tb"):
        talk(port, b"GET /api/v2/version/%0A%1B HTTP/1.0\r\nUser-Agent: " + agent + b"\r\n\r\n")
    talk(port, b"GET /\x1b\x7f HTTP/1.0\r\n\r\n")
    with log.open("rb") as noted:
        noted.seek(before)
        told = noted.read()
    assert b"version" in told and b"a\\x85b" in told
    assert all(line.isprintable() for line in told.decode().split("\n"))


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "script_name", "REMOTE_USER", "REQUEST_METHOD"])
def test_no_header_says_where_we_are(port, name):
    head = f"GET /api/v2/muscle/?limit=1 HTTP/1.0\r\nHost: localhost\r\n{name}: /elsewhere\r\n\r\n"
    found = talk(port, head.encode())
    assert statuses(found) == [200] and b"elsewhere" not in found
