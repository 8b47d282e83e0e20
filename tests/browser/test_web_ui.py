"""The web UI of wger on this server, clicked through as a user would: no failed request, no error of a script.

Whoever watches that is :class:`tests.browser.conftest.Watch`.  Runs where the package can be had.
"""

from __future__ import annotations

import re

import pytest

from tests.browser import samples
from tests.browser.chromium import PHONE, expect
from tests.browser.serving import serving, weigh
from tests.conftest import key_of, settings_for
from wger_flask.app import open_app
from wger_flask.rest.timezone import today
from wger_flask.testing.server import put_aside, with_app

from . import web_ui_package
from .conftest import ending, log_in, settle

ZONE = {"timezone_id": "Europe/Berlin"}


@pytest.fixture(scope="module")
def hosted(template, tmp_path_factory):
    """A server that hosts the web UI, its database, and the keys of grace's routine and plan."""
    folder, why = web_ui_package.folder()
    if folder is None:
        pytest.skip(why)
    place = tmp_path_factory.mktemp("web-ui")
    copy = template.copy(place)
    settings = {"WGER_WEB_UI": str(folder), "WGER_BOOLEAN_FILTERS": "any-spelling"}
    with with_app(settings_for(copy.url, place / "instance", **settings)) as app:
        weigh("grace", 60)
        found = samples.everything(app, key_of("grace"), today())
    with serving(app) as address:
        yield app, copy, address, found
    copy.drop()


@pytest.fixture
def address(hosted):
    """The address of that server."""
    app, copy, found, _ = hosted
    with put_aside():
        open_app(app)
        yield found


@pytest.fixture
def sampled(hosted):
    """The keys of what grace has."""
    return hosted[3]


@pytest.fixture
def grace(window):
    """A window of grace's, who has trained, eaten and measured."""
    return logged_in(window, "grace")


@pytest.fixture
def linus(window):
    """A window of linus's, who has just begun."""
    return logged_in(window, "linus")


def logged_in(window, name: str):
    page = window(**ZONE)
    log_in(page, name)
    page.wait_for_url("**/en/dashboard")
    return page


def go(page, path: str):
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return page


def sends(page, path: str, status: int = 201, method: str = "POST"):
    """Expect a request to an address of the API, and its answer."""
    return page.expect_response(
        lambda answer: f"/api/v2/{path}/" in answer.url and answer.request.method == method and answer.status == status
    )


def told(page, path: str):
    return page.request.get(f"/api/v2/{path}", headers={"Accept": "application/json"}).json()


def test_every_page_opens(grace, sampled):
    routine, plan = sampled["routine"], sampled["plan"]
    pages = {
        "dashboard": "Nutritional plan",
        "routine/overview": "Strength, three days",
        "routine/add": "Name",
        f"routine/{routine}/view": "Bench Press",
        f"routine/{routine}/edit": "Edit Strength",
        f"routine/{routine}/table": "Week 12",
        f"routine/{routine}/logs": "Overhead Press",
        f"routine/{routine}/statistics": "Volume",
        f"routine/{routine}/edit/progression/1": "Bench Press",
        f"routine/{routine}/day/1/add-logs": "Add training log",
        "routine/calendar": "Mon",
        "routine/templates/overview/private": "Templates",
        "routine/templates/overview/public": "Public templates",
        "exercise/overview": "Deadlift",
        "exercise/9/view": "Muscles",
        "exercise/contribute": "contribute",
        "measurement/": "Waist",
        "weight/overview": "Weight",
        "nutrition/overview": "Lean bulk",
        f"nutrition/{plan}/view": "Rolled oats",
        f"nutrition/{plan}/{today()}": "Logged",
        "nutrition/calculator/bmi": "BMI",
        "trophies": "Beginner",
    }
    for path, wanted in pages.items():
        go(grace, f"/en/{path}")
        grace.locator("main").get_by_text(wanted).first.wait_for()
    assert told(grace, "userprofile/")["time_zone"] == "Europe/Berlin"


def test_a_weight_is_added(linus):
    go(linus, "/en/weight/overview").get_by_label("add").click()
    linus.locator("#weight").fill("80.5")
    with sends(linus, "measurement"):
        linus.get_by_role("button", name="Submit").click()
    linus.get_by_text("80.5 kg").first.wait_for()
    assert [row["weight"] for row in told(linus, "weightentry/")["results"]] == ["80.50"]


