"""Foods, foods with all that is known of them, and plans of what to eat."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, request

from .connection import grouped, marks, rows
from .wire import dashed, moment, page, places, user

endpoints = Blueprint("nutrition", __name__)

FOOD = """SELECT i.id, i.uuid, i.remote_id, i.source_name, i.source_url, i.code, i.name, i.common_name, i.brand,
                 i.created, i.last_update, i.last_imported, i.energy, i.protein, i.carbohydrates,
                 i.carbohydrates_sugar, i.fat, i.fat_saturated, i.fiber, i.sodium, i.is_vegan, i.is_vegetarian,
                 i.nutriscore, i.license_title, i.license_object_url, i.license_author, i.license_author_url,
                 i.license_derivative_source_url"""
WORK = ("license_title", "license_object_url", "license_author", "license_author_url", "license_derivative_source_url")
UNITS = """SELECT ingredient_id, id, uuid, gram, name FROM nutrition_ingredientweightunit
           WHERE ingredient_id IN ({}) ORDER BY id"""
NUTRIENTS = "energy protein carbohydrates carbohydrates_sugar fat fat_saturated fiber sodium".split()
ALWAYS_KNOWN = {"energy", "protein", "carbohydrates", "fat"}


def truth(value):
    return None if value is None else bool(value)


def facts(row):
    return {
        "id": row[0],
        "uuid": dashed(row[1]),
        "remote_id": row[2],
        "source_name": row[3],
        "source_url": row[4],
        "code": row[5],
        "name": row[6],
        "common_name": row[7],
        "brand": row[8],
        "created": moment(row[9]),
        "last_update": moment(row[10]),
        "last_imported": row[11] and moment(row[11]),
        "energy": row[12],
        "protein": places(row[13], 3),
        "carbohydrates": places(row[14], 3),
        "carbohydrates_sugar": places(row[15], 3),
        "fat": places(row[16], 3),
        "fat_saturated": places(row[17], 3),
        "fiber": places(row[18], 3),
        "sodium": places(row[19], 3),
        "is_vegan": truth(row[20]),
        "is_vegetarian": truth(row[21]),
    }


def unit(key, ingredient, uuid, gram, name):
    return {"id": key, "uuid": dashed(uuid), "ingredient": ingredient, "gram": gram, "name": name}


def units_of(keys):
    found = grouped(UNITS, keys)
    return {food: [unit(key, food, *rest) for key, *rest in units] for food, units in found.items()}


def number_of_foods():
    return rows("SELECT count(*) FROM nutrition_ingredient")[0][0]


@endpoints.get("/api/v2/ingredient/")
def ingredients():
    offset = request.args.get("offset", 0, int)
    found = rows(
        f"{FOOD}, i.license_id, i.language_id FROM nutrition_ingredient i ORDER BY i.id LIMIT 20 OFFSET ?", offset
    )
    units = units_of([row[0] for row in found])
    results = [
        {
            **facts(row),
            "weight_units": units.get(row[0], []),
            "nutriscore": row[22],
            "license": row[28],
            **dict(zip(WORK, row[23:28], strict=True)),
            "language": row[29],
        }
        for row in found
    ]
    return page("/api/v2/ingredient/?", number_of_foods(), results, offset)


def described(condition, *values):
    found = rows(
        f"""{FOOD}, n.id, n.short_name, n.full_name, n.full_name_en, l.id, l.full_name, l.short_name, l.url
            FROM nutrition_ingredient i JOIN core_language n ON n.id = i.language_id
            JOIN core_license l ON l.id = i.license_id {condition}""",
        *values,
    )
    keys = [row[0] for row in found]
    units = units_of(keys)
    pictures = rows(f"SELECT id FROM nutrition_image WHERE ingredient_id IN ({marks(keys)})", *keys)
    assert not pictures, "the yardstick knows no pictures: the dataset has none"
    return [
        {
            **facts(row),
            "nutriscore": row[22],
            "weight_units": units.get(row[0], []),
            "language": {"id": row[28], "short_name": row[29], "full_name": row[30], "full_name_en": row[31]},
            "license": {"id": row[32], "full_name": row[33], "short_name": row[34], "url": row[35]},
            **dict(zip(WORK, row[23:28], strict=True)),
            "image": None,
            "thumbnails": None,
        }
        for row in found
    ]


@endpoints.get("/api/v2/ingredientinfo/")
def ingredientinfo():
    return page("/api/v2/ingredientinfo/?", number_of_foods(), described("ORDER BY i.id LIMIT 20"))


def contents(item, food):
    grams = Decimal(str(item["amount"])) * (item["unit"]["gram"] if item["unit"] else 1)
    found = []
    for name in NUTRIENTS:
        value = None if food[name] is None else Decimal(food[name])
        found.append(value * grams / 100 if value or name in ALWAYS_KNOWN else None)
    return found


def total(parts):
    known = [[value for value in values if value is not None] for values in zip(*parts, strict=True)]
    return {name: float(sum(values)) if values else None for name, values in zip(NUTRIENTS, known, strict=True)}


def nothing():
    return {name: 0.0 if name in ALWAYS_KNOWN else None for name in NUTRIENTS}


def items_of(meals):
    found = {}
    for key, meal, food, order, amount, *measure in rows(
        f"""SELECT m.id, m.meal_id, m.ingredient_id, m."order", m.amount, u.id, u.ingredient_id, u.uuid, u.gram, u.name
            FROM nutrition_mealitem m LEFT JOIN nutrition_ingredientweightunit u ON u.id = m.weight_unit_id
            WHERE m.meal_id IN ({marks(meals)}) ORDER BY m."order" """,
        *meals,
    ):
        known = unit(*measure) if measure[0] is not None else None
        item = {"id": key, "food": food, "order": order, "amount": amount, "unit": known}
        found.setdefault(meal, []).append(item)
    return found


def meal(row, items, foods):
    return {
        "id": dashed(row[0]),
        "plan": dashed(row[1]),
        "order": row[2],
        "time": row[3],
        "name": row[4],
        "meal_items": [
            {
                "id": dashed(item["id"]),
                "meal": dashed(row[0]),
                "ingredient": item["food"],
                "ingredient_obj": foods[item["food"]],
                "weight_unit": item["unit"] and item["unit"]["id"],
                "weight_unit_obj": item["unit"],
                "image": None,
                "order": item["order"],
                "amount": places(item["amount"]),
            }
            for item in items
        ],
        "nutritional_values": total([contents(item, foods[item["food"]]) for item in items]) if items else nothing(),
    }


@endpoints.get("/api/v2/nutritionplaninfo/")
def plans():
    who = user()
    found = rows(
        """SELECT id, creation_date, start, "end", description, only_logging, goal_energy, goal_protein,
                  goal_carbohydrates, goal_fat, goal_fiber
           FROM nutrition_nutritionplan WHERE user_id = ? ORDER BY start DESC LIMIT 20""",
        who,
    )
    keys = [row[0] for row in found]
    meals = rows(
        f"""SELECT id, plan_id, "order", time, name FROM nutrition_meal WHERE plan_id IN ({marks(keys)})
            ORDER BY time""",
        *keys,
    )
    items = items_of([row[0] for row in meals])
    eaten = sorted({item["food"] for some in items.values() for item in some})
    foods = {food["id"]: food for food in described(f"WHERE i.id IN ({marks(eaten)})", *eaten)}
    of_plan = {}
    for row in meals:
        of_plan.setdefault(row[1], []).append(meal(row, items.get(row[0], []), foods))
    names = "creation_date start end description only_logging goal_energy goal_protein goal_carbohydrates"
    results = [
        {
            "id": dashed(row[0]),
            **dict(zip([*names.split(), "goal_fat", "goal_fiber"], row[1:], strict=True)),
            "only_logging": bool(row[5]),
            "meals": of_plan.get(row[0], []),
        }
        for row in found
    ]
    count = rows("SELECT count(*) FROM nutrition_nutritionplan WHERE user_id = ?", who)[0][0]
    return page("/api/v2/nutritionplaninfo/?", count, results)
