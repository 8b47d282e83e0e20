"""Models on wger's own tables.

``Meta`` takes six things besides Peewee's: ``label`` (the name that dumps use, such as
``exercises.exercise``, where it does not follow from the table's), ``title`` (what a person
calls a row), ``ordering`` (the order in which lists of it, and lists ordered by a reference to
it, are given), ``clashes`` (what to say when a row would break a unique index, by the names of
its columns), ``searched`` (the column of names that people search by, see
:mod:`.name_search.index`) and ``matched_by`` (the columns by which the same row is known on
another server, where no UUID tells).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import peewee

from . import columns
from .columns import ForeignKey, V
from .database import database
from .signals import tell_changed, tell_created

M = TypeVar("M", bound="Model")

if TYPE_CHECKING:
    from .links import Link

    class Metadata(peewee.Metadata):
        """What Peewee keeps of a model, and of its ``Meta`` what is ours."""

        primary_key: peewee.Field  # every table of ours has one
        table_name: str
        fields: dict[str, peewee.Field]
        columns: dict[str, peewee.Field]  # by their names in the table
        combined: dict[str, peewee.Field]  # by either name
        sorted_fields: list[peewee.Field]
        sorted_field_names: list[str]
        refs: dict[ForeignKey, type[Model]]
        backrefs: dict[ForeignKey, type[Model]]
        indexes: Sequence[tuple[tuple[str, ...], bool]]
        history: type[Model]
        links: dict[str, Link]


class Model(peewee.Model):
    """The base of every model, a Peewee model: ``Nap.create(...)``, ``Nap.select()``, ``Nap.get_or_none(...)``."""

    id: Any  # the primary key of all models but those that declare another one, which have none of this name

    class Meta:
        database = database
        legacy_table_names = False

    if TYPE_CHECKING:
        _meta: Metadata
        _declared_unique: list[tuple[tuple[str, ...], str]]
        _dirty: set[str]  # the columns that were set since the row was read or written
        _pk: object
        __data__: dict[str, Any]

    def save(self, force_insert: bool = False, only: Iterable[peewee.Field] | None = None) -> int:
        """Write the row; fields declared ``touched`` take this moment."""
        touch(self)
        created, names = force_insert or self._pk is None, frozenset(self._dirty)
        written = super().save(force_insert=force_insert, only=only)
        tell_created(self) if created else tell_changed(self, names)
        return written


class Numbered(Model):
    """A model whose rows have a number for their key, ``id``, that is never given out twice: most tables are such."""

    id = columns.Auto()


def touch(row: Model) -> tuple[str, ...]:
    """Note the moment in the fields of ``row`` that are declared ``touched``; returns their names."""
    names = _touched(type(row))
    for name in names:
        setattr(row, name, columns.now())
    return names


@lru_cache(None)
def _touched(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.name for field in model._meta.sorted_fields if getattr(field, "touched", False))


def declare_index(model: type[Model], name: str, *terms: str, unique: bool = False, where: str = "") -> None:
    """Declare an index by the name that Django gave it: ``terms`` are fields, ``"-date"`` descends.

    ``where`` is the SQL of a condition on the rows that are in it; for any other index ``Meta.indexes`` is enough.
    """
    parts = [model._meta.fields[term.lstrip("-")] for term in terms]
    ordered = [part.desc() if term.startswith("-") else part for part, term in zip(parts, terms, strict=True)]
    condition = peewee.SQL(where) if where else None
    if unique:
        names = tuple(part.name for part in parts)
        model._declared_unique = [*vars(model).get("_declared_unique", ()), (names, where)]
    model.add_index(peewee.ModelIndex(model, ordered, unique=unique, where=condition, name=name))


def make_model(name: str, members: Mapping[str, object], base: type[M], **meta: object) -> type[M]:
    """Return a new model: a class ``name`` with ``members``, derived from ``base``, whose ``Meta`` is ``meta``.

    ``members`` are its columns, and ``__module__``, the module that it belongs to.
    """
    made = peewee.ModelBase(name, (base,), {**members, "Meta": type("Meta", (), meta)})
    return cast(type[M], made)


def abstract(model: type[M]) -> type[M]:
    """Mark ``model`` as a set of columns for others to inherit: it has no table, nothing refers to it.

    A class decorator.  Without it Peewee would count the references that it declares among
    those of the database, and deleting would look for their rows.
    """
    for reference in list(model._meta.refs):
        model._meta.remove_ref(reference)
    return model


def key_of(model: type[Model]) -> peewee.Field:
    """Return the column of the primary key of ``model``."""
    key: peewee.Field = model._meta.primary_key
    return key


@lru_cache(None)
def columns_of(model: type[Model]) -> dict[str, peewee.Field]:
    """Return the columns of ``model`` by name, in the order in which they are declared."""
    return {column.name: column for column in model._meta.sorted_fields}


def target_of(column: peewee.Field) -> type[Model]:
    """Return the model that a reference leads to; raises TypeError for any other column."""
    if not isinstance(column, columns.ForeignKey):
        raise TypeError(f"{column.name} is no reference")
    target: type[Model] = column.rel_model
    return target


def references_of(model: type[Model]) -> dict[str, type[Model]]:
    """Return the models that references of ``model`` lead to, by column."""
    return {name: target_of(one) for name, one in columns_of(model).items() if isinstance(one, ForeignKey)}


def column_in_table(model: type[Model], name: str) -> peewee.Field | None:
    """Return the column that the table of ``model`` calls ``name`` (``user_id``), None where it has no such."""
    return model._meta.columns.get(name)


def indexes_of(model: type[Model]) -> Sequence[tuple[tuple[str, ...], bool]]:
    """Return the indexes over several columns: names of columns, and whether the index is unique."""
    return model._meta.indexes


def table_of(model: type[Model]) -> str:
    """Return the name of the table of ``model``."""
    return model._meta.table_name


def references_to(model: type[Model]) -> dict[ForeignKey, type[Model]]:
    """Return the references that lead to ``model``, each with the model that declares it."""
    return model._meta.backrefs


def history_of(model: type[Model]) -> type[Model] | None:
    """Return the model of the edit history of ``model`` (:mod:`.history`), None where it has none."""
    return getattr(model._meta, "history", None)


def encode(column: peewee.Field, value: object) -> Any:
    """Return what the database holds for a Python value in ``column``."""
    return column.db_value(value)


def encode_each(column: peewee.Field, values: Iterable[object]) -> list[Any]:
    """Return what the database holds for each of some Python values in ``column``; whole numbers are held as such."""
    held = column.rel_field if isinstance(column, peewee.ForeignKeyField) else column
    if isinstance(held, peewee.IntegerField):
        return [value if type(value) is int else column.db_value(value) for value in values]
    return [column.db_value(value) for value in values]


def decode(column: peewee.Field[V], value: Any) -> V:
    """Return the Python value of what the driver gives for ``column``."""
    decoded: V = column.python_value(value)
    return decoded


def decoder_of(column: peewee.Field) -> Callable[[Any], Any] | None:
    """Return what makes Python values of those that the driver gives for ``column``, None where they are that."""
    target = column.rel_field if isinstance(column, peewee.ForeignKeyField) else column
    if isinstance(target, _AS_GIVEN):
        return None
    return column.read if isinstance(column, columns.Decimals) else column.python_value


_AS_GIVEN = (peewee.IntegerField, peewee.CharField, peewee.TextField)  # every driver gives these as they are


def column_at(model: type[Model], path: str) -> peewee.Field | None:
    """Return the column at the end of a dotted path of references from ``model``, None where it leads nowhere."""
    column: peewee.Field | None = None
    reached: type[Model] | None = model
    for step in path.split("."):
        column = reached._meta.fields.get(step) if reached is not None else None
        if column is None:
            return None
        reached = getattr(column, "rel_model", None)
    return column


def is_held(row: Model, path: str) -> bool:
    """Tell whether each row that the references of a dotted path lead to was loaded with ``row``."""
    reached: Any = row
    for step in path.split(".")[:-1]:
        reached = reached.__rel__.get(step)
        if reached is None:
            return False
    return True


def held_at(row: Model, path: str) -> Any:
    """Return the Python value at the end of a dotted path of references from ``row``, all of which were loaded."""
    *steps, last = path.split(".")
    reached: Any = row
    for step in steps:
        reached = reached.__rel__[step]
    return reached.__data__.get(last)


def label_of(model: type[Model]) -> str:
    """Return the name that dumps use for ``model``."""
    return getattr(model._meta, "label", None) or model._meta.table_name.replace("_", ".", 1)


def title_of(model: type[Model]) -> str:
    """Return what a person calls one row of ``model``: its title, or its name in lower-case words."""
    return getattr(model._meta, "title", None) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower()


def matched_by_of(model: type[Model]) -> tuple[str, ...]:
    """Return the columns by which a row is known on another server: what ``Meta`` says, else its name if it has one."""
    declared: tuple[str, ...] = getattr(model._meta, "matched_by", ())
    return declared or tuple(name for name in ("name",) if name in model._meta.fields)


def json_references(column: peewee.Field) -> dict[str, type[Model]]:
    """Return the models of the rows whose keys an object in a column of JSON holds, by name."""
    told = column.references.items() if isinstance(column, columns.Json) else ()
    return {name: cast(type[Model], column.model if model == "self" else model) for name, model in told}


def unique_keys_of(model: type[Model]) -> list[tuple[tuple[str, ...], str]]:
    """Return what no two rows have in common: the columns of each unique index, and on which rows it is (SQL).

    The primary key is not among them.
    """
    meta = model._meta
    found: list[tuple[tuple[str, ...], str]] = [
        ((one.name,), "") for one in meta.sorted_fields if one.unique and not one.primary_key
    ]
    found += [(index[0], "") for index in meta.indexes if isinstance(index, tuple) and index[1]]
    return found + getattr(model, "_declared_unique", [])


def ordering_of(model: type[Model]) -> tuple[str, ...]:
    """Return the order in which rows of ``model`` are listed, as ``("-start", "id")``."""
    return tuple(getattr(model._meta, "ordering", ()))


def clashes_of(model: type[Model]) -> dict[tuple[str, ...], str]:
    """Return what to say when a row of ``model`` breaks a unique index, by the index's columns."""
    return getattr(model._meta, "clashes", {})
