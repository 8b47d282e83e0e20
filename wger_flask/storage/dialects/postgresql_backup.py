"""Dump a PostgreSQL database by ``pg_dump``, and load such a dump.

A dump is text: statements, and rows between ``COPY ... FROM stdin;`` and ``\\.``.  It is loaded by this process, in one
transaction that first moves what is there into a schema of its own: whatever happens before its end, the database is as
before.  What ``psql`` would take for an order to itself (a line that begins with a backslash) is not followed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..backups import BackupRefused
from ..upgrades import Progress
from ..whole_files import create

if TYPE_CHECKING:
    from psycopg import Connection

    from .postgresql_database import Postgresql

_FORMER = "before_restore_"
_PROGRAM = "pg_dump"
_LONGEST = 1 << 28  # of a line, which is a row
_AT_ONCE = 1 << 16
_END = b"\\.\n"
_LOOK_SECONDS = 0.2
_LOCK_MILLISECONDS = 10_000

_OTHERS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
             AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
_OTHER_SCHEMAS = r"""SELECT nspname FROM pg_namespace WHERE nspname <> current_schema()
                     AND nspname !~ '^pg_' AND nspname <> 'information_schema'"""
# Everything of the schema that is no part of anything else: of no extension, no column's sequence, no type of a table.
_APART = """NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = {catalogue}::regclass AND d.objid = {oid}
            AND d.deptype IN {kinds})"""
_RELATIONS = f"""SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                 WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END || format(' %I.%I', current_schema(), relname)
    FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
      AND {_APART.format(catalogue="'pg_class'", oid="pg_class.oid", kinds="('e')")}
    UNION ALL SELECT format('SEQUENCE %I.%I', current_schema(), relname)
    FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S'
      AND {_APART.format(catalogue="'pg_class'", oid="pg_class.oid", kinds="('e', 'a', 'i')")}"""
_ROUTINES = f"""SELECT format('ROUTINE %I.%I(%s)', current_schema(), proname, pg_get_function_identity_arguments(oid))
    FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
      AND {_APART.format(catalogue="'pg_proc'", oid="pg_proc.oid", kinds="('e')")}"""
_TYPES = f"""SELECT format('TYPE %I.%I', current_schema(), typname)
    FROM pg_type WHERE typnamespace = current_schema()::regnamespace AND (typtype IN ('e', 'd') OR typtype = 'c'
      AND (SELECT relkind FROM pg_class WHERE oid = typrelid) = 'c')
      AND {_APART.format(catalogue="'pg_type'", oid="pg_type.oid", kinds="('e')")}"""


def dump(database: Postgresql, target: Path, progress: Progress) -> None:
    """Dump the tables of the server's own schema; see :func:`..backups.dump`."""
    import psycopg
    from psycopg import conninfo

    program = shutil.which(_PROGRAM)
    if program is None:
        raise BackupRefused(f"{_PROGRAM} is not installed: Debian's package postgresql-client has it")
    try:
        with psycopg.connect(database.direct, autocommit=True) as connection:
            others = [row[0] for row in connection.execute(_OTHER_SCHEMAS)]
            size = _one(connection, "SELECT pg_database_size(current_database())")
    except psycopg.Error as wrong:
        raise BackupRefused(f"the database cannot be dumped: {_line(wrong)}") from None
    place = conninfo.conninfo_to_dict(database.direct)
    environment = dict(os.environ)
    if password := place.pop("password", None):  # everybody may read the arguments of a program
        environment["PGPASSWORD"] = str(password)
    command = [
        program, "--format=plain", "--no-owner", "--no-privileges", "--no-comments", "--no-publications",
        "--no-subscriptions", "--no-tablespaces", "--encoding=UTF8", "--no-password", f"--file={target}",
        *(f'--exclude-schema="{name}"' for name in others),
        f"--dbname={conninfo.make_conninfo('', **place)}",
    ]  # fmt: skip
    create(target)
    try:
        _watched(command, environment, target, size, progress)
        check(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _watched(command: list[str], environment: dict[str, str], target: Path, size: int, progress: Progress) -> None:
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            while True:
                try:
                    told = running.communicate(timeout=_LOOK_SECONDS)[1]
                    break
                except subprocess.TimeoutExpired:
                    done = target.stat().st_size
                    progress("dumping the database", done, max(done, size))
        except BaseException:
            running.kill()
            raise
    if running.returncode:
        lines = told.strip().splitlines()
        raise BackupRefused(f"{_PROGRAM} has failed: {lines[-1] if lines else running.returncode}")


def check(copy: Path) -> None:
    """Raise :class:`..backups.BackupRefused` where a file does not begin and end as a dump does."""
    with copy.open("rb") as file:
        head = file.read(_AT_ONCE)
        file.seek(max(0, copy.stat().st_size - 1000))
        if b"-- PostgreSQL database dump" not in head[:100] or b"PostgreSQL database dump complete" not in file.read():
            raise BackupRefused("the database in it is no whole dump of PostgreSQL's")


def demand_alone(database: Postgresql) -> None:
    """Raise :class:`..backups.BackupRefused` where the server has another session in the database."""
    import psycopg

    try:
        with psycopg.connect(database.direct, autocommit=True) as connection:
            _demand_alone(connection)
    except psycopg.Error as wrong:
        raise BackupRefused(f"the database cannot be asked: {_line(wrong)}") from None


def load(database: Postgresql, copy: Path, moment: str, progress: Progress) -> str | None:
    """Load a dump; what was there is in a schema of its own then, which is returned; see :func:`..backups.load`."""
    import psycopg

    former = _FORMER + moment.replace("-", "_")
    database.close()
    try:
        with psycopg.connect(database.direct, autocommit=False, prepare_threshold=None) as connection:
            _demand_alone(connection)
            connection.execute(f"SET LOCAL lock_timeout = {_LOCK_MILLISECONDS}")
            moved = _move(connection, former)
            with copy.open("rb") as script:
                _run(connection, script, copy.stat().st_size, progress)
    except psycopg.Error as wrong:
        raise BackupRefused(f"the dump cannot be loaded, and nothing was changed: {_line(wrong)}") from None
    copy.unlink()
    return f"the schema {former}" if moved else None


def _demand_alone(connection: Connection[Any]) -> None:
    others = _one(connection, _OTHERS)
    if others:
        raise BackupRefused(f"the database is in use by {others} more sessions: stop the server first")


def _move(connection: Connection[Any], former: str) -> bool:
    """Move everything of the current schema that is of no extension; returns whether there was anything."""
    found = [row[0] for query in (_RELATIONS, _ROUTINES, _TYPES) for row in connection.execute(query)]
    if found:
        connection.execute(f'CREATE SCHEMA "{former}"')
    for what in found:
        connection.execute(f'ALTER {what} SET SCHEMA "{former}"')
    return bool(found)


def _run(connection: Connection[Any], script: IO[bytes], size: int, progress: Progress) -> None:
    """Run the statements of a dump, and load its rows."""
    statements: list[bytes] = []

    def execute() -> None:
        if text := b"".join(statements):
            connection.execute(text)
        statements.clear()

    for line in _lines(script):
        if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            execute()
            with connection.cursor().copy(line) as rows:
                for piece in _rows(script):
                    rows.write(piece)
            progress("loading the database", script.tell(), size)
        elif line.startswith((b"\\restrict ", b"\\unrestrict ")):  # meant for psql
            continue
        elif line.startswith(b"\\"):
            raise BackupRefused(f"the dump has an order for psql in it: {line[:30].decode('ascii', 'replace').strip()}")
        else:
            statements.append(line)
    execute()
    progress("loading the database", size, size)


def _rows(script: IO[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for line in _lines(script):
        if line == _END:
            yield b"".join(held)
            return
        held.append(line)
        size += len(line)
        if size > _AT_ONCE:
            yield b"".join(held)
            held, size = [], 0
    raise BackupRefused("the dump stops in the middle of a table")


def _lines(script: IO[bytes]) -> Iterator[bytes]:
    while line := script.readline(_LONGEST):
        if len(line) == _LONGEST:
            raise BackupRefused("the dump has a line without an end")
        yield line


def _one(connection: Connection[Any], query: str) -> int:
    found = connection.execute(query.encode()).fetchone()
    return int(found[0]) if found else 0


def _line(wrong: Exception) -> str:
    return " ".join(str(wrong).split())
