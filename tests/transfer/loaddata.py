"""Load a document into tables of wger's own, as Django's ``loaddata`` does it; nothing of the server is asked.

What a model's fields are, the specification says (``spec/models.json``).  A field that it does not know, a value that
is not of its field, a column without a value and a permission that is not there are errors.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

from tests.reference import SERVER, SHARED

# Each wger makes these itself, or keeps them for itself alone.
KEPT = ("django_migrations", "django_content_type", "auth_permission", "django_site", "django_session")


@cache
def models() -> dict[str, Any]:
    """Return the models of the branch of 2.7.0 by label, as the specification has them."""
    read = lambda name: json.loads((SHARED / "spec" / name).read_text())  # noqa: E731
    final = read("models27final.json")
    known = {**read("models.json")["models"], **final["models"]}
    return {label: model for label, model in known.items() if label not in final["removed"]}


def fields_of(label: str) -> set[str]:
    """Return the names that an object of the document has among its fields."""
    model = models()[label]
    return {one["name"] for one in (*model["fields"], *model["m2m"]) if not one["primary_key"]}


def empty(held: Any) -> None:
    """Delete all rows, but for those that each wger makes itself; sessions, too, stay."""
    tables = [table for table in held.get_tables() if table not in KEPT]
    with held.atomic():
        if SERVER:
            held.execute_sql(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
            return
        for table in tables:
            held.execute_sql(f'DELETE FROM "{table}"')


def load(held: Any, document: list[dict[str, Any]]) -> None:
    """Insert the rows of ``document``, in its order, in one transaction whose end checks all references."""
    columns = {table: {one.name for one in held.get_columns(table)} for table in held.get_tables()}
    with held.atomic():
        for one in document:
            _insert(held, columns, one)
        if SERVER:
            held.execute_sql("SET CONSTRAINTS ALL IMMEDIATE")
            _reset_sequences(held, {one["model"] for one in document})
        else:
            assert held.execute_sql("PRAGMA foreign_keys").fetchone()[0] == 1
            assert held.execute_sql("PRAGMA foreign_key_check").fetchall() == []


def _insert(held: Any, columns: dict[str, set[str]], one: dict[str, Any]) -> None:
    model, given = models()[one["model"]], one["fields"]
    assert given.keys() == fields_of(one["model"]), (one["model"], given.keys() ^ fields_of(one["model"]))
    values = {}
    for field in model["fields"]:
        value = one["pk"] if field["primary_key"] else given[field["name"]]
        assert value is not None or field["null"], (one["model"], field["name"])
        values[field["column"]] = None if value is None else _reader(field)(value)
    assert values.keys() == columns[model["table"]]
    _write(held, model["table"], values)
    for relation in model["m2m"]:
        through = relation["through_table"]
        source = one["model"].partition(".")[2] + "_id"
        target = relation["to"].partition(".")[2] + "_id"
        for other in given[relation["name"]]:
            key = _permission(held, other) if relation["to"] == "auth.permission" else other
            _write(held, through, {source: one["pk"], target: key})


def _write(held: Any, table: str, values: dict[str, object]) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    held.execute_sql(
        f'INSERT INTO "{table}" ({names}) VALUES ({", ".join([held.param] * len(values))})', tuple(values.values())
    )


def _permission(held: Any, natural: list[str]) -> int:
    codename, app, model = natural
    query = """SELECT p.id FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
               WHERE p.codename = ? AND c.app_label = ? AND c.model = ?""".replace("?", held.param)
    (found,) = held.execute_sql(query, (codename, app, model)).fetchall()
    return found[0]


def _reset_sequences(held: Any, labels: set[str]) -> None:
    for label in labels:
        table, (key,) = models()[label]["table"], [one for one in models()[label]["fields"] if one["primary_key"]]
        if key["type"] in ("AutoField", "BigAutoField"):
            held.execute_sql(
                f"""SELECT setval(pg_get_serial_sequence('"{table}"', 'id'), (SELECT max(id) FROM "{table}"))"""
            )


def _reader(field: dict[str, Any]) -> Callable[[Any], object]:
    if field["type"] in ("ForeignKey", "OneToOneField"):
        (key,) = [one for one in models()[field["to"]]["fields"] if one["name"] == field["to_field"]]
        return _reader(key)
    read = _READERS[field["type"]]
    return (lambda value: read(value, field["decimal_places"])) if read is _decimal else read


def _is(kind: type) -> Callable[[Any], object]:
    def read(value: Any) -> object:
        assert type(value) is kind, (value, kind)
        return value

    return read


def _moment(value: str) -> object:
    assert value.endswith("Z")
    moment = datetime.fromisoformat(value)
    return moment if SERVER else str(moment.astimezone(UTC).replace(tzinfo=None))


def _decimal(value: str, places: int) -> object:
    assert type(value) is str and Decimal(value).as_tuple().exponent == -places, value
    return value


def _uuid(value: str) -> object:
    assert str(uuid.UUID(value)) == value
    return value if SERVER else uuid.UUID(value).hex


def _json(value: object) -> object:
    return json.dumps(value)


_READERS: dict[str, Callable[..., object]] = {
    "AutoField": _is(int),
    "BigAutoField": _is(int),
    "IntegerField": _is(int),
    "PositiveIntegerField": _is(int),
    "FloatField": _is(float),
    "BooleanField": _is(bool),
    "CharField": _is(str),
    "TextField": _is(str),
    "FileField": _is(str),
    "DateTimeField": _moment,
    "DecimalField": _decimal,
    "UUIDField": _uuid,
    "JSONField": _json,
    "DateField": lambda value: str(date.fromisoformat(value)),
    "TimeField": lambda value: str(time.fromisoformat(value)),
}


def one_of_each(labels: list[str]) -> list[dict[str, Any]]:
    """Return a document with a row of each of these models, in their order, every field of it filled."""
    return [
        {
            "model": label,
            "pk": key_of(label),
            "fields": {
                **{one["name"]: _value(one) for one in models()[label]["fields"] if not one["primary_key"]},
                **{
                    one["name"]: [GRANTED if one["to"] == "auth.permission" else key_of(one["to"])]
                    for one in models()[label]["m2m"]
                },
            },
        }
        for label in labels
    ]


GRANTED = ["gym_trainer", "gym", "gym"]


def key_of(label: str) -> object:
    """Return the key of the row of a model in :func:`one_of_each`."""
    (key,) = [one for one in models()[label]["fields"] if one["primary_key"]]
    return {"UUIDField": "01900000-0000-7000-8000-000000000001", "CharField": "k" * 40}.get(key["type"], 5)


def _value(field: dict[str, Any]) -> object:
    if field["type"] in ("ForeignKey", "OneToOneField"):
        return key_of(field["to"])
    if field.get("choices"):
        return field["choices"][0][0]
    if field["type"] == "DecimalField":
        return f"{1:.{field['decimal_places']}f}"
    return _SAMPLES[field["type"]]


_SAMPLES: dict[str, object] = {
    "IntegerField": 5,
    "PositiveIntegerField": 5,
    "FloatField": 1.5,
    "BooleanField": True,
    "CharField": "é",
    "TextField": 'a\n"text"',
    "FileField": "folder/file.png",
    "DateTimeField": "2024-03-31T01:30:00.123456Z",
    "UUIDField": "01900000-0000-7000-8000-0000000000aa",
    "JSONField": {"a": [1, None, "é"]},
    "DateField": "2024-02-29",
    "TimeField": "08:30:00",
}
