"""Put the log and its triggers into a database, or take the triggers out again.

What was changed while the triggers were not there, or were others, is not in the log.  So whenever they are not as they
should be, it begins anew: with a new epoch every phone drops what it has and loads all of it again, and rows enter the
log as their users come.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from typing import Any

from ..database import DatabaseError, DatabaseURLError, advisory_lock, connect, database, transaction
from ..dialects.sync_log import LOCK, STATE, Trigger
from . import tables
from .nodes import Node

log = logging.getLogger("wger_flask")

_FORM = 1
"""The form of the log itself; another number makes it begin anew."""


def is_installed(nodes: Sequence[Node]) -> bool:
    """Tell whether the log is there, with the triggers for just these ``nodes``; without any, that there is none."""
    held = database.obj
    present = set(held.get_tables())
    if not nodes:
        return STATE not in present or _fingerprint_of(held) == ""
    if not present.issuperset(tables.TABLES):
        return False
    sql = held.dialect.sync_log
    made = _triggers(held, nodes)
    return _fingerprint_of(held) == _fingerprint(held, nodes, made) and bool(sql.is_installed(held, made))


def install(nodes: Sequence[Node]) -> list[str]:
    """Make what is missing of the log and its triggers; without ``nodes``, take the triggers away.

    Returns a line for what was done.  Where there is nothing to do it only looks; in a transaction it is part of that.
    """
    held = database.obj
    if is_installed(nodes):
        return []
    with transaction():
        advisory_lock(LOCK)
        if is_installed(nodes):  # by another process, meanwhile
            return []
        if not set(held.get_tables()).issuperset(tables.TABLES):
            _drop_tables(held)
            tables.make(held)
        sql = held.dialect.sync_log
        sql.drop(held)
        made = _triggers(held, nodes)
        for statement in (*_functions(held, nodes), *(trigger.sql for trigger in made)):
            held.execute_sql(statement)
        tables.empty(held, _fingerprint(held, nodes, made) if nodes else "")
    held.__dict__.pop("known_tables", None)
    return ["began the log of changes for phones anew" if nodes else "removed the triggers of the log of changes"]


def install_at_start(nodes: Sequence[Node]) -> None:
    """Install the log before a server starts, and close the connection again.

    A database that does not answer, cannot be written or has no tables yet is left to the requests.
    """
    try:
        connect()
    except DatabaseURLError:
        return
    try:
        if {node.table for node in nodes}.issubset(database.obj.get_tables()):
            install(nodes)
    except DatabaseError as wrong:
        log.warning("the log of changes for phones was not made: %s", " ".join(str(wrong).split()))
    finally:
        database.obj.close()


def rebuild(nodes: Sequence[Node]) -> None:
    """Begin the log anew, triggers included, whatever is there."""
    held = database.obj
    with transaction():
        advisory_lock(LOCK)
        if STATE in held.get_tables():
            held.execute_sql(f"UPDATE {STATE} SET fingerprint = 'to be made anew'")
        install(nodes)


def _drop_tables(held: Any) -> None:
    held.dialect.sync_log.drop(held)
    for table in tables.TABLES:
        if table in held.get_tables():
            held.execute_sql(f"DROP TABLE {table}")


def _triggers(held: Any, nodes: Sequence[Node]) -> list[Trigger]:
    return [trigger for node in nodes for trigger in held.dialect.sync_log.triggers(node)]


def _functions(held: Any, nodes: Sequence[Node]) -> list[str]:
    return [statement for node in nodes for statement in held.dialect.sync_log.functions(node)]


def _fingerprint_of(held: Any) -> str:
    row = held.execute_sql(f"SELECT fingerprint FROM {STATE}").fetchone()
    return str(row[0]) if row else "lost"


def _fingerprint(held: Any, nodes: Sequence[Node], made: Sequence[Trigger]) -> str:
    """Return what changes with the set of tables, columns, forms of values, and triggers."""
    what = (_FORM, [repr(node) for node in nodes], _functions(held, nodes), [trigger.sql for trigger in made])
    return hashlib.sha256(repr(what).encode()).hexdigest()
