"""Who sees and who changes a routine: the whole matrix, by both names, and in which order it is checked."""

from __future__ import annotations

import pytest

from wger_flask.domain.routines.models import CONFIGS, Routine

SHOWN = ("", "structure/", "date-sequence-display/", "date-sequence-gym/")
PERSONAL = ("logs/", "stats/")
REFUSED = {"detail": "You do not have permission to perform this action."}
MISSING = {"detail": "No Routine matches the given query."}
NOT_YOURS = {"detail": "You are not allowed to do this"}
NOT_LOGGED_IN = {"detail": "Authentication credentials were not provided."}
CONFIG_NAMES = {model._meta.title.lower().replace(" ", "-"): model.__name__ for model in CONFIGS}
TITLES = {
    "day": "Day",
    "slot": "Slot",
    "slot-entry": "SlotEntry",
    **CONFIG_NAMES,
    "workoutsession": "WorkoutSession",
    "workoutlog": "WorkoutLog",
}

# flags, and what somebody else gets: of what is shown, of what is personal, on writes, of the list of public templates
MATRIX = [
    ({}, 404, 404, 404, 404),
    ({"is_template": True}, 404, 404, 404, 404),
    ({"is_public": True}, 404, 404, 404, 404),
    ({"is_template": True, "is_public": True}, 200, 403, 403, 403),
]


@pytest.mark.parametrize("name", ["routine", "workout"])
@pytest.mark.parametrize(("flags", "shown", "personal", "write", "public"), MATRIX)
def test_what_others_may(grace, linus, name, flags, shown, personal, write, public):
    routine = grace.routine(**flags)
    path = f"{name}/{routine['id']}/"
    asked = [(shown, linus.client.get(path + part)) for part in SHOWN]
    asked += [(shown, linus.client.head(path + part)) for part in SHOWN]
    asked += [(personal, linus.client.get(path + part)) for part in PERSONAL]
    asked += [(write, linus.client.open(method, path, {"name": "mine"})) for method in ("PUT", "PATCH", "DELETE")]
    asked += [(public, linus.client.get(f"public-templates/{routine['id']}/"))]
    asked += [(404, linus.client.get(f"templates/{routine['id']}/"))]
    for expected, answer in asked:
        assert answer.status_code == expected, answer.request.path
        if expected != 200 and answer.request.method != "HEAD":
            assert answer.json == {403: REFUSED, 404: MISSING}[expected]
    assert linus.get(f"{name}/")["count"] == linus.get("public-templates/")["count"] == (shown == 200)
    assert grace.get(path) == routine


@pytest.mark.parametrize("name", ["routine", "workout"])
@pytest.mark.parametrize(
    ("flags", "as_template", "as_public"),
    [
        ({}, 404, 404),
        ({"is_template": True}, 200, 404),
        ({"is_template": True, "is_public": True}, 200, 200),
    ],
)
def test_what_the_owner_may(grace, name, flags, as_template, as_public):
    routine = grace.routine(**flags)
    for part in SHOWN + PERSONAL:
        grace.get(f"{name}/{routine['id']}/{part}")
    assert grace.client.get(f"templates/{routine['id']}/").status_code == as_template
    assert grace.client.get(f"public-templates/{routine['id']}/").status_code == as_public
    assert grace.client.patch(f"{name}/{routine['id']}/", {"name": "changed"}).json["name"] == "changed"
    assert grace.client.delete(f"{name}/{routine['id']}/").status_code == 204
    assert Routine.select().count() == 0


def test_templates_are_only_looked_at(grace):
    template = grace.routine(is_template=True, is_public=True)
    for name in ("templates", "public-templates"):
        assert grace.get(f"{name}/")["results"] == [template]
        for method, path in (
            ("POST", ""),
            ("PUT", f"{template['id']}/"),
            ("PATCH", f"{template['id']}/"),
            ("DELETE", f"{template['id']}/"),
        ):
            answer = grace.client.open(method, f"{name}/{path}", {})
            assert (answer.status_code, answer.json) == (405, {"detail": f'Method "{method}" not allowed.'})


