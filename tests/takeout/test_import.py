"""Bringing a take-out in: into another account of another server, twice, in part, and back again."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.takeout.conftest import document, token
from wger_flask.auth import identity
from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.exercises.models import Exercise, Translation
from wger_flask.domain.measurements.models import Category, Measurement
from wger_flask.domain.routines.models import Routine, Slot, WorkoutLog, WorkoutSession
from wger_flask.domain.trophies.models import Trophy, UserTrophy
from wger_flask.imports import runs
from wger_flask.rest.services import services
from wger_flask.storage.database import database, disconnect, open_database, transaction
from wger_flask.storage.model import columns_of, json_references, label_of, references_to
from wger_flask.takeout.errors import Refused
from wger_flask.takeout.importer import bring_in


@pytest.fixture
def bring(app, people):
    """Return a function that brings a take-out to somebody."""

    def run(data: bytes, name: str = "linus", **options):
        with app.test_request_context():
            return bring_in(io.BytesIO(data), identity.by_id(people[name].id), "a.zip", **options)

    return run


@pytest.fixture
def files(media):
    """Return a function that lists the files below the media root."""
    return lambda: sorted(str(path) for path in media.root.rglob("*") if path.is_file())


@pytest.fixture
def taken(furnished, api) -> bytes:
    return api("grace").get("export/").get_data()


def rebuilt(data: bytes, change=None, **files: bytes) -> bytes:
    """Return a take-out with another document, and other files."""
    old = zipfile.ZipFile(io.BytesIO(data))
    told = document(old)
    if change is not None:
        told = change(told) or told
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, files.pop(name, None) or (json.dumps(told) if name == "data.json" else old.read(name)))
        for name, content in files.items():
            new.writestr(name, content)
    return made.getvalue()


def plain(data: bytes) -> dict[str, list[str]]:
    """Return the rows of a take-out by table, every key in them replaced by what it leads to, sorted."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    told = document(archive)
    catalogue = {}
    for label, entries in told["catalogue"].items():
        named = {one["key"]: one.get("uuid") or one.get("name") or one.get("short_name") for one in entries}
        catalogue[label] = named
    rows = {name: {row["id"]: row for row in table} for name, table in told["tables"].items()}
    registry = services().registry
    owned = {one.name: one for one in registry.owned}
    names = {one.model: one.name for one in registry.owned}

    def target(model, key):
        if model in names:
            return spelled(names[model], rows[names[model]][key]) if key in rows[names[model]] else key
        return catalogue[label_of(model)].get(key)

    def spelled(name, row):
        found = {}
        for column, value in row.items():
            if column == "id" or (column == "external_id" and row.get("source") == "calculated"):
                continue
            field = columns_of(owned[name].model)[column]
            if column in owned[name].references and value is not None:
                value = target(owned[name].references[column], value)
            elif isinstance(value, dict):
                models = json_references(field)
                led = {name: one for name, one in models.items() if value.get(name) is not None}
                value = value | {name: target(one, value[name]) for name, one in led.items()}
            elif isinstance(value, str) and value.startswith("pictures/"):
                value = archive.read(value).hex()
            found[column] = value
        return json.dumps(found, sort_keys=True)

    return {name: sorted(spelled(name, row) for row in table.values()) for name, table in rows.items()}


def same(one: bytes, other: bytes) -> None:
    """Fail where two take-outs differ in more than keys."""
    left, right = plain(one), plain(other)
    assert left.keys() == right.keys()
    for name in left.keys() - {"user-statistics"}:  # which says when it was counted
        assert left[name] == right[name], name


def shift_exercises() -> None:
    """Give all exercises other keys."""
    present = set(database.obj.get_tables())  # models of plugins that other tests wrote may linger
    with transaction():
        for reference, owner in references_to(Exercise).items():
            if owner._meta.table_name not in present:
                continue
            owner.update({reference: reference + 5000}).where(reference.is_null(False)).execute()
        Exercise.update(id=Exercise.id + 5000).execute()


