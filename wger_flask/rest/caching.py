"""Decide for whom the answers of a resource may be kept, from its declaration.

``"public"``: one answer for everybody; ``"private"``: one for each user; ``"never"``.  An answer may be kept if it
depends on the database, the user and the day alone.  What the kit itself does is known to be so; where a declaration
has functions of its own, it has to say so.  Public answers are made without a user, so none can slip in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .fields.computed import Batch, Computed
from .permissions import anyone, logged_in
from .schema import Schema

if TYPE_CHECKING:
    from .resource import Resource

PUBLIC, PRIVATE, NEVER = "public", "private", "never"
SCOPES = (PUBLIC, PRIVATE, NEVER)
_KIT = __name__.rpartition(".")[0] + "."


def scope_of(resource: Resource) -> str:
    """Return for whom the answers of a resource are kept: what it declares, else what follows."""
    if resource.secret:
        return NEVER
    if resource.cache:
        return resource.cache
    if _has_code(resource):
        return NEVER
    shared = resource.owner is None and not callable(resource.visible) and resource.rules.read is anyone
    return PUBLIC if shared else PRIVATE


def leaks(resource: Resource) -> Iterator[str]:
    """Yield a sentence about each thing for which one user might be given the answer to another."""
    if resource.cache and resource.cache not in SCOPES:
        yield f"cache {resource.cache!r} is none of {', '.join(SCOPES)}"
    if resource.secret and resource.cache not in ("", NEVER):
        yield f"cache {resource.cache!r}: it shows secrets, which are not kept"
    if resource.cache == PUBLIC:
        told = "cache 'public' would give one user's answer to another"
        if resource.owner is not None:
            yield f"{told}: its rows have an owner"
        if callable(resource.visible):
            yield f"{told}: visible is a function of the user; where all see the same rows, it is a tuple of clauses"
        if resource.rules.read is not anyone or resource.rules.row is not None:
            yield f"{told}: not everybody may read it"
    for action in resource.actions:
        if action.cache and action.cache not in (PRIVATE, NEVER):
            yield f"action {action.path!r}: cache {action.cache!r} is neither {PRIVATE!r} nor {NEVER!r}"
        if action.cache == PRIVATE and resource.secret:
            yield f"action {action.path!r}: it shows secrets, which are not kept"


def _has_code(resource: Resource) -> bool:
    """Tell whether functions of the declaration's own decide what is read."""
    rules, pagination = resource.rules, resource.pagination
    return (
        callable(resource.visible)
        or rules.read not in (anyone, logged_in)
        or rules.row is not None
        or not all(map(_is_the_kits, (pagination, *resource.filter_set.by_param.values())))
        or runs_code(resource.schema)
    )


def runs_code(schema: type[Schema]) -> bool:
    """Tell whether functions of the schema's own make values."""
    return any(map(is_code, schema().dump_fields.values()))


def is_code(field: Any) -> bool:
    """Tell whether a field, or a filter, is not one of the kit's, or calls functions that were given to it."""
    inner = getattr(field, "schema", None)
    schema = inner if isinstance(inner, type) else type(inner) if inner is not None else None
    return not _is_the_kits(field) or isinstance(field, Batch | Computed) or (schema is not None and runs_code(schema))


def _is_the_kits(part: object) -> bool:
    return type(part).__module__.startswith(_KIT)
