"""Labels that cannot be true are told from real ones, however odd those are."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wger_flask.engine.plausibility import Label, contradiction, energy_of


def label(protein, carbohydrates, fat, kcal=None, **rest):
    numbers = {"protein": protein, "carbohydrates": carbohydrates, "fat": fat, "kcal": kcal, **rest}
    return Label(
        **{
            name: value if value is None or isinstance(value, bool) else Decimal(str(value))
            for name, value in numbers.items()
        }
    )


REAL = {
    "oats": label(13.5, 58.7, 7, 370, kj=1548, carbohydrates_sugar=0.7, fat_saturated=1.3, fiber=10),
    "olive oil": label(0, 0, 100, 900, kj=3766, fat_saturated=14),
    "olive oil of 100 ml": label(0, 0, 91.6, 824),
    "butter": label(0.7, 0.6, 82, 743, fat_saturated=54, carbohydrates_sugar=0.6),
    "sugar": label(0, 100, 0, 400, carbohydrates_sugar=100),
    "salt": label(0, 0, 0, 0, sodium=39.2),
    "water": label(0, 0, 0, 0, carbohydrates_sugar=0, fat_saturated=0, fiber=0, sodium=0.001),
    "stock cubes": label(11, 15, 20, 284, sodium=21.6),
    "wheat bran, fibre beside the carbohydrates": label(16, 18, 4.7, 265, carbohydrates_sugar=2.3, fiber=45),
    "wheat bran, fibre within the carbohydrates": label(15.6, 64.5, 4.3, 216, carbohydrates_sugar=0.4, fiber=42.8),
    "psyllium husks": label(2, 1.7, 0.6, 206, fiber=85),
    "cocoa with specific factors": label(19.6, 57.9, 13.7, 228, carbohydrates_sugar=1.8, fiber=33.2),
    "konjac": label(0.1, 0.1, 0.1, 9, fiber=3.5),
    "beer": label(0.5, 3.6, 0, 43, alcohol=5),
    "beer without its alcohol": label(0.5, 3.1, 0, 42, kj=176),
    "wine without its alcohol": label(0.1, 2.6, 0, 83, kj=347, alcoholic=True),
    "vodka": label(0, 0, 0, 221, alcohol=40),
    "rum without its alcohol": label(0, 0, 0, 231, alcoholic=True),
    "liqueur": label(3, 25, 13, 327, carbohydrates_sugar=20, alcohol=17),
    "sweets of isomalt": label(0, 96, 0, 238, carbohydrates_sugar=0, polyols=95),
    "sweets of unsaid polyols": label(0, 97, 0, 236, carbohydrates_sugar=0.2),
    "chewing gum": label(0, 63, 0, 155, carbohydrates_sugar=0, polyols=63),
    "erythritol": label(0, 100, 0, 0, carbohydrates_sugar=0, polyols=100),
    "vinegar": label(0, 0.6, 0, 20),
    "balsamic vinegar": label(0.5, 17, 0, 88, carbohydrates_sugar=15),
    "diet cola": label(0, 0.2, 0, 0.3, carbohydrates_sugar=0),
    "lettuce": label(1.3, 2.2, 0.2, 14, kj=59, fiber=1.3),
    "rounded to whole grams": label(10, 12, 5, 135, carbohydrates_sugar=12.4, fat_saturated=5.4),
    "less than half a gram of fat": label(4, 5, 0, 37, fat_saturated=0.3),
    "whey": label(92, 3, 1.5, 394, carbohydrates_sugar=3, sodium=0.4),
    "rounded up everywhere": label(26, 25, 51, 663, carbohydrates_sugar=25, fiber=7),
}


@pytest.mark.parametrize("name", REAL)
def test_real_food_is_taken_with_the_energy_it_states(name):
    food = REAL[name]
    assert contradiction(food) is None
    assert energy_of(food) == food.kcal


@pytest.mark.parametrize("name", [name for name, food in REAL.items() if food.kcal])
def test_energy_in_kilojoules_alone_is_converted(name):
    said = REAL[name]
    food = Label(
        **{name: getattr(said, name) for name in Label.__slots__} | {"kcal": None, "kj": said.kcal * Decimal("4.184")}
    )
    assert contradiction(food) is None
    assert round(energy_of(food), 6) == said.kcal


@pytest.mark.parametrize(
    "food, complaint",
    [
        (label(3, 60, 3.5, 284, fat_saturated=24), "24 g fat_saturated of 3.5 g fat"),
        (label(3, 20, 3.5, 124, carbohydrates_sugar=21), "21 g carbohydrates_sugar of 20 g carbohydrates"),
        (label(0, 0, 0, 0, carbohydrates_sugar=0.6), "0.6 g carbohydrates_sugar of 0 g carbohydrates"),
        (label(60, 60, 60, 1020), "180 g in 100 g"),
        (label(30, 40, 36, 604), "106 g in 100 g"),
        (label(20, 30, 5, 400, fiber=60), "115 g in 100 g"),
        (label(20, 60, 5, 365, sodium=10), "110 g in 100 g"),
        (label(10, 60, 8, 0), "0 kcal beside nutrients of 352 to 352 kcal"),
        (label(10, 60, 8, 150), "150 kcal beside nutrients of 352 to 352 kcal"),
        (label(10, 60, 8, 700, kj=2929), "700 kcal and 2929 kJ beside nutrients of 352 to 352 kcal"),
        (label(0, 0, 0, 231), "231 kcal beside nutrients of 0 to 0 kcal"),
        (label(10, 60, 8, kj=352), "352 kJ beside nutrients of 352 to 352 kcal"),
        (label(10, 60, 8), "no energy beside nutrients of 352 to 352 kcal"),
        (label(0, 0, 100, 960), "960 kcal beside nutrients of 900 to 900 kcal"),
    ],
)
def test_what_cannot_be_is_told(food, complaint):
    assert contradiction(food) == complaint


@pytest.mark.parametrize(
    "food, kcal",
    [
        (label(10, 60, 8, 1473), 352),
        (label(10, 60, 8, 1473, kj=6163), 352),  # the second number was computed from the first
        (label(10, 60, 8, 1473, kj=1473), 352),
        (label(10, 60, 8, 352, kj=352), 352),
        (label(10, 60, 8, 1473, kj=352), 352),
        (label(0.3, 14, 0.2, 218, fiber=2.4), 52),
        (label(0.9, 2.6, 0.2, 75, fiber=1), 18),
        (label(0.7, 0.6, 82, 3109), 743),
        (label(0.2, 1.6, 0, 33, kj=33), 8),
        (label(10, 60, 8, 0, kj=1473), 352),
    ],
)
def test_kilojoules_in_the_place_of_kilocalories_are_recognised(food, kcal):
    assert contradiction(food) is None
    assert round(energy_of(food)) == kcal


@pytest.mark.parametrize("kcal", range(0, 1000, 7))
def test_energy_is_taken_within_a_tolerance(kcal):
    """Of a food of 400 kcal: 20 % and a little either way, and the number that is kJ."""
    taken = contradiction(label(25, 30, 20, kcal)) is None
    assert taken == (305 <= kcal <= 505)
