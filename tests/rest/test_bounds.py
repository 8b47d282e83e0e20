"""What a body may hold is counted before anything is built of it."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import key_of
from wger_flask.rest import body_limits
from wger_flask.rest.errors import ApiError
from wger_flask.rest.fields import Json, String

LARGE, MANY = {"detail": "The request body is too large."}, {"detail": body_limits.TOO_MANY}
DEEP = {"detail": body_limits.TOO_DEEP}
PATHS = (
    "/api/v2/token",
    "/api/v2/weightentry/",
    "/api/v2/userprofile/",
    "/api/v2/exercise-submission/",
    "/api/v2/check-language/",
    "/api/v2/register/",
)
HEADLESS = ("/allauth/app/v1/auth/login", "/allauth/app/v1/auth/signup", "/allauth/app/v1/tokens/refresh")
TOKEN = {"Authorization": f"Token {key_of('ada')}"}
MEGABYTE = 2**20


def measured(data: bytes) -> tuple[int, int]:
    """Return how many values a JSON text holds, and how deep it is nested."""

    def walk(value) -> tuple[int, int]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        if inner is None:
            return 1, 0
        found = [walk(each) for each in inner]
        return 1 + sum(count for count, _ in found), 1 + max((depth for _, depth in found), default=0)

    return walk(json.loads(data))


JSON = st.recursive(
    st.none() | st.integers() | st.text(alphabet='a"\\[]{},:\n') | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.text(alphabet='b"\\[,', max_size=4), inner, max_size=6)
    ),
    max_leaves=25,
)


@given(JSON, st.booleans())
@example([[[[]]], ",,[[[{{{", '\\"[['], False)
def test_values_and_depth_are_those_of_the_json(value, spaced):
    data = json.dumps(value, separators=(" , ", " : ") if spaced else (",", ":")).encode()
    count, depth = measured(data)
    body_limits.check_json(data, values=count + count, deepest=depth)  # an empty list counts as what it might hold
    if depth:
        with pytest.raises(ApiError, match="nested"):
            body_limits.check_json(data, values=0, deepest=depth - 1)
        with pytest.raises(ApiError) as refused:
            body_limits.check_json(data, values=count - 1, deepest=depth)
        assert refused.value.status == 413


@given(st.binary(max_size=40) | st.text(alphabet='"\\[]{},', max_size=60).map(str.encode))
def test_any_bytes_are_counted(data):
    try:
        body_limits.check_json(data, 3, 2)
    except ApiError as refused:
        assert refused.status in (400, 413)


@pytest.mark.parametrize("piece", [b'\\"', b'"\\', b'"', b"\\", b'"[', b'\\\\"'])
def test_counting_takes_no_longer_than_reading(piece):
    """A text that never ends is looked through once, not once for each quotation mark in it."""
    data = b"[" * 300 + b'"' + piece * 200_000 + b"\\"
    try:
        body_limits.check_json(data, 10, 256)
    except ApiError as refused:
        assert refused.status in (400, 413)


HOSTILE = {
    "lists": (b'{"weight":[' + b"[]," * 300_000 + b"1]}", MANY),
    "objects": (b'{"weight":[' + b"{}," * 300_000 + b"1]}", MANY),
    "numbers": (b'{"weight":[' + b"1," * 500_000 + b"1]}", MANY),
    "names": (b'{"weight":{' + b'"":0,' * 200_000 + b'"a":1}}', MANY),
    "deep": (b'{"weight":' + b"[" * 400_000 + b"]" * 400_000 + b"}", DEEP),
    "long": (b'{"weight":"' + b"1" * MEGABYTE + b'"}', LARGE),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", PATHS)
def test_what_is_too_much(app, name, path):
    data, told = HOSTILE[name]
    for headers in ({}, TOKEN):
        answer = app.test_client().post(path, data=data, content_type="application/json", headers=headers)
        if headers or "weight" not in path and "profile" not in path and "submission" not in path:
            status = 400 if told is DEEP else 413
            assert (answer.status_code, answer.json) == (status, told)
        else:
            assert answer.status_code in (403, 413)  # whichever is found first


@pytest.mark.parametrize("path", HEADLESS)
def test_what_is_too_much_for_apps(app, path):
    for name, (data, told) in HOSTILE.items():
        answer = app.test_client().post(path, data=data, content_type="application/json")
        if told is DEEP:
            assert (answer.status_code, answer.data) == (400, b"")
        else:
            assert (answer.status_code, answer.json["status"]) == (413, 413), name
            assert answer.json["errors"][0]["message"] == LARGE["detail"]


IN_CHUNKS = {"wsgi.input_terminated": True, "CONTENT_LENGTH": None, "HTTP_TRANSFER_ENCODING": "chunked"}


class Endless:
    """A body without a length, of which no more is asked for than is needed to refuse it."""

    def __init__(self, most: int):
        self.left = most

    def read(self, size=-1):
        assert size >= 0 and self.left > 0, "read on and on"
        self.left -= size
        return b"1" * size

    readline = read


@pytest.mark.parametrize(
    "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
@pytest.mark.parametrize("path", [*PATHS, HEADLESS[0]])
def test_a_body_without_a_length(app, path, kind):
    answer = app.test_client().post(
        path,
        content_type=kind,
        headers={**TOKEN, "Accept": "application/json"},
        environ_overrides={**IN_CHUNKS, "wsgi.input": Endless(2 * MEGABYTE)},
    )
    assert answer.status_code == (413 if path not in HEADLESS or "json" in kind else 400)


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_without_a_length_is_not_cut_off(app, monkeypatch, kind):
    """What came until it was too much may well look whole."""
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 300)
    whole = b'{"date":"2024-05-01","notes":"a"}'.ljust(300)
    start = whole if "json" in kind else b"date=2024-05-01&notes=".ljust(300, b"a")
    for data, status in ((start[:-1], 201), (start + b"b", 413)):
        answer = app.test_client().post(
            "/api/v2/workoutsession/",
            content_type=kind,
            headers=TOKEN,
            environ_overrides={**IN_CHUNKS, "wsgi.input": io.BytesIO(data)},
        )
        assert answer.status_code == status


def test_sizes_follow_the_settings(app, monkeypatch):
    client = app.test_client()
    body = json.dumps({"username": "a" * MEGABYTE, "password": "b"}).encode()

    def status(size):
        monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", size * MEGABYTE)
        return client.post("/api/v2/token", data=body, content_type="application/json").status_code

    assert (status(1), status(2)) == (413, 400)


def test_many_rows_at_once_may_be_larger(api):
    body = {"table": "measurements_measurement", "data": {"id": "x", "notes": "a" * 2 * MEGABYTE}}
    answer = api("grace").put("upload-powersync-data", body)
    assert (answer.status_code, answer.json["error"]) == (200, "Validation failed")
    body["data"]["notes"] *= 3
    answer = api("grace").put("upload-powersync-data", body)
    assert (answer.status_code, answer.json) == (413, LARGE)


# -- forms ---------------------------------------------------------------------------------------------
def parts(number: int, size: int, filename: str = "") -> bytes:
    named = f'; filename="{filename}"' if filename else ""
    head = f'--b\r\nContent-Disposition: form-data; name="a"{named}\r\n\r\n'.encode()
    return (head + b"1" * size + b"\r\n") * number + b"--b--\r\n"


FORMS = {
    "many fields": ("weightentry/", "application/x-www-form-urlencoded", b"&a" * 400_000),
    "many parts": ("weightentry/", "multipart/form-data; boundary=b", parts(1200, 1)),
    "long fields": ("weightentry/", "application/x-www-form-urlencoded", b"a=" + b"1" * MEGABYTE),
    "long parts": ("weightentry/", "multipart/form-data; boundary=b", parts(5, 300_000)),
    "one long part": ("weightentry/", "multipart/form-data; boundary=b", parts(1, 900_000)),
    "a file where none is taken": ("weightentry/", "multipart/form-data; boundary=b", parts(1, 2 * MEGABYTE, "a.png")),
    "many parts beside a picture": ("gallery/", "multipart/form-data; boundary=b", parts(60, 1)),
    "a long part beside a picture": ("gallery/", "multipart/form-data; boundary=b", parts(1, 400_000)),
    "many files": ("gallery/", "multipart/form-data; boundary=b", parts(100, 1000, "a.png")),
    "a plain form where a file is taken": ("gallery/", "application/x-www-form-urlencoded", b"a=" + b"1" * MEGABYTE),
    "json where a file is taken": ("gallery/", "application/json", b'{"a":"' + b"1" * MEGABYTE + b'"}'),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_that_are_too_much(api, name):
    path, kind, data = FORMS[name]
    told = api("grace").post(path, data=data, content_type=kind)
    assert told.status_code in ((413, 415) if name.startswith("json") else (413,))
    page = api("grace").post(path, data=data, content_type=kind, headers={"Accept": "text/html"})
    assert page.status_code in (403, 413, 415) and page.mimetype == "text/html"


def test_pictures_may_be_large(api):
    answer = api("grace").post(
        "gallery/", data=parts(1, 2 * MEGABYTE, "a.png"), content_type="multipart/form-data; boundary=b"
    )
    assert answer.status_code == 400 and "image" in answer.json


# -- columns ---------------------------------------------------------------------------------------------
def test_every_text_and_json_that_is_stored_has_a_largest_size(registry, resource_name):
    for name, field in registry.get(resource_name).schema().load_fields.items():
        if isinstance(field, String):
            assert field.max_length <= String.LONGEST, name
        elif isinstance(field, Json):
            assert field.most <= 20_000, name


@pytest.mark.parametrize("where", ["day", "slot", "slot-entry"])
def test_json_that_is_too_large_for_its_column(api, registry, people, where):
    from wger_flask.storage.database import transaction
    from wger_flask.testing.rows import make

    resource = registry.get(where)
    with transaction():
        row = make(resource.model, people["grace"], resource.owner.path)
    path = f"{where}/{row._pk}/"
    before = api("grace").get(path).json
    for value, told in (
        ({"a": "é" * 10_000}, "config must be at most 20000 bytes, got 20008"),
        ([[]] * 6667, "config must be at most 20000 bytes, got 20002"),
        ([[]] * 1001, "config must hold at most 1000 values"),
        (list(range(1001)), "config must hold at most 1000 values"),
    ):
        answer = api("grace").patch(path, {"config": value})
        assert (answer.status_code, answer.json) == (400, {"config": [told]})
        answer = api("grace").patch(path, data={"config": json.dumps(value)}, content_type=FORMS["many fields"][1])
        assert answer.status_code == 400 and set(answer.json) == {"config"}
    assert api("grace").get(path).json == before
    fits = {"a": "é" * 9_996}
    assert api("grace").patch(path, {"config": fits}).json["config"] == fits


def test_texts_without_a_length_of_their_own_end_somewhere(api):
    told = "Ensure this field has no more than 20000 bytes."
    for notes in ("a" * 20_001, "é" * 10_001):
        body = {"date": "2024-05-01", "notes": notes}
        assert api("grace").post("workoutsession/", body).json["notes"] == [told]
