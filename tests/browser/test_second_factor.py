"""The second factor in a real browser: set up, asked for, replaced by a recovery code, removed."""

from __future__ import annotations

import re
import time

import pyotp
import pytest

from tests.browser.chromium import PHONE, WIDE, expect
from tests.browser.conftest import log_in
from tests.browser.serving import serving
from wger_flask.auth.models import Authenticator
from wger_flask.auth.second_factors import totp
from wger_flask.storage.database import transaction


def code(secret: str) -> str:
    """Return the code of now; the one that was used before is forgotten, instead of waiting for the next."""
    with transaction():
        for row in Authenticator.select().where(Authenticator.type == totp.TYPE):
            Authenticator.update(data={"secret": row.data["secret"]}).where(Authenticator.id == row.id).execute()
    return pyotp.TOTP(secret).at(int(time.time()))


def log_out(page) -> None:
    page.locator("form[action$=logout]").evaluate("form => form.submit()")
    page.locator("form[action$=logout]").wait_for(state="detached")


def first_step(page) -> None:
    page.goto("/user/login?next=/user/email")
    page.get_by_label("User name").fill("grace")
    page.get_by_label("Password").fill("ecarg-pass")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="One more step").wait_for()


def second_step(page, sent: str) -> None:
    page.get_by_label("Code").fill(sent)
    page.get_by_role("button", name="Log in").click()


@pytest.mark.parametrize(("size", "scripts"), [(WIDE, True), (PHONE, False)])
def test_the_second_factor_of_a_person(window, size, scripts):
    page = window(size, java_script_enabled=scripts)
    log_in(page, "grace")
    page.goto("/user/")
    page.get_by_role("link", name="Second factor").click()
    picture = page.locator(".qr svg").bounding_box()
    assert picture["width"] > 150 and abs(picture["width"] - picture["height"]) < 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if scripts else True
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill("000000")
    page.locator("#current").fill("ecarg-pass")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#code-error")).to_contain_text("not a code that is good", use_inner_text=True)
    assert page.locator("#secret").inner_text().replace(" ", "") == secret
    page.get_by_label("Code").fill(code(secret))
    page.locator("#current").fill("ecarg-pass")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#codes code")).to_have_count(10)
    page.get_by_text("not shown again").wait_for()
    shown = page.locator("#codes code").all_inner_texts()
    assert all(re.fullmatch(r"\d{8}", one) for one in shown)

    log_out(page)
    first_step(page)
    page.goto("/user/email")
    page.get_by_role("heading", name="Log in").wait_for()  # half of it opens nothing
    first_step(page)
    second_step(page, "111111")
    expect(page.locator("#code-error")).to_contain_text("not a code that is good", use_inner_text=True)
    second_step(page, code(secret))
    page.get_by_role("heading", name="E-mail addresses").wait_for()

    log_out(page)
    first_step(page)
    second_step(page, shown[0])
    page.get_by_role("heading", name="E-mail addresses").wait_for()
    log_out(page)
    first_step(page)
    second_step(page, shown[0])
    page.locator("#code-error").wait_for()
    second_step(page, shown[1])
    page.get_by_role("heading", name="E-mail addresses").wait_for()

    page.goto("/user/second-factor")
    expect(page.locator("main")).to_contain_text("8 recovery codes left", use_inner_text=True)
    page.locator("summary", has_text="Remove it").click()
    page.locator("#off-current").fill("wrong")
    page.get_by_role("button", name="Remove the second factor").click()
    expect(page.locator("#off-current-error")).to_contain_text("not your password", use_inner_text=True)
    page.locator("#off-current").fill("ecarg-pass")
    page.get_by_role("button", name="Remove the second factor").click()
    page.get_by_role("status").wait_for()
    assert not Authenticator.select().exists()
    log_out(page)
    log_in(page, "grace")


class TestPasskeys:
    """Keys have hosts, never addresses: the server is reached by its name."""

    @pytest.fixture
    def address(self, app):
        with serving(app) as found:
            yield found.replace("127.0.0.1", "localhost")

    @pytest.fixture
    def page(self, window):
        """A window with a device that holds passkeys, and knows its owner."""
        page = window()
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        device = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        session.send("WebAuthn.addVirtualAuthenticator", {"options": device})
        return page

    def test_a_passkey_logs_in_alone_and_after_the_password(self, page):
        log_in(page, "grace")
        page.goto("/user/second-factor")
        secret = page.locator("#secret").inner_text().replace(" ", "")
        page.get_by_label("Code").fill(code(secret))
        page.locator("#current").fill("ecarg-pass")
        page.get_by_role("button", name="Turn it on").click()
        page.locator("summary", has_text="Add a passkey").click()
        page.get_by_label("What to call it").fill("Laptop <1>")
        page.locator("#add-passkey-current").fill("wrong")
        page.get_by_role("button", name="Add it").click()
        expect(page.locator("#add-passkey-current-error")).to_contain_text("not your password", use_inner_text=True)
        page.locator("#add-passkey-current").fill("ecarg-pass")
        page.get_by_role("button", name="Add it").click()
        page.get_by_role("heading", name="Laptop <1>").wait_for()

        log_out(page)
        page.goto("/user/login?next=/user/email")
        page.get_by_role("button", name="Use a passkey").click()
        page.get_by_role("heading", name="E-mail addresses").wait_for()
        log_out(page)
        first_step(page)
        page.get_by_role("button", name="Use a passkey").click()
        page.get_by_role("heading", name="E-mail addresses").wait_for()

        page.goto("/user/second-factor")
        page.locator("summary", has_text="Remove Laptop").click()
        page.locator("input[id^=passkey-]").fill("ecarg-pass")
        page.get_by_role("button", name="Remove this passkey").click()
        page.get_by_role("status").wait_for()
        expect(page.get_by_text("Laptop")).to_have_count(0)
        log_out(page)
        page.goto("/user/login")
        page.get_by_role("button", name="Use a passkey").click()
        page.get_by_text("was not taken").wait_for()
        assert page.request.get("/api/v2/userprofile/").status == 403

    def test_a_passkey_is_enough_of_a_second_factor(self, page):
        log_in(page, "grace")
        page.goto("/user/second-factor")
        page.locator("summary", has_text="Add a passkey").click()
        page.get_by_label("What to call it").fill("Laptop")
        page.locator("#add-passkey-current").fill("ecarg-pass")
        page.get_by_role("button", name="Add it").click()
        page.get_by_text("not shown again").wait_for()
        expect(page.locator("#codes code")).to_have_count(10)
        [shown, *_] = page.locator("#codes code").all_inner_texts()
        page.get_by_role("heading", name="Laptop").wait_for()
        expect(page.locator("main")).to_contain_text("10 recovery codes left", use_inner_text=True)

        log_out(page)
        page.goto("/user/login?next=/user/email")
        page.get_by_role("button", name="Use a passkey").click()
        page.get_by_role("heading", name="E-mail addresses").wait_for()
        log_out(page)
        first_step(page)
        second_step(page, shown)
        page.get_by_role("heading", name="E-mail addresses").wait_for()
