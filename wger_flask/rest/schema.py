"""The base of every schema: what a body may hold, what an answer holds.

Schemas are plain marshmallow.  A body meets them in three steps.  :func:`parse` collects every
field's errors; :func:`look_up` asks whether referenced rows exist; :func:`checked` reports all
of it at once.  Only the first needs no database: writers wait for each other there.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, cast

import marshmallow
from marshmallow import ValidationError, missing
from marshmallow.utils import set_value

from ..storage.model import Model
from ..storage.query import Selection
from .bodies import FormData
from .errors import Invalid, NotAuthenticated
from .fields.base import says_nothing
from .permissions import User
from .reference_checks import missing_references, missing_references_of_all, taken_key

if TYPE_CHECKING:
    from .resource import Resource


class Schema(marshmallow.Schema):
    """A marshmallow schema that ignores keys which it does not know, and keys that are read-only."""

    class Meta:
        unknown = marshmallow.EXCLUDE

    def _deserialize(
        self,
        data: Any,
        *,
        error_store: Any,
        many: bool = False,
        partial: Any = None,
        unknown: Any = None,
        index: int | None = None,
    ) -> Any:
        """Read the fields of an object as marshmallow does, without a function made for each of them."""
        if many or unknown != marshmallow.EXCLUDE or not isinstance(data, dict) or partial not in (None, False, True):
            return super()._deserialize(
                data, error_store=error_store, many=many, partial=partial, unknown=unknown, index=index
            )
        read: dict[str, Any] = {}
        options = {} if partial is None else {"partial": partial}
        is_form = isinstance(data, FormData)
        for key, place, field, is_optional in self._readers:
            value = data.get(key, missing)
            if value is missing and (partial or is_optional and not is_form):
                continue
            try:
                value = field.deserialize(value, key, data, **options)
            except ValidationError as wrong:
                error_store.store_error(wrong.messages, key)
                value = wrong.valid_data or missing
            if value is not missing:
                set_value(read, place, value)
        return read

    @cached_property
    def _readers(self) -> list[tuple[str, str, marshmallow.fields.Field[Any], bool]]:
        """The key of each field in a body, where its value goes, the field, and whether its absence says nothing."""
        return [
            (name if field.data_key is None else field.data_key, field.attribute or name, field, says_nothing(field))
            for name, field in self.load_fields.items()
        ]


@lru_cache(None)
def _instance(schema: type[Schema]) -> Schema:
    # Making one copies every field, which takes longer than reading a body; reading changes nothing in it.
    return schema()


def load(schema: type[Schema], body: dict[str, Any], *, partial: bool = False) -> dict[str, Any]:
    """Return what ``body`` holds, parsed: a dictionary from attribute to Python value.

    ``partial`` lets required fields be absent (PATCH).  Raises :class:`~.errors.Invalid` (400) with all errors.
    """
    data, errors = parse(schema, body, partial=partial)
    return checked(schema, data, errors, missing_references(_instance(schema), data, body))


def parse(
    schema: type[Schema], body: dict[str, Any], *, partial: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what ``body`` holds, parsed, and the error messages by field that need no query."""
    instance = _instance(schema)
    if isinstance(body, FormData):
        _say_what_is_empty(instance, body)
    try:
        return instance.load(body, partial=partial), {}
    except ValidationError as wrong:
        messages: dict[str, Any] = wrong.normalized_messages()  # type: ignore[no-untyped-call]  # marshmallow's
        return cast(dict[str, Any], wrong.valid_data), messages


def look_up(resource: Resource, body: dict[str, Any], data: dict[str, Any], user: User | None) -> dict[str, list[str]]:
    """Return the error messages, by field, of the references in ``data``, which was parsed from ``body``.

    Raises :class:`~.errors.NotYours` (403) for a reference to a row of another user.
    """
    return missing_references(_instance(resource.schema), data, body, *_owned(resource, [body], user))


def look_up_all(
    resource: Resource, bodies: list[dict[str, Any]], parsed: list[dict[str, Any]], user: User | None
) -> list[dict[str, list[str]]]:
    """Return what :func:`look_up` does for each of many bodies, with a few queries for all of them."""
    rows = list(zip(parsed, bodies, strict=True))
    return missing_references_of_all(_instance(resource.schema), rows, *_owned(resource, bodies, user))


def _owned(
    resource: Resource, bodies: list[dict[str, Any]], user: User | None
) -> tuple[Collection[str], list[Selection]]:
    """Return the fields that must lead to rows of ``user``, and the rows to which they lead in ``bodies``."""
    owner = resource.owner
    if owner is None or not owner.checks:
        return (), []
    if user is None:
        raise NotAuthenticated()
    return owner.checks, [row for body in bodies for row in owner.own_rows(resource.model, body, user.id)]


def checked(
    schema: type[Schema],
    data: dict[str, Any],
    errors: dict[str, Any],
    invalid_references: dict[str, Any],
    *,
    model: type[Model] | None = None,
    own: object = None,
) -> dict[str, Any]:
    """Return ``data``; raises :class:`~.errors.Invalid` where there are ``errors`` or ``invalid_references``.

    ``model`` is the model of the row that the body makes or changes, ``own`` that row's key, None for a new one:
    another row must not have the key that the body gives.
    """
    errors |= {name: text for name, text in invalid_references.items() if name not in errors}
    errors |= taken_key(model, data, own) if model else {}
    if errors:
        raise Invalid({name: errors[name] for name in (*_instance(schema).fields, *errors) if name in errors})
    return data


def _say_what_is_empty(schema: Schema, form: FormData) -> None:
    """Make null or nothing of the empty texts in ``form``: it can say neither in another way."""
    for name, value in list(form.items()):
        field = schema.load_fields.get(name)
        if value != "" or field is None or getattr(field, "blank", False):
            continue
        if field.allow_none:
            form[name] = None
        elif not field.required:
            del form[name]
