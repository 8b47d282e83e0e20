"""The models are wger's tables: compared with their description, and with a database that wger made."""

from __future__ import annotations

import json
from itertools import count

import pytest

from tests.reference import (
    AT_HAND,
    BY_LABEL,
    MODELS,
    SHARED,
    TABLES,
    empty_database,
    needs_reference,
    reference_database,
)
from tests.snapshots import kept
from tests.snapshots.descriptions import tables
from wger_flask.storage import columns as fields
from wger_flask.storage.bulk import dangling
from wger_flask.storage.cascade import delete
from wger_flask.storage.database import IntegrityError, transaction
from wger_flask.storage.links import links_of
from wger_flask.storage.migrations import is_current, migrate
from wger_flask.storage.model import label_of, ordering_of, title_of

DESCRIPTION, CHANGES = SHARED / "spec" / "models.json", SHARED / "spec" / "models27final.json"
User = BY_LABEL["auth.user"]

KINDS = {
    "AutoField": fields.Auto,
    "BigAutoField": fields.BigAuto,
    "BooleanField": fields.Boolean,
    "CharField": fields.Char,
    "DateField": fields.Date,
    "DateTimeField": fields.DateTime,
    "DecimalField": fields.Decimals,
    "FileField": fields.File,
    "FloatField": fields.Float,
    "ForeignKey": fields.ForeignKey,
    "IntegerField": fields.Integer,
    "JSONField": fields.Json,
    "OneToOneField": fields.ForeignKey,
    "PositiveIntegerField": fields.Integer,
    "TextField": fields.Text,
    "TimeField": fields.Time,
    "UUIDField": fields.UUID,
}
CASCADES = {"CASCADE": "delete", "SET_NULL": "null", "PROTECT": "refuse"}
HISTORY = {  # described is that these go too; the setting WGER_DELETED_ROUTINES decides
    ("manager.workoutsession", "routine"),
    ("manager.workoutsession", "day"),
    ("manager.workoutlog", "routine"),
    ("manager.workoutlog", "slot_entry"),
}
LETS_GO = {("core.userprofile", "added_by")}  # described is that a profile goes with whoever made the account
DEFAULTS = {
    "django.utils.timezone.now": fields.now,
    "uuid.uuid4": fields.uuid4,
    "wger.utils.uuid.uuid7": fields.uuid7,
    "builtins.dict": dict,
}

TIME_ZONE = {  # what the release has, and the branch that was described lacks
    "name": "time_zone",
    "type": "CharField",
    "column": "time_zone",
    "null": False,
    "blank": True,
    "max_length": 50,
    "primary_key": False,
    "default": {"value": ""},
}


def label(model):
    return label_of(model)


@pytest.fixture(scope="module")
def described():
    """What wger's models are, as its description says; without it, as they were when ours fitted it."""
    if not DESCRIPTION.exists():
        return kept("tables.json")["models"]
    models = json.loads(DESCRIPTION.read_text())["models"] | json.loads(CHANGES.read_text())["models"]
    models["core.userprofile"]["fields"].append(TIME_ZONE)
    return models


def test_tables_are_those_that_are_kept():
    """``python -m tests.snapshots`` keeps others."""
    assert json.loads(json.dumps(tables())) == kept("tables.json")


