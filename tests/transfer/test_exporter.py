"""What is exported, wger's own ``loaddata`` takes, and ``import-dump`` makes the same of it."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.reference import BY_LABEL, MODELS, PACKED, SERVER, needs_reference, unpacked_database
from wger_flask.storage.database import database, open_database
from wger_flask.storage.links import links_of
from wger_flask.storage.migrations import migrate
from wger_flask.storage.model import Model, label_of
from wger_flask.storage.server_zone import set_server_zone
from wger_flask.testing.databases import prepare
from wger_flask.testing.server import Client, make_template, settings_for, with_app
from wger_flask.transfer.exporter import ExportReport, export_dump, wgers_models
from wger_flask.transfer.importer import import_dump

from . import loaddata
from .documents import RELEASES, Document
from .rows import CATALOGUE, exercise, language, row, user

User: Any = BY_LABEL["auth.user"]
Group: Any = BY_LABEL["auth.group"]
Profile: Any = BY_LABEL["core.userprofile"]


@pytest.fixture(autouse=True)
def zone():
    set_server_zone(ZoneInfo("Europe/Berlin"))


def exported(**options: Any) -> bytes:
    """Return the document of the open database."""
    return exported_with_report(**options)[0]


def exported_with_report(**options: Any) -> tuple[bytes, ExportReport]:
    target = io.BytesIO()
    report = export_dump(target, MODELS, **options)
    return target.getvalue(), report


def read(document: bytes) -> Document:
    rows: Document = json.loads(document)
    return rows


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A database with tables and nothing in them, to be copied."""
    made = prepare(SERVER, tmp_path_factory.mktemp("template"))
    held = open_database(made.url)
    migrate(MODELS)
    held.close()
    yield made
    made.drop()


@pytest.fixture
def imported_and_exported(template, tmp_path):
    """Return what is exported of an empty database into which a document was imported."""

    def imported_and_exported(document: bytes) -> bytes:
        made = template.copy(tmp_path)
        held = open_database(made.url)
        try:
            assert not import_dump(io.BytesIO(document), MODELS).unknown
            return exported()
        finally:
            held.close()
            made.drop()

    return imported_and_exported


WRITTEN: dict[str, dict[str, Any]] = {
    "routine/": {"name": "Mine", "start": "2024-01-01", "end": "2024-02-01"},
    "weightentry/": {"weight": "80.5", "date": "2024-01-01T08:00:00Z"},
    "nutritionplan/": {"description": "Mine", "start": "2024-01-01"},
    "water/": {"amount": 250},
    "workoutsession/": {"datetime_start": "2024-01-01T08:00:00Z", "impression": "2"},
}
"""What somebody writes, by path."""


# -- the way back --------------------------------------------------------------------------------------
def sequences_are_intact(held: Any) -> None:
    """Copy the last row of tables whose keys are generated: the next key is free."""
    for table in ("exercises_equipment", "exercises_muscle", "manager_routine", "manager_day", "core_repetitionunit"):
        names = ", ".join(f'"{one.name}"' for one in held.get_columns(table) if one.name != "id")
        held.execute_sql(
            f'INSERT INTO "{table}" ({names}) SELECT {names} FROM "{table}" WHERE id = (SELECT max(id) FROM "{table}")'
        )


def loaded_by_wger(document: Document, folder: Path) -> None:
    """Load a document into a database that wger made and that has no rows, with all that it checks."""
    with unpacked_database(folder, PACKED) as held:
        held.execute_sql(
            f"""INSERT INTO django_session (session_key, session_data, expire_date)
                VALUES ('of a browser', 'x', {"'2030-01-01 00:00:00+00'" if SERVER else "'2030-01-01 00:00:00'"})"""
        )
        loaddata.empty(held)
        loaddata.load(held, document)
        sessions = held.execute_sql("SELECT session_key FROM django_session").fetchall()
        assert sessions == [("of a browser",)]
        with held.atomic() as attempt:
            sequences_are_intact(held)
            attempt.rollback()
        # what wger has now is what a server of ours reads, and writes the same
        migrate(MODELS)
        again = read(exported())
        assert again == document


@needs_reference
def test_wger_takes_what_was_imported(dump, fresh, tmp_path):
    import_dump(io.BytesIO(json.dumps(dump).encode()), MODELS)
    document = read(exported())
    database.obj.close()
    (tmp_path / "theirs").mkdir()
    loaded_by_wger(document, tmp_path / "theirs")


