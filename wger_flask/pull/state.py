"""Read and write what is noted of a source. All of it is written in the transaction of the rows that it is about."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID as Uuid

import orjson

from ..media.changes import Changes
from ..rest.services import services
from ..storage.columns import UUID, Auto
from ..storage.database import IntegrityError, advisory_lock, is_retryable, is_unavailable, transaction
from ..storage.model import Model, key_of, label_of
from ..storage.predicates import equals
from ..storage.query import Selection
from ..storage.write_transaction import insert
from .client import Client, PullFailure, query_of
from .models import PullPage, PullPart, PullRow, PullSource
from .values import demand_key

Show = Callable[[str, int, int], None]
LOCK = "wger_flask pull"
_MOST_TOLD = 1000
_FILES = ("image", "video", "thumbnails", "image_url_main", "image_url_secondary")


@dataclass
class Report:
    """What a run did: rows by their kind and by what became of them, and what was left out, with why."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    more: int = 0

    def count(self, what: str, outcome: str, number: int = 1) -> None:
        """Count ``number`` rows of a kind as new, changed, unchanged, deleted."""
        if number:
            self.counts.setdefault(what, Counter())[outcome] += number

    def leave_out(self, what: str, why: object) -> None:
        """Note that something was left out."""
        if len(self.left_out) < _MOST_TOLD:
            self.left_out.append(f"{what}: {why}")
        else:
            self.more += 1


@dataclass(frozen=True, slots=True)
class Known:
    """What is noted of a row: the number of the note, the key of the row here, the digest."""

    note: int
    local: str
    digest: str


class State:
    """What is noted of one source, and how a run goes on with it."""

    def __init__(self, client: Client, user: int | None, report: Report, show: Show, anew: bool) -> None:
        self.client, self.user, self.report, self.show, self.anew = client, user, report, show, anew
        self._known: dict[str, dict[str, Known]] = {}
        with self.writing():
            of_source = equals(PullSource.address, client.site), equals(PullSource.user, user)
            found = Selection(PullSource, of_source).rows((PullSource.id,), 1)
            self.source: int = found[0][0] if found else insert(PullSource(address=client.site, user=user)).id

    # -- rows ------------------------------------------------------------------------------------------------
    def known(self, label: str) -> dict[str, Known]:
        """Return what is noted of the rows of a model, by their keys over there."""
        if label not in self._known:
            of_label = equals(PullRow.source, self.source), equals(PullRow.label, label)
            rows = Selection(PullRow, of_label).rows(("id", "remote", "local", "digest"))
            self._known[label] = {remote: Known(note, local, digest) for note, remote, local, digest in rows}
        return self._known[label]

    def local(self, model: type[Model], remote: object) -> Any:
        """Return the key here of a row over there, None where it was not copied."""
        found = self.known(label_of(model)).get(str(remote))
        return None if found is None else read_key(model, found.local)

    def is_as_it_was(self, label: str, remote: object, digest: str) -> bool:
        """Tell whether a row was copied and has not changed since."""
        found = None if self.anew else self.known(label).get(str(remote))
        return found is not None and found.digest == digest

    def remember(self, label: str, remote: object, local: object, digest: str = "") -> None:
        """Note that the row ``remote`` over there is ``local`` here; raises NotTaken where that is no key."""
        demand_key(remote)
        known, key = self.known(label), str(remote)
        found = known.get(key)
        if found is None:
            made = insert(PullRow(source=self.source, label=label, remote=key, local=str(local), digest=digest))
            known[key] = Known(made.id, str(local), digest)
        elif (found.local, found.digest) != (str(local), digest):
            PullRow.update(local=str(local), digest=digest).where(PullRow.id == found.note).execute()
            known[key] = Known(found.note, str(local), digest)

    def forget(self, label: str, remote: str) -> None:
        """Note no more what a row over there is here."""
        found = self.known(label).pop(remote, None)
        if found is not None:
            PullRow.delete().where(PullRow.id == found.note).execute()

    @contextmanager
    def writing(self) -> Iterator[Changes]:
        """Run a block in a transaction, no other run of the command beside it, and give it the uploaded files.

        Where it is rolled back, what it noted of rows is forgotten.
        """
        try:
            with services().transaction() as files:
                advisory_lock(LOCK)
                yield files
        except BaseException:
            self._known.clear()
            raise

    # -- pages -----------------------------------------------------------------------------------------------
    def pages(self, path: str, query: dict[str, object], is_kept: bool = True, start: str = "") -> Iterator[Page]:
        """Yield the pages of a list that have to be looked at, from the address ``start`` on.

        A page whose rows are all here is to be told so (:meth:`Page.done`): it is passed over the next time, where the
        source's entity tags tell that it is as it was, unless ``is_kept`` is false.
        """
        address, seen = start or f"{path}/?{urlencode(query)}", 0
        while address:
            etag, following = self._page(address) if is_kept and not self.anew else ("", "")
            answer = self.client.get(address, etag)
            if answer.is_as_it_was:
                address = following
                continue
            page = read_page(answer.data, path)
            self.show(path, min(seen, page.count), page.count)
            page.state, page.address, page.etag, page.moment = self, address, answer.etag, answer.moment
            page.following = f"{path}/?{page.following}" if page.following else ""
            yield page
            seen += len(page.rows)
            self.show(path, min(seen, page.count), page.count)
            address = page.following

    def _page(self, address: str) -> tuple[str, str]:
        of_page = equals(PullPage.source, self.source), equals(PullPage.address, address)
        found = Selection(PullPage, of_page).rows((PullPage.etag, PullPage.following), 1)
        return found[0] if found else ("", "")

    # -- parts -----------------------------------------------------------------------------------------------
    def part(self, name: str) -> PullPart:
        """Return how far a part is."""
        found = PullPart.get_or_none(PullPart.source == self.source, PullPart.part == name)
        if found is not None:
            return found
        with transaction():
            return insert(PullPart(source=self.source, part=name))


