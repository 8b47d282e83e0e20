"""A page that is cut from ranked names has the rows, in the order, that ordering the table itself gives."""

from __future__ import annotations

from random import Random

import pytest

from tests.reference import BY_LABEL
from wger_flask.domain.nutrition.filters import _named, _nearest
from wger_flask.storage import columns as fields
from wger_flask.storage import ranking, selection_statements
from wger_flask.storage.name_search import nearest
from wger_flask.storage.name_search import search as names_search
from wger_flask.storage.name_search.index import index_of
from wger_flask.storage.name_search.search import typed_values
from wger_flask.storage.predicates import Clause, equals
from wger_flask.storage.query import Selection
from wger_flask.testing.rows import make

User, Ingredient, Language, License = (
    BY_LABEL[name] for name in ("auth.user", "nutrition.ingredient", "core.language", "core.license")
)
NAMES = index_of(Ingredient.name).names._meta.table_name
WORDS = "oat milk banana pie bread bananas rye o".split()


@pytest.fixture
def foods(held):
    """Foods of random words, many of the same name, of which some are gone again."""
    random = Random(5)
    ada = User.create(username="ada", password="!")
    license, languages = make(License, ada), [make(Language, ada, short_name=name) for name in ("de", "en")]
    for _ in range(300):
        name = " ".join(random.choices(WORDS, k=random.randint(1, 3)))
        make(Ingredient, ada, name=name, license=license, language=random.choice(languages))
    search("oat").rows(("id",), 1)  # the names are copied
    Ingredient.delete().where(Ingredient.id.in_(list(range(1, 400, 7)))).execute()
    return languages


def search(text: str) -> Selection:
    typed = typed_values(text, Ingredient.name)
    return Selection(Ingredient, (Clause(_named, typed),), (Clause(_nearest, typed), "name"))


@pytest.mark.parametrize("text", ["banana", "oat milk", "bannana", "oatmilk", "o", "pie rye", "nothing"])
def test_pages_are_the_same_as_without(foods, text, monkeypatch):
    every = (search(text), search(text).where(equals(Ingredient.language, foods[0].id)))
    pages = [(20, 0), (5, 3), (20, 40), (7, 1000)]
    ranked = [chosen.rows(("id",), *page) for chosen in every for page in pages]
    monkeypatch.setattr(ranking, "_rankings", {})
    selection_statements.forget_statements()
    assert ranked == [chosen.rows(("id",), *page) for chosen in every for page in pages]
    selection_statements.forget_statements()


def test_a_page_is_full_though_many_of_the_best_are_gone(foods, monkeypatch):
    monkeypatch.setattr(ranking, "_SPARE", 0)
    selection_statements.forget_statements()
    Ingredient.delete().where(Ingredient.name == "banana").execute()
    Ingredient.delete().where(Ingredient.name == "banana pie").execute()
    found = search("banana")
    assert len(found.rows(("id",), 3)) == 3
    assert found.rows(("id",), 3) == found.rows(("id",))[:3]
    selection_statements.forget_statements()


KINDS = "banana bananas ba ban bananarama banan pie pies piebald oat oats oatmilk milk o a 米 飯 crème".split()
TEXTS = """banana pie|pie banana|bannana|bananna pie|oat milk|milk oat|o a|o pie|pi|p|米飯|creme|piess|xyz|ban ana|
banana banana|oatmilks pies|a banana o|milk  米|bananapie"""
TYPED = (*KINDS, *TEXTS.replace("\n", "").split("|"))


@pytest.fixture
def kinds(held, monkeypatch):
    """Foods whose names are like typed texts in every way, many of them of the same length."""
    random = Random(11)
    ada = User.create(username="ada", password="!")
    license, languages = make(License, ada), [make(Language, ada, short_name=name) for name in ("de", "en")]
    names = [" ".join(random.choices(KINDS, k=random.choice((1, 1, 2, 2, 3, 4)))) for _ in range(700)]
    for name in names + ["banana"] * 12 + ["bananas"] * 12 + ["x" * 190 + " banana"]:
        make(Ingredient, ada, name=name, license=license, language=random.choice(languages))
    search("oat").rows(("id",), 1)  # the names are copied
    monkeypatch.setattr(ranking, "_SPARE", 0)
    monkeypatch.setattr(nearest, "_WORTH", 0)
    monkeypatch.setattr(nearest, "_WORTH_SEVERAL", 0)
    selection_statements.forget_statements()
    yield languages
    selection_statements.forget_statements()


