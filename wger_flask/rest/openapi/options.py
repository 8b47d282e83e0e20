"""Describe a target to OPTIONS: what it renders, parses, and which fields may be written."""

from __future__ import annotations

from .. import fields
from ..fields import references

_TYPES = {
    "string": "string", "integer": "integer", "decimal": "decimal", "number": "float", "boolean": "boolean",
    "uuid": "string", "date": "date", "date-time": "datetime", "time": "time", "choice": "choice", "json": "field",
    "reference": "field", "references": "field", "file": "image upload", "object": "nested object",
    "objects": "nested object",
}  # fmt: skip


def describe(call) -> dict:
    """Return the body of an OPTIONS answer."""
    target = call.target
    ending = {"list": " List", "detail": " Instance"}.get(target.kind, "")
    found = {
        "name": target.name.replace("-", " ").title() + ending,
        "description": target.about,
        "renders": ["application/json", "text/html"],
        "parses": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
    }
    actions = {
        method: describe_fields(target.resource.schema)
        for method in ("POST", "PUT")
        if target.resource and method in target.handlers and target.access.rule(method)(call.user)
    }
    if actions:
        found["actions"] = actions
    return found


def describe_fields(schema) -> dict[str, dict]:
    """Return what is to be known of each field of a schema."""
    return {field.data_key or name: _describe(name, field) for name, field in schema().fields.items()}


def _describe(name: str, field) -> dict:
    found = {
        "type": _TYPES.get(getattr(field, "kind", ""), "field"),
        "required": field.required,
        "read_only": field.dump_only,
        "label": getattr(field, "label", None) or name.replace("_", " ").capitalize(),
    }
    if getattr(field, "help", ""):
        found["help_text"] = field.help
    for attribute, key in (("max_length", "max_length"), ("min", "min_value"), ("max", "max_value")):
        if getattr(field, attribute, None) is not None:
            value = getattr(field, attribute)
            found[key] = value if isinstance(value, int | float) else float(value)
    if isinstance(field, fields.Choice):
        found["choices"] = [{"value": value, "display_name": label} for value, label in field.choices.items()]
    if isinstance(field, references.Keys):
        found["child"] = {"type": "field", "required": False, "read_only": False}
    return found
