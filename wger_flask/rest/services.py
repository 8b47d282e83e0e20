"""What the application gives the kit at start-up, so that the kit need not import it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Request, current_app

from ..media.changes import Changes
from ..media.store import MediaStore, open_store
from ..storage.database import accompanied, advisory_lock, database, transaction
from ..storage.model import clashes_of, columns_of, table_of
from .body_limits import MEGABYTE
from .permissions import User
from .registry import Registry
from .repeated_writes import AnswerStore
from .row_cache import RowCache
from .throttling import Limit, Throttle

if TYPE_CHECKING:
    from ..settings import Settings

if TYPE_CHECKING:
    from .call import Call


@dataclass(slots=True)
class Services:
    """What the application gives.

    * ``registry``, ``throttle``, ``settings`` (settings are its attributes).
    * ``media``: the :class:`~..media.store.MediaStore` with the uploaded files.
    * ``authenticate(request)``: returns the user or None; raises for broken credentials.
    * ``is_own_form(request)``: whether a form has the token of a page of this server.
    * ``note_deletion(call, row)``: told of a row that is deleted by its address, in the transaction that does it.
    * ``first_answers``: where answers to writes with an ``Idempotency-Key`` are kept.
    * ``is_foreign(request)``: whether the page of another site sent the request.
    * ``rows``: the :class:`~.row_cache.RowCache`.
    """

    registry: Registry
    throttle: Throttle
    authenticate: Callable[[Request], User | None]
    settings: Settings
    is_own_form: Callable[[Request], bool]
    is_foreign: Callable[[Request], bool]
    note_deletion: Callable[[Call, object], None]
    first_answers: AnswerStore
    media: MediaStore = field(init=False)
    rows: RowCache = field(init=False)

    def __post_init__(self) -> None:
        self.rows = RowCache(self.settings.WGER_ROW_CACHE_SIZE * MEGABYTE)
        self.media = open_store(self.settings.WGER_MEDIA_URL, self.settings.WGER_MEDIA_ROOT)

    @contextmanager
    def transaction(self, user_id: int | None = None) -> Iterator[Changes]:
        """Run a block in a transaction, and give it the uploaded files: its changes of them are kept if its rows are.

        With ``user_id``, it waits for others that write for that user: rows do not go while others are hung on them.
        """
        with self.media.changes() as files, accompanied(files), transaction():
            if user_id is not None:
                advisory_lock(f"writes of user {user_id}")
            yield files

    def limit(self, scope: str | Limit, call: Call) -> None:
        """Count a call against ``scope``, by its user or its network; raises ``Throttled`` (429) beyond the rate."""
        if isinstance(scope, Limit):
            if scope.unless(call.user):
                return
            scope = scope.scope
        if call.user:
            self.throttle.demand(scope, f"user-{call.user.id}")
        else:
            self.throttle.demand_from(scope, call.request.remote_addr)

    def explain(self, clash: Exception) -> str:
        """Return why the database refused a write, in the words of the model (``Meta.clashes``) where it has some."""
        found = database.obj.dialect.unique_violation(clash)
        if found is None:
            return "These values do not fit together with what is stored."
        table, columns = found
        model = next((model for model in self.registry.models if table_of(model) == table), None)
        for names, words in clashes_of(model).items() if model else ():
            if columns == {columns_of(model)[name].column_name for name in names}:
                return words
        return "A row with these values exists already."


def services() -> Services:
    """Return the :class:`Services` of the application that answers the current request: ``services().settings``."""
    found: Services = current_app.extensions["wger_flask"]
    return found