def test_a_template_is_not_frozen(grace):
    template = grace.routine(is_template=True, is_public=True)
    day = grace.day(template)
    grace.patch("day", day, name="legs")
    assert grace.patch("routine", template, name="x")["is_public"] is True


def test_nobody_sees_nothing(api):
    nobody = api()
    paths = [f"{name}/1/{part}" for name in ("routine", "workout") for part in SHOWN + PERSONAL]
    for name in ("routine", "workout", "templates", "public-templates", *TITLES):
        paths += [f"{name}/", f"{name}/1/"]
        assert nobody.post(f"{name}/", {}).json == NOT_LOGGED_IN, name
    for path in paths:
        answer = nobody.get(path)
        assert (answer.status_code, answer.json) == (403, NOT_LOGGED_IN), path


def test_old_and_new_name_give_the_same_answers(grace):
    routine, [entry] = grace.whole()
    grace.log(slot_entry=entry["id"], routine=routine["id"], iteration=1, date="2024-01-01T10:00:00")
    for part in SHOWN + PERSONAL:
        old = grace.client.get(f"workout/{routine['id']}/{part}")
        assert old.json == grace.get(f"routine/{routine['id']}/{part}")
        assert old.headers["Deprecation"].startswith("@")


# -- in which order: whose it is, then whether it is there, then whether it makes sense --------------------
CHECKED = (
    ("day", "routine"),
    ("slot", "day"),
    ("slot-entry", "slot"),
    *((name, "slot_entry") for name in CONFIG_NAMES),
    ("workoutsession", "routine"),
    ("workoutsession", "day"),
    ("workoutlog", "routine"),
    ("workoutlog", "session"),
    ("workoutlog", "slot_entry"),
    ("workoutlog", "next_log"),
)
NOWHERE = "11111111-2222-4333-8444-000000000099"


def test_whose_it_is_comes_first(grace):
    nonsense = {"exercise": "x", "order": -1, "iteration": -1, "date": "x", "impression": "9"}
    for resource, reference in CHECKED:
        absent = NOWHERE if reference in ("session", "next_log") else 987654
        for method, path in (("POST", ""), ("PUT", "987654/"), ("PATCH", "987654/"), ("PATCH", f"{NOWHERE}/")):
            path = f"{resource}/{path}"
            answer = grace.client.open(method, path, {**nonsense, reference: absent})
            assert (answer.status_code, answer.json) == (403, NOT_YOURS), (method, path)
            answer = grace.client.open(method, path, [])
            assert (answer.status_code, answer.json) == (400, ["Request data is not a dictionary"]), (method, path)


def test_what_is_malformed_belongs_to_nobody(grace):
    for resource, reference in CHECKED:
        told = "Incorrect type. Expected pk value, received str."
        if reference in ("session", "next_log"):
            told = "“zz” is not a valid UUID."
        answer = grace.client.post(f"{resource}/", {reference: "zz"})
        assert (answer.status_code, answer.json[reference]) == (400, [told]), (resource, reference)


def test_whether_it_is_there_comes_before_whether_it_makes_sense(grace, linus):
    for resource, title in TITLES.items():
        missing = {"detail": f"No {title} matches the given query."}
        path = f"{resource}/{NOWHERE if resource.startswith('workout') else 987654}/"
        for body in ({"order": "x", "iteration": "x", "date": "x"}, {"routine": "zz", "slot_entry": "zz"}, {}):
            for method in ("PUT", "PATCH", "DELETE", "GET"):
                answer = grace.client.open(method, path, None if method == "GET" else body)
                assert (answer.status_code, answer.json) == (404, missing), (method, path, body)
        assert grace.client.get(f"{resource}/zz/").json == {"detail": "Not found."}
    foreign = linus.log(date="2024-01-01")
    for path in (f"workoutlog/{foreign['id']}/", f"workoutsession/{foreign['session']}/"):
        assert grace.client.patch(path, {"date": "x"}).status_code == 404
