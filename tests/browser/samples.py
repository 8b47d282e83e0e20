"""Somebody's training, food and body, entered through the API as a client would.

A routine of three months that is half over, with its logs; a nutrition plan and three weeks of
diary; measurements and photos.  Everything is relative to today, and the same on every run.
"""

from __future__ import annotations

import io
import json
import math
from datetime import date, datetime, time, timedelta

from PIL import Image, ImageDraw

TRAINED_WEEKS = 6
# Exercises by name of day: key, type, and rules (sets, repetitions, weight, kg a week, rest, RiR).
DAYS = (
    (
        "Push",
        False,
        (
            (((1, "normal"),), (4, 6, 70, 2.5, 150, 2)),
            (((22, "normal"),), (3, 8, 40, 1.25, 120, 2)),
            (((25, "normal"), (39, "dropset")), (3, 12, 10, 0, 60, None)),
        ),
    ),
    (
        "Pull",
        False,
        (
            (((12, "normal"),), (4, 6, None, 0, 150, 1)),
            (((16, "normal"),), (4, 8, 60, 2.5, 120, 2)),
            (((33, "myo"),), (3, 12, 25, 0, 75, 0)),
        ),
    ),
    ("Rest", True, ()),
    (
        "Legs",
        False,
        (
            (((45, "warmup"),), (2, 5, 60, 0, 90, 4)),
            (((45, "normal"),), (5, 5, 95, 5, 180, 2)),
            (((57, "normal"),), (3, 8, 80, 2.5, 120, 2)),
            (((63, "tut"),), (4, 15, 60, 0, 60, 1)),
        ),
    ),
)
MEALS = (
    ("Breakfast", "07:30", ((1, None, 80), (64, None, 200), (17, "first", 1))),
    ("Lunch", "12:30", ((2, None, 250), (51, None, 150), (31, None, 200))),
    ("Snack", "16:00", ((16, "first", 1), (45, None, 30))),
    ("Dinner", "19:00", ((14, None, 300), (56, None, 130), (9, "first", 2))),
)
MEASURES = (("Waist", "cm", 88.0, -0.16), ("Biceps", "cm", 34.0, 0.05), ("Body fat", "%", 19.5, -0.07))


class Person:
    """A client of the API with somebody's key."""

    def __init__(self, app, key: str):
        self.http, self.headers = app.test_client(), {"Authorization": f"Token {key}", "Accept": "application/json"}

    def add(self, resource: str, **fields) -> dict:
        """Make a row and return it."""
        answer = self.http.post(f"/api/v2/{resource}/", json=fields, headers=self.headers)
        assert answer.status_code == 201, (resource, fields, answer.text)
        return answer.json

    def send(self, resource: str, **fields) -> dict:
        """Make a row with a file and return it."""
        answer = self.http.post(f"/api/v2/{resource}/", data=fields, headers=self.headers)
        assert answer.status_code == 201, (resource, answer.text)
        return answer.json

    def get(self, path: str):
        """Return what an address answers."""
        answer = self.http.get(f"/api/v2/{path}", headers=self.headers)
        assert answer.status_code == 200, (path, answer.text)
        return json.loads(answer.data)


def train(person: Person, today: date) -> int:
    """Plan a routine and log its first weeks; returns its key."""
    start = today - timedelta(days=today.weekday() + 7 * TRAINED_WEEKS)
    routine = person.add(
        "routine",
        name="Strength, three days",
        start=start.isoformat(),
        end=(start + timedelta(days=7 * 12 - 1)).isoformat(),
        fit_in_week=True,
        description="Heavy compounds first. Add weight whenever all repetitions were done.",
    )["id"]
    planned = [_plan_day(person, routine, order, *day) for order, day in enumerate(DAYS, 1)]
    for week in range(TRAINED_WEEKS):
        for offset, (_, entries) in enumerate(planned):
            for entry, exercise, (sets, repetitions, weight, gain, _, rir) in entries:
                if weight is None:
                    continue
                moment = datetime.combine(start + timedelta(days=7 * week + offset), time(18, 0)).isoformat()
                for number in range(sets if week != 3 else 2):
                    person.add(
                        "workoutlog",
                        routine=routine,
                        slot_entry=entry,
                        exercise=exercise,
                        iteration=week + 1,
                        repetitions=repetitions - (number == sets - 1 and week % 2),
                        weight=weight + gain * week,
                        date=moment,
                        rir=rir,
                    )
    return routine


