"""The pages of routines, food and the body in a real browser: built by hand, readable on every screen."""

from __future__ import annotations

from datetime import date

import pytest

from tests.browser import samples
from tests.browser.chromium import PHONE, WIDE, expect
from tests.browser.conftest import log_in
from tests.browser.test_looks import CONTRASTS
from tests.conftest import key_of
from wger_flask.domain.routines.models import WorkoutSession
from wger_flask.rest.timezone import today

TODAY = date(2025, 7, 2)


@pytest.fixture
def paths(app):
    """The pages of somebody who trains, eats and measures."""
    found = samples.everything(app, key_of("ada"), TODAY)
    routine, plan = f"/api/v2/routine/{found['routine']}/", f"/api/v2/nutritionplan/{found['plan']}/"
    session = WorkoutSession.select().order_by(WorkoutSession.datetime_start).first().id
    return (
        routine,
        f"{routine}stats/",
        f"{routine}date-sequence-display/",
        f"/api/v2/workoutsession/{session}/",
        f"/api/v2/day/1/add-exercise/?_ask=exercise,sets,weight&_chosen=exercise:1&_next={routine}",
        "/api/v2/slot-entry/1/prescription/?_ask=sets,rest,when_reached&_next=/",
        "/api/v2/workoutsession/",
        plan,
        "/api/v2/nutritiondiary/",
        "/api/v2/ingredientinfo/9/",
        "/api/v2/ingredient/",
        "/api/v2/meal/",
        "/api/v2/measurement/",
        "/api/v2/measurement-category/",
        "/api/v2/gallery/",
        "/api/v2/gallery/1/",
        "/api/v2/trophy/",
        "/api/v2/user-trophy/",
        "/api/v2/user-statistics/",
        "/api/v2/trophy/progress/",
        f"/api/v2/slot-entry/?slot=1&_next={routine}",
        "/api/v2/exerciseinfo/?_for=/api/v2/slot-entry/&_field=exercise",
    )


def test_a_set_is_logged_and_the_charts_grow(window, app):
    routine = samples.train(samples.Person(app, key_of("ada")), today())
    page = window()
    log_in(page, "ada")
    page.goto(f"/api/v2/routine/{routine}/")
    expect(page.locator("td.today")).to_have_count(1)
    weeks = page.locator("svg.wide .pillar").count()
    page.get_by_role("link", name="Log a set of Bench Press").click()
    expect(page.locator("#field-weight")).to_have_value("85")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(f"**/api/v2/routine/{routine}/**")
    expect(page.locator("svg.wide .pillar")).to_have_count(weeks + 1)


def test_a_meal_is_planned_and_noted(window, app):
    page = window()
    log_in(page, "ada")
    page.goto("/api/v2/nutritionplan/")
    page.locator("summary", has_text="Add nutrition plan").click()
    page.locator("#new").get_by_label("Description").fill("Lean bulk")
    page.locator("#new").get_by_label("Goal energy").fill("2000")
    page.locator("#new").get_by_role("button", name="Add").click()
    page.get_by_role("link", name="Add a meal").click()
    page.get_by_label("Name").fill("Breakfast")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="Add food to Breakfast").click()
    page.get_by_label("Name", exact=True).first.fill("rolled oats")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Choose Rolled oats", exact=True).click()
    page.get_by_label("Amount").fill("100")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("tfoot .number").first).to_have_text("370", use_inner_text=True)
    expect(page.get_by_text("370 of 2000 kcal")).to_be_visible()
    page.get_by_role("link", name="Log Rolled oats").click()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("370 of 2000 kcal")).to_have_count(2)
    page.keyboard.press("Tab")
    expect(page.locator("svg.wide a.point")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_the_subjects_stands_out(window, paths, scheme):
    page = window(color_scheme=scheme)
    log_in(page, "ada")
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
        assert page.evaluate(CONTRASTS) == [], path


@pytest.mark.parametrize("size", [PHONE, {"width": 320, "height": 568}, {"width": 768, "height": 1024}, WIDE])
def test_no_page_of_the_subjects_is_wider_than_the_screen(window, paths, size):
    page = window(size)
    log_in(page, "ada")
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_long_words_do_not_widen_a_routine(window, app):
    person, word = samples.Person(app, key_of("ada")), "Donaudampfschiff"
    routine = person.add("routine", name=word[:25], description=word * 62, start="2025-07-01", end="2025-07-07")["id"]
    day = person.add("day", routine=routine, name=word, description=word * 62)["id"]
    slot = person.add("slot", day=day, comment=word * 12)["id"]
    person.add("slot-entry", slot=slot, exercise=1, comment=word * 6)
    session = person.add("workoutsession", routine=routine, day=day, notes=word * 62, datetime_start="2025-07-01")["id"]
    page = window({"width": 320, "height": 568})
    log_in(page, "ada")
    for path in ("routine/", f"routine/{routine}/", "workoutsession/", f"workoutsession/{session}/"):
        page.goto(f"/api/v2/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_a_plan_is_printed_without_what_is_to_be_pressed(window, app):
    routine = samples.train(samples.Person(app, key_of("ada")), TODAY)
    page = window()
    log_in(page, "ada")
    page.goto(f"/api/v2/routine/{routine}/")
    page.emulate_media(media="print")
    expect(page.locator(".prescription").first).to_be_visible()
    expect(page.locator("table.calendar")).to_be_visible()
    expect(page.locator("a.button, button, select, summary, .top, .crumbs").locator("visible=true")).to_have_count(0)


def test_the_bars_of_the_diary_are_reached_by_keyboard(window, paths):
    page = window()
    log_in(page, "ada")
    page.goto("/api/v2/nutritiondiary/")
    bar = page.locator("svg.wide a.point").first
    bar.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**day=2025-06-12**")
    expect(page.get_by_role("heading", name="Thursday, 12 June 2025")).to_be_visible()
