"""Make the database that is measured, keep it, and give every server a copy of its own.

Making it takes a minute, so it is kept; one that an older version made is upgraded.  It is in the
state of a server in use: statistics are counted and trophies given, so that a new log continues
them.  Copies let both servers write without the one reading what the other wrote.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.bench.servers import ROOT, environment
from wger_flask.domain.trophies.models import MODELS
from wger_flask.storage.database import database as chosen
from wger_flask.storage.database import open_database, transaction
from wger_flask.storage.model import label_of
from wger_flask.transfer.trophies import add_missing_trophies

MAKER = ROOT.parent / "shared" / "dataset" / "make_dataset.py"
SIZES = "--seed 5 --exercises 900 --ingredients 100000 --users 50 --routines 6 --weights 400 --release 2.7.0".split()


def prepare(folder: Path) -> Path:
    """Return the benchmark's database, made on the first run and kept in ``folder``."""
    database = folder / "bench.sqlite"
    if not database.exists():
        _make(folder, database)
    _command(database, "migrate")
    if not ask(database, "SELECT 1 FROM trophies_trophy LIMIT 1"):
        _add_trophies(database)
    if not ask(database, "SELECT 1 FROM trophies_userstatistics LIMIT 1"):
        _command(database, "recalculate-statistics")
    _command(database, "recalculate-measurements")  # a server's first write of a day does it for who writes
    return database


def copied(database: Path, to: Path) -> Path:
    """Copy the database into the file ``to``, whatever state its write-ahead log is in."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = wal")
    return to


def ask(database: Path, sql: str, *values) -> list[tuple]:
    """Return the rows of a query."""
    with closing(sqlite3.connect(database)) as held:
        return held.execute(sql, values).fetchall()


def token_of(database: Path, username: str) -> str:
    """Return the permanent token of a user."""
    query = "SELECT key FROM authtoken_token t JOIN auth_user u ON u.id = t.user_id WHERE username = ?"
    return ask(database, query, username)[0][0]


def _make(folder: Path, database: Path) -> None:
    if not MAKER.exists():
        raise SystemExit(f"the benchmark needs {MAKER}")
    folder.mkdir(parents=True, exist_ok=True)
    dump, fresh = folder / "bench.json", folder / "fresh.sqlite"
    fresh.unlink(missing_ok=True)
    print("making the dataset ...", flush=True)
    with open(dump, "w") as out:
        subprocess.run([sys.executable, str(MAKER), *SIZES], stdout=out, check=True)
    started = time.monotonic()
    _command(fresh, "import-dump", str(dump))
    print(f"imported in {time.monotonic() - started:.1f} s")
    started = time.monotonic()
    _command(fresh, "export-dump", str(dump))
    print(f"exported in {time.monotonic() - started:.1f} s")
    dump.unlink()
    fresh.rename(database)


def _command(database: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "wger_flask", *arguments], env=environment(database), cwd=ROOT, check=True)


def _add_trophies(database: Path) -> None:
    """Add what an import adds now to a database that was kept from before."""
    open_database(f"sqlite:///{database}")
    with transaction():
        add_missing_trophies({label_of(model): model for model in MODELS})
    chosen.obj.close()
