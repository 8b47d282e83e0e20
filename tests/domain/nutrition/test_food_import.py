"""Foods out of the databases that others publish."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections import Counter

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.commands import main
from wger_flask.domain.nutrition import food_data_central, food_import, open_food_facts
from wger_flask.domain.nutrition.models import Ingredient, IngredientWeightUnit
from wger_flask.storage.database import transaction
from wger_flask.transfer.lines import numbered_lines

NUTRIMENTS = {"energy-kcal_100g": 400, "proteins_100g": 10, "carbohydrates_100g": 60, "fat_100g": 12}
TABLES = {
    "food": "fdc_id,data_type,description,food_category_id,publication_date\n"
    '1,sr_legacy_food,"Oats, rolled",8,2019-04-01\n'
    "2,branded_food,QUINCE MARMALADE,,2021-01-01\n"
    "3,sub_sample_food,Sample,,2021-01-01\n"
    "4,branded_food,Maple bar,,2021-01-01\n",
    "food_nutrient": "id,fdc_id,nutrient_id,amount\n"
    "1,1,1003,13.5\n2,1,1004,7\n3,1,1005,58.7\n4,1,1008,370\n5,1,1093,6\n6,1,1079,10\n"
    "7,2,1003,0.4\n8,2,1004,0.1\n9,2,1005,60\n10,2,1062,1030\n11,2,2000,58\n"
    "12,4,1003,5\n13,4,1004,20\n14,4,1005,55\n15,4,1008,420\n16,3,1003,1\n17,1,9999,5\n",
    "branded_food": "fdc_id,brand_owner,brand_name,gtin_upc,serving_size,serving_size_unit,market_country\n"
    "2,Acme,Quincy,0041234567895,20,g,United States\n4,Acme,,00412345,40,ml,Canada\n",
    "food_portion": "id,fdc_id,seq_num,amount,measure_unit_id,portion_description,modifier,gram_weight\n"
    "1,1,1,1.0,9999,,cup,81\n2,3,1,1.0,9999,,cup,81\n",
}


def product(code, **more):
    return {"code": code, "product_name": f"Food {code}", "lang": "en", "nutriments": NUTRIMENTS} | more


def bring(*products, **wanted):
    """Import products of Open Food Facts and return the counts of what was stored and left out."""
    lines = list(enumerate((json.dumps(one).encode() for one in products), 1))
    left_out = Counter()
    told = food_import.import_foods(open_food_facts.foods_in(lines, open_food_facts.Wanted(**wanted), left_out))
    return dict(+told), dict(left_out)


@pytest.fixture
def download(tmp_path):
    """FoodData Central's download, as a zip archive."""
    path = tmp_path / "fdc.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in TABLES.items():
            archive.writestr(f"FoodData_Central_csv/{name}.csv", text)
    return path


def foods_of(path, kinds=food_data_central.KINDS, countries=()):
    left_out = Counter()
    with food_data_central.Tables(path) as tables:
        return list(food_data_central.foods_in(tables, frozenset(kinds), frozenset(countries), left_out)), left_out


def test_it_is_there_once_however_often_it_is_imported(app):
    products = [product(f"40000000000{number:02}") for number in range(12)]
    assert bring(*products) == ({"new": 12}, {})
    before = {row.id: row.last_update for row in Ingredient.select()}
    assert bring(*products) == ({"unchanged": 12}, {})
    assert {row.id: row.last_update for row in Ingredient.select()} == before


def test_what_changed_there_changes_here_and_keeps_its_key(app):
    bring(product("4000000000001", serving_quantity=40, serving_size="40 g"))
    [row] = Ingredient.select().where(Ingredient.code == "4000000000001")
    told, _ = bring(product("4000000000001", product_name="Renamed", serving_quantity=40, serving_size="40 g"))
    [again] = Ingredient.select().where(Ingredient.code == "4000000000001")
    assert told == {"changed": 1} and again.name == "Renamed"
    assert (again.id, again.uuid, again.created) == (row.id, row.uuid, row.created)
    assert again.last_update > row.last_update
    units = IngredientWeightUnit.select().where(IngredientWeightUnit.ingredient == row.id)
    assert [(unit.name, unit.gram) for unit in units] == [("Serving (40 g)", 40)]


