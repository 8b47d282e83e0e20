"""Deleting from the catalogue."""

from __future__ import annotations

import pytest

from wger_flask.domain.exercises.models import EDITED, Alias, DeletionLog, Exercise, ExerciseComment, Translation
from wger_flask.domain.routines.models import SlotEntry, WorkoutLog
from wger_flask.storage.database import transaction
from wger_flask.testing.rows import make


@pytest.fixture
def used(make_exercise, people):
    """An exercise in a routine and a log of grace's."""
    exercise = make_exercise(en="Zottman Carousel", de="Karussell")
    with transaction():
        entry = make(SlotEntry, people["grace"], ("slot", "day", "routine", "user"), exercise=exercise)
        log = make(WorkoutLog, people["grace"], ("user",), exercise=exercise)
    return exercise, entry, log


def logged():
    return [(row.model_type, row.comment, row.replaced_by) for row in DeletionLog.select().order_by(DeletionLog.id)]


def test_without_a_replacement_everything_goes(api, used):
    exercise, entry, log = used
    answer = api("ada").delete(f"exercise/{exercise.id}/")
    assert (answer.status_code, answer.data) == (204, b"")
    assert Exercise.get_or_none(Exercise.id == exercise.id) is None
    assert Translation.select().where(Translation.exercise == exercise.id).count() == 0
    assert SlotEntry.get_or_none(SlotEntry.id == entry.id) is None
    assert WorkoutLog.get_or_none(WorkoutLog.id == log.id) is None
    assert logged() == [
        ("base", "Exercise base of Zottman Carousel", None),
        ("translation", "Zottman Carousel", None),
        ("translation", "Karussell", None),
    ]


def test_a_replacement_takes_over_routines_and_logs(api, used):
    exercise, entry, log = used
    target = Exercise.get_by_id(1)
    answer = api("ada").delete(f"exercise/{exercise.id}/?replaced_by={str(target.uuid).upper()}")
    assert answer.status_code == 204
    assert SlotEntry.get_by_id(entry.id).exercise_id == target.id
    assert WorkoutLog.get_by_id(log.id).exercise_id == target.id
    assert logged()[0] == ("base", "Exercise base of Zottman Carousel", target.uuid)


NOWHERE = "0a51c7f4-e901-4f0a-9d3b-7b1f9a526c1e"
NOT_ONE, NO_SUCH, OWN = "Must be a valid UUID.", "There is no such exercise.", "An exercise cannot take its own place."


@pytest.fixture
def unharmed(api, used):
    """Ask for a deletion that must be refused with these words, and leave everything as it is."""
    exercise, entry, log = used

    def unharmed(errors, query="", **options):
        answer = api("ada").delete(f"exercise/{exercise.id}/{query}", **options)
        assert (answer.status_code, answer.json) == (400, errors)
        assert SlotEntry.get_by_id(entry.id).exercise_id == WorkoutLog.get_by_id(log.id).exercise_id == exercise.id
        assert Translation.select().where(Translation.exercise == exercise.id).count() == 2
        assert logged() == []

    return unharmed


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("nonsense", NOT_ONE),
        ("", NOT_ONE),
        ("7", NOT_ONE),
        ("{short}", NOT_ONE),
        ("%20{other}", NOT_ONE),
        (NOWHERE, NO_SUCH),
        ("{own}", OWN),
        ("{OWN}", OWN),
    ],
)
@pytest.mark.parametrize("more", ["", "&transfer_media", "&transfer_translations=1"])
def test_a_replacement_that_is_none_is_refused(used, unharmed, sent, message, more):
    own, other = str(used[0].uuid), str(Exercise.get_by_id(1).uuid)
    for name, text in (("short", other[:-1]), ("other", other), ("own", own), ("OWN", own.upper())):
        sent = sent.replace(f"{{{name}}}", text)
    unharmed({"replaced_by": [message]}, f"?replaced_by={sent}{more}")


