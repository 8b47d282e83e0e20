"""What every resource promises to writers."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import fn

from ...rest.fields.computed import File
from ...storage import columns
from ...storage.database import transaction
from ...storage.model import clashes_of, key_of
from ..rows import make

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["2024-02-03", "1", "10.5", "12:30", "true", "9" * 40, "\x00", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip


@pytest.fixture
def writable(resource):
    """The resource, when it can be written to."""
    if "POST" not in resource.methods:
        pytest.skip("read-only")
    return resource


@pytest.fixture
def by_json(writable):
    """The resource, when a whole row of it can be sent as JSON."""
    if writable.takes_files:
        pytest.skip("a file cannot be sent as JSON")
    return writable


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b'{"a": NaN}', "JSON parse error - Out of range float values are not JSON compliant: 'NaN'"),
        (b"\xff", "JSON parse error - 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ],
)
def test_json_that_is_none(api, by_json, data, message):
    answer = api("ada").post(f"{by_json.name}/", data=data, content_type="application/json")
    assert (answer.status_code, answer.json) == (400, {"detail": message})


@pytest.mark.parametrize("data", [b"[]", b'"x"', b"3", b"true"])
def test_json_that_is_no_object(api, by_json, data):
    answer = api("ada").post(f"{by_json.name}/", data=data, content_type="application/json")
    assert answer.status_code == 400


def test_json_where_a_file_is_needed(api, writable):
    if not writable.takes_files:
        pytest.skip("takes no files")
    answer = api("ada").post(f"{writable.name}/", {})
    assert (answer.status_code, answer.json) == (
        415,
        {"detail": 'Unsupported media type "application/json" in request.'},
    )


def test_bodies_of_other_types(api, writable):
    answer = api("ada").post(f"{writable.name}/", data=b"x", content_type="text/plain")
    assert (answer.status_code, answer.json) == (415, {"detail": 'Unsupported media type "text/plain" in request.'})


def test_an_empty_body_misses_every_required_field(api, by_json):
    answer = api("ada").post(f"{by_json.name}/", {})
    required = {name: field for name, field in by_json.schema().load_fields.items() if field.required}
    if required:
        assert answer.status_code == 400
        assert set(required) <= set(answer.json)


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_forms_are_read(api, writable, content_type):
    answer = api("ada").post(f"{writable.name}/", data={"nonsense": "1"}, content_type=content_type)
    assert answer.status_code in (201, 400)
    assert answer.mimetype == "application/json"


def test_a_row_that_an_index_refuses_takes_no_number(client, resource, by_json, rows, people):
    """PostgreSQL numbers a row before it looks at the index; keys would have gaps that they have nowhere else."""
    if not clashes_of(resource.model) or not isinstance(key_of(resource.model), columns.Auto):
        pytest.skip("there is no index to clash with, or no numbers")
    before = client.get(f"{resource.name}/{rows[0]}/")
    last = resource.model.select(fn.MAX(key_of(resource.model))).scalar()
    answer = client.post(f"{resource.name}/", before.json)
    assert answer.status_code == 400
    if "non_field_errors" not in answer.json:
        pytest.skip("what the columns allow is not all that is asked of a row")
    assert answer.json["non_field_errors"][0] in clashes_of(resource.model).values()
    with transaction():
        path = resource.owner.path if resource.owner else ()
        assert make(resource.model, people["grace"], path, apart=True)._pk == last + 1


def test_a_write_without_the_slash_is_served_in_place(api, writable):
    client = api("ada")
    slash, none = client.post(f"{writable.name}/", {}), client.post(f"{writable.name}", {})
    assert slash.status_code == none.status_code
    if slash.status_code == 400:
        assert slash.json == none.json


def test_deleting_answers_nothing_and_leaves_nothing(client, resource, rows):
    if "DELETE" not in resource.methods:
        pytest.skip("nothing is deleted here")
    answer = client.delete(f"{resource.name}/{rows[0]}/")
    if answer.status_code == 404 and resource.owner is None:
        pytest.skip("the row is not visible")
    assert (answer.status_code, answer.data, answer.headers.get("Content-Type")) == (204, b"", None)
    assert client.get(f"{resource.name}/{rows[0]}/").status_code == 404


def test_a_condition_that_cannot_be_read_deletes_nothing(client, resource, rows):
    """Lists ignore a boolean that is none; to delete as if nothing had been said would be another matter."""
    flags = [parameter.name for parameter in resource.filter_set.describe() if parameter.kind == "boolean"]
    if "DELETE" not in resource.methods or not flags or client.get(f"{resource.name}/{rows[0]}/").status_code == 404:
        pytest.skip("nothing is deleted here under such a condition")
    for flag in flags:
        answer = client.delete(f"{resource.name}/{rows[0]}/?{flag}=maybe")
        assert (answer.status_code, answer.json) == (400, {flag: ["Must be True or False."]})
    assert client.get(f"{resource.name}/{rows[0]}/").status_code == 200


def test_an_empty_patch_changes_nothing(client, resource, rows):
    if "PATCH" not in resource.methods:
        pytest.skip("nothing is changed here")
    before = client.get(f"{resource.name}/{rows[0]}/")
    if before.status_code == 404:
        pytest.skip("the row is not visible")
    answer = client.patch(f"{resource.name}/{rows[0]}/", {})
    assert answer.status_code == 200
    volatile = {"last_update"}
    kept = {name: value for name, value in before.json.items() if name not in volatile}
    assert {name: value for name, value in answer.json.items() if name not in volatile} == kept


def test_read_only_fields_are_ignored(client, resource, rows):
    if "PATCH" not in resource.methods:
        pytest.skip("nothing is changed here")
    before = client.get(f"{resource.name}/{rows[0]}/")
    if before.status_code == 404:
        pytest.skip("the row is not visible")
    fixed = {name: "nonsense" for name, field in resource.schema().fields.items() if field.dump_only}
    answer = client.patch(f"{resource.name}/{rows[0]}/", fixed)
    assert answer.status_code == 200
    for name in set(fixed) - {"last_update"}:
        assert answer.json[name] == before.json[name]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_no_body_makes_a_mistake(client, by_json, rows, data):
    names = [name for name, field in by_json.schema().fields.items() if not isinstance(field, File)]
    body = data.draw(st.dictionaries(st.sampled_from(names), JSON_VALUES, max_size=len(names)))
    for method, path in (("POST", ""), ("PATCH", f"{rows[0]}/"), ("PUT", f"{rows[0]}/")):
        answer = client.open(method, f"{by_json.name}/{path}", body)
        assert answer.status_code in (200, 201, 400, 403, 404), (method, body, answer.data)
        if answer.status_code == 400:
            assert answer.is_json and answer.json


def test_a_list_of_rows_is_written_whole_or_not_at_all(client, by_json, rows):
    path, before = f"{by_json.name}/", client.get(f"{by_json.name}/{rows[0]}/")
    key = key_of(by_json.model).name
    body = {name: value for name, value in (before.json or {}).items() if name not in (key, "uuid")}
    one = client.post(path, body)
    if by_json.owner is None:
        answer, whole = client.post(path, [body]), client.post(path, [])
        assert (answer.status_code, answer.json) == (whole.status_code, whole.json)
        assert answer.status_code in (400, 403)
        return
    for refused in ([], [1], [body, 1], [None]):  # as recorded of any list
        answer = client.post(path, refused)
        assert (answer.status_code, answer.json) == (400, client.post(path, []).json)
    most = client.post(path, [{}] * 1001)
    assert (most.status_code, most.json) == (400, {"non_field_errors": ["A list has at most 1000 rows."]})
    count = by_json.model.select().count()
    bad = {name: {"no": "value"} for name, field in by_json.schema().load_fields.items() if name in body}
    expected = client.post(path, bad)
    if expected.status_code == 400:
        answer = client.post(path, [body, bad])
        assert answer.status_code == 400
        assert isinstance(answer.json, list) and len(answer.json) == 2 and answer.json[1]
        assert by_json.model.select().count() == count
    if one.status_code != 201 or clashes_of(by_json.model):
        pytest.skip("what the columns allow is not all that is asked of a row")
    several = client.post(path, [body] * 3)
    if several.status_code == 400:
        assert [bool(errors) for errors in several.json].count(True) == 1  # such rows may exist once
        assert by_json.model.select().count() == count
        return
    assert several.status_code == 201, several.json
    for made in several.json:
        if key in made:
            assert client.get(f"{path}{made[key]}/").json == made
    assert by_json.model.select().count() >= count + 3


def test_what_a_write_answers_is_what_is_read_then(client, by_json, rows):
    before = client.get(f"{by_json.name}/{rows[0]}/")
    if before.status_code == 404:
        pytest.skip("the row is not visible")
    answers = [client.post(f"{by_json.name}/", body) for body in ({**before.json, "id": None}, before.json)]
    for number, method in enumerate(("PATCH", "PUT")):
        if method in by_json.methods:
            answers.append(client.open(method, f"{by_json.name}/{rows[number % len(rows)]}/", before.json))
    written = [answer for answer in answers if answer.status_code in (200, 201)]
    if not written:
        pytest.skip("what the columns allow is not all that is asked of a row")
    for answer in written:
        key = answer.json.get("id", rows[0])
        assert client.get(f"{by_json.name}/{key}/").json == answer.json, answer.request
