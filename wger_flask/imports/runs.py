"""Note what an import wrote, and take it back.

An import is undone as a whole, in one transaction.  What was changed since it came, or has got other rows that
would go with it, is never taken along unasked: the caller is told, and decides.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Literal, TypeVar
from uuid import UUID

from wger_flask.api import (
    Model,
    Selection,
    any_of,
    columns,
    columns_of,
    decode,
    delete_rows,
    dependants,
    encode,
    equals,
    key_of,
    references_of,
    services,
    table_of,
    title_of,
    upsert,
)
from wger_flask.storage.chunks import chunks
from wger_flask.storage.upgrades import Progress, no_progress

from .models import DONE, UNDONE, ImportedRow, ImportRun

T = TypeVar("T")

Changed = Literal["refuse", "keep", "delete"]


class UndoRefused(Exception):
    """Why an import cannot be taken back unasked.

    ``changed`` is how many of its rows were changed since, ``dependants`` how many rows of others hang on them, both by
    model.
    """

    def __init__(self, changed: dict[type[Model], int], dependants: dict[type[Model], int]):
        self.changed, self.dependants = changed, dependants
        told = [f"{count} of {table_of(model)} changed since" for model, count in changed.items()]
        told += [f"{count} of {table_of(model)} added to them since" for model, count in dependants.items()]
        super().__init__(f"these rows of the import would be lost: {', '.join(told)}")


def begin(user: int, format: str, checksum: str, file_name: str = "") -> ImportRun:
    """Note, within the transaction that writes its rows, an import of ``user``: call this before :func:`note_rows`."""
    return ImportRun.create(user=user, format=format, checksum=checksum, file_name=file_name[:200], state=DONE)


def write_rows(
    run: ImportRun,
    model: type[Model],
    names: Sequence[str],
    rows: Sequence[Sequence[object]],
    progress: Progress = no_progress,
) -> None:
    """Write rows of ``model``, each the values of ``names`` of which its key is the first, and note them of ``run``."""
    done = 0
    for some in chunks(rows):
        upsert(model, names, some)
        note_rows(run, model, [row[0] for row in some])
        done += len(some)
        progress(f"writing: {title_of(model)}", done, len(rows))


def note_rows(run: ImportRun, model: type[Model], keys: Collection[object]) -> None:
    """Note rows of ``model`` with these keys, as they are now, as written by ``run``."""
    noted = ("run", "table", "key", "digest")
    for some in chunks(list(keys)):
        rows = [(run.id, table_of(model), str(key), digest) for key, digest in _digests(model, some).items()]
        upsert(ImportedRow, noted, rows)
        run.rows += len(rows)
    ImportRun.update(rows=run.rows).where(ImportRun.id == run.id).execute()


def note_change(run: ImportRun, model: type[Model], key: object, before: Mapping[str, object]) -> None:
    """Note a row of ``model`` that was there and ``run`` has changed: ``before`` are columns and what they held."""
    [digest] = _digests(model, [key]).values()
    plain = {name: _spelled(value) for name, value in before.items()}
    ImportedRow.create(run=run.id, table=table_of(model), key=str(key), digest=digest, before=plain)
    ImportRun.update(rows=ImportRun.rows + 1).where(ImportRun.id == run.id).execute()
    run.rows += 1


def last_run(user: int) -> ImportRun | None:
    """Return the latest import of ``user`` that was not taken back, None without one."""
    of_user = equals(ImportRun.user, user), equals(ImportRun.state, DONE)
    found = Selection(ImportRun, of_user, ("-id",)).first()
    return found if isinstance(found, ImportRun) else None


def undo(run: ImportRun, changed: Changed = "refuse") -> dict[type[Model], int]:
    """Take back what ``run`` wrote and is still there, in one transaction; returns how many rows went, by model.

    Rows that it changed get back what they held before.

    Rows that were changed since, and those that rows of others hang on, raise :class:`UndoRefused`; with ``"keep"``
    they stay, with ``"delete"`` they go, and what hangs on them too.
    """
    with services().transaction(run.user_id) as files:
        written = _Written(run)
        if changed != "delete":
            touched = written.changed()
            held, hanging = written.held()
            if changed == "refuse" and (touched or hanging):
                raise UndoRefused({model: len(keys) for model, keys in touched.items()}, hanging)
            written.keep(touched)
            written.keep(held)
        gone = written.delete(files)
        ImportedRow.delete().where(ImportedRow.run == run.id).execute()
        ImportRun.update(state=UNDONE, undone=columns.now()).where(ImportRun.id == run.id).execute()
        services().registry.tell_imported(run.user_id)
        run.state = UNDONE
    return gone


@dataclass
class _Written:
    """The rows of an import that are still there, by model: their keys, and the digests of when they came."""

    run: ImportRun
    rows: dict[type[Model], dict[object, str]] = field(default_factory=dict)
    before: dict[tuple[type[Model], object], dict[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        models = {table_of(model): model for model in services().registry.models}
        asked = ("table", "key", "digest", "before")
        for table, text, digest, before in Selection(ImportedRow, (equals(ImportedRow.run, self.run.id),)).rows(asked):
            if table in models:
                model = models[table]
                key = decode(key_of(model), encode(key_of(model), text))
                self.rows.setdefault(model, {})[key] = digest
                if before is not None:
                    self.before[model, key] = before

    def changed(self) -> dict[type[Model], set[object]]:
        """Return the keys of the rows that are not as they came."""
        found: dict[type[Model], set[object]] = {}
        for model, digests in self.rows.items():
            now = {key: digest for some in chunks(list(digests)) for key, digest in _digests(model, some).items()}
            if differing := {key for key, digest in now.items() if digest != digests[key]}:
                found[model] = differing
        return found

    def held(self) -> tuple[dict[type[Model], set[object]], dict[type[Model], int]]:
        """Return the keys of rows on which others hang that are not of this import, and how many those are by model."""
        held: dict[type[Model], set[object]] = {}
        hanging: dict[type[Model], int] = {}
        for model, rows in self.rows.items():
            found: dict[type[Model], list[tuple[object, object]]] = {}
            for other, key, on in dependants(model, [key for key in rows if (model, key) not in self.before]):
                if key not in self.rows.get(other, ()):
                    found.setdefault(other, []).append((key, on))
            for other, pairs in found.items():
                following = _following(other, [key for key, _ in pairs])
                for on in (on for key, on in pairs if key not in following):
                    held.setdefault(model, set()).add(on)
                    hanging[other] = hanging.get(other, 0) + 1
        return held, hanging

    def keep(self, kept: dict[type[Model], set[object]]) -> None:
        """Take rows out of what is to go, and those that they hang on."""
        waiting = {model: set(keys) for model, keys in kept.items()}
        while waiting:
            model, keys = waiting.popitem()
            staying = [key for key in keys if self.rows.get(model, {}).pop(key, None) is not None]
            for target, parents in _parents(model, staying).items():
                waiting.setdefault(target, set()).update(parents)

    def delete(self, files: Any) -> dict[type[Model], int]:
        """Delete what is left, with its files, and give back what was changed."""
        gone: dict[type[Model], int] = {}
        for model, rows in self.rows.items():
            for key in [key for key in rows if (model, key) in self.before]:
                values = self.before[model, key]  # columns take moments, decimals and UUIDs as texts, too
                model.update(**values).where(key_of(model) == key).execute()
                del rows[key]
            for went, count in delete_rows(files, model, list(rows), with_history=False).items():
                gone[went] = gone.get(went, 0) + count
        return {model: count for model, count in gone.items() if count}


def _following(model: type[Model], keys: Sequence[object]) -> set[object]:
    """Return the keys of those rows that follow from others, so that nothing is lost with them: no user wrote them."""
    registry = services().registry
    owned = next((one for one in registry.owned if one.model is model), None)
    if owned is None:
        return set() if any(resource.model is model for resource in registry) else set(keys)
    if not owned.returns:
        return set(keys)
    key, names = key_of(model), tuple(columns_of(model))
    found = (row for some in chunks(keys) for row in Selection(model, (any_of(key, some),)).rows(names))
    rows = (dict(zip(names, row, strict=True)) for row in found)
    return {row[key.name] for row in rows if registry.is_derived(owned, row)}


def _parents(model: type[Model], keys: Sequence[object]) -> dict[type[Model], set[object]]:
    """Return the keys of the rows that those with these keys hang on, by model."""
    references = references_of(model)
    found: dict[type[Model], set[object]] = {}
    for some in chunks(keys) if references else ():
        for row in Selection(model, (any_of(key_of(model), some),)).rows(tuple(references)):
            for target, value in zip(references.values(), row, strict=True):
                if value is not None:
                    found.setdefault(target, set()).add(value)
    return found


def _digests(model: type[Model], keys: Sequence[object]) -> dict[object, str]:
    """Return digests of the rows with these keys, by key, of all but the columns that note when a row was touched."""
    key = key_of(model)
    names = [name for name, column in columns_of(model).items() if not getattr(column, "touched", False)]
    found = Selection(model, (any_of(key, list(keys)),)).rows((key.name, *names))
    return {row[0]: _digest(row[1:]) for row in found}


def _digest(values: Iterable[object]) -> str:
    spelled = json.dumps([_plain(value) for value in values], sort_keys=True, default=str)
    return blake2b(spelled.encode(), digest_size=16).hexdigest()


def _spelled(value: object) -> object:
    """Return ``value`` as JSON has it; what a JSON column holds stays as it is."""
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) and value.tzinfo else value
