"""Take pictures of the pages that people see."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import samples
from tests.browser.chromium import PHONE, WIDE, launch, missing, open_context
from tests.browser.serving import serving, weigh
from tests.conftest import settings_for
from wger_flask.app import create_app
from wger_flask.auth.accounts import create_user
from wger_flask.auth.models import Token, User
from wger_flask.rest.timezone import today
from wger_flask.storage.migrations import migrate
from wger_flask.transfer.starter import load_starter_data

NAME, PASSWORD = "ada", "ada-ada-ada-1"
KEY = "0123456789" * 4
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
    ("routine", "/api/v2/routine/{routine}/", WIDE, "light"),
    ("routines", "/api/v2/routine/", WIDE, "light"),
    (
        "routine-form",
        "/api/v2/slot-entry/1/prescription/?_ask=sets,repetitions,weight,rir,rest,weight_gain&_next=/",
        WIDE,
        "light",
    ),
    ("choose", "/api/v2/exerciseinfo/?_for=/api/v2/slot-entry/&_field=exercise&name__search=press", WIDE, "light"),
    ("sessions", "/api/v2/workoutsession/", WIDE, "light"),
    ("statistics", "/api/v2/routine/{routine}/stats/", WIDE, "light"),
    ("plan", "/api/v2/nutritionplan/{plan}/", WIDE, "light"),
    ("diary", "/api/v2/nutritiondiary/", WIDE, "light"),
    ("food", "/api/v2/ingredientinfo/9/", WIDE, "light"),
    ("measurements", "/api/v2/measurement/", WIDE, "light"),
    ("gallery", "/api/v2/gallery/", WIDE, "light"),
    ("trophies", "/api/v2/trophy/", WIDE, "light"),
    ("your-data", "/user/data", WIDE, "light"),
    ("import", "/user/import", WIDE, "light"),
    ("figures", "/api/v2/user-statistics/", WIDE, "light"),
    ("login", "/user/login", WIDE, "light"),
    ("not-found", "/api/v2/nowhere/", WIDE, "light"),
    ("swagger", "/schema/ui", WIDE, "light"),
    ("redoc", "/schema/redoc", WIDE, "light"),
    ("phone-home", "/", PHONE, "light"),
    ("phone-list", "/api/v2/exercise/", PHONE, "light"),
    ("phone-chart", "/api/v2/weightentry/", PHONE, "light"),
    ("phone-detail", "/api/v2/exerciseinfo/1/", PHONE, "light"),
    ("phone-routine", "/api/v2/routine/{routine}/", PHONE, "light"),
    ("phone-plan", "/api/v2/nutritionplan/{plan}/", PHONE, "light"),
    ("phone-trophies", "/api/v2/trophy/", PHONE, "light"),
    ("dark-routine", "/api/v2/routine/{routine}/", WIDE, "dark"),
    ("dark-plan", "/api/v2/nutritionplan/{plan}/", WIDE, "dark"),
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
        Token.create(key=KEY, user=User.get(User.username == NAME))
        weigh(NAME, 180)
        keys = samples.everything(app, KEY, today())
        browser = launch(driver)
        with serving(app) as address:
            for name, path, size, scheme in PAGES:
                if only and name not in only:
                    continue
                page = open_context(browser, address, viewport=size, color_scheme=scheme, locale="en-GB").new_page()
                if name not in ("home", "login", "not-found"):
                    log_in(page)
                page.goto(path.format(**keys), wait_until="networkidle")
                if name in _SLOW:
                    page.wait_for_selector(_SLOW[name])
                made.append(folder / f"{name}.png")
                page.screenshot(path=made[-1], full_page=name not in ("swagger", "redoc"))
                page.context.close()
        browser.close()
    return made


def log_in(page) -> None:
    """Log in as the one who has everything."""
    page.goto("/user/login")
    page.get_by_label("User name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Log in").click()


if __name__ == "__main__":
    if missing():
        sys.exit(missing())
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("screenshots"), help="where they are written")
    names = ", ".join(page[0] for page in PAGES)
    parser.add_argument("only", nargs="*", metavar="PAGE", help=f"all, or some of {names}")
    chosen = parser.parse_args()
    for path in take(chosen.folder, tuple(chosen.only)):
        print(path)
