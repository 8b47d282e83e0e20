"""Turn a row of a take-out into one that can be stored here: checked, and with the keys that hold here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import FileStorage

from ..media.errors import RefusedFile
from ..rest.owned import Owned
from ..rest.schema import parse
from ..rest.uploads import Upload, UploadField
from ..storage import columns
from ..storage.links import links_of
from ..storage.model import Model, columns_of, key_of
from ..transfer.columns import demand_fitting, value_reader
from .document import GivenRow, is_key
from .rows import PICTURES, columns_taken, in_json

if TYPE_CHECKING:
    from .importer import _Import as Import


class Unfit(ValueError):
    """Say why a row cannot be brought in."""


class NotHere(Exception):
    """Say that a row relies on one of the catalogue that is not here."""


class RowReader:
    """Read the rows of one table."""

    def __init__(self, owned: Owned, work: Import):
        self._owned, self._work = owned, work
        self._model, self._key = owned.model, key_of(owned.model).name
        self._in_json, self._links = in_json(owned), links_of(owned.model)

    @cached_property
    def _columns(self) -> dict[str, Any]:
        """The columns that rows bring."""
        found = columns_of(self._model)
        return {name: found[name] for name in columns_taken(self._owned) if name != self._key}

    @cached_property
    def _fields(self) -> dict[str, Any]:
        """The fields of the schema that bodies may set, by the column."""
        schema = self._owned.schema
        told = schema().load_fields.items() if schema is not None else ()
        return {field.attribute or name: field for name, field in told}

    @cached_property
    def _readers(self) -> dict[str, Callable[[object], Any]]:
        """What reads the values of columns that no schema knows: moments, and all of a table without a schema."""
        any_value = self._owned.schema is None
        return {
            name: value_reader(one, UTC)
            for name, one in self._columns.items()
            if name not in self._fields and not isinstance(one, columns.File | columns.ForeignKey)
            if any_value or isinstance(one, columns.DateTime | columns.Date)
        }

    def read(self, given: GivenRow) -> tuple[dict[str, Any], dict[str, object]]:
        """Return the values of a row by column, and those references to its own table that lead to no row yet.

        Files are :class:`~..rest.uploads.Upload`.  Raises :class:`Unfit` and :class:`NotHere`.
        """
        later: dict[str, object] = {}
        moved: dict[str, Any] = {}
        for name, column in self._columns.items():
            if name not in given.values:
                continue
            value = given.values[name]
            if isinstance(column, columns.ForeignKey):
                moved[name] = self._reference(name, column, value, later)
            elif name in self._in_json:
                moved[name] = self._with_keys(value, self._in_json[name])
            elif not isinstance(column, columns.File):
                moved[name] = value
        data = self._checked(moved)
        for name, link in self._links.items():
            data[name] = self._linked(name, link.model, given.values.get(name, []))
        told: dict[str, Any] = {}  # by the pictures, such as their size
        for name, column in self._columns.items():
            if isinstance(column, columns.File):
                if (upload := self._file(name, given.values.get(name))) is not None:
                    data[name] = upload
                    told |= upload.columns
                elif not column.null and column.default is None:
                    raise Unfit(f"{name}: the picture is missing")
        for name, column in self._columns.items():
            if name not in (*data, *later, *told) and not column.null and column.default is None:
                raise Unfit(f"{name}: a value is needed")
        return data, later

    def _checked(self, moved: dict[str, Any]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if self._owned.schema is not None:
            body = {self._name(name): _plain(moved[name]) for name in moved if name in self._fields}
            data, errors = parse(self._owned.schema, body, partial=True)
            if errors:
                raise Unfit("; ".join(f"{name}: {told_errors(wrong)}" for name, wrong in errors.items()))
            data = {name: value for name, value in data.items() if name in self._columns}
        for name, read in self._readers.items():
            value = moved.get(name)
            column = self._columns[name]
            if value is None:
                if name in moved and not column.null:
                    raise Unfit(f"{name}: a value is needed")
                if name in moved:
                    data[name] = None
                continue
            try:
                data[name] = read(value)
                demand_fitting(column, data[name])
            except (ValueError, OverflowError, TypeError) as wrong:
                raise Unfit(f"{name}: {wrong}") from None
        if self._owned.schema is None:
            data |= {name: value for name, value in moved.items() if name in self._owned.references}
        return data

    def _name(self, column: str) -> str:
        field = self._fields[column]
        return field.data_key or field.name or column

    def _reference(self, name: str, column: Any, value: object, later: dict[str, object]) -> Any:
        if value is None:
            return None
        if not is_key(value):
            raise Unfit(f"{name}: a key is a number or a text")
        model = self._owned.references[name]
        if (found := self._key_here(model, value)) is not None:
            return found
        if model is self._model and column.null:
            later[name] = value
            return None
        if not column.null:
            raise Unfit(f"{name}: it belongs to a row that is not brought in")
        self._work.report.loosened += 1
        return None

    def _with_keys(self, value: object, models: dict[str, type[Model]]) -> object:
        """Return a value of JSON with the keys that hold here."""
        if not isinstance(value, dict):
            return value
        return value | {
            name: [self._key_in_json(model, one) for one in held]
            if isinstance(held := value[name], list)
            else self._key_in_json(model, held)
            for name, model in models.items()
            if name in value
        }

    def _key_in_json(self, model: type[Model], key: object) -> object:
        if not is_key(key):
            return key
        found = self._key_here(model, key)
        return key if found is None else _plain(found)

    def _key_here(self, model: type[Model], key: object) -> Any:
        """Return the key here of a row; None for one of the user's that is not brought in, NotHere for any other."""
        own = self._work.keys.get(model)
        found = self._work.matches.find(model, key) if own is None else own.get(key)
        if found is None and own is None:
            raise NotHere
        return found

    def _linked(self, name: str, model: type[Model], value: object) -> list[Any]:
        if not isinstance(value, list):
            raise Unfit(f"{name}: a list of keys expected")
        if not all(map(is_key, value)):
            raise Unfit(f"{name}: a key is a number or a text")
        return [found for key in value if (found := self._key_here(model, key)) is not None]

    def _file(self, name: str, value: object) -> Upload | None:
        field = self._fields.get(name)
        if value is None or not isinstance(field, UploadField):
            return None
        if not isinstance(value, str) or not value.startswith(f"{PICTURES}/"):
            raise Unfit(f"{name}: no name of a picture in the archive")
        try:
            return field.look_at(FileStorage(BytesIO(self._work.picture(value)), filename=value))
        except RefusedFile as wrong:
            raise Unfit(f"{name}, {value[:100]!r}: {wrong.message}") from None


def _plain(value: object) -> object:
    """Return a key as JSON has it."""
    return value if value is None or isinstance(value, int | float | str | bool | dict | list) else str(value)


def told_errors(wrong: object) -> str:
    """Return errors of a body, by field or not, as one line."""
    if isinstance(wrong, list):
        return " ".join(map(told_errors, wrong))
    if isinstance(wrong, dict):
        return "; ".join(f"{name}: {told_errors(one)}" for name, one in wrong.items())
    return str(wrong)
