"""Make the zip with everything of a user, bit by bit: however much that is, little of it is in memory at a time.

``data.json`` holds all of it, in a form that another server takes in; ``tables/`` the same as a CSV file a table, for
spreadsheets; ``pictures/`` the files.  All is read in one snapshot of the database.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO, Any, cast

import orjson

from ..auth.models import User
from ..media.errors import NotStored
from ..media.names import UnsafeName
from ..media.store import MediaStore
from ..rest.owned import Owned
from ..rest.registry import Registry
from ..rest.spreadsheets import Pieces
from ..rest.text_tables import csv_lines
from ..storage.database import snapshot
from ..storage.links import links_of
from ..storage.model import Model, columns_of, key_of
from ..storage.predicates import any_of
from ..storage.query import Selection
from .catalogue import Catalogue
from .rows import Row, columns_taken, files_of, rows_of

FORMAT, VERSION = "wger_flask take-out", 1
DATA, TABLES, README = "data.json", "tables", "README.txt"
_PIECE = 1 << 16  # bytes that are read of a picture at a time, and about as many that go out at once
_MOST_NAMES = 5000  # of one's own rows that are remembered at a time
_ABOUT = """This is what {username} has on {server}, taken out at {made}.

{data}     everything, for programs: a wger_flask takes it in again (Account > Your data)
tables/       the same as tables, for spreadsheets: CSV in UTF-8, references as keys and names
pictures/     your pictures; the tables tell which row each belongs to
"""


class Archive:
    """The take-out of a user: iterate over it once for the bytes of the zip.

    ``server`` is the address of this one.  Passwords, keys, sessions and what else is secret is not in it.
    """

    def __init__(self, user: User, registry: Registry, media: MediaStore, server: str):
        self._user, self._registry, self._media, self._server = user, registry, media, server
        self._made = datetime.now(UTC)
        self._owned = registry.owned

    @property
    def file_name(self) -> str:
        """What the file is called, where its name is not chosen."""
        kept = "".join(one for one in self._user.username if one.isascii() and (one.isalnum() or one in "-_."))
        return f"wger-{kept or self._user.id}-{self._made:%Y-%m-%d}.zip"

    def __iter__(self) -> Iterator[bytes]:
        pieces = Pieces()
        with snapshot(), zipfile.ZipFile(cast(IO[bytes], pieces), "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            catalogue = Catalogue(self._registry, self._owned, self._user.id)
            for name, content in self._files(catalogue):
                with packed.open(self._info(name), "w", force_zip64=True) as file:
                    for some in content:
                        file.write(some)
                        if pieces.size >= _PIECE:
                            yield pieces.take()
        yield pieces.take()

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._made.timetuple()[:6])
        is_packed = name.startswith("pictures/")  # by its own format
        info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info

    def _files(self, catalogue: Catalogue) -> Iterator[tuple[str, Iterable[bytes]]]:
        about = _ABOUT.format(
            username=self._user.username, server=self._server, made=f"{self._made:%F %T} UTC", data=DATA
        )
        yield README, [about.encode()]
        yield DATA, self._document(catalogue)
        for owned in self._owned:
            yield f"{TABLES}/{owned.name}.csv", self._table(owned, catalogue)
        for owned in self._owned:
            for told, stored in files_of(owned, self._user.id):
                if (content := self._picture(stored)) is not None:
                    yield told, content

    # -- the document ------------------------------------------------------------------------------
    def _document(self, catalogue: Catalogue) -> Iterator[bytes]:
        user = self._user
        account = {
            name: getattr(user, name) for name in ("username", "email", "first_name", "last_name", "date_joined")
        }
        head = {"format": FORMAT, "version": VERSION, "made": self._made, "server": self._server, "account": account}
        yield b"{"
        for name, value in head.items():
            yield b'"%s": %s,\n' % (name.encode(), to_json(value))
        yield b'"catalogue": {'
        yield b",".join(
            b"\n%s: [\n%s]" % (to_json(label), b",\n".join(map(to_json, entries)))
            for label, entries in catalogue.as_json().items()
        )
        yield b'},\n"tables": {'
        for number, owned in enumerate(self._owned):
            yield b"%s\n%s: [" % (b"," if number else b"", to_json(owned.name))
            separator = b"\n"
            for rows in rows_of(owned, self._user.id):
                yield separator + b",\n".join(map(to_json, rows))
                separator = b",\n"
            yield b"]"
        yield b"}}\n"

    # -- the tables ------------------------------------------------------------------------------------
    def _table(self, owned: Owned, catalogue: Catalogue) -> Iterator[bytes]:
        names = _Names(owned, catalogue, {one.model for one in self._owned})
        columns = (*columns_taken(owned), *links_of(owned.model))
        yield csv_lines([[title for name in columns for title in names.titles(name)]])
        for rows in rows_of(owned, self._user.id):
            names.look(rows)
            yield csv_lines([value for name in columns for value in names.values(name, row[name])] for row in rows)

    # -- the pictures ----------------------------------------------------------------------------------
    def _picture(self, stored: str) -> Iterable[bytes] | None:
        """Return the bytes of a file; None for one that is missing, of which the tables still tell."""
        with suppress(UnsafeName, NotStored, FileNotFoundError):
            found = self._media.served(stored)
            if found is not None:
                return _read(found.open())
        return None


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while some := file.read(_PIECE):
            yield some


def to_json(value: object) -> bytes:
    """Return a value as JSON, with decimals as texts and moments in UTC."""
    return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_SUBCLASS)


class _Names:
    """What the rows are called that the rows of a table refer to."""

    def __init__(self, owned: Owned, catalogue: Catalogue, own: set[type[Model]]):
        self._catalogue = catalogue
        links = {name: link.model for name, link in links_of(owned.model).items()}
        named = {**owned.references, **links}
        self._unowned = {name: model for name, model in named.items() if model not in own}
        self._own = {name: model for name, model in named.items() if model in own and "name" in columns_of(model)}
        self._known: dict[type[Model], dict[Any, str]] = {}

    def titles(self, column: str) -> list[str]:
        """Return the titles of a column: its own, and that of the names of what it refers to."""
        is_named = column in self._unowned or column in self._own
        return [column, f"{column}_name"] if is_named else [column]

    def look(self, rows: list[Row]) -> None:
        """Ask for the names of one's own rows that some rows refer to."""
        for name, model in self._own.items():
            known = self._known.setdefault(model, {})
            if len(known) > _MOST_NAMES:
                known.clear()
            keys = {key for row in rows for key in _several(row[name])} - set(known)
            if keys:
                called = Selection(model, (any_of(key_of(model), list(keys)),)).rows((key_of(model).name, "name"))
                known.update(called)

    def values(self, column: str, value: object) -> list[object]:
        """Return what stands in the CSV for the value of a column."""
        spelled = _spelled(value)
        if column in self._unowned:
            model = self._unowned[column]
            return [spelled, ", ".join(filter(None, (self._catalogue.name(model, key) for key in _several(value))))]
        if column in self._own:
            known = self._known.get(self._own[column], {})
            return [spelled, ", ".join(filter(None, (known.get(key) for key in _several(value))))]
        return [spelled]


def _several(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _spelled(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if value is None or isinstance(value, str | int | float | dict | list) else str(value)
