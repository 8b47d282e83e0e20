"""A form that is older than the session, in a real browser with two tabs."""

from __future__ import annotations

import pytest

from tests.browser.chromium import PHONE, expect
from tests.browser.conftest import log_in
from wger_flask.domain.measurements.models import Measurement


def typed(page) -> None:
    """Fill in a weight and press the button."""
    page.locator("#new-date").fill("2025-03-01T07:30")
    page.locator("#new-weight").fill("62,5")
    page.get_by_role("button", name="Add", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_session_that_ended_costs_nothing_that_was_typed(window, scripts):
    page = window(PHONE, java_script_enabled=scripts)
    log_in(page, "grace")
    page.goto("/api/v2/weightentry/")
    page.locator("summary", has_text="Add weight entry").click()
    page.context.clear_cookies()
    typed(page)
    page.get_by_label("User name").fill("grace")
    page.get_by_label("Password").fill("ecarg-pass")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved yet", use_inner_text=True)
    expect(page.get_by_label("Weight")).to_have_value("62,5")
    assert Measurement.select().count() == 0
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("status").wait_for()
    assert [f"{row.value:f}" for row in Measurement.select()] == ["62.50"]


def test_a_session_that_another_tab_began_anew_costs_nothing_either(window):
    page = window()
    log_in(page, "grace")
    page.goto("/api/v2/weightentry/#new")
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Log out").click()
    log_in(other, "grace")
    typed(page)
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved yet", use_inner_text=True)
    expect(page.get_by_label("Weight")).to_have_value("62,5")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("status").wait_for()
    assert [f"{row.value:f}" for row in Measurement.select()] == ["62.50"]
