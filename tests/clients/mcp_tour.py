"""Try every tool of the published ``wger-mcp`` on a server, as somebody who is new there would.

    python -m tests.clients.mcp_tour COMMAND BASE_URL TOKEN

COMMAND starts ``wger-mcp``.  One line for each step says what went wrong, if anything did; the
last one counts.  The exit status is 0 when every tool was tried and every step gave what its name
promises.  Of the tools that ask Open Food Facts themselves, never this server, an answer is enough, whatever it is.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable

from tests.clients.assistant import Assistant

BARCODE = "4000000000000"
TODAY = dt.date.today().isoformat()


class Tour:
    """The steps, what they gave, and which of them failed."""

    def __init__(self, assistant: Assistant):
        self.assistant = assistant
        self.used: set[str] = set()
        self.steps = self.failures = 0

    def use(self, tool: str, check: Callable | None = None, **arguments):
        """Use a tool and hold what it gives against ``check``; returns it, None when it failed."""
        self.used.add(tool)
        self.steps += 1
        told, found = "", None
        try:
            found = self.assistant.use(tool, arguments)
            if complaint := complaint_in(found):
                told = f"complains: {complaint}"
            elif check is not None and not check(found):
                told = f"gives {json.dumps(found)}"
        except (RuntimeError, KeyError, IndexError, TypeError, ValueError) as wrong:
            told = f"{type(wrong).__name__}: {wrong} {json.dumps(found) if found is not None else ''}"
        self.failures += bool(told)
        shown = " ".join(f"{name}={value!r}" for name, value in arguments.items())
        print(f"{'FAIL' if told else 'ok'} {tool} {shown} {told[:700]}".rstrip(), flush=True)
        return found

    def judge(self, what: str, holds: Callable[[], bool]) -> None:
        """Hold what a tool gave against something more."""
        self.steps += 1
        try:
            is_so = holds()
        except (KeyError, IndexError, TypeError, ValueError):
            is_so = False
        self.failures += not is_so
        print(f"{'ok' if is_so else 'FAIL'} {what}", flush=True)

    def hear(self, tool: str, **arguments) -> None:
        """Use a tool that asks other servers, of which there may be none."""
        try:
            self.assistant.use(tool, arguments)
        except RuntimeError as wrong:
            self.failures += "ended without" in str(wrong)
        self.used.add(tool)
        self.steps += 1
        print(f"ok {tool}", flush=True)


def complaint_in(found):
    """Return what a tool says went wrong, in an object or in a list of one; None for nothing."""
    if isinstance(found, list):
        found = found[0] if len(found) == 1 else None
    wrong = isinstance(found, dict) and (found.get("error") or found.get("errors"))
    return (found.get("detail") or wrong) if wrong else None


def rows(found) -> list:
    """Return the rows in what a tool gives, however it wraps them."""
    if isinstance(found, list):
        return found
    for name in ("results", "items", "entries", "logs", "exercises", "sets", "configs"):
        if isinstance(found.get(name), list):
            return found[name]
    return [found]


def key(found) -> str:
    """Return the key of what was made, as tools want it."""
    return str(found["id"]) if isinstance(found, dict) and "id" in found else "0"


def has(**wanted) -> Callable:
    """Return a check that a row has these values; numbers may come as texts."""

    def check(found) -> bool:
        return all(_same(found[name], value) for name, value in wanted.items())

    return check


def _same(found, wanted) -> bool:
    try:
        return float(found) == float(wanted)
    except (TypeError, ValueError):
        return found == wanted


def some(found) -> bool:
    """Check that there are rows."""
    return len(rows(found)) > 0


def names(text: str) -> Callable:
    """Return a check that ``text`` is somewhere in what was found."""
    return lambda found: text.lower() in json.dumps(found, ensure_ascii=False).lower()


def catalogue(tour: Tour) -> dict[str, str]:
    """Look around: the profile, and what there is to train and to eat."""
    tour.use("whoami", lambda found: found["username"])
    tour.use("list_categories", names("chest"))
    tour.use("list_muscles", names("biceps"))
    tour.use("list_gym_equipment", names("barbell"))
    tour.use("get_gym_equipment", names("barbell"), equipment_id="1")
    tour.use("search_exercises", names("squat"), query="squat")
    bench = tour.use("search_exercises", names("bench press"), query="bench press", language="en", limit=5)
    tour.use("search_exercises", some, query="Kniebeuge", language="de")
    tour.use("search_exercises_batch", names("deadlift"), queries=["squat", "deadlift"])
    tour.use("search_exercises_by_filter", some, equipment_id="1", language="en")
    tour.use("search_exercises_by_filter", some, muscle_id="4")
    tour.use("search_exercises_by_filter", some, category_id="11", limit=5)
    exercise = key(rows(bench)[0]) if bench else "0"
    tour.use("get_exercise", names("bench"), exercise_id=exercise)
    foods = tour.use("search_ingredients", some, query="milk", language="en")
    tour.use("search_ingredients", None, query="apple", nutriscore="A")
    tour.use("search_ingredients", None, query="apple", nutriscore_better_than="C", language="en")
    tour.use("search_ingredients", None, query="apple", nutriscore_at_worst="C")
    food = key(rows(foods)[0]) if foods else "0"
    tour.use("get_ingredient", lambda found: found["energy"] is not None, ingredient_id=food)
    tour.use("list_ingredient_units", None, ingredient_id=food)
    tour.use("search_ingredient_by_barcode", None, barcode=BARCODE)
    tour.hear("lookup_food_by_barcode", barcode=BARCODE)
    tour.hear("lookup_foods_by_barcodes", barcodes=[BARCODE])
    return {"exercise": exercise, "food": food}


def training(tour: Tour, exercise: str) -> None:
    """Plan a routine, change it, train by it, and look back."""
    routine = key(tour.use("create_routine", has(name="Tour"), name="Tour", description="two days", start=TODAY))
    tour.use("list_routines", names("tour"))
    tour.use("update_routine", has(name="Tour 2"), routine_id=routine, name="Tour 2", fit_in_week=False)
    day = key(tour.use("add_routine_day", has(order=1), routine_id=routine, name="Push", order=1))
    rest = key(tour.use("add_routine_day", has(is_rest=True), routine_id=routine, name="Off", order=2, is_rest=True))
    tour.use("update_routine_day", has(name="Push day"), day_id=day, name="Push day", day_type="hiit")
    tour.use("update_routine_day", has(type="custom"), day_id=day, day_type="custom")
    tour.use("get_routine_day", has(name="Push day"), day_id=day)
    tour.use("list_routine_days", lambda found: len(rows(found)) == 2, routine_id=routine)
    made = tour.use(
        "add_exercise_with_sets", names("slot"), day_id=day, exercise_id=exercise, sets=3, reps=8, weight=60, rir=2
    )
    slot = key(tour.use("add_slot_to_day", has(order=2), day_id=day, order=2, comment="light"))
    tour.use("update_slot", has(comment="very light"), slot_id=slot, comment="very light")
    entry = key(tour.use("attach_exercise_to_slot", has(slot=slot), slot_id=slot, exercise_id=exercise))
    tour.use("update_slot_entry", has(type="dropset"), slot_entry_id=entry, entry_type="dropset", weight_rounding=2.5)
    tour.use("get_slot_entry", has(type="dropset"), entry_id=entry)
    for kind, value in (
        ("sets", 2),
        ("reps", 12),
        ("weight", 40),
        ("rir", 1.5),
        ("rest", 90),
        ("max_sets", 4),
        ("max_reps", 15),
        ("max_weight", 50),
        ("max_rir", 3),
        ("max_rest", 120),
    ):
        config = tour.use("set_slot_entry_config", has(value=value), slot_entry_id=entry, kind=kind, value=value)
        tour.use("update_slot_entry_config", has(value=value + 1), kind=kind, config_id=key(config), value=value + 1)
    later = tour.use(
        "set_slot_entry_config",
        has(iteration=2, operation="+", repeat=True),
        slot_entry_id=entry,
        kind="weight",
        value=2.5,
        iteration=2,
        operation="+",
        repeat=True,
        requirements=["weight", "repetitions"],
    )
    tour.use("update_slot_entry_config", None, kind="weight", config_id=key(later), requirements=[])
    tour.use("list_slot_entry_configs", names("41"), slot_entry_id=entry)
    tour.use("list_slot_entry_configs", None, slot_entry_id=entry, kinds=["weight", "reps"])
    tour.use("delete_slot_entry_config", None, kind="weight", config_id=key(later))
    tour.use("list_slots", lambda found: len(rows(found)) == 2, day_id=day)
    tour.use("list_slot_entries", some, slot_id=slot)
    tour.use("get_routine", has(name="Tour 2"), routine_id=routine)
    tour.use("get_workout_for_date", names("60"), routine_id=routine, workout_date=TODAY)
    tour.use("get_workout_for_date", names("push day"), routine_id=routine)

    session = key(
        tour.use(
            "log_workout_session",
            has(notes="slept well"),
            routine_id=routine,
            day_id=day,
            when=TODAY,
            notes="slept well",
            impression="good",
            time_start="18:00",
            time_end="19:10",
        )
    )
    tour.use("update_workout_session", has(notes="tired"), session_id=session, notes="tired", impression="neutral")
    tour.use("get_workout_session", has(notes="tired"), session_id=session)
    tour.use("list_workout_sessions", some, when=TODAY)
    tour.use("list_workout_sessions", some, routine_id=routine, impression="neutral")
    plain = key(tour.use("log_set", has(weight=60, repetitions=8), exercise_id=exercise, reps=8, weight=60))
    log = tour.use(
        "log_set",
        has(weight=130),
        exercise_id=exercise,
        reps=5,
        weight=130,
        weight_unit="lb",
        rir=1.5,
        workout_log_date=f"{TODAY}T18:30:00+00:00",
        routine_id=routine,
        slot_entry_id=entry,
        iteration=1,
        rest=90,
    )
    tour.use("update_workout_log", has(repetitions=6), log_id=key(log), reps=6, weight=132.5)
    tour.use("get_workout_log", has(weight=132.5), log_id=key(log))
    tour.use("list_workout_logs", lambda found: len(rows(found)) == 2)
    tour.use("list_workout_logs", some, date_from=TODAY, date_to=TODAY, exercise_id=exercise)
    tour.use("weekly_summary", has(total_sets=2))
    tour.use("exercise_history", names("60"), exercise_id=exercise)
    tour.use("personal_records", names("60"))
    tour.use("personal_records", names("60"), exercise_id=exercise, days=30)
    for group in ("none", "exercise", "muscle", "category"):
        tour.use("volume_trend", some, group_by=group, bucket="day")
    tour.use("volume_trend", some, bucket="month", exercise_id=exercise)
    tour.use("compare_periods", None, window_days=7, group_by="muscle")

    tour.use("delete_workout_log", None, log_id=plain)
    tour.use("delete_workout_session", None, session_id=session)
    tour.use("delete_slot_entry", None, slot_entry_id=entry)
    tour.use("delete_slot", None, slot_id=slot)
    tour.use("delete_routine_day", None, day_id=rest)
    tour.use("list_routine_days", lambda found: len(rows(found)) == 1, routine_id=routine)
    tour.use("delete_routine", None, routine_id=routine)
    tour.use("list_routines", lambda found: "Tour 2" not in json.dumps(found))
    if made is None:
        print("# nothing was planned in one step")


def body(tour: Tour) -> None:
    """Keep a record of weight and waist."""
    weight = key(tour.use("log_body_weight", names("80.5"), weight=80.5))
    dated = key(tour.use("log_body_weight", names("81"), weight=81, when="2024-05-01", unit="kg", notes="before"))
    pounds = key(tour.use("log_body_weight", names("180"), weight=180, unit="lb", when="2024-05-02"))
    tour.use("update_body_weight_entry", names("79.9"), entry_id=weight, weight=79.9, notes="after")
    tour.use("update_body_weight_entry", names("181"), entry_id=pounds, weight=181)
    history = tour.use("get_body_weight_history", lambda found: len(rows(found)) == 3)
    tour.judge("the newest weight is first", lambda: has(weight=79.9, unit="kg")(rows(history)[0]))
    tour.judge("a weight in pounds stays one", lambda: has(weight=181, unit="lb")(rows(history)[1]))
    tour.judge("it is known in kilograms", lambda: abs(float(rows(history)[1]["weight_kg"]) - 82.1) < 0.01)
    tour.use(
        "get_body_weight_history", lambda found: len(rows(found)) == 1, date_from="2024-05-01", date_to="2024-05-01"
    )
    tour.use("summarize_measurements", lambda found: len(rows(found)) > 1, bucket="month")
    tour.use("summarize_measurements", some, bucket="auto", timezone_name="Europe/Berlin", date_from="2024-05-01")
    waist = key(tour.use("create_measurement_category", has(unit="cm"), name="Waist"))
    tour.use("list_measurement_categories", names("waist"))
    tour.use("get_measurement_category", has(name="Waist"), category_id=waist)
    tour.use("update_measurement_category", has(unit="in"), category_id=waist, unit="in")
    size = key(tour.use("log_measurement", has(value=33.5), category_id=waist, value=33.5, notes="morning"))
    tour.use("log_measurement", has(value=34), category_id=waist, value=34, when="2024-05-01")
    tour.use("update_measurement", has(value=33), measurement_id=size, value=33)
    tour.use("get_measurement", has(value=33), measurement_id=size)
    tour.use("list_measurements", lambda found: len(rows(found)) == 2, category_id=waist)
    tour.use(
        "list_measurements",
        lambda found: len(rows(found)) == 1,
        category_id=waist,
        date_from="2024-05-01",
        date_to="2024-05-01",
    )
    tour.use("list_measurements", some, source="user")
    tour.use("summarize_measurements", names("33"), category_id=waist, bucket="day", max_points=10)
    steps = key(tour.use("create_measurement_category", names("steps"), name="Steps", metric_type="steps"))
    tour.use("list_measurement_categories", lambda found: len(rows(found)) == 1, metric_type="steps")
    tour.use("log_measurement", has(value=9000), category_id=steps, value=9000)
    tour.use("delete_measurement_category", None, category_id=steps)
    tour.use("log_blood_pressure", names("120"), systolic=120, diastolic=80, notes="at rest")
    tour.use("log_blood_pressure", names("125"), systolic=125, diastolic=82, when="2024-05-01")
    pressure = tour.use("get_blood_pressure_history", lambda found: len(rows(found)) == 2)
    tour.judge("a reading has both numbers", lambda: has(systolic=120, diastolic=80)(rows(pressure)[0]))
    tour.use("delete_measurement", None, measurement_id=size)
    tour.use("delete_measurement_category", None, category_id=waist)
    tour.use("update_user_profile", names("181"), height_cm=181, birthdate="1990-05-17", gender="1", sleep_hours=8)
    tour.use("calculate_daily_calories", names("kcal"), activity_level="moderate", goal="maintain")
    tour.use(
        "calculate_daily_calories",
        names("kcal"),
        weight_kg=80,
        height_cm=181,
        age=34,
        sex="male",
        apply_to_profile=True,
    )
    for entry in (weight, dated, pounds):
        tour.use("delete_body_weight_entry", None, entry_id=entry)


def food(tour: Tour, ingredient: str) -> None:
    """Plan meals, and write down what was eaten."""
    plan = key(
        tour.use(
            "create_nutrition_plan",
            has(goal_energy=2500),
            description="Cut",
            goal_energy=2500,
            goal_protein=150,
            goal_fiber=30,
            start=TODAY,
        )
    )
    tour.use("update_nutrition_plan", has(description="Bulk"), plan_id=plan, description="Bulk", goal_fat=80)
    tour.use("list_nutrition_plans", names("bulk"))
    meal = key(tour.use("create_meal", has(name="Breakfast"), plan_id=plan, name="Breakfast", time="07:30"))
    recipe = key(tour.use("create_recipe", has(name="Shake"), plan_id=plan, name="Shake"))
    tour.use("add_ingredient_to_recipe", has(amount=150), recipe_id=recipe, ingredient_id=ingredient, amount_g=150)
    tour.use("get_recipe", has(name="Shake"), recipe_id=recipe)
    tour.use("get_nutrition_plan", has(goal_fat=80), plan_id=plan)
    eaten = key(tour.use("log_ingredient", has(amount=200), plan_id=plan, ingredient_id=ingredient, amount_g=200))
    tour.use(
        "log_ingredient",
        has(meal=meal),
        plan_id=plan,
        ingredient_id=ingredient,
        amount_g=50,
        meal_id=meal,
        when=f"{TODAY}T07:30:00+00:00",
    )
    tour.use("update_log_item", has(amount=250), log_item_id=eaten, amount_g=250)
    tour.use("list_log_items", lambda found: len(rows(found)) == 2, when=TODAY)
    tour.use("list_log_items", lambda found: len(rows(found)) == 2, plan_id=plan)
    tour.use("nutrition_summary", names("kcal"), when=TODAY)
    tour.use("nutrition_summary", names("kcal"), plan_id=plan)
    tour.use("delete_log_item", None, log_item_id=eaten)
    tour.use("delete_nutrition_plan", None, plan_id=plan)
    tour.use("list_nutrition_plans", lambda found: "Bulk" not in json.dumps(found))


def main(command: str, base_url: str, token: str) -> int:
    """Walk the tour; returns the exit status."""
    with Assistant(command, base_url, token) as assistant:
        tools, tour = assistant.tools(), Tour(assistant)
        print(f"# {len(tools)} tools")
        known = catalogue(tour)
        training(tour, known["exercise"])
        body(tour)
        food(tour, known["food"])
    untried = sorted(tools - tour.used)
    if untried:
        print(f"# not tried: {' '.join(untried)}")
    well = tour.steps - tour.failures
    print(f"{well} steps went well, {tour.failures} failed, {len(tour.used)} of {len(tools)} tools")
    return 1 if tour.failures or untried else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
