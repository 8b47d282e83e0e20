"""What plugins add to resources of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from . import caching
from .actions import Action
from .fields.base import Field
from .filtering.filter_set import Declared, build_filters
from .resource import Resource
from .schema import Schema


def extended(
    resource: Resource,
    filters: Mapping[str, Declared] | None = None,
    actions: tuple[Action, ...] = (),
    added: Mapping[str, Field] | None = None,
    cacheable: bool = False,
) -> Resource:
    """Return ``resource`` with more filters, actions and read-only fields.

    Unless they are the kit's own or ``cacheable``, its answers are not kept any more.  Raises ValueError for what
    exists already, and for a field that a body could set.
    """
    for name in filters or {}:
        if name in resource.filters:
            raise ValueError(f"filter {name!r} exists already")
    for action in actions:
        if any(action.path.strip("/") == other.path.strip("/") for other in resource.actions):
            raise ValueError(f"action {action.path!r} exists already")
    more = [*build_filters(resource.model, filters or {}).by_param.values(), *(added or {}).values()]
    has_code = any(map(caching.is_code, more))
    return replace(
        resource,
        filters={**resource.filters, **(filters or {})},
        actions=resource.actions + tuple(actions),
        cache=resource.cache if not has_code else resource.cache_scope if cacheable else caching.NEVER,
        schema=_with_fields(resource.schema, added) if added else resource.schema,
    )


def _with_fields(schema: type[Schema], added: Mapping[str, Field]) -> type[Schema]:
    """Return ``schema`` with more fields behind its own."""
    known = {own.data_key or name for name, own in schema().fields.items()}
    for name, more in added.items():
        if not isinstance(more, Field):
            raise ValueError(f"field {name!r} is {more!r}, which is no field")
        if not more.dump_only:
            raise ValueError(
                f"field {name!r} must be read-only (dump_only=True): only the resource itself stores bodies"
            )
        if name in known or (more.data_key or name) in known:
            raise ValueError(f"field {name!r} exists already")
    return type(schema.__name__, (schema,), {"__module__": schema.__module__, "__doc__": schema.__doc__, **added})