@needs_reference
def test_wger_takes_a_database_that_was_born_here(tmp_path):
    """One that ``serve`` made, with accounts, what people wrote over the API, and tables of plugins."""
    made = make_template(SERVER, tmp_path)
    with with_app(settings_for(made.url, tmp_path)) as app:
        models = app.extensions["wger_flask"].registry.models
        client = Client(app, "grace")
        for path, body in WRITTEN.items():
            assert client.post(path, body).status_code == 201, path
        import_dump(
            io.BytesIO(
                json.dumps(
                    [
                        row("auth.group", 3, name="editors", permissions=[["add_exercise", "exercises", "exercise"]]),
                    ]
                ).encode()
            ),
            models,
        )
        links_of(User)["groups"].replace(User.get(User.username == "grace").id, [3])
        target = io.BytesIO()
        export_dump(target, models)
    made.drop()
    document = read(target.getvalue())
    labels = {one["model"] for one in document}
    assert {"auth.group", "exercises.translation", "nutrition.ingredient", "measurements.measurement"} < labels
    assert not {label for label in labels if label.startswith(("plugin", "wger"))}
    (tmp_path / "theirs").mkdir()
    loaded_by_wger(document, tmp_path / "theirs")


@needs_reference
def test_wger_takes_a_row_of_each_model(load, tmp_path):
    """Whatever a model's columns are: all of wger's, its edit history and its accounts among them."""
    expected = loaddata.one_of_each([label_of(model) for model in wgers_models(MODELS)])
    assert len(expected) == 62
    load(expected)
    document = read(exported())
    assert [one for one in document if one in expected] == expected
    assert {one["model"] for one in document if one not in expected} <= {"trophies.trophy", "measurements.category"}
    database.obj.close()
    (tmp_path / "theirs").mkdir()
    loaded_by_wger(document, tmp_path / "theirs")


@needs_reference
def test_models_and_fields_are_those_of_wger(dump, fresh):
    """A document of the generator has some of the fields; the specification has all."""
    import_dump(io.BytesIO(json.dumps(dump).encode()), MODELS)
    document = read(exported())
    for one in document:
        assert one.keys() == {"model", "pk", "fields"}
        assert one["fields"].keys() == loaddata.fields_of(one["model"])
    ours = {(one["model"], one["pk"]): one["fields"] for one in document}
    for one in dump:
        found = ours[one["model"], one["pk"]]  # keys have the same form
        assert one["fields"].keys() <= found.keys()
        for name, value in one["fields"].items():
            assert same(found[name], value), (one["model"], name, found[name], value)


def same(ours: object, theirs: object) -> bool:
    """Tell whether two values are one, spelled alike; the generator writes ``.000`` where Django writes nothing."""
    if isinstance(theirs, str) and theirs.endswith(".000Z"):
        theirs = theirs.replace(".000Z", "Z")
    return ours == theirs and type(ours) is type(theirs)


def test_what_is_of_one_server_alone_is_left_out(load):
    """Sessions are; content types and permissions are numbered by each wger for itself, so that groups name theirs."""
    load(
        [
            language(),
            row("contenttypes.contenttype", 30, app_label="exercises", model="exercise"),
            row("contenttypes.contenttype", 31, app_label="weight", model="weightentry"),
            row("auth.permission", 90, name="Can add", content_type=30, codename="add_exercise"),
            row("auth.permission", 91, name="Can add", content_type=31, codename="add_weightentry"),
            row("sessions.session", "abc", session_data="x", expire_date="2030-01-01T00:00:00Z"),
            row("auth.group", 3, name="editors", permissions=[90, 91]),
            user(groups=[3], user_permissions=[["manage_gym", "gym", "gym"], ["add_session", "sessions", "session"]]),
        ]
    )
    written, report = exported_with_report()
    document = {one["model"]: one["fields"] for one in read(written)}
    assert not document.keys() & {"sessions.session", "contenttypes.contenttype", "auth.permission"}
    assert document["auth.group"]["permissions"] == [["add_exercise", "exercises", "exercise"]]
    assert document["auth.user"]["groups"] == [3]
    assert document["auth.user"]["user_permissions"] == [
        ["add_session", "sessions", "session"],
        ["manage_gym", "gym", "gym"],
    ]
    assert report.permissions == {"weight.add_weightentry"}


@needs_reference
def test_what_only_wger_knows_is_counted(tmp_path):
    with unpacked_database(tmp_path, PACKED) as held:
        migrate(MODELS)
        assert exported_with_report()[1].left_out == {}
        held.execute_sql(
            "INSERT INTO axes_accesslog (user_agent, username, http_accept, path_info, attempt_time, "
            "session_hash) VALUES ('', 'ada', '', '', '2026-01-01 00:00:00+00', '')"
        )
        assert exported_with_report()[1].left_out == {"axes.accesslog": 1}


def test_an_empty_time_zone_is_left_out(load):
    """It is the default; and the branch from which 2.7.0 was made has no such field."""
    load([language(), user(1), user(2, "grace"), row("core.userprofile", 7, user=2, time_zone="Asia/Tokyo")])
    zones = [one["fields"].get("time_zone") for one in read(exported()) if one["model"] == "core.userprofile"]
    assert sorted(zones, key=str) == ["Asia/Tokyo", None]


