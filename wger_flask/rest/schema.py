"""The base of every schema: what a body may hold, what an answer holds.

Schemas are plain marshmallow.  A body meets them in two steps.  :func:`parse` collects every
field's errors; :func:`checked` asks whether referenced rows exist, and reports all of it at
once.  Only the second needs the database: writers wait for each other there.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import marshmallow
from marshmallow import ValidationError

from ..storage.model import Model
from .bodies import FormData
from .errors import Invalid
from .references import missing_references, taken_key


class Schema(marshmallow.Schema):
    """A schema that ignores keys it does not know and keys that are read-only."""

    class Meta:
        unknown = marshmallow.EXCLUDE


@lru_cache(None)
def _instance(schema: type[Schema]) -> Schema:
    # Making one copies every field, which takes longer than reading a body; reading changes nothing in it.
    return schema()


def load(schema: type[Schema], body: dict, *, partial: bool = False) -> dict:
    """Return what ``body`` holds, parsed; raises :class:`~.errors.Invalid` with every error.

    ``partial`` lets required fields be absent (PATCH).
    """
    return checked(schema, body, *parse(schema, body, partial=partial))


def parse(schema: type[Schema], body: dict, *, partial: bool = False) -> tuple[dict, dict]:
    """Return what ``body`` holds, parsed, and what is wrong with it as far as no database is needed to tell."""
    instance = _instance(schema)
    if isinstance(body, FormData):
        _say_what_is_empty(instance, body)
    try:
        return instance.load(body, partial=partial), {}
    except ValidationError as wrong:
        return wrong.valid_data, wrong.normalized_messages()


def checked(
    schema: type[Schema], body: dict, data: dict, errors: dict, *, model: type[Model] | None = None, own=None,
    known: Collection[str] = (),
) -> dict:  # fmt: skip
    """Return ``data``, parsed from ``body``; raises :class:`~.errors.Invalid` with ``errors`` and those found now.

    ``model`` is what the body makes or changes a row of, ``own`` that row's key: a key that the
    body gives must not be another's.  References in ``known`` have been looked up already.
    """
    instance = _instance(schema)
    lost = missing_references(instance, data, body, known)
    errors |= {name: text for name, text in lost.items() if name not in errors}
    errors |= taken_key(model, data, own) if model else {}
    if errors:
        raise Invalid({name: errors[name] for name in (*instance.fields, *errors) if name in errors})
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
