"""Free JSON, and JSON of one shape that a form offers as boxes to tick."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, missing

from ...storage import columns
from ...storage.dialects.base import AnyDialect
from ...storage.types import Reader
from ..bodies import FormData, parse_json
from ..body_limits import check_json
from ..errors import ParseError, TooLarge
from .base import Field


class Json(Field):
    """Any JSON value that every database can store, kept as it is.

    ``most`` is how many bytes it may have as compact UTF-8 text.  It may hold at most 1000 values, nested at
    most 200 deep.  ``is_object=True`` takes nothing but an object.
    """

    kind = widget = cell = "json"
    is_large = True
    fits = (columns.Json,)
    MOST_VALUES = 1000
    DEEPEST = 200  # far from where writers of JSON, who call themselves for each level, give up
    _null = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")

    def __init__(self, *, most: int = 20_000, is_object: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.most, self.is_object = most, is_object

    def raw(self, dialect: AnyDialect) -> Reader | None:
        return dialect.wire_json

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(data, FormData):
            try:
                check_json(value.encode(), self.most)
                value = parse_json(value.encode())
            except (ParseError, TooLarge):
                raise ValidationError("Value must be valid JSON.") from None
        if self.is_object and not isinstance(value, dict):
            raise ValidationError(f"{self.data_key or attr} must be an object")
        if _is_deeper(value, self.DEEPEST):
            raise ValidationError("Value must not be nested that deeply.")
        try:
            text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        except ValueError:
            raise ValidationError("Value must be valid JSON.") from None
        if self._null.search(text):
            raise ValidationError("Null characters are not allowed.")
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > self.most:
            raise ValidationError(f"{self.data_key or attr} must be at most {self.most} bytes, got {size}")
        try:
            check_json(text.encode("utf-8", "surrogatepass"), self.MOST_VALUES)
        except TooLarge:
            told = f"{self.data_key or attr} must hold at most {self.MOST_VALUES} values"
            raise ValidationError(told) from None
        return value


class JsonPicks(Json):
    """JSON of one shape, ``{key: [some of the choices]}``; a form shows the choices as boxes to tick.

    ``choices`` maps each value to the text that people read.
    """

    blank = True  # a form says by an empty value that nothing is ticked
    widget, takes_several = "picks", True

    def __init__(self, key: str, choices: dict[str, str], **kwargs: Any):
        super().__init__(**kwargs)
        self.key, self.choices = key, choices

    def picked(self, value: object) -> list[str]:
        """Return the list of values that a stored value has under its key."""
        items = value.get(self.key) if isinstance(value, dict) else None
        return [item for item in items if isinstance(item, str)] if isinstance(items, list) else []

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        if isinstance(data, FormData) and value is not missing:
            ticked = data.several(self.data_key or attr)
            if not ticked:
                value = None if self.allow_none else json.dumps({self.key: []})
            elif len(ticked) > 1 or ticked[0] in self.choices:
                value = json.dumps({self.key: ticked})
        return super().deserialize(value, attr, data, **kwargs)


def _is_deeper(value: object, most: int) -> bool:
    """Tell whether lists and objects in ``value`` are nested in more than ``most`` levels."""
    level = [value]
    for _ in range(most + 1):
        nests = [item for item in level if isinstance(item, list | dict)]
        if not nests:
            return False
        level = [inner for item in nests for inner in (item.values() if isinstance(item, dict) else item)]
    return True
