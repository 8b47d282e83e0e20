"""What every wire field is: how it is read from a body, becomes JSON, is described, asked for and shown.

A kind of field is declared in one place, its class: a new one is a subclass, wherever it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import marshmallow
from marshmallow import ValidationError, missing

from ...storage.dialects.base import AnyDialect
from ...storage.model import Model
from ..serialization import Builder, Column, InPlace

if TYPE_CHECKING:
    from ..openapi.schemas import Components

ANSWER, REQUEST, PATCHED = "answer", "request", "patched"  # what a schema of OpenAPI describes
REQUIRED = "This field is required."
NULL = "This field may not be null."


class Field(marshmallow.fields.Field[Any]):
    """The base of all fields, with the options that each of them takes (marshmallow's, and three more).

    * ``required=True``: a body without it is refused, except by PATCH.
    * ``allow_none=True``: null is a value.
    * ``load_default=``: the value where a body has none, or a function that returns it.  Without it the column's own
      default holds.
    * ``dump_only=True``: answers have it, bodies cannot set it; ``load_only=True``: bodies may have it, answers do not.
    * ``data_key="name"``: the key in JSON, where it is not the name of the field.
    * ``attribute="exercise.uuid"``: the column, where it has another name; a dotted path follows references and makes
      the field read-only in effect.
    * ``validate=``: a function (or several) of the parsed value that raises ``marshmallow.ValidationError`` with a
      message.
    * ``label``: what pages call it; ``help``: a sentence or a unit, for pages, OpenAPI and OPTIONS.
    * ``link``: the name of the resource that a value, which is no reference, leads to on pages.

    A class of fields says everything about its kind; subclass the one that is nearest, and set what differs:

    * ``kind``: what ``wger-flask resources`` calls it.
    * ``fits``: the classes of columns that hold its values; any, where none is named.
    * ``openapi``: its schema in the OpenAPI document, and ``also_read`` schemas of other types that bodies may send it
      in.  :meth:`described` is for what depends on options of the field.
    * ``options_type``: its type in the answer to OPTIONS; :meth:`options` has what else is told there.
    * ``widget``: how a form asks for it, a name in ``registry.widgets``; empty where a form does not.
    * ``cell``: how a page shows it, a name in ``registry.cells``.
    * ``takes_several``: whether a form sends several values under its name.
    * ``ignores_others``: whether a value that it does not know counts as none, in a query.
    * ``is_bulky``: whether it holds so much for each row that a table of rows leaves it out.
    * ``is_large``: whether one value may be thousands of letters.
    """

    kind = "field"
    fits: tuple[type, ...] = ()
    openapi: ClassVar[dict[str, Any]] = {}
    also_read: tuple[dict[str, Any], ...] = ()
    options_type = "field"
    widget = "text"
    cell = "plain"
    takes_several = ignores_others = False
    is_bulky = is_large = False
    default_error_messages = {"required": REQUIRED, "null": NULL}

    def __init__(self, *, label: str | None = None, help: str = "", link: str | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.label, self.help, self.link = label, help, link

    def raw(self, dialect: AnyDialect) -> Callable[..., Any] | None:
        """Return the function that turns a raw column value (never None) into JSON, or None where it stays as it is."""
        return None

    def wire(self, value: Any) -> Any:
        """Turn a Python value (never None) into JSON."""
        return value

    def column(self, builder: Builder, name: str) -> Column:
        """Return what makes its values in JSON, for a page of raw rows.

        ``builder`` collects what that takes of the database.  Those that are in one column need :meth:`raw` alone.
        """
        return InPlace(builder.index(self.attribute or name), self.raw(builder.dialect))

    def described(self, components: Components, role: str) -> dict[str, Any]:
        """Return its schema of OpenAPI in a role: ``"answer"``, or else a body's, ``"request"`` or ``"patched"``.

        ``components.reference(Schema, role)`` names the schema of objects inside it.
        """
        made = dict(self.openapi)
        return made if role == ANSWER else self.read_too(made)

    def read_too(self, made: dict[str, Any]) -> dict[str, Any]:
        """Return the schema ``made`` with the other types in which a body may send a value of its type."""
        if not self.also_read or made.get("type") not in ("string", "boolean") or "enum" in made:
            return made
        return {"anyOf": [{"type": made.pop("type")}, *self.also_read]} | made

    def typed(self) -> dict[str, Any]:
        """Return the schema of OpenAPI of what a form sends for it, without words."""
        return {"type": "string"}

    def options(self) -> dict[str, Any]:
        """Return what the answer to OPTIONS tells of it besides type, label and flags."""
        return {}

    @property
    def shown(self) -> marshmallow.fields.Field[Any]:
        """The field that says what its values are on pages: itself, or what describes it."""
        return self

    def model_behind(self, name: str, model: type[Model] | None) -> type[Model] | None:
        """Return the model of the rows that it shows, as the field ``name`` of ``model``'s; None for other values."""
        return None

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Read a value as marshmallow does, with the steps left out that a field has nothing for."""
        if value is None or value is missing or self.pre_load or self.post_load:
            return super().deserialize(value, attr, data, **kwargs)
        read = self._deserialize(value, attr, data, **kwargs)
        if self.validators:
            self._judge(read)
        return read

    def _judge(self, read: Any) -> None:
        """Have the validators look at a value, with what collects their messages only where one of them objects."""
        if type(self)._validate is marshmallow.fields.Field._validate:
            try:
                for validate in self.validators:
                    validate(read)
                return
            except ValidationError:
                pass
        self._validate(read)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else self.wire(value)


def says_nothing(field: marshmallow.fields.Field[Any]) -> bool:
    """Tell whether a body of JSON without a value of ``field`` is read as if there were no such field."""
    if field.required or field.load_default is not missing or field.pre_load or field.post_load:
        return False
    return type(field).deserialize.__module__.startswith(__package__)  # a plugin's own may read what is not there
