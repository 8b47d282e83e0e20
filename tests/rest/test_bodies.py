"""Request bodies: JSON and both kinds of forms, and everything that only looks like one."""

from __future__ import annotations

import json

import pytest
from flask import Flask, request
from hypothesis import example, given
from hypothesis import strategies as st

from wger_flask.rest import request as incoming
from wger_flask.rest.bodies import FormData, NotAnObject, parse_json, parts_of, read_body
from wger_flask.rest.body_limits import MEGABYTE
from wger_flask.rest.errors import ApiError, Invalid, ParseError, UnsupportedMediaType
from wger_flask.rest.renderers import to_json

FLASK = Flask(__name__)
incoming.register(FLASK, MEGABYTE)


def read(data: bytes = b"", content_type: str | None = "application/json", **options):
    with FLASK.test_request_context("/", method="POST", data=data, content_type=content_type):
        return read_body(request, **options)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])
def test_json(content_type):
    assert read(b'{"a": [1, "\xc3\xa4", null]}', content_type) == {"a": [1, "ä", None]}


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", None, ""])
def test_no_body_is_an_empty_one(content_type):
    assert read(b"", content_type) == {}


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/jsonx", "garbage", "json/application"]
)
def test_other_types(content_type):
    with pytest.raises(UnsupportedMediaType) as refused:
        read(b"{}", content_type)
    assert refused.value.status == 415
    assert refused.value.body == {"detail": f'Unsupported media type "{content_type}" in request.'}


def test_no_type_at_all():
    with pytest.raises(UnsupportedMediaType) as refused:
        read(b"{}", None)
    assert refused.value.body == {"detail": 'Unsupported media type "" in request.'}


