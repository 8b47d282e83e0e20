"""Exercises are contributed by pages: nobody is left with one that they cannot see, and whoever may not reads why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from wger_flask import web
from wger_flask.api import Deprecation, Endpoints, RegistrationError, Registry, Resource
from wger_flask.auth.models import EmailAddress, User
from wger_flask.domain.exercises.models import Alias, Exercise, ExerciseComment, Translation
from wger_flask.domain.exercises.schemas import ExerciseSchema
from wger_flask.storage.columns import now

ENGLISH = "Stand on one leg, hold on to nothing and lower yourself slowly until the knee touches the ground."
GERMAN = "Stelle dich auf ein Bein, halte dich nirgends fest und geh langsam in die Knie, bis eines den Boden berührt."
WORDS = {
    "translations.0.language": "2",
    "translations.0.name": "Shrimp Squat",
    "translations.0.description_source": ENGLISH,
    "translations.0.aliases": "Airborne Lunge\r\n\r\n One-legged Kneel ",
    "translations.0.comments": "",
    "translations.1.language": "",
    "translations.1.name": "",
    "translations.1.description_source": "",
    "translations.1.aliases": "",
    "translations.1.comments": "",
}
IN_GERMAN = {
    "translations.1.language": "1",
    "translations.1.name": "Garnelen-Kniebeuge",
    "translations.1.description_source": GERMAN,
    "translations.1.comments": "Halte den Rücken gerade, während du nach unten gehst.",
}
EXERCISE = {
    "category": "9",
    "muscles": ["", "10", "8"],
    "muscles_secondary": "",
    "equipment": "",
    "license": "",
    "license_author": "",
    "variation_group": "",
    "variations_connect_to": "",
}


@pytest.mark.parametrize("path", ["exercise/", "exerciseinfo/", "exercise-submission/"])
def test_one_form_asks_for_the_exercise_and_its_words(visitor, path):
    page = visitor("ada").see(path)
    assert page.status == 200
    assert "Add exercise" in page.words and "In English" in page.words and "In another language" in page.words
    names = set(page.controls)
    assert {"category", "equipment", "muscles", "translations.0.name", "translations.1.description_source"} <= names
    assert page.controls["translations.0.language"][0]["type"] == "hidden"
    assert any(form.action.endswith("/exercise-submission/") for form in page.forms)
    assert not any(form.action.endswith(("/exercise/", "/exerciseinfo/")) and form.buttons for form in page.forms)
    assert all(name in page.labelled for name in page.ids if name.endswith((".name", ".description_source")))


def test_an_exercise_is_added_in_one_language(visitor):
    ada = visitor("ada")
    answer = ada.send("exercise-submission/", **EXERCISE, **WORDS)
    assert answer.status_code == 303
    made = Exercise.select().order_by(Exercise.id.desc()).get()
    assert answer.location == f"/api/v2/exerciseinfo/{made.id}/"
    page = ada.see(answer.location)
    assert "Exercise was added." in page.words and "Shrimp Squat" in page.title
    [words] = Translation.select().where(Translation.exercise == made)
    assert [row.alias for row in Alias.select().where(Alias.translation == words).order_by(Alias.id)] == [
        "Airborne Lunge",
        "One-legged Kneel",
    ]
    assert ada.see(f"exercise/{made.id}/").status == 200
    assert "Shrimp Squat" in ada.see("exerciseinfo/?name__search=shrimp squat").words
    for name in ("Add a picture", "Add a film", "Add another language"):
        form = ada.see(page.link(name))
        assert form.status == 200 and str(made.id) in form.held()["exercise"]


def test_an_exercise_is_added_in_two_languages(visitor):
    answer = visitor("ada").send("exercise-submission/", **EXERCISE, **{**WORDS, **IN_GERMAN})
    key = answer.location.rstrip("/").rpartition("/")[2]
    rows = Translation.select().where(Translation.exercise == key)
    assert {row.language_id: row.name for row in rows} == {1: "Garnelen-Kniebeuge", 2: "Shrimp Squat"}
    assert ExerciseComment.select().order_by(ExerciseComment.id.desc()).get().translation.language_id == 1


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"category": ""}, "category", "may not be null"),
        ({"translations.0.name": ""}, "translations.0.name", "may not be blank"),
        ({"translations.0.description_source": "short"}, "translations.0.description_source", "at least 40 characters"),
        ({"translations.0.aliases": "x" * 201}, "translations.0.aliases", "no more than 200 characters"),
        ({"translations.0.description_source": GERMAN}, "", "detected language of the description is"),
        ({"translations.0.name": "Bench Press"}, "translations.0.name", "too similar to the existing exercise"),
        ({**IN_GERMAN, "translations.1.name": ""}, "translations.1.name", "may not be blank"),
        ({**IN_GERMAN, "translations.1.language": ""}, "translations.1.language", "may not be null"),
        ({**IN_GERMAN, "translations.1.description_source": ENGLISH}, "translations.1.language", "detected language"),
        (
            {
                **IN_GERMAN,
                "translations.1.language": "2",
                "translations.1.description_source": ENGLISH,
                "translations.1.comments": "",
            },
            "",
            "already exists",
        ),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_what_was_typed_stays(visitor, changes, field, text):
    before = Exercise.select().count()
    sent = {**EXERCISE, **WORDS, **changes}
    ada = visitor("ada")
    answer = ada.send("exercise-submission/", **sent)
    assert answer.status_code == 400 and Exercise.select().count() == before
    page = type(ada.see("/"))(answer)
    assert text in page.words
    if field:
        assert "aria-invalid" in page.controls[field][-1]
    shown = page.held()
    assert shown["translations.0.name"] == [sent["translations.0.name"]]
    assert sent["translations.0.description_source"] in page.words
    assert shown["translations.1.name"] == [sent["translations.1.name"]]
    assert {"8", "10"} <= set(shown["muscles"])


def test_what_was_typed_stays_while_a_variation_is_chosen(visitor):
    ada = visitor("ada")
    page = ada.see("exercise-submission/")
    typed = {name: value for name, value in {**WORDS, **IN_GERMAN}.items() if value}
    listed = ada.choose(page, "Choose… Variation of", **typed)
    back = ada.see(next(url for url, words in listed.links if words.startswith("Choose") and "_chosen" in url))
    assert back.held()["translations.0.name"] == ["Shrimp Squat"]
    assert back.held()["translations.1.name"] == ["Garnelen-Kniebeuge"]
    assert back.held()["variations_connect_to"] != [""] and ENGLISH in back.words


def test_no_page_makes_an_exercise_that_its_editor_cannot_see(visitor, api):
    before = Exercise.select().count()
    answer = visitor("ada").send("exercise/", **EXERCISE)
    assert answer.status_code == 400 and "add it with what belongs to it" in answer.text
    assert Exercise.select().count() == before
    made = api("ada").post("exercise/", {"category": 9})  # the API stays as it was recorded
    assert made.status_code == 201 and api("ada").get(f"exercise/{made.json['id']}/").status_code == 404


def test_words_can_be_given_to_an_exercise_that_a_program_added_without(visitor, api):
    key = api("ada").post("exercise/", {"category": 9}).json["id"]
    ada = visitor("ada")
    page = ada.see(f"exerciseinfo/{key}/")
    assert "Delete…" not in page.words and "Change muscles" not in page.words
    form = ada.see(page.link("Add words"))
    sent = {"exercise": str(key), "language": "2", "name": "Shrimp Squat", "description_source": ENGLISH}
    assert ada.send("exercise-translation/", _next=form.held()["_next"][0], **sent).status_code == 303
    assert "Delete…" in ada.see(f"exerciseinfo/{key}/").words


def submitted(api) -> int:
    """Return the key of an exercise in two languages that a program submitted."""
    words = [(2, "Zottman Carousel", ENGLISH), (1, "Zottman-Karussell", GERMAN)]
    items = [dict(zip(("language", "name", "description_source"), each, strict=True)) for each in words]
    return api("ada").post("exercise-submission/", {"category": 9, "translations": items}).json["id"]


def test_the_last_words_of_an_exercise_are_deleted_with_it_alone(visitor, api):
    exercise = submitted(api)
    rows = list(Translation.select().where(Translation.exercise == exercise).order_by(Translation.id))
    ada = visitor("ada")
    assert ada.send(f"exercise-translation/{rows[0].id}/", "DELETE").status_code == 303
    answer = ada.send(f"exercise-translation/{rows[1].id}/", "DELETE")
    assert answer.status_code == 400 and "delete the exercise instead" in answer.text
    assert Translation.get_or_none(Translation.id == rows[1].id)
    assert api("ada").delete(f"exercise-translation/{rows[1].id}/").status_code == 204


@pytest.mark.parametrize(
    "path", ["exercise-submission/", "exerciseinfo/", "exercise/", "exercise-translation/", "video/"]
)
def test_whoever_may_not_contribute_reads_on_what_it_depends(visitor, people, path):
    page = visitor("grace").see(path)
    assert "405" not in page.words and "Method" not in page.words.replace("Methods:", "")
    assert page.status == (403 if path == "exercise-submission/" else 200)
    assert "takes a confirmed e-mail address and an account that is more than 21 days old" in page.words
    assert "Your account is not old enough: it will be on " in page.words
    assert "is not confirmed" in page.words or "has no e-mail address" in page.words
    assert "translations.0.name" not in page.controls


def test_what_is_lacking_is_told_until_it_is_not(visitor, people):
    grace = people["grace"].id
    User.update(date_joined=now() - timedelta(days=60), email="").where(User.id == grace).execute()
    words = visitor("grace").see("exercise-submission/").words
    assert "not old enough" not in words and "Your account has no e-mail address." in words
    User.update(email="grace@example.org").where(User.id == grace).execute()
    EmailAddress.delete().where(EmailAddress.user == grace).execute()
    assert "grace@example.org, is not confirmed." in visitor("grace").see("exercise-submission/").words
    EmailAddress.create(user=grace, email="grace@example.org", verified=True, primary=True)
    page = visitor("grace").see("exercise-submission/")
    assert page.status == 200 and "translations.0.name" in page.controls


def test_nobody_is_asked_to_log_in_and_told_what_it_takes(visitor):
    page = visitor().see("exercise-submission/")
    assert page.status == 403 and page.title.startswith("Please log in")
    assert "takes a confirmed e-mail address" in page.words and "Your account" not in page.words
    assert "Log in to add" in visitor().see("exerciseinfo/").words


def test_a_form_that_is_refused_tells_why(visitor):
    sent = {"exercise": "1", "language": "1", "name": "Shrimp", "description_source": GERMAN}
    answer = visitor("grace").send("exercise-translation/", **sent)
    assert answer.status_code == 403 and "takes a confirmed e-mail address" in answer.text


def test_programs_are_refused_as_before(api):
    for method, path in (("POST", "exercise-submission/"), ("POST", "exercise/"), ("DELETE", "exercise/1/")):
        answer = api("grace").open(method, path, {})
        assert (answer.status_code, answer.json) == (
            403,
            {"detail": "You do not have permission to perform this action."},
        )
    answer = api("grace").get("exercise-submission/")
    assert (answer.status_code, answer.json) == (405, {"detail": 'Method "GET" not allowed.'})


def test_the_replacement_of_an_exercise_that_goes_is_chosen_from_a_list(visitor, api):
    exercise = submitted(api)
    ada = visitor("ada")
    page = ada.see(ada.see(f"exerciseinfo/{exercise}/").link("Delete…"))
    listed = ada.choose(page, "Choose… Replaced by")
    chosen = next(url for url, words in listed.links if words.startswith("Choose Bench Press"))
    form = ada.see(chosen)
    assert "Bench Press" in form.words
    [key] = form.held()["replaced_by"]
    answer = ada.send(f"exercise/{exercise}/", "DELETE", replaced_by=key, _next="/api/v2/exerciseinfo/")
    assert (answer.status_code, answer.location) == (303, "/api/v2/exerciseinfo/")


@pytest.mark.parametrize(
    ("target", "names", "reason"),
    [
        ("resource", {"added_by": "nowhere"}, "there is no endpoint 'nowhere'"),
        ("resource", {"deprecated": Deprecation(date(2026, 1, 1), "nowhere")}, "there is no successor 'nowhere'"),
        ("endpoint", {"makes": "nothing"}, "endpoint 'making': there is no resource 'nothing'"),
    ],
)
def test_a_form_that_leads_nowhere_stops_the_start(app, target, names, reason):
    registry = Registry()
    if target == "resource":
        registry.add(Resource("thing", Exercise, ExerciseSchema, **names))
    else:
        making = Endpoints("making")
        making.endpoint("making", methods=("POST",), **names)(lambda call: {})
        registry.add_blueprint(making)
    with pytest.raises(RegistrationError, match=reason):
        web.prepare(registry)
