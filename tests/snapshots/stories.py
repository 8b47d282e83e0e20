"""Stories of routines: a plan, what was done, in as few requests as show one thing the server computes.

A name such as ``{{R1}}`` stands for the key of a row: the first routine of the story.
"""

from __future__ import annotations

import random

EXERCISES = {"X1": [4], "X2": [10, 8], "X3": [2, 5], "X4": []}  # by name: the primary muscles


def _days(story, count=2, rest=(), **routine):
    plan = story.routine(**routine)
    return plan, [story.day(plan, n + 1, **({"is_rest": True} if n + 1 in rest else {})) for n in range(count)]


def two_days(story):
    _days(story)


def rest_in_between(story):
    _days(story, 3, rest=(2,))


def weeks_that_fit(story):
    _days(story, 3, start="2024-03-06", end="2024-04-03", fit_in_week=True)


def over_new_year(story):
    _days(story, 4, start="2024-12-26", end="2025-01-08", fit_in_week=True)


def leap_day(story):
    _days(story, 1, start="2024-02-27", end="2024-03-02")


def summer_time(story):
    _days(story, 2, start="2024-03-29", end="2024-04-02")


def one_date(story):
    _days(story, 3, start="2024-03-04", end="2024-03-04")


def no_days(story):
    story.routine()


def waiting_for_logs(story):
    plan = story.routine(end="2024-03-12")
    day = story.day(plan, need_logs_to_advance=True)
    entry = story.entry(day, weight=40, repetitions=10)
    story.day(plan, 2)
    story.log(plan, entry, "2024-03-06", "40", "10")


def a_session_goes_on(story):
    plan = story.routine(end="2024-03-10")
    day = story.day(plan, need_logs_to_advance=True)
    story.day(plan, 2)
    story.add("workoutsession", routine=plan, day=day, datetime_start="2024-03-05T17:30:00")


def grows_by_steps(story):
    plan, days = _days(story, 1, end="2024-03-09")
    entry = story.entry(days[0], weight=60, repetitions=8, sets=3)
    story.rule(entry, "weight", 2, "2.5", operation="+", step="abs", repeat=True)
    story.rule(entry, "repetitions", 4, 1, operation="-", step="abs")


def grows_by_percent(story):
    plan, days = _days(story, 1, end="2024-03-09")
    entry = story.entry(days[0], weight=80, repetitions=5)
    story.rule(entry, "weight", 2, 10, operation="+", step="percent", repeat=True)
    story.rule(entry, "weight", 5, 70, operation="r")


def rounded(story):
    plan, days = _days(story, 1, end="2024-03-08")
    slot = story.add("slot", day=days[0], order=1)
    entry = story.add("slot-entry", slot=slot, exercise="{{X2}}", weight_rounding="2.5", repetition_rounding="1")
    story.rule(entry, "weight", 1, "51.3")
    story.rule(entry, "weight", 2, 7, operation="+", step="percent", repeat=True)
    story.rule(entry, "repetitions", 1, "7.5")


def all_configs(story):
    plan, days = _days(story, 1, end="2024-03-06")
    entry = story.entry(
        days[0],
        weight=50,
        max_weight=60,
        repetitions=8,
        max_repetitions=12,
        sets=3,
        max_sets=4,
        rest=90,
        max_rest=120,
        rir=2,
        max_rir=3,
    )
    story.rule(entry, "max_weight", 2, 5, operation="+", step="abs", repeat=True)


def superset(story):
    plan, days = _days(story, 1, end="2024-03-05")
    slot = story.add("slot", day=days[0], order=1, comment="in turns")
    story.entry(days[0], "X1", slot, 1, sets=3, repetitions=6)
    story.entry(days[0], "X2", slot, 2, sets=2, repetitions=9)
    story.entry(days[0], "X3", order=2, sets=1, repetitions=12)


def one_exercise_twice(story):
    plan, days = _days(story, 1, end="2024-03-05")
    for order in (1, 2):
        story.entry(days[0], "X1", order=order, weight=30 + order, repetitions=10)
    story.entry(days[0], "X4", order=3, repetitions=20)


def units(story):
    plan, days = _days(story, 1, end="2024-03-04")
    for order, (repetition_unit, weight_unit) in enumerate(((1, 1), (3, 3), (4, 2), (2, 1), (6, 5), (1, 4)), start=1):
        slot = story.add("slot", day=days[0], order=order)
        entry = story.add(
            "slot-entry",
            slot=slot,
            exercise="{{X1}}",
            repetition_unit=repetition_unit,
            weight_unit=weight_unit,
            type="warmup" if order == 1 else "normal",
        )
        story.rule(entry, "repetitions", 1, 10 * order)
        story.rule(entry, "weight", 1, 5 * order)


def _required(story, done):
    plan, days = _days(story, 1, end="2024-03-09")
    entry = story.entry(days[0], weight=50, repetitions=8)
    rules = {"rules": ["weight", "repetitions"]}
    story.rule(entry, "weight", 2, 5, operation="+", step="abs", repeat=True, requirements=rules)
    for iteration, weight, repetitions in done:
        story.log(plan, entry, f"2024-03-{3 + iteration:02}", weight, repetitions, iteration)


def requirement_met(story):
    _required(story, [(1, "50", "8"), (2, "55", "9"), (3, "60", "8")])


