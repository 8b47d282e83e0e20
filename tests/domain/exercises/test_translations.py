"""The words of exercises."""

from __future__ import annotations

import pytest

from tests.domain.exercises.conftest import TEXTS
from wger_flask.domain.core.models import Language
from wger_flask.domain.exercises import translations
from wger_flask.domain.exercises.models import ExerciseComment, Translation
from wger_flask.storage.database import IntegrityError, transaction
from wger_flask.text import similarity

TWICE = {"non_field_errors": ["A translation for this exercise and language already exists."]}


def test_markdown_becomes_clean_html(api, make_exercise, body):
    source = f"# Setup\n\n**Bold** and <script>alert(1)</script>\n\n* one\n* two\n\n{TEXTS['en']}"
    answer = api("ada").post("exercise-translation/", body(make_exercise(de="Karussell"), description_source=source))
    assert answer.status_code == 201
    html = answer.json["description"]
    assert html.startswith("Setup\n<p><strong>Bold</strong> and </p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n")
    assert html.endswith(f"<p>{TEXTS['en']}</p>\n")
    assert answer.json["description_source"] == source


def test_the_html_cannot_be_written(api, make_exercise, body):
    answer = api("ada").post("exercise-translation/", body(make_exercise(de="Karussell"), description="<b>x</b>"))
    assert answer.json["description"] == f"<p>{TEXTS['en']}</p>\n"


def test_imported_html_is_cleaned_when_the_row_is_saved(api, make_exercise):
    row = Translation.get(Translation.exercise == make_exercise(en="Zottman Carousel"))
    with transaction():
        row.description_source, row.description = "", "<p onclick='x'>Lift.</p><script>x</script>"
        row.save()
    answer = api("ada").patch(f"exercise-translation/{row.id}/", {"license_author": "me"})
    assert answer.json["description"] == "<p>Lift.</p>"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("short", "Ensure this value has at least 40 characters (it has 5)."),
        ("", "This field may not be blank."),
        (None, "This field may not be null."),
    ],
)
def test_instructions_have_a_length(api, make_exercise, body, source, message):
    answer = api("ada").post("exercise-translation/", body(make_exercise(de="K"), description_source=source))
    assert (answer.status_code, answer.json) == (400, {"description_source": [message]})


def test_one_translation_a_language(api, make_exercise, body):
    answer = api("ada").post("exercise-translation/", body(make_exercise(en="Zottman Carousel"), name="Other"))
    assert (answer.status_code, answer.json) == (400, TWICE)


def test_the_index_says_the_same_when_two_write_at_once(api, make_exercise, body, monkeypatch):
    exercise = make_exercise(en="Zottman Carousel")
    monkeypatch.setattr(translations, "demand_free_place", lambda *args: None)
    answer = api("ada").post("exercise-translation/", body(exercise, name="Another Name Entirely"))
    assert (answer.status_code, answer.json) == (400, TWICE)
    with pytest.raises(IntegrityError), transaction():
        Translation.create(exercise=exercise, language=2, name="x")


def test_the_language_is_checked(api, make_exercise, body):
    answer = api("ada").post("exercise-translation/", body(make_exercise(), description_source=TEXTS["de"]))
    assert answer.json == {
        "language": [
            'The detected language of the description is "German" (de), which does not match your selected language: '
            '"English" (en). If you believe this is incorrect, try adding more content or rephrasing your text, as '
            "language detection works better with longer or more complete sentences."
        ]
    }


def test_what_is_no_language_at_all(api, make_exercise, body):
    answer = api("ada").post("exercise-translation/", body(make_exercise(), description_source="12345 " * 10))
    assert answer.json == {
        "language": [
            "Could not detect the language of the description. Try adding more content or rephrasing your text, "
            "language detection works better with longer or more complete sentences."
        ]
    }


def test_comments_are_checked_against_their_translation(api, make_exercise):
    row = Translation.get(Translation.exercise == make_exercise(de="Karussell"))
    client = api("ada")
    refused = client.post("exercisecomment/", {"translation": row.id, "comment": "Keep your back straight all along."})
    assert refused.status_code == 400
    assert refused.json["language"][0].startswith('The detected language of the comment is "English" (en)')
    taken = client.post("exercisecomment/", {"translation": row.id, "comment": "Halte den Rücken immer gerade."})
    assert taken.status_code == 201
    assert ExerciseComment.get_by_id(taken.json["id"]).comment == "Halte den Rücken immer gerade."


