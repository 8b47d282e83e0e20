"""Describe the tables of all models, and the rows of all resources, as plain values."""

from __future__ import annotations

from tests.reference import MODELS, TABLES
from wger_flask.storage import columns
from wger_flask.storage.links import links_of
from wger_flask.storage.model import label_of, ordering_of

TYPES = (  # the first that fits
    (columns.BigAuto, "BigAutoField"),
    (columns.Auto, "AutoField"),
    (columns.Boolean, "BooleanField"),
    (columns.File, "FileField"),
    (columns.Char, "CharField"),
    (columns.Date, "DateField"),
    (columns.DateTime, "DateTimeField"),
    (columns.Decimals, "DecimalField"),
    (columns.Float, "FloatField"),
    (columns.ForeignKey, "ForeignKey"),
    (columns.Integer, "IntegerField"),
    (columns.Json, "JSONField"),
    (columns.Text, "TextField"),
    (columns.Time, "TimeField"),
    (columns.UUID, "UUIDField"),
)
ON_DELETE = {"delete": "CASCADE", "history": "CASCADE", "null": "SET_NULL", "refuse": "PROTECT"}
FUNCTIONS = {
    columns.now: "django.utils.timezone.now",
    columns.uuid4: "uuid.uuid4",
    columns.uuid7: "wger.utils.uuid.uuid7",
    dict: "builtins.dict",
}


def tables() -> dict:
    """Return ``{"models": {label: description}, "tables": {label: {column: [null, primary key]}}}``."""
    return {
        "models": {label_of(model): _described(model) for model in MODELS},
        "tables": {
            label_of(model): {column.column_name: [column.null, column.primary_key] for column in _columns(model)}
            for model in TABLES
        },
    }


def _columns(model) -> list:
    return model._meta.sorted_fields


def _described(model) -> dict:
    unique = [index for index in model._meta.fields_to_index() if index._unique]
    return {
        "label": f"{label_of(model).partition('.')[0]}.{model.__name__}",
        "table": model._meta.table_name,
        "ordering": [term.replace(".", "__") for term in ordering_of(model)],
        "fields": [_field(column) for column in _columns(model)],
        "db_unique_indexes": [{"columns": [part.column_name for part in index._expressions]} for index in unique],
        "m2m": [
            {"name": name, "through_table": made.through._meta.table_name, "to": label_of(made.model)}
            for name, made in links_of(model).items()
        ],
    }


def _field(column) -> dict:
    found = {
        "name": column.name,
        "type": next(name for kind, name in TYPES if isinstance(column, kind)),
        "column": column.column_name,
        "null": column.null,
        "primary_key": column.primary_key,
    }
    if getattr(column, "touched", False):
        found["auto_now"] = True
    elif callable(column.default):
        found["default"] = {"callable": FUNCTIONS.get(column.default, "other")}
    elif column.default is not None:
        is_plain = isinstance(column.default, str | int | dict | list)
        found["default"] = {"value": column.default if is_plain else float(column.default)}
    if isinstance(column, columns.Char):
        found["max_length"] = column.max_length
    if isinstance(column, columns.Decimals):
        found |= {"max_digits": column.max_digits, "decimal_places": column.places}
    if isinstance(column, columns.ForeignKey):
        found |= {"to": label_of(column.rel_model), "on_delete": ON_DELETE[column.cascade]}
    return found


def shapes(document: dict, names: list[str]) -> dict:
    """Return ``{"rows": {resource: {key: JSON type}}}``; the type is None where any is allowed."""
    rows = {}
    for name in names:
        operation = document["paths"][f"/api/v2/{name}/"]["get"]
        rows[name] = {key: kind(document, item) for key, item in answer_of(document, operation)["properties"].items()}
    return {"rows": rows}


def answer_of(document: dict, operation: dict) -> dict:
    """Return the component of one row of what an operation answers."""
    schema = resolved(document, operation["responses"]["200"]["content"]["application/json"]["schema"])
    return resolved(document, schema["properties"]["results"]["items"])


def resolved(document: dict, schema: dict) -> dict:
    """Follow the references of a schema to what it is."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def kind(document: dict, schema: dict) -> str | None:
    """Return the JSON type of a schema, None where any is allowed."""
    for choice in (schema, *schema.get("allOf", ()), *schema.get("oneOf", ())):
        found = resolved(document, choice).get("type")
        if found:
            return found
    return None
