"""A body that would be taken, with something odd in it: taken or refused, and nothing half-written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import assert_sound
from tests.fuzz.odd import ANY_TEXT, ANY_VALUE, LIGHTLY, examples
from wger_flask.rest.fields.computed import File


@pytest.fixture
def resource(registry, resource_name):
    found = registry.get(resource_name)
    if "PATCH" not in found.methods:
        pytest.skip("nothing is changed here")
    return found


@pytest.fixture
def writable(resource):
    """The names of the fields that a body may set."""
    return [
        field.data_key or name for name, field in resource.schema().load_fields.items() if not isinstance(field, File)
    ]


def test_any_change_of_a_body(api, key_for, resource, writable):
    client = api("ada" if resource.owner is None else "grace")
    path = f"{resource.name}/{key_for(resource.name)}/"
    shown = client.get(path)
    usual = {name: value for name, value in (shown.json or {}).items() if name in writable}
    odd = st.dictionaries(st.sampled_from([*writable, "nonsense", "user"]), ANY_VALUE, max_size=2)

    @LIGHTLY
    @given(odd, st.sampled_from(["POST", "PUT", "PATCH"]), st.booleans(), st.sampled_from(writable))
    def send(changes, method, new, left_out):
        body = {**usual, **changes}
        if new:
            body.pop("id", None)
            body.pop(left_out, None)
        count = resource.model.select().count()
        answer = client.open(method, f"{resource.name}/" if method == "POST" else path, body)
        assert_sound(answer, (method, body))
        assert answer.status_code in (200, 201, 400, 403, 404, 415), (method, body, answer.data)
        # A refused write leaves everything as it was, a taken one can be read back.
        made = resource.model.select().count() - count
        assert made == 0 or answer.status_code == 201, (method, body)
        assert client.get(f"{resource.name}/?limit=999").status_code == 200, (method, body)
        if answer.status_code == 201 and "id" in answer.json:
            assert client.get(f"{resource.name}/{answer.json['id']}/").status_code in (200, 404)

    send()


def test_any_form(api, key_for, resource, writable):
    client = api("ada" if resource.owner is None else "grace")
    path = f"{resource.name}/{key_for(resource.name)}/"
    fields = st.lists(st.tuples(st.sampled_from([*writable, "nonsense", "_method"]), ANY_TEXT), max_size=6)
    kinds = st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data"])

    @LIGHTLY
    @given(fields, kinds, st.sampled_from(["POST", "PUT", "PATCH"]), st.sampled_from(["application/json", "text/html"]))
    def send(pairs, kind, method, accept):
        data = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        answer = client.open(
            method,
            f"{resource.name}/" if method == "POST" else path,
            data=data,
            content_type=kind,
            headers={"Accept": accept},
        )
        assert_sound(answer, (method, pairs))

    send()


@LIGHTLY
@given(value=ANY_VALUE)
def test_any_profile(api, value):
    client = api("grace")
    known = client.get("userprofile/").json
    for name in known:
        assert_sound(client.post("userprofile/", {name: value}), (name, value))


COMPUTED = tuple(
    (
        "check-language/ token token/refresh token/verify login/ register/ exercise-submission/ "
        "/allauth/app/v1/auth/login /allauth/app/v1/auth/signup /allauth/app/v1/tokens/refresh "
        "/allauth/app/v1/auth/password/request /allauth/app/v1/auth/password/reset /allauth/app/v1/auth/email/verify "
        "/allauth/app/v1/account/email /allauth/app/v1/account/password/change"
    ).split()
)
NAMES = tuple(
    (
        "username password email token refresh access input language language_code key refresh_token new_password "
        "current_password primary category translations muscles license_author equipment password1 password2"
    ).split()
)


@pytest.mark.parametrize("path", COMPUTED)
def test_any_body_of_what_is_no_table(api, path):
    @LIGHTLY
    @given(st.dictionaries(st.sampled_from(NAMES), ANY_VALUE, max_size=6), st.sampled_from(["grace", "ada", None]))
    def send(body, name):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert_sound(api(name).open(method, path, body), (method, json.dumps(body)))

    send()


@LIGHTLY
@given(
    translations=st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "name": ANY_VALUE,
                "description": ANY_VALUE,
                "description_source": ANY_VALUE,
                "language": st.sampled_from([1, 2, "2", 99, None]) | ANY_VALUE,
                "aliases": ANY_VALUE,
                "comments": ANY_VALUE,
            },
        ),
        max_size=3,
    )
    | ANY_VALUE,
    category=st.sampled_from([8, "8", 9999]) | ANY_VALUE,
    muscles=st.sampled_from([[], [1], [1, 1], [99999]]) | ANY_VALUE,
)
def test_any_exercise_at_once(api, translations, category, muscles):
    body = {
        "category": category,
        "muscles": muscles,
        "muscles_secondary": [],
        "equipment": [],
        "license": 2,
        "license_author": "me",
        "translations": translations,
    }
    assert_sound(api("ada").post("exercise-submission/", body), body)


TABLES = (
    "measurements_measurement nutrition_nutritionplan nutrition_meal nutrition_mealitem nutrition_logitem "
    "measurements_category measurements_measurement manager_workoutlog manager_workoutsession manager_routine "
    "core_userprofile gallery_image exercises_exercise plugin_water_glass nothing"
).split()


@pytest.mark.parametrize("table", TABLES)
def test_any_row_of_an_offline_client(api, registry, key_for, table):
    resource = next((found for found in registry if found.model._meta.table_name == table and found.owner), None)
    known = [field.column_name for field in resource.model._meta.sorted_fields] if resource else ["id", "height"]
    ids = st.sampled_from([key_for(resource.name) if resource else "1", "0" * 32, "1", 1, "9" * 5000, True, None, -1])
    good = {"date": "2024-05-01", "weight": 70, "start": "2024-05-01", "name": "x", "unit": "cm", "value": 3}

    @examples(30)
    @given(
        st.sampled_from(["PUT", "PATCH", "DELETE"]),
        st.dictionaries(st.sampled_from(["id", *known]), ANY_VALUE, max_size=4),
        ids | ANY_VALUE,
        st.sampled_from(["grace", "grace", "ada", None]),
    )
    def send(method, odd, key, name):
        body = {"table": table, "data": {**good, **odd, "id": key}}
        answer = api(name).open(method, "upload-powersync-data", body)
        assert_sound(answer, (method, body))
        assert answer.status_code in (200, 400) if name else answer.status_code == 403

    send()
