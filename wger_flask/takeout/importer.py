"""Bring a take-out into this server: all of it in one transaction, or nothing, and only to look, if that is asked for.

Rows are the user's whose account it is, whatever the document says.  A row that is here already stays as it is; one
that there can be only one of (the profile) becomes what the document says.  Rows keep keys that cannot be guessed
(UUIDs) unless another user has them here, others get new ones.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import IO, Any

from flask import g, request

from ..auth.identity import Caller
from ..imports import runs
from ..imports.models import ImportRun
from ..media.changes import Changes
from ..rest.services import Services, services
from ..storage.model import Model
from .archive import DATA
from .container import Container
from .document import Entry, GivenRow, read
from .matching import Matches
from .report import Report
from .table_import import TableImport
from .values import Unfit

FORMAT = "take-out"


class _NotDone(Exception):
    """Ends the transaction of an import that is not to be done."""


def bring_in(
    file: IO[bytes], caller: Caller, file_name: str = "", *, dry_run: bool = False, leave_out: bool = False
) -> Report:
    """Bring the take-out in ``file`` to the account of ``caller``; within a request.

    With ``dry_run`` nothing is written.  Unless ``leave_out``, nothing is written either where anything cannot be
    brought in: ``Report.is_done`` tells.  Raises :class:`~.errors.Refused` for what is no take-out.
    """
    held, report = services(), Report()
    g.user = caller
    with Container(file) as container:
        file.seek(0)
        checksum = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # as any file that is read
        with suppress(_NotDone), held.transaction(caller.id) as files:
            work = _Import(held, caller, files, container, report)
            work.take_all()
            if dry_run or not (leave_out or report.is_whole):
                raise _NotDone()
            if work.has_written:  # else undoing the last import would undo nothing
                work.note(runs.begin(caller.id, FORMAT, checksum, file_name))
            report.is_done = True
    return report


class _Import:
    """The state of one import."""

    def __init__(self, held: Services, caller: Caller, files: Changes, container: Container, report: Report):
        self.services, self.caller, self.files, self.report = held, caller, files, report
        self.request = request._get_current_object()  # type: ignore[attr-defined]  # what stands for it
        self.matches = Matches(held.registry)
        self._container = container
        self._owned = {owned.name: owned for owned in held.registry.owned}
        self._tables: dict[str, TableImport] = {}
        self.keys: dict[type[Model], dict[object, Any]] = {owned.model: {} for owned in self._owned.values()}
        self._pictures: set[str] = set()

    def take_all(self) -> None:
        """Take the whole document."""
        is_matched, table = False, ""
        with self._container.open(DATA) as stream:
            for item in read(stream):
                if isinstance(item, Entry):
                    self.matches.take(item)
                    continue
                if not is_matched:
                    self.matches.match()
                    is_matched = True
                if item.table != table:
                    self._finish(table)
                    table = item.table
                self._take(item)
        self._finish(table)
        self.report.unmatched = list(self.matches.unmatched.values())
        self.services.registry.tell_imported(self.caller.id)

    @property
    def has_written(self) -> bool:
        """Whether anything was written or changed."""
        return any(table.before or table.written for table in self._tables.values())

    def note(self, run: ImportRun) -> None:
        """Note what was written, so that it can be taken back."""
        for table in self._tables.values():
            for key, before in table.before.items():
                runs.note_change(run, table.owned.model, key, before)
            runs.note_rows(run, table.owned.model, table.written)

    def _take(self, given: GivenRow) -> None:
        owned = self._owned.get(given.table)
        if owned is None:
            self.report.unknown[given.table] += 1
        elif not owned.returns or self.services.registry.is_derived(owned, given.values):
            self.report.derived[given.table] += 1
        else:
            if given.table not in self._tables:
                self._tables[given.table] = TableImport(self, owned)
            self._tables[given.table].take(given)

    def _finish(self, name: str) -> None:
        if name in self._tables:
            self._tables[name].finish()

    def picture(self, name: str) -> bytes:
        """Return a picture of the archive; raises :class:`~.values.Unfit` or :class:`~.errors.Refused`."""
        if name in self._pictures:
            raise Unfit(f"{name[:100]!r} is the picture of another row already")
        if name not in self._container:
            raise Unfit(f"{name[:100]!r} is not in the archive")
        self._pictures.add(name)
        return self._container.read(name)

    def is_referred_to(self, model: type[Model]) -> bool:
        """Tell whether rows of another table may refer to rows of ``model``."""
        return any(model in one.references.values() for one in self._owned.values() if one.model is not model)
