"""A whole exercise in one body."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domain.exercises.conftest import TEXTS
from wger_flask.domain.exercises.models import Alias, Exercise, ExerciseComment, Translation
from wger_flask.storage.database import IntegrityError

FIELDS = (
    "category",
    "muscles",
    "muscles_secondary",
    "equipment",
    "variation_group",
    "variations_connect_to",
    "license",
    "license_author",
)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["1", "10.5", "9" * 40, "\x00", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "name": JSON_VALUES | st.just("Zottman Carousel"),
        "language": JSON_VALUES | st.sampled_from([1, 2]),
        "description_source": JSON_VALUES | st.sampled_from(list(TEXTS.values())),
        "license_author": JSON_VALUES,
        "aliases": JSON_VALUES | st.just([{"alias": "Spinner"}]),
        "comments": JSON_VALUES | st.lists(st.fixed_dictionaries({"comment": JSON_VALUES}), max_size=2),
    },
)


@pytest.fixture
def submission(languages):
    """Return a function that gives the body of a submission."""

    def item(code, name, **more):
        return {"name": name, "description_source": TEXTS[code], "language": languages[code], **more}

    def make(*items, **more):
        return {
            "category": 8,
            "muscles": [2, 1],
            "muscles_secondary": [],
            "equipment": [1],
            "license_author": "anna",
            "translations": [item(*each[:2], **(each[2] if each[2:] else {})) for each in items],
            **more,
        }

    return make


def test_everything_is_stored(api, submission):
    answer = api("ada").post(
        "exercise-submission/",
        submission(
            (
                "en",
                "Zottman Carousel",
                {
                    "aliases": [{"alias": "Spinner"}],
                    "comments": [{"comment": "Keep your back straight all along."}],
                    "license_author": "anna",
                },
            ),
            ("de", "Karussell"),
        ),
    )
    assert answer.status_code == 201
    made = Exercise.get_by_id(answer.json["id"])
    assert answer.json == {
        "id": made.id,
        "category": 8,
        "muscles": [2, 1],
        "muscles_secondary": [],
        "equipment": [1],
        "variation_group": None,
        "license": 2,
        "license_author": "anna",
        "translations": [
            {"name": "Karussell", "description_source": TEXTS["de"], "language": 1, "license_author": ""},
            {"name": "Zottman Carousel", "description_source": TEXTS["en"], "language": 2, "license_author": "anna"},
        ],
    }
    info = api().get(f"exerciseinfo/{made.id}/").json
    words = {item["name"]: item for item in info["translations"]}
    assert [item["alias"] for item in words["Zottman Carousel"]["aliases"]] == ["Spinner"]
    assert [item["comment"] for item in words["Zottman Carousel"]["notes"]] == ["Keep your back straight all along."]
    assert words["Karussell"]["description"] == f"<p>{TEXTS['de']}</p>\n"
    assert info["total_authors_history"] == ["anna"]


def test_an_author_need_not_be_named(api, submission):
    body = submission(("en", "Zottman Carousel"))
    del body["license_author"]
    assert api("ada").post("exercise-submission/", body).json["license_author"] == ""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], ["You must provide at least one translation."]),
        (None, ["This field may not be null."]),
        ("x", {"non_field_errors": ['Expected a list of items but got type "str".']}),
        ({}, {"non_field_errors": ['Expected a list of items but got type "dict".']}),
        ([1], [{"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]}]),
        ([None], [["This field may not be null."]]),
        (
            [{}],
            [
                {
                    "name": ["This field is required."],
                    "description_source": ["This field is required."],
                    "language": ["This field is required."],
                }
            ],
        ),
    ],
)
def test_what_is_no_list_of_translations(api, submission, value, message):
    answer = api("ada").post("exercise-submission/", submission(translations=value))
    assert (answer.status_code, answer.json) == (400, {"translations": message})


def test_errors_stand_where_they_belong(api, submission):
    body = submission(("en", "Zottman Carousel"), ("de", "Karussell", {"aliases": [{"alias": "ok"}, {"alias": ""}]}))
    answer = api("ada").post("exercise-submission/", body | {"category": 999})
    assert answer.json == {
        "category": ['Invalid pk "999" - object does not exist.'],
        "translations": [{}, {"aliases": [{}, {"alias": ["This field may not be blank."]}]}],
    }


def test_english_is_needed(api, submission):
    answer = api("ada").post("exercise-submission/", submission(("de", "Karussell")))
    assert answer.json == {"translations": ["You must provide at least one translation in English."]}


def test_a_language_is_given_once(api, submission):
    answer = api("ada").post("exercise-submission/", submission(("en", "Zottman Carousel"), ("en", "Turkish Wheel")))
    words = "A translation for this exercise and language already exists."
    assert answer.json == {"translations": [{}, {"non_field_errors": [words]}]}


def test_words_are_checked_as_anywhere(api, submission):
    body = submission(
        ("en", "Bench Press"), ("de", "Karussell", {"comments": [{"comment": "Keep your back straight all along."}]})
    )
    first, second = api("ada").post("exercise-submission/", body).json["translations"]
    assert first["name"][0].startswith('The name "Bench Press" is too similar to the existing exercise "Bench Press".')
    assert second["language"][0].startswith('The detected language of the comment is "English" (en)')


def test_varying_an_exercise_gives_both_a_group(api, submission, make_exercise):
    varied = make_exercise(en="Turkish Wheel")
    body = submission(("en", "Zottman Carousel"), variations_connect_to=varied.id)
    group = api("ada").post("exercise-submission/", body).json["variation_group"]
    assert group is not None
    assert str(Exercise.get_by_id(varied.id).variation_group) == group
    again = submission(("en", "Nordic Pirouette"), variations_connect_to=varied.id)
    assert api("ada").post("exercise-submission/", again).json["variation_group"] == group


def test_one_way_to_vary(api, submission):
    body = submission(
        ("en", "Zottman Carousel"), variations_connect_to=1, variation_group="0a51c7f4-e901-4f0a-9d3b-7b1f9a526c1e"
    )
    assert api("ada").post("exercise-submission/", body).json == {
        "variation_group": ["Either set variation_group or variations_connect_to, not both."]
    }


def test_a_refused_submission_leaves_nothing(api, submission, monkeypatch):
    counts = [model.select().count() for model in (Exercise, Translation, Alias, ExerciseComment)]

    def clash(*args, **kwargs):
        raise IntegrityError("UNIQUE constraint failed: exercises_exercisecomment.uuid")

    monkeypatch.setattr(ExerciseComment, "create", clash)
    body = submission(
        (
            "en",
            "Zottman Carousel",
            {
                "aliases": [{"alias": "Spinner"}],
                "comments": [{"comment": "Keep your back straight all along."}],
            },
        )
    )
    answer = api("ada").post("exercise-submission/", body)
    assert answer.status_code == 400
    assert [model.select().count() for model in (Exercise, Translation, Alias, ExerciseComment)] == counts


@pytest.mark.parametrize("key", [10**30, -(10**30), 2**63, 2**31, 0, -1])
def test_keys_of_any_size(api, submission, key):
    item = {"name": "Zottman Carousel", "description_source": TEXTS["en"], "language": key}
    body = submission(translations=[item], category=key, muscles=[key], license=key, variations_connect_to=key)
    lost = [f'Invalid pk "{key}" - object does not exist.']
    assert api("ada").post("exercise-submission/", body).json == {
        "category": lost,
        "muscles": lost,
        "license": lost,
        "variations_connect_to": lost,
        "translations": [{"language": lost}],
    }


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(body=st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES), items=st.lists(ITEMS, max_size=2) | JSON_VALUES)
def test_no_submission_makes_a_mistake(api, submission, body, items):
    answer = api("ada").post("exercise-submission/", submission(translations=items) | body)
    assert answer.status_code in (201, 400)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_submissions_are_only_posted(api, method):
    answer = api("ada").open(method, "exercise-submission/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")
