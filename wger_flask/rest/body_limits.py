"""Bound what bodies may hold before anything is built of them.

A megabyte of ``[[],[],...`` is thirty of lists, and of ``a&a&...`` a hundred of pairs: what a body
costs depends on how many values it holds and not on its length alone.  So both are counted in the
bytes that came, at the speed at which bytes are searched.  Their number follows from the length that
is allowed, which is small but for forms with files (:func:`admit_files`) and for many rows at once.
"""

from __future__ import annotations

import re
from array import array
from io import BytesIO
from itertools import accumulate
from typing import IO, Any, cast

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Request

from .errors import ParseError, TooLarge

MEGABYTE = 2**20
DEEPEST = 256
_BYTES_A_VALUE = 50  # what is sent in earnest has more of them
TOO_MANY = "The request body holds too many values."
TOO_DEEP = "JSON parse error - nested too deeply"
# In a form with files each part is small but for the files, and those go to the disk.
_PARTS_BESIDE_FILES, _PART_BESIDE_FILES = 50, 2**18
_text = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_STEPS = bytes(1 if byte in b"[{" else 255 for byte in range(256))  # 255 is -1
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


def most_values(size: int) -> int:
    """Return how many values may be in a body of at most ``size`` bytes; lists and objects count as one each."""
    return size // _BYTES_A_VALUE


def check_json(data: bytes, values: int, deepest: int = DEEPEST) -> None:
    """Raise :class:`TooLarge` for JSON of too many values, :class:`ParseError` for too deep nesting.

    What is no JSON may pass.
    """
    if _counted(data) <= values and data.count(b"[") + data.count(b"{") <= deepest:
        return  # as nearly always, even if all of that were in texts
    plain = _text.sub(b"", data)
    if max(accumulate(array("b", plain.translate(_STEPS, _NO_BRACKETS))), default=0) > deepest:
        raise ParseError(TOO_DEEP)
    if _counted(plain) > values:
        raise TooLarge(TOO_MANY)


def _counted(data: bytes) -> int:
    return data.count(b",") + data.count(b"[") + data.count(b"{") + 1


class FormParser(FormDataParser):
    """Flask's reader of forms, which counts the fields of a plain one before it takes them apart.

    What is no form is refused (:class:`ParseError`), not read as an empty one.
    """

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        self.silent = False
        is_multipart, counted = mimetype == "multipart/form-data", _Counted(stream)
        if is_multipart and not (options or {}).get("boundary"):
            raise ParseError("Multipart form parse error - Invalid boundary in multipart: None")
        try:
            found = super().parse(cast(IO[bytes], counted), mimetype, content_length, options)
            return found[0], *(self._named(parts) for parts in found[1:])
        except ValueError as wrong:
            if not counted.size:  # no body is an empty form of any kind
                return stream, self.cls(), self.cls()
            raise ParseError(f"{'Multipart form' if is_multipart else 'Form'} parse error - {wrong}") from None

    def _named(self, parts: MultiDict[str, Any]) -> MultiDict[str, Any]:
        """Leave out parts of a multipart form that say no name, or one that cannot be read: they are no fields."""
        if None not in parts:
            return parts
        return self.cls([(name, part) for name, part in parts.items(multi=True) if name is not None])

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        data = stream.read()
        if self.max_form_parts is not None and data.count(b"&") >= self.max_form_parts:
            raise RequestEntityTooLarge()
        return super()._parse_urlencoded(BytesIO(data), mimetype, content_length, options)


class _Counted:
    """A stream that tells how much was read of it."""

    def __init__(self, stream: IO[bytes]):
        self._stream, self.size = stream, 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.size += len(data)
        return data


def admit_files(request: Request, size: int) -> None:
    """Let ``request`` have a form of at most ``size`` bytes with files in it."""
    request.max_content_length = size
    request.max_form_parts, request.max_form_memory_size = _PARTS_BESIDE_FILES, _PART_BESIDE_FILES
