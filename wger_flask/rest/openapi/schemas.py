"""Describe schemas in the OpenAPI document, from the same wire fields that parse and print.

A schema has up to three components: what is answered (``WeightEntry``), what is sent
(``WeightEntryRequest``), and what a PATCH may send (``PatchedWeightEntryRequest``).  They are
kept apart because an answer holds every field and a request only those that may be written.  The
last two have a twin for forms (``WeightEntryForm``), in which every value is a text.
"""

from __future__ import annotations

import marshmallow
from apispec import APISpec
from marshmallow import fields as plain

from ...storage import columns
from ...storage.model import Model, key_of
from .. import fields
from ..fields import computed, nested, references
from ..schema import Schema

ANSWER, REQUEST, PATCHED = "answer", "request", "patched"
_BOUNDS = ("minLength", "maxLength", "minimum", "maximum", "pattern")
_BIG = fields.BIG
_SPELLED = fields.Boolean.TRUE | fields.Boolean.FALSE
BOOLEANS = f"^(?:{'|'.join(sorted({spell(word) for word in _SPELLED for spell in (str, str.upper, str.capitalize)}))})$"


class Components:
    """The named schemas of one document."""

    def __init__(self, spec: APISpec):
        self.spec = spec
        self._names: dict[str, type] = {}
        self._made: set[str] = set()

    def reference(self, schema: type[Schema], role: str = ANSWER) -> dict:
        """Return a reference to the component of ``schema`` in a role, made when first asked for."""
        name = self.name(schema)
        name = {ANSWER: name, REQUEST: f"{name}Request", PATCHED: f"Patched{name}Request"}[role]
        if name not in self._made:
            self._made.add(name)
            self.spec.components.schema(name, self._object(schema, role))
        return {"$ref": f"#/components/schemas/{name}"}

    def name(self, schema: type[Schema]) -> str:
        """Return what ``schema`` is called: its class, with its subject where two have one name."""
        short = schema.__name__.removesuffix("Schema")
        if self._names.setdefault(short, schema) is schema:
            return short
        subject = schema.__module__.removesuffix(".schemas").rpartition(".")[2]
        full = subject.title().replace("_", "") + short
        self._names.setdefault(full, schema)
        return full

    def requires(self, what, role: str) -> bool:
        """Tell whether a body must be sent at all: whether anything in it must be."""
        if not (isinstance(what, type) and issubclass(what, marshmallow.Schema)):
            return role == REQUEST
        return role == REQUEST and any(field.required for field in what().load_fields.values())

    def form(self, what, role: str) -> dict:
        """Return the schema of a form that carries what :meth:`described` would describe as JSON."""
        if not (isinstance(what, type) and issubclass(what, marshmallow.Schema)):
            return self.described(what, role)
        name = f"{'Patched' if role == PATCHED else ''}{self.name(what)}Form"
        if name not in self._made:
            self._made.add(name)
            fields_of = {field.data_key or name: field for name, field in what().load_fields.items()}
            made: dict = {"type": "object", "properties": {key: _typed(field) for key, field in fields_of.items()}}
            if required := [key for key, field in fields_of.items() if field.required and role == REQUEST]:
                made["required"] = required
            self.spec.components.schema(name, made)
        return {"$ref": f"#/components/schemas/{name}"}

    def page(self, schema: type[Schema], counted: bool = True) -> dict:
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

    def described(self, what, role: str = ANSWER) -> dict:
        """Return the schema of what an endpoint declares.

        That is a schema, a field, a list of one of these, a ready piece of OpenAPI, or None
        for anything.
        """
        if isinstance(what, list):
            return {"type": "array", "items": self.described(what[0], role)}
        if isinstance(what, type) and issubclass(what, marshmallow.Schema):
            return self.reference(what, role)
        if isinstance(what, marshmallow.fields.Field):
            return self.property("", what, role)
        return what or {}

    def _object(self, schema: type[Schema], role: str) -> dict:
        instance = schema()
        chosen = instance.dump_fields if role == ANSWER else instance.load_fields
        properties, required = {}, []
        for name, field in chosen.items():
            key = field.data_key or name
            properties[key] = self.property(name, field, role)
            if (role == ANSWER and field.load_default is marshmallow.missing) or (field.required and role == REQUEST):
                required.append(key)
        made: dict = {"type": "object", "properties": properties}
        about = (schema.__doc__ or "").strip()
        if about and role == ANSWER:
            made["description"] = about
        if required:
            made["required"] = required
        return made

    def property(self, name: str, field, role: str) -> dict:
        """Return the schema of a field."""
        made = dict(self._of_kind(name, field, role))
        extra: dict = {}
        if role == ANSWER:  # rows may be older than a bound, or come from elsewhere
            made = {word: value for word, value in made.items() if word not in _BOUNDS}
        if field.allow_none or (role == ANSWER and isinstance(field, nested.Nested | nested.Child)):
            extra["nullable"] = True
            if "enum" in made:
                made["enum"] = [*made["enum"], None]
        if role == ANSWER and field.dump_only:
            extra["readOnly"] = True
        if getattr(field, "label", None):
            extra["title"] = field.label
        about = [text for text in (getattr(field, "help", ""), made.pop("description", "")) if text]
        if about:
            extra["description"] = ". ".join(about)
        if "$ref" in made and extra:  # nothing may stand beside a reference
            made = {"allOf": [made]}
        return made | extra

    def _of_kind(self, name: str, field, role: str) -> dict:
        if isinstance(field, nested.Nested | nested.Child):
            return self.reference(field.schema)
        if isinstance(field, plain.Nested):
            inner = self.reference(type(field.schema), role)
            return {"type": "array", "items": inner} if field.many else inner
        if isinstance(field, plain.List):
            return {"type": "array", "items": self.property(name, field.inner, role)}
        if isinstance(field, plain.Dict):
            inner = self.property(name, field.value_field, role) if field.value_field else {}
            return {"type": "object", "additionalProperties": inner}
        if isinstance(field, nested.Children | nested.Members):
            return {"type": "array", "items": self.reference(field.schema)}
        if getattr(field, "schema", None) is not None:  # objects inside a request
            inner = self.reference(field.schema, role)
            return {"type": "array", "items": inner} if field.kind == "objects" else inner
        if isinstance(field, references.Key):
            return _key(field.model, role)
        if isinstance(field, references.Keys):
            made = {"type": "array", "items": _key(field.model, role)}
            also = {"type": "object", "description": "Its names count, as recorded."}
            if role == ANSWER:
                return made
            # programs that make up an example fail at a choice with an array in it
            return {"anyOf": [made, also], "example": [1] if made["items"].get("type") == "integer" else []}
        if isinstance(field, computed.Computed | computed.Batch):
            return self.property(name, field.describes, role) if field.describes else {}
        if isinstance(field, computed.File):
            return {"type": "string", "format": "uri" if role == ANSWER else "binary"}
        return scalar(field) if role == ANSWER else _sent(field)


