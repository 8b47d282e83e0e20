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
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
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
    return driver.chromium.launch(executable_path=PATH, args=list(ARGUMENTS))
