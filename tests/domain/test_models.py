"""The models are wger's tables: compared with their description, and with a database that wger made."""

from __future__ import annotations

import gzip
import json
import shutil
from importlib import import_module
from itertools import count
from pathlib import Path

import peewee
import pytest

from wger_flask.auth.models import MODELS as ACCOUNTS
from wger_flask.storage import fields
from wger_flask.storage.cascade import delete
from wger_flask.storage.database import open_database
from wger_flask.storage.migrations import is_current, migrate, with_links
from wger_flask.storage.model import label_of, links_of, ordering_of, title_of

SUBJECTS = ("core", "exercises", "routines", "nutrition", "measurements", "weight", "gallery", "trophies")
MODELS = [*ACCOUNTS]
for _subject in SUBJECTS:
    MODELS += import_module(f"wger_flask.domain.{_subject}.models").MODELS
TABLES = with_links(MODELS)

SHARED = Path(__file__).parents[3] / "shared"
REFERENCE = SHARED / "dataset" / "reference-2.7.sqlite.gz"
needs_description = pytest.mark.skipif(not (SHARED / "spec").is_dir(), reason="no description of the tables here")
needs_reference = pytest.mark.skipif(not REFERENCE.is_file(), reason="the database that wger made is not here")

KINDS = {
    "AutoField": fields.Auto, "BigAutoField": fields.BigAuto, "BooleanField": fields.Boolean,
    "CharField": fields.Char, "DateField": fields.Date, "DateTimeField": fields.DateTime,
    "DecimalField": fields.Decimals, "FileField": fields.File, "FloatField": fields.Float,
    "ForeignKey": fields.ForeignKey, "IntegerField": fields.Integer, "JSONField": fields.Json,
    "OneToOneField": fields.ForeignKey, "PositiveIntegerField": fields.Integer, "TextField": fields.Text,
    "TimeField": fields.Time, "UUIDField": fields.UUID,
}  # fmt: skip
CASCADES = {"CASCADE": "delete", "SET_NULL": "null", "PROTECT": "refuse"}
DEFAULTS = {
    "django.utils.timezone.now": fields.now, "uuid.uuid4": fields.uuid4, "wger.utils.uuid.uuid7": fields.uuid7,
    "builtins.dict": dict,
}  # fmt: skip


def label(model):
    return label_of(model)


@pytest.fixture(scope="module")
def described():
    return json.loads((SHARED / "spec" / "models.json").read_text())["models"]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    path = tmp_path_factory.mktemp("reference") / "wger.sqlite"
    with gzip.open(REFERENCE) as packed, open(path, "wb") as file:
        shutil.copyfileobj(packed, file)
    return path


@pytest.fixture
def reference(unpacked, tmp_path):
    """Open a copy of the database that wger made."""
    path = shutil.copy(unpacked, tmp_path / "wger.sqlite")
    database = open_database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def fresh(tmp_path):
    """Open a database whose tables are all ours."""
    database = open_database(f"sqlite:///{tmp_path / 'fresh.sqlite'}")
    migrate(MODELS)
    yield database
    database.close()


def uniques(model):
    """Return the sets of columns that identify a row."""
    indexes = [index for index in model._meta.fields_to_index() if index._unique]
    return {frozenset(part.column_name for part in index._expressions) for index in indexes}


@needs_description
@pytest.mark.parametrize("model", MODELS, ids=label)
def test_fields_are_the_described_ones(model, described):
    known = {field["name"]: field for field in described[label_of(model)]["fields"]}
    assert described[label_of(model)]["table"] == model._meta.table_name
    assert set(model._meta.fields) == set(known)
    for name, field in model._meta.fields.items():
        expected = known[name]
        historic = label_of(model).partition(".")[2].startswith("historical") and not name.startswith("history_")
        if expected["type"] in ("ForeignKey", "OneToOneField") and historic:
            assert isinstance(field, fields.Integer), name
        else:
            assert isinstance(field, KINDS[expected["type"]]), name
        assert field.column_name == expected["column"], name
        assert field.null == expected["null"], name
        assert field.primary_key == expected["primary_key"], name
        if isinstance(field, fields.Char):
            assert field.max_length == expected["max_length"], name
        if isinstance(field, fields.Decimals):
            assert (field.max_digits, field.places) == (expected["max_digits"], expected["decimal_places"]), name
        if isinstance(field, fields.ForeignKey):
            assert label_of(field.rel_model) == expected["to"], name
            assert field.cascade == CASCADES[expected["on_delete"]], name


