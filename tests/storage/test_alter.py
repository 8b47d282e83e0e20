"""Tables that exist are changed by steps, on databases of every age; what is missing is named."""

from __future__ import annotations

import gzip
from decimal import Decimal

import pytest

from tests.reference import BY_LABEL, MODELS, SERVER, SHARED, empty_database, needs_reference, without_copy
from wger_flask.storage import alter, columns, migrations, tables
from wger_flask.storage.database import IntegrityError, database, open_database, transaction
from wger_flask.storage.model import Model, abstract

User = BY_LABEL["auth.user"]
TABLE = "plugin_naps_nap"


def declared(table: str = TABLE, **fields) -> type[Model]:
    """Return a model that deletions know nothing of."""
    made = {"__module__": __name__, "id": columns.Auto(), **fields, "Meta": type("Meta", (), {"table_name": table})}
    return abstract(type(Model)("Nap", (Model,), made))


@pytest.fixture
def nap(held):
    """The table as version 1 declared it, with two rows."""
    made = declared(user=columns.ForeignKey(User), minutes=columns.Integer(index=True), place=columns.Char(null=True))
    made.create_table()
    user = User.create(username="ada", password="!")
    made.insert_many([{"user": user, "minutes": 20}, {"user": user, "minutes": 30}]).execute()
    return made


NEW = {
    "note": (columns.Char, {"max_length": 9, "default": "it's"}, "it's"),
    "text": (columns.Text, {"null": True}, None),
    "deep": (columns.Boolean, {"default": True}, True),
    "light": (columns.Boolean, {"default": False, "index": True}, False),
    "depth": (columns.Integer, {"default": 3}, 3),
    "ratio": (columns.Float, {"default": 0.5}, 0.5),
    "weight": (columns.Decimals, {"max_digits": 5, "places": 2, "default": Decimal("1.50")}, Decimal("1.50")),
    "extra": (columns.Json, {"default": dict}, {}),
}


@pytest.mark.parametrize("name", NEW)
def test_rows_get_the_default_of_a_new_column(nap, name):
    kind, options, value = NEW[name]
    with transaction():
        alter.add_column(TABLE, name, kind(**options))
        alter.add_column(TABLE, name, kind(**options))  # nothing is left to do
    now = declared(minutes=columns.Integer(), **{name: kind(**options)})
    found = [getattr(row, name) for row in now.select()]
    assert found == [value, value] and [type(one) for one in found] == [type(value)] * 2
    if name == "deep":
        assert now.select().where(now.deep == True).count() == 2  # noqa: E712
    assert (
        bool([index for index in database.obj.get_indexes(TABLE) if index.columns == [name]]) == kind(**options).index
    )


@pytest.mark.parametrize(("kind", "name"), [(columns.DateTime, "now"), (columns.UUID, "uuid4")])
def test_a_default_that_is_called(nap, kind, name):
    alter.add_column(TABLE, "made", kind(default=getattr(columns, name)))
    now = declared(made=kind())
    [value] = {row.made for row in now.select()}
    assert isinstance(value, type(getattr(columns, name)()))


def test_a_reference_is_added_and_goes(nap):
    alter.add_column(TABLE, "guest", columns.ForeignKey(User, null=True, cascade="null"))
    guest = User.create(username="grace", password="!")
    now = declared(guest=columns.ForeignKey(User, null=True, backref="+"))
    now.update(guest=guest).execute()
    with transaction():
        User.delete().where(User.username == "grace").execute()
    assert [row.guest_id for row in now.select()] == [None, None]
    with transaction():
        alter.drop_column(TABLE, "guest_id")
        alter.drop_column(TABLE, "guest_id")
    assert "guest_id" not in database.obj.dialect.columns_by_table(database.obj)[TABLE]
    assert not [model for model in User._meta.backrefs.values() if model._meta.table_name == TABLE]


