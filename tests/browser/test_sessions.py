"""Sessions in a browser: nobody plants one, no script reads one, and pages of others write nothing with one."""

from __future__ import annotations

import pytest

from tests.browser.chromium import expect, open_context
from tests.browser.conftest import log_in
from wger_flask.domain.measurements.models import Measurement

EVIL = """<form method="post" action="{address}/api/v2/weightentry/"><input name="weight" value="99">
<input name="date" value="2024-05-01T10:00"></form><script>document.forms[0].submit()</script>"""


def cookies_of(page) -> dict[str, dict]:
    """Return the cookies of a window by name."""
    return {cookie["name"]: cookie for cookie in page.context.cookies()}


def test_logging_in_begins_a_session_of_its_own(window, address):
    stranger = window()
    stranger.goto("/user/login")
    planted = cookies_of(stranger).get("sessionid", {"value": "planted"})["value"]
    victim = window()
    victim.context.add_cookies([{"name": "sessionid", "value": planted, "url": address}])
    log_in(victim, "grace")
    held = cookies_of(victim)
    assert held["sessionid"]["value"] != planted
    stranger.context.add_cookies([{"name": "sessionid", "value": planted, "url": address}])
    stranger.goto("/user/")
    assert "/user/login" in stranger.url


def test_scripts_do_not_see_the_session_and_logging_out_ends_it(window, address):
    page = window()
    log_in(page, "grace")
    held = cookies_of(page)["sessionid"]
    assert held["httpOnly"] and held["sameSite"] == "Lax"
    assert "sessionid" not in page.evaluate("document.cookie")
    with page.expect_navigation():
        page.evaluate("document.querySelector('form[action$=logout]').submit()")
    thief = window()
    thief.context.add_cookies([{"name": "sessionid", "value": held["value"], "url": address}])
    thief.goto("/user/")
    assert "/user/login" in thief.url


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1"], ids=["another site", "another port"])
def test_a_page_of_somebody_else_writes_nothing(browser, address, origin):
    context = open_context(browser, address)
    page = context.new_page()
    log_in(page, "grace")
    before = Measurement.select().count()
    context.route(
        f"{origin}/**", lambda route: route.fulfill(content_type="text/html", body=EVIL.format(address=address))
    )
    page.goto(f"{origin}/", wait_until="commit")  # it goes on by itself
    page.wait_for_url(f"{address}/**")
    assert Measurement.select().count() == before
    assert "99" not in page.locator("main").inner_text()
    page.goto("/api/v2/weightentry/")  # and the session goes on
    expect(page.locator("form[action$=logout]")).to_have_count(1)
    context.close()
