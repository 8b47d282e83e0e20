"""Walk through the pages as people do."""

from __future__ import annotations

import re

import pytest

from tests.browser.chromium import PHONE, WIDE, expect
from tests.browser.conftest import ending, log_in
from tests.browser.serving import weigh
from wger_flask.domain.measurements.models import Measurement


def test_a_newcomer_looks_around(window):
    page = window()
    page.goto("/")
    page.get_by_role("link", name="Explore the API").click()
    page.locator("main").get_by_role("link", name="exercise", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Exercises"), use_inner_text=True)

    page.locator("thead").get_by_role("link", name="ID", exact=True).click()
    page.wait_for_url("**ordering=id**")
    expect(page.locator("tbody tr").first.get_by_role("cell").nth(1)).to_have_text("1", use_inner_text=True)
    page.locator("thead").get_by_role("link", name="ID", exact=True).click()
    page.wait_for_url("**ordering=-id**")
    expect(page.locator("tbody tr").first.get_by_role("cell").nth(1)).to_have_text("91", use_inner_text=True)

    page.get_by_role("link", name="Next →").click()
    expect(page.locator(".pager")).to_contain_text("21–40 of 91", use_inner_text=True)
    page.get_by_role("link", name="← Previous").click()

    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Category").select_option(label="Chest")
    page.get_by_role("button", name="Apply").click()
    expect(page, "empty filters do not lengthen the address").to_have_url(ending("?ordering=-id&category=11"))
    expect(page.locator("tbody tr")).to_have_count(10)

    page.locator("tbody").get_by_role("link", name="Bench Press", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bench Press", use_inner_text=True)
    page.locator("main dl").get_by_role("link", name="Chest").click()
    expect(page).to_have_url(ending("/api/v2/exercisecategory/11/"))
    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="API").click()
    expect(page).to_have_url(ending("/api/v2/"))


def test_the_json_is_one_click_away(window):
    page = window()
    page.goto("/api/v2/muscle/2/")
    with page.expect_response("**/api/v2/muscle/2/?format=json") as answer:
        page.get_by_role("link", name="JSON", exact=True).click()
    assert answer.value.json()["name"] == "Anterior deltoid"


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_records_their_weight(window, scripts):
    page = window(java_script_enabled=scripts)
    page.goto("/api/v2/weightentry/")
    page.get_by_role("main").get_by_role("link", name="Log in").click()
    page.get_by_label("User name").fill("grace")
    page.get_by_label("Password").fill("ecarg-pass")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(ending("/api/v2/weightentry/"))

    add(page, "2025-03-01T07:30", "7")
    expect(page.get_by_role("alert").get_by_text("between 20 and 350 kg")).to_be_visible()
    weight = page.get_by_label("Weight")
    expect(weight).to_have_value("7")
    assert weight.get_attribute("aria-invalid") == "true"
    weight.fill("81.5")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("status")).to_have_text("Weight entry was added.", use_inner_text=True)
    expect(page.locator("tbody tr:target").get_by_text("81.50")).to_be_visible()

    page.locator("tbody tr").first.get_by_role("link").first.click()
    page.locator("summary", has_text="Change").click()
    page.get_by_label("Weight").fill("81.2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("The changes were saved.", use_inner_text=True)
    expect(page.locator("dl").get_by_text("81.20")).to_be_visible()

    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Body weight").click()
    expect(page.locator("svg.chart")).to_have_count(0)
    add(page, "2025-03-08T07:30", "80.4")
    expect(page.locator("svg.chart.wide")).to_be_visible()
    expect(page.locator("figcaption")).to_contain_text("between 80.4 and 81.2, latest 80.4", use_inner_text=True)

    page.locator("tbody tr").first.get_by_role("link").first.click()
    page.locator("summary", has_text="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status")).to_have_text("Weight entry was deleted.", use_inner_text=True)
    assert [str(row.value) for row in Measurement.select()] == ["81.20"]


def add(page, moment: str, weight: str) -> None:
    """Fill in the form for a new weight and send it."""
    page.locator("summary", has_text="Add weight entry").click()
    page.get_by_label("Date (optional)", exact=True).last.fill(moment)
    page.get_by_label("Weight", exact=True).last.fill(weight)
    page.get_by_role("button", name="Add", exact=True).click()