def test_what_comes_back_is_what_went(furnished, taken, bring, app, api):
    """To another account of the same server: keys differ, all else is the same."""
    report = bring(taken)
    assert report.is_done and report.is_whole, "\n".join(report.lines())
    assert report.changed == {"userprofile": 1} and report.known == {"measurement-category": 1}
    with app.app_context():
        same(taken, api("linus").get("export/").get_data())
        same(taken, api("grace").get("export/").get_data())


def test_another_server_gives_back_what_it_got(furnished, taken, bring, app, api, template, tmp_path, media):
    """Where exercises have other keys, and nobody has the rows' own."""
    (tmp_path / "other").mkdir()
    held, copied = database.obj, template.copy(tmp_path / "other")
    try:
        open_database(copied.url)
        shift_exercises()
        with app.app_context():
            assert bring(taken, dry_run=True).is_whole and not WorkoutLog.select().exists()
            report = bring(taken)
            assert report.is_done and report.is_whole, "\n".join(report.lines())
            back = api("linus").get("export/").get_data()
            same(taken, back)
            before, now = (document(zipfile.ZipFile(io.BytesIO(data))) for data in (taken, back))
            assert {row["id"] for row in before["tables"]["workoutlog"]} == {
                row["id"] for row in now["tables"]["workoutlog"]
            }
            calculated = next(row for row in now["tables"]["measurement-category"] if row["name"] == "1RM")
            assert calculated["dynamic_params"]["exercise_id"] > 5000
    finally:
        disconnect()
        database.initialize(held)
        copied.drop()


def test_a_second_time_nothing_is_brought_twice(furnished, taken, bring, app, api):
    bring(taken)
    again = bring(taken)
    assert again.is_done and again.is_whole and not again.new and not again.changed, "\n".join(again.lines())
    with app.app_context():
        same(taken, api("linus").get("export/").get_data())
    assert not bring(taken, "grace").new


def test_looking_writes_nothing(furnished, taken, bring, app, files):
    before = files()
    report = bring(taken, dry_run=True)
    assert report.is_whole and not report.is_done and report.new["workoutlog"] == 3
    assert not WorkoutLog.select().where(WorkoutLog.user != furnished.id).exists() and files() == before


def test_what_is_not_here_is_listed_before_anything_is_written(furnished, taken, bring):
    first = document(zipfile.ZipFile(io.BytesIO(taken)))["tables"]["workoutlog"][0]["exercise"]

    def change(told):
        for entry in told["catalogue"]["exercises.exercise"]:
            if entry["key"] == first:
                entry.update(uuid="00000000-0000-4000-8000-000000000000", name="Underwater squats")

    changed = rebuilt(taken, change)
    report = bring(changed)
    assert not report.is_done and not WorkoutLog.select().where(WorkoutLog.user != furnished.id).exists()
    [unmatched] = report.unmatched
    assert (unmatched.kind, unmatched.name) == ("exercises.exercise", "Underwater squats") and unmatched.times >= 1
    assert report.left_out["workoutlog"] == 1
    assert bring(changed, leave_out=True).is_done
    assert WorkoutLog.select().where(WorkoutLog.user != furnished.id).count() == 2


def test_a_name_matches_where_no_uuid_does_and_two_of_a_name_do_not(furnished, taken, bring):
    def change(told):
        for entries in told["catalogue"].values():
            for entry in entries:
                if "uuid" in entry:
                    entry["uuid"] = "00000000-0000-4000-8000-000000000000"

    report = bring(rebuilt(taken, change), dry_run=True)
    assert report.is_whole, "\n".join(report.lines())
    told = document(zipfile.ZipFile(io.BytesIO(taken)))
    used = told["tables"]["workoutlog"][0]["exercise"]
    name = next(one["name"] for one in told["catalogue"]["exercises.exercise"] if one["key"] == used)
    known = [one["key"] for one in told["catalogue"]["exercises.exercise"]]
    other = Translation.select().where(Translation.exercise.not_in(known)).first()
    Translation.update(name=name).where(Translation.id == other.id).execute()
    assert [one.name for one in bring(rebuilt(taken, change), dry_run=True).unmatched] == [name]