def test_a_measurement_is_added_and_looked_at(grace, sampled):
    go(grace, "/en/measurement/").get_by_label("Add", exact=True).first.click()
    grace.locator("input[name=value]").fill("41")
    with sends(grace, "measurement"):
        grace.get_by_role("button", name="Submit").click()
    settle(grace)
    grace.locator("main a[href*='/measurement/category/']").first.click()
    grace.wait_for_url("**/measurement/category/*")
    settle(grace)
    grace.get_by_role("button", name="1 month").click()
    grace.get_by_text("41 cm").first.wait_for()


def test_a_group_of_measurements_is_made(linus):
    go(linus, "/en/measurement/").get_by_label("add", exact=True).last.click()
    with sends(linus, "measurement-category"):
        linus.get_by_text("Blood pressure").click()
    settle(linus)
    made = told(linus, "measurement-category/?metric_type=blood_pressure")["results"]
    assert len(made) == 1
    assert told(linus, f"measurement-category/?parent={made[0]['id']}")["count"] == 2


def test_what_was_planned_is_written_into_the_diary(grace, sampled):
    go(grace, "/en/dashboard").get_by_role("button", name="Breakfast").click()
    with sends(grace, "nutritiondiary"):
        grace.get_by_label("Log this ingredient as-is to the").first.click()
    grace.get_by_text("Diary entry successfully saved").wait_for()


def test_a_plan_is_made(linus):
    go(linus, "/en/nutrition/overview").get_by_label("add").click()
    linus.locator("#description").fill("Cut")
    with sends(linus, "nutritionplan"):
        linus.get_by_role("button", name="Submit").click()
    linus.locator("main").get_by_text("Cut").click()
    linus.wait_for_url("**/nutrition/*/view")
    settle(linus)


def test_a_routine_is_made(linus):
    go(linus, "/en/routine/overview").get_by_label("add").click()
    linus.locator("input[name=name]").fill("From the web UI")
    with sends(linus, "routine"):
        linus.get_by_role("button", name="Save").click()
    linus.wait_for_url("**/routine/*/edit")
    with sends(linus, "day"):
        linus.get_by_role("button", name="Add training day").click()
    linus.get_by_role("button", name="New day 1").wait_for()
    settle(linus)


def test_a_workout_is_logged_and_corrected(grace, sampled):
    before = told(grace, "workoutlog/")["count"]
    go(grace, f"/en/routine/{sampled['routine']}/day/1/add-logs")
    grace.locator("[id='logs.0.repetitions']").fill("6")
    grace.locator("[id='logs.0.weight']").fill("85")
    with sends(grace, "workoutlog"):
        grace.get_by_role("button", name="Submit").last.click()
    settle(grace)
    assert told(grace, "workoutlog/")["count"] > before
    go(grace, f"/en/routine/{sampled['routine']}/logs").get_by_label("Edit").first.click()
    with sends(grace, "workoutlog", 200, "PATCH"):
        grace.get_by_label("Save").click()
    with sends(grace, "workoutlog", 204, "DELETE"):
        grace.get_by_label("Delete").first.click()
    settle(grace)


def test_the_menu_leads_everywhere_and_out(grace):
    for name in ("Routines", "Calendar", "Exercises", "Nutrition", "Body weight", "Measurements", "Trophies"):
        grace.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        settle(grace)
        expect(grace.locator("main")).to_contain_text(re.compile("\\w{6}"))
    grace.get_by_text("Language", exact=True).click()
    grace.get_by_role("link", name="de", exact=True).click()
    grace.wait_for_url("**/de/trophies")
    settle(grace)
    grace.get_by_role("link", name="Foods").click()
    grace.wait_for_url("**/api/v2/ingredientinfo/")
    grace.goto("/de/user/preferences")
    expect(grace).to_have_url(ending("/api/v2/userprofile/"))
    go(grace, "/en/dashboard").get_by_role("button", name="Log out").click()
    settle(grace)
    grace.goto("/en/routine/overview")
    grace.wait_for_url("**/user/login?next=**")


def test_it_fits_a_phone(window, sampled):
    page = window(PHONE, has_touch=True, is_mobile=True, **ZONE)
    log_in(page, "grace")
    for path in ("dashboard", f"routine/{sampled['routine']}/view", "weight/overview", "measurement/"):
        go(page, f"/en/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), path
