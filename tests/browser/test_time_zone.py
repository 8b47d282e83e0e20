"""The time zone of a browser: offered where people tell theirs, and never told for them."""

from __future__ import annotations

from tests.browser.chromium import expect

from .conftest import log_in

PROFILE = "/api/v2/userprofile/"


def change(page) -> None:
    page.goto(PROFILE)
    page.get_by_text("Change", exact=True).first.click()


def save(page) -> None:
    page.get_by_role("button", name="Save").click()
    page.get_by_role("status").wait_for()


def told(page) -> str:
    return page.request.get(PROFILE, headers={"Accept": "application/json"}).json()["time_zone"]


def test_the_zone_of_the_browser_is_offered(window):
    page = window(timezone_id="America/New_York")
    log_in(page, "grace")
    change(page)
    zone = page.get_by_label("Time zone")
    assert zone.input_value() == "" and told(page) == ""
    offer = page.get_by_role("button", name="Use America/New_York, as this browser says")
    offer.click()
    expect(zone).to_have_value("America/New_York")
    expect(offer).to_have_count(0)
    assert told(page) == ""  # until it is sent
    save(page)
    assert told(page) == "America/New_York"
    change(page)
    expect(offer).to_have_count(0)  # it is that of the profile


def test_another_zone_that_was_told_stays(window):
    page = window(timezone_id="America/New_York")
    log_in(page, "grace")
    change(page)
    page.get_by_label("Time zone").fill("Europe/Berlin")
    save(page)
    change(page)
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    expect(page.get_by_role("button", name="Use America/New_York")).to_be_visible()
    page.get_by_label("Height").fill("170")
    save(page)
    assert told(page) == "Europe/Berlin"


def test_it_works_without_scripts(window):
    page = window(java_script_enabled=False, timezone_id="America/New_York")
    log_in(page, "grace")
    change(page)
    assert page.locator("datalist option").count() > 400
    expect(page.get_by_role("button", name="Use America")).to_have_count(0)
    page.get_by_label("Time zone").fill("Asia/Tokyo")
    save(page)
    assert told(page) == "Asia/Tokyo"