def test_an_import_is_taken_back_with_its_files(furnished, taken, bring, app, api, files, people):
    with app.app_context():
        before, lying = api("linus").get("export/").get_data(), files()
    bring(taken)
    assert len(files()) > len(lying)
    with app.test_request_context():
        run = runs.last_run(people["linus"].id)
        assert run.format == "take-out" and run.rows > 10
        runs.undo(run)
    assert files() == lying
    with app.app_context():
        after = api("linus").get("export/").get_data()
        left, right = plain(before), plain(after)
    assert {name: rows for name, rows in left.items() if name != "user-statistics"} == {
        name: rows for name, rows in right.items() if name not in ("user-statistics", "user-trophy")
    } | {"user-trophy": left["user-trophy"]}
    assert len(right["user-trophy"]) == 0


def test_a_trophy_that_is_given_once_is_not_given_twice(taken, bring, people):
    linus = people["linus"].id
    once, often = (
        Trophy.create(
            name=f"{repeats}", trophy_type="other", checker_class="volume", checker_params={}, is_repeatable=repeats
        )
        for repeats in (False, True)
    )
    for trophy in (once, often):
        UserTrophy.create(user=linus, trophy=trophy, progress=100)

    def change(told):
        told["catalogue"]["trophies.trophy"] = [
            {"key": number, "uuid": str(trophy.uuid), "name": trophy.name}
            for number, trophy in enumerate((once, often))
        ]
        told["tables"]["user-trophy"] = [
            {
                "id": number,
                "trophy": number,
                "earned_at": "2020-01-01T00:00:00Z",
                "progress": 100.0,
                "is_notified": True,
                "context_data": None,
            }
            for number in range(2)
        ]
        told["tables"]["trophy-mark"] = []
        told["tables"]["userprofile"][0]["trophies_enabled"] = False

    assert bring(rebuilt(taken, change)).is_done
    number = {
        trophy: UserTrophy.select().where(UserTrophy.user == linus, UserTrophy.trophy == trophy).count()
        for trophy in (once, often)
    }
    assert number == {once: 1, often: 2}
    assert UserProfile.get(UserProfile.user == linus).trophies_enabled is False


def test_an_import_and_taking_it_back_wait_for_what_the_user_writes_meanwhile(taken, bring, app, people, monkeypatch):
    waited: list[str] = []
    monkeypatch.setattr("wger_flask.rest.services.advisory_lock", waited.append)
    bring(taken)
    with app.test_request_context():
        runs.undo(runs.last_run(people["linus"].id))
    assert waited == [f"writes of user {people['linus'].id}"] * 2


def test_rows_of_others_are_out_of_reach(furnished, taken, bring, people):
    """Whatever keys a document names: nothing of another account is changed, or hung on."""
    routine = Routine.create(user=people["ada"], name="Ada's", start="2026-01-01", end="2026-02-01")
    session = WorkoutSession.create(user=people["ada"], notes="Ada's")

    def change(told):
        told["tables"]["routine"] = []
        told["tables"]["day"][0]["routine"] = routine.id
        told["tables"]["workoutsession"][0]["id"] = str(session.id)
        told["tables"]["userprofile"][0] |= {"id": 1, "user": people["ada"].id, "can_add_user": True, "gym": 1}
        for name in ("routine", "day", "slot", "slot-entry"):
            for row in told["tables"][name]:
                row["user"] = people["ada"].id

    report = bring(rebuilt(taken, change), leave_out=True)
    assert report.is_done and any("table day, row 1: routine" in line for line in report.problems)
    assert (
        WorkoutSession.get_by_id(session.id).notes == "Ada's"
        and not Slot.select()
        .where(Slot.day.in_(Routine.select(Routine.id).where(Routine.user == people["ada"].id)))
        .exists()
    )
    assert UserProfile.get(UserProfile.user == people["linus"].id).can_add_user is False
    assert WorkoutSession.select().where(WorkoutSession.user == people["linus"].id).count() == 1


