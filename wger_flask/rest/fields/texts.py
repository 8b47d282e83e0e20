"""Texts, choices, truth values and UUIDs."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, validate

from ...storage import columns
from ...storage.dialects.base import AnyDialect
from ...storage.types import Reader
from ..timezone import zone_names
from .base import Field

if TYPE_CHECKING:
    from ..openapi.schemas import Components


class String(Field):
    """Text of at most ``max_length`` characters (20,000 bytes where none is given) and at least ``min_length``.

    Blanks around it are cut off; ``blank=True`` takes the empty text.  Numbers are taken as text.
    """

    kind = options_type = "string"
    fits = (columns.Char, columns.Text)
    openapi = {"type": "string"}
    also_read = ({"type": "number"},)
    NOT_TEXT = "Not a valid string."

    LONGEST = 20_000
    LARGE = 5000  # letters, of which a page of a thousand rows takes megabytes

    def __init__(self, *, max_length: int = LONGEST, min_length: int = 0, blank: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.max_length, self.min_length, self.blank = max_length, min_length, blank

    @property
    def is_large(self) -> bool:  # type: ignore[override]  # others have it once a class
        return self.max_length >= self.LARGE

    def described(self, components: Components, role: str) -> dict[str, Any]:
        bounds = {"maxLength": self.max_length, "minLength": self.min_length or (0 if self.blank else 1)}
        made = super().described(components, role)
        return made | {name: bound for name, bound in bounds.items() if bound}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError(self.NOT_TEXT)
        text = str(value).strip()
        if not text and not self.blank:
            raise ValidationError("This field may not be blank.")
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ValidationError("Not a valid string.")
        if wrong := self._complaints(text):
            raise ValidationError(wrong)
        return text

    def _complaints(self, text: str) -> list[str]:
        """Return everything that is wrong with ``text``, not only the first."""
        complaints = []
        if self.max_length == self.LONGEST:
            if len(text.encode()) > self.LONGEST:
                complaints.append(f"Ensure this field has no more than {self.LONGEST} bytes.")
        elif len(text) > self.max_length:
            complaints.append(f"Ensure this field has no more than {self.max_length} characters.")
        if text and len(text) < self.min_length:
            complaints.append(f"Ensure this field has at least {self.min_length} characters.")
        if "\x00" in text:
            complaints.append("Null characters are not allowed.")
        return complaints


class TimeZone(String):
    """The IANA name of a time zone, such as ``Europe/Berlin``; empty for none.

    Forms offer all there are, and where scripts run that of the browser.
    """

    widget = "time-zone"

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=50, blank=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name and name not in zone_names():
            raise ValidationError(f'"{name}" is not a valid IANA timezone name')
        return name


class Password(String):
    """A secret that a person types; pages do not show it, not even to the person who typed it."""

    widget = "password"


class URL(String):
    """The address of a page: ``http``, ``https``, ``ftp`` or ``ftps``; the options are those of :class:`String`."""

    NOT_TEXT = "Enter a valid URL."
    widget = "url"
    _check = validate.URL(schemes={"http", "https", "ftp", "ftps"}, error=NOT_TEXT)

    def described(self, components: Components, role: str) -> dict[str, Any]:
        form = {} if self.blank else {"format": "uri"}
        return super().described(components, role) | form

    def _complaints(self, text: str) -> list[str]:
        complaints = super()._complaints(text)
        try:
            if text:
                self._check(text)
            return complaints
        except ValidationError as wrong:
            return [*complaints, *map(str, wrong.messages)]


class Choice(Field):
    """One of a few values: ``Choice(("low", "high"))``, or ``Choice({"1": "low", "2": "high"})`` with what people read.

    Values are texts, in Python, in the column (``columns.Char``) and in JSON; a body may send the number 1 for
    ``"1"``.  Anything else is refused: ``"3" is not a valid choice.``  ``blank=True`` takes the empty text too.
    """

    kind = options_type = widget = cell = "choice"
    fits = (columns.Char, columns.Text)

    def __init__(self, choices: Iterable[str] | dict[str, str], *, blank: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.blank = blank
        self.choices = dict(choices) if isinstance(choices, dict) else {choice: choice for choice in choices}

    def described(self, components: Components, role: str) -> dict[str, Any]:
        named = {value: label for value, label in self.choices.items() if value != label}
        about = {"description": ", ".join(f"{value}: {label}" for value, label in named.items())} if named else {}
        return {"type": "string", "enum": [*self.choices, *([""] if self.blank else [])], **about}

    def options(self) -> dict[str, Any]:
        return {"choices": [{"value": value, "display_name": label} for value, label in self.choices.items()]}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if value == "" and self.blank:
            return ""
        if isinstance(value, dict | list) or str(value) not in self.choices:
            raise ValidationError(f'"{value}" is not a valid choice.')
        return str(value)


_SPELLED = {
    spell(word): truth
    for words, truth in (("t y yes true on 1", True), ("f n no false off 0", False))
    for word in words.split()
    for spell in (str, str.upper, str.capitalize)
}


class Boolean(Field):
    """True or false: JSON's own, 1 and 0, and texts such as ``"true"``, ``"yes"``, ``"on"`` and their opposites."""

    kind = options_type = widget = "boolean"
    fits = (columns.Boolean,)
    openapi = {"type": "boolean"}
    on, off = "true", "false"  # what a form sends where it is ticked, and where it is not

    @property
    def also_read(self) -> tuple[dict[str, Any], ...]:  # type: ignore[override]  # as above
        pattern = f"^(?:{'|'.join(sorted(_SPELLED))})$"
        return {"type": "integer", "enum": [0, 1]}, {"type": "string", "pattern": pattern}

    def raw(self, dialect: AnyDialect) -> Reader | None:
        return dialect.wire_boolean

    def wire(self, value: Any) -> Any:
        return bool(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float) and value in (0, 1):
            return bool(value)
        if isinstance(value, str):
            if value in ("", "null", "None") and self.allow_none:
                return None
            if value in _SPELLED:
                return _SPELLED[value]
        raise ValidationError("Must be a valid boolean.")


class Flag(Boolean):
    """A parameter of a query that is on as ``1`` or ``true``, in letters of any size, and off as anything else."""

    ON = ("1", "true")
    ignores_others = True

    @classmethod
    def is_on(cls, value: object) -> bool:
        """Tell whether a parameter that was sent as ``value`` is on."""
        return value is True or (isinstance(value, str) and value.lower() in cls.ON)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self.is_on(value)


class UUID(Field):
    """A UUID, in any of its spellings on input, lower-case with hyphens on output."""

    kind, options_type, cell = "uuid", "string", "uuid"
    fits = (columns.UUID,)
    openapi = {"type": "string", "format": "uuid"}
    also_read = ({"type": "integer", "minimum": 0}, {"type": "boolean"})

    def raw(self, dialect: AnyDialect) -> Reader | None:
        return dialect.wire_uuid

    def wire(self, value: Any) -> Any:
        return str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            if isinstance(value, int):
                return uuids.UUID(int=value)
            if isinstance(value, str):
                return uuids.UUID(hex=value)
        except ValueError:
            pass
        raise ValidationError("Must be a valid UUID.")
