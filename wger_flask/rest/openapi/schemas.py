"""Describe schemas in the OpenAPI document, from the same wire fields that parse and print.

A schema has up to three components: what is answered (``WeightEntry``), what is sent
(``WeightEntryRequest``), and what a PATCH may send (``PatchedWeightEntryRequest``).  They are
kept apart because an answer holds every field and a request only those that may be written.  The
last two have a twin for forms (``WeightEntryForm``), in which every value is a text.
"""

from __future__ import annotations

from typing import Any

import marshmallow
from apispec import APISpec
from marshmallow import fields as plain

from ..fields import ANSWER, PATCHED, REQUEST, Field

_BOUNDS = ("minLength", "maxLength", "minimum", "maximum", "pattern")


class Components:
    """The named schemas of one document."""

    def __init__(self, spec: APISpec):
        self.spec = spec
        self._names: dict[str, type] = {}
        self._made: set[str] = set()

    def reference(self, schema: type[marshmallow.Schema], role: str = ANSWER) -> dict[str, Any]:
        """Return a reference to the component of ``schema`` in a role, made when first asked for."""
        name = self.name(schema)
        name = {ANSWER: name, REQUEST: f"{name}Request", PATCHED: f"Patched{name}Request"}[role]
        if name not in self._made:
            self._made.add(name)
            self.spec.components.schema(name, self._object(schema, role))
        return {"$ref": f"#/components/schemas/{name}"}

    def name(self, schema: type[marshmallow.Schema]) -> str:
        """Return what ``schema`` is called: its class, with its subject where two have one name."""
        short = schema.__name__.removesuffix("Schema")
        if self._names.setdefault(short, schema) is schema:
            return short
        subject = schema.__module__.removesuffix(".schemas").rpartition(".")[2]
        full = subject.title().replace("_", "") + short
        self._names.setdefault(full, schema)
        return full

    def requires(self, what: object, role: str) -> bool:
        """Tell whether a body must be sent at all: whether anything in it must be."""
        if not (isinstance(what, type) and issubclass(what, marshmallow.Schema)):
            return role == REQUEST
        return role == REQUEST and any(field.required for field in what().load_fields.values())

    def form(self, what: object, role: str) -> dict[str, Any]:
        """Return the schema of a form that carries what :meth:`described` would describe as JSON."""
        if not (isinstance(what, type) and issubclass(what, marshmallow.Schema)):
            return self.described(what, role)
        name = f"{'Patched' if role == PATCHED else ''}{self.name(what)}Form"
        if name not in self._made:
            self._made.add(name)
            fields_of = {field.data_key or name: field for name, field in what().load_fields.items()}
            made: dict[str, Any] = {
                "type": "object",
                "properties": {key: _typed(field) for key, field in fields_of.items()},
            }
            if required := [key for key, field in fields_of.items() if field.required and role == REQUEST]:
                made["required"] = required
            self.spec.components.schema(name, made)
        return {"$ref": f"#/components/schemas/{name}"}

    def page(self, schema: type[marshmallow.Schema], counted: bool = True) -> dict[str, Any]:
        """Return a reference to the envelope around a page of answers."""
        name = f"{'Paginated' if counted else 'Walked'}{self.name(schema)}List"
        count = {"count": {"type": "integer", "description": "Rows in all pages."}} if counted else {}
        if name not in self._made:
            self._made.add(name)
            self.spec.components.schema(name, {
                "type": "object", "required": [*count, "next", "previous", "results"],
                "properties": {
                    **count,
                    "next": {"type": "string", "format": "uri", "nullable": True},
                    "previous": {"type": "string", "format": "uri", "nullable": True},
                    "results": {"type": "array", "items": self.reference(schema)},
                },
            })  # fmt: skip
        return {"$ref": f"#/components/schemas/{name}"}

    def described(self, what: Any, role: str = ANSWER) -> dict[str, Any]:
        """Return the schema of what an endpoint declares.

        That is a schema, a field, a list of one of these, a ready piece of OpenAPI, or None
        for anything.
        """
        if isinstance(what, list):
            return {"type": "array", "items": self.described(what[0], role)}
        if isinstance(what, type) and issubclass(what, marshmallow.Schema):
            return self.reference(what, role)
        if isinstance(what, plain.Field):
            return self.property(what, role)
        return what or {}

    def _object(self, schema: type[marshmallow.Schema], role: str) -> dict[str, Any]:
        instance = schema()
        chosen = instance.dump_fields if role == ANSWER else instance.load_fields
        properties, required = {}, []
        for name, field in chosen.items():
            key = field.data_key or name
            properties[key] = self.property(field, role)
            if (role == ANSWER and field.load_default is marshmallow.missing) or (field.required and role == REQUEST):
                required.append(key)
        made: dict[str, Any] = {"type": "object", "properties": properties}
        about = (schema.__doc__ or "").strip()
        if about and role == ANSWER:
            made["description"] = about
        if required:
            made["required"] = required
        return made

    def property(self, field: plain.Field[Any], role: str) -> dict[str, Any]:
        """Return the schema of a field."""
        made = self._of(field, role)
        extra: dict[str, Any] = {}
        if role == ANSWER:  # rows may be older than a bound, or come from elsewhere
            made = {word: value for word, value in made.items() if word not in _BOUNDS}
        if field.allow_none:
            extra["nullable"] = True
            if "enum" in made:
                made["enum"] = [*made["enum"], None]
        if role == ANSWER and field.dump_only:
            extra["readOnly"] = True
        if label := getattr(field, "label", None):
            extra["title"] = label
        about = [text for text in (getattr(field, "help", ""), made.pop("description", "")) if text]
        if about:
            extra["description"] = ". ".join(about)
        if "$ref" in made and extra:  # nothing may stand beside a reference
            made = {"allOf": [made]}
        return made | extra

    def _of(self, field: plain.Field[Any], role: str) -> dict[str, Any]:
        if isinstance(field, Field):
            return field.described(self, role)
        if isinstance(field, plain.Nested):
            inner = self.reference(type(field.schema), role)
            return {"type": "array", "items": inner} if field.many else inner
        if isinstance(field, plain.List):
            return {"type": "array", "items": self.property(field.inner, role)}
        if isinstance(field, plain.Dict):
            inner = self.property(field.value_field, role) if field.value_field else {}
            return {"type": "object", "additionalProperties": inner}
        return dict(next((made for known, made in _PLAIN if isinstance(field, known)), {}))


# marshmallow's own, which describe what endpoints compute
_PLAIN = (
    (plain.Integer, {"type": "integer"}), (plain.Number, {"type": "number"}), (plain.Boolean, {"type": "boolean"}),
    (plain.Date, {"type": "string", "format": "date"}), (plain.String, {"type": "string"}),
)  # fmt: skip


def _typed(field: plain.Field[Any]) -> dict[str, Any]:
    """Return the schema of a field in a form."""
    about = getattr(field, "help", "") or getattr(field, "label", "")
    made = field.typed() if isinstance(field, Field) else {"type": "string"}
    return made | ({"description": about} if about else {})
