"""Write the numbered step that brings a plugin's tables to what its models declare."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import peewee

from . import columns
from .migrations import PluginTables, numbered
from .model import Model
from .tables import missing_columns, undeclared_columns

_OPTIONS = (("max_length", 255), ("null", False), ("unique", False), ("index", False), ("default", None))


def write(plugin: PluginTables, about: str) -> Path:
    """Write a step named after ``about``, from comparing the plugin's models with the tables; returns its path.

    Raises ValueError where the plugin has no package of steps, ``about`` has no letters, or no column is missing.
    """
    if not plugin.steps:
        raise ValueError("the plugin says no package for its migrations: registry.add_migrations(package)")
    words = "_".join(re.findall("[a-z0-9]+", about.lower()))[:60]
    if not words:
        raise ValueError('what the migration is about needs letters: "add note"')
    missing = missing_columns(plugin.models)
    left = undeclared_columns(plugin.models)
    if not missing and not left:
        raise ValueError("there is nothing to migrate: the tables have all columns that are declared, and no others")
    imports, lines = {"from wger_flask.api import alter"}, []
    for model, field in missing:
        spelled, needed = _spelled(field)
        imports |= needed
        lines.append(f'    alter.add_column("{model._meta.table_name}", "{field.name}", {spelled})')
    for model, name in left:
        table = model._meta.table_name
        lines.append(f"    # {table}.{name} is not declared any more. Has it a new name? Then rename it, do not add:")
        lines.append(f'    # alter.rename_column("{table}", "{name}", "...")')
        lines.append(f'    # alter.drop_column("{table}", "{name}")')
    if not missing:
        lines.append("    pass")
    steps = numbered(plugin.steps)
    number = int(steps[-1][1:5]) + 1 if steps else 1
    path = Path(import_module(plugin.steps).__path__[0]) / f"m{number:04}_{words}.py"
    head = f'"""{about.strip()[:1].upper()}{about.strip()[1:]}."""'.replace("\\", "")
    body = "\n".join(lines)
    path.write_text(f"{head}\n\n{_joined(imports)}\n\n\ndef apply(database):\n{body}\n")
    return path


def _joined(imports: set[str]) -> str:
    """Return import lines, those from the facade as one."""
    start = "from wger_flask.api import "
    names = sorted(line.removeprefix(start) for line in imports if line.startswith(start))
    return "\n".join(sorted([f"{start}{', '.join(names)}", *(line for line in imports if not line.startswith(start))]))


def _spelled(field: peewee.Field) -> tuple[str, set[str]]:
    """Return the declaration of a column as source, and the import lines that it needs."""
    kind = next(name for name in columns.__all__ if getattr(columns, name) in type(field).__mro__)
    arguments, imports = [], {"from wger_flask.api import columns"}
    if isinstance(field, columns.ForeignKey):
        target = field.rel_model
        spelled, needed = _spelled_model(target)
        imports.add(needed)
        arguments.append(spelled)
        if field.cascade != "delete":
            arguments.append(f'cascade="{field.cascade}"')
    if isinstance(field, columns.Decimals):
        arguments += [f"max_digits={field.max_digits}", f"places={field.places}"]
    for name, usual in _OPTIONS:
        value = getattr(field, name, usual)
        if value == usual or (name == "index" and isinstance(field, columns.ForeignKey)):
            continue
        arguments.append(f"{name}={_value(value, imports)}")
    return f"columns.{kind}({', '.join(arguments)})", imports


def _spelled_model(model: type[Model]) -> tuple[str, str]:
    """Return a model as source, and the import line that it needs: those of the core come from the facade."""
    if model.__name__ == "User":
        return "User", "from wger_flask.api import User"
    if model.__module__.partition(".")[0] == __name__.partition(".")[0]:
        return f"models.{model.__name__}", "from wger_flask.api import models"
    return model.__name__, f"from {model.__module__} import {model.__name__}"


def _value(value: Any, imports: set[str]) -> str:
    if isinstance(value, type) or callable(value):
        name: str = value.__name__
        if getattr(columns, name, None) is value:
            return f"columns.{name}"
        if value not in (dict, list, str):
            imports.add(f"from {value.__module__} import {name}")
        return name
    if isinstance(value, Decimal):
        return f'"{value}"'
    if isinstance(value, date | datetime | time):
        return f'"{value.isoformat()}"'
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else repr(value)
