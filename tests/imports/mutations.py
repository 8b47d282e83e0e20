"""Damage files as networks, spreadsheets and vandals do."""

from __future__ import annotations

import gzip
import re

from hypothesis import strategies as st

from tests.imports.reading import zipped

_ODD = (
    b"", b"-1", b"0", b"1e9", b"1e-9", b"9" * 400, b"NaN", b"-Infinity", b"\x00", b'"', b"'", b",", b";", b"\t", b"\n",
    b"\r", b"2024-13-45", b"0000-00-00", b"9999-12-31 23:59:59", b"1970-01-01T00:00:00Z", b"31/12/2023 25:61",
    b"2024-03-31 02:30:00", b"\xff\xfe", b"\xc3\x28", "٣٤".encode(), "\u2028é\U0001f600".encode(), b"&x;", b"<a>",
    b"</HealthData>", b"]]>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"=1+1", b"{", b"]", b"null", b"true", b"{}",
    b"80,5", b"1.234,5", b"1.000.000", b"x" * 5000,
)  # fmt: skip
_CELLS = re.compile(rb'[,;\t"\r\n<>:=]+')


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Draw what became of a file."""
    for _ in range(draw(st.integers(1, 4))):
        data = _HARMS[draw(st.sampled_from(sorted(_HARMS)))](draw, data)
    return data


def _part(draw: st.DrawFn, data: bytes) -> tuple[int, int]:
    start = draw(st.integers(0, len(data)))
    return start, draw(st.integers(start, min(len(data), start + 300)))


def _cut_out(draw: st.DrawFn, data: bytes) -> bytes:
    start, end = _part(draw, data)
    return data[:start] + data[end:]


def _repeat(draw: st.DrawFn, data: bytes) -> bytes:
    start, end = _part(draw, data)
    return data[:end] + data[start:end] * draw(st.integers(1, 3)) + data[end:]


def _end_early(draw: st.DrawFn, data: bytes) -> bytes:
    return data[: draw(st.integers(0, len(data)))]


def _insert(draw: st.DrawFn, data: bytes) -> bytes:
    place, _ = _part(draw, data)
    return data[:place] + draw(st.sampled_from(_ODD) | st.binary(max_size=20)) + data[place:]


def _replace_cell(draw: st.DrawFn, data: bytes) -> bytes:
    ends = [(found.end(), found.start()) for found in _CELLS.finditer(data)]
    if len(ends) < 2:
        return data
    which = draw(st.integers(0, len(ends) - 2))
    return data[: ends[which][0]] + draw(st.sampled_from(_ODD)) + data[ends[which + 1][1] :]


def _swap_lines(draw: st.DrawFn, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if len(lines) < 2:
        return data
    one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _encode(draw: st.DrawFn, data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(draw(st.sampled_from(["utf-16", "latin-1", "utf-8-sig"])), "replace")


_HARMS = {harm.__name__: harm for harm in (_cut_out, _repeat, _end_early, _insert, _replace_cell, _swap_lines, _encode)}


def packed(data: bytes, name: str, how: str) -> bytes:
    """Return ``data`` as it is, or packed by gzip or zip under a name."""
    if how == "gzip":
        return gzip.compress(data, 1)
    if how == "zip":
        return zipped({name: data})
    return data
