"""What the serializer makes of a page, beyond what the contract holds for every resource."""

from __future__ import annotations

from decimal import Decimal

from wger_flask.auth.models import User
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.exercises.schemas import CategorySchema
from wger_flask.domain.measurements.models import Category, Measurement
from wger_flask.rest import fields
from wger_flask.rest.context import Context
from wger_flask.rest.fields.computed import Batch, Computed
from wger_flask.rest.fields.nested import Nested
from wger_flask.rest.schema import Schema
from wger_flask.rest.serialization import Dumper, can_dump_held, dump_held
from wger_flask.storage.query import Selection


class _UserSchema(Schema):
    name = fields.String(attribute="username")
    host = Computed(lambda context: context.base, of=())
    length = Computed(lambda context, name: len(name), of=("username",))
    none = Batch(lambda keys, context: {}, otherwise=dict)


def test_what_is_computed_of_no_column_is_there_for_every_row(app):
    dump = Dumper(_UserSchema, User)
    rows = [tuple({"id": key, "username": "ada" * key}[name] for name in dump.columns) for key in (1, 2)]
    assert dump(rows, Context("http://localhost", None)) == [
        {"name": "ada", "host": "http://localhost", "length": 3, "none": {}},
        {"name": "adaada", "host": "http://localhost", "length": 6, "none": {}},
    ]
    assert dump([], Context("http://localhost", None)) == []


_ODD = ('a"b', "it's", "{0}", "a\\b\n", "value_0", "__import__('os')")


def test_fields_are_called_in_json_whatever_they_are_called(app):
    def shown(key):
        return Computed(lambda context, name: name, of=("username",), data_key=key)

    named = {f"f{place}": shown(key) for place, key in enumerate(_ODD)}
    dump = Dumper(type("_OddSchema", (Schema,), named), User)
    rows = [tuple({"id": key, "username": f"ada{key}"}[name] for name in dump.columns) for key in (1, 2)]
    expected = [dict.fromkeys(_ODD, "ada1"), dict.fromkeys(_ODD, "ada2")]
    assert dump(rows, Context()) == [dump([row], Context())[0] for row in rows] == expected
    assert [list(one) for one in dump(rows, Context())] == [list(_ODD)] * 2


class _FiledSchema(Schema):
    category = Nested(CategorySchema)


def test_rows_that_refer_to_none_have_none(app):
    dump = Dumper(_FiledSchema, Exercise)
    values = {"category.id": (5, None, 7, 5, None), "category.name": ("Arms", None, "Legs", "Arms", None)}
    rows = list(zip(*[values.get(name, range(5)) for name in dump.columns], strict=True))
    arms, legs = {"id": 5, "name": "Arms"}, {"id": 7, "name": "Legs"}
    assert [one["category"] for one in dump(rows, Context())] == [arms, None, legs, arms, None]


class _OfCategorySchema(Schema):
    value = fields.Decimal(8, 2)
    unit = fields.String(attribute="category.unit")


def test_rows_that_were_loaded_need_no_second_look(app, people, queries):
    category = Category.create(user=people["grace"], name="Waist", unit="cm")
    row = Measurement(category=category, value=Decimal("70.5"))
    del queries[:]
    assert can_dump_held(_OfCategorySchema, row)
    assert dump_held(_OfCategorySchema, row, Context())["unit"] == "cm"
    assert not can_dump_held(_OfCategorySchema, Measurement(category=category.id, value=70))
    assert not queries


def test_a_single_row_is_dumped_as_one_of_many(app, people):
    seen = 0
    for resource in app.extensions["wger_flask"].registry:
        rows = Selection(resource.model).raw_rows(resource.dump.columns, 3)
        context = Context("http://localhost", None)
        together = resource.dump(rows, context)
        assert [resource.dump([row], context)[0] for row in rows] == together, resource.name
        assert [list(one) for one in together] == [list(resource.dump([row], context)[0]) for row in rows]
        seen += len(rows)
    assert seen > 30


def test_what_many_rows_lead_to_is_dumped_once(app, people):
    registry = app.extensions["wger_flask"].registry
    dump = next(resource.dump for resource in registry if resource.name == "exerciseinfo")
    found = dump.of(Selection(Exercise), Context("http://localhost", None))
    muscles = [muscle for one in found for muscle in one["muscles"]]
    assert len({id(muscle) for muscle in muscles}) == len({muscle["id"] for muscle in muscles}) < len(muscles)