def _key(model: type[Model], role: str) -> dict:
    made = key_schema(model)
    if role == ANSWER or "format" not in made:
        return made
    return {"anyOf": [{"type": made.pop("type")}, _AS_NUMBER]} | made


def _sent(field) -> dict:
    """Return the schema of a field in JSON that is sent: some values are read in more than one type."""
    made = scalar(field)
    others = next((more for known, more in _ALSO_READ if isinstance(field, known)), None)
    if others is None or made.get("type") not in ("string", "boolean") or "enum" in made:
        return made
    return {"anyOf": [{"type": made.pop("type")}, *others]} | made


_AS_NUMBER = {"type": "integer", "minimum": 0}
_ALSO_READ = (
    (fields.Boolean, ({"type": "integer", "enum": [0, 1]}, {"type": "string", "pattern": BOOLEANS})),
    (fields.String, ({"type": "number"},)), (fields.Decimal, ({"type": "number"},)),
    (fields.UUID, (_AS_NUMBER, {"type": "boolean"})),
)  # fmt: skip


def _typed(field) -> dict:
    """Return the schema of a field in a form."""
    made: dict = {"type": "string"}
    if isinstance(field, computed.File):
        made["format"] = "binary"
    elif isinstance(field, references.Keys) or getattr(field, "kind", "") == "objects":
        made = {"type": "array", "items": made}
    about = getattr(field, "help", "") or getattr(field, "label", "")
    return made | ({"description": about} if about else {})


def typed_form(kind: str) -> dict:
    """Return the schema of one value of a kind."""
    return dict(_SCALARS[kind])


def key_schema(model: type[Model]) -> dict:
    """Return the schema of a primary key."""
    column = key_of(model)
    if isinstance(column, columns.UUID):
        return {"type": "string", "format": "uuid"}
    return {"type": "integer"} if isinstance(column, columns.Integer) else {"type": "string"}


def scalar(field) -> dict:
    """Return the schema of a field that holds one value."""
    kind = getattr(field, "kind", "")
    if isinstance(field, fields.Choice):
        named = {value: label for value, label in field.choices.items() if value != label}
        about = {"description": ", ".join(f"{value}: {label}" for value, label in named.items())} if named else {}
        return {"type": "string", "enum": list(field.choices), **about}
    if isinstance(field, fields.String):
        bounds = {"maxLength": field.max_length, "minLength": field.min_length or (0 if field.blank else 1)}
        form = {"format": "uri"} if isinstance(field, fields.URL) and not field.blank else {}
        return {"type": "string", **form, **{name: bound for name, bound in bounds.items() if bound}}
    if isinstance(field, fields.Decimal):
        if field.as_number:
            return {"type": "number", "format": "double", **_range(field)}
        whole = field.max_digits - field.places
        pattern = rf"^-?\d{{0,{whole}}}(?:\.\d{{0,{field.places}}})?$"
        return {"type": "string", "format": "decimal", "pattern": pattern, **_range_in_words(field)}
    if isinstance(field, fields.Integer):
        return {"type": "integer", **_range(field)}
    return dict(_SCALARS.get(kind) or next((made for known, made in _PLAIN if isinstance(field, known)), {}))


_SCALARS = {
    "number": {"type": "number", "format": "double"}, "boolean": {"type": "boolean"},
    "uuid": {"type": "string", "format": "uuid"}, "date-time": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    # not "time", which has a time zone
    "time": {"type": "string", "format": "time-local",
             "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$"},
    "string": {"type": "string"},
}  # fmt: skip


_PLAIN = (
    (plain.Integer, {"type": "integer"}), (plain.Decimal, {"type": "string", "format": "decimal"}),
    (plain.Number, {"type": "number"}), (plain.Boolean, _SCALARS["boolean"]), (plain.UUID, _SCALARS["uuid"]),
    (plain.Date, _SCALARS["date"]), (plain.Time, _SCALARS["time"]), (plain.DateTime, _SCALARS["date-time"]),
    (plain.String, _SCALARS["string"]),
)  # fmt: skip


def _range(field) -> dict:
    bounds = {"minimum": field.min, "maximum": field.max}
    return {
        name: bound if isinstance(bound, int) else float(bound)
        for name, bound in bounds.items()
        if bound is not None and abs(bound) < _BIG
    }


def _range_in_words(field) -> dict:
    bounds = (("at least", field.min), ("at most", field.max))
    words = [f"{word} {bound}" for word, bound in bounds if bound is not None]
    return {"description": " and ".join(words)} if words else {}