# -- there and back ------------------------------------------------------------------------------------
SIZES = [(1, 1, 0, 1, 0, 0, 0), (2, 5, 12, 9, 1, 1, 4), (3, 2, 3, 20, 2, 2, 20)]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: f"seed {sizes[0]}")
def test_what_is_imported_again_is_exported_alike(release, sizes, imported_and_exported):
    seed, users, exercises, foods, routines, plans, weights = sizes
    made = RELEASES[release](seed, users, exercises, max(foods, 1), routines if exercises else 0, plans, weights)
    once = imported_and_exported(json.dumps(made).encode())
    assert len(read(once)) >= len(made) and imported_and_exported(once) == once
    if release == "2.7.0":  # a document of this release is whole in what is exported
        ours = {(one["model"], one["pk"]): one["fields"] for one in read(once)}
        for one in made:
            found = ours[one["model"], one["pk"]]
            assert all(same(found[name], value) for name, value in one["fields"].items())


def test_values_at_the_edge_of_their_columns(load, imported_and_exported):
    odd = {"large": 1 << 70, "no": None, "list": [1.5, True, "é"]}
    load(
        [
            *CATALOGUE,
            exercise(6, created="2024-01-02T09:11:12.123456Z", last_update="2024-01-02T09:11:12Z"),
            user(1, "Grüße", last_login="1999-12-31T23:59:59.100Z"),
            row("mfa.authenticator", 1 << 40, user=1, type="totp", created_at="2024-06-01T00:00:00+02:00", data=odd),
            row(
                "nutrition.nutritionplan",
                "00000000-0000-4000-8000-00000000000a",
                user=1,
                creation_date="2024-02-29",
                start="0001-01-01",
                end="9999-12-31",
                description="",
                only_logging=True,
            ),
            row(
                "nutrition.meal",
                "00000000-0000-4000-8000-00000000000b",
                plan="00000000-0000-4000-8000-00000000000a",
                order=2147483647,
                time="23:59:59.999999",
                name="\U0001f957",
            ),
        ]
    )
    written = exported()
    found = {(one["model"], one["pk"]): one["fields"] for one in read(written)}
    assert found["exercises.exercise", 6]["created"] == "2024-01-02T09:11:12.123456Z"
    assert found["auth.user", 1]["last_login"] == "1999-12-31T23:59:59.100Z"
    assert found["mfa.authenticator", 1 << 40]["created_at"] == "2024-05-31T22:00:00Z"
    assert found["mfa.authenticator", 1 << 40]["data"] == odd
    assert found["nutrition.meal", "00000000-0000-4000-8000-00000000000b"]["time"] == "23:59:59.999999"
    assert imported_and_exported(written) == written


def test_references_stand_behind_what_they_refer_to(load, dump):
    load(dump)
    seen: set[tuple[str, Any]] = set()
    for one in read(exported()):
        model: type[Model] = BY_LABEL[one["model"]]
        for reference, target in model._meta.refs.items():
            label, key = label_of(target), one["fields"].get(reference.name)
            if key is not None and label != one["model"] and not reference.constraint_name:
                assert (label, key) in seen
        seen.add((one["model"], one["pk"]))


# -- how it is written ---------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["dump.json", "dump.json.gz", "dump.json.bz2", "dump.json.xz"])
def test_a_file_is_packed_as_its_name_says(load, tmp_path, name):
    load(CATALOGUE)
    file = tmp_path / name
    file.write_bytes(b"what was there")
    (tmp_path / f".{name}.part").write_bytes(b"left by one that was killed")
    export_dump(file, MODELS)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("dump")] == [name]
    assert file.stat().st_mode & 0o777 == 0o600
    assert import_dump(file, MODELS).loaded["exercises.exercise"] == 1
    if name.endswith(".gz"):
        assert gzip.decompress(file.read_bytes()) == exported()


def test_a_file_that_cannot_be_written_leaves_nothing(load, tmp_path):
    load(CATALOGUE)
    file = tmp_path / "dump.json"
    file.write_bytes(b"what was there")

    def stop(task: str, done: int, total: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        export_dump(file, MODELS, stop)
    assert file.read_bytes() == b"what was there" and not (tmp_path / ".dump.json.part").exists()


def test_a_document_is_of_one_moment(load):
    """What others commit while it is written is not in it, or only half of it would be."""
    load([*CATALOGUE, language(3, "nl"), user()])
    expected, url = exported(), address_of(database.obj)
    told: list[int] = []

    def write_meanwhile(task: str, done: int, total: int) -> None:
        if not told:
            in_another_session(
                url,
                "UPDATE core_language SET full_name = 'changed'",
                "DELETE FROM core_userprofile",
                "INSERT INTO auth_group (name) VALUES ('new')",
            )
        told.append(done)

    assert exported(progress=write_meanwhile) == expected
    assert told[-1] == len(read(expected)) and exported() != expected


def address_of(held: Any) -> str:
    return str(held.database)


def in_another_session(url: str, *statements: str) -> None:
    if SERVER:
        import psycopg

        with psycopg.connect(url) as other:
            for statement in statements:
                other.execute(statement)
        return
    import sqlite3

    other_file = sqlite3.connect(url)
    with other_file:
        for statement in statements:
            other_file.execute(statement)
    other_file.close()
