"""PostgreSQL, through psycopg 3."""

from __future__ import annotations

import logging
import re

import peewee

from .base import Dialect


class PostgresqlDialect(Dialect):
    """Answers of PostgreSQL, which has a type for everything the models hold."""

    name = "postgresql"

    def write_moment(self, value):
        return value.isoformat()

    def clash(self, error):
        told = getattr(error.args[0] if error.args else None, "diag", None) or getattr(error.__context__, "diag", None)
        found = re.match(r"Key \((.+?)\)=", told.message_detail or "") if told and told.sqlstate == "23505" else None
        return (told.table_name, frozenset(found[1].replace('"', "").split(", "))) if found else None

    def one_at_a_time(self, database, what):
        database.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (what,))

    def reset_sequences(self, database, models) -> None:
        for model in models:
            key = model._meta.primary_key
            if not getattr(key, "auto_increment", False):
                continue
            table = model._meta.table_name
            database.execute_sql(
                f"""SELECT setval(pg_get_serial_sequence('"{table}"', '{key.column_name}'),
                           coalesce((SELECT max("{key.column_name}") FROM "{table}"), 0) + 1, false)"""
            )


class Postgresql(peewee.PostgresqlDatabase):
    """Peewee's PostgreSQL with Django's column types."""

    field_types = {
        **peewee.PostgresqlDatabase.field_types,
        "DATETIME": "TIMESTAMP WITH TIME ZONE", "AUTO": "SERIAL", "BIGAUTO": "BIGSERIAL",
        "JSON": "JSONB",
    }  # fmt: skip
    dialect = PostgresqlDialect()


def open_postgresql(url: str, parts) -> Postgresql:
    """Return the database of ``postgresql://user:password@host/name``."""
    import psycopg  # noqa: F401  the driver is an extra: say so before the first query does

    # A batch with a row that is refused is no news: whoever wrote it asks which row it was.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    scheme, _, rest = url.partition("://")
    return Postgresql(f"postgresql://{rest}", prefer_psycopg3=True, options="-c timezone=UTC")
