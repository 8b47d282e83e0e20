"""What was counts of tables that are searched is known until one of them is written to, whoever writes."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from threading import Thread

import pytest

from tests.reference import BY_LABEL, MODELS
from wger_flask.storage.database import database, transaction
from wger_flask.storage.name_search import index as names
from wger_flask.storage.predicates import along, equals
from wger_flask.storage.query import Selection
from wger_flask.storage.query_cache import remembered

Category, Exercise, Translation, Alias = (
    BY_LABEL[f"exercises.{name}"] for name in ("exercisecategory", "exercise", "translation", "alias")
)
Language, License = BY_LABEL["core.language"], BY_LABEL["core.license"]
ALIASES = Selection(Alias)
TABLE = Alias._meta.table_name


@pytest.fixture
def translation(held):
    """A translation, for aliases; the database is one whose tables have stamps."""
    if held.dialect.table_marker(held, TABLE) is None:
        pytest.skip("this database does not tell of tables")
    License.create(id=2, full_name="CC", short_name="CC")
    exercise = Exercise.create(category=Category.create(name="Arms"))
    language = Language.create(short_name="en", full_name="English", full_name_en="English")
    return Translation.create(exercise=exercise, language=language, name="Curls", description="")


@pytest.fixture
def other(held):
    """Another program's connection to the same file."""
    with closing(sqlite3.connect(held.database, isolation_level=None)) as opened:
        yield opened


def test_a_write_to_another_table_changes_nothing(translation, counts):
    Alias.create(translation=translation, alias="Biceps")
    assert ALIASES.count() == 1
    Category.create(name="Legs")
    assert ALIASES.count() == 1
    assert len(counts) == 1
    assert ALIASES.where(equals(Alias.alias, "Nothing")).count() == 0
    Category.delete().where(Category.name == "Legs").execute()
    assert ALIASES.where(equals(Alias.alias, "Nothing")).count() == 0
    assert len(counts) == 2


def test_every_kind_of_write_is_seen(translation, other):
    named = ALIASES.where(equals(Alias.alias, "Biceps"))
    Alias.create(translation=translation, alias="Biceps")
    assert (ALIASES.count(), named.count()) == (1, 1)
    other.execute(f"UPDATE {TABLE} SET alias = 'Triceps'")
    assert (ALIASES.count(), named.count()) == (1, 0)
    other.execute(
        f"REPLACE INTO {TABLE} (id, uuid, alias, translation_id) SELECT id, uuid, 'Biceps', translation_id FROM {TABLE}"
    )
    assert (ALIASES.count(), named.count()) == (1, 1)
    other.execute(f"DELETE FROM {TABLE}")
    assert (ALIASES.count(), named.count()) == (0, 0)


def test_a_join_reads_all_of_its_tables(translation, counts):
    of_language = ALIASES.where(along(Alias, ("translation", "language", "short_name"), "en"))
    Alias.create(translation=translation, alias="Biceps")
    assert of_language.count() == 1
    Language.update(short_name="eo").execute()  # a table without a stamp
    assert of_language.count() == 0
    assert len(counts) == 2


def test_threads_know_the_same(translation, held, counts):
    Alias.create(translation=translation, alias="Biceps")
    found = []

    def count():
        found.append(ALIASES.count())
        database.obj.close()

    for _ in range(3):
        thread = Thread(target=count)
        thread.start()
        thread.join()
    assert found == [1, 1, 1]
    assert len(counts) == 1


def test_what_is_undone_was_never_there(translation):
    Alias.create(translation=translation, alias="Biceps")
    assert ALIASES.count() == 1
    with pytest.raises(ZeroDivisionError), transaction():
        Alias.create(translation=translation, alias="Triceps")
        assert ALIASES.count() == 2
        raise ZeroDivisionError
    assert ALIASES.count() == 1
    Alias.create(translation=translation, alias="Brachialis")
    assert ALIASES.count() == 2


def test_names_that_are_undone_are_copied_when_they_come_again(translation):
    index = names.index_of(Alias.alias)
    with pytest.raises(ZeroDivisionError), transaction():
        Alias.create(translation=translation, alias="Biceps")
        index.catch_up()
        raise ZeroDivisionError
    assert Selection(index.names).count() == 0
    Alias.create(translation=translation, alias="Biceps")
    index.catch_up()
    assert Selection(index.names).count() == 1


def test_an_older_copy_of_the_file_is_known_as_it_was(translation, held, tmp_path):
    Alias.create(translation=translation, alias="Biceps")
    assert ALIASES.count() == 1
    copy = tmp_path / "older.sqlite"
    with closing(sqlite3.connect(copy)) as older:
        held.connection().backup(older)
        Alias.create(translation=translation, alias="Triceps")
        assert ALIASES.count() == 2
        with closing(sqlite3.connect(held.database)) as target:
            older.backup(target)
    assert ALIASES.count() == 1
    Alias.create(translation=translation, alias="Brachialis")
    assert ALIASES.count() == 2


