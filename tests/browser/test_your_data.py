"""Taking everything out, and bringing it in, in a real browser: on a wide screen, and on a phone without scripts."""

from __future__ import annotations

import zipfile

import pytest

from tests.browser.chromium import PHONE, WIDE
from tests.browser.conftest import log_in
from wger_flask.domain.routines.models import WorkoutLog
from wger_flask.storage.database import transaction
from wger_flask.testing.rows import make


@pytest.mark.parametrize(("size", "scripts"), [(WIDE, True), (PHONE, False)])
def test_data_goes_out_and_comes_in(window, people, tmp_path, size, scripts):
    with transaction():
        make(WorkoutLog, people["grace"], ("user",), repetitions=5)
    page = window(size, java_script_enabled=scripts)
    log_in(page, "grace")
    page.goto("/user/")
    page.get_by_role("link", name="Delete your account").click()
    with page.expect_download() as offered:
        page.get_by_role("button", name="Download everything").click()
    file = tmp_path / "mine.zip"
    offered.value.save_as(file)
    assert offered.value.suggested_filename.startswith("wger-grace-") and zipfile.ZipFile(file).testzip() is None

    other = window(size, java_script_enabled=scripts)
    log_in(other, "linus")
    other.goto("/user/data")
    assert other.evaluate("document.documentElement.scrollWidth <= innerWidth") if scripts else True
    other.get_by_label("The zip").set_input_files(file)
    other.get_by_role("button", name="Look what would come").click()
    other.get_by_text("All of it can be brought in.").wait_for()
    linus = people["linus"].id
    assert not WorkoutLog.select().where(WorkoutLog.user == linus).exists()
    other.get_by_label("The zip").set_input_files(file)
    other.get_by_role("button", name="Bring it in").click()
    other.get_by_text("Everything is here now.").wait_for()
    assert WorkoutLog.select().where(WorkoutLog.user == linus).count() == 1
    other.get_by_text("Take the last import back").click()
    other.get_by_role("button", name="Take it back").click()
    other.get_by_text("The import is taken back").wait_for()
    assert not WorkoutLog.select().where(WorkoutLog.user == linus).exists()
