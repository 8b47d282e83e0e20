"""Bring the rows of one table in: what is here is found, the rest is checked by the table's own rules and stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..imports.keys import row_key
from ..rest.call import Call
from ..rest.errors import ApiError
from ..rest.owned import Owned
from ..rest.uploads import Upload, keep_files
from ..rest.views import targets
from ..storage import columns
from ..storage.bulk import Upsert, insert
from ..storage.database import IntegrityError, transaction
from ..storage.keys import parse_uuid
from ..storage.links import links_of
from ..storage.model import Model, columns_of, encode, key_of, table_of, unique_keys_of
from ..storage.predicates import any_of, equals, holds
from ..storage.query import Selection
from .alike_rows import AlikeRows
from .document import GivenRow, is_key
from .values import NotHere, RowReader, Unfit, told_errors

if TYPE_CHECKING:
    from .importer import _Import as Import

_AT_ONCE = 500


@dataclass(slots=True)
class _Fresh:
    """A row that was read: where it stood, its key there, its values."""

    given: GivenRow
    old: Any
    data: dict[str, Any]
    later: dict[str, object]
    key: Any = None  # the one that it asks for here


class TableImport:
    """The rows of one table; ``written`` are the keys of new ones, ``before`` what changed ones held, by key."""

    def __init__(self, work: Import, owned: Owned):
        self.owned, self._work = owned, work
        self._model, self._key = owned.model, key_of(owned.model)
        self._reader = RowReader(owned, work)
        self._keys = work.keys[owned.model]
        self._is_numbered = isinstance(self._key, columns.Auto)
        is_single = self._is_numbered or work.is_referred_to(owned.model) or bool(links_of(owned.model))
        self._at_once = 1 if is_single else _AT_ONCE
        self._fresh: list[_Fresh] = []
        self._seen: set[object] = set()
        self._later: list[tuple[Any, dict[str, object]]] = []
        self._alike: AlikeRows | None = None
        self._columns = columns_of(self._model)
        self._names = tuple(self._columns)
        self._target = targets(owned.resource)[0] if owned.resource is not None else None
        self._insert: Upsert | None = None
        self.written: list[Any] = []
        self.before: dict[Any, dict[str, Any]] = {}

    def take(self, given: GivenRow) -> None:
        """Take the next row."""
        old = given.values.get(self._key.name)
        try:
            if not is_key(old):
                raise Unfit(f"{self._key.name}: a key is a number or a text")
            if old in self._seen:
                raise Unfit(f"{self._key.name}: there are two rows with this key")
            self._seen.add(old)
            key = None if self._is_numbered else self._key_here(old)
            data, later = self._reader.read(given)
        except NotHere:
            self._work.report.left_out[given.table] += 1
            return
        except Unfit as wrong:
            self._work.report.note(given, str(wrong))
            return
        if self.owned.owner.direct:
            data[self.owned.owner.direct] = self._work.caller.id
        self._fresh.append(_Fresh(given, old, data, later, key))
        if len(self._fresh) >= self._at_once:
            self._store()

    def finish(self) -> None:
        """Store what is left, and set the references that led to no row yet."""
        self._store()
        for key, later in self._later:
            values = {}
            for name, old in later.items():
                if old in self._keys:
                    values[name] = self._keys[old]
                else:
                    self._work.report.loosened += 1
            if values:
                self._model.update(**values).where(self._key == key).execute()
        self._later.clear()

    def _key_here(self, old: Any) -> Any:
        if not isinstance(self._key, columns.UUID):
            raise Unfit(f"{self._key.name}: rows of this table cannot be brought in")
        found = parse_uuid(old)
        if found is None:
            raise Unfit(f"{self._key.name}: {str(old)[:50]!r} is no UUID")
        return found

    # -- what is here already -------------------------------------------------------------------------
    def _store(self) -> None:
        """Store what was read, as far as it is not here."""
        fresh, self._fresh = self._fresh, []
        if not self._is_numbered and fresh:
            fresh = self._unknown(fresh)
        ready = []
        for one in fresh:
            try:
                if self._is_same(one):
                    continue
                ready.append((one, *self._prepared(one)))
            except Unfit as wrong:
                self._work.report.note(one.given, str(wrong))
            except ApiError as wrong:
                self._work.report.note(one.given, told_errors(wrong.body))
        if self._at_once > 1:
            self._insert_many(ready)
        else:
            for one, data, linked in ready:
                self._insert_one(one, data, linked)

    def _unknown(self, fresh: list[_Fresh]) -> list[_Fresh]:
        """Return those rows that are not here by their key; one that another user has gets another key."""
        own, others = self._known([one.key for one in fresh])
        for one in fresh:
            if one.key in others:
                one.key = row_key(self._work.caller.id, table_of(self._model), one.key)
        if others:
            own |= self._known([one.key for one in fresh])[0]
        for one in fresh:
            if one.key in own:
                self._keep(one, one.key)
        return [one for one in fresh if one.key not in own]

    def _known(self, keys: list[Any]) -> tuple[set[Any], set[Any]]:
        """Return those of ``keys`` that rows of the user have, and those that rows of others have."""
        # By the keys alone: all rows of the user would be walked over for the few.
        whose = ".".join(self.owned.owner.path)
        rows = Selection(self._model, (any_of(self._key, keys),)).rows((self._key.name, whose))
        own = {key for key, user in rows if user == self._work.caller.id}
        return own, {key for key, _ in rows} - own

    def _keep(self, one: _Fresh, key: Any) -> None:
        self._keys[one.old] = key
        self._work.report.known[one.given.table] += 1

    def _is_same(self, one: _Fresh) -> bool:
        """Find the row that there can be only one of, or that is the same in all; tell whether there is any."""
        for names, where in unique_keys_of(self._model):
            if any(one.data.get(name) is None for name in names):
                continue
            same = [equals(columns_of(self._model)[name], one.data[name]) for name in names]
            found = Selection(self._model, (*same, *([holds(where)] if where else ()))).first()
            if found is None:
                continue
            if found._pk not in self._known([found._pk])[0]:
                raise Unfit(f"{', '.join(names)}: another account has such a row")
            self._change(one, found)
            return True
        names = self.owned.only_one(one.data) if self.owned.only_one is not None else ()
        same = [equals(columns_of(self._model)[name], one.data[name]) for name in names]
        if same and (held := Selection(self._model, tuple(same)).first()) is not None:
            self._keep(one, held._pk)
            return True
        return self._is_numbered and self._is_alike(one)

    def _is_alike(self, one: _Fresh) -> bool:
        if self._alike is None:
            media = self._work.services.media
            self._alike = AlikeRows(self.owned, self._work.caller.id, media, apart=self.before)
        key = self._alike.take(one.data)
        if key is None:
            return False
        self._keep(one, key)
        return True

    # -- the table's own rules --------------------------------------------------------------------------
    def _call(self, method: str, body: dict[str, Any]) -> Call:
        assert self._target is not None
        call = Call(self._target, self._work.request, None, "", self._work.services)
        call.method, call.user, call.files, call._body = method, self._work.caller, self._work.files, body
        return call

    def _ruled(self, call: Call, data: dict[str, Any], row: Model | None) -> None:
        """Have the resource check and complete ``data``; raises :class:`ApiError` or :class:`Unfit`."""
        hooks = call.required_resource.hooks
        empty = [name for name, value in data.items() if value is None]
        if hooks.check and (errors := hooks.check(call, data, row)):
            raise Unfit(told_errors(errors))
        if hooks.prepare:
            hooks.prepare(call, data, row)
        for name in empty:  # on purpose, and stays so
            column = self._columns.get(name)
            if column is not None and column.null and not isinstance(column, columns.ForeignKey):
                data[name] = None

    def _prepared(self, one: _Fresh) -> tuple[dict[str, Any], dict[str, list[Any]]]:
        data = dict(one.data)
        linked = {name: data.pop(name) for name in links_of(self._model) if name in data}
        if one.key is not None:
            data[self._key.name] = one.key
        if self.owned.resource is not None:
            call = self._call("POST", dict(one.given.values))
            self._ruled(call, data, None)
            keep_files(call, data, None)
        return data, linked

    def _change(self, one: _Fresh, row: Model) -> None:
        """Make of a row that is here what the take-out says."""
        self._keys[one.old] = row._pk
        data = {name: value for name, value in one.data.items() if not isinstance(value, Upload)}
        for name in (*links_of(self._model), self._key.name):
            data.pop(name, None)
        if self.owned.resource is not None:
            self._ruled(self._call("PATCH", dict(one.given.values)), data, row)
        before = {name: row.__data__.get(name) for name, value in data.items() if row.__data__.get(name) != value}
        if not before:
            self._work.report.known[one.given.table] += 1
            return
        self._model.update(**{name: data[name] for name in before}).where(self._key == row._pk).execute()
        self.before[row._pk] = {**before, **self.before.get(row._pk, {})}
        self._work.report.changed[one.given.table] += 1

    # -- storing --------------------------------------------------------------------------------------
    def _stored(self, data: dict[str, Any]) -> dict[str, Any]:
        values = self._model(**data).__data__
        return {name: encode(one, values[name]) for name, one in self._columns.items() if name in values}

    def _insert_one(self, one: _Fresh, data: dict[str, Any], linked: dict[str, list[Any]]) -> None:
        try:
            with transaction():
                stored = self._stored(data)
                made = insert(self._model, list(stored), list(stored.values()))
                key = made if self._is_numbered else data[self._key.name]
                for name, targets_ in linked.items():
                    links_of(self._model)[name].replace(key, targets_)
        except (IntegrityError, ValueError, OverflowError) as clash:
            self._refuse(one, clash)
            return
        self._note(one, key)

    def _insert_many(self, ready: Iterable[tuple[_Fresh, dict[str, Any], dict[str, list[Any]]]]) -> None:
        by_key, rows = {}, []
        for one, data, _ in ready:
            stored = {**dict.fromkeys(self._names), **self._stored(data)}
            rows.append(tuple(stored[name] for name in self._names))
            by_key[stored[self._key.name]] = (one, data[self._key.name])
        if self._insert is None:
            self._insert = Upsert(self._model, self._names, replaces=False)
        place = self._names.index(self._key.name)
        for row, clash in self._insert.write(rows) if rows else ():
            self._refuse(by_key.pop(row[place])[0], clash)
        for one, key in by_key.values():
            self._note(one, key)

    def _refuse(self, one: _Fresh, clash: Exception) -> None:
        told = self._work.services.explain(clash) if isinstance(clash, IntegrityError) else str(clash)
        self._work.report.note(one.given, told)

    def _note(self, one: _Fresh, key: Any) -> None:
        self._keys[one.old] = key
        self.written.append(key)
        self._work.report.new[one.given.table] += 1
        if one.later:
            self._later.append((key, one.later))