@needs_description
@pytest.mark.parametrize("model", [m for m in MODELS if "historical" not in label_of(m)], ids=label)
def test_defaults_are_the_described_ones(model, described):
    for expected in described[label_of(model)]["fields"]:
        field = model._meta.fields[expected["name"]]
        default = expected.get("default", {})
        if default.get("value") is not None:
            assert field.default == default["value"], field.name
        elif default.get("callable") in DEFAULTS:
            assert field.default is DEFAULTS[default["callable"]], field.name
        elif "callable" in default:
            assert callable(field.default), field.name
        elif expected.get("auto_now_add") or expected.get("auto_now"):
            assert callable(field.default), field.name
            assert getattr(field, "touched", False) == bool(expected.get("auto_now")), field.name
        elif expected["type"] in ("CharField", "TextField") and expected["blank"] and not expected["null"]:
            assert field.default == "", field.name


@needs_description
@pytest.mark.parametrize("model", MODELS, ids=label)
def test_unique_columns_are_the_described_ones(model, described):
    expected = {frozenset(index["columns"]) for index in described[label_of(model)]["db_unique_indexes"]}
    key = frozenset([model._meta.primary_key.column_name])
    assert uniques(model) - {key} == expected - {key}


@needs_description
@pytest.mark.parametrize("model", MODELS, ids=label)
def test_relations_and_order_are_the_described_ones(model, described):
    expected = described[label_of(model)]
    found = {name: (made.through._meta.table_name, label_of(made.model)) for name, made in links_of(model).items()}
    assert found == {one["name"]: (one["through_table"], one["to"]) for one in expected["m2m"]}
    for made in links_of(model).values():
        assert label_of(made.through) == f"{label_of(model)}_{made.name}"
    columns = [term.lstrip("-").split(".")[0] for term in ordering_of(model)]
    wanted = [term.lstrip("-").split("__")[0] for term in expected["ordering"]]
    assert list(dict.fromkeys(columns))[: len(set(wanted))] == list(dict.fromkeys(wanted))


@needs_description
@pytest.mark.parametrize("model", MODELS, ids=label)
def test_class_names_are_those_that_messages_print(model, described):
    assert model.__name__ == described[label_of(model)]["label"].partition(".")[2]


def test_titles_are_words():
    titles = {label_of(model): title_of(model) for model in MODELS}
    assert titles["nutrition.nutritionplan"] == "nutrition plan"
    assert titles["manager.workoutlog"] == "workout log"
    assert titles["measurements.category"] == "category"
    assert titles["manager.maxrirconfig"] == "max RiR config"


# -- on databases -------------------------------------------------------------------------


def columns_of(database, table):
    return {column.name: (column.null, column.primary_key) for column in database.get_columns(table)}


def contents(database):
    """Return every definition and every row of the database."""
    definitions = database.execute_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    rows = {}
    for table in database.get_tables():
        rows[table] = database.execute_sql(f'SELECT * FROM "{table}"').fetchall()
    return {row[1]: row for row in definitions}, rows


def our_own(name):
    return "wger_flask_" in name


@needs_reference
@pytest.mark.parametrize("model", TABLES, ids=label)
def test_tables_have_the_columns_that_wger_made(model, unpacked, tmp_path):
    genuine = open_database(f"sqlite:///{unpacked}")
    try:
        table = model._meta.table_name
        expected = columns_of(genuine, table)
        assert {f.column_name: (f.null, f.primary_key) for f in model._meta.sorted_fields} == expected
    finally:
        genuine.close()
    ours = open_database(f"sqlite:///{tmp_path / 'ours.sqlite'}")
    try:
        model.create_table(safe=False)
        assert columns_of(ours, table) == expected
    finally:
        ours.close()