def test_a_food_of_another_source_keeps_its_barcode(app):
    with transaction():
        own = Ingredient.create(
            name="Own",
            code="4000000000001",
            language=2,
            energy=1,
            protein=1,
            carbohydrates=1,
            fat=1,
        )
    assert bring(product("4000000000001"), product("4000000000002")) == ({"kept": 1, "new": 1}, {})
    assert Ingredient.get_by_id(own.id).name == "Own"


def test_only_what_is_asked_for_is_taken(app):
    products = [
        product("4000000000001", lang="de", countries_tags=["en:germany"], completeness=0.9),
        product("4000000000002", lang="de", countries_tags=["en:france"], completeness=0.9),
        product("4000000000003", lang="de", countries_tags=["en:germany", 5], completeness=0.1),
        product("4000000000004", lang="en", countries_tags=["en:germany"], completeness=0.9),
        product("4000000000005", lang="de", countries_tags="germany"),
        product("nothing"),
        product("4000000000006", nutriments={}),
    ]
    wanted = {"languages": frozenset({"de"}), "countries": frozenset({"germany"}), "completeness": 0.5}
    assert bring(*products, **wanted) == ({"new": 1}, {"not asked for": 6})
    assert bring(*products)[1] == {
        "without a barcode": 1,
        "without a name, or with values that are missing or cannot be": 1,
    }


@pytest.mark.parametrize("line", [b"{", b"[]", b"5", b'{"code": "\xff"}', b"null"])
def test_a_line_that_is_no_product_is_named_and_nothing_is_stored(app, line):
    before = Ingredient.select().count()
    lines = [(1, json.dumps(product("4000000000001")).encode()), (7, line)]
    with pytest.raises(ValueError, match="line 7"):
        food_import.import_foods(open_food_facts.foods_in(lines, open_food_facts.Wanted(), Counter()))
    assert Ingredient.select().count() == before


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["code", "product_name", "lang", "nutriments", "fat_100g", "countries_tags", "brands"]),
                inner,
                max_size=5,
            )
        ),
        max_leaves=8,
    )
)
def test_whatever_a_line_holds_it_is_a_food_left_out_or_refused_by_its_number(value):
    wanted = open_food_facts.Wanted(frozenset({"en"}), frozenset({"germany"}), 0.5)
    for asked in (wanted, open_food_facts.Wanted()):
        try:
            foods = list(open_food_facts.foods_in([(3, json.dumps(value).encode())], asked, Counter()))
        except ValueError as refused:
            assert "line 3" in str(refused)
        else:
            assert len(foods) <= 1


@pytest.mark.parametrize(
    ("name", "size", "told"),
    [("../food.csv", 9, "leads out"), ("/food.csv", 9, "leads out"), ("food.csv", 80 << 20, "500th of its size")],
)
def test_archives_that_no_download_is_are_refused(tmp_path, name, size, told):
    path = tmp_path / "fdc.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\n" * size)
        archive.writestr("food_nutrient.csv", "id\n")
    with pytest.raises(ValueError, match=told):
        food_data_central.Tables(path)


def test_a_download_of_food_data_central(download):
    foods, left_out = foods_of(download)
    assert [(food.key, food.values["name"], food.values["energy"], food.code) for food in foods] == [
        ("1", "Oats, rolled", 370, None),
        ("2", "QUINCE MARMALADE", 246, "0041234567895"),
        ("4", "Maple bar", 420, "00412345"),
    ]
    oats, quince, bar = foods
    assert str(oats.values["sodium"]) == "0.006" and oats.servings == (("1 cup", 81),)
    assert quince.values["brand"] == "Quincy" and quince.servings == (("Serving", 20),)
    assert bar.values["brand"] == "Acme" and bar.servings == () and not left_out