def test_json_where_a_file_is_needed():
    with pytest.raises(UnsupportedMediaType):
        read(b"{}", forms_only=True)
    assert read(b"a=1", "application/x-www-form-urlencoded", forms_only=True) == {"a": "1"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"{'a': 1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"nope", "Expecting value: line 1 column 1 (char 0)"),
        (b"{} {}", "Extra data: line 1 column 4 (char 3)"),
        (b'{"a": NaN}', "Out of range float values are not JSON compliant: 'NaN'"),
        (b'{"a": -Infinity}', "Out of range float values are not JSON compliant: '-Infinity'"),
        (b"\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (b'"a\x01"', "Invalid control character at: line 1 column 3 (char 2)"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_json(data, message):
    with pytest.raises(ParseError) as refused:
        parse_json(data)
    assert refused.value.body == {"detail": f"JSON parse error - {message}"}


@pytest.mark.parametrize("data", [b'"\\ud800"', b'{"a": "\\udc00\\ud800"}', b'{"\\ud83d": 1}', b"1" * 5000])
def test_json_that_cannot_be_stored(data):
    with pytest.raises(ParseError, match="JSON parse error - "):
        parse_json(data)


def test_both_halves_of_a_letter_are_one():
    assert parse_json(b'"\\ud83d\\ude00"') == "😀"


@pytest.mark.parametrize(
    ("data", "kind"), [(b"[]", "list"), (b'"x"', "str"), (b"3", "int"), (b"3.5", "float"), (b"true", "bool")]
)
def test_json_that_is_no_object(data, kind):
    with pytest.raises(NotAnObject) as refused:
        read(data)
    assert refused.value.body == {"non_field_errors": [f"Invalid data. Expected a dictionary, but got {kind}."]}


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-8"]
)
def test_forms(content_type):
    form = read(b"a=1&b=x+y&c=%C3%A4&c=2&d=", content_type)
    assert form == {"a": "1", "b": "x y", "c": "ä", "d": ""}
    assert form.several("c") == ["ä", "2"] and form.several("d") == [] and form.several("z") == []


def multipart(*parts: tuple[str, str], boundary: str = "b") -> bytes:
    text = "".join(f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n" for head, body in parts)
    return f"{text}--{boundary}--\r\n".encode()


def test_forms_of_parts():
    data = multipart(('name="a"', "1"), ('name="f"; filename="x.png"', "PNG"), ('name="g"; filename=""', ""))
    with FLASK.test_request_context("/", method="POST", data=data, content_type="multipart/form-data; boundary=b"):
        form = read_body(request)
        assert isinstance(form, FormData) and set(form) == {"a", "f"}
        assert (form["a"], form["f"].filename, form["f"].read()) == ("1", "x.png", b"PNG")


def test_objects_in_a_form():
    data = b"a.1.x=3&a.1.y=4&a.1.y=5&a.0.x=1&a.2.x=&a.2.y=&b.0.x=9&a.x=8&a.7=6&a.0.z.0.u=2"
    form = read(data, "application/x-www-form-urlencoded")
    first, second = form.parts("a")
    assert (first, second) == ({"x": "1", "z.0.u": "2"}, {"x": "3", "y": "4"})
    assert second.several("y") == ["4", "5"] and first.parts("z") == [{"u": "2"}] and form.parts("c") == []


@given(st.dictionaries(st.text(st.sampled_from("a.019²x")), st.text(max_size=2)))
def test_odd_names_are_no_objects(values):
    assert all(isinstance(part, dict) and any(part.values()) for part in parts_of(values, "a"))


@pytest.mark.parametrize("number", ["100", "99999999999999999999", "-1", "²", ""])
def test_a_form_holds_a_bounded_number_of_objects(number):
    assert parts_of({f"a.{number}.x": "1"}, "a") == []


def test_a_form_without_a_boundary():
    with pytest.raises(ParseError) as refused:
        read(multipart(('name="a"', "1")), "multipart/form-data")
    assert refused.value.body == {"detail": "Multipart form parse error - Invalid boundary in multipart: None"}


NAMELESS = (
    b"\r\n--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; filename=a\r\n\r\ny"
)


def test_parts_without_a_name_are_no_fields():
    named = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'
    form = read(named + NAMELESS + b"\r\n--b--\r\n", "multipart/form-data; boundary=b")
    assert dict(form) == {"a": "1"} and form.parts("a") == []


def test_a_form_of_such_parts_is_an_empty_one_for_every_resource(api, registry):
    body = NAMELESS[2:] + b"\r\n--b--\r\n"
    for resource in registry:
        if "POST" in resource.methods:
            sent = {"data": body, "content_type": "multipart/form-data; boundary=b"}
            answer = api("ada").post(f"{resource.name}/", **sent)
            empty = api("ada").post(f"{resource.name}/", data=b"--b--\r\n", content_type=sent["content_type"])
            assert (answer.status_code, len(answer.data) > 0) == (empty.status_code, len(empty.data) > 0), resource.name
            assert answer.status_code < 500, resource.name


@given(st.binary(max_size=80))
@example(b"--b\r\n")
@example(b"--b\r\n\r\n--b--")
@example(b"--b\r\nContent-Disposition: form-data; name=\"a\"; filename*=utf-8''%00\r\n\r\nx\r\n--b--")
def test_any_bytes_are_a_form_or_refused(data):
    for content_type in ("multipart/form-data; boundary=b", "application/x-www-form-urlencoded"):
        try:
            assert isinstance(read(data, content_type), dict)
        except ApiError as refused:
            assert refused.status in (400, 413)


@given(st.binary(max_size=80) | st.text(max_size=40).map(str.encode))
def test_any_bytes_are_json_or_refused(data):
    try:
        assert isinstance(read(data), dict)
    except (ParseError, Invalid) as refused:
        assert refused.status == 400 and to_json(refused.body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=10,
    )
)
def test_what_is_read_can_be_written(value):
    data = json.dumps(value).encode()
    try:
        found = parse_json(data)
    except ParseError:  # half a letter, or more digits than Python reads
        assert any("\ud800" <= letter <= "\udfff" for letter in json.dumps(value, ensure_ascii=False))
        return
    assert found == value
    assert json.loads(to_json(found)) == value
    assert json.loads(to_json(found, indent=2)) == value


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"--b\r\nTrue--b--\r\n", "multipart/form-data; boundary=b"),
        (b"a=1", "multipart/form-data; boundary=b"),
        (b"--b\r\nX: y\r\n\r\n1\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b"a=\xff", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_is_not_an_empty_one(data, kind):
    with pytest.raises(ParseError, match="orm parse error - "):
        read(data, kind)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded"])
def test_no_body_is_an_empty_form(kind):
    assert read(b"", kind) == {}