HOSTILE = {
    "a span": ("routine", {"end": "2999-01-01"}, "A routine cannot span more than"),
    "a wrong day": ("routine", {"start": "2026-02-31"}, "table routine, row 1: start"),
    "a long text": ("routine", {"name": "x" * 26}, "name: "),
    "a wrong number": ("workoutlog", {"weight": "heavy"}, "weight: "),
    "a negative number": ("workoutlog", {"repetitions": "-5"}, "repetitions: "),
    "not a number": ("workoutlog", {"weight": "NaN"}, "weight: "),
    "a choice": ("workoutsession", {"impression": "9"}, "impression: "),
    "a list for a key": ("workoutlog", {"exercise": [1]}, "exercise: a key is a number or a text"),
    "a unit": ("measurement-category", {"metric_type": "body_weight", "unit": "stone"}, "unit: "),
    "a null": ("day", {"order": None}, "order: "),
    "no key": ("day", {"id": None}, "id: a key is a number or a text"),
    "a wrong key": ("workoutsession", {"id": "x"}, "id: 'x' is no UUID"),
    "deep JSON": ("measurement-category", {"chart_config": {"a": [0] * 5000}}, "chart_config: "),
    "a picture elsewhere": ("gallery", {"image": "../../etc/passwd"}, "no name of a picture in the archive"),
    "a picture that is none": ("gallery", {"image": "pictures/none.png"}, "is not in the archive"),
    "a NUL": ("label", {"comment": "a\x00b"}, "comment: "),
    "a number too large": ("label", {"start_offset": 2**40}, "start_offset: the number is too large"),
}


def test_a_wrong_row_is_named_and_nothing_is_written(furnished, taken, bring):
    for name, (table, values, told) in HOSTILE.items():

        def change(document, table=table, values=values):
            for row in document["tables"][table]:
                row.update(values)

        report = bring(rebuilt(taken, change))
        assert not report.is_done, name
        assert any(f"data.json, table {table}, row 1" in line and told in line for line in report.problems), name
        assert not WorkoutLog.select().where(WorkoutLog.user != furnished.id).exists(), name


def test_a_picture_that_is_none_is_refused(furnished, taken, bring):
    [name] = [one for one in zipfile.ZipFile(io.BytesIO(taken)).namelist() if one.startswith("pictures/")]
    report = bring(rebuilt(taken, **{name: b"<svg onload=alert(1)>"}))
    assert not report.is_done and any("table gallery, row 1: image" in line for line in report.problems)


