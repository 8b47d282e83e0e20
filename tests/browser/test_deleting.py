"""What a browser sends of the form that deletes: a tick that is set, and one that is not."""

from __future__ import annotations

import pytest

from tests.browser.chromium import PHONE, WIDE, expect
from tests.browser.conftest import log_in
from wger_flask.domain.routines.models import Routine, SlotEntry, WorkoutLog, WorkoutSession
from wger_flask.storage.database import transaction
from wger_flask.testing.rows import make


@pytest.mark.parametrize(("size", "ticks"), [(WIDE, True), (PHONE, False)])
def test_history_goes_with_a_tick_alone(window, address, people, size, ticks):
    with transaction():
        entry = make(SlotEntry, people["grace"], ("slot", "day", "routine", "user"))
        routine = entry.slot.day.routine
        session = make(WorkoutSession, people["grace"], routine=routine)
        make(WorkoutLog, people["grace"], session=session, routine=routine, slot_entry=entry)
    page = window(size)
    log_in(page, "grace")
    page.goto(f"{address}/api/v2/routine/{routine.id}/")
    page.get_by_role("link", name="Delete…").click()
    tick = page.get_by_label("Delete the history too")
    expect(tick).not_to_be_checked()
    if ticks:
        tick.check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Routine was deleted.", use_inner_text=True)
    assert Routine.select().count() == 0
    assert WorkoutLog.select().count() == WorkoutSession.select().count() == (0 if ticks else 1)
