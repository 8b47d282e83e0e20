"""Names are found however they are typed, the nearest first, and the copies of names keep up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.reference import BY_LABEL, MODELS, needs_reference, reference_database
from wger_flask.storage.columns import now
from wger_flask.storage.migrations import migrate
from wger_flask.storage.name_search import index as names
from wger_flask.storage.name_search import search
from wger_flask.storage.predicates import Clause
from wger_flask.storage.query import Selection

Ingredient, Language, License = (BY_LABEL[label] for label in ("nutrition.ingredient", "core.language", "core.license"))
Exercise, Category, Translation, Alias = (
    BY_LABEL[f"exercises.{name}"] for name in ("exercise", "exercisecategory", "translation", "alias")
)


@pytest.fixture
def store(held):
    """Return a function that stores a food."""
    language = Language.create(short_name="en", full_name="English", full_name_en="English")
    License.create(id=2, full_name="CC", short_name="CC")

    def make(name: str, **more):
        main = {"energy": 1, "protein": 1, "carbohydrates": 1, "fat": 1}
        return Ingredient.create(name=name, language=language, **main, **more)

    return make


def _is_found(model, name, *slots):
    return search.name_matches(getattr(model, name), *slots)


def _nearest(model, name, *slots):
    return search.name_closeness(getattr(model, name), *slots).desc()


def found(text: str, column=Ingredient.name) -> list[str]:
    """Return the names that a text finds, the nearest first."""
    typed = search.typed_values(text, column)
    shape = column.model, column.name
    clause, order = Clause(_is_found, typed, shape), Clause(_nearest, typed, shape)
    selection = Selection(column.model, (clause,), (order, column.name))
    rows = [row[0] for row in selection.rows((column.name,), 50)]
    assert selection.count() == len(rows)
    return rows


@pytest.mark.parametrize(
    "text",
    [
        "käse", "KÄSE", "kase", "KASE", "kas", "äse", "bergkäse", "allgäuer bergkäse", "bergkäse allgäuer",
        "allgauer-berg", "  käse  ", "berkäse", "allgäur", "brgkaese", "be", "al be",
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_typed(store, text):
    store("Allgäuer Bergkäse")
    store("Vollmilch")
    assert found(text) == ["Allgäuer Bergkäse"]


@pytest.mark.parametrize(
    "text", ["", "%", "_", "\\", '"', "' OR 1=1 --", "* AND", "NEAR(", "^", "xyz", "käse xyz", "$.*|("]
)
def test_what_is_in_no_name_finds_nothing(store, text):
    store("Allgäuer Bergkäse")
    assert found(text) == []


def test_the_nearest_names_come_first(store):
    for name in ("Oat Milk Chocolate", "Buttermilk", "Milk Chocolate", "Milk", "Milkshake", "Coconut Milk"):
        store(name)
    assert found("milk") == ["Milk", "Milkshake", "Milk Chocolate", "Coconut Milk", "Oat Milk Chocolate", "Buttermilk"]


def test_names_that_begin_alike_are_in_alphabetical_order(store):
    for name in ("Milk C", "Milk A", "Milk B"):
        store(name)
    assert found("milk") == ["Milk A", "Milk B", "Milk C"]


def test_all_words_must_be_there_in_whatever_order(store):
    store("Dark Chocolate")
    store("Chocolate Cake, dark")
    store("Dark Bread")
    assert found("dark chocolate") == ["Dark Chocolate", "Chocolate Cake, dark"]


def test_a_common_word_means_itself_alone(store):
    for number in range(6):
        store(f"Bean {number}")
    store("Bear Meat")
    assert "Bear Meat" not in found("bean")


def test_a_rare_word_may_be_a_slip_too_and_comes_first(store):
    store("Choclate Bar")  # somebody's slip is in the data already
    store("Chocolate")
    assert found("choclate") == ["Choclate Bar", "Chocolate"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pushup", "Push-Up"),
        ("pushups", "Push-Up"),
        ("PushUp", "Push-Ups"),
        ("push-ups", "Push-Up"),
        ("push ups", "Push Up"),
        ("push up", "Pushup"),
        ("sit-up", "Situps"),
        ("situp", "Sit-Up"),
        ("tbar row", "T-Bar Row"),
        ("benchpress", "Bench Press"),
        ("benchpr", "Bench Press"),
        ("bench presses", "Bench Press"),
        ("peanutbutter", "Peanut butter"),
        ("walnuts", "Walnut"),
        ("berry", "Berries"),
        ("berries", "Berry Juice"),
        ("calves", "Calf Raise"),
        ("knife", "Knives"),
        ("boxes", "Box Jump"),
        ("tomatoes", "Tomato"),
        ("abs", "Ab Wheel"),
        ("kniebeugen", "Kniebeuge"),
        ("übungen", "Übung"),
        ("klimmzüge", "Klimmzug"),
        ("erdnussbutter", "Erdnuss-Butter"),
        ("dips press", "Press Dip"),
    ],
)
def test_joined_words_and_plurals_are_found(store, text, name):
    for number in range(6):  # so that no word is rare by chance
        store(f"Something {number} Else")
    store(name)
    assert found(text) == [name]


@pytest.mark.parametrize("others", [0, 8])
def test_names_that_have_it_as_it_was_typed_come_first(store, others):
    for number in range(others):
        store(f"Pushups with Ring {number}")
    for name in ("Push-Up", "Pushups", "Wide Push-Up", "Push-Up on the Knees"):
        store(name)
    names = found("pushups")
    assert names[:2] == ["Pushups", "Push-Up"] and names[-2:] == ["Push-Up on the Knees", "Wide Push-Up"]
    assert len(names) == 4 + others


def test_what_could_be_a_plural_or_two_words_is_not_taken_apart_without_need(store):
    for name in ("Reis", "Dreikorn", "Chicken", "Chick Pea", "Butter", "But terrific", "Glass", "Ofen", "Of Wheat"):
        store(name)
    for word in ("Reis", "Butter", "Glass", "Ofen"):
        assert found(word) == [word]
    assert found("chicken") == ["Chicken", "Chick Pea"], "a whole word may be meant, after all others"
    assert found("chickens") == ["Chicken"]


def test_how_a_text_is_understood_takes_few_queries(store, held):
    for name in ("Bench Press", "Push-Up", "Milk", "Walnut"):
        store(name)
    found("milk")
    seen = []
    held.query_hooks.append(lambda event: seen.append(event.sql))
    try:
        for text in ("milk", "press", "bench", "walnut"):
            found(text)
            assert len(seen) <= 10, text
            del seen[:]
        found("x" * 30 + " " + " ".join("abcdefghij"[: n % 10 + 1] * 3 for n in range(40)))
        assert len(seen) <= 60
    finally:
        held.query_hooks.pop()


def test_one_letter_alone_is_a_word(store):
    store("Vitamin C")
    store("Cheese")
    assert found("c") == ["Vitamin C"]
    assert found("vitamin c") == ["Vitamin C"]


def test_many_words_are_understood(store):
    name = "One two three four five six seven eight nine"
    store(name)
    assert found(name) == [name]
    assert found("nine eight seven six five four three two") == [name]


@pytest.mark.parametrize("text", ["x" * 5000, "milk " * 3000, "a " * 9000, "%" * 60000, "milk" * 50, "1234567890" * 9])
def test_texts_of_any_length_are_answered(store, text):
    store("Milk")
    assert found(text) in ([], ["Milk"])


def test_new_changed_and_deleted_names_are_seen_at_once(store):
    row = store("Milk")
    assert found("milk") == ["Milk"]
    row.name = "Butter"
    row.save()
    assert found("milk") == [] and found("butter") == ["Butter"]
    store("Butter Biscuit")
    assert found("butter") == ["Butter", "Butter Biscuit"]
    row.delete_instance()
    assert found("butter") == ["Butter Biscuit"]


def test_what_others_write_is_seen_too(store, held):
    row = store("Milk")
    assert found("milk") == ["Milk"]
    later = now() + timedelta(seconds=1)
    Ingredient.update(name="Butter", last_update=later).where(Ingredient.id == row.id).execute()
    assert found("butter") == ["Butter"] and found("milk") == []


def test_tables_without_a_time_of_change_are_compared_name_by_name(held):
    License.create(id=2, full_name="CC", short_name="CC")
    exercise = Exercise.create(category=Category.create(name="Arms"))
    language = Language.create(short_name="en", full_name="English", full_name_en="English")
    words = Translation.create(exercise=exercise, language=language, name="Curl")
    alias = Alias.create(translation=words, alias="Bicep Bend")
    assert found("bend", Alias.alias) == ["Bicep Bend"]
    Alias.update(alias="Arm Bow").where(Alias.id == alias.id).execute()
    assert found("bend", Alias.alias) == [] and found("bow", Alias.alias) == ["Arm Bow"]


def test_refreshing_finds_what_nothing_told_of(store):
    row = store("Milk")
    gone = store("Cream")
    assert found("milk") == ["Milk"]
    long_ago = now() - timedelta(days=900)
    Ingredient.update(name="Butter", last_update=long_ago).where(Ingredient.id == row.id).execute()
    gone.delete_instance()
    assert names.refresh([Ingredient]) == 2
    assert names.refresh([Ingredient]) == 0
    assert found("butter") == ["Butter"]
    assert names.index_of(Ingredient.name).names.select().count() == 1


def test_many_names_at_once(store, monkeypatch):
    monkeypatch.setattr(names, "_REBUILD_FROM", 20)
    monkeypatch.setattr(names, "_AT_ONCE", 7)
    for number in range(30):
        store(f"Food {number} Milk")
    assert len(found("milk")) == 30
    store("Milk")
    assert found("milk")[0] == "Milk"


def test_the_copies_are_made_on_first_use(store, held):
    copy = names.index_of(Ingredient.name).names
    held.execute_sql(f"DROP TABLE {copy._meta.table_name}")
    store("Milk")
    assert found("milk") == ["Milk"]


def test_the_shortest_names_follow_what_a_server_of_before_copies(store, held):
    index = names.index_of(Ingredient.name)
    table = index.names._meta.table_name
    if not held.dialect.has_nearest(held, table):
        pytest.skip("this database keeps no names by their length")

    def shortest(text):
        return list(held.dialect.shortest_names(held, table, held.dialect.name_terms([[text]])))

    for name in ("Milk Bread", "Milk"):
        store(name)
    found("milk")
    assert [key for _, key in shortest("milk")] == [2, 1]
    upsert = f"""INSERT INTO "{table}" (id, name, folded) VALUES (?, ?, ?)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded"""
    held.cursor().executemany(
        upsert, [(1, "Milk", "  milk  "), (2, "Rye", "  rye  "), (3, "Oat Milk", "  oat  milk  ")]
    )
    assert shortest("milk") == [(8, 1), (13, 3)]
    assert shortest("rye") == [(7, 2)]
    held.execute_sql(f'DELETE FROM "{table}" WHERE id = 1')
    assert shortest("milk") == [(13, 3)]


def test_names_by_their_length_are_made_again_where_their_table_went_without_them(store, held):
    store("Milk")
    table = names.index_of(Ingredient.name).names._meta.table_name
    held.execute_sql(f'DROP TABLE "{table}"')
    assert found("milk") == ["Milk"]
    if held.dialect.has_nearest(held, table):
        assert list(held.dialect.shortest_names(held, table, held.dialect.name_terms([["milk"]]))) == [(8, 1)]
    names.forget(names.index_of(Ingredient.name).table)
    assert not [name for name in held.get_tables() if name.startswith(table)]
    assert found("milk") == ["Milk"]


def test_a_database_without_names_by_their_length_is_searched_as_before(store, held):
    for name in ("Milk Bread", "Milk", "Oat Milk"):
        store(name)
    right = found("milk")
    held.dialect.drop_names(held, names.index_of(Ingredient.name).names._meta.table_name)
    held.dialect.prepare_names(held, names.index_of(Ingredient.name).names._meta.table_name)
    assert found("milk") == right == ["Milk", "Milk Bread", "Oat Milk"]


def test_looking_again_costs_no_query_while_nothing_is_written(store, held):
    store("Milk")
    found("milk")
    found("milk")  # looks once more, for the copying was a write too
    index = names.index_of(Ingredient.name)
    seen = []
    held.query_hooks.append(lambda event: seen.append(event.sql))
    try:
        index.catch_up()
    finally:
        held.query_hooks.pop()
    assert len(seen) <= 1  # where the marker itself is one


def test_migrating_again_makes_nothing(held):
    assert migrate(MODELS) == []
    assert names.prepare(MODELS) == []


@needs_reference
def test_a_database_that_wger_made_gets_copies_beside_its_tables(tmp_path):
    with reference_database(tmp_path) as held:
        before = set(held.get_tables())
        triggers = (
            "SELECT trigger_name FROM information_schema.triggers"
            if held.dialect.name != "sqlite"
            else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name NOT LIKE 'wger_flask_%'"
        )
        many = held.execute_sql(triggers).fetchall()
        migrate(MODELS)
        added = set(held.get_tables()) - before
        assert {table for table in added if not table.startswith("wger_flask_")} == {"core_longlivedsession"}
        more = {name for (name,) in held.execute_sql(triggers)} - {name for (name,) in many}
        assert {name for name in more if not name.startswith("wger_flask_stamp_")} == set()
        assert found("walnut buter") == ["Crunchy Walnut Butter"]


@pytest.fixture
def plainly():
    """Search as a wger on the smallest database does."""
    search.use("substring")
    yield
    search.use("best")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("MILK", ["Milk 100%", "Buttermilk"]),
        ("milk 1", ["Milk 100%"]),
        ("0%", ["Milk 100%"]),
        ("%", ["Milk 100%"]),
        ("_", []),
        ("\\", []),
        ("mlik", []),
        ("100 milk", []),
    ],
)
def test_plain_search_takes_the_text_as_it_is(store, plainly, text, result):
    store("Buttermilk")
    store("Milk 100%")
    assert found(text) == result
    assert not names.index_of(Ingredient.name).names.select().exists()