@pytest.mark.parametrize(
    ("column", "needed"),
    [
        (lambda: columns.Integer(), "a default or null=True"),
        (lambda: columns.ForeignKey(User), "null=True"),
        (lambda: columns.ForeignKey(User, default=1), "null=True"),
    ],
)
def test_rows_that_exist_need_a_value(nap, column, needed):
    with pytest.raises(ValueError, match=f"{TABLE}.new(_id)? needs {needed}: rows"):
        alter.add_column(TABLE, "new", column())


def test_columns_are_renamed_and_dropped(nap):
    with transaction():
        alter.rename_column(TABLE, "minutes", "length")
        alter.rename_column(TABLE, "minutes", "length")
        alter.drop_column(TABLE, "place")
        alter.drop_column(TABLE, "user_id")
    assert database.obj.dialect.columns_by_table(database.obj)[TABLE] == {"id", "length"}
    assert sorted(row.length for row in declared(length=columns.Integer()).select()) == [20, 30]
    alter.drop_column(TABLE, "length")  # which has an index


def test_indexes(nap):
    alter.add_index(TABLE, "user_id", "minutes", unique=True)
    alter.add_index(TABLE, "user_id", "minutes", unique=True)
    with pytest.raises(IntegrityError), transaction():
        nap.create(user=User.get(), minutes=20)
    alter.drop_index(TABLE, "user_id", "minutes", unique=True)
    nap.create(user=User.get(), minutes=20)
    alter.drop_index(TABLE, "minutes")
    assert [index.columns for index in database.obj.get_indexes(TABLE) if "minutes" in index.columns] == []
    for _ in range(2):
        alter.add_index(TABLE, "minutes", "place", "user_id", "id")


def test_statements(nap):
    alter.run_sql(TABLE, f"UPDATE {TABLE} SET place = ? WHERE minutes = ? AND 'a%' LIKE 'a%'", "here", 20)
    assert [row.place for row in nap.select().order_by(nap.id)] == ["here", None]


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL"])
def test_the_database_lets_go(held, action):
    nullable = declared(user=columns.ForeignKey(User, null=True), other=columns.ForeignKey(User, null=True))
    nullable.create_table()
    ada, grace = (User.create(username=name, password="!") for name in ("ada", "grace"))
    nullable.create(user=ada, other=grace)
    with transaction():
        alter.change_reference(TABLE, "user_id", "NO ACTION")
        alter.change_reference(TABLE, "user_id", action)
    with pytest.raises(IntegrityError), transaction():
        User.delete().where(User.id == grace.id).execute()
    with transaction():
        User.delete().where(User.id == ada.id).execute()
    assert [row.user_id for row in nullable.select()] == ([] if action == "CASCADE" else [None])
    if not SERVER:
        assert held.execute_sql("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_tables_that_were_just_made_are_left_alone(nap):
    with alter.just_made({TABLE}):
        alter.add_column(TABLE, "note", columns.Integer())
        alter.drop_column(TABLE, "place")
        alter.rename_column(TABLE, "place", "spot")
        alter.run_sql(TABLE, "nonsense")
    alter.add_column("plugin_nothing", "note", columns.Integer())
    assert database.obj.dialect.columns_by_table(database.obj)[TABLE] == {"id", "user_id", "minutes", "place"}


# -- steps and comparing ------------------------------------------------------------------------------
@pytest.fixture
def steps(tmp_path, monkeypatch):
    """Return a function that writes a step of the package ``nap_steps``."""
    folder = tmp_path / "steps" / "nap_steps"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(folder.parent))

    def write(name: str, *lines: str) -> None:
        text = "\n    ".join(("def apply(database):", *lines))
        (folder / f"{name}.py").write_text(f"from wger_flask.storage import alter, columns\n\n{text}\n")

    yield write
    import sys

    for name in [name for name in sys.modules if name.partition(".")[0] == "nap_steps"]:
        del sys.modules[name]


