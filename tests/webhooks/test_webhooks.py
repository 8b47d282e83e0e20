"""Webhooks: what is sent to whom, what becomes of messages that are not taken, and where nothing is sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from wger_flask.storage.database import database
from wger_flask.sync import log
from wger_flask.webhooks import deliveries, lanes, posting
from wger_flask.webhooks.models import Delivery, Webhook
from wger_flask.webhooks.sender import Sender


def send(webhook_id: int, moment: datetime) -> int:
    return deliveries.send_due(webhook_id, True, moment, lambda: True)


PLAN = {"description": "more", "start": "2026-03-01"}


@dataclass
class Receiver:
    """A program that takes messages: its address, what it got, and what it answers."""

    url: str = ""
    status: int = 204
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    may_answer: threading.Event = field(default_factory=threading.Event)

    @property
    def messages(self) -> list[dict]:
        return [json.loads(body) for _, body in self.got]


@contextmanager
def receiving() -> Iterator[Receiver]:
    made = Receiver()
    made.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            made.got.append((dict(self.headers), body))
            made.arrived.release()
            made.may_answer.wait(600)
            self.send_response(made.status)
            if made.status == 302:
                self.send_header("Location", made.url + "elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/in?key=1&"
    yield made
    made.may_answer.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def other_receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def hook(app, api, receiver, monkeypatch):
    """Make a webhook of grace's that leads to the receiver; returns it as REST shows it."""
    settings = app.extensions["wger_flask"].settings
    object.__setattr__(settings, "WGER_WEBHOOK_PRIVATE_ADDRESSES", True)

    def made(name: str = "grace", **rest: object) -> dict:
        answer = api(name).post("webhook/", {"url": receiver.url, **rest})
        assert answer.status_code == 201, answer.text
        return answer.json

    yield made
    object.__setattr__(settings, "WGER_WEBHOOK_PRIVATE_ADDRESSES", False)


@pytest.fixture
def work(app):
    """Do once what the background does, at a moment some seconds from now."""

    def do(later: float = 0) -> int:
        with app.app_context():
            deliveries.make_due()
            moment = datetime.now(UTC) + timedelta(seconds=later + 1)
            return sum(send(row.webhook_id, moment) for row in list(deliveries.find_due(moment)))

    return do