@pytest.mark.parametrize("few", [0, 5, 1000])
def test_the_nearest_are_found_among_the_shortest_of_each_kind(kinds, few, monkeypatch):
    monkeypatch.setattr(nearest, "_FEW", few)
    pages = [(1, 0), (3, 0), (5, 2), (20, 0), (20, 37)]
    for text in TYPED:
        found = search(text)
        narrowed = found.where(equals(Ingredient.language, kinds[0].id))
        for chosen in (found, narrowed):
            every = chosen.rows(("id",))
            for limit, offset in pages:
                assert chosen.rows(("id",), limit, offset) == every[offset : offset + limit], (text, limit, offset)


def test_few_of_the_names_that_match_are_ranked(kinds, held):
    if not held.dialect.has_nearest(held, NAMES):
        pytest.skip("this database ranks all names that match")
    typed = typed_values("banana", Ingredient.name)
    found = nearest.nearest(NAMES, typed, 10)
    assert not found.complete
    assert 10 <= len(found.keys) < search("banana").count() / 4
    assert {key for (key,) in search("banana").rows(("id",), 10)} <= set(found.keys)
    assert nearest.nearest(NAMES, typed_values("bananarama", Ingredient.name), 2000).complete


def test_the_nearest_follow_what_is_written(kinds, held):
    def nearest_three(text):
        return [name for (name,) in search(text).rows((Ingredient.name,), 3)]

    first = search("banana").first()
    first.name = "milk 99"
    first.save()
    assert nearest_three("milk 99")[0] == "milk 99"
    Ingredient.update(name="rye", last_update=fields.now()).where(Ingredient.name == "banana").execute()
    assert nearest_three("rye") == ["rye"] * 3
    assert "banana" not in nearest_three("banana")
    Ingredient.delete().where(Ingredient.name == "rye").execute()
    assert nearest_three("rye") == []
    index_of(Ingredient.name).refresh()
    assert nearest_three("rye") == []
    if held.dialect.has_nearest(held, NAMES):
        held.execute_sql(f"""INSERT INTO "{NAMES}_near"("{NAMES}_near") VALUES ('integrity-check')""")


@pytest.fixture
def counts(held):
    """The counting queries of names that run, by whether they look at the foods themselves."""
    seen = []

    def note(event):
        if event.sql.startswith("SELECT COUNT(*) FROM (SELECT"):
            seen.append("names")
        elif event.sql.startswith("SELECT COUNT(*)") and " IN (SELECT" in event.sql:
            seen.append("foods")

    held.query_hooks.append(note)
    yield seen
    held.query_hooks.remove(note)


def test_foods_that_match_are_counted_by_their_names_while_none_is_gone(foods, held, counts, monkeypatch):
    monkeypatch.setattr(names_search, "_MANY", 0)
    texts = ("banana", "oat milk", "bannana", "o", "nothing", "")
    right = [len(search(text).rows(("id",))) for text in texts]
    assert [search(text).count() for text in texts] == right
    assert counts.count("foods") == len(texts)  # some were deleted since their names were copied
    index_of(Ingredient.name).refresh()
    counts.clear()
    assert [search(text).count() for text in texts] == right
    assert set(counts) == ({"names"} if held.dialect.counts_copied_names else {"foods"})
    counts.clear()
    Ingredient.delete().where(Ingredient.name.contains("banana")).execute()
    assert [search(text).count() for text in texts] == [len(search(text).rows(("id",))) for text in texts]
    assert counts.count("foods") == len(texts)
    make(Ingredient, User.get(), name="banana", license=License.get(), language=foods[0])
    assert search("banana").count() == 1


def test_foods_of_a_language_are_counted_among_the_foods(foods, counts):
    index_of(Ingredient.name).refresh()
    found = search("banana").where(equals(Ingredient.language, foods[0].id))
    assert 0 < found.count() == len(found.rows(("id",))) < search("banana").count()
    assert "foods" in counts


def test_few_foods_are_counted_themselves(foods, counts):
    index_of(Ingredient.name).refresh()
    assert search("banana").count() == len(search("banana").rows(("id",))) < names_search._MANY
    assert counts.count("foods") == 1