def uniques(model):
    """Return the sets of columns that identify a row."""
    indexes = [index for index in model._meta.fields_to_index() if index._unique]
    return {frozenset(part.column_name for part in index._expressions) for index in indexes}


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
            wanted = "history" if (label_of(model), name) in HISTORY else CASCADES[expected["on_delete"]]
            wanted = "null" if (label_of(model), name) in LETS_GO else wanted
            assert field.cascade == wanted, name


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
        elif expected["type"] in ("CharField", "TextField") and expected.get("blank") and not expected["null"]:
            assert field.default == "", field.name


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_unique_columns_are_the_described_ones(model, described):
    expected = {frozenset(index["columns"]) for index in described[label_of(model)]["db_unique_indexes"]}
    key = frozenset([model._meta.primary_key.column_name])
    assert uniques(model) - {key} == expected - {key}


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
    """Return every table's definition and rows; the indexes of near names can only be searched, not read."""
    found = {}
    for table in database.get_tables():
        is_read = not (table.startswith("wger_flask_names_") and table.endswith("_near"))
        rows = database.execute_sql(f'SELECT * FROM "{table}"').fetchall() if is_read else []
        keys = sorted(map(str, database.get_foreign_keys(table)))
        found[table] = (columns_of(database, table), sorted(map(str, database.get_indexes(table))), keys, rows)
    return found


def not_ours(found):
    # The list of largest keys is SQLite's, and a table of ours has a line in it.  Some indexes are ours.
    return {
        table: (columns, [index for index in indexes if "wger_flask_" not in index], *others)
        for table, (columns, indexes, *others) in found.items()
        if "wger_flask_" not in table and table != "sqlite_sequence"
    }


@pytest.fixture(scope="module")
def genuine_columns(tmp_path_factory):
    """The columns of a database that wger made; without one, those that ours had when they fitted it."""
    if not AT_HAND:
        found = kept("tables.json")["tables"]
        return {model: {name: tuple(what) for name, what in found[label_of(model)].items()} for model in TABLES}
    with reference_database(tmp_path_factory.mktemp("reference")) as held:
        return {model: columns_of(held, model._meta.table_name) for model in TABLES}


@pytest.fixture(scope="module")
def our_columns(tmp_path_factory):
    with empty_database(tmp_path_factory.mktemp("ours")) as held:
        migrate(MODELS)
        return {model: columns_of(held, model._meta.table_name) for model in TABLES}


@pytest.mark.parametrize("model", TABLES, ids=label)
def test_tables_have_the_columns_that_wger_made(model, genuine_columns, our_columns):
    expected = genuine_columns[model]
    assert {f.column_name: (f.null, f.primary_key) for f in model._meta.sorted_fields} == expected
    assert our_columns[model] == expected


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
    before = contents(reference)
    done = migrate(MODELS)
    ours = [line for line in done if "wger_flask_" in line or line.startswith("applied")]
    # The reference is of the branch: the release has two steps more, of which it is told.
    assert ours and {line.split()[1] for line in done if line.startswith("noted")} == {
        "core.0028_longlivedsession",
        "core.0029_userprofile_timezone",
    }
    after = contents(reference)
    release = {"core_longlivedsession", "django_migrations"}
    assert {table: what for table, what in not_ours(after).items() if table not in release} == {
        table: what for table, what in not_ours(before).items() if table not in release
    }


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
        with transaction():
            row = plant(model)
        assert model.get_by_id(row._pk)._pk == row._pk
        assert list(dangling(model)) == []


def test_a_row_can_be_inserted_in_every_table_of_ours(fresh):
    for model in TABLES:
        with transaction():
            row = plant(model)
        assert model.get_by_id(row._pk)._pk == row._pk


def test_of_a_user_nothing_is_left_behind(fresh):
    """Deleting follows every reference, so that the database's own constraints have no objection."""
    user = plant(User)
    for model in TABLES:
        for field in model._meta.refs:
            if field.rel_model is User:
                row = plant(model)
                setattr(row, field.name, user)
                row.save()
    with transaction():
        gone = delete(User, [user.id])
    assert gone[User] == 1
    assert len(gone) > 10
    for model in TABLES:
        assert list(dangling(model)) == []


def test_one_verified_address_belongs_to_one_user(fresh):
    address = BY_LABEL["account.emailaddress"]
    first, second = plant(User), plant(User)
    address.create(user=first, email="ada@example.org", verified=True, primary=True)
    address.create(user=second, email="ada@example.org", verified=False)
    with pytest.raises(IntegrityError):
        address.create(user=second, email="ada@example.org", verified=True)
