"""JSON as it is written: compact, in UTF-8, safe inside scripts."""

from __future__ import annotations

import pytest

from wger_flask.rest.negotiation import HTML, JSON, Format
from wger_flask.rest.renderers import part_encoder, to_json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1, "b": [True, None, 1.5]}, '{"a":1,"b":[true,null,1.5]}'),
        ({"ä": "€😀"}, '{"ä":"€😀"}'),
        ("a/b<c>&'", '"a/b<c>&\'"'),
        ("\u2028x\u2029", '"\\u2028x\\u2029"'),
        ("\x00\x1f\x7f", '"\\u0000\\u001f\x7f"'),
        ({1: "a"}, '{"1":"a"}'),
        (
            {"ä": [{1: {"b": None}, None: 1.5, False: "\u2028"}]},
            '{"ä":[{"1":{"b":null},"null":1.5,"false":"\\u2028"}]}',
        ),
        (10**30, "1000000000000000000000000000000"),
        ({"a": [10**30, "ä"]}, '{"a":[1000000000000000000000000000000,"ä"]}'),
        (3.3333333333333335, "3.3333333333333335"),
        ([], "[]"),
        (None, "null"),
    ],
)
def test_compact(value, text):
    assert to_json(value).decode() == text


@pytest.mark.parametrize(("indent", "text"), [(1, '{\n "a": [\n  1\n ]\n}'), (4, '{\n    "a": [\n        1\n    ]\n}')])
def test_indented(indent, text):
    assert to_json({"a": [1]}, indent).decode() == text


def test_line_separators_are_escaped_when_indented_too():
    assert to_json({"a": "\u2028é"}, 2).decode() == '{\n  "a": "\\u2028é"\n}'


def test_parts_are_taken_in_as_they_were_encoded():
    part = {"ä": ["\u2028", 10**30]}
    encode = part_encoder(JSON)
    assert to_json([encode(part), {"again": encode([encode(part)])}]) == to_json([part, {"again": [part]}])


@pytest.mark.parametrize("wanted", [HTML, Format("json", 4)])
def test_parts_stay_as_they_are_for_a_page_and_where_json_is_indented(wanted):
    part = {"a": 1}
    assert part_encoder(wanted)(part) is part
