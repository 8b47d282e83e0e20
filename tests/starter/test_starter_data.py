"""Check the files a fresh installation is filled from, and the drawings that go with them.

The JSON documents are edited by hand, so nothing but these checks stands between a slip of the pen and every new
installation: a reference into nowhere, a name the API itself would refuse, a food whose energy cannot be right.
"""

import json
import re
import uuid
from collections import Counter, defaultdict
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from wger_flask.engine.lifetime import Lifetime
from wger_flask.engine.plausibility import Label, contradiction
from wger_flask.engine.trophies import CHECKERS

PACKAGE = Path(__file__).parents[2] / "wger_flask"
DOCUMENTS = sorted((PACKAGE / "starter").glob("*.json"))
IMAGES = PACKAGE / "static" / "images"
MUSCLE_DRAWINGS = sorted((IMAGES / "muscles").rglob("*.svg"))
ENGLISH, GERMAN = 2, 1
REFERENCES = {
    "exercises.exercise": {
        "category": "exercises.exercisecategory",
        "muscles": "exercises.muscle",
        "muscles_secondary": "exercises.muscle",
        "equipment": "exercises.equipment",
        "license": "core.license",
    },
    "exercises.translation": {"exercise": "exercises.exercise", "language": "core.language", "license": "core.license"},
    "exercises.alias": {"translation": "exercises.translation"},
    "exercises.exercisecomment": {"translation": "exercises.translation"},
    "nutrition.ingredient": {"language": "core.language", "license": "core.license"},
    "nutrition.ingredientweightunit": {"ingredient": "nutrition.ingredient"},
}


def load() -> list[dict]:
    return [row for path in DOCUMENTS for row in json.loads(path.read_text(encoding="utf-8"))]


ROWS = load()


def table(model: str) -> dict[int, dict]:
    return {row["pk"]: row["fields"] for row in ROWS if row["model"] == model}


def translations(language: int) -> list[dict]:
    return [fields for fields in table("exercises.translation").values() if fields["language"] == language]


def viewbox(path: Path) -> str:
    root = ElementTree.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return root.attrib["viewBox"]


def test_documents_are_loaded_in_the_order_of_their_names():
    assert [path.name for path in DOCUMENTS] == [
        "1-vocabulary.json",
        "2-exercises.json",
        "3-foods.json",
        "4-trophies.json",
    ]


def test_rows_are_unique():
    assert not [key for key, times in Counter((r["model"], r["pk"]) for r in ROWS).items() if times > 1]
    uuids = [r["fields"]["uuid"] for r in ROWS if "uuid" in r["fields"]]
    assert len(set(uuids)) == len(uuids)
    assert all(str(uuid.UUID(value)) == value for value in uuids)


@pytest.mark.parametrize(
    "model, ids",
    [
        ("core.language", range(1, 34)),
        ("core.license", range(1, 6)),
        ("core.repetitionunit", range(1, 9)),
        ("core.weightunit", range(1, 7)),
        ("exercises.equipment", range(1, 13)),
        ("exercises.muscle", range(1, 17)),
        ("exercises.exercisecategory", range(8, 16)),
    ],
)
def test_vocabulary_has_the_ids_clients_rely_on(model, ids):
    assert sorted(table(model)) == list(ids)


@pytest.mark.parametrize(
    "model, pk, expected",
    [
        ("core.language", 1, {"short_name": "de", "full_name": "Deutsch", "full_name_en": "German"}),
        ("core.language", 2, {"short_name": "en", "full_name": "English"}),
        ("core.language", 24, {"short_name": "zh", "full_name": "漢語"}),
        ("core.language", 33, {"short_name": "fi"}),
        ("core.license", 2, {"short_name": "CC-BY-SA 4"}),
        ("core.repetitionunit", 5, {"name": "Miles", "unit_type": "DISTANCE", "multiplier": 1609}),
        ("core.weightunit", 2, {"name": "lb"}),
        ("exercises.equipment", 7, {"name": "none (bodyweight exercise)"}),
        ("exercises.muscle", 11, {"name": "Biceps femoris", "name_en": "Hamstrings", "is_front": False}),
        ("exercises.muscle", 14, {"name": "Obliquus externus abdominis", "name_en": "", "is_front": True}),
        ("exercises.exercisecategory", 14, {"name": "Calves"}),
    ],
)
def test_vocabulary_means_what_clients_think_it_means(model, pk, expected):
    fields = table(model)[pk]
    assert {key: fields[key] for key in expected} == expected


def test_language_codes_are_unique():
    codes = [fields["short_name"] for fields in table("core.language").values()]
    assert len(set(codes)) == 33
    assert all(len(code) == 2 for code in codes)


