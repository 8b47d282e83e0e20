"""A dump is read object by object, whatever the window cuts through."""

from __future__ import annotations

import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.transfer import reading
from wger_flask.transfer.reading import ImportFailure, objects, opened

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
DOCUMENTS = st.lists(st.dictionaries(st.text(max_size=8), VALUES, max_size=4), max_size=6)


@given(DOCUMENTS, st.integers(1, 40), st.sampled_from([None, 0, 2]), st.booleans(), st.booleans())
def test_every_object_arrives_whatever_the_window(document, window, indent, ascii_only, as_text):
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    if any("\ud800" <= character <= "\udfff" for character in text):
        text = json.dumps(document, indent=indent)
    before, reading.WINDOW = reading.WINDOW, window
    try:
        stream = io.StringIO(text) if as_text else io.BytesIO(text.encode())
        assert list(objects(stream)) == json.loads(text)
    finally:
        reading.WINDOW = before


@given(DOCUMENTS.filter(bool), st.integers(1, 40), st.data())
def test_a_document_cut_short_is_refused(document, window, data):
    text = json.dumps(document)
    cut = data.draw(st.integers(0, len(text) - 1))
    before, reading.WINDOW = reading.WINDOW, window
    try:
        with pytest.raises(ImportFailure):
            list(objects(io.BytesIO(text[:cut].encode())))
    finally:
        reading.WINDOW = before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "JSON array"),
        (b"{}", "JSON array"),
        (b'"x"', "JSON array"),
        (b"[", "line 1: an object expected"),
        (b"[\n1]", "line 2: an object expected"),
        (b"[{},]", "an object expected"),
        (b"[{} {}]", "',' or ']' expected"),
        (b"[] []", "behind the end"),
        (b'[{"a": NaN}]', "NaN is not JSON"),
        (b'[\n{"a": 1,\n}]', "line 3"),
        (b'[{"a": "\xff"}]', "not UTF-8"),
        (b'[{"a": ' + b"[" * 100_000 + b"]", "recursion"),
        (b'[{"a": "b]', "Unterminated string"),
    ],
)
def test_what_is_no_dump_is_refused(text, reason):
    with pytest.raises(ImportFailure, match=reason.replace("]", r"\]").replace("[", r"\[")):
        list(objects(io.BytesIO(text)))


def test_a_mistake_is_found_before_the_rest_is_read():
    class Endless(io.RawIOBase):
        served = 0

        def read(self, size=-1):
            self.served += 1
            assert self.served < 3
            return b'[{"a" 1}, ' + b" " * size

    with pytest.raises(ImportFailure):
        list(objects(Endless()))


def test_a_byte_order_mark_is_passed_over():
    assert list(objects(io.BytesIO(b"\xef\xbb\xbf[{}]"))) == [{}]


def test_packed_dumps_are_unpacked(tmp_path):
    path = tmp_path / "dump.json.gz"
    path.write_bytes(gzip.compress(b'[{"a": 1}]'))
    with opened(path) as stream:
        assert list(objects(stream)) == [{"a": 1}]
    path.write_bytes(gzip.compress(b"[" + b"{}," * 9999 + b"{}]")[:-12])
    with opened(path) as stream, pytest.raises(ImportFailure, match="cannot be read"):
        list(objects(stream))


def test_the_bar_is_for_terminals(tmp_path, capsys):
    path = tmp_path / "dump.json"
    path.write_text("[{}]")
    with opened(path) as stream:
        list(objects(stream))
    assert capsys.readouterr().err == ""
    with opened(path, progress=True) as stream:
        list(objects(stream))
    assert "import" in capsys.readouterr().err
