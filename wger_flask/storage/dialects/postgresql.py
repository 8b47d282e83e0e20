"""PostgreSQL, through psycopg 3."""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import peewee

from ..types import Row
from . import postgresql_backup
from . import postgresql_declarations as declarations
from .driver_errors import Unavailable, told_by_driver
from .postgresql_connections import Elections, close_all, milliseconds, state_of
from .postgresql_counters import PostgresqlCounters
from .postgresql_series import PostgresqlSeries
from .postgresql_sync_log import PostgresqlSyncLog
from .regexp_names import RegexpNames

if TYPE_CHECKING:
    from ..model import Model
    from .postgresql_database import Postgresql

# SQLSTATE, or the class that its first two letters are: rolled back because of others, a reference or
# a unique value that another transaction took away or took.
_RETRYABLE = re.compile("40|23503|23505")
# Connections, transactions rolled back, resources, locks, an operator's doing, the system, a database to read only.
_UNAVAILABLE = re.compile("08|40|53|55P03|57|58|25006")
_LARGE = 10_000
# Numbers of transactions may come again where another server takes over, so the server's start is a part of it.
_COMMITTED = """SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text
    ELSE pg_current_snapshot()::text END || ' ' || pg_postmaster_start_time()::text"""
_CURSORS = itertools.count()


