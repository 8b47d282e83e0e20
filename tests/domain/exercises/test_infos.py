"""Exercises with everything that is known of them."""

from __future__ import annotations

from wger_flask.domain.exercises.models import Alias, Exercise, Translation
from wger_flask.storage.database import transaction

HOST = "http://localhost"


def test_queries_do_not_grow_with_the_page(api, queries):
    client = api()
    client.get("exerciseinfo/?limit=1")
    counts = []
    for limit in (1, 20, 90):
        queries.clear()
        assert len(client.get(f"exerciseinfo/?limit={limit}").json["results"]) == limit
        counts.append(len(queries))
    assert counts[0] <= counts[1] == counts[2] <= 24


def test_all_languages_and_everything_in_order(api, make_exercise):
    exercise = make_exercise(fr="Manège", en="Zottman Carousel", de="Karussell")
    with transaction():
        english = Translation.get((Translation.exercise == exercise) & (Translation.language == 2))
        for name in ("b", "a"):
            Alias.create(translation=english, alias=name)
    info = api().get(f"exerciseinfo/{exercise.id}/?language__code=de").json
    assert [item["name"] for item in info["translations"]] == ["Karussell", "Manège", "Zottman Carousel"]
    assert [item["alias"] for item in info["translations"][2]["aliases"]] == ["b", "a"]
    names = (
        "id uuid created last_update last_update_global category muscles muscles_secondary equipment license "
        "license_author images translations variation_group videos author_history total_authors_history"
    ).split()
    assert list(info) == names


def test_the_last_update_of_any_part_counts(api, make_exercise):
    exercise = make_exercise(en="Zottman Carousel")
    client = api("ada")
    before = client.get(f"exerciseinfo/{exercise.id}/").json
    key = before["translations"][0]["id"]
    client.patch(f"exercise-translation/{key}/", {"license_author": "me"})
    after = client.get(f"exerciseinfo/{exercise.id}/").json
    assert after["last_update"] == before["last_update"]
    assert after["last_update_global"] > before["last_update_global"]


def test_authors_are_those_of_the_parts_that_are_there(api, make_exercise, body):
    exercise, other, client = make_exercise(en="Zottman Carousel"), make_exercise(en="Turkish Wheel"), api("ada")

    def authors(row):
        return sorted(client.get(f"exerciseinfo/{row.id}/").json["total_authors_history"])

    def add(code, name, author):
        return client.post("exercise-translation/", body(exercise, code, name, license_author=author)).json["id"]

    german, french = add("de", "Karussell", "anna"), add("fr", "Manège", "benoit")
    assert authors(exercise) == ["anna", "benoit"]
    client.patch(f"exercise-translation/{german}/", {"license_author": "berta"})
    assert authors(exercise) == ["anna", "benoit", "berta"], "who wrote before counts too"
    client.delete(f"exercise-translation/{french}/")
    assert authors(exercise) == ["anna", "berta"]
    client.delete(f"exercise/{exercise.id}/?replaced_by={other.uuid}&transfer_translations=1")
    assert authors(other) == ["anna", "berta"], "a part takes its authors along"


def test_muscles_show_where_they_are(api):
    shown = api().get("muscle/2/").json
    assert shown["image_url_main"] == f"{HOST}/static/images/muscles/main/muscle-2.svg"
    drawing = api().get("/static/images/muscles/main/muscle-2.svg", buffered=True)
    assert (drawing.status_code, drawing.mimetype) == (200, "image/svg+xml")


def test_vocabulary_may_be_kept_and_of_exercises_the_newest_is_asked_for(api):
    for name in ("muscle", "equipment", "exercisecategory", "language"):
        answer = api().get(f"{name}/")
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert "Expires" in answer.headers
        assert api().get(f"{name}/999/").headers["Cache-Control"] == "no-cache"
    for name in ("exercise", "exerciseinfo", "exerciseimage", "license"):
        assert api().get(f"{name}/").headers["Cache-Control"] == "no-cache"


def test_variations_share_a_group(api):
    with transaction():
        group = Exercise.get_by_id(1).uuid
        Exercise.update(variation_group=group).where(Exercise.id.in_((1, 2))).execute()
    found = api().get(f"exerciseinfo/?variation_group={group}").json
    assert [item["id"] for item in found["results"]] == [1, 2]
