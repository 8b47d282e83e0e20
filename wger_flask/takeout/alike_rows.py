"""Find the rows here that are the same as those of a take-out in everything that they hold, where keys tell nothing."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson

from ..media.store import MediaStore
from ..rest.owned import Owned
from ..rest.uploads import Upload
from ..storage import columns
from ..storage.links import links_of
from ..storage.model import Model, columns_of, key_of
from ..storage.predicates import equals
from ..storage.query import Selection
from .rows import selection_of


class AlikeRows:
    """The rows of a user in a table, by what they hold; none of ``apart``, by their keys.

    Their keys and digests are in memory, and nothing else of them.
    """

    def __init__(self, owned: Owned, user_id: int, media: MediaStore, apart: Container[Any]):
        self._model, self._key, self._media = owned.model, key_of(owned.model), media
        self._names = _compared(owned.model)
        self._keys: dict[bytes, list[Any]] = {}
        for rows in selection_of(owned, user_id).stream((self._key.name, *self._names)):
            for key, *values in rows:
                if key not in apart:
                    self._keys.setdefault(_digest(values), []).append(key)

    def take(self, data: dict[str, Any]) -> Any:
        """Return the key of a row that holds ``data``, its files too, and that was not returned before; else None."""
        held = self._model(**_without_files(data, self._model)).__data__
        candidates = self._keys.get(_digest([held.get(name) for name in self._names]), [])
        for key in candidates:
            if self._has_files(key, data):
                candidates.remove(key)
                return key
        return None

    def _has_files(self, key: Any, data: dict[str, Any]) -> bool:
        """Tell whether the row with a key has the files that are brought."""
        uploads = {name: value for name, value in data.items() if isinstance(value, Upload)}
        if not uploads:
            return True
        [stored] = Selection(self._model, (equals(self._key, key),)).rows(tuple(uploads))
        for upload, name in zip(uploads.values(), stored, strict=True):
            found = self._media.served(name)
            if found is None or not isinstance(upload.content, bytes) or found.size != len(upload.content):
                return False
            with found.open() as file:
                if file.read() != upload.content:
                    return False
        return True


def _compared(model: type[Model]) -> tuple[str, ...]:
    """Return the columns in which a row is the same as another one."""
    return tuple(
        name
        for name, one in columns_of(model).items()
        if one is not key_of(model) and not isinstance(one, columns.File) and not getattr(one, "touched", False)
    )


def _without_files(data: dict[str, Any], model: type[Model]) -> dict[str, Any]:
    links = links_of(model)
    plain = {name: value for name, value in data.items() if name not in links and not isinstance(value, Upload)}
    for upload in (value for value in data.values() if isinstance(value, Upload)):
        plain |= {name: value for name, value in upload.columns.items() if name in columns_of(model)}
    return plain


def _digest(values: Iterable[Any]) -> bytes:
    """Return what is the same for the same values."""
    plain = [value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value for value in values]
    spelled = orjson.dumps(plain, default=_spelled, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return blake2b(spelled, digest_size=16).digest()


def _spelled(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
