"""Keep a copy of names in which they can be found however they are typed.

A model says which column people search by (``searched`` in its ``Meta``).  That column's names
stand a second time in a table of ours, folded (:mod:`.folding`), with whatever index the
database has for finding pieces of text.

That table does not tell the copy when a name changes: a wger may go on using the same database,
imports write past everything, and a trigger on wger's tables may be dropped by its migrations
without a word.  Instead the copy looks before each answer whether names have changed since it
last looked: new keys and later ``last_update`` where the table has an index on it, else name by
name.  While nothing was written to these tables since, that is a single cheap question.  A name
that is gone from its table is never found, because answers are rows of that table;
:func:`refresh` removes it from the copy too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import peewee

from .. import columns as fields
from ..bulk import Upsert
from ..chunks import chunks
from ..database import DatabaseError, advisory_lock, database, transaction
from ..model import Model, abstract, key_of, make_model, table_of
from ..query import Selection
from ..query_cache import remembered
from ..statements import tuples_of
from ..types import Expression
from . import folding

log = logging.getLogger("wger_flask")

_AT_ONCE = 500
_REBUILD_FROM = 2000
_LONGEST_WORD = 40
_WAIT = 1  # seconds: a search only reads, and rather misses a name than waits


class Word(Model):
    """A word of some name, folded: what a mistyped one may have been meant to be."""

    id = fields.Auto()
    folded = fields.Text(unique=True)

    class Meta:
        table_name = "wger_flask_word"


class Progress(Model):
    """Until which moment the changes of a table are in the copy of its names."""

    name = fields.Char(max_length=100, primary_key=True)
    moment = fields.DateTime(null=True)

    class Meta:
        table_name = "wger_flask_names"


@abstract
class NameCopy(Model):
    """A copy of the names in a table, by the keys of its rows."""

    id = fields.Integer(primary_key=True)
    name = fields.Text()
    folded = fields.Text()


class NameIndex:
    """The copy of the names in ``column``, in a table of its own (``names``)."""

    def __init__(self, column: peewee.Field):
        self.column: Any = column
        self.model: type[Model] = column.model
        self.table = table_of(self.model)
        self.key: Any = key_of(self.model)
        moment = self.model._meta.fields.get("last_update")
        self.moment: Any = moment if moment is not None and moment.index else None
        self.copied = f"{table_of(Progress)}_{self.table}"
        self._read = f"{self.table} {self.copied}"
        self.names = make_model(
            f"{self.model.__name__}Names", {"__module__": __name__}, NameCopy, table_name=self.copied
        )

    def catch_up(self) -> None:
        """Copy what has changed since the last look; where that cannot be written, answers stay behind."""
        try:
            remembered(("caught up", self.table), self._look, self._read)
        except DatabaseError as wrong:
            log.warning("the copy of names in %s stays behind: %s", self.table, wrong)

    def _look(self) -> None:
        if not database.obj.table_exists(self.copied):
            with transaction(_WAIT):
                prepare([self.model])
        elif self._changed(self._since_last_look()).exists():
            with transaction(_WAIT):
                advisory_lock("wger_flask names")
                self._copy(self._changed(self._since_last_look()))

    def is_whole(self) -> bool:
        """Return whether the copy has the names of all rows and of none that are gone, as far as numbers tell."""
        return Selection(self.names).count() == Selection(self.model).count()

    def refresh(self) -> int:
        """Compare every name with its copy; returns how many were copied or removed."""
        names = self.names
        gone = names.select(names.id).where(names.id.not_in(self.model.select(self.key)))
        lost = [key for (key,) in tuples_of(gone)]
        for keys in chunks(lost, _AT_ONCE):
            with self._in_step(keys):
                names.delete().where(names.id.in_(keys)).execute()
        return len(lost) + self._copy(self._changed(None))

    def _changed(self, restriction: Expression | None) -> peewee.ModelSelect[Model]:
        names = self.names
        query = (
            self.model.select(self.key, self.column)
            .join(names, peewee.JOIN.LEFT_OUTER, on=(names.id == self.key))
            .where(names.id.is_null() | (names.name != self.column))
        )
        return query.where(restriction) if restriction is not None else query

    def _since_last_look(self) -> Expression | None:
        """Return the condition that a row was made or written since, None where the table cannot tell."""
        if self.moment is None:
            return None
        # As values and not as subqueries, so that a planner sees how few rows are beyond them.
        newest = self.names.select(peewee.fn.MAX(self.names.id)).scalar() or 0
        noted = Progress.select(Progress.moment).where(Progress.name == self.table).first()
        made: Expression = self.key > newest
        return made | (self.moment > noted.moment) if noted and noted.moment else made

    def _copy(self, query: peewee.ModelSelect[Model]) -> int:
        words: set[str] = set()
        copies = []
        for key, name in tuples_of(query):
            found = folding.words_of(name)
            words.update(found)
            copies.append((key, name, folding.folded(found)))
        upsert = Upsert(self.names, ("id", "name", "folded"))
        if len(copies) >= _REBUILD_FROM:
            with self._in_step(None):
                upsert.write(copies)
        else:
            for part in chunks(copies, _AT_ONCE):
                with self._in_step([row[0] for row in part]):
                    upsert.write(part)
        _learn(words)
        self._note_moment()
        return len(copies)

    def _note_moment(self) -> None:
        if self.moment is None:
            return
        # A moment to come would hide all changes until then.
        latest = self.model.select(peewee.fn.MAX(self.moment)).where(self.moment <= fields.now())
        query = Progress.insert(name=self.table, moment=latest)
        query.on_conflict(conflict_target=[Progress.name], preserve=[Progress.moment]).execute()

    def _in_step(self, keys: list[int] | None) -> AbstractContextManager[None]:
        return database.obj.dialect.renaming(database.obj, self.names._meta.table_name, keys)


def searched_columns(models: Iterable[type[Model]]) -> list[peewee.Field]:
    """Return the columns that people search ``models`` by."""
    return [model._meta.fields[name] for model in models if (name := getattr(model._meta, "searched", None))]


@lru_cache(None)
def index_of(column: peewee.Field) -> NameIndex:
    """Return the copy of a searched column."""
    return NameIndex(column)


def prepare(models: Iterable[type[Model]]) -> list[str]:
    """Make and fill the tables that searching ``models`` needs; returns a line for each that was made.

    Inside the caller's transaction; safe to run again.
    """
    held = database.obj
    columns = searched_columns(models)
    if not columns or not held.dialect.can_index_names(held):
        return []
    made = []
    tables: list[type[Model]] = [Progress, Word, *(index_of(column).names for column in columns)]
    for table in tables:
        name = table._meta.table_name
        if not held.table_exists(name):
            table.create_table(safe=False)
            made.append(f"created table {name}")
        if table is not Progress:
            held.dialect.prepare_names(held, name)
        if issubclass(table, NameCopy):
            held.dialect.prepare_nearest(held, name)
    searched = [column.model for column in columns]
    held.dialect.prepare_table_markers(
        held, [table_of(model) for model in (*searched, *tables) if model is not Progress]
    )
    refresh(models)
    return made


def refresh(models: Iterable[type[Model]]) -> int:
    """Compare every name of the searched ``models`` with its copy; returns how many had changed."""
    held = database.obj
    if not held.dialect.can_index_names(held):
        return 0
    return sum(index_of(column).refresh() for column in searched_columns(models))


def forget(table: str) -> None:
    """Drop the copy of the names in a table that goes, if there is one; in the caller's transaction."""
    held = database.obj
    copy = f"{Progress._meta.table_name}_{table}"
    if held.table_exists(copy):
        held.dialect.drop_names(held, copy)
        held.dialect.drop_tables(held, [copy])
        Progress.delete().where(Progress.name == table).execute()


def _learn(words: set[str]) -> None:
    """Add ``words`` to those that are known."""
    held, table = database.obj, Word._meta.table_name
    texts = sorted(folding.folded([word]) for word in words if len(word) <= _LONGEST_WORD and not word.isdigit())
    for part in chunks(texts, _AT_ONCE):
        known = {text for (text,) in tuples_of(Word.select(Word.folded).where(Word.folded.in_(part)))}
        first = Word.select(peewee.fn.COALESCE(peewee.fn.MAX(Word.id), 0)).scalar() + 1
        fresh = list(enumerate((text for text in part if text not in known), first))
        if fresh:
            with held.dialect.renaming(held, table, [key for key, _ in fresh]):
                Upsert(Word, ("id", "folded")).write(fresh)
