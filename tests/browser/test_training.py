"""A whole routine by its forms alone, from the home page on: planned, trained, changed, copied, deleted."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.browser.chromium import PHONE, WIDE, expect
from tests.browser.conftest import log_in
from wger_flask.domain.routines.models import Day, Routine, Slot, SlotEntry, WorkoutLog, WorkoutSession
from wger_flask.rest.timezone import today


class Hand:
    """Somebody at a page who follows links and fills in forms, and types no address and no key."""

    def __init__(self, page):
        self.page = page

    def go(self, target) -> None:
        """Click what leads to another page, and wait for that."""
        with self.page.expect_navigation():
            target.click()

    def follow(self, name: str, which: int = 0) -> None:
        self.go(self.page.get_by_role("link", name=name, exact=True).nth(which))

    def menu(self, name: str) -> None:
        """Follow an entry of the main menu, which a phone folds away."""
        switch = self.page.locator("header summary")
        if switch.is_visible():
            switch.click()
        self.go(self.page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True))

    def fill(self, **values) -> None:
        for label, value in values.items():
            words = re.compile(f"^{label.replace('_', ' ')}( \\(optional\\))?$")
            field = self.page.get_by_label(words).locator("visible=true").first
            field.check() if value is True else field.fill(str(value))

    def press(self, name: str) -> None:
        self.go(self.page.get_by_role("button", name=name, exact=True).locator("visible=true").first)

    def told(self) -> str:
        return self.page.get_by_role("status").first.inner_text()

    def day(self, **values) -> None:
        self.follow("Add a day")
        self.fill(**values)
        self.press("Add")

    def exercise(self, link: str, name: str, **values) -> None:
        self.follow(link)
        self.page.get_by_label("Name", exact=True).first.fill(name.lower()[:6])
        self.press("Search")
        self.follow(f"Choose {name}")
        self.fill(**values)
        self.press("Add exercise")
        assert self.told() == "Add exercise: done."

    def unfold(self, name: str) -> None:
        self.page.locator("summary", has_text=f"{name}: Progression and changes").click()

    def prescribed(self) -> list[str]:
        return [text.strip() for text in self.page.locator(".prescription").all_inner_texts()]


@pytest.mark.parametrize(("size", "scripts"), [(WIDE, True), (PHONE, False)])
def test_a_whole_routine_by_its_forms(window, size, scripts):
    page = window(size, java_script_enabled=scripts)
    log_in(page, "grace")
    hand = Hand(page)
    page.goto("/")

    # A routine that was refused, then one of two weeks.
    hand.menu("Routines")
    page.locator("summary", has_text="Add routine").click()
    hand.fill(Name="Strength", Start=today().isoformat(), End=(today() - timedelta(days=1)).isoformat())
    hand.press("Add")
    expect(page.get_by_role("alert").get_by_text("cannot be before the start date")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Strength")
    hand.fill(End=(today() + timedelta(days=13)).isoformat())
    hand.press("Add")
    assert hand.told() == "Routine was added."

    hand.day(Name="Push")
    hand.day(Name="Pull")
    hand.day(Name="Sleep", Rest_day=True)
    expect(page.get_by_role("heading", level=3).filter(has_text=re.compile("Push|Pull|Sleep"))).to_have_count(3)
    expect(page.locator(".day.rest")).to_contain_text("Rest.", use_inner_text=True)

    # Exercises, one of them a superset, with their sets and how they progress.
    hand.exercise(
        "Add an exercise to Push",
        "Bench Press",
        Sets=4,
        Repetitions=6,
        Weight=60,
        RiR=2,
        Weight_added_each_iteration="2.5",
    )
    hand.exercise("Add an exercise to Push", "Lateral Raise", Sets=3, Repetitions=12, Weight=8)
    hand.unfold("Lateral Raise")
    hand.exercise("Add to a superset", "Triceps Pushdown", Sets=3, Repetitions=15)
    hand.exercise("Add an exercise to Pull", "Deadlift", Sets=3, Repetitions=5, Weight=100)
    expect(page.get_by_text("Superset", exact=True)).to_have_count(1)
    assert hand.prescribed() == [
        "4 Sets, 6 × 60 kg @ 2 RiR",
        "3 Sets, 12 × 8 kg",
        "3 Sets, 15 Reps",
        "3 Sets, 5 × 100 kg",
    ]
    hand.press("Move Lateral Raise earlier")
    hand.press("Later Push")
    assert hand.prescribed()[:2] == ["3 Sets, 5 × 100 kg", "3 Sets, 12 × 8 kg"]
    hand.press("Earlier Push")
    hand.press("Move Bench Press earlier")
    assert hand.prescribed()[0] == "4 Sets, 6 × 60 kg @ 2 RiR"
    hand.unfold("Deadlift")
    hand.follow("Change sets and weights")
    hand.fill(Weight=110, Weight_added_each_iteration=5)
    hand.page.get_by_label("Add only when it was reached").check()
    hand.press("Save")

    # Other weeks: by the buttons, by the list, by the calendar.
    hand.follow("Next →")
    assert hand.prescribed()[0] == "4 Sets, 6 × 62.50 kg @ 2 RiR"
    page.get_by_label("Iteration to show").select_option("4")
    hand.press("Show")
    assert hand.prescribed()[0] == "4 Sets, 6 × 67.50 kg @ 2 RiR"
    assert hand.prescribed()[3].startswith("3 Sets, 5 × 110 kg"), "it waits until it was reached"
    hand.go(page.locator("td.today a").first)
    assert hand.prescribed()[0] == "4 Sets, 6 × 60 kg @ 2 RiR"

    # A session, and one that was a mistake.
    hand.follow("Train now with Push")
    hand.fill(Notes="Slept well")
    hand.press("Add")
    expect(page.get_by_text("0 of 4")).to_be_visible()
    hand.follow("Log set 1 of Bench Press")
    hand.press("Add")
    hand.follow("Log set 2 of Bench Press")
    hand.fill(Repetitions=5, RiR="0.5")
    hand.press("Add")
    expect(page.get_by_text("2 of 4")).to_be_visible()
    expect(page.get_by_text("5 × 60 kg")).to_be_visible()
    hand.follow("Change set 2")
    hand.fill(Repetitions=4)
    hand.press("Save")
    hand.follow("Log another exercise")
    hand.follow("Choose Deadlift")
    hand.fill(Repetitions=3, Weight=90)
    hand.press("Add")
    expect(page.get_by_text("3 × 90 kg")).to_be_visible()
    expect(page.get_by_label("The session")).to_contain_text("since", use_inner_text=True)
    hand.follow("End the session")
    hand.press("Save")
    expect(page.get_by_label("The session")).to_contain_text(re.compile(r"\d\d:\d\d–\d\d:\d\d"))
    expect(page.get_by_role("link", name="End the session")).to_have_count(0)
    hand.follow("Strength")
    hand.follow("Sessions")
    expect(page.locator(".day")).to_contain_text("6, 4 × 60 kg", use_inner_text=True)
    page.locator("summary", has_text="Add workout session").click()
    form = page.locator("#new")
    form.get_by_label("Routine").select_option(label="Strength")
    form.get_by_label("Start").fill((today() - timedelta(days=1)).isoformat() + "T18:00")
    form.get_by_label("Notes").fill("Too early")
    hand.press("Add")
    hand.follow("Delete…")
    expect(page.locator("#deletion")).to_contain_text("1 workout session", use_inner_text=True)
    hand.press("Delete")
    assert hand.told() == "Workout session was deleted."

    # What it comes to.
    hand.menu("Routines")
    hand.follow("Strength")
    expect(page.get_by_role("link", name=re.compile("trained on"))).to_have_count(1)
    expect(page.locator("figcaption").first).to_contain_text("at most 870 kg", use_inner_text=True)
    hand.follow("Statistics")
    expect(page.get_by_role("row", name=re.compile("Bench Press 2 600"))).to_be_visible()
    hand.go(page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Strength"))
    hand.follow("Every date")
    expect(page.locator("tbody tr")).to_have_count(14)
    hand.follow("The routine with its calendar")

    # A copy becomes a template; what is not wanted goes.
    hand.follow("Copy")
    hand.fill(Name="Strength again")
    hand.press("Copy")
    expect(page.get_by_role("heading", level=1)).to_have_text("Strength again", use_inner_text=True)
    page.locator("summary", has_text=re.compile("^Change$")).click()
    page.locator("#change").get_by_label("Template").check()
    hand.press("Save")
    expect(page.get_by_text("template", exact=True)).to_be_visible()
    hand.unfold("Lateral Raise")
    hand.follow("Change exercise")
    hand.fill(Comment="Elbows in")
    hand.press("Choose another… Exercise")
    page.get_by_label("Name", exact=True).first.fill("overhead press")
    hand.press("Search")
    hand.follow("Choose Overhead Press")
    hand.press("Save")
    expect(page.get_by_role("link", name="Overhead Press", exact=True)).to_be_visible()
    expect(page.get_by_text("Elbows in")).to_be_visible()
    hand.follow("Change day", 1)
    hand.follow("Delete…")
    expect(page.locator("#deletion")).to_contain_text("1 day", use_inner_text=True)
    hand.press("Delete")
    assert hand.told() == "Day was deleted."
    counts = [model.select().count() for model in (Routine, Day, Slot, SlotEntry, WorkoutSession, WorkoutLog)]
    assert counts == [2, 5, 5, 7, 1, 3]
