"""Listeners hear of every way in which a row is written."""

from __future__ import annotations

from uuid import UUID

import pytest

from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.measurements.models import Category, Measurement
from wger_flask.rest.registry import RegistrationError, Registry
from wger_flask.storage import signals
from wger_flask.storage.cascade import delete
from wger_flask.testing.rows import make


@pytest.fixture
def heard(app):
    """Listen to weights and measurements; what is heard, in order."""
    found, before = [], dict(signals._listeners)
    for_all = signals.Listener(
        created=lambda row: found.append(("created", row._pk)),
        changed=lambda row, names: found.append(("changed", row._pk, sorted(names))),
        deleted=lambda rows: found.append(("deleted", [row._pk for row in rows])),
    )
    signals.set_listeners({Measurement: (for_all,)})
    yield found
    signals.set_listeners(before)


def test_requests_are_heard(heard, api):
    client = api("grace")
    key = UUID(client.post("weightentry/", {"date": "2024-05-01", "weight": 70}).json["id"])
    client.patch(f"weightentry/{key}/", {"weight": 71})
    client.patch(f"weightentry/{key}/", {"nonsense": 71})
    client.delete(f"weightentry/{key}/")
    assert heard == [("created", key), ("changed", key, ["extra_data", "value"]), ("deleted", [key])]


def test_rows_written_by_programs_are_heard(heard, people):
    row = make(Measurement, people["grace"], ("category", "user"))
    row.notes = "left"
    row.save()
    assert heard == [("created", row.id), ("changed", row.id, ["notes"])]


def test_rows_that_go_with_others_are_heard_as_they_were(heard, people):
    category = make(Category, people["grace"])
    rows = [make(Measurement, people["grace"], category=category, notes=f"number {n}") for n in range(3)]
    del heard[:]
    delete(Category, [category.id])
    [(event, keys)] = heard
    assert event == "deleted" and sorted(keys) == sorted(row.id for row in rows)


def test_a_listener_that_raises_undoes_the_write(app, api):
    def refuse(row):
        raise ZeroDivisionError

    before = dict(signals._listeners)
    signals.set_listeners({Measurement: (signals.Listener(created=refuse),)})
    try:
        assert api("grace").post("weightentry/", {"date": "2024-05-01", "weight": 70}).status_code == 500
    finally:
        signals.set_listeners(before)
    assert not Measurement.select().exists()


def test_statements_about_many_rows_are_not_heard(heard, people):
    row = make(Measurement, people["grace"], ("category", "user"))
    del heard[:]
    Measurement.update(value=70).where(Measurement.id == row.id).execute()
    assert heard == []


def test_resources_are_listened_to_by_name(registry):
    other, calls = Registry(), []
    other.listen("weightentry", created=calls.append)
    other.listen("weightentry", deleted=calls.append)
    other.add_models(Measurement)
    other.add(registry.get("weightentry"))
    assert other.listeners() == {
        Measurement: (signals.Listener(created=calls.append), signals.Listener(deleted=calls.append))
    }


def test_models_that_no_resource_shows_are_listened_to_as_they_are():
    other, calls = Registry(), []
    other.listen(UserProfile, changed=calls.append)
    with pytest.raises(RegistrationError, match="wger_flask listens to UserProfile: its model UserProfile is not"):
        other.listeners()
    other.add_models(UserProfile)
    assert other.listeners() == {UserProfile: (signals.Listener(changed=calls.append),)}


def test_listening_to_nothing_stops_the_start():
    registry = Registry()
    with registry.registering("plugins/tally"):
        registry.listen("nonsense", created=print)
    with pytest.raises(RegistrationError, match="plugins/tally listens to resource 'nonsense', which does not exist"):
        registry.listeners()
