"""A browser before a running server, and what no page may do: fail in the console, do what its policy
forbids, or ask another host."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.chromium import PHONE, WIDE, launch, missing, open_context
from tests.browser.serving import serving


def pytest_collection_modifyitems(items):
    """Skip what needs a browser where there is none."""
    reason = missing()
    for item in items:
        if reason and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        running = launch(driver)
        yield running
        running.close()


@pytest.fixture
def address(app):
    """The address of a server on a database of the test's own."""
    with serving(app) as found:
        yield found


# Redoc draws an example of each form of a body, and says that of one which may be a list.
SAMPLE_OF_A_LIST = 'OpenAPI Sampler: found allOf with "array" type. Result may be incorrect'


class Watch:
    """What the pages of one window did that they should not."""

    def __init__(self, page, address: str):
        self.host, self.wrongs, self.documents, self.waits = urlsplit(address).netloc, [], set(), set()
        page.on("request", self._request)
        for ended in ("requestfinished", "requestfailed"):
            page.on(ended, lambda request: self.waits.discard(request))
        page.on("response", self._response)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrongs.append(f"script: {error}"))

    def _request(self, request):
        self.waits.add(request)
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc != self.host:
            self.wrongs.append(f"asked another host: {request.url}")

    def _response(self, response):
        if response.request.is_navigation_request():
            self.documents.add(response.url)  # that a page is an error page is no mistake of the page
        elif response.status >= 400:
            self.wrongs.append(f"{response.status}: {response.url}")

    def _console(self, message):
        if message.type not in ("error", "warning") or message.text == SAMPLE_OF_A_LIST:
            return
        if "Content Security Policy" in message.text or message.location.get("url") not in self.documents:
            self.wrongs.append(f"console: {message.text}")


@pytest.fixture
def window(browser, address):
    """Open windows: ``window()``, ``window(PHONE)``, ``window(color_scheme="dark")``; each is watched."""
    opened = []

    def open_window(size=WIDE, **options):
        context = open_context(browser, address, viewport=size, **{"locale": "en-GB", **options})
        page = context.new_page()
        page.watch = Watch(page, address)
        opened.append((context, page.watch))
        return page

    yield open_window
    wrongs = [wrong for context, watch in opened for wrong in watch.wrongs]
    for context, _ in opened:
        context.close()
    assert not wrongs


@pytest.fixture
def phone(window):
    """A window as wide as a phone."""
    return window(PHONE, has_touch=True, is_mobile=True)


def ending(text: str) -> re.Pattern[str]:
    """Match addresses that end so."""
    return re.compile(re.escape(text) + "$")


def settle(page) -> None:
    """Wait until a page has asked nothing for half a second, though it was idle before, as when it was loaded."""
    quiet = 0
    while quiet < 5:
        page.wait_for_timeout(100)
        quiet = 0 if page.watch.waits else quiet + 1


def log_in(page, name: str) -> None:
    """Log in by the form."""
    page.goto("/user/login")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(f"{name[::-1]}-pass")
    page.get_by_role("button", name="Log in").click()
    page.locator("form[action$=logout]").wait_for(state="attached")  # on a phone it is behind the menu
