"""Calculated categories: what is refused, and entries that follow whatever they follow from."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4, uuid5

import pytest

from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.measurements.models import Calculation, Category, Measurement
from wger_flask.domain.measurements.recalculation import recalculate_all
from wger_flask.storage.database import database


@pytest.fixture
def grace(api):
    client = api("grace")
    assert client.patch("userprofile/", {"height": 172, "weight_unit": "kg"}).status_code == 200
    return client


@pytest.fixture
def exercises(app):
    return [exercise.id for exercise in Exercise.select().order_by(Exercise.id).limit(3)]


def category(client, name="Index", **body):
    answer = client.post("measurement-category/", {"name": name, **body})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def bmi(client):
    return category(client, dynamic_type="BMI")


def weigh(client, weight, date="2024-07-01T06:00:00Z"):
    answer = client.post("weightentry/", {"date": date, "weight": weight})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def measure(client, category, value, date="2024-07-01T06:00:00Z", **more):
    answer = client.post("measurement/", {"category": category, "value": value, "date": date, **more})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def log(client, exercise, weight, repetitions, date, **more):
    body = {"exercise": exercise, "weight": weight, "repetitions": repetitions, "date": date, **more}
    answer = client.post("workoutlog/", body)
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def entries(client, category):
    return client.get(f"measurement/?category={category}&ordering=date&limit=99").json["results"]


def values(client, category):
    return [(row["date"][:10], row["value"]) for row in entries(client, category)]


def test_a_weight_with_what_follows_from_it_takes_few_queries(grace, queries):
    index = bmi(grace)
    weigh(grace, 70)
    del queries[:]
    weigh(grace, 71, "2024-07-02T06:00:00Z")
    statements = [sql for sql in queries if sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
    assert len([sql for sql in statements if "_lock(" not in sql.lower()]) <= 5  # servers have one
    assert [value for _, value in values(grace, index)] == [23.66, 24]


def test_what_follows_is_looked_for_among_the_users_own_categories(grace):
    if database.obj.dialect.name != "sqlite":
        pytest.skip("how PostgreSQL reads depends on what is in a table")
    bmi(grace)
    seen: list[str] = []
    held = database.obj.connection()
    held.set_trace_callback(seen.append)
    try:
        weigh(grace, 70)
    finally:
        held.set_trace_callback(None)
    [looked] = [sql for sql in seen if "'BMI', 'WHTR'" in sql]
    plan = [row[3] for row in held.execute(f"EXPLAIN QUERY PLAN {looked}")]
    assert not any("dynamic_type" in step for step in plan), plan


# -- what there is, and what is refused --------------------------------------------------------------
def test_what_can_be_calculated(api):
    found = api("grace").get("measurement-category/dynamic-types/?limit=1").json
    assert [(row["value"], row["label"]) for row in found] == [
        ("BMI", "BMI"),
        ("WHTR", "Waist-to-height ratio"),
        ("ONE_REP_MAX", "1RM"),
        ("ONE_RM_TOTAL", "1RM total"),
    ]
    assert found[0]["params_schema"] == {"type": "object", "additionalProperties": False}
    assert api().get("measurement-category/dynamic-types/").status_code == 403
    page = api("grace").get("measurement-category/dynamic-types/", headers={"Accept": "text/html"})
    assert page.status_code == 200 and "1RM total" in page.text


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("BMI", {"x": 1}, "Additional properties are not allowed ('x' was unexpected)"),
        ("BMI", [], "[] is not of type 'object'"),
        ("WHTR", {}, "'category_id' is a required property"),
        ("WHTR", {"category_id": None}, "None is not of type 'string'"),
        ("WHTR", {"category_id": "abc"}, "The source category does not exist"),
        ("WHTR", {"category_id": ""}, "The source category does not exist"),
        ("WHTR", {"category_id": "00000000-0000-4000-8000-000000000000"}, "The source category does not exist"),
        ("ONE_REP_MAX", {"exercise_id": 0}, "0 is less than the minimum of 1"),
        ("ONE_REP_MAX", {"exercise_id": True}, "True is not of type 'integer'"),
        ("ONE_REP_MAX", {"exercise_id": 999999}, "The exercise does not exist"),
        ("ONE_REP_MAX", {"exercise_id": 10**30}, "The exercise does not exist"),
        ("ONE_REP_MAX", {"exercise_id": 1, "max_reps": 11}, "11 is greater than the maximum of 10"),
        ("ONE_RM_TOTAL", {"exercise_ids": []}, "[] is too short"),
        ("ONE_RM_TOTAL", {"exercise_ids": [11, 11]}, "[11, 11] has non-unique elements"),
        ("ONE_RM_TOTAL", {"exercise_ids": [11, 999999]}, "One or more of the exercises do not exist"),
    ],
)
def test_parameters_that_are_refused(grace, kind, params, said):
    answer = grace.post("measurement-category/", {"name": "Bad", "dynamic_type": kind, "dynamic_params": params})
    assert (answer.status_code, answer.json) == (400, {"dynamic_params": [said]})


def test_a_type_that_there_is_not(grace):
    for kind in ("bmi", "", 5, ["BMI"]):
        answer = grace.post("measurement-category/", {"name": "Bad", "dynamic_type": kind})
        assert answer.status_code == 400 and list(answer.json) == ["dynamic_type"]


def test_what_a_source_must_be(api, grace):
    foreign = category(api("linus"), "Waist", unit="cm")
    index, steps = bmi(grace), category(grace, "Mood", unit="points")
    for source, said in (
        (foreign, "The source category does not exist"),
        (index, "A calculated category cannot be the source of another one"),
        (steps, "The source category has to be measured in a length unit"),
    ):
        body = {"name": "Ratio", "dynamic_type": "WHTR", "dynamic_params": {"category_id": source}}
        assert grace.post("measurement-category/", body).json == {"dynamic_params": [said]}


def test_a_calculation_stays_what_it_is(grace):
    index = bmi(grace)
    for body in ({"dynamic_type": "NONE"}, {"dynamic_type": "ONE_REP_MAX", "dynamic_params": {"exercise_id": 1}}):
        answer = grace.patch(f"measurement-category/{index}/", body)
        assert answer.json == {"dynamic_type": ["The calculation of a category cannot be changed"]}
    assert grace.patch(f"measurement-category/{index}/", {"name": "Other", "dynamic_type": "BMI"}).status_code == 200
    answer = grace.post("measurement-category/", {"name": "Again", "dynamic_type": "BMI"})
    assert answer.json == {"dynamic_type": ["You already have a BMI category with these settings"]}


def test_a_category_with_entries_is_not_calculated(grace):
    waist = category(grace, "Waist", unit="cm")
    entry = measure(grace, waist, 80)
    answer = grace.patch(f"measurement-category/{waist}/", {"dynamic_type": "BMI"})
    said = "The category holds entries of its own, move or delete them before calculating it"
    assert (answer.status_code, answer.json) == (400, {"dynamic_type": [said]})
    grace.delete(f"measurement/{entry}/")
    assert grace.patch(f"measurement-category/{waist}/", {"dynamic_type": "BMI"}).status_code == 200


def test_parameters_without_a_calculation_are_dropped(grace):
    answer = grace.post("measurement-category/", {"name": "Plain", "dynamic_params": {"x": [1]}})
    assert (answer.status_code, answer.json["dynamic_params"]) == (201, {})
    assert grace.post("measurement-category/", {"name": "Null", "dynamic_params": None}).status_code == 400


# -- body mass index -----------------------------------------------------------------------------------
def test_an_index_follows_the_weight_and_the_height(grace):
    index, weight = bmi(grace), weigh(grace, 80)
    [entry] = entries(grace, index)
    assert (entry["value"], entry["source"], entry["external_id"], entry["notes"], entry["extra_data"]) == (
        27.04,
        "calculated",
        weight,
        "",
        {},
    )
    grace.patch(f"weightentry/{weight}/", {"weight": 90})
    assert entries(grace, index) == [{**entry, "value": 30.42}]
    grace.patch(f"weightentry/{weight}/", {"date": "2024-07-02T06:00:00Z"})
    assert values(grace, index) == [("2024-07-02", 30.42)]
    grace.patch("userprofile/", {"height": 175})
    assert [(row["id"], row["value"]) for row in entries(grace, index)] == [(entry["id"], 29.39)]
    other = weigh(grace, 70, "2024-07-03T06:00:00Z")
    assert values(grace, index) == [("2024-07-02", 29.39), ("2024-07-03", 22.86)]
    grace.delete(f"measurement/{other}/")
    grace.patch("userprofile/", {"height": None})
    assert entries(grace, index) == []
    grace.patch("userprofile/", {"height": 175})
    assert values(grace, index) == [("2024-07-02", 29.39)]


def test_a_new_index_has_what_was_weighed_before(grace):
    for day in (1, 2, 3):
        weigh(grace, 70 + day, f"2024-07-0{day}T06:00:00Z")
    assert values(grace, bmi(grace)) == [("2024-07-01", 24.0), ("2024-07-02", 24.34), ("2024-07-03", 24.68)]


def test_an_entry_that_is_moved_away_is_found_at_the_next_weight(grace):
    index, other = bmi(grace), category(grace, "Other")
    entry = weigh(grace, 80)
    assert grace.patch(f"measurement/{entry}/", {"category": other}).status_code == 200
    assert values(grace, index) == [("2024-07-01", 27.04)]
    weigh(grace, 70, "2024-07-02T06:00:00Z")
    assert values(grace, index) == [("2024-07-02", 23.66)]


def test_nobody_elses_weight_counts(api, grace):
    index = bmi(grace)
    weigh(api("linus"), 80)
    assert entries(grace, index) == []


# -- waist to height -------------------------------------------------------------------------------------
def test_a_ratio_follows_its_source(grace):
    waist = category(grace, "Waist", unit="cm")
    ratio = category(grace, "Ratio", dynamic_type="WHTR", dynamic_params={"category_id": waist})
    first = measure(grace, waist, 86)
    measure(grace, waist, 34.5, "2024-07-02T06:00:00Z", extra_data={"unit": "in"})
    measure(grace, waist, 80, "2024-07-03T06:00:00Z", extra_data={"unit": "kg"})
    assert values(grace, ratio) == [("2024-07-01", 0.5), ("2024-07-02", 0.51)]
    other = category(grace, "Other")
    grace.patch(f"measurement/{first}/", {"category": other})
    assert values(grace, ratio) == [("2024-07-02", 0.51)]
    grace.patch(f"measurement/{first}/", {"category": waist})
    grace.patch(f"measurement-category/{waist}/", {"unit": "mm"})
    assert values(grace, ratio)[0] == ("2024-07-01", 0.5)  # nothing told of it
    measure(grace, other, 1)  # until anything is measured
    assert values(grace, ratio)[0] == ("2024-07-01", 0.05)
    grace.delete(f"measurement-category/{waist}/")
    assert entries(grace, ratio) == []
    assert grace.patch(f"measurement-category/{ratio}/", {"name": "Orphan"}).status_code == 200


# -- strength --------------------------------------------------------------------------------------------
def test_a_maximum_is_the_best_set_of_each_day(grace, exercises):
    squat, bench, _ = exercises
    first = log(grace, squat, 100, 5, "2024-03-01T10:00:00Z")
    log(grace, squat, 110, 3, "2024-03-01T10:10:00Z")
    log(grace, squat, 120, 1, "2024-03-02T12:00:00Z")
    log(grace, bench, "60.5", 4, "2024-03-03T10:00:00Z")
    best = category(grace, "Max", dynamic_type="ONE_REP_MAX", dynamic_params={"exercise_id": squat})
    assert values(grace, best) == [("2024-03-01", 116.48), ("2024-03-02", 120.0)]
    [one, _] = entries(grace, best)
    assert one["external_id"] == str(uuid5(UUID(best), "2024-03-01"))
    better = log(grace, squat, 120, 5, "2024-03-01T11:00:00Z")
    [entry, _] = entries(grace, best)
    assert (entry["id"], entry["date"], entry["value"]) == (one["id"], "2024-03-01T12:00:00+01:00", 135.01)
    log(grace, squat, 200, 6, "2024-03-04T10:00:00Z")  # too many repetitions
    log(grace, squat, 100, 5, "2024-03-05T10:00:00Z", weight_unit=3)  # plates
    log(grace, bench, 100, 5, "2024-03-06T10:00:00Z")
    assert len(entries(grace, best)) == 2
    grace.patch(f"workoutlog/{better}/", {"weight": 60})
    assert values(grace, best) == [("2024-03-01", 116.48), ("2024-03-02", 120.0)]
    grace.patch(f"workoutlog/{first}/", {"date": "2024-04-01T10:00:00Z"})
    assert values(grace, best) == [("2024-03-01", 116.48), ("2024-03-02", 120.0), ("2024-04-01", 112.51)]
    grace.patch(f"workoutlog/{first}/", {"exercise": bench})
    assert values(grace, best) == [("2024-03-01", 116.48), ("2024-03-02", 120.0)]
    session = grace.get(f"workoutlog/{better}/").json["session"]
    grace.delete(f"workoutsession/{session}/")
    assert values(grace, best) == [("2024-03-02", 120.0)]
    grace.patch(f"measurement-category/{best}/", {"dynamic_params": {"exercise_id": squat, "max_reps": 6}})
    assert values(grace, best) == [("2024-03-02", 120.0), ("2024-03-04", 232.29)]


def test_a_total_looks_back_some_days(grace, exercises):
    squat, bench, _ = exercises
    params = {"exercise_ids": [squat, bench], "window_days": 7}
    total = category(grace, "Total", dynamic_type="ONE_RM_TOTAL", dynamic_params=params)
    log(grace, squat, 120, 1, "2024-03-02T12:00:00Z")
    assert entries(grace, total) == []
    low = log(grace, bench, 60, 1, "2024-03-03T10:00:00Z")
    log(grace, bench, 66, 1, "2024-03-08T10:00:00Z")
    log(grace, bench, 70, 1, "2024-03-09T10:00:00Z")
    assert values(grace, total) == [("2024-03-03", 180.0), ("2024-03-08", 186.0)]
    late = log(grace, squat, 130, 1, "2024-03-04T10:00:00Z")  # counts for what was done in the week after it
    assert values(grace, total) == [
        ("2024-03-03", 180.0),
        ("2024-03-04", 190.0),
        ("2024-03-08", 196.0),
        ("2024-03-09", 200.0),
    ]
    grace.delete(f"workoutlog/{late}/")
    assert values(grace, total) == [("2024-03-03", 180.0), ("2024-03-08", 186.0)]
    grace.delete(f"workoutlog/{low}/")
    assert values(grace, total) == [("2024-03-08", 186.0)]


def test_days_are_those_of_the_owners_zone(grace, exercises):
    best = category(grace, "Max", dynamic_type="ONE_REP_MAX", dynamic_params={"exercise_id": exercises[0]})
    log(grace, exercises[0], 100, 1, "2024-03-01T22:30:00Z")
    log(grace, exercises[0], 110, 1, "2024-03-01T23:30:00Z")
    assert [row["value"] for row in entries(grace, best)] == [100.0, 110.0]  # midnight in Berlin lies between them
    grace.patch("userprofile/", {"time_zone": "Asia/Tokyo"})
    assert [row["value"] for row in entries(grace, best)] == [110.0]


def test_parts_come_to_the_same_as_the_whole(grace, exercises, people):
    """Whatever is done in whatever order, what single writes left is what a calculation from nothing finds."""
    squat, bench, _ = exercises
    kinds = {
        "Max": ("ONE_REP_MAX", {"exercise_id": squat}),
        "Total": ("ONE_RM_TOTAL", {"exercise_ids": [bench, squat], "window_days": 9}),
        "Index": ("BMI", {}),
    }
    made = [category(grace, name, dynamic_type=kind, dynamic_params=params) for name, (kind, params) in kinds.items()]
    logs, start = [], datetime(2024, 3, 1, 22, 30, tzinfo=UTC)
    for number in range(40):
        moment = (start + timedelta(hours=37 * number % 480)).isoformat()
        logs.append(log(grace, (squat, bench)[number % 2], 60 + number * 7 % 31, 1 + number % 6, moment))
        if number % 5 == 4:
            grace.patch(f"workoutlog/{logs[number // 2]}/", {"weight": 50 + number})
        if number % 7 == 6:
            grace.delete(f"workoutlog/{logs[number - 3]}/")
        if number % 9 == 8:
            grace.patch(f"workoutlog/{logs[number - 1]}/", {"date": (start + timedelta(days=number)).isoformat()})
        if number % 8 == 0:
            weigh(grace, 70 + number, moment)
    before = [entries(grace, key) for key in made]
    assert all(len(rows) > 4 for rows in before)
    assert recalculate_all("grace") == 1
    assert [entries(grace, key) for key in made] == before
    Measurement.delete().where(Measurement.source == "calculated").execute()
    recalculate_all()
    bare = [[{**row, "id": None} for row in rows] for rows in before]
    assert [[{**row, "id": None} for row in entries(grace, key)] for key in made] == bare


def test_what_offline_clients_send_is_followed(grace, exercises):
    def send(method, table, **data):
        answer = grace.open(method, "/api/v2/upload-powersync-data", {"table": table, "data": data})
        assert answer.json == {"status": "ok!"}

    index, key, weight = str(uuid4()), str(uuid4()), str(uuid4())
    send("PUT", "measurements_category", id=index, name="Index", dynamic_type="BMI", dynamic_params="")
    send(
        "PUT",
        "measurements_category",
        id=key,
        name="Max",
        dynamic_type="ONE_REP_MAX",
        dynamic_params=json.dumps({"exercise_id": exercises[0]}),
    )
    official = grace.get("measurement-category/?is_official=true").json["results"][0]["id"]
    send("PUT", "measurements_measurement", id=weight, category_id=official, value=80, date="2024-07-01T06:00:00Z")
    assert values(grace, index) == [("2024-07-01", 27.04)]
    send("DELETE", "measurements_measurement", id=weight)
    assert values(grace, index) == []
    done = str(uuid4())
    send(
        "PUT",
        "manager_workoutlog",
        id=done,
        exercise=exercises[0],
        repetitions=1,
        weight=100,
        weight_unit=1,
        repetitions_unit=1,
        date="2024-07-01T06:00:00Z",
    )
    assert values(grace, key) == [("2024-07-01", 100.0)]
    send("PATCH", "manager_workoutlog", id=done, weight=110)
    assert values(grace, key) == [("2024-07-01", 110.0)]


# -- once a day, and what it costs -----------------------------------------------------------------------
def test_the_first_write_of_a_day_finds_what_nothing_told_of(grace, exercises):
    index = bmi(grace)
    weigh(grace, 80)
    Measurement.update(value=1).where(Measurement.source == "calculated").execute()
    weigh(grace, 70, "2024-07-02T06:00:00Z")
    assert values(grace, index) == [("2024-07-01", 1.0), ("2024-07-02", 23.66)]
    Calculation.update(day=datetime(2024, 1, 1).date()).execute()
    weigh(grace, 75, "2024-07-03T06:00:00Z")
    assert values(grace, index) == [("2024-07-01", 27.04), ("2024-07-02", 23.66), ("2024-07-03", 25.35)]


def test_a_calculation_of_somebody_who_is_gone(api, grace, people):
    index = bmi(grace)
    weigh(grace, 80)
    from wger_flask.storage.cascade import delete
    from wger_flask.storage.database import transaction

    with transaction():
        delete(type(people["grace"]), [people["grace"].id])
    assert not Category.get_or_none(Category.id == index)
    assert Calculation.select().count() == 0


# -- an exercise takes the place of another one ---------------------------------------------------------
def replace_exercise(api, gone, replacement):
    uuid = Exercise.get_by_id(replacement).uuid
    assert api("ada").delete(f"exercise/{gone}/?replaced_by={uuid}").status_code == 204


def params_of(client, category):
    return client.get(f"measurement-category/{category}/").json["dynamic_params"]


def test_sets_of_an_exercise_that_is_replaced_count_for_the_other_at_once(api, grace, exercises):
    squat, bench, dead = exercises
    best = category(grace, "Max", dynamic_type="ONE_REP_MAX", dynamic_params={"exercise_id": bench})
    log(grace, bench, 80, 1, "2024-03-01T10:00:00Z")
    log(grace, squat, 100, 1, "2024-03-02T10:00:00Z")
    log(grace, dead, 120, 1, "2024-03-02T10:00:00Z")
    assert values(grace, best) == [("2024-03-01", 80)]
    replace_exercise(api, squat, bench)
    assert values(grace, best) == [("2024-03-01", 80), ("2024-03-02", 100)]
    assert params_of(grace, best) == {"exercise_id": bench}


def test_categories_about_an_exercise_that_is_replaced_are_about_the_other(api, grace, exercises):
    squat, bench, dead = exercises
    best = category(grace, "Max", dynamic_type="ONE_REP_MAX", dynamic_params={"exercise_id": squat, "max_reps": 5})
    total = category(grace, "Total", dynamic_type="ONE_RM_TOTAL", dynamic_params={"exercise_ids": [dead, squat]})
    log(grace, squat, 100, 1, "2024-03-02T10:00:00Z")
    log(grace, dead, 120, 1, "2024-03-02T11:00:00Z")
    replace_exercise(api, squat, bench)
    assert params_of(grace, best) == {"exercise_id": bench, "max_reps": 5}
    assert params_of(grace, total) == {"exercise_ids": [dead, bench]}
    assert values(grace, best) == [("2024-03-02", 100)]
    assert values(grace, total)[-1][1] == 220
    log(grace, bench, 110, 1, "2024-03-03T10:00:00Z")
    assert values(grace, best)[-1] == ("2024-03-03", 110)


def test_what_would_be_there_twice_stays_about_the_exercise_that_is_gone(api, grace, exercises):
    squat, bench, _ = exercises
    old = category(grace, "Old", dynamic_type="ONE_REP_MAX", dynamic_params={"exercise_id": squat})
    new = category(grace, "New", dynamic_type="ONE_REP_MAX", dynamic_params={"exercise_id": bench})
    both = category(grace, "Both", dynamic_type="ONE_RM_TOTAL", dynamic_params={"exercise_ids": [squat, bench]})
    log(grace, squat, 100, 1, "2024-03-02T10:00:00Z")
    replace_exercise(api, squat, bench)
    assert params_of(grace, old) == {"exercise_id": squat} and values(grace, old) == []
    assert params_of(grace, both) == {"exercise_ids": [squat, bench]} and values(grace, both) == []
    assert values(grace, new) == [("2024-03-02", 100)]


def test_parameters_from_elsewhere_that_make_no_sense_stop_nothing(api, grace, people, exercises):
    for kind, params in (("ONE_REP_MAX", {}), ("ONE_RM_TOTAL", {"exercise_ids": "x"}), ("WHTR", []), ("NEW", {})):
        Category.create(user=people["grace"], name="Odd", dynamic_type=kind, dynamic_params=params)
    log(grace, exercises[0], 100, 1, "2024-03-01T22:30:00Z")
    weigh(grace, 80)
    assert recalculate_all() == 1
    replace_exercise(api, exercises[0], exercises[1])


def test_who_calculates_nothing_pays_one_look(grace, queries, exercises):
    log(grace, exercises[0], 100, 1, "2024-03-01T10:00:00Z")
    del queries[:]
    log(grace, exercises[0], 100, 1, "2024-03-01T10:05:00Z")
    assert len([query for query in queries if "measurements_" in str(query)]) == 1


def test_one_write_costs_the_same_after_a_long_history(grace, queries, exercises, people):
    category(grace, "Max", dynamic_type="ONE_REP_MAX", dynamic_params={"exercise_id": exercises[0]})
    bmi(grace)
    numbers = []
    for round_ in (1, 2):
        for day in range(1, 6):
            log(grace, exercises[0], 100, 1, f"2024-0{round_}-0{day}T10:00:00Z")
            weigh(grace, 80, f"2024-0{round_}-0{day}T10:00:00Z")
        del queries[:]
        log(grace, exercises[0], 100, 1, f"2024-0{round_}-07T10:05:00Z")
        weigh(grace, 80, f"2024-0{round_}-07T10:00:00Z")
        numbers.append(len(queries))
    assert numbers[1] <= numbers[0]
