"""A plugin that is switched off locks no row of the core, and one that is removed leaves nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tests.reference import BY_LABEL, MODELS, SERVER, empty_database
from wger_flask.commands import main
from wger_flask.rest.registry import Registry
from wger_flask.storage import columns, removal
from wger_flask.storage.cascade import delete
from wger_flask.storage.database import IntegrityError, database, open_database, transaction
from wger_flask.storage.links import link, links_of
from wger_flask.storage.migrations import Migration, is_current, migrate
from wger_flask.storage.model import Model, abstract

User, Group = BY_LABEL["auth.user"], BY_LABEL["auth.group"]
RULES = {"delete": None, "null": True, "history": True, "refuse": None}


def declared(name: str, table: str, /, **fields) -> type[Model]:
    made = {"__module__": __name__, "id": columns.Auto(), **fields, "Meta": type("Meta", (), {"table_name": table})}
    return type(Model)(name, (Model,), made)


def nap_of(cascade: str) -> type[Model]:
    return declared(
        "Nap", "plugin_naps_nap", user=columns.ForeignKey(User, null=RULES[cascade] or False, cascade=cascade)
    )


def registered(*models: type[Model], plugin: str = "naps") -> Registry:
    registry = Registry()
    registry.add_models(*MODELS)
    with registry.registering("file plugins/naps.py", plugin):
        registry.add_models(*models)
    return registry


def switch_off(*models: type[Model]) -> None:
    """Let nothing be known of models, as where their module was never imported."""
    for model in models:
        for one in (model, *(relation.through for relation in links_of(model).values())):
            abstract(one)


@pytest.fixture
def opened(tmp_path):
    with empty_database(tmp_path) as held:
        yield held


def ada() -> User:
    return User.create(username="ada", password="!")


@pytest.mark.parametrize("is_old", [False, True], ids=["new", "made before"])
@pytest.mark.parametrize("cascade", RULES)
def test_rows_go_the_way_that_was_declared(opened, cascade, is_old):
    nap = nap_of(cascade)
    if is_old:
        migrate(MODELS)
        nap.create_table()  # as earlier releases did: the database does nothing
    registry = registered(nap)
    assert is_current(registry.models, registry.plugins) is (is_old and cascade == "refuse")
    migrate(registry.models, registry.plugins)
    assert is_current(registry.models, registry.plugins)
    assert migrate(registry.models, registry.plugins) == []
    user = ada()
    nap.create(user=user)
    switch_off(nap)
    if cascade == "refuse":  # what a request answers by 400
        with pytest.raises(IntegrityError), transaction():
            delete(User, [user.id])
        assert nap.select().count() == 1
        return
    with transaction():
        delete(User, [user.id])
    assert [row.user_id for row in nap.select()] == ([] if cascade == "delete" else [None])
    if not SERVER:
        assert opened.execute_sql("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_links_go(opened):
    nap = declared("Nap", "plugin_naps_nap")
    through = link(nap, "groups", Group).through
    registry = registered(nap)
    migrate(registry.models, registry.plugins)
    group = Group.create(name="a")
    links_of(nap)["groups"].replace(nap.create().id, [group.id])
    switch_off(nap)
    with transaction():
        delete(Group, [group.id])
    assert (through.select().count(), nap.select().count()) == (0, 1)


def test_tables_of_wger_stay_as_wger_made_them(opened):
    registry = registered(nap_of("null"))
    migrate(registry.models, registry.plugins)
    theirs = {action for table, _, _, action in opened.dialect.references(opened) if not table.startswith("plugin_")}
    assert "SET NULL" not in theirs
    switch_off(*registry.plugins["naps"].models)


# -- removing -------------------------------------------------------------------------------------------
@pytest.fixture
def left(opened):
    """A database with the tables of two plugins of which one's name begins with the other's."""
    day = declared("Day", "plugin_naps_day", user=columns.ForeignKey(User), name=columns.Char())
    day._meta.searched = "name"
    nap = declared("Nap", "plugin_naps_nap", day=columns.ForeignKey(day), next=columns.ForeignKey("self", null=True))
    other = declared("Long", "plugin_naps_long_nap", user=columns.ForeignKey(User))
    registry = registered(day, nap)
    with registry.registering("another", "naps_long"):
        registry.add_models(other)
    migrate(registry.models, registry.plugins)
    for step in ("naps.m0001_a", "naps_long.m0001_a"):
        Migration.create(name=step)
    today = day.create(user=ada(), name="today")
    nap.create(day=today, next=nap.create(day=today))
    switch_off(day, nap, other)
    return opened


def test_nothing_of_a_plugin_remains(left):
    before = set(left.get_tables())
    tables = removal.tables_of("naps", ["naps", "naps_long", "water"])
    assert removal.row_counts(tables) == {"plugin_naps_day": 1, "plugin_naps_nap": 2}
    removal.remove("naps", tables)
    if not SERVER:
        assert left.execute_sql("PRAGMA integrity_check").fetchone()[0] == "ok"
    gone = before - set(left.get_tables())
    assert {"plugin_naps_day", "plugin_naps_nap"} <= gone
    assert all("plugin_naps_day" in name or "plugin_naps_nap" in name for name in gone)
    assert not [name for name in left.get_tables() if "naps" in name and "naps_long" not in name]
    assert {row.name for row in Migration.select() if "." in row.name} == {"naps_long.m0001_a"}
    assert User.select().count() == 1
    with pytest.raises(ValueError, match="the database has no tables of a plugin 'naps'"):
        removal.tables_of("naps", ["naps_long"])


def test_what_others_refer_to_stays(left):
    left.execute_sql(
        'CREATE TABLE "plugin_x_y" (id integer PRIMARY KEY, nap integer REFERENCES "plugin_naps_nap" ("id"))'
    )
    with pytest.raises(ValueError, match="other tables refer to those of the plugin 'naps': plugin_x_y"):
        removal.tables_of("naps", ["naps_long"])


@pytest.fixture
def run(template, tmp_path, monkeypatch):
    """Return a function that runs the command, on a database with the tables of the plugins that ship."""
    held = template.copy(tmp_path)
    for name, value in (("PROFILE", "testing"), ("INSTANCE_PATH", str(tmp_path)), ("DATABASE_URL", held.url)):
        monkeypatch.setenv(f"WGER_{name}", value)
    yield lambda *arguments, **options: CliRunner().invoke(main, ["remove-plugin", *arguments], **options)
    open_database(held.url)
    held.drop()


def test_the_command_asks_first(run):
    asked = run("water", input="n\n")
    assert asked.exit_code == 1 and "plugin_water_glass: 0 rows\nDrop these tables" in asked.output
    assert "plugin_water_glass" in database.obj.get_tables()
    done = run("water", input="y\n")
    assert done.exit_code == 0 and "Dropped 1 table of the plugin 'water'." in done.output
    assert "plugin_water_glass" not in database.obj.get_tables()
    assert "still enabled" in done.output


def test_the_command_asks_not(run, monkeypatch):
    monkeypatch.setenv("WGER_PLUGINS", "beginners")
    assert run("water", "--yes").output == "plugin_water_glass: 0 rows\nDropped 1 table of the plugin 'water'.\n"
    again = run("water", "--yes")
    assert (again.exit_code, again.output) == (1, "Error: the database has no tables of a plugin 'water'\n")


def test_a_broken_plugin_can_be_removed(run, tmp_path, monkeypatch):
    about = tmp_path / "site" / "bad_luck-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-luck\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[wger_flask.plugins]\nbroken = nonexistent_module\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert "is broken" in CliRunner().invoke(main, ["migrate"]).output
    made = declared("Nap", "plugin_broken_nap")
    made.create_table()
    done = run("broken", "--yes")
    assert done.exit_code == 0 and "Dropped 1 table of the plugin 'broken'." in done.output
