"""Describe a target to OPTIONS: what it renders, parses, and which fields may be written."""

from __future__ import annotations

from typing import Any

import marshmallow

from ..call import Call
from ..fields import Field


def describe(call: Call) -> dict[str, Any]:
    """Return the body of an OPTIONS answer."""
    target = call.target
    ending = {"list": " List", "detail": " Instance"}.get(target.kind, "")
    description: dict[str, Any] = {
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
        description["actions"] = actions
    return description


def describe_fields(schema: type[marshmallow.Schema]) -> dict[str, dict[str, Any]]:
    """Return what is to be known of each field of a schema."""
    return {field.data_key or name: _describe(name, field) for name, field in schema().fields.items()}


def _describe(name: str, field: marshmallow.fields.Field[Any]) -> dict[str, Any]:
    ours = field if isinstance(field, Field) else None
    description = {
        "type": ours.options_type if ours else "field",
        "required": field.required,
        "read_only": field.dump_only,
        "label": getattr(field, "label", None) or name.replace("_", " ").capitalize(),
    }
    if help := getattr(field, "help", ""):
        description["help_text"] = help
    for attribute, key in (("max_length", "max_length"), ("min", "min_value"), ("max", "max_value")):
        if getattr(field, attribute, None) is not None:
            value = getattr(field, attribute)
            description[key] = value if isinstance(value, int | float) else float(value)
    return description | (ours.options() if ours else {})