def test_every_reference_points_at_an_earlier_row():
    seen, broken = set(), []
    for row in ROWS:
        for name, target in REFERENCES.get(row["model"], {}).items():
            values = row["fields"][name]
            for value in values if isinstance(values, list) else [values]:
                if (target, value) not in seen:
                    broken.append((row["model"], row["pk"], name, value))
        seen.add((row["model"], row["pk"]))
    assert not broken


def test_enough_exercises_and_every_category_has_some():
    exercises = table("exercises.exercise")
    assert len(exercises) >= 64
    used = Counter(fields["category"] for fields in exercises.values())
    assert all(used[pk] >= 5 for pk in table("exercises.exercisecategory"))


def test_every_muscle_and_every_piece_of_equipment_is_used():
    exercises = table("exercises.exercise").values()
    muscles = {pk for fields in exercises for pk in fields["muscles"] + fields["muscles_secondary"]}
    assert muscles == set(table("exercises.muscle"))
    assert {pk for fields in exercises for pk in fields["equipment"]} == set(table("exercises.equipment"))


def test_no_muscle_is_primary_and_secondary_at_once():
    for pk, fields in table("exercises.exercise").items():
        assert fields["muscles"], pk
        assert not set(fields["muscles"]) & set(fields["muscles_secondary"]), pk


def test_a_variation_group_has_at_least_two_members():
    groups = Counter(fields["variation_group"] for fields in table("exercises.exercise").values())
    groups.pop(None)
    assert len(groups) >= 10
    assert min(groups.values()) >= 2


def test_every_exercise_has_one_english_and_one_german_translation():
    languages = defaultdict(list)
    for fields in table("exercises.translation").values():
        languages[fields["exercise"]].append(fields["language"])
    assert set(languages) == set(table("exercises.exercise"))
    assert all(sorted(found) == [GERMAN, ENGLISH] for found in languages.values())


@pytest.mark.parametrize("language", [ENGLISH, GERMAN])
def test_texts_satisfy_the_rules_of_the_api(language):
    for fields in translations(language):
        assert 2 <= len(fields["name"]) <= 200
        assert len(fields["description_source"]) >= 40
        assert set(re.findall(r"</?(\w+)", fields["description"])) <= {"p", "ol", "ul", "li", "b", "strong", "i", "em"}
        assert fields["description"].endswith(">\n")


@pytest.mark.parametrize("language", [ENGLISH, GERMAN])
def test_description_says_what_its_source_says(language):
    for fields in translations(language):
        source = re.sub(r"(?m)^(?:\d+\.|[-*])\s+", "", fields["description_source"])
        shown = re.sub(r"<[^>]+>", "", fields["description"])
        assert shown.split() == source.split(), fields["name"]


@pytest.mark.parametrize("language", [ENGLISH, GERMAN])
def test_no_two_names_are_too_similar(language):
    def plain(name: str) -> str:
        return re.sub(r"[\s_-]", "", name).lower()

    names = sorted(fields["name"] for fields in translations(language))
    similar = [
        (first, second)
        for first, second in combinations(names, 2)
        if abs(len(first) - len(second)) <= 4
        and (
            plain(first) == plain(second)
            or max(
                SequenceMatcher(None, a, b).ratio()
                for left, right in ((first, second), (first.lower(), second.lower()))
                for a, b in ((left, right), (right, left))
            )
            >= 0.85
        )
    ]
    assert not similar


def test_aliases_and_comments():
    aliases, comments = table("exercises.alias"), table("exercises.exercisecomment")
    assert len(aliases) >= 40 and len(comments) >= 40
    assert all(0 < len(fields["alias"]) <= 200 for fields in aliases.values())
    assert all(0 < len(fields["comment"]) <= 200 for fields in comments.values())
    names = table("exercises.translation")
    assert not [fields for fields in aliases.values() if fields["alias"] == names[fields["translation"]]["name"]]


def test_everything_is_free_to_use():
    for model in ("exercises.exercise", "exercises.translation", "nutrition.ingredient"):
        for fields in table(model).values():
            assert (fields["license"], fields["license_author"]) == (3, "wger_flask")
            assert not any(
                fields[f"license_{part}"] for part in ("title", "object_url", "author_url", "derivative_source_url")
            )


def test_foods_are_marked_as_typical_values():
    foods = table("nutrition.ingredient")
    assert len(foods) >= 40
    for fields in foods.values():
        assert fields["source_name"] == "wger_flask typical values"
        assert fields["language"] == ENGLISH and fields["code"] is None and len(fields["name"]) >= 3
        assert fields["nutriscore"] in {None, *"abcde"}
        assert not fields["is_vegan"] or fields["is_vegetarian"]
    assert len({fields["name"] for fields in foods.values()}) == len(foods)