def test_what_is_no_take_out_is_refused(furnished, taken, bring):
    def zipped(members) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            for name, content in members:
                new.writestr(name, content)
        return made.getvalue()

    good = zipfile.ZipFile(io.BytesIO(taken)).read("data.json")
    head = b'{"format": "wger_flask take-out", "version": 1, '
    for data, told in (
        (b"", "no zip archive"),
        (b"PK\x03\x04 and nothing", "no zip archive"),
        (taken[: len(taken) // 2], "no zip"),
        (zipped([("a.txt", b"")]), "no data.json"),
        (zipped([("data.json", b"")]), "data.json: "),
        (zipped([("data.json", good), ("../../evil", b"x")]), "leads elsewhere"),
        (zipped([("data.json", good), ("/etc/passwd", b"x")]), "leads elsewhere"),
        (zipped([("data.json", b'{"tables": {}}')]), "no take-out of this program"),
        (zipped([("data.json", head.replace(b"1,", b"2,") + b'"tables": {}}')]), "another version"),
        (zipped([("data.json", head + b'"tables": {"day": [1]}}')]), "an object expected"),
        (zipped([("data.json", head + b'"tables": {"day": [{}')]), "expected"),
        (zipped([("data.json", head + b'"tables": {"day": [' + b"[" * 100_000)]), "an object expected"),
        (zipped([("data.json", head + b'"tables": {"day": [{"a": ' + b"[" * 100_000)]), "data.json: line 1"),
        (zipped([("data.json", head + b'"catalogue": {"core.language": [{"key": [1]}]}, "tables": {}}')]), "row 1"),
        (zipped([("data.json", head + b'"tables": {}, "catalogue": {}}')]), "must stand before"),
        (zipped([("data.json", head + b'"tables": {}} x')]), "behind the end"),
        (zipped([("data.json", good), ("pictures/a.png", b"\0" * (21 << 20))]), "would be"),
    ):
        with pytest.raises(Refused, match=told):
            bring(data)


def test_a_bomb_is_refused_by_what_it_says_of_itself(bring, people):
    """Before a byte of it is unpacked; and one that lies about its size is read no further than it says."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("data.json", b" " * (1 << 20))
    for size, told in ((600 << 20, "more than 500 times"), (3 << 30, "more than 2147483648"), (1000, "data.json")):
        packed = bytearray(made.getvalue())
        place = packed.rindex(b"PK\x01\x02")
        packed[place + 24 : place + 28] = size.to_bytes(4, "little")
        with pytest.raises(Refused, match=told):
            bring(bytes(packed))


def test_the_page_brings_in_and_takes_back(furnished, taken, app, people):
    client = app.test_client()
    client.post("/user/login", data={"username": "linus", "password": "sunil-pass", **token(client, "/user/login")})

    def send(action, data=None, **more):
        form = {"action": action, **token(client, "/user/data"), **more}
        if data is not None:
            form["file"] = (io.BytesIO(data), "mine.zip")
        return client.post("/user/data", data=form, content_type="multipart/form-data")

    assert send("look").status_code == 400
    refused = send("import", b"no zip")
    assert refused.status_code == 400 and "no zip archive" in refused.text
    looked = send("look", taken)
    assert looked.status_code == 200 and "All of it can be brought in." in looked.text
    linus = people["linus"].id
    assert not WorkoutLog.select().where(WorkoutLog.user == linus).exists()
    done = send("import", taken)
    assert "Everything is here now." in done.text and "Take the last import back" in done.text
    log = WorkoutLog.get(WorkoutLog.user == linus)
    WorkoutLog.update(repetitions=99).where(WorkoutLog.id == log.id).execute()
    run = done.text.split('name="run" value="')[1].split('"')[0]
    assert "changed since" in send("undo", run=run).text
    assert send("undo", run="0").status_code == 400
    assert send("undo", run=run, changed="1").status_code == 303
    assert not WorkoutLog.select().where(WorkoutLog.user == linus).exists()
    assert not Measurement.select().join(Category).where(Category.user == linus).exists()
    wrong = send("import", rebuilt(taken, lambda told: told["tables"]["routine"][0].update(start="never")))
    assert wrong.status_code == 400 and "data.json, table routine, row 1: start" in wrong.text


@given(st.data())
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
def test_no_document_is_more_than_refused(furnished, taken, bring, data):
    """Rows with other values, tables with other rows, bytes that are others: refused or told, never a mistake."""
    value = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=30),
        st.lists(st.integers(), max_size=3),
        st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    )

    def change(told):
        tables = [name for name, rows in told["tables"].items() if rows]
        for _ in range(data.draw(st.integers(1, 6))):
            row = data.draw(st.sampled_from(told["tables"][data.draw(st.sampled_from(tables))]))
            row[data.draw(st.sampled_from(sorted(row)))] = data.draw(value)

    sent = rebuilt(taken, change)
    if data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(sent) - 1))
        sent = sent[:place] + data.draw(st.binary(max_size=4)) + sent[place + data.draw(st.integers(0, 4)) :]
    try:
        report = bring(sent, dry_run=True, leave_out=True)
    except Refused as wrong:
        assert str(wrong)
    else:
        assert not report.is_done
