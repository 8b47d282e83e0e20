"""Read request bodies: JSON, and forms of both kinds, on every endpoint.

The recorded server of version 2.7 refuses forms; older ones took them, and so do scripts
that were written for those.  A form has no types: its strings are parsed by the fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar, cast

from flask import Request
from werkzeug.datastructures import MultiDict

from .errors import Invalid, ParseError, UnsupportedMediaType
from .request import Request as OwnRequest

_lone_surrogate = re.compile(rb"\\u[dD][89a-fA-F]")
_MOST_PARTS = 100
_Value = TypeVar("_Value", bound=str | list[str])
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class FormData(dict[str, Any]):
    """The fields of a form, by name; :meth:`several` gives all values that were sent as one name.

    ``is_typed`` is True where a person filled it in on a page of this server: numbers may then have a decimal comma.
    """

    def __init__(self, request: Request, is_typed: bool = False):
        super().__init__(request.form.items())
        self.is_typed = is_typed
        self._lists: MultiDict[str, str] = request.form
        for name, upload in request.files.items():
            if upload.filename:  # a browser sends an empty part for a file that was not chosen
                self[name] = upload

    @classmethod
    def of_texts(cls, values: MultiDict[str, str], is_typed: bool) -> FormData:
        """Return the form that ``values``, texts by name, are read as: those of a query, or of a part of a form."""
        made = cls.__new__(cls)
        made._lists, made.is_typed = values, is_typed
        made.update(values.items())
        return made

    def parts(self, name: str | None) -> list[FormData]:
        """Return the objects that are sent as ``name.0.field``, a list of forms without those left blank."""
        found = parts_of(dict(self._lists.lists()), str(name))
        return [FormData.of_texts(MultiDict(values), self.is_typed) for values in found]

    def several(self, name: str | None) -> list[Any]:
        """Return all texts that were sent as ``name``, without empty ones, as a list."""
        return [value for value in self._lists.getlist(str(name)) if value != ""]


def parts_of(values: Mapping[str, _Value], name: str) -> list[dict[str, _Value]]:
    """Return the objects that a form's ``values`` hold as ``name.<number>.<field>``, in the order of the numbers.

    Objects in which every field is empty are left out: a form offers more of them than a user fills in.
    """
    found: dict[int, dict[str, _Value]] = {}
    for key, value in values.items():
        head, _, rest = key.partition(".")
        number, _, field = rest.partition(".")
        if head == name and field and number.isdecimal() and int(number[:4]) < _MOST_PARTS and len(number) < 4:
            found.setdefault(int(number), {})[field] = value
    return [found[number] for number in sorted(found) if any(any(value) for value in found[number].values())]


class NotAnObject(Invalid):
    """400: the body is JSON, but no object; ``value`` is what it is."""

    def __init__(self, value: object):
        self.value = value
        told = "No data provided"
        if value is not None:
            told = f"Invalid data. Expected a dictionary, but got {type(value).__name__}."
        super().__init__({"non_field_errors": [told]})


def read_body(request: Request, forms_only: bool = False) -> dict[str, Any]:
    """Return the request's body as a dictionary: of JSON values, or a :class:`FormData`.

    An absent body is an empty dictionary.  ``forms_only`` refuses JSON, which cannot carry a file.  Raises
    :class:`UnsupportedMediaType` (415), :class:`ParseError` and :class:`NotAnObject` (400), and 413 for a body that is
    larger, or holds more values, than the request may (:mod:`.body_limits`).
    """
    kind = request.mimetype
    if kind in FORM_TYPES:
        if kind == "multipart/form-data" and not request.mimetype_params.get("boundary"):
            raise ParseError("Multipart form parse error - Invalid boundary in multipart: None")
        return FormData(request)
    if not request.content_length and not request.headers.get("Transfer-Encoding"):
        return {}
    if forms_only or kind != "application/json":
        raise UnsupportedMediaType(request.headers.get("Content-Type", ""))
    value = parse_json(cast("OwnRequest", request).json_bytes)
    if not isinstance(value, dict):
        raise NotAnObject(value)
    return value


def parse_json(data: bytes) -> Any:
    """Return the value of JSON in UTF-8; raises :class:`ParseError` in the words of the standard library.

    NaN, Infinity and halves of surrogate pairs are refused.
    """
    try:
        text = data.decode("utf-8")
        # json.loads() makes a decoder at each call, and has words of its own for what begins with a byte order mark
        value = json.loads(text) if text.startswith("\ufeff") else _decoder.decode(text)
        if _lone_surrogate.search(data):
            json.dumps(value, ensure_ascii=False).encode()  # a half alone is no text: it cannot be stored or answered
        return value
    except RecursionError:
        raise ParseError("JSON parse error - nested too deeply") from None
    except ValueError as wrong:  # JSONDecodeError, UnicodeError, integers of too many digits
        raise ParseError(f"JSON parse error - {wrong}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"Out of range float values are not JSON compliant: {name!r}")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)
