"""Importing a file of another app, as people do it: choose, look through, import, take back."""

from __future__ import annotations

from pathlib import Path

from tests.browser.chromium import expect
from tests.browser.conftest import log_in
from wger_flask.domain.routines.models import WorkoutLog

SAMPLE = Path(__file__).parents[1] / "imports" / "samples" / "hevy.csv"


def choose(page, tmp_path) -> None:
    """Go to the page by the account's, and send a file whose names are not all known."""
    file = tmp_path / "workouts.csv"
    file.write_text(SAMPLE.read_text().replace("Bench Press", "Odd Thing"))
    page.goto("/user/")
    page.get_by_role("link", name="Import from another app").click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("heading", name="What would be imported").wait_for()


def test_a_file_is_looked_through_imported_and_taken_back(window, tmp_path):
    page = window()
    log_in(page, "grace")
    choose(page, tmp_path)
    expect(page.locator("main")).to_contain_text("Nothing is imported yet")
    page.get_by_label("Look for Odd Thing by another name").fill("bench press")
    page.get_by_role("button", name="Look again").click()
    page.get_by_label("What Odd Thing is here").select_option(label="Bench Press")
    page.get_by_role("button", name="Import it").click()
    page.get_by_text("sets were imported").wait_for()
    assert WorkoutLog.get(WorkoutLog.weight == 80).exercise_id == 1
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("The import is taken back").wait_for()
    assert WorkoutLog.select().count() == 0


def test_it_fits_a_phone_and_enter_imports_nothing_unasked(phone, tmp_path):
    log_in(phone, "grace")
    choose(phone, tmp_path)
    wide = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    phone.get_by_label("Look for Odd Thing by another name").fill("press")
    with phone.expect_navigation():
        phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="What would be imported").wait_for()
    assert WorkoutLog.select().count() == 0
