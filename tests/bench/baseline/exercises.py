"""Exercises: a page of them, one of them, those of a category, and everything about a page of them."""

from __future__ import annotations

from flask import Blueprint, request

from .connection import grouped, marks, rows
from .wire import answer, dashed, moment, page

endpoints = Blueprint("exercises", __name__)

LINKED = """SELECT l.exercise_id, l.{column} FROM exercises_exercise_{table} l
            JOIN exercises_{target} t ON t.id = l.{column}
            WHERE l.exercise_id IN ({{}}) ORDER BY t.name, t.id"""
MUSCLES = LINKED.format(table="muscles", column="muscle_id", target="muscle")
SECONDARY = LINKED.format(table="muscles_secondary", column="muscle_id", target="muscle")
EQUIPMENT = LINKED.format(table="equipment", column="equipment_id", target="equipment")
EXERCISE = """SELECT id, uuid, created, last_update, category_id, variation_group, license_author
              FROM exercises_exercise e WHERE {} ORDER BY id LIMIT 20"""
TRANSLATED = "EXISTS (SELECT 1 FROM exercises_translation t WHERE t.exercise_id = e.id)"


def exercises(condition, *values):
    found = rows(EXERCISE.format(condition), *values)
    keys = [row[0] for row in found]
    muscles, secondary, equipment = grouped(MUSCLES, keys), grouped(SECONDARY, keys), grouped(EQUIPMENT, keys)
    return [
        {
            "id": row[0],
            "uuid": dashed(row[1]),
            "created": moment(row[2]),
            "last_update": moment(row[3]),
            "category": row[4],
            "muscles": muscles.get(row[0], []),
            "muscles_secondary": secondary.get(row[0], []),
            "equipment": equipment.get(row[0], []),
            "variation_group": dashed(row[5]),
            "license_author": row[6],
        }
        for row in found
    ]


@endpoints.get("/api/v2/exercise/")
def exercise_list():
    category = request.args.get("category", type=int)
    condition, values, query = TRANSLATED, (), ""
    if category is not None:
        condition, values, query = f"{TRANSLATED} AND category_id = ?", (category,), f"category={category}&"
    count = rows(f"SELECT count(*) FROM exercises_exercise e WHERE {condition}", *values)[0][0]
    return page(f"/api/v2/exercise/?{query}", count, exercises(condition, *values))


@endpoints.get("/api/v2/exercise/<int:key>/")
def exercise_detail(key):
    return answer(exercises(f"{TRANSLATED} AND id = ?", key)[0])


def muscle(row, base):
    return {
        "id": row[0],
        "name": row[1],
        "name_en": row[2],
        "is_front": bool(row[3]),
        "image_url_main": f"{base}/static/images/muscles/main/muscle-{row[0]}.svg",
        "image_url_secondary": f"{base}/static/images/muscles/secondary/muscle-{row[0]}.svg",
    }


def translations(keys):
    found = rows(
        f"""SELECT id, uuid, name, exercise_id, description, description_source, created, language_id, license_id,
                   license_title, license_object_url, license_author, license_author_url,
                   license_derivative_source_url, last_update
            FROM exercises_translation WHERE exercise_id IN ({marks(keys)}) ORDER BY name, id""",
        *keys,
    )
    own = [row[0] for row in found]
    aliases = grouped(
        "SELECT translation_id, id, uuid, alias FROM exercises_alias WHERE translation_id IN ({}) ORDER BY id", own
    )
    notes = grouped(
        """SELECT translation_id, id, uuid, translation_id, comment FROM exercises_exercisecomment
           WHERE translation_id IN ({}) ORDER BY id""",
        own,
    )
    authors = grouped(
        "SELECT id, license_author FROM exercises_historicaltranslation WHERE id IN ({}) ORDER BY history_id", own
    )
    made, latest = {}, {}
    for row in found:
        latest[row[3]] = max(latest.get(row[3], ""), row[14])
        made.setdefault(row[3], []).append(
            {
                "id": row[0],
                "uuid": dashed(row[1]),
                "name": row[2],
                "exercise": row[3],
                "description": row[4],
                "description_source": row[5],
                "created": moment(row[6]),
                "language": row[7],
                "aliases": [{"id": a[0], "uuid": dashed(a[1]), "alias": a[2]} for a in aliases.get(row[0], [])],
                "notes": [
                    {"id": n[0], "uuid": dashed(n[1]), "translation": n[2], "comment": n[3]}
                    for n in notes.get(row[0], [])
                ],
                "license": row[8],
                "license_title": row[9],
                "license_object_url": row[10],
                "license_author": row[11],
                "license_author_url": row[12],
                "license_derivative_source_url": row[13],
                "author_history": sorted({a for a in authors.get(row[0], []) if a}),
            }
        )
    return made, latest


@endpoints.get("/api/v2/exerciseinfo/")
def exerciseinfo():
    base = request.host_url[:-1]
    count = rows("SELECT count(*) FROM exercises_exercise")[0][0]
    found = rows(
        """SELECT e.id, e.uuid, e.created, e.last_update, c.id, c.name, l.id, l.full_name, l.short_name, l.url,
                  e.license_author, e.variation_group
           FROM exercises_exercise e JOIN exercises_exercisecategory c ON c.id = e.category_id
           JOIN core_license l ON l.id = e.license_id ORDER BY e.id LIMIT 20"""
    )
    keys = [row[0] for row in found]
    wanted = "l.exercise_id, t.id, t.name, t.name_en, t.is_front"
    muscles = grouped(MUSCLES.replace("l.exercise_id, l.muscle_id", wanted), keys)
    secondary = grouped(SECONDARY.replace("l.exercise_id, l.muscle_id", wanted), keys)
    equipment = grouped(EQUIPMENT.replace("l.exercise_id, l.equipment_id", "l.exercise_id, t.id, t.name"), keys)
    words, latest = translations(keys)
    parts = {}
    for table in ("exerciseimage", "exercisevideo"):
        parts[table] = grouped(f"SELECT exercise_id, id FROM exercises_{table} WHERE exercise_id IN ({{}})", keys)
        assert not parts[table], "the yardstick knows no pictures: the dataset has none"
    own = grouped("SELECT id, license_author FROM exercises_historicalexercise WHERE id IN ({})", keys)
    everybody = grouped(
        "SELECT exercise_id, license_author FROM exercises_historicaltranslation WHERE exercise_id IN ({})", keys
    )
    results = [
        {
            "id": row[0],
            "uuid": dashed(row[1]),
            "created": moment(row[2]),
            "last_update": moment(row[3]),
            "last_update_global": moment(max(row[3], latest.get(row[0], ""))),
            "category": {"id": row[4], "name": row[5]},
            "muscles": [muscle(m, base) for m in muscles.get(row[0], [])],
            "muscles_secondary": [muscle(m, base) for m in secondary.get(row[0], [])],
            "equipment": [{"id": e[0], "name": e[1]} for e in equipment.get(row[0], [])],
            "license": {"id": row[6], "full_name": row[7], "short_name": row[8], "url": row[9]},
            "license_author": row[10],
            "images": [],
            "translations": words.get(row[0], []),
            "variation_group": dashed(row[11]),
            "videos": [],
            "author_history": [a for a in own.get(row[0], []) if a],
            "total_authors_history": [a for a in everybody.get(row[0], []) if a],
        }
        for row in found
    ]
    return page("/api/v2/exerciseinfo/?", count, results)
