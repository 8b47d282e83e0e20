"""Bodies are read with less on the way than marshmallow takes; what comes of them is the same, for every resource."""

from __future__ import annotations

import json
import math

import marshmallow
import pytest
from marshmallow import ValidationError

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
