"""``/api/v2/events/``: what of one's own changed, asked for, waited for, and as a stream."""

from __future__ import annotations

import json

import pytest

from wger_flask.auth import credential_stamps
from wger_flask.auth.models import User
from wger_flask.sync import log
from wger_flask.sync.event_formats import parse_cursor
from wger_flask.sync.event_stream import KEEPALIVE, EventStream
from wger_flask.sync.source import Pace
from wger_flask.sync.tokens import SyncToken
from wger_flask.testing.rows import make

PLAN = {"description": "more", "start": "2026-03-01"}


@pytest.fixture
def events(api):
    """Ask for events as grace, or as another account."""

    def ask(name: str = "grace", **query: object) -> dict:
        answer = api(name).get("events/", query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.json

    return ask


@pytest.fixture
def clock():
    """A clock that stands still: a list of one number of seconds."""
    return [1000.0]


@pytest.fixture
def source(app, clock):
    """Open a stream of events for grace, by a clock of its own."""
    with app.app_context():
        user = User.get(User.username == "grace")
        token = SyncToken(user.id, credential_stamps.current(user), 2**40)
        start = log.read_events(user.id, None, 1).cursor

        def opened(once: bool, limit: int = 100) -> EventStream:
            return EventStream(token, start, limit, {}, Pace(20, 60), once, now=lambda: clock[0])

        yield opened


def new_plan(api, name: str = "grace") -> str:
    return api(name).post("nutritionplan/", PLAN).json["id"]


def test_a_row_made_changed_and_deleted(api, events):
    start = events()
    assert start["results"] == [] and start["more"] is False
    key = new_plan(api)
    made = events(since=start["cursor"])
    assert [(row["resource"], row["key"], row["kind"]) for row in made["results"]] == [
        ("nutritionplan", key, "changed")
    ]
    assert made["results"][0]["moment"].endswith("Z")
    api("grace").patch(f"nutritionplan/{key}/", {"description": "less"})
    changed = events(since=made["cursor"])
    assert [row["kind"] for row in changed["results"]] == ["changed"]
    api("grace").delete(f"nutritionplan/{key}/")
    assert [(row["key"], row["kind"]) for row in events(since=changed["cursor"])["results"]] == [(key, "deleted")]
    # From the beginning, a row is told once: as it ended.
    assert [row["kind"] for row in events(since=start["cursor"])["results"]] == ["deleted"]


def test_nobody_hears_of_the_rows_of_others(api, events):
    start = events("linus")["cursor"]
    new_plan(api)
    assert events("linus", since=start)["results"] == []


def test_each_kind_of_row_has_the_name_of_its_resource(api, app, registry, events):
    names = registry.names_of_synced
    assert names["manager_workoutlog"] == "workoutlog" and names["core_userprofile"] == "userprofile"
    known = {resource.name for resource in registry} | {"userprofile"}
    assert set(names.values()) <= known
    start = events()["cursor"]
    owned = [resource for resource in registry if resource.name in set(names.values()) and resource.owner]
    with app.app_context():
        user = User.get(User.username == "grace")
        for resource in owned:
            make(resource.model, user, resource.owner.path)
    assert {row["resource"] for row in events(since=start, limit=1000)["results"]} >= {item.name for item in owned}


def test_pages_of_events(api, events):
    start = events()["cursor"]
    keys = [new_plan(api) for _ in range(3)]
    first = events(since=start, limit=2)
    assert first["more"] and [row["key"] for row in first["results"]] == keys[:2]
    rest = events(since=first["cursor"], limit=2)
    assert not rest["more"] and [row["key"] for row in rest["results"]] == keys[2:]


@pytest.mark.parametrize("since", ["x", "1", "-", "zz-1", "ab-" + "9" * 30, "\x00"])
def test_what_is_no_cursor_is_refused_by_name(api, since):
    answer = api("grace").get("events/", query_string={"since": since})
    assert answer.status_code == 400 and set(answer.json) == {"since"}


def test_a_cursor_of_another_log_is_gone(api, events):
    new_plan(api)
    now = parse_cursor(events()["cursor"])
    for lost in (f"0-{now.number}", f"{now.epoch}-{now.number + 1}"):
        assert api("grace").get("events/", query_string={"since": lost}).status_code == 410


def test_only_with_a_login(api):
    assert api().get("events/").status_code in (401, 403)


def test_it_is_described_but_not_listed(api):
    assert "/api/v2/events/" in api().get("/api/v2/schema?format=json").json["paths"]
    listed = api().get("/api/v2/").json
    assert not {"events", "webhook", "webhook-delivery"} & set(listed)


def test_its_page_has_a_form_for_what_may_be_asked(api):
    page = api("grace").get("events/", headers={"Accept": "text/html"})
    assert page.status_code == 200 and 'name="since"' in page.text
    assert "<textarea" not in page.text


def test_its_page_shows_where_the_events_end_besides_them(api, events):
    start = events()["cursor"]
    for key in ("", new_plan(api)):
        page = api("grace").get("events/", query_string={"since": start}, headers={"Accept": "text/html"}).text
        assert "Cursor" in page and key in page and '<p class="card"><dl' not in page.replace("\n", "")


def test_a_stream_says_where_it_is_and_goes_on_from_there(api, events):
    start = events()["cursor"]
    key = new_plan(api)
    answer = api("grace").get("events/", headers={"Accept": "text/event-stream", "Last-Event-ID": start})
    pieces = answer.iter_encoded()
    heard = next(pieces) + next(pieces)
    answer.close()
    assert answer.mimetype == "text/event-stream" and answer.headers["Cache-Control"] == "no-store"
    fields = dict(line.split(": ", 1) for line in heard.decode().splitlines() if line)
    assert json.loads(fields["data"])["key"] == key and fields["event"] == "changed"
    assert events(since=fields["id"])["results"] == []


def test_errors_of_a_stream_are_json(api):
    answer = api("grace").get("events/", headers={"Accept": "text/event-stream", "Last-Event-ID": "x"})
    assert answer.status_code == 400 and set(answer.json) == {"since"}


def test_waiting_ends_with_the_first_change(api, source):
    waiting = source(once=True)
    assert waiting.advance() == b""
    key = new_plan(api)
    waiting.wake()
    assert [row["key"] for row in json.loads(waiting.advance())["results"]] == [key]
    assert waiting.advance() is None


def test_waiting_ends_when_its_time_is_over(source, clock):
    waiting = source(once=True)
    assert waiting.advance() == b""
    clock[0] += 61
    assert json.loads(waiting.advance())["results"] == []
    assert waiting.advance() is None


def test_a_silent_stream_is_kept_alive(source, clock):
    stream = source(once=False)
    assert stream.advance().startswith(b"retry")
    assert stream.advance() == b""
    clock[0] += 20
    assert stream.advance() == KEEPALIVE
    clock[0] += 41
    while stream.advance() is not None:
        pass


def test_a_stream_ends_with_its_account(source):
    stream = source(once=False)
    stream.advance()
    assert stream.advance() == b""
    User.update(is_active=False).where(User.username == "grace").execute()
    stream.wake()
    assert stream.advance() is None