def test_kinds_and_countries_of_food_data_central(download):
    assert [food.key for food in foods_of(download, ["sr_legacy_food"])[0]] == ["1"]
    assert [food.key for food in foods_of(download, countries=["canada"])[0]] == ["4"]
    assert [food.key for food in foods_of(download, countries=["united-states"])[0]] == ["1", "2"]


@pytest.mark.parametrize(
    ("table", "text", "told"),
    [
        ("food", "fdc_id,data_type,description\nx,sr_legacy_food,Oats\n", "food.csv, line 2"),
        ("food_nutrient", "id,fdc_id,nutrient_id,amount\n1,1,1003,much\n", "food_nutrient.csv, line 2"),
        ("food", "fdc_id,data_type,description\n1,sr_legacy_food,\xff\n", "food.csv cannot be read"),
    ],
)
def test_a_table_that_cannot_be_read_is_named_with_its_line(tmp_path, table, text, told):
    for name, whole in (TABLES | {table: text}).items():
        (tmp_path / f"{name}.csv").write_bytes(whole.encode("latin-1"))
    with pytest.raises(ValueError, match=told):
        foods_of(tmp_path)


def test_what_is_no_download_is_told(tmp_path):
    (tmp_path / "food.csv").write_text(TABLES["food"])
    with pytest.raises(ValueError, match="food_nutrient.csv is missing"):
        food_data_central.Tables(tmp_path)
    with pytest.raises(ValueError, match="neither a folder nor a zip archive"):
        food_data_central.Tables(tmp_path / "food.csv")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_lines_have_their_numbers(size, monkeypatch):
    from wger_flask.transfer import lines

    class Stream:
        def __init__(self, whole):
            self.rest = whole

        def read(self, most):
            some, self.rest = self.rest[:size], self.rest[size:]
            return some

    assert list(numbered_lines(Stream(b"a\n\nbc\r\n d"))) == [(1, b"a"), (3, b"bc\r"), (4, b" d")]
    monkeypatch.setattr(lines, "LONGEST", 3)
    if size < 1000:
        with pytest.raises(ValueError, match="line 2 has more"):
            list(numbered_lines(Stream(b"a\n" + b"x" * 20)))


class TestTheCommand:
    """``wger-flask import-ingredients``."""

    @pytest.fixture
    def run(self, tmp_path, monkeypatch):
        """Run the command on a database of its own."""
        monkeypatch.setenv("WGER_INSTANCE_PATH", str(tmp_path / "instance"))
        monkeypatch.setenv("WGER_DATABASE_URL", f"sqlite:///{tmp_path / 'own.sqlite'}")
        monkeypatch.setenv("WGER_PLUGINS", "none")

        def run(*arguments):
            return CliRunner().invoke(main, ["import-ingredients", *map(str, arguments)])

        assert CliRunner().invoke(main, ["load-starter-data"]).exit_code == 0
        return run

    def test_a_packed_dump(self, run, tmp_path):
        path = tmp_path / "products.jsonl.gz"
        path.write_bytes(gzip.compress(b"\n".join(json.dumps(product(f"400000000000{n}")).encode() for n in range(5))))
        assert "5 foods are new, 0 were changed, 0 are as they were." in run(path, "--language", "en").output
        assert "0 foods are new, 0 were changed, 5 are as they were." in run(path).output
        path.write_bytes(path.read_bytes()[:-20])
        broken = run(path)
        assert broken.exit_code == 1 and "Error: nothing was imported: the file cannot be read" in broken.output

    def test_a_download(self, run, download):
        done = run(download, "--kind", "branded_food", "--country", "United States")
        assert "1 foods are new" in done.output and "1 were left out: not asked for." in done.output, done.output

    def test_options_that_say_nothing_to_a_source_are_refused(self, run, download, tmp_path):
        assert run(download, "--language", "de").exit_code == run(download, "--kind", "x").exit_code == 1
        (tmp_path / "a.jsonl").write_text("")
        assert run(tmp_path / "a.jsonl", "--kind", "branded_food").exit_code == 1