def demand_refusal(wrong: Exception) -> None:
    """Raise an error of the database again that says nothing of the row, but that it cannot work at the moment."""
    if not isinstance(wrong, IntegrityError) and (is_unavailable(wrong) or is_retryable(wrong)):
        raise wrong


@dataclass
class Page:
    """A page of a list: its rows, the number of all rows, and the address of the next page, empty for the last."""

    rows: list[dict[str, Any]]
    count: int
    following: str
    state: State = field(init=False)
    address: str = field(init=False)
    etag: str = field(init=False)
    moment: datetime = field(init=False)

    def done(self) -> None:
        """Note that all rows of the page are here, within the transaction that runs or in one of its own."""
        if not self.etag or len(self.address) > 500:
            return
        with transaction():
            source = self.state.source
            PullPage.delete().where(PullPage.source == source, PullPage.address == self.address).execute()
            insert(PullPage(source=source, address=self.address, etag=self.etag, following=self.following))


def read_page(data: object, path: str) -> Page:
    """Return the page that an answer is, or raise :class:`~.client.PullFailure`."""
    rows = data.get("results") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PullFailure(f"the answer to {path}/ is not a list of rows: is it a wger from 2.5 on?")
    assert isinstance(data, dict)
    count = data.get("count")
    return Page(rows, count if type(count) is int and count >= 0 else 0, query_of(data.get("next")))


def read_key(model: type[Model], text: str) -> Any:
    """Return the key of a row here that was noted as ``text``."""
    key = key_of(model)
    return int(text) if isinstance(key, Auto) else Uuid(text) if isinstance(key, UUID) else text


def digest_of(given: object) -> str:
    """Return what tells a row of an answer from what it was: where its files lie is part of it, a signature is not."""
    return hashlib.blake2b(orjson.dumps(_unsigned(given), option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def _unsigned(given: Any) -> Any:
    if isinstance(given, list):
        return [_unsigned(one) for one in given]
    if isinstance(given, dict):
        return {key: unsigned_address(value) if key in _FILES else _unsigned(value) for key, value in given.items()}
    return given


def unsigned_address(value: Any) -> Any:
    """Return the path of an address, without the host (of which there may be several) and without what is signed."""
    return urlsplit(value).path if isinstance(value, str) else None