def test_energy_of_a_food_follows_from_its_nutrients():
    """kcal = 4 protein + 4 carbohydrates + 9 fat, within 15 % (fibre is not counted)."""
    for fields in table("nutrition.ingredient").values():
        protein, carbohydrates, fat = (Decimal(fields[name]) for name in ("protein", "carbohydrates", "fat"))
        computed = 4 * protein + 4 * carbohydrates + 9 * fat
        assert abs(computed - fields["energy"]) <= Decimal("0.15") * fields["energy"], fields["name"]


def test_no_food_that_ships_contradicts_itself():
    names = set(Label.__slots__) & next(iter(table("nutrition.ingredient").values())).keys()
    for fields in table("nutrition.ingredient").values():
        said = {name: None if fields[name] is None else Decimal(fields[name]) for name in names}
        assert contradiction(Label(kcal=Decimal(fields["energy"]), **said)) is None, fields["name"]


def test_nutrients_of_a_food_fit_into_a_hundred_grams():
    for fields in table("nutrition.ingredient").values():
        grams = {
            name: Decimal(fields[name])
            for name in ("protein", "carbohydrates", "carbohydrates_sugar", "fat", "fat_saturated", "fiber", "sodium")
        }
        assert all(0 <= value <= 100 for value in grams.values())
        assert all(re.fullmatch(r"\d+\.\d{3}", fields[name]) for name in grams)
        assert grams["carbohydrates_sugar"] <= grams["carbohydrates"], fields["name"]
        assert grams["fat_saturated"] <= grams["fat"], fields["name"]
        assert sum(grams[name] for name in ("protein", "carbohydrates", "fat", "fiber")) <= 100, fields["name"]


def test_weight_units_of_foods():
    units = table("nutrition.ingredientweightunit")
    assert len({fields["ingredient"] for fields in units.values()}) >= 30
    assert {fields["name"] for fields in units.values()} == {"cup", "slice", "piece", "tablespoon"}
    assert all(1 <= fields["gram"] <= 300 for fields in units.values())
    assert len({(fields["ingredient"], fields["name"]) for fields in units.values()}) == len(units)


def test_every_muscle_has_its_two_drawings():
    expected = {f"{kind}/muscle-{pk}.svg" for kind in ("main", "secondary") for pk in table("exercises.muscle")}
    expected |= {"muscular_system_front.svg", "muscular_system_back.svg"}
    assert {path.relative_to(IMAGES / "muscles").as_posix() for path in MUSCLE_DRAWINGS} == expected


@pytest.mark.parametrize("path", MUSCLE_DRAWINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_drawings_can_be_stacked(path):
    assert viewbox(path) == "0 0 200 400"
    assert path.stat().st_size < 6 * 1024


@pytest.mark.parametrize("pk", table("exercises.muscle"))
def test_overlay_is_part_of_the_side_its_muscle_is_on(pk):
    """The right half of an overlay is drawn with the very shapes of the body beneath it."""
    side = "front" if table("exercises.muscle")[pk]["is_front"] else "back"
    main = (IMAGES / "muscles" / "main" / f"muscle-{pk}.svg").read_text(encoding="utf-8")
    secondary = (IMAGES / "muscles" / "secondary" / f"muscle-{pk}.svg").read_text(encoding="utf-8")
    body = (IMAGES / "muscles" / f"muscular_system_{side}.svg").read_text(encoding="utf-8")
    (outline,) = re.findall(r' d="([^"]+)"', main)
    assert outline in secondary
    shapes = re.findall(r"M[^M]+z", outline)
    assert all(shape in body for shape in shapes[len(shapes) // 2 :])
    assert table("exercises.muscle")[pk]["name"] in main


@pytest.mark.parametrize("name", ["logo.svg", "favicon.svg"])
def test_marks_are_square(name):
    assert viewbox(IMAGES / name) == "0 0 64 64"


@pytest.mark.parametrize("pk", table("trophies.trophy"))
def test_every_trophy_has_a_small_picture_where_clients_look_for_it(pk):
    fields = table("trophies.trophy")[pk]
    path = PACKAGE / "static" / "trophies" / fields["trophy_type"] / f"{fields['uuid']}.png"
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("PNG", (256, 256))
    assert path.stat().st_size < 12 * 1024
    drawing = path.with_suffix(".svg")
    assert viewbox(drawing) == "0 0 256 256"
    assert f"<title>{fields['name']}</title>" in drawing.read_text(encoding="utf-8")


def test_every_trophy_can_be_earned_and_says_how():
    trophies = table("trophies.trophy")
    assert sorted(trophies) == list(range(1, 22))
    for pk, fields in trophies.items():
        assert fields["order"] == pk and fields["is_active"]
        assert fields["description"].endswith(".")
        try:
            CHECKERS[fields["checker_class"]](fields["checker_params"], Lifetime(), list)
        except Exception as wrong:
            pytest.fail(f"{fields['name']}: {wrong!r}")