def _plan_day(person: Person, routine: int, order: int, name: str, rests: bool, slots: tuple) -> tuple[int, list]:
    day = person.add("day", routine=routine, order=order, name=name, is_rest=rests)["id"]
    entries = []
    for place, (exercises, (sets, repetitions, weight, gain, rest, rir)) in enumerate(slots, 1):
        slot = person.add("slot", day=day, order=place, comment="Controlled, no bouncing." if place == 2 else "")["id"]
        for exercise, kind in exercises:
            entry = person.add("slot-entry", slot=slot, exercise=exercise, type=kind)["id"]
            amounts = {"sets": sets, "repetitions": repetitions, "weight": weight, "rest": rest, "rir": rir}
            for quantity, value in amounts.items():
                if value is not None:
                    person.add(f"{quantity}-config", slot_entry=entry, iteration=1, value=value)
            if gain:
                person.add(
                    "weight-config",
                    slot_entry=entry,
                    iteration=2,
                    value=gain,
                    operation="+",
                    step="abs",
                    repeat=True,
                    requirements={"rules": ["repetitions"]} if exercise == 16 else None,
                )
            entries.append((entry, exercise, (sets, repetitions, weight, gain, rest, rir)))
    return day, entries


def eat(person: Person, today: date) -> str:
    """Plan meals and keep a diary for three weeks; returns the plan's key."""
    plan = person.add(
        "nutritionplan",
        description="Lean bulk",
        start=today.isoformat(),
        goal_energy=2100,
        goal_protein=110,
        goal_carbohydrates=280,
        goal_fat=60,
        goal_fiber=30,
    )["id"]
    eaten = []
    for name, at, items in MEALS:
        meal = person.add("meal", plan=plan, name=name, time=at)["id"]
        for food, unit, amount in items:
            if unit == "first":
                unit = person.get(f"ingredientweightunit/?ingredient={food}")["results"][0]["id"]
            person.add("mealitem", meal=meal, ingredient=food, weight_unit=unit, amount=amount)
            eaten.append((meal, at, food, unit, amount))
    for back in range(21):
        for number, (meal, at, food, unit, amount) in enumerate(eaten):
            if (number + back) % 7 == 0:
                continue
            moment = datetime.combine(today - timedelta(days=back), time.fromisoformat(at)).isoformat()
            portion = amount if unit else round(amount * (1.25 + 0.35 * math.sin(back + number)), 1)
            person.add(
                "nutritiondiary",
                plan=plan,
                meal=meal,
                ingredient=food,
                weight_unit=unit,
                amount=portion,
                datetime=moment,
            )
    return plan


def measure(person: Person, today: date) -> None:
    """Measure some things each week."""
    for name, unit, value, change in MEASURES:
        category = person.add("measurement-category", name=name, unit=unit)["id"]
        for week in range(26):
            moment = datetime.combine(today - timedelta(weeks=25 - week), time(7, 0)).isoformat()
            number = round(value + change * week + 0.3 * math.sin(week * 1.3), 2)
            person.add("measurement", category=category, value=number, date=moment)
    person.add("measurement-category", name="Thigh", unit="cm")


def photograph(person: Person, today: date) -> None:
    """Upload some photos."""
    for number, back in enumerate((120, 80, 40, 2)):
        size = (600, 800) if number % 2 else (800, 600)
        picture = Image.new("RGB", size, (70 + 40 * number, 120, 150 - 20 * number))
        draw = ImageDraw.Draw(picture)
        across, down = size
        draw.ellipse((across * 0.42, down * 0.14, across * 0.58, down * 0.34), fill="#f2d7c2")
        draw.rectangle((across * 0.36, down * 0.36, across * 0.64, down * 0.8), fill="#f2d7c2")
        stream = io.BytesIO()
        picture.save(stream, "JPEG")
        stream.seek(0)
        person.send(
            "gallery",
            date=(today - timedelta(days=back)).isoformat(),
            description=f"{back} days ago, front",
            image=(stream, f"photo-{number}.jpg"),
        )


def everything(app, key: str, today: date) -> dict[str, object]:
    """Enter all of it; returns the keys of the routine and the plan."""
    person = Person(app, key)
    found = {"routine": train(person, today), "plan": eat(person, today)}
    measure(person, today)
    photograph(person, today)
    return found