def test_a_replacement_in_a_body_counts_too(api, used, unharmed):
    exercise, entry, _ = used
    other = str(Exercise.get_by_id(1).uuid)
    for wrong in ("nonsense", "", 1, 1.5, [other], {}, True):
        unharmed({"replaced_by": [NOT_ONE]}, body={"replaced_by": wrong})
    form = "application/x-www-form-urlencoded"
    unharmed({"replaced_by": [NOT_ONE]}, data="replaced_by=", content_type=form)
    unharmed({"replaced_by": ["This is said twice, and differs."]}, f"?replaced_by={other}&replaced_by={NOWHERE}")
    unharmed(
        {"replaced_by": ["This is said twice, and differs."]}, f"?replaced_by={other}", body={"replaced_by": NOWHERE}
    )
    assert api("ada").delete(f"exercise/{exercise.id}/", {"replaced_by": other}).status_code == 204
    assert SlotEntry.get_by_id(entry.id).exercise_id == 1


@pytest.mark.parametrize(
    "name", ["replacedBy", "replaced-by", "Replaced_By", "replace_by", "replacd_by", "replaced_by_uuid"]
)
def test_a_name_that_is_nearly_right_is_refused(unharmed, name):
    message = "There is no such parameter; the nearest is replaced_by."
    unharmed({name: [message]}, f"?{name}={Exercise.get_by_id(1).uuid}")
    unharmed({name: [message]}, body={name: str(Exercise.get_by_id(1).uuid)})


@pytest.mark.parametrize("name", ["transfer_medias", "transferMedia", "transfer-translations", "transfer_translation"])
def test_what_is_to_be_kept_is_named_right_as_well(unharmed, name):
    near = "transfer_media" if "edia" in name else "transfer_translations"
    message = f"There is no such parameter; the nearest is {near}."
    unharmed({name: [message]}, f"?replaced_by={Exercise.get_by_id(1).uuid}&{name}")


@pytest.mark.parametrize("query", ["?transfer_media", "?transfer_translations=0&transfer_media=no", "?_=1718&page=3"])
def test_to_keep_things_without_a_replacement_is_a_plain_deletion(api, used, query):
    exercise, entry, _ = used
    assert api("ada").delete(f"exercise/{exercise.id}/{query}").status_code == 204
    assert SlotEntry.get_or_none(SlotEntry.id == entry.id) is None
    assert logged()[0][2] is None


def test_the_document_tells_what_a_deletion_takes(api):
    paths = api().get("/api/v2/schema?format=json").json["paths"]
    found = {
        item["name"]: item["schema"]
        for item in paths["/api/v2/exercise/{id}/"]["delete"]["parameters"]
        if "name" in item  # some are described once for all
    }
    assert found["replaced_by"] == {"type": "string", "format": "uuid"}
    assert {"transfer_media", "transfer_translations"} < set(found)
    counts = paths["/api/v2/exercise/{id}/deletion/"]["get"]["parameters"]
    assert [item["name"] for item in counts] == ["format"]
    answer = api("ada").get(f"exercise/1/deletion/?replaced_by={NOWHERE}")
    assert (answer.status_code, answer.json) == (400, {"replaced_by": ["What is counted is a deletion without it."]})


@pytest.mark.parametrize("path", ["exercise/{exercise}/", "exercise-translation/{translation}/"])
def test_whatever_goes_along_leaves_its_history(api, people, make_exercise, path):
    exercise = make_exercise(en="Zottman Carousel")
    with transaction():
        words = Translation.get(Translation.exercise == exercise)
        parts = [Alias.create(translation=words, alias=name) for name in ("Spinner", "Kreisel")]
        parts.append(ExerciseComment.create(translation=words, comment="Breathe"))
    assert api("ada").delete(f"{path.format(exercise=exercise.id, translation=words.id)}").status_code == 204
    gone = [words, *parts] + ([exercise] if path.startswith("exercise/") else [])
    for model in EDITED:
        past = model._meta.history
        rows = [(row.id, row.history_type, row.history_user_id) for row in past.select()]
        assert sorted(rows) == [(row.id, "-", people["ada"].id) for row in gone if type(row) is model]


