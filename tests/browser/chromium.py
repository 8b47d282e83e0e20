"""Debian's Chromium, driven by Playwright: nothing is downloaded, and nothing is asked of other hosts."""

from __future__ import annotations

import shutil

PATIENCE = 120_000  # milliseconds: machines that test many things at once are slow

try:
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE)
except ImportError:  # what needs a browser is skipped then
    expect = None

PATH = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


def missing() -> str:
    """Return why no browser can be driven here, nothing if one can."""
    if not shutil.which(PATH):
        return f"{PATH} is not installed (apt-get install chromium)"
    if expect is None:
        return "playwright is not installed (pip install .[dev])"
    return ""


def launch(driver):
    """Return a running browser."""
    return driver.chromium.launch(executable_path=PATH, args=list(ARGUMENTS), timeout=PATIENCE)


def open_context(browser, address: str, **options):
    """Return a new context at the ``address`` of a server: nobody knows it, and it waits as long as tests do."""
    context = browser.new_context(base_url=address, **options)
    context.set_default_timeout(PATIENCE)  # for its pages, and for what is asked without one
    return context
