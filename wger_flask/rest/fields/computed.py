"""Values that no column holds as they are: computed from a row, loaded for a page, addresses of files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import marshmallow

from ...storage.model import key_of
from ...storage.types import Row
from .. import fields
from ..context import Context
from ..openapi.schemas import Components
from ..serialization import Builder, Column
from .base import ANSWER


class _Described(fields.Field):
    """A read-only value, of which another field says what it is."""

    kind, widget = "computed", ""
    describes: fields.Field | None

    def __init__(self, **kwargs: Any):
        super().__init__(**{"dump_only": True, **kwargs})

    @property
    def shown(self) -> marshmallow.fields.Field[Any]:
        return self.describes or self

    def described(self, components: Components, role: str) -> dict[str, Any]:
        return components.property(self.describes, role) if self.describes else {}


class Computed(_Described):
    """A value made of the row's own columns, read-only: ``compute(context, *values)`` returns what becomes JSON.

    ``of`` names the columns (or dotted paths along references) whose values it gets, in that order, None for
    what is empty.  ``context`` is the :class:`Context` of the request.  ``describes`` is a field that says in OpenAPI
    and on pages what the value is.  It is called once a row and must ask the database nothing: for that there
    is :class:`Batch`.

        is_long = Computed(lambda context, minutes: minutes >= 60, of=("minutes",), describes=fields.Boolean())
    """

    def __init__(
        self, compute: Callable[..., Any], *, of: tuple[str, ...], describes: fields.Field | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.compute, self.of, self.describes = compute, of, describes

    def column(self, builder: Builder, name: str) -> Column:
        sources = [(builder.index(path), builder.decoder(path)) for path in self.of]
        compute = self.compute

        def column(raw: list[Row], context: Context, loaded: list[dict[Any, Any]]) -> Iterable[Any]:
            given = [map(decode, raw[place]) if decode else raw[place] for place, decode in sources]
            rows = zip(*given, strict=True) if given else [()] * len(raw[0])
            return [compute(context, *values) for values in rows]

        return column


class Batch(_Described):
    """A value that is loaded for a whole page at once, read-only.

    ``load(keys, context)`` gets the primary keys of all rows of the page, a list, and returns a dictionary from key to
    value (what becomes JSON): one query, however many rows.  A row that is not in the dictionary gets ``otherwise()``,
    an empty list unless you say more.  ``describes`` is a field that says what the value is.  Where several fields
    have the same function, it is called once: for each key it returns a sequence, of which a field takes ``part``, an
    index.

        def naps_by_user(keys, context):
            query = Nap.select(Nap.user, fn.COUNT(Nap.id)).where(Nap.user.in_(keys)).group_by(Nap.user)
            return dict(query.tuples())

        naps = Batch(naps_by_user, otherwise=int, describes=fields.Integer())
    """

    def __init__(
        self,
        load: Callable[..., Any],
        *,
        otherwise: Callable[..., Any] = list,
        describes: fields.Field | None = None,
        part: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.load, self.otherwise, self.describes, self.part = load, otherwise, describes, part

    @property
    def is_bulky(self) -> bool:  # type: ignore[override]  # others have it once a class
        return getattr(self.describes, "cell", "objects") in ("objects", "json")

    def column(self, builder: Builder, name: str) -> Column:
        decode, load = builder.decoder(key_of(builder.model).name), self.load
        if decode is None:
            return builder.grouped(load, self.otherwise, self.part)

        def load_raw(keys: list[Any], context: Context) -> dict[Any, Any]:
            values = load(decoded := list(map(decode, keys)), context)
            return {raw: values[key] for raw, key in zip(keys, decoded, strict=True) if key in values}

        return builder.grouped(load_raw, self.otherwise, self.part)


class File(fields.Field):
    """The absolute URL of an uploaded file, or null; read-only: ``ImageFile`` and ``VideoFile`` take one."""

    kind, options_type, widget = "file", "image upload", "file"

    def __init__(self, *, accept: str = "", **kwargs: Any):
        kwargs.setdefault("dump_only", True)
        super().__init__(**kwargs)
        self.accept = accept

    def described(self, components: Components, role: str) -> dict[str, Any]:
        return {"type": "string", "format": "uri" if role == ANSWER else "binary"}

    def typed(self) -> dict[str, Any]:
        return {"type": "string", "format": "binary"}

    def column(self, builder: Builder, name: str) -> Column:
        place = builder.index(self.attribute or name)
        return lambda raw, context, loaded: [context.media(name) if name else None for name in raw[place]]
