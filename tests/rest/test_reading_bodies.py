"""Bodies are read with less on the way than marshmallow takes; what comes of them is the same, for every resource."""

from __future__ import annotations

import json
import math
from io import BytesIO

import marshmallow
import pytest
from marshmallow import ValidationError
from marshmallow.validate import Length
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from wger_flask.rest import fields
from wger_flask.rest.request import Request
from wger_flask.rest.schema import Schema
from wger_flask.storage.dialects.values import load_json

VALUES = (
    None,
    "",
    "x",
    0,
    7,
    -3.5,
    True,
    "12.345",
    "7",
    [],
    [1, "a"],
    {},
    {"a": 1},
    "2026-02-30",
    "2026-01-01",
    "08:00",
)


def read(schema, load, body, partial):
    try:
        return load(schema, body, partial=partial), {}
    except ValidationError as wrong:
        return wrong.valid_data, wrong.normalized_messages()
    except ValueError as wrong:  # a field that writes into what another one gives
        return {}, str(wrong)


def as_marshmallow_does(schema, body, partial):
    own = type(schema)._deserialize
    try:
        type(schema)._deserialize = marshmallow.Schema._deserialize
        return schema.load(body, partial=partial)
    finally:
        del type(schema)._deserialize
        assert type(schema)._deserialize is own


def test_every_schema_reads_as_marshmallow_does(app):
    registry = app.extensions["wger_flask"].registry
    for kind in {resource.schema for resource in registry}:
        schema = kind()
        bodies = [{}] + [
            {field.data_key or name: value for name, field in schema.load_fields.items()} for value in VALUES
        ]
        for body in bodies:
            for partial in (False, True):
                ours = read(schema, lambda made, sent, partial: made.load(sent, partial=partial), body, partial)
                theirs = read(schema, as_marshmallow_does, body, partial)
                for found in (ours[0], theirs[0]):
                    for name in [name for name, value in (found or {}).items() if hasattr(value, "tzinfo")]:
                        found[name] = bool(found[name])  # "now" is another moment each time
                assert str(ours) == str(theirs), (kind, body)


@pytest.mark.parametrize(
    "text",
    ['{"a": [1, 2.5, null]}', " 5", "5 ", '"x"', "18446744073709551616", "[]", "true", "NaN", '{"a": "\\ud83d"}'],
)
def test_stored_json_is_read_as_the_standard_library_does(text):
    read, expected = load_json(text), json.loads(text)
    assert read == expected or math.isnan(read) and math.isnan(expected)


@pytest.mark.parametrize("text", ["", "{", "x", "1 2", "{} x"])
def test_stored_json_that_is_none_is_told_as_the_standard_library_does(text):
    with pytest.raises(json.JSONDecodeError) as expected:
        json.loads(text)
    with pytest.raises(json.JSONDecodeError) as told:
        load_json(text)
    assert str(told.value) == str(expected.value)


class _Absent(fields.String):
    """A field of a plugin's, which makes something of a value that is not there."""

    def deserialize(self, value, attr=None, data=None, **kwargs):
        return "none was sent" if value is marshmallow.missing else super().deserialize(value, attr, data, **kwargs)


class _NoteSchema(Schema):
    text = fields.String(validate=[Length(min=5), Length(max=2), lambda value: None])
    absent = _Absent()


def test_all_validators_of_a_value_are_heard():
    with pytest.raises(ValidationError) as refused:
        _NoteSchema().load({"text": "abc"})
    assert refused.value.messages == {"text": ["Shorter than minimum length 5.", "Longer than maximum length 2."]}


def test_a_field_of_its_own_reads_what_is_not_there():
    assert _NoteSchema().load({}) == {"absent": "none was sent"}


class _InPieces(BytesIO):
    """A server's stream that gives three bytes at a time."""

    def read(self, size=-1):
        return super().read(min(size, 3) if size >= 0 else 3)


def request_with(app, body, stream=BytesIO, length=None, most=100):
    environ = EnvironBuilder(method="POST", data=body, content_type="application/json").get_environ()
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = stream(body), str(len(body) if length is None else length)
    with app.app_context():
        request = Request(environ)
        request.max_content_length = most
        return request


@pytest.mark.parametrize("stream", [BytesIO, _InPieces])
def test_a_body_is_read_to_its_length_and_no_further(app, stream):
    request = request_with(app, b'{"a": 1}{"b": 2}', stream, 8)
    assert request.json_bytes == request.json_bytes == request.get_data() == b'{"a": 1}'
    assert request.stream.read() == b""
    assert request_with(app, b"", stream).json_bytes == b""


@pytest.mark.parametrize("stream", [BytesIO, _InPieces])
def test_a_body_that_is_not_whole_or_too_large_is_not_read(app, stream):
    with pytest.raises(ClientDisconnected):
        _ = request_with(app, b'{"a": 1}', stream, 9).json_bytes
    with pytest.raises(RequestEntityTooLarge):
        _ = request_with(app, b'{"a": 1}', stream, most=7).json_bytes