def test_a_new_database_counts_the_steps_as_applied(tmp_path, steps):
    steps("m0001_add_place", f"database.execute_sql('ALTER TABLE {TABLE} ADD COLUMN place text')")
    nap = declared(place=columns.Text(null=True))
    plugins = {"naps": migrations.PluginTables([nap], "nap_steps")}
    with empty_database(tmp_path):
        done = migrations.migrate([*MODELS, nap], plugins)
        assert f"created table {TABLE}" in done and not [line for line in done if line.startswith("applied")]
        assert migrations.is_current([*MODELS, nap], plugins)
        assert migrations.migrate([*MODELS, nap], plugins) == []


def test_the_steps_of_a_plugin_run_once(nap, steps):
    new = declared(user=columns.ForeignKey(User), minutes=columns.Integer(), note=columns.Char(default="-"))
    diary = declared("plugin_naps_diary", text=columns.Text())
    plugins = {"naps": migrations.PluginTables([new, diary], "nap_steps")}
    models = [*MODELS, new, diary]
    with pytest.raises(tables.TablesDiffer, match=f"lacks the columns {TABLE}.note, and no migration"):
        migrations.migrate(models, plugins)
    assert "plugin_naps_diary" not in database.obj.get_tables()
    steps("m0001_add_note", f"alter.add_column('{TABLE}', 'note', columns.Char(default='-'))")
    steps("m0002_add_text", "alter.add_column('plugin_naps_diary', 'text', columns.Text(default=''))")
    assert not migrations.is_current(models, plugins)
    assert without_copy(migrations.migrate(models, plugins)) == [
        "created table plugin_naps_diary",
        "applied naps.m0001_add_note",
        "applied naps.m0002_add_text",
    ]
    assert [row.note for row in new.select()] == ["-", "-"]
    assert migrations.migrate(models, plugins) == [] and migrations.is_current(models, plugins)


def test_only_what_is_missing_counts(nap):
    new = declared(user=columns.ForeignKey(User), note=columns.Char(), size=columns.Integer())
    assert tables.named(tables.missing_columns([*MODELS, new])) == f"{TABLE}.note, {TABLE}.size"
    assert [name for _, name in tables.undeclared_columns([new])] == ["minutes", "place"]
    with pytest.raises(tables.TablesDiffer) as told:
        tables.check_tables([*MODELS, new, declared("plugin_naps_diary")])
    assert str(told.value) == (
        f"the database lacks the tables plugin_naps_diary and the columns {TABLE}.note, {TABLE}.size: "
        "run wger-flask migrate"
    )
    with pytest.raises(tables.TablesDiffer, match="the tables plugin_naps_0, .*, plugin_naps_9 and 2 more: run"):
        tables.check_tables([declared(f"plugin_naps_{number}") for number in range(12)])
    tables.check_tables([*MODELS, nap])
    assert database.obj.is_closed()


def test_the_start_leaves_a_database_that_does_not_answer_to_the_requests(held, tmp_path):
    open_database(f"sqlite:///{tmp_path}/new.sqlite")
    tables.check_tables(MODELS)  # has no tables yet
    (tmp_path / "broken.sqlite").write_text("no database at all, but some text that is long enough to be read as one")
    open_database(f"sqlite:///{tmp_path}/broken.sqlite")
    tables.check_tables(MODELS)


@needs_reference
@pytest.mark.skipif(bool(SERVER), reason="files, as wger left them")
@pytest.mark.parametrize("release", ["2.7", "2.7.0"])
def test_databases_that_wger_made_are_compared(tmp_path, release):
    file = tmp_path / "wger.sqlite"
    file.write_bytes(gzip.decompress((SHARED / "dataset" / f"reference-{release}.sqlite.gz").read_bytes()))
    open_database(f"sqlite:///{file}")
    try:
        missing = {field.column_name for _, field in tables.missing_columns(MODELS)}
        assert "time_zone" in missing and ("extra_data" in missing) == (release == "2.7")
        assert "applied m0005_measurements" in migrations.migrate(MODELS)
        tables.check_tables(MODELS)
    finally:
        database.obj.close()