@needs_reference
def test_every_row_of_wgers_can_be_read(reference):
    for model in TABLES:
        (number,) = reference.execute_sql(f'SELECT count(*) FROM "{model._meta.table_name}"').fetchone()
        read = list(model.select())
        assert len(read) == number
        for row in read:
            for field in model._meta.sorted_fields:
                value = row.__data__[field.name]
                assert field.null or value is not None
                if isinstance(field, fields.DateTime) and value is not None:
                    assert value.utcoffset() is not None


@needs_reference
def test_migrating_changes_nothing_of_wgers(reference):
    definitions, rows = contents(reference)
    done = migrate(MODELS)
    assert done and all(our_own(line) or line.startswith("applied") for line in done)
    after, rows_after = contents(reference)
    assert {name: row for name, row in after.items() if not our_own(name) and not our_own(row[2])} == definitions
    # The list of largest keys is SQLite's, and a table of ours has a line in it.
    assert {name: found for name, found in rows_after.items() if not our_own(name)} == rows


@needs_reference
def test_migrating_twice_does_nothing(reference):
    migrate(MODELS)
    assert is_current(MODELS)
    before = contents(reference)
    assert migrate(MODELS) == []
    assert contents(reference) == before


def test_migrating_an_empty_database_twice_does_nothing(fresh):
    before = contents(fresh)
    assert migrate(MODELS) == []
    assert contents(fresh) == before


numbers = count(1)


def value_for(field):
    """Return some valid value for a column that has no default."""
    number = next(numbers)
    if isinstance(field, fields.ForeignKey):
        return plant(field.rel_model)
    if isinstance(field, fields.Char | fields.Text):
        return f"{number:x}"[-(getattr(field, "max_length", None) or 20) :]
    if isinstance(field, fields.DateTime):
        return fields.now()
    if isinstance(field, fields.Date):
        return fields.now().date()
    if isinstance(field, fields.UUID):
        return fields.uuid4()
    return 1


def plant(model):
    """Create a row of ``model`` from nothing but what its columns demand."""
    key = model._meta.primary_key
    values = {}
    for field in model._meta.sorted_fields:
        generated = field is key and isinstance(field, fields.Auto)
        if field.default is None and not field.null and not generated:
            values[field.name] = value_for(field)
        elif isinstance(field, fields.ForeignKey) and field.default is not None:
            # The row that the default names need not be there.
            values[field.name] = None if field.null else plant(field.rel_model)
    return model.create(**values)


@needs_reference
def test_a_row_can_be_inserted_in_every_table_of_wgers(reference):
    for model in TABLES:
        row = plant(model)
        assert model.get_by_id(row._pk)._pk == row._pk
    assert reference.execute_sql("PRAGMA foreign_key_check").fetchall() == []
    assert reference.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_row_can_be_inserted_in_every_table_of_ours(fresh):
    for model in TABLES:
        row = plant(model)
        assert model.get_by_id(row._pk)._pk == row._pk


def test_of_a_user_nothing_is_left_behind(fresh):
    """Deleting follows every reference, so that the database's own constraints have no objection."""
    user = plant(ACCOUNTS[3])
    for model in TABLES:
        for field in model._meta.sorted_fields:
            if isinstance(field, fields.ForeignKey) and field.rel_model is ACCOUNTS[3] and field.name == "user":
                row = plant(model)
                setattr(row, field.name, user)
                row.save()
    with fresh.atomic():
        gone = delete(ACCOUNTS[3], [user.id])
    assert gone[ACCOUNTS[3]] == 1
    assert len(gone) > 10


def test_one_verified_address_belongs_to_one_user(fresh):
    address = next(model for model in ACCOUNTS if label_of(model) == "account.emailaddress")
    first, second = plant(ACCOUNTS[3]), plant(ACCOUNTS[3])
    address.create(user=first, email="ada@example.org", verified=True, primary=True)
    address.create(user=second, email="ada@example.org", verified=False)
    with pytest.raises(peewee.IntegrityError):
        address.create(user=second, email="ada@example.org", verified=True)
