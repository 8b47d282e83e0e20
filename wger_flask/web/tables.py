"""A page of rows as a table: its columns, its cells, and the way to the other pages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from ..rest.call import Call
from ..rest.fields.references import Key
from ..rest.pagination import ON_A_PAGE
from ..rest.services import services
from ..storage.model import key_of
from .cells import Cell, Cells, kind_of_cell, label_of
from .display_names import names_of_shown, naming_column, plain_name
from .urls import address, with_args

SIZES = (20, 50, 100)
FILES = {"csv": "CSV", "xlsx": "Excel", "ndjson": "NDJSON"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; ``sort`` is the query that sorts by it, ``direction`` what holds now.

    Minor columns are left out where there is little room.
    """

    name: str
    label: str
    is_number: bool
    sort: str = ""
    direction: str = ""
    is_minor: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells, the address of its own page (empty where it has none) and its key."""

    url: str
    cells: tuple[Cell, ...]
    key: object = None


@dataclass(frozen=True, slots=True)
class Table:
    """What a template needs of a table."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a page stands in the list, and queries of its neighbours (empty at the ends).

    ``count`` is None where rows are not counted, in lists that are walked by a cursor.  Beyond the last
    page ``first`` and ``last`` are 0, and ``previous`` leads to that one.
    """

    first: int
    last: int
    count: int | None
    previous: str
    next: str
    sizes: tuple[tuple[int, str], ...]


def key_field(resource) -> str | None:
    """Return the name of the primary key in the resource's JSON, None where it is not shown."""
    wanted = key_of(resource.model).name
    for name, field in resource.schema().dump_fields.items():
        if (field.attribute or name) == wanted:
            return field.data_key or name
    return None


def table_of(call: Call, rows: list[dict], name_first: bool = False) -> Table:
    """Return the table of a resource's ``rows``; ``name_first`` begins with their names and leaves out what
    only programs ask for, to choose among them.
    """
    resource = call.required_resource
    cells = Cells(resource.schema, rows, call.user, resource.model)
    key = key_field(resource)
    shown = [(name, field) for name, (_, field) in cells.fields.items() if not field.is_bulky]
    called, naming = _called(call, rows, key), _naming_field(resource, cells)
    if resource.owner is not None and not name_first:  # whose they are, everybody knows
        theirs = ".".join(resource.owner.path)
        shown = [(name, field) for name, field in shown if name != key and (field.attribute or name) != theirs]
        if not called and isinstance(shown[0][1], Key):  # the first column leads to the row
            shown.sort(key=lambda pair: pair[0] != naming)
    if name_first:
        shown.sort(key=lambda pair: pair[0] != naming)
    columns = [_column(call, cells.fields[name][0], name, field, name == key) for name, field in shown]
    if name_first:
        columns = [column for column in columns if column.name == naming or not _is_technical(column, cells, key)]
        shown = [(column.name, cells.fields[column.name][1]) for column in columns]
    if called:
        columns.insert(0, Column("", resource.title.capitalize(), False))
    made = []
    for row in rows:
        url = address(resource.name, row[key]) if key else ""
        line = [cells.cell(name, row.get(name)) for name, _ in shown]
        if url and naming:
            place = next(index for index, (name, _) in enumerate(shown) if name == naming)
            if line[place].kind in ("text", "long"):
                line[place] = Cell("link", line[place].text, url)
        if called:
            line.insert(0, Cell("text", called.get(str(row[key]), "")))
        made.append(Row(url, tuple(line), row[key] if key else None))
    return Table(tuple(columns), tuple(made))


def _called(call: Call, rows: list[dict], key: str | None) -> dict[str, str]:
    """Return what the rows are called, where no column of theirs says it."""
    resource, registry = call.required_resource, services().registry
    model = resource.model
    if key is None or model not in registry.names:
        return {}
    plain = {str(row[key]): plain_name(registry.of_model(model) or resource, row[key]) for row in rows}
    return plain | names_of_shown(model, plain)


def _naming_field(resource, cells: Cells) -> str:
    """Return the field that shows what a row is called, nothing where none does."""
    wanted = naming_column(resource)
    return next((key for key, (name, field) in cells.fields.items() if (field.attribute or name) == wanted), "")


def _is_technical(column: Column, cells: Cells, key: str | None) -> bool:
    """Tell whether a column says nothing to a person who has to choose."""
    return column.name == key or kind_of_cell(cells.fields[column.name][1].shown) in ("uuid", "moment")


def _column(call: Call, attribute: str, name: str, field, is_key: bool) -> Column:
    kind = kind_of_cell(field.shown)
    is_number = kind == "number" and not is_key
    is_minor = not is_key and (kind == "uuid" or kind == "moment" and field.dump_only)
    term = (field.attribute or attribute).replace(".", "__")
    if term not in call.required_resource.order.allowed:
        return Column(name, label_of(name, field), is_number, is_minor=is_minor)
    for_people = call.required_resource.for_people
    usual = for_people[0] if for_people != call.required_resource.order.default else ""
    now = (call.args.get("ordering") or usual).split(",")[0].strip()
    direction = {term: "ascending", f"-{term}": "descending"}.get(now, "")
    target = f"-{term}" if direction == "ascending" else term
    sort = with_args(call.args, ordering=target, offset=None)
    return Column(name, label_of(name, field), is_number, sort, direction, is_minor)


def pager_of(call: Call, envelope: dict) -> Pager | None:
    """Return where the page ``envelope`` stands; None for what is no page of a list."""
    if "results" not in envelope:
        return None
    if "count" not in envelope:
        before, after = (urlsplit(envelope.get(name) or "").query for name in ("previous", "next"))
        return Pager(0, 0, None, before and f"?{before}", after and f"?{after}", ())
    limit, offset = call.required_resource.pagination.window(call.args)
    limit = min(limit, ON_A_PAGE)
    count, shown, args = envelope["count"], len(envelope["results"]), call.args

    def at(start: int, size: int = limit) -> str:
        usual = call.required_resource.pagination.default
        return with_args(args, limit=None if size == usual else size, offset=start or None)

    end = (count - 1) // limit * limit if count else 0
    previous = at(max(0, min(offset - limit, end))) if offset else ""
    following = at(offset + limit) if offset + limit < count else ""
    sizes = tuple((size, "" if size == limit else at(0, size)) for size in SIZES)
    first, last = (offset + 1, offset + shown) if shown else (0, 0)
    return Pager(first, last, count, previous, following, sizes)


def files_of(call: Call) -> list[tuple[str, str]]:
    """Return, for each kind of file that all rows of a list can be had as, what it is called and its address."""
    args = {"limit": None, "offset": None, "cursor": None, "page_size": None}
    path = address(call.required_resource.name)
    return [(label, path + with_args(call.args, **args, format=name)) for name, label in FILES.items()]
