"""Describe a target to OPTIONS: what it renders, parses, and which fields may be written."""

from __future__ import annotations

from ..fields import Field


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
    is_ours = isinstance(field, Field)
    found = {
        "type": field.options_type if is_ours else "field",
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
    return found | (field.options() if is_ours else {})
