"""Check at the start what a declaration names: what a request would trip over, or what would silently not hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Mapping
from inspect import signature
from typing import Any

from ..storage.columns import ForeignKey
from ..storage.model import Model, column_at
from . import caching
from .fields.base import Field
from .fields.computed import Batch, Computed
from .ownership import Ownership
from .permissions import METHODS
from .resource import Resource
from .throttling import Limit

_GIVEN_TO_HOOKS = {
    "check": ("call", "data", "row"),
    "prepare": ("call", "data", "row"),
    "saved": ("call", "row", "created"),
    "delete": ("call", "row"),
    "change": ("call", "row"),
}


def mistakes(
    resource: Resource, models: Collection[type[Model]], scopes: Container[str], settings: object
) -> Iterator[str]:
    """Yield a sentence about each thing in the declaration of ``resource`` that does not exist or does not fit.

    ``models`` are those that are registered, ``scopes`` the throttle scopes that have a rate, ``settings`` the
    application's.
    """
    yield from unregistered(resource.model, models)
    if resource.owner is not None:
        yield from in_owner(resource.model, resource.owner)
    for path in resource.only:
        if column_at(resource.model, path) is None:
            yield f"only {path!r} is no column of {resource.model.__name__}, nor of a row it refers to"
    yield from unknown_scopes(resource.throttle, scopes)
    for action in resource.actions:
        yield from unknown_scopes({action.path: action.throttle}, scopes)
        if action.query is not None and "format" in action.query().load_fields:
            yield f"action {action.path!r}: the query parameter 'format' is the server's own"
    for name in sorted(set(resource.throttle) - {"list", "detail", *METHODS}):
        yield f"throttle {name!r} is neither 'list' nor 'detail' nor a method"
    if resource.max_age and not isinstance(getattr(settings, resource.max_age, None), int):
        yield f"max_age {resource.max_age!r} is no setting of seconds"
    yield from caching.leaks(resource)
    yield from _in_schema(resource)
    yield from _in_former(resource)
    yield from _in_functions(resource)


def unknown_scopes(throttle: Mapping[str, str | Limit | None], scopes: Container[str]) -> Iterator[str]:
    """Yield a sentence about each scope that has no rate: it would be no limit at all."""
    for limit in throttle.values():
        scope = limit.scope if isinstance(limit, Limit) else limit
        if scope and scope not in scopes:
            yield f"the throttle scope {scope!r} has no rate"


def unregistered(model: type[Model], models: Collection[type[Model]]) -> Iterator[str]:
    """Yield a sentence where ``model`` is none of ``models``, those that are registered: it has no table."""
    if model not in models:
        yield f"its model {model.__name__} is not registered: call registry.add_models"


def in_owner(model: type[Model], owner: Ownership) -> Iterator[str]:
    """Yield a sentence about each reference on the way from a row of ``model`` to its user that does not exist."""
    path = ".".join(owner.path)
    if not _is_reference(model, path):
        yield f"owner {path!r} is no path of references from {model.__name__}"
    for name, way in (owner.checks or {}).items():
        column = column_at(model, name)
        if not isinstance(column, ForeignKey):
            yield f"checks {name!r}: {model.__name__} has no such reference"
        elif not _is_reference(column.rel_model, way):
            yield f"checks {name!r}: {way!r} is no path of references from {column.rel_model.__name__}"


def _is_reference(model: type[Model], path: str) -> bool:
    return isinstance(column_at(model, path), ForeignKey)


def _in_schema(resource: Resource) -> Iterator[str]:
    for name, field in resource.schema().fields.items():
        if not isinstance(field, Field):
            continue
        column = column_at(resource.model, field.attribute or name)
        while isinstance(column, ForeignKey):
            column = column.rel_field
        if column is not None and field.fits and not isinstance(column, field.fits):
            yield f"field {name!r}: {type(field).__name__} does not fit a column of {type(column).__name__}"


def _in_former(resource: Resource) -> Iterator[str]:
    if resource.former is None:
        return
    known = resource.schema().fields
    for name, field in resource.former.schema().fields.items():
        if name in known:
            yield f"former field {name!r} is one of its schema, too"
        if field.required or not field.allow_none:
            yield f"former field {name!r} must take null (allow_none=True), and not be required"


def _in_functions(resource: Resource) -> Iterator[str]:
    for name, given in _GIVEN_TO_HOOKS.items():
        if hook := getattr(resource.hooks, name):
            yield from _cannot_take(f"hook {name!r}", hook, given)
    for action in resource.actions:
        yield from _cannot_take(f"action {action.path!r}", action.handle, ("call",))
    for name, field in resource.schema().fields.items():
        if isinstance(field, Computed):
            yield from _cannot_take(f"field {name!r}", field.compute, ("context", *field.of))
        elif isinstance(field, Batch):
            yield from _cannot_take(f"field {name!r}", field.load, ("keys", "context"))


def _cannot_take(what: str, function: Callable[..., Any], given: tuple[str, ...]) -> Iterator[str]:
    """Yield a sentence where ``function`` cannot be called with as many arguments as it will be ``given``."""
    try:
        takes = signature(function)
    except ValueError:  # some that are written in C do not say what they take
        return
    try:
        takes.bind(*given)
    except TypeError:
        yield f"{what} is called with ({', '.join(given)}), and its function takes {takes}"
