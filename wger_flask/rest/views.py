"""The handlers: a list, a row, and what changes them.

They hold no special case; everything they need is on the resource.  :mod:`.dispatch` decides what
happens before one of them is called, and what becomes of its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from orjson import Fragment

from ..storage.model import key_of
from ..storage.types import Row
from .actions import Action
from .caching import NEVER
from .call import Call
from .context import Context
from .deletion import told, told_why_not
from .errors import Invalid
from .many_rows import create_rows
from .pagination import ON_A_PAGE
from .renderers import to_json_list
from .resource import HISTORY, Resource
from .row_cache import dumped
from .serialization import Dumper
from .storing import shown, store
from .tables import streamed_table
from .target import Target
from .uploads import delete_rows

AT_ONCE = 100  # rows of large values that are there as objects


def list_rows(call: Call) -> Any:
    """List the rows that the user may see."""
    resource, args, dump = call.required_resource, call.args, call.dump
    selection = resource.visible_to(call.user)
    selection = resource.filter_set.apply(selection, args)
    usual = resource.for_people if call.format.is_html else ()
    selection = resource.order.apply(selection, args, resource.filter_set.relevance(args) or usual)
    if call.format.is_table:
        return streamed_table(call, selection, dump)
    page = resource.pagination.slice(selection, dump.columns, args, ON_A_PAGE if call.format.is_html else None)
    if call.format.is_html:
        call.loaded = page.rows
    return page.envelope(_results(call, page.rows, dump), call.request)


def _results(call: Call, rows: list[Row], dump: Dumper) -> list[dict[str, Any]] | Fragment:
    context = call.context
    if len(rows) <= AT_ONCE or not dump.is_large or call.format.is_html or call.format.indent:
        return dumped(call, rows, dump)
    return to_json_list(_let_go(rows, dump, context))


def _let_go(rows: list[Row], dump: Dumper, context: Context) -> Iterator[list[dict[str, Any]]]:
    """Yield the JSON of some rows at a time, which are then gone from ``rows``."""
    while rows:
        yield dump(rows[:AT_ONCE], context)
        del rows[:AT_ONCE]


def show_row(call: Call) -> Any:
    """Show one row."""
    if call.target.access.row:
        call.row()
    dump = call.dump
    call.loaded = call.required_resource.load(call.selection(), dump)
    return dumped(call, call.loaded, dump)[0]


def create_row(call: Call) -> tuple[Any, int]:
    """Store a new row, or several."""
    resource = call.required_resource
    if call.rows:
        return create_rows(call)
    if resource.added_by and call.by_page:
        said = f"No page would show this {resource.title}: add it with what belongs to it."
        raise Invalid({"non_field_errors": [said]})
    data = call.load_row(None, call.look_up())
    if resource.owner and resource.owner.direct:
        data[resource.owner.direct] = call.required_user.id
    row = store(call, data, None)
    return shown(call, row, data), 201


def replace_row(call: Call) -> dict[str, Any]:
    """Change a row; every required field must be there, others keep their value."""
    return _change(call)


def change_row(call: Call) -> dict[str, Any]:
    """Change some fields of a row."""
    return _change(call)


def delete_row(call: Call) -> tuple[None, int]:
    """Delete a row and the rows that depend on it."""
    hooks = call.required_resource.hooks
    row = call.row()
    options = told(call)
    if hooks.change:
        hooks.change(call, row)
    call.services.note_deletion(call, row)
    if hooks.delete:
        hooks.delete(call, row)
    else:
        with told_why_not():
            delete_rows(call.required_files, call.required_resource.model, [row._pk], options.get(HISTORY))
    return None, 204


def _change(call: Call) -> dict[str, Any]:
    invalid_references = call.look_up()  # what cannot be read, and others' rows, are refused before the row is sought
    hooks, row = call.required_resource.hooks, call.row()
    if hooks.change:
        hooks.change(call, row)
    data = call.load_row(row, invalid_references)
    data.pop(key_of(type(row)).name, None)  # a row keeps the key it was made with
    store(call, data, row)
    return shown(call, row, data)


HANDLERS: dict[str, dict[str, Callable[[Call], Any]]] = {
    "list": {"GET": list_rows, "POST": create_row},
    "detail": {"GET": show_row, "PUT": replace_row, "PATCH": change_row, "DELETE": delete_row},
}


def targets(resource: Resource) -> tuple[Target, Target]:
    """Return the targets of a resource: the collection and a row of it."""

    def made(kind: str, methods: tuple[str, ...]) -> Target:
        handlers = {method: HANDLERS[kind][method] for method in methods}
        return Target(
            resource.name, handlers, resource.rules, kind, resource, None, dict(resource.throttle),
            about=resource.about, cache=resource.cache_scope, secret=resource.secret,
        )  # fmt: skip

    return made("list", resource.list_methods), made("detail", resource.detail_methods)


def action_target(resource: Resource, action: Action) -> Target:
    """Return the target of a computed endpoint."""
    throttle = {"action": action.throttle} if action.throttle else {}
    return Target(
        resource.name, dict.fromkeys(action.methods, action.handle), action.access or resource.rules, "action",
        resource, action, throttle, bulk=action.bulk, about=action.about, query=action.query,
        cache=action.cache or NEVER, secret=resource.secret,
    )  # fmt: skip
