"""A dump is read object by object, whatever the window cuts through."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.transfer import reading, unpacking
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


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("window", [1, 7, 1 << 20])
def test_other_encodings_of_unicode_are_read(encoding, window, monkeypatch):
    """Windows' PowerShell writes UTF-16 where a dump is sent to a file."""
    monkeypatch.setattr(reading, "WINDOW", window)
    text = '\r\n[{"a": "zoë 😀"}]'.lstrip("\r\n" if encoding.endswith("e") else "")
    assert list(objects(io.BytesIO(text.encode(encoding)))) == [{"a": "zoë 😀"}]


def test_an_encoding_that_breaks_off_is_named():
    with pytest.raises(ImportFailure, match="the document is not UTF-16"):
        list(objects(io.BytesIO("[{}]".encode("utf-16")[:-1])))


def zipped(*members: tuple[str, bytes], packing=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, content in members:
            member = zipfile.ZipInfo(name)  # of a fixed date: tests are named after what is packed
            member.compress_type = packing
            archive.writestr(member, content)
    return file.getvalue()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def in_two(pack):
    """Pack in two parts, one behind the other, as several programs do."""
    return lambda data: pack(data[: len(data) // 2]) + pack(data[len(data) // 2 :])


PACKINGS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda data: zipped(("dump.json", data)),
    "gz in two": in_two(gzip.compress),
    "bz2 in two": in_two(bz2.compress),
    "xz in two": in_two(lzma.compress),
    "xz filled up": lambda data: lzma.compress(data) + bytes(8),
    "bz2 in zip": lambda data: zipped(("dump.json", data), packing=zipfile.ZIP_BZIP2),
    "zip of a Mac": lambda data: zipped(("d/", b""), ("d/dump", data), ("__MACOSX/d/._dump", b"x")),
    "zip with notes": lambda data: zipped(("README.txt", b"x"), ("dump.json", data)),
}


@pytest.fixture
def read(tmp_path):
    def read(content: bytes) -> list:
        path = tmp_path / "dump.json"
        path.write_bytes(content)
        with opened(path) as stream:
            return list(objects(stream))

    return read


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_packed_dumps_are_unpacked(read, packing, encoding):
    rows = [{"a": number * 7919 % 1009} for number in range(30_000)]
    assert read(PACKINGS[packing](json.dumps(rows).encode(encoding))) == rows


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz", "zip"])
def test_a_packed_dump_that_is_damaged_is_refused(read, packing):
    packed = PACKINGS[packing](json.dumps([{"a": number * 7919 % 1009} for number in range(3000)]).encode())
    for damaged in (packed[:-12], packed[: len(packed) // 2], packed[:50] + b"?!?!" + packed[54:]):
        with pytest.raises(ImportFailure, match="cannot be read"):
            read(damaged)


@pytest.mark.parametrize("packing", ["gz", "bz2", "xz", "zip"])
def test_a_file_that_grows_beyond_measure_is_refused(read, packing, monkeypatch):
    monkeypatch.setattr(unpacking, "FREE_UNPACKED", 1 << 20)
    with pytest.raises(ImportFailure, match="500 times as large as the file"):
        read(PACKINGS[packing](b"[" + b" " * (8 << 20) + b"{}]"))


def test_xz_that_needs_much_memory_is_refused(read, monkeypatch):
    monkeypatch.setattr(unpacking, "_XZ_MEMORY", 1 << 20)
    with pytest.raises(ImportFailure, match="cannot be read: Memory usage limit"):
        read(lzma.compress(b"[{}]"))


def test_an_object_that_never_ends_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "WINDOW", 1000)
    monkeypatch.setattr(reading, "MOST_OBJECT", 5000)
    for text in (b'[{"a": "' + b"x" * 99_999 + b'"}]', b'[{"a": ' + b" " * 99_999 + b"}]"):
        stream = io.BytesIO(text)
        with pytest.raises(ImportFailure, match="line 1: an object that is larger than any row"):
            list(objects(stream))
        assert stream.tell() < 10_000


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("dump.json"), io.BytesIO())
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x28\xb5\x2f\xfd....", "packed by zstd"),
        (b"7z\xbc\xaf\x27\x1c..", "a 7z archive"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"SQLite format 3\0....", "an SQLite database: serve it"),
        (b"PGDMP\x01\x0e", "an archive of pg_dump"),
        (b'<?xml version="1.0"?>\n<django-objects/>', "XML"),
        (b"- model: core.language\n  pk: 1", "YAML"),
        (b'{"model": "core.language"}\n', "JSON Lines"),
        (b"--\n-- PostgreSQL database dump\n", "SQL"),
        (b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;", "SQL"),
        (tarred(), "a tar archive"),
        (gzipped(tarred()), "a tar archive"),
        (zipped(("a.json.gz", gzipped(b"[]"))), "packed by gzip"),
        (gzipped(bz2.compress(b"[]")), "packed by bzip2"),
        (zipped(), "a zip archive with nothing"),
        (zipped(("a.json", b"[]"), ("b.json", b"[]")), "a zip archive with 2 files"),
        (zipped(("../a.json", b"[]")), "the name of the file in the zip archive leads out"),
    ],
)
def test_what_is_something_else_is_named(read, content, name):
    with pytest.raises(ImportFailure, match=name):
        read(content)


def test_a_zip_archive_with_a_password_is_named(read):
    locked = bytearray(zipped(("a.json", b"[]")))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ImportFailure, match="with a password"):
        read(bytes(locked))


def test_the_bar_is_for_terminals(tmp_path, capsys):
    path = tmp_path / "dump.json"
    path.write_text("[{}]")
    with opened(path) as stream:
        list(objects(stream))
    assert capsys.readouterr().err == ""
    with opened(path, progress=True) as stream:
        list(objects(stream))
    assert "import" in capsys.readouterr().err
