"""Work out from models what the specification of a synced table means in the database.

A :class:`Node` is a table whose changes are marked.  Most are synced; a table that only lies on the way from a plugin's
rows to their user is watched, because those rows move with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import peewee

from .. import columns
from ..links import with_links
from ..model import Model, column_in_table, columns_of, key_of, table_of
from .specification import INGREDIENTS, TABLES, Synced

_KINDS: tuple[tuple[type[peewee.Field], str], ...] = (
    (columns.Boolean, "boolean"), (columns.Integer, "integer"), (columns.UUID, "uuid"), (columns.DateTime, "moment"),
    (columns.Date, "date"), (columns.Time, "time"), (columns.Decimals, "decimal"), (columns.Float, "decimal"),
    (columns.Json, "json"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """A table whose changes are marked.

    * ``key`` and ``key_kind``: the column of the key, and of which kind it is.
    * ``forms``: for a synced table, its columns with the kind of each.
    * ``joins``: the SQL that joins the tables on the way to the user, ``t`` being this one; ``owner``: the SQL for the
      user's key.
    * ``children``: the tables whose rows belong to rows of this one: table, column of the reference.
    * ``synced``: the specification, None for a table that is only watched.
    """

    table: str
    key: str
    key_kind: str
    synced: Synced | None
    forms: tuple[tuple[str, str], ...] = ()
    joins: str = ""
    owner: str = ""
    children: tuple[tuple[str, str], ...] = ()

    @property
    def bucket_key(self) -> str:
        """The SQL for the key of the bucket that a row of this table is in."""
        if self.synced is None:
            return "NULL"
        if self.owner:
            return self.owner
        return f't."{self.synced.food}"' if self.synced.food else "0"


def kind_of(column: peewee.Field) -> str:
    """Return the kind of a column's values, on which their form in JSON depends; of a reference, that of its target."""
    while isinstance(column, peewee.ForeignKeyField):
        column = column.rel_field
    return next((kind for class_, kind in _KINDS if isinstance(column, class_)), "text")


def nodes_of(models: Iterable[type[Model]], added: Sequence[Synced] = ()) -> tuple[Node, ...]:
    """Return the tables to mark, those first that others belong to.

    ``models`` are all that there are, ``added`` what plugins sync.  Raises ValueError for a column or a path
    that a model does not have, and for a table of plugins that no model has.
    """
    by_table = {table_of(model): model for model in with_links(models)}
    found: dict[str, Node] = {}
    children: dict[str, dict[tuple[str, str], None]] = {}
    for synced in (*TABLES, *added):
        model = by_table.get(synced.table)
        if model is None:
            if synced in TABLES:
                continue  # a registry of some subjects
            raise ValueError(f"no model has the synced table {synced.table!r}")
        joins, owner = _way(model, synced, children) if synced.owner else ("", "")
        key, forms = key_of(model), tuple((name, kind_of(_column(model, name))) for name in synced.columns)
        found[synced.table] = Node(synced.table, key.column_name, kind_of(key), synced, forms, joins, owner)
    for table in children:
        if table not in found:
            key = key_of(by_table[table])
            found[table] = Node(table, key.column_name, kind_of(key), None)
    complete = {table: replace(node, children=tuple(children.get(table, ()))) for table, node in found.items()}
    return tuple(_parents_first(complete))


def _column(model: type[Model], name: str) -> peewee.Field:
    column = column_in_table(model, name)
    if column is None:
        raise ValueError(f"table {table_of(model)!r} has no column {name!r} to sync")
    return column


def _way(model: type[Model], synced: Synced, children: dict[str, dict[tuple[str, str], None]]) -> tuple[str, str]:
    """Return the joins from ``t`` to the user and the SQL for the user; notes who belongs to whom in ``children``."""
    joins: list[str] = []
    alias = "t"
    steps = synced.owner.split(".")
    for number, step in enumerate(steps):
        reference = columns_of(model).get(step)
        if not isinstance(reference, peewee.ForeignKeyField):
            raise ValueError(f"{synced.owner!r} is no path of references from table {synced.table!r}")
        place = f'{alias}."{reference.column_name}"'
        if number == len(steps) - 1:
            return " ".join(joins), place
        target: type[Model] = reference.rel_model
        children.setdefault(table_of(target), {})[(table_of(model), reference.column_name)] = None
        alias = f"p{number}"
        joins.append(f'LEFT JOIN "{table_of(target)}" {alias} ON {alias}."{reference.rel_field.column_name}" = {place}')
        model = target
    raise ValueError(f"table {synced.table!r} has no owner")


def _parents_first(nodes: dict[str, Node]) -> list[Node]:
    ordered: dict[str, Node] = {}
    parents: dict[str, list[str]] = {table: [] for table in nodes}
    for node in nodes.values():
        for child, _ in node.children:
            parents[child].append(node.table)

    def place(table: str, below: frozenset[str]) -> None:
        if table in ordered or table in below:
            return
        for parent in parents[table]:
            place(parent, below | {table})
        ordered[table] = nodes[table]

    for table in nodes:
        place(table, frozenset())
    # The foods that others need are known only once those are read.
    return sorted(ordered.values(), key=lambda node: node.synced is not None and node.synced.stream == INGREDIENTS)
