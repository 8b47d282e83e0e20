"""The PostgreSQL database that is open: its connections, and where statements go."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import peewee

from ..types import Cursor
from .addresses import Addresses
from .base import Database
from .postgresql import PostgresqlDialect
from .postgresql_connections import Apart, Driver, completed, has_hung_up, milliseconds, state_of
from .postgresql_replicas import Reading, Replica, Replicas
from .wait_limits import Line

_READ_ONLY = "25006"


class Postgresql(Database, peewee.PostgresqlDatabase):
    """Peewee's PostgreSQL with Django's column types.

    ``direct`` is the address of the server itself where ``database`` leads to a pooler.
    """

    line: Line
    direct: str
    is_pooled = False
    _adapter: Driver
    _state: Any

    psycopg2_adapter = psycopg3_adapter = Driver
    field_types = {
        **peewee.PostgresqlDatabase.field_types,
        "DATETIME": "TIMESTAMP WITH TIME ZONE",
        "AUTO": "SERIAL",
        "BIGAUTO": "BIGSERIAL",
        "JSON": "JSONB",
    }
    dialect = PostgresqlDialect()

    def __init__(self, url: str, line: Line, direct: str = "", replicas: Sequence[str] = ()):
        self.line = line
        self.reading = Reading()
        self.replicas: Replicas | None = None
        if replicas:
            self.replicas = Replicas(self, [Postgresql(replica, line) for replica in replicas])
        self.is_pooled, self.direct = bool(direct), completed(direct or url)
        if self.is_pooled:
            # What is prepared or set in a session is another one's with the next transaction.
            super().__init__(completed(url), prepare_threshold=None)
        else:
            options = f"-c timezone=UTC -c lock_timeout={milliseconds(line.seconds)}"
            super().__init__(completed(url), options=options)
        self._direct_session = Apart()

    def _initialize_connection(self, connection: Any) -> None:
        if self.is_pooled:
            connection.execute("SET timezone = 'UTC'")  # one of those that poolers carry along

    def cursor(self, named_cursor: str | None = None) -> Cursor:
        # Connections are kept for long: a server that was restarted meanwhile costs no request its answer.
        if not self.is_closed() and not self._state.is_direct and has_hung_up(self.connection()):
            self.close()
        return super().cursor(named_cursor)

    def execute_sql(self, sql: str, params: Iterable[object] | None = None) -> Cursor:
        if self.replicas is not None and not self._state.transactions:
            is_reading = sql.lstrip().startswith(("SELECT", "WITH", "("))
            if self.reading.replica is not None and is_reading:
                found = self._read(self.reading.replica, sql, params)
                if found is not None:
                    return found
            elif not is_reading:
                self.reading.replica, self.reading.has_written = None, True
        try:
            return super().execute_sql(sql, params)
        except peewee.DatabaseError as wrong:
            if state_of(wrong) == _READ_ONLY:
                self._state.is_demoted = True
            raise

    def _read(self, replica: Replica, sql: str, params: Iterable[object] | None) -> Cursor | None:
        """Ask a replica; None where it cannot answer, and the primary is asked from now on.

        That may be for what it is (a function that writes), for what it lacks, or because it is gone.
        """
        try:
            return replica.database.execute_sql(sql, params)
        except peewee.DatabaseError as wrong:
            state = state_of(wrong)
            self.reading.replica, self.reading.is_pinned = None, True
            self.reading.has_written |= state == _READ_ONLY
            if not state or state.startswith(("08", "57")):
                replica.turn_off(wrong)
            return None

    def is_connection_usable(self) -> bool:
        # A server that takes no writes any more has a successor, which a new connection finds.
        return not getattr(self._state, "is_demoted", False) and super().is_connection_usable()

    def connect(self, reuse_if_open: bool = False) -> bool:
        self._state.is_demoted = self._state.is_direct = False
        return bool(super().connect(reuse_if_open))

    def close(self) -> bool:
        for replica in self.replicas.all if self.replicas is not None else ():
            replica.database.close()
        return bool(super().close())

    def begin(self, isolation_level: str | None = None) -> None:
        self.reading.replica, self.reading.has_written = None, True
        super().begin(isolation_level)
        if self.is_pooled:
            super().execute_sql(f"SET LOCAL lock_timeout = {milliseconds(self.line.seconds)}")

    @contextmanager
    def session(self) -> Iterator[None]:
        """Run a block, outside of transactions, whose statements all go to one session of the server itself."""
        if not self.is_pooled:
            yield
            return
        self.connection()
        state = self._state
        with self._direct_session.lock:
            with _told_as_peewee_does():
                direct = self._direct_session.connection(self)
                direct.execute(f"SET lock_timeout = {milliseconds(self.line.seconds)}")
            former, state.conn, state.is_direct = state.conn, direct, True
            try:
                yield
            finally:
                state.conn, state.is_direct = former, False


@contextmanager
def _told_as_peewee_does() -> Iterator[None]:
    """Let what the driver raises in a block be Peewee's, as all else that is wrong with the database."""
    import psycopg

    try:
        yield
    except psycopg.OperationalError as wrong:
        raise peewee.OperationalError(str(wrong)) from wrong


def open_postgresql(addresses: Addresses, line: Line) -> Postgresql:
    """Return the database of ``postgresql://user:password@host/name``."""
    # A batch with a row that is refused is no news: its writer asks which row it was.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    copies = [_with_scheme(replica) for replica in addresses.replicas]
    direct = addresses.direct and _with_scheme(addresses.direct)
    return Postgresql(_with_scheme(addresses.url), line, direct, copies)


def _with_scheme(url: str) -> str:
    return f"postgresql://{url.partition('://')[2]}"