def test_translations_move_into_languages_that_lack_one(api, make_exercise):
    old, new = make_exercise(en="Zottman Carousel", de="Karussell"), make_exercise(en="Turkish Carousel")
    with transaction():
        german = Translation.get((Translation.exercise == old) & (Translation.language == 1))
        Alias.create(translation=german, alias="Kreisel")
    answer = api("ada").delete(f"exercise/{old.id}/?replaced_by={new.uuid}&transfer_translations=0")
    assert answer.status_code == 204
    moved = Translation.get_by_id(german.id)
    assert (moved.exercise_id, moved.name) == (new.id, "Karussell")
    assert Alias.get(Alias.translation == moved).alias == "Kreisel"
    assert Translation.select().where(Translation.exercise == new).count() == 2
    assert logged() == [
        ("base", "Exercise base of Zottman Carousel", new.uuid),
        ("translation", "Zottman Carousel", None),
    ]


def test_a_name_in_another_language_stands_in_for_the_english_one(api, make_exercise):
    api("ada").delete(f"exercise/{make_exercise(de='Karussell').id}/")
    assert logged()[0][1] == "Exercise base of Karussell"


def test_a_long_name_fits_the_log(api, make_exercise):
    answer = api("ada").delete(f"exercise/{make_exercise(en='x' * 200).id}/")
    assert answer.status_code == 204
    assert logged()[0][1] == f"Exercise base of {'x' * 200}"[:200]


def test_deleting_again_renews_the_line(app):
    from wger_flask.domain.exercises import deletion_log

    uuid = Exercise.get_by_id(1).uuid
    with transaction():
        deletion_log.note("base", uuid, "first")
        before = DeletionLog.get()
        deletion_log.note("base", uuid, "second")
    rows = list(DeletionLog.select())
    assert [(row.id, row.comment) for row in rows] == [(before.id, "second")]
    assert rows[0].timestamp > before.timestamp


def test_aliases_and_comments_leave_no_line(api):
    client = api("ada")
    assert client.delete("exercisealias/1/").status_code == 204
    assert client.delete("exercisecomment/1/").status_code == 204
    assert client.get("deletion-log/").json["count"] == 0


def test_the_log_is_read_by_row(api, make_exercise):
    client = api("ada")
    exercise = make_exercise(en="Zottman Carousel")
    client.delete(f"exercise/{exercise.id}/")
    row = DeletionLog.get(DeletionLog.uuid == exercise.uuid)
    shown = client.get(f"deletion-log/{row.id}/").json
    assert set(shown) == {"model_type", "uuid", "replaced_by", "timestamp", "comment"}
    assert client.get("deletion-log/?model_type=base").json["count"] == 1
    assert client.get("deletion-log/?model_type=alias").json == {
        "model_type": ["Select a valid choice. alias is not one of the available choices."]
    }


def test_exercises_without_words_are_hidden(api, make_exercise):
    client = api("ada")
    before = client.get("exercise/").json["count"]
    exercise = make_exercise()
    assert client.get("exercise/").json["count"] == before
    for method in ("get", "patch", "delete"):
        answer = getattr(client, method)(f"exercise/{exercise.id}/", None if method == "get" else {})
        assert (answer.status_code, answer.json) == (404, {"detail": "No Exercise matches the given query."})
    assert client.get(f"exerciseinfo/{exercise.id}/").json["translations"] == []


def test_a_fresh_exercise_is_shown_to_whoever_makes_it(api):
    answer = api("ada").post("exercise/", {"category": 10, "muscles": [4, 1], "equipment": [3, 8]})
    assert answer.status_code == 201
    assert (answer.json["muscles"], answer.json["equipment"]) == ([1, 4], [8, 3])
    assert api().get(f"exercise/{answer.json['id']}/").status_code == 404