def test_the_button_opens_the_form_and_puts_the_cursor_into_it(window):
    page = window()
    log_in(page, "ada")
    page.goto("/api/v2/weightentry/")
    page.get_by_role("link", name="Add weight entry").click()
    expect(page.locator("#new-date")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "new-date"


def test_a_point_of_the_chart_tells_its_value(window, app):
    weigh("ada", 30)
    page = window()
    log_in(page, "ada")
    page.goto("/api/v2/weightentry/")
    points = page.locator("svg.wide .point")
    expect(points).to_have_count(30)
    assert re.fullmatch(r"2025-07-01: \d\d(\.\d+)?", points.last.locator("title").text_content())


def test_a_muscle_leads_to_its_page(window):
    page = window()
    page.goto("/api/v2/muscle/")
    page.get_by_label("Chest", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/api/v2/muscle/4/")
    page.get_by_role("link", name="Exercises by muscles", exact=True).first.click()
    page.wait_for_url("**muscles=4")


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_an_api_key_is_made_and_works(window, size):
    page = window(size)
    log_in(page, "linus")
    page.goto("/user/")
    page.get_by_role("link", name="API key").click()
    expect(page).to_have_url(ending("/user/api-key"))
    page.get_by_text("Replace it", exact=True).click()
    page.get_by_role("button", name="Replace it by a new key").click()
    key = page.locator("#key").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.request.get("/api/v2/userprofile/", headers={"Authorization": f"Token {key}"}).ok
    expect(page.get_by_role("button", name="Revoke it")).not_to_be_visible()
    page.get_by_text("Revoke it", exact=True).first.click()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_text("You have no key.")).to_be_visible()


def test_the_account_is_behind_its_name(window):
    page = window()
    log_in(page, "linus")
    page.get_by_role("link", name="linus").click()
    expect(page).to_have_url(ending("/user/"))
    page.get_by_role("link", name="Your profile").click()
    expect(page).to_have_url(ending("/api/v2/userprofile/"))
    page.get_by_role("link", name="linus").click()
    page.get_by_role("link", name="E-mail addresses").click()
    page.get_by_label("E-mail address").fill("second@example.org")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="second@example.org")).to_be_visible()
    expect(page.get_by_role("button", name="Remove it").first).not_to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()


def test_keyboard_alone_is_enough(window):
    page = window()
    page.goto("/api/v2/exercise/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_visible()
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    reach(page, "Filter")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "category"
    assert outline(page) != "none"
    page.keyboard.type("Back")
    reach(page, "Apply")
    page.keyboard.press("Enter")
    page.wait_for_url("**category=**")
    reach(page, "Bent-Over Barbell Row")
    page.keyboard.press("Enter")
    page.wait_for_url("**/api/v2/exercise/*/")


def focused(page) -> str:
    return page.evaluate("document.activeElement.innerText").strip()


def outline(page) -> str:
    return page.evaluate("getComputedStyle(document.activeElement).outlineStyle")


def reach(page, text: str) -> None:
    """Press Tab until what says ``text`` has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if focused(page).startswith(text):
            return
    raise AssertionError(f"{text} cannot be reached by keyboard")


@pytest.mark.parametrize(("path", "marker"), [("/schema/ui", ".opblock-tag"), ("/schema/redoc", "[role=menuitem]")])
def test_the_documentation_is_drawn_from_what_is_served_here(window, path, marker):
    page = window()
    page.goto(path)
    page.locator(marker).first.wait_for(timeout=300_000)  # ReDoc draws everything before it shows anything
    expect(page.get_by_text("weightentry").first).to_be_visible()


def test_a_request_is_tried_out_in_swagger_ui(window):
    page = window()
    log_in(page, "ada")
    page.goto("/schema/ui")
    page.locator("#operations-tag-weightentry").click()
    page.locator("#operations-weightentry-weightentry_create .opblock-summary-control").click()
    body = page.locator("#operations-weightentry-weightentry_create textarea").first
    body.fill('{"date": "2025-03-01T07:30", "weight": "80.5"}')
    with page.expect_response("**/api/v2/weightentry/**") as answer:
        page.locator("#operations-weightentry-weightentry_create .execute").click()
    assert answer.value.status == 201
    assert Measurement.select().count() == 1


@pytest.mark.parametrize("locale", ["en-US", "de-DE"])
def test_a_comma_stays_a_comma(window, locale):
    page = window(locale=locale)
    log_in(page, "grace")
    page.goto("/api/v2/weightentry/#new")
    weight = page.locator("#new-weight")
    weight.press_sequentially("62,5")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("status").wait_for()
    assert [f"{row.value:f}" for row in Measurement.select()] == ["62.50"]