def test_a_change_is_told_once_and_signed(api, hook, receiver, work):
    made = hook()
    key = api("grace").post("nutritionplan/", PLAN).json["id"]
    assert work() == 1 and work() == 0
    [(headers, body)] = receiver.got
    told = json.loads(body)
    assert told["type"] == "changes" and told["webhook"] == made["id"]
    assert [(row["resource"], row["key"], row["kind"]) for row in told["events"]] == [("nutritionplan", key, "changed")]
    secret = base64.b64decode(made["secret"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    assert (
        headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    )
    [row] = api("grace").get("webhook-delivery/").json["results"]
    assert (row["status"], row["attempts"], row["next_attempt"]) == (204, 1, None) and row["delivered"]


def test_what_was_before_and_what_is_of_others_is_not_told(api, hook, receiver, work):
    api("grace").post("nutritionplan/", PLAN)
    hook()
    api("linus").post("nutritionplan/", PLAN)
    assert work() == 0 and receiver.got == []


def test_only_the_resources_that_are_wanted(api, hook, receiver, work):
    hook(resources=["workoutlog"])
    api("grace").post("nutritionplan/", PLAN)
    assert work() == 0
    answer = api("grace").post("webhook/", {"url": receiver.url, "resources": ["exercise"]})
    assert answer.status_code == 400 and set(answer.json) == {"resources"}


def test_what_is_not_wanted_is_not_missed_when_the_log_is_compacted(api, hook, receiver, work):
    """A webhook that stood still while others' kinds of rows came and went would be told to read everything again."""
    hook(resources=["nutritionplan"])
    kept = api("grace").post("nutritionplan/", PLAN).json["id"]
    assert work() == 1
    for _ in range(3):
        meal = api("grace").post("meal/", {"plan": kept, "name": "Lunch"}).json["id"]
        assert work() == 0
        api("grace").delete(f"meal/{meal}/")
        assert work() == 0
    log.compact()
    api("grace").patch(f"nutritionplan/{kept}/", {"description": "less"})
    assert work() == 1
    assert [told["type"] for told in receiver.messages] == ["changes", "changes"]
    assert {event["key"] for told in receiver.messages for event in told["events"]} == {kept}


def test_a_message_that_is_not_taken_comes_again_later_and_is_given_up(api, hook, receiver, work):
    hook()
    receiver.status = 500
    api("grace").post("nutritionplan/", PLAN)
    passed = 0.0
    for pause in (*deliveries.PAUSES, None):
        assert work(passed) == 1
        assert work(passed + 30) == 0  # not before its time
        passed += (pause or 0) + 5
    assert work(passed + 10**6) == 0
    [row] = api("grace").get("webhook-delivery/").json["results"]
    assert row["next_attempt"] is None and row["delivered"] is None and row["status"] == 500
    assert api("grace").get("webhook/").json["results"][0]["failures"] == 1


def test_a_webhook_that_fails_again_and_again_is_switched_off_and_begins_anew(app, api, hook, receiver, work):
    made = hook()
    with app.app_context():
        Webhook.update(failures=deliveries.MOST_FAILURES - 1).execute()
    receiver.status = 410
    api("grace").post("nutritionplan/", PLAN)
    work()
    with app.app_context():
        Delivery.update(attempts=len(deliveries.PAUSES)).execute()
    work(10**6)
    address = f"webhook/{made['id']}/"
    assert api("grace").get(address).json["is_active"] is False
    api("grace").post("nutritionplan/", PLAN)
    assert work(10**6) == 0
    receiver.status, receiver.got = 204, []
    assert api("grace").patch(address, {"is_active": True}).json["failures"] == 0
    assert work(10**7) == 0  # what happened meanwhile is not told
    api("grace").post("nutritionplan/", PLAN)
    assert work(10**7) == 1 and len(receiver.messages[0]["events"]) == 1


def test_two_processes_send_a_message_once(app, api, hook, receiver):
    hook()
    api("grace").post("nutritionplan/", PLAN)
    with app.app_context():
        deliveries.make_due()
        assert deliveries.make_due() == 0
        moment = datetime.now(UTC) + timedelta(seconds=1)
        [row] = Delivery.select()
        taken = Delivery.update(next_attempt=moment + deliveries.LEASE).where(Delivery.id == row.id).execute()
        assert taken and send(row.webhook_id, moment) == 0 and list(deliveries.find_due(moment)) == []


def test_messages_go_on_where_a_clock_was_ahead(app, api, hook, receiver, work):
    """One that was not taken then, and one that was on its way when the process ended."""
    hook()
    receiver.status = 500
    api("grace").post("nutritionplan/", PLAN)
    assert work(10**7) == 1
    receiver.status = 204
    assert work() == 1
    api("grace").post("nutritionplan/", PLAN)
    with app.app_context():
        deliveries.make_due()
        waiting = Delivery.next_attempt.is_null(False)
        ahead = datetime.now(UTC) + timedelta(days=100)
        Delivery.update(next_attempt=ahead + deliveries.LEASE, attempts=1, error="").where(waiting).execute()
    assert work() == 1
    assert [row["status"] for row in api("grace").get("webhook-delivery/").json["results"]] == [204, 204]


def test_a_log_that_was_begun_anew_is_told(app, api, hook, receiver, work):
    hook()
    api("grace").post("nutritionplan/", PLAN)
    with app.app_context():
        log.rebuild()
    work()
    assert [told["type"] for told in receiver.messages] == ["lost"]
    api("grace").post("nutritionplan/", PLAN)
    work()
    assert [told["type"] for told in receiver.messages] == ["lost", "changes"]


def test_a_redirect_is_not_followed(api, hook, receiver, work):
    hook()
    receiver.status = 302
    api("grace").post("nutritionplan/", PLAN)
    work()
    assert len(receiver.got) == 1
    assert api("grace").get("webhook-delivery/").json["results"][0]["error"] == "The answer was 302."


def test_an_address_is_tried_by_a_message_without_events(api, hook, receiver, work):
    made = hook()
    answer = api("grace").post(f"webhook/{made['id']}/ping/")
    assert answer.status_code == 201
    work()
    assert receiver.messages == [{"type": "ping", "webhook": made["id"], "events": []}]


@pytest.fixture
def sender(app, receiver, monkeypatch) -> Iterator[Sender]:
    monkeypatch.setattr(posting, "SECONDS", 600)
    made = Sender(app, allows_private=True)
    yield made
    receiver.may_answer.set()
    made.stop()


def test_the_background_does_the_same(api, hook, receiver, sender):
    hook()
    api("grace").post("nutritionplan/", PLAN)
    sender.look()
    assert receiver.arrived.acquire(timeout=600) and len(receiver.got) == 1


def test_a_slow_address_delays_no_other(api, hook, receiver, other_receiver, sender):
    hook()
    hook("linus", url=other_receiver.url)
    receiver.may_answer.clear()
    for name in ("grace", "linus", "grace"):
        api(name).post("nutritionplan/", PLAN)
        sender.look()
    assert receiver.arrived.acquire(timeout=600) and other_receiver.arrived.acquire(timeout=600)
    assert len(receiver.got) == 1  # the other message waits for the answer to the first


def test_messages_to_an_address_are_sent_in_their_order_one_at_a_time(api, hook, receiver, sender):
    """Two webhooks with one address, too."""
    hook()
    hook(url=receiver.url + "2")
    receiver.may_answer.clear()
    made = []
    for _ in range(3):
        made.append(api("grace").post("nutritionplan/", PLAN).json["id"])
        sender.look()
    assert receiver.arrived.acquire(timeout=600)
    sender.look()
    assert len(receiver.got) == 1
    receiver.may_answer.set()
    for _ in range(4):  # a turn of each, and what came meanwhile
        sender.lanes.join(600)
        sender.look()
    sender.lanes.join(600)
    by_webhook: dict[int, list[str]] = {}
    for told in receiver.messages:
        by_webhook.setdefault(told["webhook"], []).extend(event["key"] for event in told["events"])
    assert list(by_webhook.values()) == [made, made]


def test_nobody_takes_all_lanes(api, hook, receiver, other_receiver, sender, monkeypatch):
    monkeypatch.setattr(lanes, "MOST_LANES_OF_USER", 1)
    receiver.may_answer.clear()
    hook()
    hook(url=other_receiver.url)
    api("grace").post("nutritionplan/", PLAN)
    sender.look()
    assert receiver.arrived.acquire(timeout=600) and other_receiver.got == []
    hook("linus", url=other_receiver.url)
    api("linus").post("nutritionplan/", PLAN)
    sender.look()
    assert other_receiver.arrived.acquire(timeout=600) and other_receiver.messages[0]["webhook"] == 3
    monkeypatch.setattr(lanes, "MOST_LANES", 0)
    sender.look()
    assert len(other_receiver.got) == 1


def test_a_message_on_its_way_arrives_before_the_end_and_no_other_begins(app, api, hook, receiver, sender):
    hook()
    receiver.may_answer.clear()
    for _ in range(2):
        api("grace").post("nutritionplan/", PLAN)
        sender.look()
    assert receiver.arrived.acquire(timeout=600)
    sender.lanes.stop()
    receiver.may_answer.set()
    sender.stop()
    with app.app_context():
        assert [row.attempts for row in Delivery.select().order_by(Delivery.id)] == [1, 0]
        assert [bool(row.delivered) for row in Delivery.select().order_by(Delivery.id)] == [True, False]
    sender.look()
    assert len(receiver.got) == 1


def test_a_webhook_whose_messages_wait_gets_no_more_of_them_and_misses_nothing(api, hook, receiver, work, monkeypatch):
    monkeypatch.setattr(deliveries, "MOST_WAITING", 2)
    hook()
    receiver.status = 500
    made = []
    for _ in range(4):
        made.append(api("grace").post("nutritionplan/", PLAN).json["id"])
        work()
    assert api("grace").get("webhook-delivery/").json["count"] == 2
    receiver.status, receiver.got = 200, []
    assert work(3600) == 2
    assert work(3600) == 1
    assert [event["key"] for told in receiver.messages for event in told["events"]] == made


@pytest.mark.parametrize(
    "url",
    (
        "http://127.0.0.1/ http://localhost:8000/ https://10.0.0.7/x http://[::1]/ http://169.254.169.254/ "
        "http://[::ffff:192.168.1.1]/ ftp://example.org/ http://printer.local/"
    ).split(),
)
def test_private_addresses_and_other_protocols_are_refused(api, url):
    answer = api("grace").post("webhook/", {"url": url})
    assert answer.status_code == 400 and set(answer.json) == {"url"}


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.1.1", "::1", "fe80::1", "::ffff:10.0.0.1", "0.0.0.0", "224.0.0.1"]
)
def test_a_name_that_leads_to_a_private_address_is_not_called(monkeypatch, address):
    answers = [(0, 0, 0, "", ("93.184.216.34", 80)), (0, 0, 0, "", (address, 80))]
    monkeypatch.setattr(posting.socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(posting.NotDelivered, match="private"):
        posting.post("http://example.org/", "{}", {}, allows_private=False)


@pytest.mark.parametrize("url", ["http://example.org:99999/", "http://example.org:0/", "http://[1/", "http:///x"])
def test_what_is_no_address_is_refused(api, url):
    answer = api("grace").post("webhook/", {"url": url})
    assert answer.status_code == 400 and set(answer.json) == {"url"}
    with pytest.raises(posting.NotDelivered):  # nor does it stop the sender, where it is in the database
        posting.post(url.replace(":0/", ":99999/"), "{}", {}, allows_private=True)


def test_an_address_with_a_password_is_refused_as_none_is_sent(api):
    for url in ("https://anna:secret@example.org/", "https://anna@example.org/", "https://:secret@example.org/"):
        answer = api("grace").post("webhook/", {"url": url})
        assert answer.status_code == 400 and set(answer.json) == {"url"}, url


def test_an_answer_that_never_ends_is_cut(monkeypatch):
    """Each byte comes in time, and the whole never does."""
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip():
            taken, _ = listening.accept()
            with taken, suppress(OSError):
                taken.sendall(b"HTTP/1.1 200 OK\r\n")
                while True:
                    taken.sendall(b"x")
                    pause.wait(0.05)

        pause = threading.Event()
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(posting.NotDelivered):
            posting.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", "{}", {}, allows_private=True)
        thread.join(600)
        assert not thread.is_alive()


def test_a_path_in_any_script_is_posted_to(receiver):
    assert posting.post(receiver.url + "ö=ü", "{}", {}, allows_private=True) == 204


def test_a_certificate_is_looked_at(receiver):
    """No TLS is spoken there at all, so nothing is sent."""
    with pytest.raises(posting.NotDelivered):
        posting.post(receiver.url.replace("http:", "https:"), "{}", {}, allows_private=True)
    assert receiver.got == []


def test_only_the_webhooks_of_users_whose_rows_changed_are_looked_at(api, hook, receiver, queries, sender):
    hook()
    sender.look()
    api("linus").post("nutritionplan/", PLAN)
    before = len(queries)
    sender.look()
    assert not [sql for sql in queries[before:] if "moment" in sql and "BETWEEN" not in sql and "bucket IN" in sql]
    api("grace").post("nutritionplan/", PLAN)
    for _ in range(10_000):  # PostgreSQL's notice of a commit may come a moment later, as the message itself does
        sender.look()
        if receiver.arrived.acquire(timeout=0.05):
            break
    assert len(receiver.got) == 1


def test_nothing_is_told_of_a_webhook_that_was_not_stored(app, api, hook, monkeypatch):
    """The log is brought up to date behind the commit, never within it."""
    inside = []
    monkeypatch.setattr(deliveries, "begin", lambda row: inside.append(database.obj.in_transaction()))
    hook()
    assert inside == [False]


def test_there_is_a_limit(app, api, hook):
    for _ in range(20):
        hook()
    answer = api("grace").post("webhook/", {"url": "https://example.org/"})
    assert answer.status_code == 400


def test_webhooks_go_with_their_user(app, api, hook, receiver):
    made = hook()
    assert api("linus").get(f"webhook/{made['id']}/").status_code == 404
    api("grace").post(f"webhook/{made['id']}/ping/")
    assert api("grace").delete(f"webhook/{made['id']}/").status_code == 204
    with app.app_context():
        assert not Delivery.select().exists()
