"""Print declarations as a person reads them in a terminal."""

from __future__ import annotations

from typing import Any

import marshmallow

from ..storage.model import table_of
from . import fields
from .permissions import Rule, anyone, logged_in
from .registry import Registry
from .resource import Resource


def table(registry: Registry) -> str:
    """Return one line a resource: name, methods, filters, where it comes from."""
    rows = [("name", "methods", "filters", "registered by")]
    for resource in registry:
        filters = len(resource.filter_set.by_param)
        rows.append((resource.name, " ".join(resource.methods), str(filters), registry.origin_of(resource.name)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def resolved(registry: Registry, resource: Resource) -> str:
    """Return everything that follows from the declaration of ``resource``."""
    lines = [
        f"/api/v2/{resource.name}/",
        f"  {resource.about}",
        f"  registered by  {registry.origin_of(resource.name)}",
        f"  table          {table_of(resource.model)}",
        f"  methods        {' '.join(resource.methods)}",
        f"  read           {_rule(resource.rules.read)}",
        f"  write          {_rule(resource.rules.write)}",
        f"  rows of        {'.'.join(resource.owner.path) if resource.owner else 'everybody'}",
        f"  page           {resource.pagination.default} rows, {resource.pagination.largest} at most",
        f"  order          {', '.join(resource.order.default) or 'as inserted'}",
        f"  may order by   {', '.join(resource.order.describe())}",
        "  fields",
    ]
    for name, field in resource.schema().fields.items():
        lines.append(f"    {name:28} {_field(field)}")
    lines.append("  filters")
    for parameter in resource.filter_set.describe():
        lines.append(f"    {parameter.name:28} {parameter.kind}{': ' + parameter.help if parameter.help else ''}")
    for action in resource.actions:
        where = "<key>/" if action.detail else ""
        lines.append(f"  action         {' '.join(action.methods)} {where}{action.path.strip('/')}/  {action.about}")
    return "\n".join(line.rstrip() for line in lines)


def _rule(rule: Rule) -> str:
    if rule in (anyone, logged_in):
        return {anyone: "anyone", logged_in: "users who are logged in"}[rule]
    words = rule.__doc__ or str(getattr(rule, "__name__", "a rule of its own"))
    return words.strip().splitlines()[0]


def _field(field: marshmallow.fields.Field[Any]) -> str:
    told = {"read-only": field.dump_only, "required": field.required, "null allowed": field.allow_none}
    flags = [flag for flag, holds in told.items() if holds]
    kind = field.kind if isinstance(field, fields.Field) else "value"
    return f"{kind}{' (' + ', '.join(flags) + ')' if flags else ''}"
