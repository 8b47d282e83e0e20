"""The time zone in force: whose it is, and what it does with moments, days and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask import g
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.auth.zones import zone_of
from wger_flask.domain.core.models import UserProfile
from wger_flask.rest import fields, timezone
from wger_flask.rest.fields import parse_moment
from wger_flask.rest.filtering.values import MomentKind
from wger_flask.storage.database import database, transaction
from wger_flask.storage.dialects import sqlite
from wger_flask.storage.dialects.base import AS_HELD
from wger_flask.storage.dialects.sqlite import SqliteDialect

# Clocks that change by an hour, by half of one, at midnight, and twice a year against the sun; offsets of quarters
# of an hour; a day that was left out (Samoa's 30 December 2011).
ZONES = (
    "Europe/Berlin Australia/Lord_Howe America/St_Johns America/Havana Africa/Casablanca Asia/Kathmandu "
    "Pacific/Apia Pacific/Kiritimati UTC"
).split()
CHANGES = [
    datetime(2024, 3, 31, 1, tzinfo=UTC),
    datetime(2024, 10, 27, 1, tzinfo=UTC),  # Berlin
    datetime(2024, 4, 6, 15, tzinfo=UTC),
    datetime(2024, 10, 5, 15, 30, tzinfo=UTC),  # Lord Howe
    datetime(2024, 3, 10, 5, tzinfo=UTC),
    datetime(2024, 11, 3, 5, tzinfo=UTC),  # Havana, at midnight
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Samoa
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.one_of(
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
    st.builds(
        lambda change, minutes: change + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(-200, 200)
    ),
)
NOTHING_SPECIAL = MomentKind(None)


@pytest.fixture(scope="module")
def flask_app():
    from flask import Flask

    return Flask("zones")


def asked_in(flask_app, zone, ask):
    """Return what ``ask`` returns to somebody whose zone is ``zone``."""
    with flask_app.app_context():
        g.user = SimpleNamespace(id=1, zone=zone)
        return ask()


@given(zone=zones, moment=moments)
def test_what_is_written_is_the_same_moment_when_it_is_read(flask_app, zone, moment):
    stored = moment.replace(tzinfo=None).isoformat(sep=" ")
    for text in (SqliteDialect().wire_moment(zone)(stored), AS_HELD.wire_moment(zone)(moment)):
        assert datetime.fromisoformat(text) == moment
        assert asked_in(flask_app, zone, lambda text=text: parse_moment(text)) == moment
        assert datetime.fromisoformat(text).utcoffset() == moment.astimezone(zone).utcoffset()


@given(zone=zones, moment=moments)
def test_many_moments_are_written_as_one_is(flask_app, zone, moment):
    # one of them is the other with an hour that comes twice, and equal to it where both are in that zone
    shown = [moment.astimezone(zone).replace(fold=fold) for fold in (0, 1)]
    given = [moment, *shown, *(each.astimezone(UTC) for each in shown)]
    write = asked_in(flask_app, zone, lambda: fields.DateTime().writer())
    for _ in range(2):
        assert list(map(write, given)) == [AS_HELD.wire_moment(zone)(each) for each in given]


@given(zone=zones, moment=moments)
def test_a_clock_of_that_zone_is_read_as_it_shows(flask_app, zone, moment):
    local = moment.astimezone(zone)
    read = asked_in(flask_app, zone, lambda: parse_moment(local.replace(tzinfo=None).isoformat()))
    # an hour that comes twice is its first
    assert read.astimezone(UTC) == local.replace(fold=0).astimezone(UTC)


@given(zone=zones, moment=moments)
def test_a_day_has_all_of_its_moments_and_no_other(flask_app, zone, moment):
    own = moment.astimezone(zone).date()
    for day in (own - timedelta(days=1), own, own + timedelta(days=1)):
        start, end = asked_in(flask_app, zone, lambda day=day: NOTHING_SPECIAL.day("date__date", day.isoformat()))
        assert (start.astimezone(UTC) <= moment < end.astimezone(UTC)) == (day == own)


def test_a_bare_moment_that_a_clock_never_shows_or_shows_twice_is_no_filter(flask_app):
    for text in ("2024-10-06T02:15:00", "2024-04-07T01:45:00"):
        with pytest.raises(ValueError, match="Australia/Lord_Howe"):
            asked_in(flask_app, ZoneInfo("Australia/Lord_Howe"), lambda text=text: NOTHING_SPECIAL.parse(text))


def test_without_a_user_or_their_zone_the_servers_is_in_force(flask_app):
    timezone.set_server_zone(ZoneInfo("Europe/Berlin"))
    assert timezone.active_zone() == ZoneInfo("Europe/Berlin")
    assert asked_in(flask_app, None, timezone.active_zone) == ZoneInfo("Europe/Berlin")
    assert asked_in(flask_app, ZoneInfo("Asia/Tokyo"), timezone.active_zone) == ZoneInfo("Asia/Tokyo")


def test_today_is_a_day_of_that_zone(flask_app):
    east, west = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")
    ahead = asked_in(flask_app, east, timezone.today) - asked_in(flask_app, west, timezone.today)
    assert ahead in (timedelta(days=1), timedelta(days=2))
    assert asked_in(flask_app, east, lambda: timezone.today(west)) <= datetime.now(UTC).date()


@pytest.mark.parametrize("name", ["", "Europe", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "\x00", "x" * 5000])
def test_what_is_no_zone(name):
    assert timezone.zone_named(name) is None


def test_names_that_browsers_give_are_known():
    assert {"Europe/Berlin", "Asia/Calcutta", "America/Argentina/Buenos_Aires", "UTC"} <= timezone.zone_names()
    assert "Europe" not in timezone.zone_names()


def test_moments_are_remembered_in_one_place_however_many_zones_there_are():
    before = sqlite._in_zone.cache_info()
    for name in sorted(timezone.zone_names())[:50]:
        SqliteDialect().wire_moment(ZoneInfo(name))("2024-05-01 10:00:00")
    after = sqlite._in_zone.cache_info()
    assert after.maxsize == before.maxsize == 16_384
    assert after.currsize > before.currsize


# -- whose zone it is ---------------------------------------------------------------------------
def test_the_zone_of_anybody(app, people, queries):
    with transaction():
        for name, zone in {"ada": "Asia/Tokyo", "grace": "Mars/Olympus"}.items():
            UserProfile.update(time_zone=zone).where(UserProfile.user == people[name]).execute()
        UserProfile.delete().where(UserProfile.user == people["linus"]).execute()
    assert zone_of(people["ada"].id) == ZoneInfo("Asia/Tokyo")
    for name in ("grace", "linus"):
        assert zone_of(people[name].id) == timezone.server_zone()
    assert zone_of(10**9) == timezone.server_zone()
    with app.app_context():
        g.user = SimpleNamespace(id=people["ada"].id, zone=ZoneInfo("Asia/Tokyo"))
        del queries[:]
        assert zone_of(people["ada"].id) == ZoneInfo("Asia/Tokyo")
        assert not queries


def test_a_database_of_before_gets_the_column(app):
    from wger_flask.storage.migrations import Migration, migrate

    registry = app.extensions["wger_flask"].registry
    with transaction():
        database.obj.execute_sql('ALTER TABLE "core_userprofile" DROP COLUMN "time_zone"')
        Migration.delete().where(Migration.name == "m0007_time_zone").execute()
        assert "applied m0007_time_zone" in migrate(registry.models, registry.plugins)
        assert {row.time_zone for row in UserProfile.select()} == {""}
        Migration.delete().where(Migration.name == "m0007_time_zone").execute()
        UserProfile.update(time_zone="Asia/Tokyo").execute()
        migrate(registry.models, registry.plugins)  # the column is there already, as in a database of wger 2.7.0
        assert {row.time_zone for row in UserProfile.select()} == {"Asia/Tokyo"}


def test_a_day_is_of_whoever_asks(api):
    client = api("grace")
    assert client.patch("userprofile/", {"time_zone": "Pacific/Kiritimati"}).json["time_zone"] == "Pacific/Kiritimati"
    made = client.post("nutritionplan/", {"description": "Lean"}).json
    assert date.fromisoformat(made["creation_date"]) == timezone.today(ZoneInfo("Pacific/Kiritimati"))
