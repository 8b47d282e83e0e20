"""What the explorer shows of food besides tables: a label, a plan as a day's table, the diary by day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any
from uuid import UUID

from wger_flask.api import Amount, Selection, Shown, View, along, any_of, bar_chart, equals, know_names, services, today
from wger_flask.engine.nutrition import Nutrients, nutrients_of

from . import models, portions
from .intake import NUTRIENTS

CHART_DAYS = 21


# -- foods ----------------------------------------------------------------------------------------
def _foods(shown):
    """List foods with what matters in choosing one."""
    args = shown.call.args
    code = args.get("code", "").strip() or args.get("name__search", "").strip()
    return shown.render(
        "nutrition/foods.html",
        foods=list(zip(shown.rows, _contents(shown), strict=True)),
        code=code if code.isdecimal() else "",
        asks=services().settings.WGER_OPEN_FOOD_FACTS != "off",
        looked="code" in args,
    )


def _food(shown):
    """Show the label of a food: what is in 100 g, and in each of its household measures."""
    (row,), (inside,) = shown.rows, _contents(shown)
    amounts = [("100 g", nutrients_of(inside, Decimal(100)))]
    amounts += [
        (f"1 {unit['name']} ({unit['gram']} g)", nutrients_of(inside, Decimal(1), unit["gram"]))
        for unit in row["weight_units"]
    ]
    return shown.render(
        "nutrition/food.html", food=row, amounts=amounts, labels=portions.LABELS, shares=portions.shares(inside)
    )


def _contents(shown: Shown) -> list[Nutrients]:
    """Return what is in 100 g of each food of the page."""
    return [Nutrients(*values) for values in shown.values(*NUTRIENTS)]


# -- plans and meals --------------------------------------------------------------------------------
def _plan(shown):
    """Show a plan: a day's meals with totals against its goals, and what was eaten."""
    plan = shown.call.row()
    key = plan.id
    meals = _meals((equals(models.Meal.plan, key),), (along(models.MealItem, ("meal", "plan"), key),))
    total = Nutrients.total(meal["total"] for meal in meals)
    log = Selection(models.LogItem, (equals(models.LogItem.plan, key),), ("-datetime",))
    goals, shares, diary = portions.goals(total, plan), portions.shares(total), _days(shown, log)
    told = {"plan": plan, "meals": meals, "total": total, "goals": goals, "shares": shares, "diary": diary}
    return shown.render("nutrition/plan.html", **told)


def _meal(shown):
    """Show the foods of a meal."""
    key = shown.call.row().id
    (meal,) = _meals((equals(models.Meal.id, key),), (equals(models.MealItem.meal, key),))
    total = portions.total(meal["portions"])
    return shown.render("nutrition/meal.html", meal=meal, total=total, shares=portions.shares(total))


def _meals(which: tuple, items: tuple) -> list[dict]:
    """Return meals in the order of the day, each with its portions and their total."""
    of_meal = defaultdict(list)
    for part in portions.portions(Selection(models.MealItem, items, ("order", "id"))):
        of_meal[part.meal].append(part)
    meals = [
        {
            "id": key, "plan": plan, "name": name, "time": time, "portions": of_meal[key],
            "total": portions.total(of_meal[key]),
        }
        for key, plan, name, time in Selection(models.Meal, which, ("order", "id")).rows(("id", "plan", "name", "time"))
    ]  # fmt: skip
    return sorted(meals, key=lambda meal: (meal["time"] is None, meal["time"] or datetime.time()))


# -- the diary ----------------------------------------------------------------------------------------
def _diary(shown):
    """Show the diary by day."""
    days = _days(shown, shown.selection().order_by("-datetime"))
    return shown.render("nutrition/diary.html", diary=days) if days else None


def _entry(shown):
    """Show what a portion contains."""
    parts = portions.portions(shown.call.selection())
    total = portions.total(parts)
    return shown.render("nutrition/portion.html", portions=parts, total=total, shares=portions.shares(total))


def _days(shown, selection: Selection) -> dict | None:
    """Return the day of the diary that the query asks for, else its latest, beside the days around it."""
    parts = portions.portions(selection, portions.MOST_PORTIONS)
    know_names(models.LogItem, _names_of(parts))
    days = portions.by_day(parts)
    day = portions.chosen_day(list(days), shown.call.args.get("day"))
    if day is None or not days:
        return None
    eaten = sorted(days.get(day, []), key=attrgetter("moment"))
    total = portions.total(eaten)
    plans = {part.plan for part in eaten or next(iter(days.values()))}
    one = plans.pop() if len(plans) == 1 else None
    plan: Any = Selection(models.NutritionPlan, (equals(models.NutritionPlan.id, one),)).first() if one else None
    last = max([*days, day])
    around = [last - timedelta(days=back) for back in reversed(range(CHART_DAYS))]
    amounts = [
        Amount(f"{date.day} {date:%b}", float(portions.total(days.get(date, ())).energy),
               _link(shown, date) if date in days else "", date == day)
        for date in around
    ]  # fmt: skip
    return {
        "day": day, "is_today": day == today(), "portions": eaten, "total": total, "plan": plan,
        "goals": portions.goals(total, plan), "shares": portions.shares(total),
        "earlier": _link(shown, max((date for date in days if date < day), default=None)),
        "later": _link(shown, min((date for date in days if date > day), default=None)),
        "chart": bar_chart(shown, amounts, "Energy of each day", "kcal", plan and plan.goal_energy, height=220),
    }  # fmt: skip


def _link(shown, date: datetime.date | None) -> str:
    return f"{shown.query(day=date.isoformat(), offset=None)}#diary" if date else ""


# -- names ----------------------------------------------------------------------------------------
def plan_names(keys: list[UUID]) -> dict[UUID, str]:
    """Return what plans are called: their description, else when they begin."""
    model = models.NutritionPlan
    rows = Selection(model, (any_of(model.id, keys),)).rows(("id", "description", "start"))
    return {key: text or f"Plan from {start}" for key, text, start in rows}


def meal_names(keys: list[UUID]) -> dict[UUID, str]:
    """Return what meals are called: their name, else when they are eaten."""
    model = models.Meal
    rows = Selection(model, (any_of(model.id, keys),)).rows(("id", "name", "time"))
    return {key: name or f"Meal at {time:%H:%M}" for key, name, time in rows if name or time}


def _portion_names(model, keys: list[UUID]) -> dict[UUID, str]:
    return _names_of(portions.portions(Selection(model, (any_of(model.id, keys),))))


def _names_of(parts: Iterable[portions.Portion]) -> dict[UUID, str]:
    return {part.key: f"{part.name}, {part.text}" for part in parts}


def register(registry) -> None:
    """Register the views and the names."""
    registry.add_navigation("Food", "/api/v2/nutritiondiary/")
    registry.add_view("food", View(rows=_foods, row=_food, instead=True))
    registry.add_view("plan", View(row=_plan, lands=True))
    registry.add_view("meal", View(row=_meal))
    registry.add_view("portion", View(row=_entry))
    registry.add_view("diary", View(rows=_diary, row=_entry, instead=True))
    registry.add_names(models.NutritionPlan, plan_names)
    registry.add_names(models.Meal, meal_names)
    for model in (models.MealItem, models.LogItem):
        registry.add_names(model, partial(_portion_names, model))
