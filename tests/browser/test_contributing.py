"""An exercise is contributed by the pages alone: with its words, then its picture; changed, and replaced by another."""

from __future__ import annotations

import re

import pytest

from tests.browser.chromium import PHONE, WIDE, expect
from tests.browser.conftest import ending, log_in
from tests.browser.test_training import Hand
from tests.media.samples import picture
from wger_flask.domain.exercises.models import Alias, DeletionLog, Exercise, ExerciseComment, ExerciseImage, Translation

ENGLISH = "Stand on one leg, hold on to nothing and lower yourself slowly until the knee touches the ground."
GERMAN = "Stelle dich auf ein Bein, halte dich nirgends fest und geh langsam in die Knie, bis eines den Boden berührt."


def group(page, name: str):
    return page.get_by_role("group", name=name)


@pytest.mark.parametrize(("size", "scripts"), [(WIDE, True), (PHONE, False)])
def test_an_exercise_by_its_pages(window, size, scripts, tmp_path):
    page = window(size, java_script_enabled=scripts)
    log_in(page, "ada")
    hand = Hand(page)
    before = Exercise.select().count()
    page.goto("/")
    hand.go(page.get_by_role("main").get_by_role("link", name="Exercises", exact=True))
    page.locator("summary", has_text="Add exercise").click()

    # What is wrong is told beside its field, and what was typed stays.
    english, german = group(page, "In English"), group(page, "In another language")
    english.get_by_label(re.compile("^Name")).fill("Shrimp Squat")
    english.get_by_label(re.compile("^Description")).fill("Too short")
    english.get_by_label(re.compile("^Other names")).fill("Airborne Lunge\nOne-legged Kneel")
    german.get_by_label(re.compile("^Name")).fill("Garnelen-Kniebeuge")
    page.get_by_label(re.compile("^Category")).first.select_option(label="Legs")
    page.get_by_role("group", name="Equipment").last.get_by_label("none (bodyweight exercise)").check()
    hand.press("Add")
    assert Exercise.select().count() == before
    alert = page.get_by_role("alert")
    expect(alert.get_by_text("Ensure this value has at least 40 characters")).to_be_visible()
    english, german = group(page, "In English"), group(page, "In another language")
    expect(english.get_by_label(re.compile("^Name"))).to_have_value("Shrimp Squat")
    expect(english.get_by_label(re.compile("^Other names"))).to_have_value("Airborne Lunge\nOne-legged Kneel")
    expect(german.get_by_label(re.compile("^Name"))).to_have_value("Garnelen-Kniebeuge")
    expect(page.get_by_label("none (bodyweight exercise)")).to_be_checked()

    english.get_by_label(re.compile("^Description")).fill(ENGLISH)
    english.get_by_label(re.compile("^Hints")).fill("Keep your back straight while you are going down.")
    german.get_by_label(re.compile("^Language")).select_option(label="Deutsch")
    german.get_by_label(re.compile("^Description")).fill(GERMAN)
    hand.press("Add")
    assert hand.told() == "Exercise was added."
    expect(page.get_by_role("heading", name="Shrimp Squat").first).to_be_visible()
    made = Exercise.select().order_by(Exercise.id.desc()).get()
    expect(page).to_have_url(ending(f"/api/v2/exerciseinfo/{made.id}/"))
    words = {row.language_id: row.name for row in Translation.select().where(Translation.exercise == made)}
    assert words == {1: "Garnelen-Kniebeuge", 2: "Shrimp Squat"}
    assert [row.alias for row in Alias.select().order_by(Alias.id.desc()).limit(2)] == [
        "One-legged Kneel",
        "Airborne Lunge",
    ]
    assert ExerciseComment.select().order_by(ExerciseComment.id.desc()).get().comment.startswith("Keep your back")

    # Its picture, another name, other words.
    photo = tmp_path / "squat.jpg"
    photo.write_bytes(picture("JPEG", (400, 300)))
    hand.follow("Add a picture")
    page.get_by_label(re.compile("^Image")).set_input_files(photo)
    hand.press("Add")
    assert ExerciseImage.get(ExerciseImage.exercise == made).is_main
    expect(page.locator("figure img").first).to_have_js_property("naturalWidth", 400)
    hand.follow("Add another name in English")
    page.get_by_label(re.compile("^Alias")).fill("Skater Squat")
    hand.press("Add")
    expect(page.get_by_text("Skater Squat").first).to_be_visible()
    hand.follow("Change the words in English")
    hand.fill(Name="Shrimp Pistol Squat")
    hand.press("Save")
    expect(page.get_by_role("heading", name="Shrimp Pistol Squat").first).to_be_visible()

    # It is found, and goes again, another one in its place.
    page.goto("/api/v2/exerciseinfo/?name__search=shrimp pistol")
    hand.go(page.get_by_role("link", name="Shrimp Pistol Squat").first)
    hand.follow("Delete…")
    hand.press("Choose… Replaced by")
    page.get_by_label("Name", exact=True).first.fill("bulgarian split")
    hand.press("Search")
    hand.go(page.get_by_role("link", name=re.compile("^Choose ")).first)
    expect(page.get_by_label(re.compile("^Replaced by")).locator("option:checked")).not_to_have_text("—")
    hand.press("Delete")
    assert hand.told() == "Exercise was deleted."
    assert Exercise.select().count() == before
    assert DeletionLog.get(DeletionLog.uuid == made.uuid).replaced_by is not None
