"""Take pictures of the pages that people see: ``python -m tests.browser.screenshots FOLDER``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import PHONE, WIDE, launch, missing
from tests.browser.serving import serving, weigh
from tests.conftest import settings_for
from wger_flask.app import create_app
from wger_flask.auth.accounts import create_user
from wger_flask.storage.migrations import migrate
from wger_flask.transfer.starter import load_starter_data

NAME, PASSWORD = "ada", "ada-ada-ada-1"
PAGES = (
    ("home", "/", WIDE, "light"),
    ("root", "/api/v2/", WIDE, "light"),
    ("list", "/api/v2/exercise/?ordering=-id", WIDE, "light"),
    ("filter-error", "/api/v2/weightentry/?weight__gte=heavy", WIDE, "light"),
    ("exercises", "/api/v2/exerciseinfo/", WIDE, "light"),
    ("detail", "/api/v2/exerciseinfo/1/", WIDE, "light"),
    ("detail-plain", "/api/v2/exercise/1/", WIDE, "light"),
    ("muscles", "/api/v2/muscle/", WIDE, "light"),
    ("chart", "/api/v2/weightentry/", WIDE, "light"),
    ("form", "/api/v2/exercise/1/#change", WIDE, "light"),
    ("login", "/user/login", WIDE, "light"),
    ("not-found", "/api/v2/nowhere/", WIDE, "light"),
    ("swagger", "/schema/ui", WIDE, "light"),
    ("redoc", "/schema/redoc", WIDE, "light"),
    ("phone-home", "/", PHONE, "light"),
    ("phone-list", "/api/v2/exercise/", PHONE, "light"),
    ("phone-chart", "/api/v2/weightentry/", PHONE, "light"),
    ("phone-detail", "/api/v2/exerciseinfo/1/", PHONE, "light"),
    ("dark-home", "/", WIDE, "dark"),
    ("dark-chart", "/api/v2/weightentry/", WIDE, "dark"),
    ("dark-form", "/api/v2/weightentry/#new", WIDE, "dark"),
    ("dark-detail", "/api/v2/exerciseinfo/1/", WIDE, "dark"),
)
_SLOW = {"swagger": ".opblock-tag", "redoc": "[role=menuitem]"}


def take(folder: Path, only: tuple[str, ...] = ()) -> list[Path]:
    """Write a picture of each page into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        app = create_app(settings_for(f"sqlite:///{place}/wger.sqlite", Path(place)))
        models = app.extensions["wger_flask"].registry.models
        migrate(models)
        load_starter_data(models)
        create_user(NAME, PASSWORD, admin=True)
        weigh(NAME, 180)
        browser = launch(driver)
        with serving(app) as address:
            for name, path, size, scheme in PAGES:
                if only and name not in only:
                    continue
                page = browser.new_page(viewport=size, color_scheme=scheme, locale="en-GB")
                if name not in ("home", "login", "not-found"):
                    log_in(page, address)
                page.goto(address + path, wait_until="networkidle")
                if name in _SLOW:
                    page.wait_for_selector(_SLOW[name])
                made.append(folder / f"{name}.png")
                page.screenshot(path=made[-1], full_page=name not in ("swagger", "redoc"))
                page.context.close()
        browser.close()
    return made


def log_in(page, address: str) -> None:
    """Log in as the one who has everything."""
    page.goto(f"{address}/user/login")
    page.get_by_label("User name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_load_state()


if __name__ == "__main__":
    if missing():
        sys.exit(missing())
    for path in take(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"), tuple(sys.argv[2:])):
        print(path)