@pytest.mark.parametrize("moment", ["insert", "update", "delete"])
def test_a_table_that_lost_a_trigger_has_no_stamp(translation, held, other, moment):
    Alias.create(translation=translation, alias="Biceps")
    biceps = ALIASES.where(equals(Alias.alias, "Biceps"))
    assert biceps.count() == 1
    before = held.dialect.table_marker(held, TABLE)
    other.execute(f"DROP TRIGGER wger_flask_stamp_{TABLE}_{moment}")
    assert held.dialect.table_marker(held, TABLE) is None
    other.execute(f"UPDATE {TABLE} SET alias = 'Triceps'")
    assert biceps.count() == 0
    names.prepare(MODELS)
    assert held.dialect.table_marker(held, TABLE) not in (None, before)
    other.execute(f"UPDATE {TABLE} SET alias = 'Biceps'")
    assert biceps.count() == 1


def test_a_trigger_of_the_same_name_that_does_something_else_does_not_count(translation, held, other):
    name = f"wger_flask_stamp_{TABLE}_update"
    other.execute(f"DROP TRIGGER {name}")
    other.execute(f'CREATE TRIGGER "{name}" AFTER UPDATE ON "{TABLE}" BEGIN SELECT 1; END')
    assert held.dialect.table_marker(held, TABLE) is None


def test_a_table_that_is_made_anew_has_no_stamp(translation, held, other):
    Alias.create(translation=translation, alias="Biceps")
    assert ALIASES.count() == 1
    [(made,)] = other.execute("SELECT sql FROM sqlite_master WHERE name = ?", (TABLE,))
    other.executescript(
        f"""BEGIN;
        {made.replace(TABLE, "made_anew", 1)};
        INSERT INTO made_anew SELECT * FROM {TABLE};
        DROP TABLE {TABLE};
        ALTER TABLE made_anew RENAME TO {TABLE};
        COMMIT;"""
    )
    assert held.dialect.table_marker(held, TABLE) is None
    assert ALIASES.count() == 1
    other.execute(f"DELETE FROM {TABLE}")
    assert ALIASES.count() == 0


def test_a_text_that_names_a_table_without_stamp_has_none(held, translation, other):
    for text in ("no_table_at_all", f"{TABLE} exercises_exercise", f"SELECT 1 FROM {TABLE}, core_language"):
        assert held.dialect.table_marker(held, text) is None, text
    for text in (TABLE, f'SELECT 1 FROM "{TABLE}"', f"select 1 from {TABLE.upper()}, json_each(?)"):
        assert held.dialect.table_marker(held, text) is not None, text
    other.execute('CREATE VIEW "what is done" AS SELECT * FROM core_language')
    assert held.dialect.table_marker(held, f'SELECT 1 FROM {TABLE}, "What is Done"') is None


def test_an_answer_that_came_while_something_was_written_is_not_kept(translation, other):
    Alias.create(translation=translation, alias="Biceps")

    def slow_answer():
        other.execute(f"DELETE FROM {TABLE}")
        return "of before"

    assert remembered("slow", slow_answer, TABLE) == "of before"
    assert remembered("slow", lambda: "of after", TABLE) == "of after"
    assert remembered("slow", lambda: "not counts", TABLE) == "of after"


@pytest.mark.parametrize("seed", range(10))
def test_what_is_remembered_is_what_is_there(translation, held, other, seed):
    chance = random.Random(seed)
    words = ["Biceps", "Triceps", "Brachialis"]
    added = f"INSERT INTO {TABLE} (uuid, alias, translation_id) VALUES (lower(hex(randomblob(16))), ?, ?)"
    writes = [
        lambda: Alias.create(translation=translation, alias=chance.choice(words)),
        lambda: Alias.update(alias=chance.choice(words)).where(Alias.id % 3 == 0).execute(),
        lambda: Category.create(name=chance.choice(words)),
        lambda: other.execute(f"DELETE FROM {TABLE} WHERE id IN (SELECT min(id) FROM {TABLE})"),
        lambda: other.execute(f"UPDATE {TABLE} SET alias = ? WHERE id % 2", (chance.choice(words),)),
        lambda: other.execute(added, (chance.choice(words), translation.id)),
        lambda: other.execute(f"DROP TRIGGER IF EXISTS wger_flask_stamp_{TABLE}_insert"),
        lambda: names.prepare(MODELS),
    ]
    for _ in range(60):
        chance.choice(writes)()
        for word in words:
            [(right,)] = other.execute(f"SELECT count(*) FROM {TABLE} WHERE alias = ?", (word,))
            assert ALIASES.where(equals(Alias.alias, word)).count() == right
        [(right,)] = other.execute(f"SELECT count(*) FROM {TABLE}")
        assert ALIASES.count() == right