def requirement_missed(story):
    _required(story, [(1, "50", "7"), (2, "50", "8")])


def a_maximum_waits_with_its_base(story):
    plan, days = _days(story, 1, end="2024-03-09")
    entry = story.entry(days[0], weight=50, max_weight=60, repetitions=8)
    rules = {"rules": ["weight"]}
    story.rule(entry, "weight", 2, 5, operation="+", step="abs", repeat=True, requirements=rules)
    story.rule(entry, "max_weight", 2, 10, operation="+", step="abs", repeat=True)
    story.log(plan, entry, "2024-03-04", "40", "8", 1)
    story.log(plan, entry, "2024-03-05", "50", "8", 2)


def one_step_waits_until_it_is_due(story):
    plan, days = _days(story, 1, end="2024-03-09")
    entry = story.entry(days[0], weight=50, repetitions=8)
    story.rule(entry, "weight", 2, 5, operation="+", step="abs", requirements={"rules": ["repetitions"]})
    story.log(plan, entry, "2024-03-05", "50", "6", 2)
    story.log(plan, entry, "2024-03-06", "50", "8", 3)


def growth_without_a_beginning(story):
    plan, days = _days(story, 1, end="2024-03-07")
    entry = story.entry(days[0], repetitions=10)
    story.rule(entry, "weight", 2, 5, operation="+", step="abs", repeat=True)
    story.rule(entry, "rest", 3, 30, operation="-", step="abs")


def as_heavy_as_can_be(story):
    plan, days = _days(story, 1, end="2024-03-07")
    entry = story.entry(days[0], weight=2500, repetitions=1)
    story.rule(entry, "weight", 2, 100, operation="+", step="percent", repeat=True)


def statistics(story):
    plan, days = _days(story)
    entry = story.entry(days[0], weight=50)
    for day, weight, repetitions, iteration, exercise in (
        ("2024-03-04", "50", "8", 1, "X1"),
        ("2024-03-04", "52.5", "6", 1, "X1"),
        ("2024-03-05", "20", "12", 1, "X2"),
        ("2024-03-11", "55", "5", 2, "X1"),
        ("2024-03-12", "22.5", "12", 2, "X3"),
        ("2024-03-12", "0", "15", 2, "X4"),
    ):
        story.log(
            plan,
            entry if exercise == "X1" else None,
            day,
            weight,
            repetitions,
            iteration,
            exercise=f"{{{{{exercise}}}}}",
        )


def statistics_in_pounds(story):
    plan, days = _days(story)
    story.log(plan, None, "2024-03-04", "100", "5", weight_unit=2)
    story.log(plan, None, "2024-03-04", "45.5", "5")
    story.log(plan, None, "2024-03-05", None, "20", repetitions_unit=3)


def statistics_change_with_logs(story):
    plan, days = _days(story)
    story.log(plan, None, "2024-03-04", "60", "6")
    story.log(plan, None, "2024-03-05", "60", "6")
    story.setup.append({"actor": "A", "method": "PATCH", "path": "workoutlog/{{L1}}/", "body": {"weight": "65"}})
    story.setup.append({"actor": "A", "method": "DELETE", "path": "workoutlog/{{L2}}/"})


def _mixed(seed):
    def story_of(story):
        pick = random.Random(seed)
        plan = story.routine(end=f"2024-03-{pick.randint(8, 14):02}", fit_in_week=pick.random() < 0.4)
        entries = []
        for order in range(1, pick.randint(2, 4)):
            day = story.day(plan, order, need_logs_to_advance=pick.random() < 0.2)
            for place in range(1, pick.randint(2, 4)):
                entry = story.entry(
                    day,
                    pick.choice(list(EXERCISES)),
                    order=place,
                    weight=pick.choice((20, 42.5, 70)),
                    repetitions=pick.randint(3, 12),
                    sets=pick.randint(1, 4),
                )
                entries.append(entry)
                for iteration in sorted(pick.sample(range(2, 6), 2)):
                    name, operation = pick.choice(("weight", "repetitions", "sets", "rest")), pick.choice("+-r")
                    step = "na" if operation == "r" else pick.choice(("abs", "percent"))
                    story.rule(
                        entry,
                        name,
                        iteration,
                        pick.randint(1, 9),
                        operation=operation,
                        step=step,
                        repeat=pick.random() < 0.5,
                    )
        for day in sorted(pick.sample(range(4, 15), 4)):
            story.log(
                plan,
                pick.choice(entries),
                f"2024-03-{day:02}",
                str(pick.choice((20, 42.5, 71))),
                str(pick.randint(2, 12)),
                pick.randint(1, 3),
            )

    story_of.__name__ = f"mixed_{seed}"
    return story_of


CASES = (
    two_days,
    rest_in_between,
    weeks_that_fit,
    over_new_year,
    leap_day,
    summer_time,
    one_date,
    no_days,
    waiting_for_logs,
    a_session_goes_on,
    grows_by_steps,
    grows_by_percent,
    rounded,
    all_configs,
    superset,
    one_exercise_twice,
    units,
    requirement_met,
    requirement_missed,
    a_maximum_waits_with_its_base,
    one_step_waits_until_it_is_due,
    growth_without_a_beginning,
    as_heavy_as_can_be,
    statistics,
    statistics_in_pounds,
    statistics_change_with_logs,
    *(_mixed(seed) for seed in range(1, 11)),
)