@pytest.mark.parametrize("name", ["Bench Press", "bench-press", "BenchPress", "Bench Presss"])
def test_names_that_are_nearly_taken(api, make_exercise, body, name):
    answer = api("ada").post("exercise-translation/", body(make_exercise(), name=name))
    assert answer.json == {
        "name": [
            f'The name "{name}" is too similar to the existing exercise "Bench Press". '
            "Please choose a more distinct name or submit a variation instead."
        ]
    }


def test_a_name_is_free_in_another_language(api, make_exercise, body):
    answer = api("ada").post("exercise-translation/", body(make_exercise(), code="fr", name="Bench Press"))
    assert answer.status_code == 201


@pytest.mark.parametrize(("name", "status"), [("zottman-carousel", 200), ("Zottman Carousel", 200), ("Deadlift", 400)])
def test_a_row_keeps_its_own_name(api, make_exercise, name, status):
    row = Translation.get(Translation.exercise == make_exercise(en="Zottman Carousel"))
    assert api("ada").patch(f"exercise-translation/{row.id}/", {"name": name}).status_code == status


def test_exercise_and_language_never_change(api, make_exercise, languages):
    exercise, other = make_exercise(en="Zottman Carousel"), make_exercise(de="Karussell")
    row = Translation.get(Translation.exercise == exercise)
    change = {"exercise": other.id, "language": languages["fr"], "name": "Windmill Carousel"}
    answer = api("ada").patch(f"exercise-translation/{row.id}/", change)
    assert answer.status_code == 200
    assert (answer.json["exercise"], answer.json["language"]) == (exercise.id, languages["en"])
    assert answer.json["name"] == "Windmill Carousel"


def test_what_would_collide_is_refused_although_it_would_not_change(api, make_exercise, languages):
    exercise = make_exercise(en="Zottman Carousel", de="Karussell")
    row = Translation.get((Translation.exercise == exercise) & (Translation.language == languages["en"]))
    answer = api("ada").patch(f"exercise-translation/{row.id}/", {"language": languages["de"]})
    assert (answer.status_code, answer.json) == (400, TWICE)


def test_a_text_stays_in_the_language_of_its_row(api, make_exercise, languages):
    row = Translation.get(Translation.exercise == make_exercise(en="Zottman Carousel"))
    change = {"language": languages["fr"], "description_source": TEXTS["fr"]}
    answer = api("ada").patch(f"exercise-translation/{row.id}/", change)
    assert answer.status_code == 400
    assert '"English" (en)' in answer.json["language"][0]


def test_every_starter_text_passes_its_own_check(app):
    names = {row.id: row for row in Language.select()}
    for row in Translation.select().where(Translation.description_source != ""):
        assert translations.wrong_language(row.description_source, names[row.language_id], "description") is None


def test_no_two_starter_names_are_the_same(app):
    for language in (1, 2):
        names = [
            similarity.normalised(row.name) for row in Translation.select().where(Translation.language == language)
        ]
        assert len(set(names)) == len(names)


def test_authors_are_read_from_the_history(api, make_exercise, body):
    exercise = make_exercise(de="Karussell")
    client = api("ada")
    made = client.post("exercise-translation/", body(exercise, license_author="anna")).json
    client.patch(f"exercise-translation/{made['id']}/", {"license_author": "bert"})
    client.patch(f"exercise-translation/{made['id']}/", {"license_author": ""})
    client.patch(f"exercise/{exercise.id}/", {"license_author": "carl"})
    info = client.get(f"exerciseinfo/{exercise.id}/").json
    found = {item["language"]: item["author_history"] for item in info["translations"]}
    assert found == {1: [], 2: ["anna", "bert"]}
    assert info["author_history"] == ["carl"]
    assert sorted(info["total_authors_history"]) == ["anna", "bert", "carl"]


def test_history_says_who_did_what(api, people, make_exercise, body):
    client = api("ada")
    made = client.post("exercise-translation/", body(make_exercise(de="Karussell"))).json
    client.patch(f"exercise-translation/{made['id']}/", {"name": "Windmill Carousel"})
    client.delete(f"exercise-translation/{made['id']}/")
    history = Translation._meta.history
    rows = history.select().where(history.id == made["id"]).order_by(history.history_id)
    assert [(row.history_type, row.name, row.history_user_id) for row in rows] == [
        ("+", "Zottman Carousel", people["ada"].id),
        ("~", "Windmill Carousel", people["ada"].id),
        ("-", "Windmill Carousel", people["ada"].id),
    ]