class PostgresqlDialect(RegexpNames["Postgresql"], PostgresqlSeries):
    """Answers of PostgreSQL, which has a type for everything the models hold."""

    name = "postgresql"
    matches = "~"
    sync_log = PostgresqlSyncLog()
    counters = PostgresqlCounters()
    version_query = "SHOW server_version"

    def __init__(self) -> None:
        self._elections = Elections()

    def look(self, database: Postgresql) -> None:
        database.reading.begin()

    def read_from_replica(self, database: Postgresql, user_id: int | None) -> None:
        reading = database.reading
        if database.replicas is not None and not (
            reading.is_pinned or reading.has_written or database.in_transaction()
        ):
            reading.replica = database.replicas.chosen(user_id)

    def note_writes(self, database: Postgresql, user_id: int | None) -> None:
        if database.replicas is not None and database.reading.has_written:
            database.reading.begin()
            try:
                database.replicas.note(user_id)
            except peewee.DatabaseError as wrong:  # what was written is committed: its answer must not fail
                logging.getLogger("wger_flask").warning("the place of a write was not noted: %s", wrong)

    def is_elected(self, database: Postgresql) -> bool:
        return self._elections.is_elected(database)

    def hang_up(self, database: Postgresql) -> None:
        close_all()

    def write_moment(self, value: datetime) -> str:
        return value.isoformat()

    def unique_violation(self, error: Exception) -> tuple[str, frozenset[str]] | None:
        told = getattr(told_by_driver(error), "diag", None)
        found = re.match(r"Key \((.+?)\)=", told.message_detail or "") if told and told.sqlstate == "23505" else None
        return (told.table_name, frozenset(found[1].replace('"', "").split(", "))) if told and found else None

    def is_retryable(self, error: Exception) -> bool:
        return bool(_RETRYABLE.match(state_of(error)))

    def is_unavailable(self, error: Exception) -> bool:
        if isinstance(told_by_driver(error), Unavailable):
            return True
        if isinstance(error, peewee.OperationalError) and not state_of(error):
            return True  # no server answered at all
        return bool(_UNAVAILABLE.match(state_of(error)))

    @contextmanager
    def snapshot(self, database: Postgresql) -> Iterator[None]:
        is_outer = not database.in_transaction()
        with database.atomic():
            if is_outer:
                database.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield

    def stream(self, database: Postgresql, sql: str, values: Sequence[object], at_once: int) -> Iterator[list[Row]]:
        # The driver would fetch all rows at once: a cursor of the server gives some at a time.
        with database.connection().cursor(name=f"wger_flask_{next(_CURSORS)}") as cursor:
            cursor.execute(sql, values)
            while rows := cursor.fetchmany(at_once):
                yield rows

    def address(self, database: Postgresql) -> str:
        parts = urlsplit(database.database)
        user = f"{parts.username}@" if parts.username else ""
        return f"postgresql://{user}{parts.netloc.rpartition('@')[2]}{parts.path}"

    def change_marker(self, database: Postgresql) -> object:
        if database.reading.replica is not None:
            # There, the text of a snapshot does not tell of all transactions.
            place = database.execute_sql("SELECT pg_last_wal_replay_lsn()::text").fetchone()[0]
            return database.reading.replica, place
        database.reading.is_pinned = True  # what is asked from now on belongs to this snapshot
        # Two snapshots that read the same see the same rows.
        return database.execute_sql("SELECT pg_current_snapshot()::text").fetchone()[0]

    def commit_marker(self, database: Postgresql) -> object:
        # A standby's snapshot does not list who is still writing; how far it has read the log tells instead.
        if database.replicas is not None or database.is_closed():
            return None  # answers come from several servers, or who asks for more opens it and hears what is wrong
        try:
            return database.execute_sql(_COMMITTED).fetchone()[0]
        except peewee.PeeweeException:
            return None

    backup_suffix = ".sql"
    dump = staticmethod(postgresql_backup.dump)
    check_dump = staticmethod(postgresql_backup.check)
    demand_alone = staticmethod(postgresql_backup.demand_alone)
    load_dump = staticmethod(postgresql_backup.load)

    columns_query = declarations.COLUMNS
    drop_index = staticmethod(declarations.drop_index)
    references = staticmethod(declarations.references)
    change_reference = staticmethod(declarations.change_reference)
    uuid_of_number = staticmethod(declarations.uuid_of_number)
    settle_references = staticmethod(declarations.settle_references)
    keys_to_uuids = staticmethod(declarations.keys_to_uuids)

    def drop_tables(self, database: Postgresql, tables: list[str]) -> None:
        declarations.settle_references(database)
        super().drop_tables(database, tables)

    copy_database = staticmethod(declarations.copy_database)
    drop_database = staticmethod(declarations.drop_database)

    def make_synced_foods(self, database: Postgresql) -> None:
        database.execute_sql(
            "CREATE TABLE IF NOT EXISTS nutrition_synced_ingredient "
            "(LIKE nutrition_ingredient INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)"
        )

    def estimated_count(self, database: Postgresql, model: type[Model]) -> int | None:
        # What the planner believes, as kept by ANALYZE: below this, counting costs less than being wrong.
        query = "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)"
        found = database.execute_sql(query, (f'"{model._meta.table_name}"',)).fetchone()
        return found[0] if found and found[0] >= _LARGE else None

    # -- names: trigrams where the server lets us have them, else the same conditions without an index --
    def prepare_names(self, database: Postgresql, table: str) -> None:
        if self._offer_trigrams(database):
            database.execute_sql(
                f'CREATE INDEX IF NOT EXISTS "{table}_trigrams" ON "{table}" USING gin (folded gin_trgm_ops)'
            )

    def similar_words(self, database: Postgresql, table: str, word: str) -> list[str]:
        if not self._has_trigrams(database):
            return super().similar_words(database, table, word)
        condition, values = self.alike(word)
        query = f"""SELECT folded FROM "{table}" WHERE folded %% %s OR {condition}
                    ORDER BY similarity(folded, %s) DESC LIMIT 40"""
        return [row[0] for row in database.execute_sql(query, (word, *values, word))]

    def _has_trigrams(self, database: Postgresql) -> bool:
        return bool(database.execute_sql("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'").fetchone())

    def _offer_trigrams(self, database: Postgresql) -> bool:
        try:
            with self.savepoint(database):
                database.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except peewee.DatabaseError:  # not ours to make, or not installed
            return self._has_trigrams(database)
        return True

    def advisory_lock(self, database: Postgresql, what: str) -> None:
        key = "hashtextextended(%s, 0)"
        if database.execute_sql(f"SELECT pg_try_advisory_xact_lock({key})", (what,)).fetchone()[0]:
            return
        with database.line.joined() as place:
            database.execute_sql(f"SET LOCAL lock_timeout = {milliseconds(place.left())}")
            database.execute_sql(f"SELECT pg_advisory_xact_lock({key})", (what,))
            database.execute_sql(f"SET LOCAL lock_timeout = {milliseconds(database.line.seconds)}")

    def reset_sequences(self, database: Postgresql, models: Iterable[type[Model]]) -> None:
        for model in models:
            key = model._meta.primary_key
            if not getattr(key, "auto_increment", False):
                continue
            table = model._meta.table_name
            database.execute_sql(
                f"""SELECT setval(pg_get_serial_sequence('"{table}"', '{key.column_name}'),
                           coalesce((SELECT max("{key.column_name}") FROM "{table}"), 0) + 1, false)"""
            )
